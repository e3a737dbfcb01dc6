"""Layers of sequences from PyTorch in float64, with their gradients: convolutions over time (valid, same, causal, strided,
dilated), pools and summaries, of whole and of padded rows; PReLU with a slope per feature, GLU; a convolution of each position;
an embedding whose vectors are kept within a norm, trained.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/sequence_layers.py
"""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(59)
tensors = {}

CONVOLUTIONS = {  # kernel, stride, dilation, padding
    "valid": (3, 1, 1, "valid"),
    "same": (4, 1, 1, "same"),
    "causal": (3, 1, 1, "causal"),
    "causal-dilated": (3, 1, 4, "causal"),
    "causal-strided": (4, 3, 1, "causal"),
    "valid-strided": (2, 2, 2, "valid"),
}
LENGTHS = (9, 5, 12)


def convolved(x, weight, bias, kernel, stride, dilation, padding):
    """x [time × in], as Conv1d has it: [in × time]."""
    reach = (kernel - 1) * dilation
    left, right = {"valid": (0, 0), "same": (reach // 2, reach - reach // 2), "causal": (reach, 0)}[padding]
    return F.conv1d(F.pad(x.T, (left, right))[None], weight, bias, stride, 0, dilation)[0].T


def rows(lengths, width):
    """Rows of these lengths, padded by noise, which must not count."""
    return normal(source, len(lengths), max(lengths), width)


def record(key, x, parts, outputs):
    """Writes a case; outputs has one tensor for each row, of its own length."""
    dys = [normal(source, *y.shape) for y in outputs]
    torch.autograd.backward(outputs, dys)
    longest = max(y.shape[0] for y in outputs) if outputs[0].dim() == 2 else None

    def joined(parts):
        if longest is None:
            return torch.stack(parts)
        return torch.stack([F.pad(part, (0, 0, 0, longest - part.shape[0])) for part in parts])

    tensors.update({f"{key}.x": f32(x), f"{key}.dx": f32(x.grad)})
    tensors.update({f"{key}.y": f32(joined(outputs)), f"{key}.dy": f32(joined(dys))})
    if longest is not None:
        tensors[f"{key}.after"] = f32(torch.tensor([y.shape[0] for y in outputs]))
    for name, part in parts.items():
        tensors.update({f"{key}.p.{name}": f32(part), f"{key}.d.{name}": f32(part.grad)})


for padded in (False, True):
    lengths = LENGTHS if padded else (12, 12)
    end = "padded" if padded else "whole"
    for name, (kernel, stride, dilation, padding) in CONVOLUTIONS.items():
        x = rows(lengths, 5).requires_grad_()
        parts = {"weight": normal(source, 6, 5, kernel).requires_grad_(), "bias": normal(source, 6).requires_grad_()}
        outputs = [
            convolved(x[row, :length], parts["weight"], parts["bias"], kernel, stride, dilation, padding)
            for row, length in enumerate(lengths)
        ]
        record(f"conv.{name}.{end}", x, parts, outputs)
    summaries = {
        "mean": lambda x: x.mean(0),
        "max": lambda x: x.amax(0),
        "first": lambda x: x[0],
        "last": lambda x: x[-1],
    }
    for name, summary in summaries.items():
        x = rows(lengths, 7).requires_grad_()
        record(f"summary.{name}.{end}", x, {}, [summary(x[row, :length]) for row, length in enumerate(lengths)])
    x = rows(lengths, 5).requires_grad_()
    parts = {"slope": normal(source, 5).requires_grad_()}
    record(f"prelu.{end}", x, parts, [F.prelu(x[row, :n], parts["slope"]) for row, n in enumerate(lengths)])
    x = rows(lengths, 8).requires_grad_()
    record(f"glu.{end}", x, {}, [F.glu(x[row, :n]) for row, n in enumerate(lengths)])

# Plain gradient descent: of the rows that are looked up, those beyond the norm are scaled first, in PyTorch before each use.
embedding = nn.Embedding(9, 4, max_norm=1.0).double()
weight = F.normalize(normal(source, 9, 4)) * 0.99
embedding.weight.data = weight.clone()
head = nn.Linear(4, 3).double()
head.weight.data = normal(source, 3, 4, scale=1.5)
head.bias.data = normal(source, 3)
ids = torch.tensor([[source.randrange(9)] for _ in range(40)])
labels = torch.tensor([source.randrange(3) for _ in range(40)])
key = "max-norm."
tensors.update({f"{key}x": f32(ids), f"{key}labels": f32(labels), f"{key}initial.embedding1.weight": f32(weight)})
tensors.update({f"{key}initial.dense1.weight": f32(head.weight), f"{key}initial.dense1.bias": f32(head.bias)})
optimizer = torch.optim.SGD([embedding.weight, head.weight, head.bias], lr=3.0)
losses = []
bounded = 0
for epoch in range(2):
    for first in range(0, 40, 8):
        optimizer.zero_grad()
        loss = F.cross_entropy(head(embedding(ids[first : first + 8])[:, 0]), labels[first : first + 8])
        loss.backward()
        optimizer.step()
        bounded += int((embedding.weight.norm(dim=1) > 1.01).sum())
        losses.append(loss.detach())
embedding(torch.arange(9))  # scales what the last step has moved
tensors.update({f"{key}losses": f32(torch.stack(losses)), f"{key}embedding1.weight": f32(embedding.weight)})
tensors.update({f"{key}dense1.weight": f32(head.weight), f"{key}dense1.bias": f32(head.bias)})
assert bounded > 5

POOLS = {
    "max": lambda x: F.max_pool1d(x, 3, 2, 1),
    "max-ceil": lambda x: F.max_pool1d(x, 2, 3, 0, 2, ceil_mode=True),
    "average": lambda x: F.avg_pool1d(x, 3, 2, 1),
    "average-ceil": lambda x: F.avg_pool1d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False),
    "adaptive-max": lambda x: F.adaptive_max_pool1d(x, 3),
    "adaptive-average": lambda x: F.adaptive_avg_pool1d(x, 3),
}
for padded in (False, True):
    lengths = LENGTHS if padded else (12, 12)
    end = "padded" if padded else "whole"
    for name, pool in POOLS.items():
        x = rows(lengths, 5).requires_grad_()
        record(f"pool.{name}.{end}", x, {}, [pool(x[row, :n].T[None])[0].T for row, n in enumerate(lengths)])
    for name, pool in {"max": lambda x: x.amax(0), "average": lambda x: x.mean(0)}.items():
        x = rows(lengths, 5).requires_grad_()
        record(f"global.{name}.{end}", x, {}, [pool(x[row, :n]) for row, n in enumerate(lengths)])
    x = rows(lengths, 8).requires_grad_()
    parts = {"weight": normal(source, 3, 1, 2, 2).requires_grad_(), "bias": normal(source, 3).requires_grad_()}
    outputs = [  # each position is an image of one channel
        F.conv2d(x[row, :n].view(n, 1, 2, 4), parts["weight"], parts["bias"]).tanh().mean((2, 3))
        for row, n in enumerate(lengths)
    ]
    record(f"each.image.{end}", x, parts, outputs)
write("sequence-layers.safetensors", tensors, {"made_by": "scripts/golden/sequence_layers.py"})
