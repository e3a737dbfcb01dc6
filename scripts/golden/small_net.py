"""The small net that golden trainings run on: 17 rows in batches of 4 (the last has one row), four epochs.

Computed in float64 from float32 numbers.
"""

import random

import torch
import torch.nn.functional as F

from golden import f32, normal

ROWS, BATCH, EPOCHS = 17, 4, 4

# The hidden activation and, per row, the loss as the library defines it: a sum over a row's outputs for sigmoid
# cross-entropy, a mean for squared errors.
LOSSES = {
    "labels": (torch.relu, lambda z, t: F.cross_entropy(z, t, reduction="sum")),
    "soft": (lambda z: F.leaky_relu(z, 0.01), lambda z, t: F.cross_entropy(z, t, reduction="sum")),
    "sigmoid": (torch.sigmoid, lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction="sum")),
    "squared": (torch.tanh, lambda z, t: F.mse_loss(torch.tanh(z), t, reduction="none").mean(1).sum()),
}

source = random.Random(2)
x = normal(source, ROWS, 5)
initial = {
    "dense1.weight": normal(source, 7, 5, scale=0.6),
    "dense1.bias": normal(source, 7, scale=0.1),
    "dense2.weight": normal(source, 3, 7, scale=0.6),
    "dense2.bias": normal(source, 3, scale=0.1),
}
numbers = normal(source, ROWS, 3)
targets = {
    "labels": torch.tensor([source.randrange(3) for _ in range(ROWS)]),
    "soft": torch.softmax(numbers, 1).float().double(),
    "sigmoid": torch.sigmoid(numbers).float().double(),
    "squared": torch.tanh(numbers).float().double(),
}


def train(loss_name, make):
    """Trains with the optimizer that `make` makes; returns each step's loss and the final parameters."""
    hidden, loss_of = LOSSES[loss_name]
    parameters = {name: value.clone().requires_grad_() for name, value in initial.items()}
    optimizer = make(list(parameters.values()))
    losses = []
    for _ in range(EPOCHS):
        for start in range(0, ROWS, BATCH):
            rows = slice(start, min(ROWS, start + BATCH))
            h = hidden(F.linear(x[rows], parameters["dense1.weight"], parameters["dense1.bias"]))
            z = F.linear(h, parameters["dense2.weight"], parameters["dense2.bias"])
            loss = loss_of(z, targets[loss_name][rows]) / (rows.stop - rows.start)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses, parameters


def result(key, losses, parameters):
    """A training's result as entries for write."""
    return {f"{key}.losses": ("F32", [len(losses)], losses)} | {
        f"{key}.{name}": f32(value) for name, value in parameters.items()
    }
