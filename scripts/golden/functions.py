"""Activations with their derivatives, and losses with their gradients, from PyTorch in float64.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/functions.py
"""

import random

import torch
import torch.nn.functional as F

from golden import f32, normal, write

ACTIVATIONS = {
    "identity": lambda z: z,
    "relu": torch.relu,
    "leaky-relu": lambda z: F.leaky_relu(z, 0.01),
    "leaky-relu-0.25": lambda z: F.leaky_relu(z, 0.25),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}

LOSSES = {
    "labels": lambda z, t: F.cross_entropy(z, t, reduction="none"),
    "soft": lambda z, t: F.cross_entropy(z, t, reduction="none"),
    "sigmoid": lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction="none").sum(1),
    "squared": lambda z, t: F.mse_loss(z, t, reduction="none").mean(1),
}

source = random.Random(3)
special = [0.0, 1e-20, -1e-20, 1e-3, -1e-3, 0.5, -0.5, 0.625, -0.625, 1, -1, 9, -9, 20, -20, 60, -60, 87, -87]
z = torch.cat([torch.tensor(special).double(), normal(source, 45, scale=3)]).float().double()
tensors = {"z": f32(z)}
for name, function in ACTIVATIONS.items():
    leaf = z.clone().requires_grad_()
    y = function(leaf)
    y.sum().backward()
    tensors[f"{name}.y"] = f32(y)
    tensors[f"{name}.derivative"] = f32(leaf.grad)

rows = normal(source, 8, 6, scale=2)
rows[0] *= 40
rows = rows.float().double()
dy = normal(source, 8, 6)
leaf = rows.clone().requires_grad_()
y = torch.softmax(leaf, 1)
y.backward(dy)
tensors |= {"rows": f32(rows), "dy": f32(dy), "softmax.y": f32(y), "softmax.dz": f32(leaf.grad)}

targets = {
    "labels": torch.tensor([source.randrange(6) for _ in range(8)]),
    "soft": torch.softmax(normal(source, 8, 6), 1).float().double(),
    "sigmoid": torch.sigmoid(normal(source, 8, 6)).float().double(),
    "squared": normal(source, 8, 6),
}
for name, loss_of in LOSSES.items():
    leaf = rows.clone().requires_grad_()
    losses = loss_of(leaf, targets[name])
    losses.sum().backward()
    tensors[f"{name}.target"] = f32(targets[name])
    tensors[f"{name}.losses"] = f32(losses)
    tensors[f"{name}.delta"] = f32(leaf.grad)
write("functions.safetensors", tensors, {"made_by": "scripts/golden/functions.py"})
