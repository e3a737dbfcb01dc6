"""Twenty steps with each optimizer and its options: the loss of every step and the final parameters.

On the small net of small_net.py with squared errors; those that follow a gradient's sign on a linear model and all
rows at once, where no sign is left to rounding. In PyTorch, but for Lion, which it does not have: a transcription of
Algorithm 2 of Chen et al. 2023, arXiv:2302.06675, in NumPy. Computed in float64 from float32 numbers.
Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/optimizers.py
"""

import random

import numpy as np
import torch
import torch.nn.functional as F
from torch.optim import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, RAdam, RMSprop, Rprop

from golden import f32, normal, write
from small_net import result, train

torch.set_default_dtype(torch.float64)  # of the numbers of a step, too

CERTAIN = 2e-5  # what a sign is taken of is that far from 0; float32 is wrong by less than a hundredth of that


class Lion:
    """Lion with the paper's decoupled decay."""

    def __init__(self, parameters, lr, betas=(0.9, 0.99), weight_decay=0):
        self.lr, self.betas, self.decay = lr, betas, weight_decay
        self.parameters = parameters
        self.m = [np.zeros(p.shape) for p in parameters]
        self.nearest = np.inf  # to 0, of what a sign was taken of

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None

    def step(self):
        beta1, beta2 = self.betas
        for p, m in zip(self.parameters, self.m):
            theta, g = p.detach().numpy(), p.grad.numpy()
            c = beta1 * m + (1 - beta1) * g
            self.nearest = min(self.nearest, np.abs(c).min())
            theta -= self.lr * (np.sign(c) + self.decay * theta)
            m *= beta2
            m += (1 - beta2) * g


class Decayed:
    """Another optimizer with weight decay that it does not have itself: decoupled, or a part of the gradient."""

    def __init__(self, optimizer, lr=0, decoupled=0, coupled=0):
        self.optimizer, self.lr, self.decoupled, self.coupled = optimizer, lr, decoupled, coupled
        groups = getattr(optimizer, "param_groups", None)
        self.parameters = groups[0]["params"] if groups else optimizer.parameters

    def zero_grad(self):
        self.optimizer.zero_grad()

    @property
    def nearest(self):
        return self.optimizer.nearest

    @torch.no_grad()
    def step(self):
        for p in self.parameters:
            p.grad += self.coupled * p
            p.mul_(1 - self.lr * self.decoupled)
        self.optimizer.step()


class Certain(Rprop):
    """Rprop that notes how near to 0 a gradient came."""

    nearest = np.inf

    def step(self):
        for p in self.param_groups[0]["params"]:
            self.nearest = min(self.nearest, p.grad.abs().min().item())
        super().step()


GRADUAL = {
    "sgd": lambda p: SGD(p, lr=0.1),
    "sgd-momentum": lambda p: SGD(p, lr=0.05, momentum=0.9),
    "sgd-dampening": lambda p: SGD(p, lr=0.2, momentum=0.9, dampening=0.5),
    "sgd-nesterov": lambda p: SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda p: Adam(p, lr=0.01),
    "adam-amsgrad": lambda p: Adam(p, lr=0.02, betas=(0.8, 0.7), amsgrad=True),
    "rmsprop": lambda p: RMSprop(p, lr=0.01),
    "rmsprop-momentum": lambda p: RMSprop(p, lr=0.003, alpha=0.9, momentum=0.8),
    "rmsprop-centered": lambda p: RMSprop(p, lr=0.01, alpha=0.95, centered=True),
    "rmsprop-centered-momentum": lambda p: RMSprop(p, lr=0.003, momentum=0.8, centered=True),
    "nadam": lambda p: NAdam(p, lr=0.01),
    "nadam-keras": lambda p: NAdam(p, lr=0.01, betas=(0.8, 0.99), momentum_decay=1),
    "radam": lambda p: RAdam(p, lr=0.02),
    "radam-short": lambda p: RAdam(p, lr=0.02, betas=(0.8, 0.6)),
    "adamax": lambda p: Adamax(p, lr=0.01, betas=(0.9, 0.95)),
    "adagrad": lambda p: Adagrad(p, lr=0.05),
    "adagrad-decay": lambda p: Adagrad(p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.1),
    "adadelta": lambda p: Adadelta(p, lr=1),
    "adadelta-rho": lambda p: Adadelta(p, lr=5, rho=0.95),
    "sgd coupled": lambda p: SGD(p, lr=0.1, weight_decay=0.01),
    "sgd decoupled": lambda p: Decayed(SGD(p, lr=0.1), lr=0.1, decoupled=0.1),
    "adam coupled": lambda p: Adam(p, lr=0.01, weight_decay=0.01),
    "adam decoupled": lambda p: AdamW(p, lr=0.01, weight_decay=0.1),
    "rmsprop coupled": lambda p: RMSprop(p, lr=0.01, weight_decay=0.01),
    "rmsprop decoupled": lambda p: Decayed(RMSprop(p, lr=0.01), lr=0.01, decoupled=0.1),
    "nadam coupled": lambda p: NAdam(p, lr=0.01, weight_decay=0.01),
    "nadam decoupled": lambda p: NAdam(p, lr=0.01, weight_decay=0.1, decoupled_weight_decay=True),
    "radam coupled": lambda p: RAdam(p, lr=0.02, weight_decay=0.01),
    "radam decoupled": lambda p: RAdam(p, lr=0.02, weight_decay=0.1, decoupled_weight_decay=True),
    "adamax coupled": lambda p: Adamax(p, lr=0.01, betas=(0.9, 0.95), weight_decay=0.01),
    "adamax decoupled": lambda p: Decayed(Adamax(p, lr=0.01, betas=(0.9, 0.95)), lr=0.01, decoupled=0.1),
    "adagrad coupled": lambda p: Adagrad(p, lr=0.05, weight_decay=0.01),
    "adagrad decoupled": lambda p: Decayed(Adagrad(p, lr=0.05), lr=0.05, decoupled=0.1),
    "adadelta coupled": lambda p: Adadelta(p, lr=1, weight_decay=0.01),
    "adadelta decoupled": lambda p: Decayed(Adadelta(p, lr=1), lr=1, decoupled=0.1),
}

BY_SIGN = {
    "rprop": lambda p: Certain(p, lr=0.01),
    "rprop-factors": lambda p: Certain(p, lr=0.01, etas=(0.4, 1.5), step_sizes=(0.008, 0.03)),
    "rprop coupled": lambda p: Decayed(Certain(p, lr=0.01), coupled=0.01),
    "rprop decoupled": lambda p: Decayed(Certain(p, lr=0.01), lr=0.01, decoupled=0.1),
    "lion": lambda p: Lion(p, lr=0.01),
    "lion-betas": lambda p: Lion(p, lr=0.01, betas=(0.8, 0.95)),
    "lion coupled": lambda p: Decayed(Lion(p, lr=0.01), coupled=0.01),
    "lion decoupled": lambda p: Lion(p, lr=0.01, weight_decay=0.1),
}

source = random.Random(6)
x = normal(source, 17, 5)
initial = {"dense1.weight": normal(source, 3, 5, scale=0.2), "dense1.bias": normal(source, 3, scale=0.1)}
truth = normal(source, 3, 5)
target = (F.linear(x, truth) + normal(source, 17, 3, scale=0.3)).float().double()


def train_by_sign(make):
    """Trains the linear model, and makes sure that no sign is in doubt."""
    parameters = {name: value.clone().requires_grad_() for name, value in initial.items()}
    optimizer = make(list(parameters.values()))
    losses = []
    for _ in range(20):
        loss = F.mse_loss(F.linear(x, parameters["dense1.weight"], parameters["dense1.bias"]), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert optimizer.nearest > CERTAIN, optimizer.nearest
    return losses, parameters


tensors = {"x": f32(x), "target": f32(target)}
tensors |= {f"initial.{name}": f32(value) for name, value in initial.items()}
for name, make in GRADUAL.items():
    tensors |= result(name, *train("squared", make))
for name, make in BY_SIGN.items():
    tensors |= result(name, *train_by_sign(make))
write("optimizers.safetensors", tensors, {"made_by": "scripts/golden/optimizers.py"})
