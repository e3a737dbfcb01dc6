#!/usr/bin/python3
"""onnxruntime's side of `neurite bench`, predictions alone: PyTorch's networks, exported to ONNX, a line of JSON for each.

A figure is the median of five rounds after a warm-up.

usage: onnxruntime_bench.py [--threads N] [--seconds S] NETWORK/bROWS
"""
import argparse
import io
import json
import os

import onnxruntime
import torch

from pytorch_bench import median_ms, network_case


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=0.6)
    options = parser.parse_args()
    case = network_case(options.case)
    if case is None:
        parser.error(f"expects NETWORK/bROWS, got '{options.case}'")
    rows, shape, _, network = case
    torch.manual_seed(0)
    inputs = torch.randn(rows, *shape)
    file = io.BytesIO()
    torch.onnx.export(network().eval(), inputs, file, input_names=["inputs"])
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(file.getvalue(), settings, providers=["CPUExecutionProvider"])
    feed = {"inputs": inputs.numpy()}
    line = {
        "case": options.case,
        "threads": options.threads,
        "engine": f"onnxruntime {onnxruntime.__version__}",
        "train_ms": None,
        "infer_ms": round(median_ms(lambda: session.run(None, feed), options.seconds / 2), 5),
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
