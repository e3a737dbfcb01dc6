"""Normalization layers from PyTorch in float64: outputs, gradients, running statistics over several steps, predicting;
and twenty steps of training a network with batch norms.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/norms.py
"""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(17)
tensors = {}

BATCH = {
    "features": ((7, 5), lambda: nn.BatchNorm1d(5)),
    "features-wide": ((9, 37), lambda: nn.BatchNorm1d(37)),
    "one-feature": ((2, 1), lambda: nn.BatchNorm1d(1)),
    "sequences": ((3, 4, 19), lambda: nn.BatchNorm1d(4)),
    "images": ((3, 5, 7, 3), lambda: nn.BatchNorm2d(5)),
    "one-channel": ((1, 1, 5, 7), lambda: nn.BatchNorm2d(1)),
    "pixels": ((6, 3, 1, 1), lambda: nn.BatchNorm2d(3)),
    "large-mean": ((4, 2, 9, 9), lambda: nn.BatchNorm2d(2)),
    "settings": ((4, 3, 5, 5), lambda: nn.BatchNorm2d(3, eps=1e-2, momentum=0.3, affine=False)),
}
STEPS = 3

for name, (shape, make) in BATCH.items():
    layer = make().double()
    if layer.affine:
        layer.weight.data = normal(source, *layer.weight.shape)
        layer.bias.data = normal(source, *layer.bias.shape)
        tensors |= {f"batch.{name}.weight": f32(layer.weight), f"batch.{name}.bias": f32(layer.bias)}
    for step in range(STEPS):
        x = normal(source, *shape, scale=1.5) + (20 if name == "large-mean" else 0.3 * step)
        x = x.float().double().requires_grad_()
        dy = normal(source, *shape)
        layer.zero_grad()
        y = layer(x)
        y.backward(dy)
        key = f"batch.{name}.{step}"
        tensors |= {f"{key}.x": f32(x), f"{key}.dy": f32(dy), f"{key}.y": f32(y), f"{key}.dx": f32(x.grad)}
        if layer.affine:
            tensors |= {f"{key}.dw": f32(layer.weight.grad), f"{key}.db": f32(layer.bias.grad)}
        tensors |= {f"{key}.mean": f32(layer.running_mean), f"{key}.var": f32(layer.running_var)}
    layer.eval()
    layer.zero_grad()
    x = x.detach().clone().requires_grad_()
    y = layer(x)
    y.backward(dy)
    tensors |= {f"batch.{name}.eval.y": f32(y), f"batch.{name}.eval.dx": f32(x.grad)}
    if layer.affine:
        tensors |= {f"batch.{name}.eval.dw": f32(layer.weight.grad), f"batch.{name}.eval.db": f32(layer.bias.grad)}

ROWS = {
    "layer-features": ((5, 19), lambda: nn.LayerNorm(19)),
    "layer-all": ((3, 2, 5, 3), lambda: nn.LayerNorm([2, 5, 3])),
    "layer-last": ((3, 4, 17), lambda: nn.LayerNorm(17)),
    "layer-last-two": ((2, 3, 4, 5), lambda: nn.LayerNorm([4, 5], eps=1e-2)),
    "layer-no-bias": ((1, 3, 33), lambda: nn.LayerNorm(33, bias=False)),
    "layer-no-weights": ((4, 6), lambda: nn.LayerNorm(6, elementwise_affine=False)),
    "group": ((3, 6, 5, 3), lambda: nn.GroupNorm(3, 6)),
    "group-one": ((2, 3, 7), lambda: nn.GroupNorm(1, 3)),
    "group-each": ((2, 3, 4, 5), lambda: nn.GroupNorm(3, 3, affine=False)),
    "group-features": ((4, 12), lambda: nn.GroupNorm(4, 12, eps=1e-3)),
    "instance": ((3, 2, 5, 7), lambda: nn.InstanceNorm2d(2)),
    "instance-weights": ((2, 3, 11), lambda: nn.InstanceNorm1d(3, affine=True)),
    "rms": ((5, 19), lambda: nn.RMSNorm(19, eps=2**-23)),
    "rms-last": ((2, 3, 33), lambda: nn.RMSNorm(33, eps=1e-6)),
    "rms-no-weights": ((3, 2, 5), lambda: nn.RMSNorm([2, 5], eps=1e-5, elementwise_affine=False)),
}

for name, (shape, make) in ROWS.items():
    layer = make().double()
    parameters = dict(layer.named_parameters())
    for part in parameters.values():
        part.data = normal(source, *part.shape)
    x = normal(source, *shape, scale=2)
    x += 1
    x = x.float().double().requires_grad_()
    dy = normal(source, *shape)
    y = layer(x)
    y.backward(dy)
    key = f"rows.{name}"
    tensors |= {f"{key}.x": f32(x), f"{key}.dy": f32(dy), f"{key}.y": f32(y), f"{key}.dx": f32(x.grad)}
    for part, value in parameters.items():
        tensors |= {f"{key}.{part}": f32(value), f"{key}.d{part[0]}": f32(value.grad)}

net = nn.Sequential(
    nn.BatchNorm1d(6),
    nn.Linear(6, 9),
    nn.BatchNorm1d(9),
    nn.ReLU(),
    nn.Linear(9, 7, bias=False),
    nn.BatchNorm1d(7),
    nn.Tanh(),
    nn.Linear(7, 3),
).double()
NAMES = {"0": "batchNorm1", "1": "dense1", "2": "batchNorm2", "4": "dense2", "5": "batchNorm3", "7": "dense3"}


def renamed(items):
    return {f"{NAMES[key.split('.')[0]]}.{key.split('.')[1]}": value for key, value in items}


for part in net.parameters():
    part.data = normal(source, *part.shape, scale=0.6)
x = normal(source, 40, 6, scale=2) + 0.5
x = x.float().double()
labels = torch.tensor([source.randrange(3) for _ in range(40)])
tensors |= {"training.x": f32(x), "training.labels": f32(labels)}
tensors |= {f"training.initial.{name}": f32(value) for name, value in renamed(net.named_parameters()).items()}
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
losses = []
for epoch in range(4):
    for first in range(0, 40, 8):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x[first : first + 8]), labels[first : first + 8])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
tensors |= {"training.losses": f32(torch.stack(losses))}
tensors |= {f"training.{name}": f32(value) for name, value in renamed(net.named_parameters()).items()}
buffers = [(key, value) for key, value in net.named_buffers() if not key.endswith("num_batches_tracked")]
tensors |= {f"training.{name}": f32(value) for name, value in renamed(buffers).items()}
net.eval()
tensors |= {"training.logits": f32(net(x))}
write("norms.safetensors", tensors, {"made_by": "scripts/golden/norms.py"})
