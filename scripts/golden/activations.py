"""Activations with their derivatives, PReLU, GLU and log-softmax with their gradients, and how far initial weights
spread, from PyTorch in float64.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/activations.py
"""

import math
import random

import torch
import torch.nn.functional as F

from golden import f32, normal, write

ACTIVATIONS = {
    "elu": F.elu,
    "elu-0.5": lambda z: F.elu(z, 0.5),
    "celu": F.celu,
    "celu-2": lambda z: F.celu(z, 2),
    "selu": F.selu,
    "gelu": F.gelu,
    "gelu-tanh": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
    "mish": F.mish,
    "log-sigmoid": F.logsigmoid,
    "softplus": F.softplus,
    "softplus-2-1": lambda z: F.softplus(z, 2, 1),
    "relu6": F.relu6,
    "hard-tanh": F.hardtanh,
    "hard-tanh-2-3": lambda z: F.hardtanh(z, -2, 3),
    "hard-sigmoid": F.hardsigmoid,
    "hard-swish": F.hardswish,
    "softsign": F.softsign,
    "tanh-shrink": F.tanhshrink,
    "soft-shrink": F.softshrink,
    "soft-shrink-2": lambda z: F.softshrink(z, 2),
    "hard-shrink": F.hardshrink,
    "hard-shrink-2": lambda z: F.hardshrink(z, 2),
    "threshold-1-3": lambda z: F.threshold(z, 1, 3),
}

source = random.Random(5)
sizes = [1e-30, 1e-20, 1e-3, 0.1, 0.5, 0.625, 1, 2, 3, 4, 5, 6, 7, 9, 13, 14.4, 17, 20, 21, 60, 87, 104, 1e3, 1e5, 1e10, 3e38]
special = [0.0] + [sign * size for size in sizes for sign in (1, -1)]
z = torch.cat([torch.tensor(special).double(), normal(source, 75, scale=3)]).float().double()
tensors = {"z": f32(z)}
for name, function in ACTIVATIONS.items():
    leaf = z.clone().requires_grad_()
    y = function(leaf)
    y.sum().backward()
    if name == "hard-swish":  # which PyTorch 2.6 gets wrong there, its issue 147801
        leaf.grad[z == -3] = 0
        leaf.grad[z == 3] = 1
    assert y.isfinite().all() and leaf.grad.isfinite().all(), name
    tensors |= {f"{name}.y": f32(y), f"{name}.derivative": f32(leaf.grad)}

LAYERS = {
    "prelu": ((8, 6), 1, lambda x, a: F.prelu(x, a)),
    "prelu-features": ((8, 6), 6, lambda x, a: F.prelu(x, a)),
    "prelu-channels": ((5, 3, 2, 4), 3, lambda x, a: F.prelu(x, a)),
    "glu": ((8, 6), 0, lambda x, a: F.glu(x, 1)),
    "glu-channels": ((5, 4, 2, 3), 0, lambda x, a: F.glu(x, 1)),
    "glu-last": ((5, 3, 2, 4), 0, lambda x, a: F.glu(x)),
    "log-softmax": ((8, 6), 0, lambda x, a: F.log_softmax(x, 1)),
}

for name, (shape, slopes, function) in LAYERS.items():
    x = normal(source, *shape, scale=2)
    x[0] *= 40
    x[1].reshape(-1)[0] = 0
    x = x.float().double().requires_grad_()
    a = normal(source, slopes).requires_grad_()
    y = function(x, a)
    dy = normal(source, *y.shape)
    y.backward(dy)
    tensors |= {f"{name}.x": f32(x), f"{name}.dy": f32(dy), f"{name}.y": f32(y), f"{name}.dx": f32(x.grad)}
    if slopes:
        tensors |= {f"{name}.slope": f32(a), f"{name}.da": f32(a.grad)}


class Recorder(torch.Tensor):
    """A weight that notes the deviation of what an initializer fills it with."""

    def uniform_(self, low, high, generator=None):
        assert low == -high
        self.deviation = high / math.sqrt(3)
        return self

    def normal_(self, mean, deviation, generator=None):
        assert mean == 0
        self.deviation = deviation
        return self


INITIALIZERS = {
    "xavier-uniform": torch.nn.init.xavier_uniform_,
    "xavier-normal": torch.nn.init.xavier_normal_,
    "xavier-normal-tanh": lambda w: torch.nn.init.xavier_normal_(w, torch.nn.init.calculate_gain("tanh")),
    "he-uniform": lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="relu"),
    "he-normal": lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu"),
    "he-uniform-out": lambda w: torch.nn.init.kaiming_uniform_(w, mode="fan_out", nonlinearity="relu"),
    "he-normal-slope-0.2": lambda w: torch.nn.init.kaiming_normal_(w, 0.2),
    "lecun-uniform": lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="linear"),
    "lecun-normal-selu": lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="selu"),
}
SHAPES = [(7, 5), (1, 300), (64, 3, 3, 3), (6, 4, 5)]

for name, initializer in INITIALIZERS.items():
    deviations = []
    for shape in SHAPES:
        weight = torch.empty(shape).as_subclass(Recorder)
        initializer(weight)
        deviations.append(weight.deviation)
    tensors[f"{name}.deviations"] = ("F32", [len(SHAPES)], deviations)
write("activations.safetensors", tensors, {"made_by": "scripts/golden/activations.py"})
