#!/usr/bin/python3
"""The peer of `neurite train fashion-mnist`: PyTorch reads the same four .gz files, trains 784-128-10 for five epochs with
Adam 0.001 and batches of 128, and prints its accuracy on the test images. With --network gru it is the peer of
`neurite train benchmarks/gru-fashion-mnist.yaml`: a GRU of 128 units over the rows of an image.
"""
import argparse
import gzip
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn.functional import cross_entropy

IMAGES = Path(__file__).resolve().parent.parent / "dataset-fashion-mnist/src/main/resources/fashion-mnist"


def read(name, header):
    with gzip.open(IMAGES / name) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def load(part):
    images = read(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 784).astype(numpy.float32) / 255
    labels = read(f"{part}-labels-idx1-ubyte.gz", 8).astype(numpy.int64)
    return torch.from_numpy(images), torch.from_numpy(labels)


class OfRows(nn.Module):
    """A GRU over the rows of images, and a linear layer on its last state."""

    def __init__(self):
        super().__init__()
        self.gru, self.out = nn.GRU(28, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.out(self.gru(x.unflatten(1, (28, 28)))[1][0])


NETWORKS = {"mlp": lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)), "gru": OfRows}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=NETWORKS, default="mlp")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    images, labels = load("train")
    torch.manual_seed(options.seed)
    torch.set_flush_denormal(True)
    network = NETWORKS[options.network]()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    for _ in range(5):
        for rows in torch.randperm(len(images)).split(128):
            optimizer.zero_grad()
            cross_entropy(network(images[rows]), labels[rows]).backward()
            optimizer.step()
    test_images, test_labels = load("t10k")
    with torch.inference_mode():
        right = (network(test_images).argmax(1) == test_labels).float().mean()
    print(f"test accuracy {right:.4f}")


if __name__ == "__main__":
    main()
