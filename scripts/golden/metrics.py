"""Metrics from scikit-learn; NaN where it, or the formula, says that a figure is undefined.

A case is <case>.outputs, with .labels (classes) or .targets (labels, values), and perhaps .weights; its figures are
<case>/<name of the metric>. Where a class has no figure, scikit-learn is told to leave it out of means.

Run with Debian's python3-sklearn: /usr/bin/python3 scripts/golden/metrics.py
"""

import math
import random
import warnings

import numpy as np
from sklearn import metrics as sk

from golden import decoded, write

warnings.simplefilter("ignore")
NAN = float("nan")
source = random.Random(11)
tensors = {}


def floats(rows):
    """Rows rounded to float32, in double precision."""
    return np.array([decoded(row, "F32") for row in rows], dtype=np.float64)


def put(key, values):
    values = np.asarray(values, dtype=np.float64)
    tensors[key] = ("F32", list(values.shape), [float(v) for v in values.reshape(-1)])


def weights(rows):
    return np.array([source.choice([0.0, 0.25, 0.5, 1.0, 1.5, 3.0]) for _ in range(rows)])


def one(figure, *arguments, **settings):
    """A figure of scikit-learn, NaN where it refuses."""
    try:
        return figure(*arguments, **settings)
    except ValueError:
        return NAN


def kept(figures, weight):
    """The mean of the figures that there are."""
    there = ~np.isnan(figures)
    return np.average(np.asarray(figures)[there], weights=np.asarray(weight)[there]) if there.any() else NAN


def precision_recall(case, truth, predicted, w, averages, labels):
    figures = (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score))
    for name, figure in figures:
        settings = dict(sample_weight=w, zero_division=np.nan, **labels)
        for average in averages:
            put(f"{case}/{name}-{average}", figure(truth, predicted, average=average, **settings))
        for label, value in enumerate(figure(truth, predicted, average=None, **settings)):
            put(f"{case}/{name}-class-{label}", value)


def ranks(case, indicator, outputs, w):
    """One against the rest, without those that have no figure."""
    mass = np.ones(len(outputs)) if w is None else w
    positive = indicator.T @ mass
    auc, precision = [], []
    for y, score, weight in zip(indicator.T, outputs.T, positive):
        both = 0 < weight < mass.sum()
        auc.append(sk.roc_auc_score(y, score, sample_weight=w) if both else NAN)
        precision.append(sk.average_precision_score(y, score, sample_weight=w) if weight > 0 else NAN)
    for name, figures in (("roc-auc", auc), ("average-precision", precision)):
        put(f"{case}/{name}", kept(figures, np.ones(len(figures))))
        put(f"{case}/{name}-weighted", kept(figures, positive))
    return auc, precision


def calibration_error(truth, predicted, confidence, w, bins):
    """Guo et al. 2017, arXiv:1706.04599, section 2: ECE = Σ |Bₘ|/n · |acc(Bₘ) − conf(Bₘ)|."""
    mass = np.ones(len(truth)) if w is None else w
    error = 0.0
    for m in range(1, bins + 1):
        inside = (confidence > (m - 1) / bins) & (confidence <= m / bins)
        size = mass[inside].sum()
        if size > 0:
            accuracy = np.average((predicted == truth)[inside], weights=mass[inside])
            mean = np.average(confidence[inside], weights=mass[inside])
            error += size / mass.sum() * abs(accuracy - mean)
    return error


def classes(case, outputs, truth, w=None, ties=False):
    """`ties`: some rows have two classes of equal probability, which scikit-learn's top-k orders otherwise."""
    count = outputs.shape[1]
    every = list(range(count))
    put(f"{case}.outputs", outputs)
    put(f"{case}.labels", truth)
    if w is not None:
        put(f"{case}.weights", w)
    known = ~np.isnan(outputs).any(axis=1)
    predicted = np.where(known, np.where(np.isnan(outputs), 0, outputs).argmax(axis=1), -1)
    put(f"{case}/accuracy", sk.accuracy_score(truth, predicted, sample_weight=w))
    put(f"{case}/balanced-accuracy", sk.balanced_accuracy_score(truth, predicted, sample_weight=w))
    precision_recall(case, truth, predicted, w, ("macro", "micro", "weighted"), {"labels": every})
    single = len(set(truth)) == 1 or len(set(predicted)) == 1
    put(f"{case}/mcc", NAN if single else sk.matthews_corrcoef(truth, predicted, sample_weight=w))
    put(f"{case}/kappa", sk.cohen_kappa_score(truth, predicted, sample_weight=w))
    if not known.all():
        for name in ("log-loss", "brier", "calibration-error", "roc-auc", "average-precision"):
            put(f"{case}/{name}", NAN)
        return
    if not ties:
        for k in range(1, count if count > 2 else 1):
            put(f"{case}/top-{k}", sk.top_k_accuracy_score(truth, outputs, k=k, labels=every, sample_weight=w))
    put(f"{case}/log-loss", sk.log_loss(truth, outputs.astype(np.float32), labels=every, sample_weight=w))
    indicator = np.eye(count)[truth]
    if count == 2:
        put(f"{case}/brier", sk.brier_score_loss(truth, outputs[:, 1], pos_label=1, sample_weight=w))
        ranks(case, indicator[:, 1:], outputs[:, 1:], w)
    else:
        put(f"{case}/brier", np.average(((outputs - indicator) ** 2).sum(axis=1), weights=w))
        figures = ranks(case, indicator, outputs, w)
        if not np.isnan(figures).any() and np.isclose(outputs.sum(axis=1), 1).all():
            settings = dict(multi_class="ovr", labels=every, sample_weight=w)
            macro = sk.roc_auc_score(truth, outputs, average="macro", **settings)
            assert np.isclose(macro, np.mean(figures[0])), case
            macro = sk.average_precision_score(truth, outputs, average="macro", sample_weight=w)
            assert np.isclose(macro, np.mean(figures[1])), case
    confidence = outputs.max(axis=1)
    for bins in (15, 10, 1):
        name = "calibration-error" + ("" if bins == 15 else f"-{bins}")
        put(f"{case}/{name}", calibration_error(truth, predicted, confidence, w, bins))


def labels(case, outputs, targets, w=None):
    put(f"{case}.outputs", outputs)
    put(f"{case}.targets", targets)
    if w is not None:
        put(f"{case}.weights", w)
    truth = targets.astype(int)
    predicted = (outputs > 0.5).astype(int)
    if targets.shape[1] > 1:
        put(f"{case}/accuracy", sk.accuracy_score(truth, predicted, sample_weight=w))
        put(f"{case}/hamming-loss", sk.hamming_loss(truth, predicted, sample_weight=w))
        averages = ("macro", "micro", "weighted", "samples")
        precision_recall(case, truth, predicted, w, averages, {})
    ranks(case, targets, outputs, w)
    deviations(case, outputs, targets, w)


def deviations(case, outputs, targets, w):
    put(f"{case}/mse", sk.mean_squared_error(targets, outputs, sample_weight=w))
    put(f"{case}/rmse", sk.root_mean_squared_error(targets, outputs, sample_weight=w))
    put(f"{case}/mae", sk.mean_absolute_error(targets, outputs, sample_weight=w))
    put(f"{case}/mape", sk.mean_absolute_percentage_error(targets, outputs, sample_weight=w))
    settings = dict(sample_weight=w, multioutput="raw_values", force_finite=False)
    for name, figure in (("r2", sk.r2_score), ("explained-variance", sk.explained_variance_score)):
        raw = figure(targets, outputs, **settings)
        figures = [value if np.isfinite(value) else NAN for value in np.atleast_1d(raw)]
        put(f"{case}/{name}", kept(figures, np.ones(len(figures))))
    there = np.ones(len(targets), dtype=bool) if w is None else w > 0  # max_error knows no weights
    put(f"{case}/max-error", np.mean([sk.max_error(t, y) for t, y in zip(targets[there].T, outputs[there].T)]))


def values(case, outputs, targets, w=None):
    put(f"{case}.outputs", outputs)
    put(f"{case}.targets", targets)
    if w is not None:
        put(f"{case}.weights", w)
    deviations(case, outputs, targets, w)


def softmax(rows, count, truth):
    """Probabilities that know something of the truth."""
    logits = [[source.gauss(0, 1.5) + (2 if label == truth[i] else 0) for label in range(count)] for i in range(rows)]
    powers = [[math.exp(z) for z in row] for row in logits]
    return floats([[p / sum(row) for p in row] for row in powers])


def uniform(rows, count):
    return np.array([source.randrange(count) for _ in range(rows)])


def pair(second):
    """Probabilities of two classes, exact in float32."""
    second = np.asarray(second)
    return np.stack([1 - second, second], axis=1)


truth = uniform(120, 5)
classes("plain", softmax(120, 5, truth), truth)
classes("weights", softmax(120, 5, truth), truth, weights(120))
two = uniform(90, 2)
second = [source.randrange(1, 4096) / 4096 * 0.7 + 0.3 * t for t in two]
classes("binary", pair(floats([second])[0]), two)
classes("binary weights", pair(floats([second])[0]), two, weights(90))
# Sixteenths, of 0 and 1 too: many rows of equal probability, and some that are sure and wrong.
few = [source.randrange(17) / 16 for _ in range(150)]
classes("binary ties", pair(few), uniform(150, 2))
rough = np.array([source.choice([[8, 8, 0], [4, 8, 4], [16, 0, 0], [1, 5, 10], [2, 7, 7]]) for _ in range(100)]) / 16
classes("ties", rough, uniform(100, 3), ties=True)
classes("ties weights", rough, uniform(100, 3), weights(100), ties=True)
# Class 2 never occurs; class 4 is never predicted.
truth = np.array([source.choice([0, 1, 3, 4]) for _ in range(60)])
missing = softmax(60, 5, truth)
missing[:, 4] /= 64
missing = floats(missing / missing.sum(axis=1, keepdims=True))
classes("missing", missing, truth)
classes("missing weights", missing, truth, weights(60))
classes("one class", pair([0.75, 0.875, 0.25, 0.625]), np.ones(4, dtype=int))
classes("one class right", pair([0.75, 0.875]), np.ones(2, dtype=int))
truth = uniform(40, 3)
broken = softmax(40, 3, truth)
broken[3, 1] = broken[17, 0] = broken[18, 2] = NAN
classes("nan", broken, truth)
classes("nan weights", broken, truth, weights(40))

targets = np.array([[float(source.random() < share) for share in (0.5, 0.3, 0.1, 0.6)] for _ in range(80)])
told = floats([[0.6 * source.random() + 0.35 * t for t in row] for row in targets])
labels("labels", told, targets)
labels("labels weights", told, targets, weights(80))
labels("labels ties", np.round(told * 8) / 8, targets)
# Label 2 never occurs, label 3 always does, label 1 is never predicted; rows without any label.
empty = targets.copy()
empty[:, 2], empty[:, 3] = 0, 1
empty[:10] = [0, 0, 0, 1]
quiet = told.copy()
quiet[:, 1] = floats(quiet[:, 1:2] / 4)[:, 0]
quiet[:5] = 0.25
labels("labels missing", quiet, empty)
labels("labels missing weights", quiet, empty, weights(80))
labels("one label", told[:, :1], targets[:, :1])

targets = floats([[source.gauss(3, 1), source.gauss(-100, 20), source.gauss(0, 1e-3)] for _ in range(70)])
answers = floats([[t + source.gauss(0, 0.5) * abs(t) for t in row] for row in targets])
values("values", answers, targets)
values("values weights", answers, targets, weights(70))
values("one value", answers[:, :1], targets[:, :1])
zeros = targets.copy()
zeros[::7] = 0
values("zeros", answers, zeros)
constant = targets.copy()
constant[:, 1] = 0.5
values("constant", answers, constant)
values("all constant", answers[:, 1:2], constant[:, 1:2])
values("one row", answers[:1], targets[:1])
write("metrics.safetensors", tensors, {"made_by": "scripts/golden/metrics.py"})
