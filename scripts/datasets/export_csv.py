"""Writes the CSV files of the module datasets, and the facts that its tests check, from scikit-learn's copies.

    apt-get install python3-sklearn
    /usr/bin/python3 scripts/datasets/export_csv.py

Run in the root of the repository; made with scikit-learn 1.4.2. Values are written as the shortest decimals that give
the same float64; classes by name. The facts are computed in float64 from scikit-learn's arrays, not from the CSV files.
"""

import csv
import pathlib

import numpy
from sklearn import datasets

MAIN = pathlib.Path("datasets/src/main/resources/dev/neurite/datasets")
TEST = pathlib.Path("datasets/src/test/resources/dev/neurite/datasets")

SETS = {
    "iris": (datasets.load_iris(), "class"),
    "wine": (datasets.load_wine(), "class"),
    "breast-cancer": (datasets.load_breast_cancer(), "class"),
    "digits": (datasets.load_digits(), "class"),
    # The values as they were measured; scikit-learn's default is scaled over all 442 rows, test rows included.
    "diabetes": (datasets.load_diabetes(scaled=False), "progression"),
}

# scikit-learn says class_0 …; the data set's own documentation numbers three cultivars from 1.
SETS["wine"][0].target_names = numpy.array(["cultivar 1", "cultivar 2", "cultivar 3"])


def text(value):
    value = float(value)
    return str(int(value)) if value.is_integer() else repr(value)


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def facts(name, data):
    x, y = data.data, data.target
    weight = numpy.arange(1, len(x) + 1) / len(x)
    yield name, "rows", "", len(x)
    for column, feature in enumerate(data.feature_names):
        yield name, "mean", feature, repr(float(x[:, column].mean()))
        # Changes when rows change places, as the mean does not.
        yield name, "weighted", feature, repr(float(weight @ x[:, column]))
    if "target_names" in data:
        for label, class_name in enumerate(data.target_names):
            yield name, "count", class_name, int((y == label).sum())
    yield name, "answers", "", repr(float(weight @ y))


def main():
    every = [("set", "fact", "of", "value")]
    for name, (data, answer) in SETS.items():
        classes = data.get("target_names")
        answers = [text(y) if classes is None else str(classes[y]) for y in data.target]
        rows = [[*map(text, x), y] for x, y in zip(data.data, answers)]
        write(MAIN / f"{name}.csv", [[*data.feature_names, answer], *rows])
        every.extend(facts(name, data))
    write(TEST / "facts.csv", every)


main()
