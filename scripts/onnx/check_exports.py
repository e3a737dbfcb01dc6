#!/usr/bin/python3
"""Checks exported ONNX files with ONNX's checker and runs them with onnxruntime.

    mvn test -pl onnx -am -Dtest=ExportFilesTest -Dsurefire.failIfNoSpecifiedTests=false -Dneurite.exports=/tmp/exports
    scripts/onnx/check_exports.py /tmp/exports

For each NAME.onnx there is a NAME.json with inputs and the outputs that are expected of them. Numbers may differ by 1e-5,
relative to those above 1; texts and integers must be equal. Prints the largest difference of each kind, and every file
that is wrong. Needs Debian's python3-onnx and python3-onnxruntime, which both register the operators, and say so on standard
error.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

BOUND = 1e-5
TYPES = {"float": np.float32, "double": np.float64, "int64": np.int64, "uint8": np.uint8, "string": object}


def array(value):
    elements = value["elements"]
    if value["type"] in ("float", "double"):
        elements = [float(each) for each in elements]  # "NaN" among them
    return np.array(elements, dtype=TYPES[value["type"]]).reshape(value["shape"])


def difference(got, expected):
    """The largest difference; infinite for another shape, type or text."""
    if got.shape != expected.shape:
        return np.inf
    if expected.dtype != np.float32:
        return 0.0 if np.array_equal(got, expected) else np.inf
    if got.dtype != np.float32:
        return np.inf
    if got.size == 0:
        return 0.0
    scaled = np.abs(got.astype(float) - expected.astype(float)) / np.maximum(1, np.abs(expected.astype(float)))
    return float(scaled.max()) if np.isfinite(scaled).all() else np.inf


def check(file):
    case = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    onnx.checker.check_model(str(file), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    inputs = {name: array(value) for name, value in case["inputs"].items()}
    expected = {name: array(value) for name, value in case["outputs"].items()}
    names = [each.name for each in session.get_outputs()]
    if sorted(names) != sorted(expected):
        raise ValueError(f"outputs {names} instead of {sorted(expected)}")
    got = dict(zip(names, session.run(names, inputs)))
    return case["kind"], max(difference(np.asarray(got[name]), expected[name]) for name in names)


def main():
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
    largest = {}
    counts = {}
    wrong = 0
    for file in files:
        try:
            kind, worst = check(file)
        except Exception as problem:  # of the checker or of the runtime: the file is wrong, whatever it is
            print(f"{file.name}: {type(problem).__name__}: {str(problem).strip()[:600]}")
            wrong += 1
            continue
        counts[kind] = counts.get(kind, 0) + 1
        largest[kind] = max(largest.get(kind, 0.0), worst)
        if not worst <= BOUND:
            print(f"{file.name}: differs by {worst:.3g}")
            wrong += 1
    for kind in sorted(counts):
        print(f"{kind}: {counts[kind]} files run, largest difference {largest[kind]:.2g}")
    print(f"{len(files)} files, {wrong} wrong; onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    sys.exit(1 if wrong or not files else 0)


if __name__ == "__main__":
    main()
