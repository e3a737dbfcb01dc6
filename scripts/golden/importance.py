"""Permutation importance of scikit-learn for a fixed linear classifier, as means of 400 shuffles with their deviations.

Shuffles are random, so a comparison allows for the errors of both means.

Run with Debian's python3-sklearn: /usr/bin/python3 scripts/golden/importance.py
"""

import random

import numpy as np
from sklearn.inspection import permutation_importance

from golden import decoded, write

ROWS, COLUMNS, REPEATS = 300, 4, 400
source = random.Random(5)
x = np.array([decoded([source.gauss(0, 1) for _ in range(COLUMNS)], "F32") for _ in range(ROWS)])
x[:, 3] = np.array(decoded(list(0.5 * x[:, 0] + 0.5 * x[:, 3]), "F32"))  # columns that depend on each other
weights = np.array([2.0, -1.0, 0.25, 0.5])
y = np.array([1 if x[i] @ weights + source.gauss(0, 1) > 0 else 0 for i in range(ROWS)])


class Linear:
    """The second of two classes has probability 1 / (1 + e^(-x w))."""

    classes_ = np.array([0, 1])

    def fit(self, *_):
        return self

    def predict_proba(self, rows):
        p = 1 / (1 + np.exp(-(rows @ weights)))
        return np.stack([1 - p, p], axis=1)

    def predict(self, rows):
        return (self.predict_proba(rows)[:, 1] > 0.5).astype(int)


def log_loss(model, rows, truth):
    return np.log(model.predict_proba(rows)[np.arange(len(truth)), truth]).mean()


def accuracy(model, rows, truth):
    return (model.predict(rows) == truth).mean()


tensors = {}


def put(key, values):
    values = np.asarray(values, dtype=np.float64)
    tensors[key] = ("F32", list(values.shape), [float(v) for v in values.reshape(-1)])


put("x", x)
put("y", y)
put("weights", weights)
for name, score in (("loss", log_loss), ("accuracy", accuracy)):
    found = permutation_importance(Linear(), x, y, scoring=score, n_repeats=REPEATS, random_state=1)
    put(name + ".means", found.importances_mean)
    put(name + ".deviations", found.importances_std)
write("importance.safetensors", tensors, {"repeats": str(REPEATS)})
