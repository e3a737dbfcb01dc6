"""Errors of classifiers and regressions from scikit-learn, for the page of the dashboard.

A case is <case>.inputs with .labels or .targets. The network of the test is a softmax, so that the inputs are logits; for
values it is the identity. Figures are <case>/<name>; of curves /roc.<class>.fpr and .tpr, /pr.<class>.recall and .precision.

Run with Debian's python3-sklearn: /usr/bin/python3 scripts/golden/errors.py
"""

import math
import pathlib
import random

import numpy as np
from sklearn import metrics as sk

import golden

golden.FOLDER = pathlib.Path(__file__).resolve().parents[2] / "dashboard/src/test/resources/golden"
source = random.Random(23)
tensors = {}


def put(key, values):
    values = np.asarray(values, dtype=np.float64)
    tensors[key] = ("F64", list(values.shape), [float(v) for v in values.reshape(-1)])


def classes(case, logits, truth):
    count = logits.shape[1]
    put(f"{case}.inputs", logits)
    put(f"{case}.labels", truth)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    predicted = p.argmax(axis=1)
    put(f"{case}/accuracy", sk.accuracy_score(truth, predicted))
    put(f"{case}/loss", sk.log_loss(truth, p, labels=list(range(count))))
    put(f"{case}/confusion", sk.confusion_matrix(truth, predicted, labels=list(range(count))))
    figures = sk.precision_recall_fscore_support(truth, predicted, labels=list(range(count)), zero_division=np.nan)
    for name, values in zip(("precision", "recall", "f1", "support"), figures):
        put(f"{case}/{name}", values)
    for label in range(count):
        positive = (truth == label).astype(int)
        score = p[:, label].astype(np.float32)
        fpr, tpr, _ = sk.roc_curve(positive, score, drop_intermediate=False)
        put(f"{case}/roc.{label}.fpr", fpr)
        put(f"{case}/roc.{label}.tpr", tpr)
        put(f"{case}/roc.{label}.auc", sk.roc_auc_score(positive, score))
        precision, recall, _ = sk.precision_recall_curve(positive, score)
        put(f"{case}/pr.{label}.recall", recall[:-1][::-1])
        put(f"{case}/pr.{label}.precision", precision[:-1][::-1])
        put(f"{case}/pr.{label}.ap", sk.average_precision_score(positive, score))
    confidence = p.max(axis=1)
    edges = np.digitize(confidence, np.arange(1, 15) / 15, right=True)
    error = 0.0
    for m in range(15):
        inside = edges == m
        if inside.any():
            error += inside.mean() * abs((predicted == truth)[inside].mean() - confidence[inside].mean())
    put(f"{case}/ece", error)
    put(f"{case}/bins", [(edges == m).sum() for m in range(15)])
    # Wilson's interval, as the roots of (x - p)^2 = z^2 x (1 - x) / n in x.
    n, share, z = len(truth), (predicted == truth).mean(), 1.959963984540054
    a, b, c = 1 + z * z / n, -(2 * share + z * z / n), share * share
    root = math.sqrt(b * b - 4 * a * c)
    put(f"{case}/interval", [(-b - root) / (2 * a), (-b + root) / (2 * a)])


def logits(truth, count, strength, digits):
    rows = [[round(source.gauss(strength * (c == t), 1), digits) for c in range(count)] for t in truth]
    return np.array([golden.decoded(row, "F32") for row in rows])


truth = np.array([source.randrange(4) for _ in range(150)])
classes("four", logits(truth, 4, 1.2, 3), truth)
truth = np.array([int(source.random() < 0.3) for _ in range(120)])
pair = logits(truth, 2, 1.0, 1)  # one digit: with ties
pair[:, 0] = 0  # so that equal logits have equal probabilities, however they are rounded
classes("two", pair, truth)

targets = np.array(golden.decoded([source.gauss(10, 4) for _ in range(90)], "F32"))
values = np.array(golden.decoded([t + source.gauss(0.3, 1) for t in targets], "F32"))
put("values.inputs", values.reshape(-1, 1))
put("values.targets", targets.reshape(-1, 1))
put("values/mae", sk.mean_absolute_error(targets, values))
put("values/rmse", math.sqrt(sk.mean_squared_error(targets, values)))
put("values/r2", sk.r2_score(targets, values))
put("values/residuals", np.histogram(values - targets, bins=30)[0])

golden.write("errors.safetensors", tensors, {"made_by": "scripts/golden/errors.py"})
