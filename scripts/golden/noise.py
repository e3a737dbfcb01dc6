"""The library's random numbers, hashed once more from their description (docs/adr/0011), and what layers make of them.

The hash is SplitMix64's finalizer (Steele, Lea and Flood 2014). Alpha dropout is PyTorch's: the constant and the
formula of `_dropout_impl` in aten/src/ATen/native/Dropout.cpp, with our mask for its Bernoulli numbers.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/noise.py
"""

import math
import random

import torch

from golden import f32, normal, write
from keyed import draws, halves, mask


def normals(seed, step, use, first_row, rows, columns):
    result = torch.zeros(rows, columns, dtype=torch.float64)
    for i in range(rows):
        for j in range(columns):
            low, high = halves(seed, step, use, first_row + i, j // 2)
            radius = math.sqrt(-2 * math.log(((low >> 1) + 0.5) / 2**31))
            angle = 2 * math.pi * high / 2**32
            result[i, j] = radius * (math.cos(angle) if j % 2 == 0 else math.sin(angle))
    return result


def alpha_dropout(x, noise, p):
    alpha = 1.7580993408473766
    a = 1.0 / math.sqrt((alpha * alpha * p + 1) * (1 - p))
    b = (noise - 1) * alpha * a + alpha * a * p
    return x * noise * a + b


ROWS, COLUMNS = 7, 37
PLACE = (123456789012345, 17, 2, 1000)  # seed, step, use, first row
x = normal(random.Random(11), ROWS, COLUMNS).float().double()
numbers = draws(*PLACE, ROWS, COLUMNS)
tensors = {"x": f32(x)}
for rate in (0.1, 0.5, 0.8):
    kept = mask(rate, numbers)
    assert 0 < kept.mean() < 1
    leaf = x.clone().requires_grad_()
    alpha_dropout(leaf, kept, rate).sum().backward()
    tensors[f"dropout-{rate}"] = f32(x * kept / (1 - rate))
    tensors[f"alpha-{rate}"] = f32(alpha_dropout(x, kept, rate))
    tensors[f"alpha-{rate}.dx"] = f32(leaf.grad)

channels = normal(random.Random(12), ROWS, 5, 3, 2).float().double()
kept = mask(0.4, draws(*PLACE, ROWS, 5))[:, :, None, None]
tensors |= {"channels": f32(channels), "channels-0.4": f32(channels * kept / 0.6)}

n = normals(*PLACE, ROWS, COLUMNS)
tensors |= {"normals": f32(n), "noise-0.3": f32(x + 0.3 * n)}
tensors["gaussian-dropout-0.2"] = f32(x * (1 + math.sqrt(0.2 / 0.8) * n))
write("noise.safetensors", tensors, {"made_by": "scripts/golden/noise.py"})
