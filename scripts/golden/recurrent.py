"""Recurrent layers from PyTorch in float64: outputs and gradients, forwards, backwards and both, of whole and of padded
sequences, with the state after each step or the last; embeddings; and twenty steps of training an LSTM and a GRU.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/recurrent.py
"""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(23)
tensors = {}

KINDS = {
    "rnn": lambda inputs, units: nn.RNN(inputs, units, batch_first=True, bidirectional=True),
    "rnn-relu": lambda inputs, units: nn.RNN(inputs, units, nonlinearity="relu", batch_first=True, bidirectional=True),
    "lstm": lambda inputs, units: nn.LSTM(inputs, units, batch_first=True, bidirectional=True),
    "gru": lambda inputs, units: nn.GRU(inputs, units, batch_first=True, bidirectional=True),
}
SIZES = {"small": (3, 4, 2, 3), "one-step": (4, 1, 3, 5), "wide": (3, 5, 4, 19), "long": (4, 20, 3, 9)}
DIRECTIONS = ("forwards", "reversed", "both")
PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def parameters(layer, direction):
    """The parameters of a direction, by our names."""
    own = dict(layer.named_parameters())
    first = {part: own[f"{part}_l0"] for part in PARTS}
    second = {part: own[f"{part}_l0_reverse"] for part in PARTS}
    if direction == "both":
        return {f"forwards.{name}": value for name, value in first.items()} | {
            f"backwards.{name}": value for name, value in second.items()
        }
    return first if direction == "forwards" else second


def outputs(layer, x, lengths, direction, sequences):
    if lengths is None:
        y, state = layer(x)
    else:
        y, state = layer(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        y, _ = pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
    h = state[0] if isinstance(state, tuple) else state
    units = y.shape[2] // 2
    halves = {"forwards": slice(0, units), "reversed": slice(units, None), "both": slice(None)}
    return (y if sequences else torch.cat([h[0], h[1]], 1))[..., halves[direction]]


for kind, make in KINDS.items():
    for size, (rows, time, inputs, units) in SIZES.items():
        for padded in (False, True):
            if padded and time == 1:
                continue
            layer = make(inputs, units).double()
            for part in layer.parameters():
                part.data = normal(source, *part.shape, scale=0.7 / units**0.5)
            x = normal(source, rows, time, inputs)
            lengths = None
            if padded:
                lengths = torch.tensor([source.randint(1, time) for _ in range(rows)])
                lengths[source.randrange(rows)] = time
            data = f"{kind}.{size}{'.padded' if padded else ''}"
            tensors[f"{data}.x"] = f32(x)
            if padded:
                tensors[f"{data}.lengths"] = f32(lengths)
            for name, value in parameters(layer, "both").items():
                tensors[f"{data}.{name}"] = f32(value)
            for direction in DIRECTIONS:
                for sequences in (False, True):
                    key = f"{data}.{direction}.{'all' if sequences else 'last'}"
                    layer.zero_grad()
                    x = x.detach().clone().requires_grad_()
                    y = outputs(layer, x, lengths, direction, sequences)
                    dy = normal(source, *y.shape)
                    if padded and sequences:
                        for row, length in enumerate(lengths):
                            dy[row, length:] = 0
                    y.backward(dy)
                    tensors |= {f"{key}.dy": f32(dy), f"{key}.y": f32(y), f"{key}.dx": f32(x.grad)}
                    for name, value in parameters(layer, direction).items():
                        tensors[f"{key}.d.{name}"] = f32(value.grad)

for name, padding in {"plain": None, "padding": 2}.items():
    layer = nn.Embedding(7, 5, padding_idx=padding).double()
    layer.weight.data = normal(source, 7, 5)
    ids = torch.tensor([[source.randrange(7) for _ in range(6)] for _ in range(4)])
    ids[0, 0] = 2
    y = layer(ids)
    dy = normal(source, *y.shape)
    y.backward(dy)
    key = f"embedding.{name}"
    tensors |= {f"{key}.x": f32(ids), f"{key}.weight": f32(layer.weight), f"{key}.dy": f32(dy)}
    tensors |= {f"{key}.y": f32(y), f"{key}.dw": f32(layer.weight.grad)}

for kind in ("lstm", "gru"):
    embedding = nn.Embedding(11, 6).double()
    layer = (nn.LSTM if kind == "lstm" else nn.GRU)(6, 9, batch_first=True).double()
    head = nn.Linear(9, 3).double()
    parts = {"embedding1.weight": embedding.weight} | {f"{kind}1.{part}": getattr(layer, f"{part}_l0") for part in PARTS}
    parts |= {"dense1.weight": head.weight, "dense1.bias": head.bias}
    for part in parts.values():
        part.data = normal(source, *part.shape, scale=0.5)
    ids = torch.tensor([[source.randrange(11) for _ in range(8)] for _ in range(40)])
    labels = torch.tensor([source.randrange(3) for _ in range(40)])
    key = f"training.{kind}."
    tensors |= {f"{key}x": f32(ids), f"{key}labels": f32(labels)}
    tensors |= {f"{key}initial.{name}": f32(value) for name, value in parts.items()}
    optimizer = torch.optim.SGD(parts.values(), lr=0.1, momentum=0.9)
    losses = []
    for epoch in range(4):
        for first in range(0, 40, 8):
            optimizer.zero_grad()
            y = layer(embedding(ids[first : first + 8]))[0][:, -1]
            loss = F.cross_entropy(head(y), labels[first : first + 8])
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
    tensors |= {f"{key}losses": f32(torch.stack(losses))}
    tensors |= {f"{key}{name}": f32(value) for name, value in parts.items()}
write("recurrent.safetensors", tensors, {"made_by": "scripts/golden/recurrent.py"})
