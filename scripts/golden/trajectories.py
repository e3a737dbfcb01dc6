"""Twenty steps of training in PyTorch for each loss and optimizer: the loss of every step and the final parameters.

17 rows in batches of 4 (the last has one row), four epochs. Computed in float64 from float32 numbers.
Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/trajectories.py
"""

import random

import torch
import torch.nn.functional as F

from golden import f32, normal, write

ROWS, BATCH, EPOCHS = 17, 4, 4

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "sgd-decay": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam-decay": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.01),
}

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

tensors = {"x": f32(x)}
tensors |= {f"target.{name}": f32(value) for name, value in targets.items()}
tensors |= {f"initial.{name}": f32(value) for name, value in initial.items()}
for loss_name, (hidden, loss_of) in LOSSES.items():
    for optimizer_name, make in OPTIMIZERS.items():
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
        key = f"{loss_name}.{optimizer_name}"
        tensors[f"{key}.losses"] = ("F32", [len(losses)], losses)
        tensors |= {f"{key}.{name}": f32(value) for name, value in parameters.items()}
write("trajectories.safetensors", tensors, {"made_by": "scripts/golden/trajectories.py"})
