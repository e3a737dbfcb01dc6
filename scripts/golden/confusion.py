"""Figures of confusion matrices from scikit-learn; NaN where it says that a figure is undefined.

Run with Debian's python3-sklearn: /usr/bin/python3 scripts/golden/confusion.py
"""

import random

import numpy
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from golden import write

source = random.Random(4)
cases = {
    # Every class occurs and is predicted.
    "plain": (4, [(t, t if source.random() < 0.6 else source.randrange(4)) for t in [i % 4 for i in range(97)]]),
    # Class 2 never occurs, class 3 is never predicted, class 4 neither.
    "missing": (5, [(0, 0), (0, 1), (1, 1), (1, 2), (3, 0), (3, 1), (0, 0)]),
    "all wrong": (2, [(0, 1), (1, 0), (1, 0)]),
    "one class": (2, [(1, 1), (1, 1)]),
}

tensors = {}
for name, (classes, pairs) in cases.items():
    truth, predicted = zip(*pairs)
    labels = list(range(classes))
    figures = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=numpy.nan)
    means = precision_recall_fscore_support(
        truth, predicted, labels=labels, average="macro", zero_division=numpy.nan
    )
    counts = confusion_matrix(truth, predicted, labels=labels)
    tensors[f"{name}.pairs"] = ("F32", [len(pairs), 2], [float(v) for pair in pairs for v in pair])
    tensors[f"{name}.counts"] = ("F32", [classes, classes], [float(v) for v in counts.reshape(-1)])
    tensors[f"{name}.accuracy"] = ("F32", [], [accuracy_score(truth, predicted)])
    for key, values in zip(("precision", "recall", "f1", "support"), figures):
        tensors[f"{name}.{key}"] = ("F32", [classes], [float(v) for v in values])
    tensors[f"{name}.means"] = ("F32", [3], [float(v) for v in means[:3]])
write("confusion.safetensors", tensors, {"made_by": "scripts/golden/confusion.py"})
