"""Pooling, padding, upsampling, joins and residual connections with their gradients, from PyTorch in float32 (whose
nearest pixel depends on the precision), other sums in float64.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/planes.py
"""

import random

import torch
import torch.nn.functional as F

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(11)
tensors = {}


def case(name, function, *shapes, ties=False, single=False):
    """Inputs of these shapes, outputs, and the gradients of the inputs for random gradients of the outputs."""
    xs = []
    for shape in shapes:
        x = normal(source, *shape)
        if ties:  # as a ReLU before a pooling makes them
            x = (2 * x).round().clamp(min=-1)
        x = x.float() if single else x
        xs.append(x.requires_grad_())
    ys = function(*xs)
    ys = ys if isinstance(ys, (list, tuple)) else [ys]
    dys = [normal(source, *y.shape).to(y.dtype) for y in ys]
    torch.autograd.backward(list(ys), dys)
    for i, x in enumerate(xs):
        tensors[f"{name}.x{i}"] = f32(x)
        tensors[f"{name}.dx{i}"] = f32(x.grad)
    for i, (y, dy) in enumerate(zip(ys, dys)):
        tensors[f"{name}.y{i}"] = f32(y)
        tensors[f"{name}.dy{i}"] = f32(dy)


case("max2d-2", lambda x: F.max_pool2d(x, 2), (2, 3, 7, 9))
case("max2d-2-wide", lambda x: F.max_pool2d(x, 2), (1, 1, 4, 75))
case("max2d-ties", lambda x: F.max_pool2d(x, 3, 2, 1), (2, 3, 8, 37), ties=True)
case("max2d-3-2-1", lambda x: F.max_pool2d(x, 3, 2, 1), (2, 2, 9, 36))
case("max2d-2-3", lambda x: F.max_pool2d(x, 2, 3), (1, 2, 8, 10))
case("max2d-ceil", lambda x: F.max_pool2d(x, 2, 2, ceil_mode=True), (2, 2, 5, 7))
case("max2d-ceil-cut", lambda x: F.max_pool2d(x, 2, 3, 1, ceil_mode=True), (1, 2, 5, 8))
case("max2d-dilated", lambda x: F.max_pool2d(x, 3, 1, 1, dilation=2), (2, 1, 7, 26))
case("max2d-oblong", lambda x: F.max_pool2d(x, (3, 2), (1, 2), (1, 0), dilation=(1, 2)), (1, 3, 5, 8))
case("max2d-1", lambda x: F.max_pool2d(x, 1), (1, 1, 3, 3))
case("max1d-2", lambda x: F.max_pool1d(x, 2), (3, 2, 9))
case("max1d-3-2-1-ceil", lambda x: F.max_pool1d(x, 3, 2, 1, 1, ceil_mode=True), (2, 2, 40))
case("max1d-dilated", lambda x: F.max_pool1d(x, 2, 1, 1, 3), (1, 1, 11))
case("avg2d-2", lambda x: F.avg_pool2d(x, 2), (2, 3, 7, 70))
case("avg2d-3-2-1", lambda x: F.avg_pool2d(x, 3, 2, 1), (2, 2, 9, 37))
case("avg2d-3-2-1-real", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), (2, 2, 9, 6))
case("avg2d-3-1-1-real", lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False), (1, 1, 4, 30))
case("avg2d-ceil", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True), (1, 2, 6, 8))
case("avg2d-ceil-real", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False), (1, 2, 6, 8))
case("avg2d-oblong", lambda x: F.avg_pool2d(x, (1, 3), (2, 4), (0, 1)), (2, 1, 5, 11))
case("avg1d-2", lambda x: F.avg_pool1d(x, 2), (3, 2, 9))
case("avg1d-3-2-1-ceil", lambda x: F.avg_pool1d(x, 3, 2, 1, ceil_mode=True), (2, 2, 8))
case("avg1d-4-1-2-real", lambda x: F.avg_pool1d(x, 4, 1, 2, count_include_pad=False), (1, 1, 41))
case("global-avg", lambda x: x.mean((2, 3)), (2, 3, 5, 7))
case("global-avg-1d", lambda x: x.mean(2), (1, 2, 19))
case("global-max", lambda x: x.amax((2, 3)), (2, 3, 5, 7))
case("global-max-ties", lambda x: F.max_pool2d(x, (4, 4))[:, :, 0, 0], (2, 3, 4, 4), ties=True)
case("global-max-1d", lambda x: x.amax(2), (1, 2, 19))
for size in ((1, 1), (3, 2), (2, 5), (9, 11)):
    case(f"adaptive-avg2d-{size[0]}-{size[1]}", lambda x: F.adaptive_avg_pool2d(x, size), (2, 2, 7, 8))
    case(f"adaptive-max2d-{size[0]}-{size[1]}", lambda x: F.adaptive_max_pool2d(x, size), (2, 2, 7, 8))
case("adaptive-avg1d-3", lambda x: F.adaptive_avg_pool1d(x, 3), (2, 2, 10))
case("adaptive-max1d-4", lambda x: F.adaptive_max_pool1d(x, 4), (2, 2, 10))

case("reshape", lambda x: x.reshape(2, 6, 4), (2, 3, 2, 4))
case("permute", lambda x: x.permute(0, 2, 3, 1), (2, 3, 2, 5))
case("permute-back", lambda x: x.permute(0, 3, 1, 2), (2, 3, 2, 5))
case("zero-pad2d", lambda x: F.pad(x, (1, 2, 0, 3)), (2, 2, 3, 4))  # left, right, top, bottom
case("zero-pad1d", lambda x: F.pad(x, (1, 2)), (2, 2, 3))
case("crop", lambda x: x[:, :, 1:, 2:-1], (2, 2, 4, 5))
case("nearest-2", lambda x: F.interpolate(x, scale_factor=2), (2, 2, 3, 5), single=True)
case("nearest-1.7", lambda x: F.interpolate(x, scale_factor=1.7), (1, 2, 5, 7), single=True)
case("nearest-0.6", lambda x: F.interpolate(x, scale_factor=0.6), (1, 2, 7, 11), single=True)
case("nearest-to", lambda x: F.interpolate(x, size=(4, 13)), (1, 2, 7, 6), single=True)
case("nearest-1d", lambda x: F.interpolate(x, scale_factor=3), (2, 2, 4), single=True)
case("bilinear-2", lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"), (2, 2, 3, 5))
case("bilinear-1.7", lambda x: F.interpolate(x, scale_factor=1.7, mode="bilinear"), (1, 2, 5, 7))
case("bilinear-to", lambda x: F.interpolate(x, size=(4, 13), mode="bilinear"), (1, 2, 7, 6))
case("bilinear-one", lambda x: F.interpolate(x, size=(1, 3), mode="bilinear"), (1, 1, 4, 1))
case("linear-1d", lambda x: F.interpolate(x, scale_factor=2, mode="linear"), (2, 2, 4))
for name, size in (("2", (6, 10)), ("to", (4, 13)), ("one", (1, 1))):
    case(
        f"corners-{name}",
        lambda x: F.interpolate(x, size=size, mode="bilinear", align_corners=True),
        (1, 2, 3, 5),
    )
case("corners-1d", lambda x: F.interpolate(x, scale_factor=2.5, mode="linear", align_corners=True), (2, 2, 5))

case("add", lambda a, b, c: a + b + c, (2, 3, 4), (2, 3, 4), (2, 3, 4))
case("multiply", lambda a, b: a * b, (2, 3, 4), (2, 3, 4))
case("multiply-three", lambda a, b, c: a * b * c, (2, 3, 4), (2, 3, 4), (2, 3, 4))
case("concat", lambda a, b, c: torch.cat([a, b, c], 1), (2, 2, 3, 4), (2, 1, 3, 4), (2, 3, 3, 4))
case("concat-last", lambda a, b: torch.cat([a, b], -1), (2, 2, 3), (2, 2, 2))
case("split", lambda x: torch.split(x, [1, 3], 1), (2, 4, 2, 3))
case("split-equal", lambda x: torch.chunk(x, 3, -1), (2, 2, 6))
case("slice", lambda x: x[:, :, 1:3], (2, 2, 4, 3))
case("residual", lambda x: F.relu(x + F.avg_pool2d(x, 3, 1, 1)), (2, 2, 5, 5))
case("residual-gelu", lambda x: F.gelu(F.max_pool2d(x, 2) + F.avg_pool2d(x, 2)), (2, 2, 5, 6))
write("planes.safetensors", tensors, {"made_by": "scripts/golden/planes.py"})
