#!/usr/bin/python3
"""The peer of `neurite train fashion-mnist`: PyTorch reads the same four .gz files, trains 784-128-10 with Adam 0.001 and
batches of 128, and prints its accuracy on the test images.

usage: pytorch_fashion_mnist.py DIRECTORY [EPOCHS]
"""
import gzip
import sys
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn.functional import cross_entropy


def read(directory, name, header):
    with gzip.open(Path(directory) / name) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def load(directory, part):
    images = read(directory, f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 784).astype(numpy.float32) / 255
    labels = read(directory, f"{part}-labels-idx1-ubyte.gz", 8).astype(numpy.int64)
    return torch.from_numpy(images), torch.from_numpy(labels)


def main(directory, epochs=5):
    images, labels = load(directory, "train")
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(int(epochs)):
        for rows in torch.randperm(len(images)).split(128):
            optimizer.zero_grad()
            cross_entropy(network(images[rows]), labels[rows]).backward()
            optimizer.step()
    test_images, test_labels = load(directory, "t10k")
    with torch.inference_mode():
        right = (network(test_images).argmax(1) == test_labels).float().mean()
    print(f"test accuracy {right:.4f}")


main(*sys.argv[1:])
