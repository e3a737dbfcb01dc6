"""What PyTorch reaches on scikit-learn's small data sets: one hidden layer of 32 ReLU units, five fixed 80/20 splits.

Features are standardized with the figures of the training part, regression targets too; Adam with rate 0.005, batches
of 16, 40 epochs (20 for diabetes), three seeds a split. Writes, for each split, the indices of its test rows and the
mean score of the seeds: accuracy, or R² for diabetes.

Run with Debian's python3-torch and python3-sklearn: /usr/bin/python3 scripts/golden/small_sets.py
"""

import pathlib
import random

import numpy
import torch
import torch.nn.functional as F
from sklearn import datasets

FILE = pathlib.Path(__file__).resolve().parents[2] / "examples/src/test/resources/dev/neurite/examples/small-sets.csv"
SPLITS, SEEDS, UNITS, RATE, BATCH = 5, 3, 32, 0.005, 16
SETS = {
    "iris": (datasets.load_iris(), 40),
    "wine": (datasets.load_wine(), 40),
    "breast-cancer": (datasets.load_breast_cancer(), 40),
    "digits": (datasets.load_digits(), 40),
    "diabetes": (datasets.load_diabetes(scaled=False), 20),
}
torch.set_num_threads(1)


def standardized(train, test):
    mean, deviation = train.mean(0), train.std(0)
    deviation[deviation == 0] = 1
    return [torch.tensor((part - mean) / deviation, dtype=torch.float32) for part in (train, test)]


def score(x, y, test_x, test_y, values, epochs, seed):
    torch.manual_seed(seed)
    outputs = 1 if values else int(y.max()) + 1
    net = torch.nn.Sequential(torch.nn.Linear(x.shape[1], UNITS), torch.nn.ReLU(), torch.nn.Linear(UNITS, outputs))
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    loss_of = F.mse_loss if values else F.cross_entropy
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for rows in order.split(BATCH):
            optimizer.zero_grad()
            loss_of(net(x[rows]), y[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        output = net(test_x)
    if values:
        return 1 - float(((output - test_y) ** 2).sum() / ((test_y - test_y.mean()) ** 2).sum())
    return float((output.argmax(1) == test_y).float().mean())


lines = []
for name, (data, epochs) in SETS.items():
    values = name == "diabetes"
    for split in range(SPLITS):
        order = list(range(len(data.data)))
        random.Random(split).shuffle(order)
        test = sorted(order[: len(order) // 5])
        train = sorted(order[len(order) // 5 :])
        x, test_x = standardized(data.data[train], data.data[test])
        if values:
            y, test_y = standardized(data.target[train].reshape(-1, 1), data.target[test].reshape(-1, 1))
        else:
            y, test_y = (torch.tensor(data.target[rows]) for rows in (train, test))
        scores = [score(x, y, test_x, test_y, values, epochs, seed) for seed in range(SEEDS)]
        lines.append(f"{name},{split},{numpy.mean(scores):.6f},{' '.join(map(str, test))}")
        print(name, split, [round(each, 4) for each in scores])
FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_text("set,split,score,test rows\n" + "\n".join(lines) + "\n")
