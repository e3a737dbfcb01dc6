#!/usr/bin/python3
"""Exports a network of `neurite bench` from PyTorch to ONNX, for a batch of the given size.

usage: onnx_export.py NETWORK/bROWS FILE
"""
import sys

import torch

from pytorch_bench import builds

OPSET = 17


def export(case, file):
    """Writes the model to a path or stream; returns a batch for its only input, `inputs`."""
    torch.manual_seed(0)
    build = next(iter(builds(case).values()))
    model, inputs, _ = build()
    torch.onnx.export(model.eval(), inputs, file, input_names=["inputs"], opset_version=OPSET, dynamo=False)
    return inputs


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    export(*sys.argv[1:])
