#!/usr/bin/python3
"""PyTorch's side of `neurite bench`: the same networks, batches and convolutions, a line of JSON for each with the same fields.

Each network is timed with PyTorch's plain optimizer and with the fused one, one of images also with its channels last; the
fastest is reported. A convolution is timed with channels first and last, each figure by itself. A figure is the median of
five rounds after a warm-up. Denormal numbers are flushed to zero, or they would slow PyTorch down.

usage: pytorch_bench.py [--optimizer adam|sgd] [--threads N] [--seconds S] [PART]
PART is as for `neurite bench`: a part of names of cases, or NETWORK/bROWS, also with a network as mlp:784-256-10.
benchmarks/compare runs it with the environment that suits it best.
"""
import argparse
import json
import re
import statistics
import time

import torch
from torch import nn
from torch.nn.functional import conv2d, cross_entropy, relu


def mlp(*units):
    layers = []
    for inputs, outputs in zip(units, units[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def lenet5():
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def keras_cnn():
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten()),
        *(nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10)),
    )


def normed(inputs, outputs, kernel=3, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)


def vgg32():
    layers = []
    for inputs, outputs in ((3, 32), (32, 64), (64, 128)):
        layers += [*normed(inputs, outputs), nn.ReLU(), *normed(outputs, outputs), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2048, 10))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(*normed(inputs, outputs, 3, stride), nn.ReLU(), *normed(outputs, outputs))
        same = inputs == outputs and stride == 1
        self.around = nn.Identity() if same else nn.Sequential(*normed(inputs, outputs, 1, stride))

    def forward(self, x):
        return relu(self.body(x) + self.around(x))


def resnet20():
    layers, inputs = [*normed(3, 16), nn.ReLU()], 16
    for outputs, stride in ((16, 1), (32, 2), (64, 2)):
        for block in range(3):
            layers.append(Residual(inputs, outputs, 1 if block else stride))
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


# name, shape of a row, classes, network
NETWORKS = {
    "mlp-tiny": ((4,), 4, lambda: mlp(4, 4, 4)),
    "mlp-s": ((784,), 10, lambda: mlp(784, 128, 10)),
    "mlp-m": ((784,), 10, lambda: mlp(784, 1024, 1024, 10)),
    "mlp-l": ((784,), 10, lambda: mlp(784, 2048, 2048, 2048, 10)),
    "lenet5": ((1, 28, 28), 10, lenet5),
    "keras-cnn": ((1, 28, 28), 10, keras_cnn),
    "vgg32": ((3, 32, 32), 10, vgg32),
    "resnet20": ((3, 32, 32), 10, resnet20),
}

# a batch of one row is only predicted
CASES = [
    *("mlp-tiny/b4", "mlp-s/b32", "mlp-s/b128", "mlp-m/b128", "mlp-l/b256", "mlp-s/b1"),
    *("lenet5/b64", "keras-cnn/b128", "vgg32/b64", "resnet20/b64", "lenet5/b1"),
]

# name, rows of the batch, channels and side of the images, channels that come out, kernel, stride, padding
CONVOLUTIONS = [
    ("conv/lenet5-1", 64, 1, 28, 6, 5, 1, 2),
    ("conv/lenet5-2", 64, 6, 14, 16, 5, 1, 0),
    ("conv/keras-cnn-1", 128, 1, 28, 32, 3, 1, 0),
    ("conv/keras-cnn-2", 128, 32, 26, 64, 3, 1, 0),
    ("conv/vgg32-1", 64, 3, 32, 32, 3, 1, 1),
    ("conv/vgg32-2", 64, 32, 32, 32, 3, 1, 1),
    ("conv/vgg32-3", 64, 32, 16, 64, 3, 1, 1),
    ("conv/vgg32-4", 64, 64, 16, 64, 3, 1, 1),
    ("conv/vgg32-5", 64, 64, 8, 128, 3, 1, 1),
    ("conv/vgg32-6", 64, 128, 8, 128, 3, 1, 1),
    ("conv/resnet20-1", 64, 3, 32, 16, 3, 1, 1),
    ("conv/resnet20-2", 64, 16, 32, 16, 3, 1, 1),
    ("conv/resnet20-3", 64, 16, 32, 32, 3, 2, 1),
    ("conv/resnet20-4", 64, 16, 32, 32, 1, 2, 0),
    ("conv/resnet20-5", 64, 32, 16, 32, 3, 1, 1),
    ("conv/resnet20-6", 64, 32, 16, 64, 3, 2, 1),
    ("conv/resnet20-7", 64, 32, 16, 64, 1, 2, 0),
    ("conv/resnet20-8", 64, 64, 8, 64, 3, 1, 1),
]


def network_case(name):
    """Rows of the batch, shape of a row, classes and network of NETWORK/bROWS; None for anything else."""
    match = re.fullmatch(r"(mlp:\d+(?:-\d+)+|[^/:]+)/b([1-9]\d*)", name)
    if match is None:
        return None
    network, rows = match[1], int(match[2])
    if network.startswith("mlp:"):
        widths = [int(width) for width in network[4:].split("-")]
        return rows, (widths[0],), widths[-1], lambda: mlp(*widths)
    return (rows, *NETWORKS[network]) if network in NETWORKS else None


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


def measure(rows, shape, classes, network, rule, way, seconds):
    """Milliseconds of a training step, None for one row, and of a prediction."""
    torch.manual_seed(0)
    model = network()
    inputs = torch.randn(rows, *shape)
    labels = torch.randint(classes, (rows,))
    if "channels last" in way:
        model = model.to(memory_format=torch.channels_last)
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    updates = optimizer(rule, model.parameters(), "fused" in way)

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


def convolution(rows, inputs, side, outputs, kernel, stride, padding, layout, seconds):
    """Milliseconds of a convolution, of the gradient of its input, and of that of its weights."""
    torch.manual_seed(0)
    x = torch.randn(rows, inputs, side, side).contiguous(memory_format=layout)
    w = torch.randn(outputs, inputs, kernel, kernel).contiguous(memory_format=layout)
    with torch.inference_mode():
        dy = torch.randn_like(conv2d(x, w, None, stride, padding))

        def back(which):
            mask = [which == 0, which == 1, False]
            torch.ops.aten.convolution_backward(
                dy, x, w, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, mask
            )

        forward = median_ms(lambda: conv2d(x, w, None, stride, padding), seconds)
        return forward, *(median_ms(lambda: back(which), seconds) for which in (0, 1))


def tell_convolution(name, case, options):
    rows, inputs, side, outputs, kernel, stride, padding = case
    layouts = {"channels first": torch.contiguous_format, "channels last": torch.channels_last}
    results = {way: convolution(*case, layout, options.seconds) for way, layout in layouts.items()}
    out = (side + 2 * padding - kernel) // stride + 1
    giga = 2e-6 * rows * outputs * out * out * inputs * kernel * kernel
    line = {
        "case": name,
        "threads": options.threads,
        "engine": f"torch {torch.__version__}",
        "way": min(results, key=lambda way: sum(results[way])),
    }
    best = dict(zip(("forward", "input", "weights"), map(min, zip(*results.values()))))
    line.update({f"{figure}_ms": round(ms, 5) for figure, ms in best.items()})
    line.update({f"{figure}_gflops": round(giga / ms, 1) for figure, ms in best.items()})
    print(json.dumps(line), flush=True)


def tell_network(name, case, options):
    images = len(case[1]) == 3
    ways = ("eager", "fused") + (("channels last", "fused, channels last") if images else ())
    results = {way: measure(*case, options.optimizer, way, options.seconds) for way in ways}
    fastest = min(results, key=lambda way: results[way][0] or results[way][1])
    train = results[fastest][0]
    line = {
        "case": name,
        "optimizer": options.optimizer,
        "threads": options.threads,
        "engine": f"torch {torch.__version__}",
        "way": fastest,
        "train_ms": None if train is None else round(train, 5),
        "infer_ms": round(min(infer for _, infer in results.values()), 5),
    }
    print(json.dumps(line), flush=True)


def tell_memory(options):
    """An array added to another, together larger than caches, in GB/s, of two read and one of them written."""
    a, b = (torch.ones(1 << 26) for _ in range(2))
    ms = median_ms(lambda: torch.add(a, b, out=a), options.seconds)
    line = {"case": "memory", "threads": options.threads, "engine": f"torch {torch.__version__}"}
    print(json.dumps({**line, "gbps": round(3e-6 * 4 * len(a) / ms, 1)}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=0.6)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    convolutions = {name: case for name, *case in CONVOLUTIONS}
    names = [*CASES, *convolutions, "memory"]
    if options.part in names or network_case(options.part):
        names = [options.part]
    names = [name for name in names if options.part in name]
    if not names:
        parser.error(f"expects a part of a case's name, or NETWORK/bROWS, got '{options.part}'")
    for name in names:
        if name == "memory":
            tell_memory(options)
        elif name in convolutions:
            tell_convolution(name, convolutions[name], options)
        else:
            tell_network(name, network_case(name), options)


if __name__ == "__main__":
    main()
