"""Recurrent layers with initial and final states, in float64: all outputs and gradients, forwards, backwards and both, of
whole and of padded sequences; several layers stacked; cells in a loop. From PyTorch; a GRU with the reset before the product,
which PyTorch does not have, from Keras's documented equations (reset_after=False), step by step; so is dropout of states: one
mask for all steps of a row, on the state where weights multiply it (Gal and Ghahramani 2016, Keras's recurrent_dropout).

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/recurrent_states.py
"""

import random

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden import f32, normal, write
from keyed import draws, mask

torch.set_num_threads(1)
source = random.Random(41)
tensors = {}

PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
GATES = {"rnn": 1, "lstm": 4, "gru": 3, "gru-before": 3}
RATE = 0.3  # of dropout of states
PLACE = (5, 3, 2)  # seed, step, first row
SIZES = {"small": (3, 4, 2, 3), "wide": (2, 5, 4, 18)}


class Explicit:
    """Layers whose steps are computed from their equations."""

    def __init__(self, kind, inputs, units, layers, directions):
        self.kind, self.units, self.layers, self.directions = kind, units, layers, directions
        self.masks = {}  # factors of the states in products, by the end of names
        self.parts = {}
        n = GATES[kind] * units
        for layer in range(layers):
            for end in ("", "_reverse")[:directions]:
                size = inputs if layer == 0 else units * directions
                for part, shape in zip(PARTS, ((n, size), (n, units), (n,), (n,))):
                    self.parts[f"{part}_l{layer}{end}"] = torch.zeros(shape, dtype=torch.float64, requires_grad=True)

    def named_parameters(self):
        return self.parts.items()

    def step(self, x, states, end, row):
        w, u, b, c = (self.parts[part + end] for part in PARTS)
        h = states[0]
        m = self.masks[end][row] if end in self.masks else torch.ones_like(h)
        sigmoid, tanh = torch.sigmoid, torch.tanh
        if self.kind == "rnn":
            return [tanh(x @ w.T + (h * m) @ u.T + b + c)]
        if self.kind == "lstm":
            i, f, g, o = (x @ w.T + (h * m) @ u.T + b + c).chunk(4)
            cell = sigmoid(i) * tanh(g) + sigmoid(f) * states[1]
            return [sigmoid(o) * tanh(cell), cell]
        (wr, wz, wn), (ur, uz, un), (br, bz, bn), (cr, cz, cn) = (each.chunk(3) for each in (w, u, b, c))
        r = sigmoid(x @ wr.T + (h * m) @ ur.T + br + cr)
        z = sigmoid(x @ wz.T + (h * m) @ uz.T + bz + cz)
        if self.kind == "gru":
            n = tanh(x @ wn.T + bn + r * ((h * m) @ un.T + cn))
        else:
            n = tanh(x @ wn.T + (r * h * m) @ un.T + bn + cn)
        return [z * h + (1 - z) * n]

    def __call__(self, x, lengths, first):
        rows, time, _ = x.shape
        last = []
        for layer in range(self.layers):
            halves = []
            for direction, end in enumerate(("", "_reverse")[: self.directions]):
                out, ends = [], []
                for row in range(rows):
                    length = time if lengths is None else int(lengths[row])
                    states = [each[layer * self.directions + direction, row] for each in first]
                    steps = range(length) if direction == 0 else range(length - 1, -1, -1)
                    ys = [torch.zeros(self.units, dtype=torch.float64)] * time
                    for t in steps:
                        states = self.step(x[row, t], states, f"_l{layer}{end}", row)
                        ys[t] = states[0]
                    out.append(torch.stack(ys))
                    ends.append(states)
                halves.append(torch.stack(out))
                last.append([torch.stack(each) for each in zip(*ends)])
            x = torch.cat(halves, 2)
        return x, [torch.stack(each) for each in zip(*last)]


def make(kind, inputs, units, layers, directions):
    if kind == "gru-before":
        return Explicit(kind, inputs, units, layers, directions)
    type = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[kind]
    return type(inputs, units, layers, batch_first=True, bidirectional=directions == 2).double()


def run(layer, x, lengths, states):
    """y and the final states, of each layer and direction h, of an LSTM then c."""
    if isinstance(layer, Explicit):
        return layer(x, lengths, states)
    given = tuple(states) if len(states) == 2 else states[0]
    if lengths is None:
        y, last = layer(x, given)
    else:
        y, last = layer(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False), given)
        y, _ = pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
    return y, list(last) if isinstance(last, tuple) else [last]


def names(layers, directions):
    """Our names of the parameters, by PyTorch's end of theirs."""
    for layer in range(layers):
        for direction, end in enumerate(("", "_reverse")[:directions]):
            own = f"layer{layer + 1}." if layers > 1 else ""
            own += ("forwards.", "backwards.")[direction] if directions == 2 else ""
            yield f"_l{layer}{end}", own


def dropping(kind, inputs, units, directions, rows):
    """A layer with dropout of states, with the library's random numbers: of each direction another use."""
    layer = Explicit(kind, inputs, units, 1, directions)
    for use, end in enumerate(("_l0", "_l0_reverse")[:directions]):
        layer.masks[end] = mask(RATE, draws(*PLACE[:2], use, PLACE[2], rows, units)) / (1 - RATE)
    return layer


def case(kind, size, layers, directions, padded, drops=False):
    rows, time, inputs, units = SIZES[size]
    layer = dropping(kind, inputs, units, directions, rows) if drops else make(kind, inputs, units, layers, directions)
    parts = dict(layer.named_parameters())
    for part in parts.values():
        part.data = normal(source, *part.shape, scale=0.7 / units**0.5)
    x = normal(source, rows, time, inputs).requires_grad_()
    lengths = None
    key = f"{kind}.{size}.{layers}.{directions}.{'padded' if padded else 'whole'}{'.dropped' if drops else ''}"
    if padded:
        lengths = torch.tensor([1 + source.randrange(time) for _ in range(rows)])
        lengths[source.randrange(rows)] = time
        tensors[f"{key}.lengths"] = f32(lengths)
    kinds = 2 if kind == "lstm" else 1
    states = [normal(source, layers * directions, rows, units).requires_grad_() for _ in range(kinds)]
    y, last = run(layer, x, lengths, states)
    dy = normal(source, *y.shape)
    if padded:
        for row, length in enumerate(lengths):
            dy[row, length:] = 0
    dlast = [normal(source, *each.shape) for each in last]
    torch.autograd.backward([y, *last], [dy, *dlast])
    tensors.update({f"{key}.x": f32(x), f"{key}.y": f32(y), f"{key}.dy": f32(dy), f"{key}.dx": f32(x.grad)})
    for place in range(layers * directions):
        for of in range(kinds):
            own = f"{key}.state{place * kinds + of}"
            tensors[f"{own}.first"] = f32(states[of][place])
            tensors[f"{own}.dfirst"] = f32(states[of].grad[place])
            tensors[f"{own}.last"] = f32(last[of][place])
            tensors[f"{own}.dlast"] = f32(dlast[of][place])
    for end, own in names(layers, directions):
        for part in PARTS:
            tensors[f"{key}.p.{own}{part}"] = f32(parts[part + end])
            tensors[f"{key}.d.{own}{part}"] = f32(parts[part + end].grad)


for kind in GATES:
    for size in SIZES:
        for directions in (1, 2):
            for padded in (False, True):
                case(kind, size, 1, directions, padded)
for kind in ("lstm", "gru-before"):
    case(kind, "small", 2, 2, True)
case("gru", "small", 3, 1, False)

for kind, make_cell in {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}.items():
    cell = make_cell(4, 6).double()
    for part in cell.parameters():
        part.data = normal(source, *part.shape, scale=0.5)
    x = normal(source, 3, 4).requires_grad_()
    states = [normal(source, 3, 6).requires_grad_() for _ in range(2 if kind == "lstm" else 1)]
    given = tuple(states)
    for _ in range(3):  # the same x in each step
        out = cell(x, given if kind == "lstm" else given[0])
        given = out if kind == "lstm" else (out,)
    dlast = [normal(source, 3, 6) for _ in states]
    torch.autograd.backward(list(given), dlast)
    key = f"cell.{kind}"
    tensors.update({f"{key}.x": f32(x), f"{key}.dx": f32(x.grad)})
    for of, state in enumerate(states):
        own = f"{key}.state{of}"
        tensors.update({f"{own}.first": f32(state), f"{own}.dfirst": f32(state.grad)})
        tensors.update({f"{own}.last": f32(given[of]), f"{own}.dlast": f32(dlast[of])})
    for part, value in cell.named_parameters():
        tensors.update({f"{key}.p.{part}": f32(value), f"{key}.d.{part}": f32(value.grad)})
for kind in GATES:
    for directions in (1, 2):
        for padded in (False, True):
            case(kind, "wide" if padded else "small", 1, directions, padded, drops=True)
write("recurrent-states.safetensors", tensors, {"made_by": "scripts/golden/recurrent_states.py"})
