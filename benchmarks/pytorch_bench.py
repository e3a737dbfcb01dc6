#!/usr/bin/python3
"""PyTorch's side of `neurite bench`: the same networks, batches and convolutions, with the same fields.

Prints a line of JSON for each way of doing it: training steps with PyTorch's plain optimizer and with the fused one,
predictions also with batch norms folded into convolutions, each for images also with channels last, and for sequences in
the ways of pytorch_sequences.py. A figure is the median
of five rounds after a warm-up. Denormal numbers are flushed to zero, or they would slow PyTorch down.

usage: pytorch_bench.py [--optimizer adam|sgd] [--threads N] [--seconds S] [--ways WAY …] [PART]
       pytorch_bench.py --build       prints what multiplies matrices: MKL, or OpenBLAS for OpenMP or pthreads
PART is as for `neurite bench`: a part of names of cases, or NETWORK/bROWS, also with a network as mlp:784-256-10.
benchmarks/compare runs it with the environments that may suit it best.
"""
import argparse
import json
import re
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn.functional import conv2d, cross_entropy, relu_
from torch.nn.utils.fusion import fuse_conv_bn_eval

import blas
import pytorch_fashion_mnist
from cases import START, is_trained
from pytorch_sequences import SEQUENCES


def relu():
    return nn.ReLU(inplace=True)


def mlp(*units):
    layers = []
    for inputs, outputs in zip(units, units[1:]):
        layers += [nn.Linear(inputs, outputs), relu()]
    return nn.Sequential(*layers[:-1])


def lenet5():
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), relu(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), relu(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), relu(), nn.Linear(120, 84), relu(), nn.Linear(84, 10)),
    )


def keras_cnn():
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), relu(), nn.Conv2d(32, 64, 3), relu(), nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten()),
        *(nn.Linear(9216, 128), relu(), nn.Dropout(0.5), nn.Linear(128, 10)),
    )


def normed(inputs, outputs, kernel=3, stride=1, groups=1):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return convolution, nn.BatchNorm2d(outputs)


def vgg32():
    layers = []
    for inputs, outputs in ((3, 32), (32, 64), (64, 128)):
        layers += [*normed(inputs, outputs), relu(), *normed(outputs, outputs), relu(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2048, 10))


class Sum(nn.Module):
    """What goes through layers, and what goes around them."""

    def __init__(self, body, around=()):
        super().__init__()
        self.body = nn.Sequential(*body)
        self.around = nn.Sequential(*around)

    def forward(self, x):
        return self.body(x) + self.around(x)


def resnet(stem, width, stages, classes, deep=False):
    """A block is two 3×3 convolutions; in a deep network 1×1, 3×3 and 1×1, with four times as many channels outside."""
    layers, inputs = stem, width
    for stage, blocks in enumerate(stages):
        inside = width << stage
        outputs = 4 * inside if deep else inside
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            body = [*normed(inputs, inside, 3, stride), relu(), *normed(inside, inside)]
            if deep:
                body = [*normed(inputs, inside, 1), relu(), *normed(inside, inside, 3, stride)]
                body += [relu(), *normed(inside, outputs, 1)]
            changes = stride > 1 or inputs != outputs
            layers += [Sum(body, normed(inputs, outputs, 1, stride) if changes else ()), relu()]
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))


def resnet20():
    return resnet([*normed(3, 16), relu()], 16, (3, 3, 3), 10)


def imagenet_resnet(stages, deep):
    return resnet([*normed(3, 64, 7, 2), relu(), nn.MaxPool2d(3, 2, 1)], 64, stages, 1000, deep)


MOBILE_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


SMALL_MOBILE_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 2, 2), (6, 64, 2, 2))


def mobilenet(stages, stride, last, classes):
    layers, inputs = [*normed(3, 32, 3, stride), nn.ReLU6(inplace=True)], 32
    for widening, outputs, blocks, first_stride in stages:
        for block in range(blocks):
            stride = 1 if block else first_stride
            wide = inputs * widening
            body = [*normed(inputs, wide, 1), nn.ReLU6(inplace=True)] if widening > 1 else []
            body += [*normed(wide, wide, 3, stride, wide), nn.ReLU6(inplace=True), *normed(wide, outputs, 1)]
            layers.append(Sum(body) if stride == 1 and inputs == outputs else nn.Sequential(*body))
            inputs = outputs
    layers += [*normed(inputs, last, 1), nn.ReLU6(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Linear(last, classes))


class Fire(nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.one = nn.Conv2d(squeezed, expanded, 1)
        self.three = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x):
        x = relu_(self.squeeze(x))
        return torch.cat([relu_(self.one(x)), relu_(self.three(x))], 1)


def squeezenet():
    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    return nn.Sequential(
        *(nn.Conv2d(3, 64, 3, 2), relu(), pool(), Fire(64, 16, 64), Fire(128, 16, 64), pool()),
        *(Fire(128, 32, 128), Fire(256, 32, 128), pool(), Fire(256, 48, 192), Fire(384, 48, 192)),
        *(Fire(384, 64, 256), Fire(512, 64, 256), nn.Dropout(0.5), nn.Conv2d(512, 1000, 1), relu()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


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
    "resnet18": ((3, 224, 224), 1000, lambda: imagenet_resnet((2, 2, 2, 2), False)),
    "resnet50": ((3, 224, 224), 1000, lambda: imagenet_resnet((3, 4, 6, 3), True)),
    "mobilenet-v2": ((3, 224, 224), 1000, lambda: mobilenet(MOBILE_STAGES, 2, 1280, 1000)),
    "mobilenet-small": ((3, 32, 32), 10, lambda: mobilenet(SMALL_MOBILE_STAGES, 1, 256, 10)),
    "squeezenet": ((3, 224, 224), 1000, squeezenet),
}

# a batch of one row is only predicted, and so are the networks for ImageNet
CASES = [
    *("mlp-tiny/b4", "mlp-s/b32", "mlp-s/b128", "mlp-m/b128", "mlp-l/b256", "mlp-s/b1"),
    *("lenet5/b64", "keras-cnn/b128", "vgg32/b64", "resnet20/b64", "lenet5/b1"),
    *("lstm/b64", "gru/b64", "bilstm/b64", "encoder/b16", "gpt/b8", "generate/b1"),
    *("resnet18/b1", "resnet18/b8", "resnet50/b1", "resnet50/b8"),
    *("mobilenet-v2/b1", "mobilenet-v2/b8", "squeezenet/b1", "squeezenet/b8"),
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


def network_and_rows(name):
    """The parts of NETWORK/bROWS; None for anything else."""
    match = re.fullmatch(r"(mlp:\d+(?:-\d+)+|[^/:]+)/b([1-9]\d*)", name)
    known = match and (match[1].startswith("mlp:") or match[1] in NETWORKS or match[1] in SEQUENCES)
    return (match[1], int(match[2])) if known else None


def network_case(name):
    """Rows of the batch, shape of a row, classes and network of NETWORK/bROWS; None for anything else, and for sequences."""
    network, rows = network_and_rows(name) or ("", 0)
    if network.startswith("mlp:"):
        widths = [int(width) for width in network[4:].split("-")]
        return rows, (widths[0],), widths[-1], lambda: mlp(*widths)
    return (rows, *NETWORKS[network]) if network in NETWORKS else None


LAYOUTS = {"": torch.contiguous_format, ", channels last": torch.channels_last}


def builds(name):
    """Functions that build the model, batch and labels of NETWORK/bROWS, by what is added to the name of a way."""
    network, rows = network_and_rows(name)
    if network in SEQUENCES:
        return {suffix: lambda build=build: build(rows) for suffix, build in SEQUENCES[network].items()}
    rows, shape, classes, make = network_case(name)

    def build(layout):
        model, inputs, labels = make(), torch.randn(rows, *shape), torch.randint(classes, (rows,))
        if layout:
            model, inputs = model.to(memory_format=layout), inputs.contiguous(memory_format=layout)
        return model, inputs, labels

    layouts = LAYOUTS if len(shape) == 3 else {"": None}
    return {suffix: lambda layout=layout: build(layout) for suffix, layout in layouts.items()}


def optimizer(name, parameters, fused):
    """With a rate so small that the one batch is not learned by heart: its gradients would become denormal."""
    if name == "adam":
        return torch.optim.Adam(parameters, lr=1e-6, fused=fused)
    return torch.optim.SGD(parameters, lr=1e-5, momentum=0.9, fused=fused)


def round_ms(action, seconds):
    times, start = 0, time.perf_counter()
    while True:
        action()
        times += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return elapsed / times * 1e3


def median_ms(action, seconds, in_turns=False):
    """The median of five rounds; or, in turn with another process, of a round for each line of standard input, as
    `neurite bench --turns` does it."""
    round_ms(action, 2 * seconds)
    if not in_turns:
        return statistics.median(round_ms(action, seconds) for _ in range(5))
    print("ready", flush=True)
    rounds = []
    while sys.stdin.readline().strip():
        rounds.append(round_ms(action, seconds))
        print(rounds[-1], flush=True)
    return statistics.median(rounds or [round_ms(action, seconds)])


def fold_norms(model):
    """Multiplies each batch norm into the convolution before it, as does onnxruntime."""
    for layers in model.modules():
        if isinstance(layers, nn.Sequential):
            for i in range(len(layers) - 1):
                if isinstance(layers[i + 1], nn.BatchNorm2d):
                    layers[i], layers[i + 1] = fuse_conv_bn_eval(layers[i], layers[i + 1]), nn.Identity()


def network_ways(name, options):
    """What to measure of a network: a figure and the function that measures it, by the way."""

    def train(build, fused):
        torch.manual_seed(0)
        model, inputs, labels = build()
        updates = optimizer(options.optimizer, model.parameters(), fused)

        def step():
            updates.zero_grad()
            cross_entropy(model(inputs), labels).backward()
            updates.step()

        return {"train_ms": median_ms(step, options.seconds, options.turns)}

    def predict(build, folds):
        torch.manual_seed(0)
        model, inputs, _ = build()
        model.eval()
        if folds:
            fold_norms(model)
        with torch.inference_mode():
            return {"infer_ms": median_ms(lambda: model(inputs), options.seconds / 2, options.turns)}

    ways = {}
    for suffix, build in builds(name).items():
        if is_trained(name):
            ways["plain optimizer" + suffix] = lambda build=build: train(build, False)
            ways["fused optimizer" + suffix] = lambda build=build: train(build, True)
        ways["as it is" + suffix] = lambda build=build: predict(build, False)
        if any(isinstance(layer, nn.BatchNorm2d) for layer in build()[0].modules()):
            ways["norms folded" + suffix] = lambda build=build: predict(build, True)
    return ways


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

        return {
            "forward_ms": median_ms(lambda: conv2d(x, w, None, stride, padding), seconds),
            "input_ms": median_ms(lambda: back(0), seconds),
            "weights_ms": median_ms(lambda: back(1), seconds),
        }


def memory(seconds):
    """GB/s of an array added to another, together larger than caches: of two read and one of them written."""
    a, b = (torch.ones(1 << 26) for _ in range(2))
    ms = median_ms(lambda: torch.add(a, b, out=a), seconds)
    return {"gbps": 3e-6 * 4 * len(a) / ms}


def start(name):
    """The first step of LeNet-5 on Fashion-MNIST in this process, and its first two epochs."""
    images, labels = pytorch_fashion_mnist.load("train")
    images = images.reshape(-1, 1, 28, 28)
    model, first, ended = lenet5(), None, [time.perf_counter()]
    updates = optimizer(name, model.parameters(), True)
    for _ in range(2):
        for rows in torch.randperm(len(images)).split(64):
            updates.zero_grad()
            cross_entropy(model(images[rows]), labels[rows]).backward()
            updates.step()
            first = first or time.perf_counter() - ended[0]
        ended.append(time.perf_counter())
    return {"first_step_ms": 1e3 * first, "first_epoch_s": ended[1] - ended[0], "next_epoch_s": ended[2] - ended[1]}


def ways(name, options):
    """Functions that measure figures of a case, by the way of doing it."""
    convolutions = {name: case for name, *case in CONVOLUTIONS}
    if name == "memory":
        return {"": lambda: memory(options.seconds)}
    if name == START:
        return {"fused optimizer": lambda: start(options.optimizer)}
    if name in convolutions:
        layouts = zip(("channels first", "channels last"), LAYOUTS.values())
        return {way: lambda l=layout: convolution(*convolutions[name], l, options.seconds) for way, layout in layouts}
    return network_ways(name, options)


def build():
    """What multiplies matrices in this PyTorch."""
    if torch.backends.mkl.is_available():
        return "MKL"
    found = blas.openblas()
    if found is None:
        sys.exit("PyTorch does not multiply by MKL or OpenBLAS")
    return found[1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--ways", nargs="+", help="only these; all by default")
    parser.add_argument("--turns", action="store_true", help="a round for each line of standard input")
    parser.add_argument("--build", action="store_true")
    options = parser.parse_args()
    if options.build:
        print(build())
        return
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    names = [START, *CASES, *(name for name, *_ in CONVOLUTIONS), "memory"]
    if options.part in names or network_and_rows(options.part):
        names = [options.part]
    names = [name for name in names if options.part in name]
    if not names:
        parser.error(f"expects a part of a case's name, or NETWORK/bROWS, got '{options.part}'")
    about = {"threads": options.threads, "engine": f"torch {torch.__version__}"}
    for name in names:
        for way, measure in ways(name, options).items():
            if options.ways is None or way in options.ways:
                figures = {figure: round(value, 5) for figure, value in measure().items()}
                print(json.dumps({"case": name, **about, "way": way, **figures}), flush=True)


if __name__ == "__main__":
    main()
