"""Attention from PyTorch in float64: outputs and gradients with several heads, shared keys, causal and padded; learned
positions and means of sequences; and twenty steps of training a transformer encoder.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/attention.py
"""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(29)
tensors = {}

# rows, time, width, heads, heads of keys; the long ones have several blocks of queries and of keys
CASES = {
    "one-head": (2, 5, 6, 1, 1),
    "heads": (3, 7, 12, 3, 3),
    "one-position": (2, 1, 8, 2, 2),
    "grouped": (2, 9, 16, 4, 2),
    "multi-query": (2, 6, 12, 3, 1),
    "long": (1, 230, 8, 2, 2),
}


def attention(x, parts, heads, key_heads, causal, lengths):
    """As PyTorch's MultiheadAttention, also with fewer heads of keys."""
    rows, time, width = x.shape
    size = width // heads
    qkv = F.linear(x, parts["in_proj_weight"], parts["in_proj_bias"])
    q, k, v = qkv.split((heads * size, key_heads * size, key_heads * size), -1)
    q = q.view(rows, time, heads, size).transpose(1, 2)
    k, v = (each.view(rows, time, key_heads, size).transpose(1, 2).repeat_interleave(heads // key_heads, 1) for each in (k, v))
    seen = torch.ones(rows, 1, time, time, dtype=torch.bool)
    if causal:
        seen &= torch.ones(time, time, dtype=torch.bool).tril()
    if lengths is not None:
        seen &= (torch.arange(time)[None] < lengths[:, None])[:, None, None]
    y = F.scaled_dot_product_attention(q, k, v, seen)
    return F.linear(y.transpose(1, 2).reshape(rows, time, width), parts["out_proj_weight"], parts["out_proj_bias"])


for name, (rows, time, width, heads, key_heads) in CASES.items():
    inner = (heads + 2 * key_heads) * (width // heads)
    shapes = {"in_proj_weight": (inner, width), "in_proj_bias": (inner,), "out_proj_weight": (width, width), "out_proj_bias": (width,)}
    parts = {part: normal(source, *shape, scale=0.4).requires_grad_() for part, shape in shapes.items()}
    x = normal(source, rows, time, width)
    lengths = torch.tensor([source.randint(1, time) for _ in range(rows)])
    tensors |= {f"{name}.x": f32(x), f"{name}.lengths": f32(lengths)}
    tensors |= {f"{name}.{part}": f32(value) for part, value in parts.items()}
    for causal in (False, True):
        for padded in (False, True):
            key = f"{name}.{'causal' if causal else 'all'}.{'padded' if padded else 'whole'}"
            for part in parts.values():
                part.grad = None
            x = x.detach().clone().requires_grad_()
            y = attention(x, parts, heads, key_heads, causal, lengths if padded else None)
            dy = normal(source, *y.shape, scale=0.5)
            if padded:
                for row, length in enumerate(lengths):
                    dy[row, length:] = 0
            y.backward(dy)
            if heads == key_heads and not padded:
                own = nn.MultiheadAttention(width, heads, batch_first=True).double()
                own.in_proj_weight.data, own.in_proj_bias.data = parts["in_proj_weight"].data, parts["in_proj_bias"].data
                own.out_proj.weight.data, own.out_proj.bias.data = parts["out_proj_weight"].data, parts["out_proj_bias"].data
                mask = nn.Transformer.generate_square_subsequent_mask(time).double() if causal else None
                assert torch.allclose(own(x, x, x, attn_mask=mask)[0], y), "this is not PyTorch's attention"
            if padded:
                y = y.detach().clone()
                for row, length in enumerate(lengths):
                    y[row, length:] = 0
            tensors |= {f"{key}.dy": f32(dy), f"{key}.y": f32(y), f"{key}.dx": f32(x.grad)}
            tensors |= {f"{key}.d.{part}": f32(value.grad) for part, value in parts.items()}

WIDTH, HEADS, HIDDEN, TIME = 12, 3, 20, 7
embedding, positions = nn.Embedding(11, WIDTH).double(), nn.Embedding(9, WIDTH).double()
block = nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, 0.0, "gelu", batch_first=True, norm_first=True).double()
norm, head = nn.LayerNorm(WIDTH).double(), nn.Linear(WIDTH, 3).double()
parts = {
    "embedding1.weight": embedding.weight,
    "positionEmbedding1.weight": positions.weight,
    "transformerBlock1.norm1.weight": block.norm1.weight,
    "transformerBlock1.norm1.bias": block.norm1.bias,
    "transformerBlock1.self_attn.in_proj_weight": block.self_attn.in_proj_weight,
    "transformerBlock1.self_attn.in_proj_bias": block.self_attn.in_proj_bias,
    "transformerBlock1.self_attn.out_proj_weight": block.self_attn.out_proj.weight,
    "transformerBlock1.self_attn.out_proj_bias": block.self_attn.out_proj.bias,
    "transformerBlock1.norm2.weight": block.norm2.weight,
    "transformerBlock1.norm2.bias": block.norm2.bias,
    "transformerBlock1.linear1.weight": block.linear1.weight,
    "transformerBlock1.linear1.bias": block.linear1.bias,
    "transformerBlock1.linear2.weight": block.linear2.weight,
    "transformerBlock1.linear2.bias": block.linear2.bias,
    "layerNorm1.weight": norm.weight,
    "layerNorm1.bias": norm.bias,
    "dense1.weight": head.weight,
    "dense1.bias": head.bias,
}
for part in parts.values():
    part.data = normal(source, *part.shape, scale=0.5)
ids = torch.tensor([[source.randrange(11) for _ in range(TIME)] for _ in range(40)])
labels = torch.tensor([source.randrange(3) for _ in range(40)])
tensors |= {"training.x": f32(ids), "training.labels": f32(labels)}
tensors |= {f"training.initial.{name}": f32(value) for name, value in parts.items()}
optimizer = torch.optim.SGD(parts.values(), lr=0.05, momentum=0.9)
losses = []
for epoch in range(4):
    for first in range(0, 40, 8):
        optimizer.zero_grad()
        x = embedding(ids[first : first + 8]) + positions.weight[:TIME]
        loss = F.cross_entropy(head(norm(block(x)).mean(1)), labels[first : first + 8])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
tensors |= {"training.losses": f32(torch.stack(losses))}
tensors |= {f"training.{name}": f32(value) for name, value in parts.items()}
write("attention.safetensors", tensors, {"made_by": "scripts/golden/attention.py"})
