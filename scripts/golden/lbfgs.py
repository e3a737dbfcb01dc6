"""Minima that PyTorch's L-BFGS with its strong Wolfe line search finds in float64, from float32 data.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/lbfgs.py
"""

import random

import torch
import torch.nn.functional as F

from golden import f32, normal, write

ROWS, FEATURES = 60, 5
LAMBDA = 0.1  # of the ridge

source = random.Random(7)
x = normal(source, ROWS, FEATURES)
truth = normal(source, FEATURES)
noise = normal(source, ROWS)
target = (x @ truth + 0.5 + noise).float().double()
labels = (target + 2 * normal(source, ROWS) > 0).double()


def linear(theta):
    return x @ theta[:FEATURES] + theta[FEATURES]


def rosenbrock(theta):
    a, b = theta[0::2], theta[1::2]
    return (100 * (b - a**2) ** 2 + (1 - a) ** 2).sum()


FUNCTIONS = {
    "ridge": (lambda theta: F.mse_loss(linear(theta), target) + LAMBDA / 2 * (theta**2).sum(), torch.zeros(6)),
    "logistic": (lambda theta: F.binary_cross_entropy_with_logits(linear(theta), labels), torch.zeros(6)),
    "rosenbrock": (rosenbrock, torch.tensor([-1.2, 1] * 5)),
}

tensors = {"x": f32(x), "target": f32(target), "labels": f32(labels)}
for name, (function, start) in FUNCTIONS.items():
    theta = start.float().double().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [theta], max_iter=1000, tolerance_grad=1e-12, tolerance_change=1e-25, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        value = function(theta)
        value.backward()
        return value

    optimizer.step(closure)
    value = closure()
    assert theta.grad.abs().max() < 1e-8, (name, theta.grad)
    # Rosenbrock's is 0, of which rounding leaves a few 1e-29 that depend on the processor.
    lowest = value.detach().round(decimals=15)
    tensors |= {f"{name}.start": f32(start), f"{name}.minimum": f32(theta), f"{name}.value": f32(lowest)}
    print(name, value.item(), theta.detach(), optimizer.state[theta]["n_iter"], optimizer.state[theta]["func_evals"])
write("lbfgs.safetensors", tensors, {"made_by": "scripts/golden/lbfgs.py"})
