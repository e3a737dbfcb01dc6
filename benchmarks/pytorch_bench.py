#!/usr/bin/python3
"""PyTorch's side of `neurite bench`: the same networks and batches, a line of JSON for each with the same fields.

Each case is timed with PyTorch's plain optimizer and with the fused one; the faster is reported. A figure is the median
of five rounds after a warm-up. Denormal numbers are flushed to zero, or they would slow PyTorch down.

usage: pytorch_bench.py [--optimizer adam|sgd] [--threads N] [--seconds S] [PART]
benchmarks/compare runs it with the environment that suits it best.
"""
import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy


def mlp(*units):
    layers = []
    for inputs, outputs in zip(units, units[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


# name, rows of the batch, shape of a row, classes, network; a batch of one row is only predicted
CASES = [
    ("mlp-tiny/b4", 4, (4,), 4, lambda: mlp(4, 4, 4)),
    ("mlp-s/b32", 32, (784,), 10, lambda: mlp(784, 128, 10)),
    ("mlp-s/b128", 128, (784,), 10, lambda: mlp(784, 128, 10)),
    ("mlp-m/b128", 128, (784,), 10, lambda: mlp(784, 1024, 1024, 10)),
    ("mlp-l/b256", 256, (784,), 10, lambda: mlp(784, 2048, 2048, 2048, 10)),
    ("mlp-s/b1", 1, (784,), 10, lambda: mlp(784, 128, 10)),
]


def optimizer(name, parameters, fused):
    if name == "adam":
        return torch.optim.Adam(parameters, lr=1e-3, fused=fused)
    return torch.optim.SGD(parameters, lr=0.01, momentum=0.9, fused=fused)


def round_ms(action, seconds):
    times, start = 0, time.perf_counter()
    while True:
        action()
        times += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return elapsed / times * 1e3


def median_ms(action, seconds):
    round_ms(action, 2 * seconds)
    return statistics.median(round_ms(action, seconds) for _ in range(5))


def measure(rows, shape, classes, network, rule, fused, seconds):
    """Milliseconds of a training step, None for one row, and of a prediction."""
    torch.manual_seed(0)
    model = network()
    inputs = torch.randn(rows, *shape)
    labels = torch.randint(classes, (rows,))
    updates = optimizer(rule, model.parameters(), fused)

    def step():
        updates.zero_grad()
        cross_entropy(model(inputs), labels).backward()
        updates.step()

    def predict():
        with torch.inference_mode():
            model(inputs)

    train = median_ms(step, seconds) if rows > 1 else None
    model.eval()
    return train, median_ms(predict, seconds / 2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=0.6)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    exact = any(options.part == name for name, *_ in CASES)
    for name, *case in CASES:
        if name != options.part if exact else options.part not in name:
            continue
        results = {
            way: measure(*case, options.optimizer, way == "fused", options.seconds) for way in ("eager", "fused")
        }
        fastest = min(results, key=lambda way: results[way][0] or results[way][1])
        train = results[fastest][0]
        line = {
            "case": name,
            "optimizer": options.optimizer,
            "threads": options.threads,
            "engine": f"torch {torch.__version__} {fastest}",
            "train_ms": None if train is None else round(train, 5),
            "infer_ms": round(min(infer for _, infer in results.values()), 5),
        }
        print(json.dumps(line), flush=True)


main()
