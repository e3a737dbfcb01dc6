"""Trainings on sequences of different lengths in PyTorch, in float64: a tagger with a label for each position, some of
them ignored, plain, with class weights and smoothing, and with weights of positions; values for each position; a label
for each sequence; and a network of two inputs, one of them a sequence.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/sequences.py
"""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden import f32, normal, write

ROWS, BATCH, EPOCHS, LONGEST, CLASSES, IGNORED = 14, 4, 4, 6, 4, -100
PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
CLASS_WEIGHTS = torch.tensor([1, 2, 0.5, 0.25]).double()

torch.set_num_threads(1)
source = random.Random(7)
tensors = {}
lengths = torch.tensor([source.randint(1, LONGEST) for _ in range(ROWS)])
ids = torch.tensor([[source.randrange(11) for _ in range(LONGEST)] for _ in range(ROWS)])
labels = torch.tensor(
    [[IGNORED if source.random() < 0.25 else source.randrange(CLASSES) for _ in range(LONGEST)] for _ in range(ROWS)]
)
weights = torch.tensor([[source.choice((0, 0.5, 1, 3)) for _ in range(LONGEST)] for _ in range(ROWS)]).double()
steps = normal(source, ROWS, LONGEST, 3)
values = normal(source, ROWS, LONGEST, 2)
table = normal(source, ROWS, 5)
kinds = torch.tensor([source.randrange(CLASSES) for _ in range(ROWS)])
data = {"lengths": lengths, "ids": ids, "labels": labels, "weights": weights, "steps": steps, "values": values}
tensors |= {name: f32(value) for name, value in (data | {"table": table, "kinds": kinds}).items()}


def states(gru, x, of):
    """All states of padded sequences, and the last of each."""
    packed = pack_padded_sequence(x, of, batch_first=True, enforce_sorted=False)
    y, last = gru(packed)
    return pad_packed_sequence(y, batch_first=True)[0], last[0]


def in_length(of):
    """Which positions of a batch are no padding."""
    return torch.arange(int(of.max()))[None] < of[:, None]


def train(name, modules, parts, loss):
    """Trains with a loss of the rows from first to end, and keeps the losses and the parameters before and after."""
    for part in parts.values():
        part.data = normal(source, *part.shape, scale=0.5)
    tensors.update({f"{name}.initial.{key}": f32(part) for key, part in parts.items()})
    optimizer = torch.optim.SGD(parts.values(), lr=0.2, momentum=0.9)
    losses = []
    for _ in range(EPOCHS):
        for first in range(0, ROWS, BATCH):
            optimizer.zero_grad()
            mean = loss(*modules, slice(first, first + BATCH))
            mean.backward()
            optimizer.step()
            losses.append(mean.detach())
    tensors[f"{name}.losses"] = f32(torch.stack(losses))
    tensors.update({f"{name}.{key}": f32(part) for key, part in parts.items()})


def named(gru, head, prefix="gru1"):
    parts = {f"{prefix}.{part}": getattr(gru, f"{part}_l0") for part in PARTS}
    return parts | {"dense1.weight": head.weight, "dense1.bias": head.bias}


def tagger(name, **settings):
    modules = nn.Embedding(11, 5).double(), nn.GRU(5, 7, batch_first=True).double(), nn.Linear(7, CLASSES).double()
    weigh = settings.pop("weigh", False)

    def loss(embedding, gru, head, rows):
        y, _ = states(gru, embedding(ids[rows]), lengths[rows])
        y = head(y)
        truth = labels[rows, : y.shape[1]].where(in_length(lengths[rows]), torch.tensor(IGNORED))
        if not weigh:
            return F.cross_entropy(y.transpose(1, 2), truth, ignore_index=IGNORED, **settings)
        each = F.cross_entropy(y.transpose(1, 2), truth, ignore_index=IGNORED, reduction="none")
        w = weights[rows, : y.shape[1]] * (truth != IGNORED)
        return (w * each).sum() / w.sum()

    train(name, modules, {"embedding1.weight": modules[0].weight} | named(*modules[1:]), loss)


tagger("tagger")
tagger("tagger-weighted", weight=CLASS_WEIGHTS, label_smoothing=0.1)
tagger("tagger-positions", weigh=True)


def forecast(gru, head, rows):
    y, _ = states(gru, steps[rows], lengths[rows])
    y = head(y)
    real = in_length(lengths[rows])
    return F.mse_loss(y[real], values[rows, : y.shape[1]][real])


modules = nn.GRU(3, 6, batch_first=True).double(), nn.Linear(6, 2).double()
train("forecast", modules, named(*modules), forecast)


def classify(gru, head, rows):
    return F.cross_entropy(head(states(gru, steps[rows], lengths[rows])[1]), kinds[rows])


modules = nn.GRU(3, 6, batch_first=True).double(), nn.Linear(6, CLASSES).double()
train("classifier", modules, named(*modules), classify)


def both(gru, hidden, head, rows):
    _, last = states(gru, steps[rows], lengths[rows])
    return F.cross_entropy(head(torch.cat([torch.relu(hidden(table[rows])), last], 1)), kinds[rows])


modules = nn.GRU(3, 6, batch_first=True).double(), nn.Linear(5, 4).double(), nn.Linear(10, CLASSES).double()
parts = {f"gru1.{part}": getattr(modules[0], f"{part}_l0") for part in PARTS}
parts |= {"dense1.weight": modules[1].weight, "dense1.bias": modules[1].bias}
parts |= {"dense2.weight": modules[2].weight, "dense2.bias": modules[2].bias}
train("two-inputs", modules, parts, both)
write("sequences.safetensors", tensors, {"made_by": "scripts/golden/sequences.py"})
