#!/usr/bin/python3
"""onnxruntime's side of `neurite bench`, predictions alone: PyTorch's networks, exported to ONNX, with the same fields.

Prints a line of JSON for each way of doing it. A figure is the median of five rounds after a warm-up.

usage: onnxruntime_bench.py [--threads N] [--seconds S] [--ways WAY …] [--turns] NETWORK/bROWS
onnx/NETWORK/bROWS is the same: `neurite bench` then runs the exported file, too. It may be quantized, as onnx_export.py says.
"""
import argparse
import json
import os
import tempfile

from onnx_export import export, parts  # before onnxruntime, see there
import onnxruntime

from cases import ONNX
from pytorch_bench import median_ms, network_and_rows

DENORMALS = {"session.set_denormal_as_zero": "1"}
# entries of a session's configuration by way
WAYS = {
    "defaults": {},
    "denormals as zero": DENORMALS,
    "denormals as zero, no spinning": {**DENORMALS, "session.intra_op.allow_spinning": "0"},
    "denormals as zero, one thread": DENORMALS,
}


def session(model, way, threads):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1 if "one thread" in way else threads
    settings.log_severity_level = 3  # errors
    for entry in WAYS[way].items():
        settings.add_session_config_entry(*entry)
    return onnxruntime.InferenceSession(model, settings, providers=["CPUExecutionProvider"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="only these; all by default")
    parser.add_argument("--turns", action="store_true", help="a round for each line of standard input")
    options = parser.parse_args()
    case = options.case.removeprefix(ONNX)
    if network_and_rows(parts(case)[0]) is None:
        parser.error(f"expects NETWORK/bROWS, got '{options.case}'")
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        feed = {"inputs": export(case, file.name).numpy()}
        model = file.read()
    for way in options.ways:
        if options.threads == 1 and way == "denormals as zero, one thread":
            continue
        run = session(model, way, options.threads).run
        line = {
            "case": options.case,
            "threads": options.threads,
            "engine": f"onnxruntime {onnxruntime.__version__}",
            "way": way,
            "infer_ms": round(median_ms(lambda: run(None, feed), options.seconds / 2, options.turns), 5),
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
