"""Learning rates, and momentum where it varies, of PyTorch's schedulers, one a unit; the inverse-time schedule from
Keras's formula. Computed in float64.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/schedules.py
"""

import random
import warnings

import numpy
import torch
from torch.optim import lr_scheduler as torchs

from golden import decoded, write

UNITS = 100
BASE = 0.1

warnings.filterwarnings("ignore")  # that no optimizer steps between the schedules'


def optimizer():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=BASE, momentum=0.5)


def trace(make, units=UNITS, losses=None):
    """Rate and momentum in each unit; schedulers of losses are told one after each."""
    sgd = optimizer()
    schedule = make(sgd)
    rates, momenta = [], []
    for unit in range(units):
        rates.append(sgd.param_groups[0]["lr"])
        momenta.append(sgd.param_groups[0]["momentum"])
        if unit + 1 < units:
            schedule.step() if losses is None else schedule.step(losses[unit])
    return rates, momenta


def chain(milestones, *makers):
    return lambda sgd: torchs.SequentialLR(sgd, [make(sgd) for make in makers], milestones)


RATES = {
    "step": lambda o: torchs.StepLR(o, 30),
    "step-gamma": lambda o: torchs.StepLR(o, 7, gamma=0.7),
    "multi-step": lambda o: torchs.MultiStepLR(o, [10, 11, 60]),
    "exponential": lambda o: torchs.ExponentialLR(o, 0.95),
    "polynomial": lambda o: torchs.PolynomialLR(o, total_iters=80),
    "polynomial-power": lambda o: torchs.PolynomialLR(o, total_iters=UNITS, power=2.5),
    "restarts": lambda o: torchs.CosineAnnealingWarmRestarts(o, 15),
    "restarts-factor": lambda o: torchs.CosineAnnealingWarmRestarts(o, 7, T_mult=2, eta_min=0.003),
    "linear": lambda o: torchs.LinearLR(o, start_factor=0.01, total_iters=40),
    "linear-third": lambda o: torchs.LinearLR(o, total_iters=70),
    "warmup-cosine": chain(
        [20], lambda o: torchs.LinearLR(o, 0.01, total_iters=20), lambda o: torchs.CosineAnnealingLR(o, 80)
    ),
    "three": chain(
        [10, 45],
        lambda o: torchs.LinearLR(o, 0.2, total_iters=10),
        lambda o: torchs.StepLR(o, 12),
        lambda o: torchs.ExponentialLR(o, 0.9),
    ),
}

# PyTorch's cosine goes up again after T: only as far as that.
COSINES = {
    "cosine": (81, lambda o: torchs.CosineAnnealingLR(o, 80)),
    "cosine-floor": (UNITS, lambda o: torchs.CosineAnnealingLR(o, UNITS, eta_min=0.004)),
}

WITH_MOMENTUM = {
    "one-cycle": lambda o: torchs.OneCycleLR(o, BASE, total_steps=UNITS),
    "one-cycle-linear": lambda o: torchs.OneCycleLR(
        o, BASE, total_steps=UNITS, pct_start=0.25, anneal_strategy="linear", div_factor=10.0, final_div_factor=100.0
    ),
    "one-cycle-between": lambda o: torchs.OneCycleLR(
        o, BASE, total_steps=97, pct_start=0.37, base_momentum=0.6, max_momentum=0.9
    ),
    "triangular": lambda o: torchs.CyclicLR(o, 0.001, BASE, step_size_up=12),
    "triangular2": lambda o: torchs.CyclicLR(o, 0.001, BASE, step_size_up=9, step_size_down=14, mode="triangular2"),
    "exp-range": lambda o: torchs.CyclicLR(
        o, 0.002, BASE, step_size_up=10, mode="exp_range", gamma=0.98, base_momentum=0.7, max_momentum=0.95
    ),
}

PLATEAUS = {
    "plateau": lambda o: torchs.ReduceLROnPlateau(o),
    "plateau-patient": lambda o: torchs.ReduceLROnPlateau(o, factor=0.5, patience=3, threshold=0.02, cooldown=2),
    "plateau-absolute": lambda o: torchs.ReduceLROnPlateau(
        o, factor=0.3, patience=2, threshold=0.01, threshold_mode="abs", cooldown=4, min_lr=0.002
    ),
    "plateau-at-once": lambda o: torchs.ReduceLROnPlateau(o, factor=0.9, patience=0, min_lr=0.01),
}

source = random.Random(11)
# Falls, stands, falls a little, stands, with noise, and once is no number.
levels = [2 * 0.9**i for i in range(25)] + [0.13] * 25 + [0.13 - 0.0015 * i for i in range(30)] + [0.08] * 20
losses = decoded([level + source.uniform(-0.004, 0.004) for level in levels], "F32")
losses[33] = float("nan")

tensors = {"losses": ("F32", [len(losses)], losses)}


def add(name, values):
    tensors[name] = ("F32", [len(values)], [float(v) for v in values])


for name, make in RATES.items():
    add(name, trace(make)[0])
for name, (units, make) in COSINES.items():
    add(name, trace(make, units)[0])
for name, make in WITH_MOMENTUM.items():
    rates, momenta = trace(make, 97 if name == "one-cycle-between" else UNITS)
    add(name, rates)
    add(name + ".momentum", momenta)
for name, make in PLATEAUS.items():
    add(name, trace(make, losses=losses)[0])
    assert len(set(tensors[name][2])) > 2, (name, "reduces too rarely to say anything")

# keras.optimizers.schedules.InverseTimeDecay: initial / (1 + decay_rate * step / decay_steps), with the quotient
# rounded down if staircase.
units = numpy.arange(UNITS, dtype=numpy.float64)
add("inverse-time", BASE / (1 + 0.5 * units / 8))
add("inverse-time-staircase", BASE / (1 + 0.5 * numpy.floor(units / 8)))

write("schedules.safetensors", tensors, {"made_by": "scripts/golden/schedules.py"})
