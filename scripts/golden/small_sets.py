"""What PyTorch reaches on scikit-learn's small data sets: one hidden layer of 32 ReLU units, five fixed 80/20 splits.

Features are standardized with the figures of the training part, regression targets too; Adam with rate 0.005, batches
of 16, 40 epochs (20 for diabetes), five seeds a split. Trained from two starts: PyTorch's own and this library's
default (docs/adr/0004). Writes, for each split, the indices of its test rows and for each start the mean score of the
seeds: accuracy, or R² for diabetes. In float64, so that the file does not depend on the processor. Takes some minutes.

Run with Debian's python3-torch and python3-sklearn: /usr/bin/python3 scripts/golden/small_sets.py
"""

import pathlib
import random

import numpy
import torch
import torch.nn.functional as F
from sklearn import datasets

FILE = pathlib.Path(__file__).resolve().parents[2] / "examples/src/test/resources/dev/neurite/examples/small-sets.csv"
SPLITS, SEEDS, UNITS, RATE, BATCH = 5, 5, 32, 0.005, 16
SETS = {
    "iris": (datasets.load_iris(), 40),
    "wine": (datasets.load_wine(), 40),
    "breast-cancer": (datasets.load_breast_cancer(), 40),
    "digits": (datasets.load_digits(), 40),
    "diabetes": (datasets.load_diabetes(scaled=False), 20),
}
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def default_start(hidden, last):
    """He-uniform before the ReLU, Xavier-uniform before the output, zero biases."""
    torch.nn.init.kaiming_uniform_(hidden.weight, nonlinearity="relu")
    torch.nn.init.xavier_uniform_(last.weight)
    for layer in (hidden, last):
        torch.nn.init.zeros_(layer.bias)


STARTS = {"pytorchs": lambda hidden, last: None, "default": default_start}


def standardized(train, test):
    mean, deviation = train.mean(0), train.std(0)
    deviation[deviation == 0] = 1
    return [torch.tensor((part - mean) / deviation, dtype=torch.float64) for part in (train, test)]


def score(start, x, y, test_x, test_y, values, epochs, seed):
    torch.manual_seed(seed)
    outputs = 1 if values else int(y.max()) + 1
    net = torch.nn.Sequential(torch.nn.Linear(x.shape[1], UNITS), torch.nn.ReLU(), torch.nn.Linear(UNITS, outputs))
    start(net[0], net[2])
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
    return float((output.argmax(1) == test_y).double().mean())


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
        means = []
        for start_name, start in STARTS.items():
            scores = [score(start, x, y, test_x, test_y, values, epochs, seed) for seed in range(SEEDS)]
            means.append(f"{numpy.mean(scores):.6f}")
            print(name, split, start_name, means[-1], f"± {numpy.std(scores):.4f} a seed", flush=True)
        lines.append(",".join([name, str(split), *means, " ".join(map(str, test))]))
FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_text(",".join(["set", "split", *STARTS, "test rows"]) + "\n" + "\n".join(lines) + "\n")
