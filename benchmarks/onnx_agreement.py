#!/usr/bin/python3
"""Compares outputs of an exported network with onnxruntime's.

usage: onnx_agreement.py run NETWORK[+QUANTIZATION]/bROWS MODEL INPUTS.npy OUTPUTS.npy
       onnx_agreement.py compare OUTPUTS.npy OUTPUTS.npy

run writes the model, a batch, and onnxruntime's outputs. compare prints the greatest difference in those of the greatest
output, and the share of equal outputs. onnxruntime computes some operators in another order, or makes bytes of states that are
floats here: then a number near the middle of two bytes becomes the other, and outputs are a step of 1/255 apart, or a few.
"""
import json
import sys

import numpy as np


def run(case, model, inputs, outputs):
    from onnx_export import export
    from onnxruntime_bench import session

    batch = export(case, model).numpy()
    np.save(inputs, batch)
    np.save(outputs, session(model, "defaults", 1).run(None, {"inputs": batch})[0])


def compare(one, other):
    a, b = np.load(one).astype(np.float64), np.load(other).astype(np.float64)
    if a.shape != b.shape:
        sys.exit(f"onnx_agreement: expects outputs of one shape, got {a.shape} and {b.shape}")
    difference = np.abs(a - b).max() / np.abs(a).max()
    print(json.dumps({"difference": float(difference), "equal": float((a == b).mean())}))


if __name__ == "__main__":
    if len(sys.argv) == 6 and sys.argv[1] == "run":
        run(*sys.argv[2:])
    elif len(sys.argv) == 4 and sys.argv[1] == "compare":
        compare(*sys.argv[2:])
    else:
        sys.exit(__doc__)
