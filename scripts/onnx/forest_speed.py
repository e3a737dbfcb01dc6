"""Times a forest of 500 trees of depth 8 on 30 features in onnxruntime and in Neurite, in turn, on the same machine.

Needs Debian's python3-sklearn, python3-onnx and python3-onnxruntime; run in the repository:
  /usr/bin/python3 scripts/onnx/forest_speed.py /tmp/forest.onnx
"""
import os
import subprocess
import sys
import time

import numpy as np
import onnxruntime
from onnx import TensorProto as T
from onnx import helper
from sklearn.ensemble import RandomForestClassifier

sys.path.insert(0, os.path.dirname(__file__))
from sklearn_models import Graph, forest_classifier  # noqa: E402


def write(path):
    rng = np.random.RandomState(0)
    x = rng.randn(4000, 30).astype(np.float32)
    y = (x[:, 0] + x[:, 1] * x[:, 2] + rng.randn(4000) * 0.3 > 0).astype(int)
    model = RandomForestClassifier(500, max_depth=8, random_state=0).fit(x, y)
    g = Graph(x)
    label, scores = forest_classifier(g, 'x', model, model.estimators_)
    graph = helper.make_graph(
        g.nodes, 'forest', [helper.make_tensor_value_info('x', T.FLOAT, ['rows', 30])],
        [helper.make_tensor_value_info(label, T.INT64, ['rows']),
         helper.make_tensor_value_info(scores, T.FLOAT, ['rows', 2])])
    opsets = [helper.make_opsetid('', 17), helper.make_opsetid('ai.onnx.ml', 3)]
    with open(path, 'wb') as file:
        file.write(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


def median(session, rows):
    x = np.random.RandomState(1).randn(rows, 30).astype(np.float32)
    times = []
    for _ in range(max(50, 2000 // rows)):
        start = time.perf_counter()
        session.run(None, {'x': x})
        times.append(time.perf_counter() - start)
    return 1e6 * np.median(times)


def main(path):
    write(path)
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    for _ in range(3):
        for rows in (1, 1000):
            print(f'{rows} rows, onnxruntime: {median(session, rows):.1f} µs')
            own = subprocess.run(['./neurite', 'bench', path, '--batch', str(rows)], capture_output=True, text=True)
            print(f'{rows} rows, Neurite:', own.stdout.strip() or own.stderr.strip())


if __name__ == '__main__':
    main(sys.argv[1])
