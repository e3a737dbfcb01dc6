"""Convolutions with their gradients, and two trainings of small convolutional nets, from PyTorch in float64.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/convolutions.py
"""

import random

import torch
import torch.nn.functional as F

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(23)

# name: the function, x, the weight's shape, activation, and what F takes beside it; `pad` is F.pad's left, right, top,
# bottom; `bias=False` is none, `add=True` a second input.
CASES = {
    "conv2d": dict(x=(2, 3, 7, 5), w=(4, 3, 3, 3)),
    "one": dict(x=(1, 1, 1, 1), w=(1, 1, 1, 1)),
    "one-channel": dict(x=(1, 1, 9, 7), w=(3, 1, 5, 3), g=torch.relu, padding=2),
    "point-stride": dict(x=(3, 5, 7, 9), w=(6, 5, 1, 1), stride=2, bias=False),
    "stride-above-kernel": dict(x=(2, 2, 11, 13), w=(3, 2, 2, 2), g=torch.tanh, stride=(3, 4)),
    "padding": dict(x=(2, 3, 5, 4), w=(5, 3, 3, 2), padding=(2, 1), stride=2),
    "asymmetric": dict(x=(2, 2, 5, 6), w=(3, 2, 3, 4), pad=(0, 3, 2, 1), g=torch.sigmoid),
    "same": dict(x=(2, 2, 5, 6), w=(3, 2, 4, 3), padding="same", g=F.gelu),
    "dilation": dict(x=(2, 2, 9, 11), w=(3, 2, 3, 2), dilation=(2, 3), padding=(1, 2), stride=(2, 1)),
    "groups": dict(x=(2, 6, 5, 5), w=(4, 3, 3, 3), groups=2, padding=1, g=F.silu),
    "wide": dict(x=(3, 17, 6, 7), w=(19, 17, 3, 3), padding=1, g=F.relu6),
    "larger-than-plane": dict(x=(2, 2, 2, 3), w=(3, 2, 5, 5), padding=2),
    "depthwise": dict(x=(2, 5, 7, 6), w=(5, 1, 3, 3), groups=5, padding=1, stride=2, g=torch.relu),
    "depthwise-multiplier": dict(x=(1, 3, 6, 5), w=(6, 1, 2, 3), groups=3, dilation=2, bias=False),
    "depthwise-many": dict(x=(2, 35, 5, 4), w=(35, 1, 3, 3), groups=35, padding=1),
    "conv1d": dict(x=(3, 4, 13), w=(5, 4, 3)),
    "conv1d-all": dict(x=(2, 4, 15), w=(6, 2, 3), stride=4, padding=3, dilation=2, groups=2, g=torch.tanh),
    "conv1d-causal": dict(x=(1, 1, 9), w=(2, 1, 4), pad=(3, 0), g=F.elu),
    "conv1d-same": dict(x=(2, 3, 8), w=(2, 3, 4), padding="same", bias=False),
    "transposed": dict(f=F.conv_transpose2d, x=(2, 3, 4, 5), w=(3, 4, 3, 2)),
    "transposed-one": dict(f=F.conv_transpose2d, x=(1, 1, 1, 1), w=(1, 1, 3, 3), stride=2),
    "transposed-all": dict(
        f=F.conv_transpose2d, x=(2, 4, 3, 5), w=(4, 3, 3, 2), stride=(2, 3), padding=(1, 2), output_padding=(1, 2),
        dilation=(2, 3), groups=2, g=torch.tanh,
    ),
    "transposed-stride-above-kernel": dict(
        f=F.conv_transpose2d, x=(2, 2, 3, 4), w=(2, 5, 2, 2), stride=3, output_padding=2, g=F.gelu, bias=False
    ),
    "transposed-1d": dict(f=F.conv_transpose1d, x=(3, 4, 6), w=(4, 2, 4), stride=2, padding=1, output_padding=1),
    "transposed-1d-groups": dict(
        f=F.conv_transpose1d, x=(1, 6, 5), w=(6, 2, 3), dilation=2, padding=2, groups=3, g=torch.relu
    ),
    "added": dict(x=(2, 3, 5, 6), w=(4, 3, 3, 3), padding=1, add=True, g=torch.relu),
    "added-smooth": dict(x=(1, 4, 7, 5), w=(6, 2, 2, 3), stride=2, groups=2, add=True, bias=False, g=F.silu),
    "added-linear": dict(x=(2, 1, 4, 4), w=(1, 1, 1, 1), add=True),
}


def golden(name, x, w, f=None, g=lambda z: z, pad=None, bias=True, add=False, **options):
    function = f or (F.conv1d if len(x) == 3 else F.conv2d)
    x = normal(source, *x).requires_grad_()
    weight = normal(source, *w, scale=(w[1] * w[2]) ** -0.5).float().double().requires_grad_()
    channels = w[1] * options.get("groups", 1) if f else w[0]
    b = normal(source, channels).requires_grad_() if bias else None
    z = function(F.pad(x, pad) if pad else x, weight, b, **options)
    inputs = {"x": x, "weight": weight} | ({"bias": b} if bias else {})
    if add:
        inputs["r"] = normal(source, *z.shape).requires_grad_()
        z = z + inputs["r"]
    y = g(z)
    dy = normal(source, *y.shape)
    y.backward(dy)
    entries = {f"{name}.y": f32(y), f"{name}.dy": f32(dy)}
    for key, value in inputs.items():
        entries |= {f"{name}.{key}": f32(value), f"{name}.d{key}": f32(value.grad)}
    return entries


tensors = {}
for name, case in CASES.items():
    tensors |= golden(name, **case)

# Keras's transposed convolution with padding "same" is the gradient of the convolution with that padding.
x = normal(source, 2, 3, 4, 5).requires_grad_()
weight = normal(source, 3, 2, 3, 3, scale=0.4).float().double().requires_grad_()
y = F.conv_transpose2d(x, weight, stride=2)[:, :, 0:8, 0:10]
dy = normal(source, *y.shape)
y.backward(dy)
tensors |= {f"transposed-same.{key}": f32(value) for key, value in {
    "x": x, "weight": weight, "y": y, "dy": dy, "dx": x.grad, "dweight": weight.grad,
}.items()}
write("convolutions.safetensors", tensors, {"made_by": "scripts/golden/convolutions.py"})


# ---------------------------------------------------------------------------------------------------------- trainings

STEPS, BATCH = 20, 4


def lenet(p, x):
    """LeNet-5 with strides in place of its pooling."""
    x = torch.tanh(F.conv2d(x, p["conv2d1.weight"], p["conv2d1.bias"], stride=2, padding=2))
    x = torch.tanh(F.conv2d(x, p["conv2d2.weight"], p["conv2d2.bias"], stride=2))
    x = torch.tanh(F.linear(x.flatten(1), p["dense1.weight"], p["dense1.bias"]))
    return F.linear(x, p["dense2.weight"], p["dense2.bias"])


def mixed(p, x):
    """All that a convolution may be: strides, groups, each channel by itself, a second input, transposed."""
    x = torch.relu(F.conv2d(F.pad(x, (1, 2, 1, 0)), p["conv2d1.weight"], p["conv2d1.bias"], stride=(2, 1)))
    h = F.silu(F.conv2d(x, p["depthwiseConv2d1.weight"], p["depthwiseConv2d1.bias"], padding=1, groups=6))
    x = torch.relu(F.conv2d(h, p["convAdd1.weight"], p["convAdd1.bias"], groups=2) + x)
    x = torch.tanh(F.conv_transpose2d(
        x, p["convTranspose2d1.weight"], p["convTranspose2d1.bias"], stride=2, padding=1, output_padding=1))
    x = F.conv2d(x, p["conv2d2.weight"], p["conv2d2.bias"], stride=4, dilation=2)
    return F.linear(x.flatten(1), p["dense1.weight"], p["dense1.bias"])


NETS = {
    "lenet": (lenet, (1, 16, 16), {
        "conv2d1": (4, 1, 5, 5), "conv2d2": (6, 4, 5, 5), "dense1": (12, 24), "dense2": (5, 12),
    }),
    "mixed": (mixed, (2, 9, 8), {
        "conv2d1": (6, 2, 3, 4), "depthwiseConv2d1": (6, 1, 3, 3), "convAdd1": (6, 3, 1, 1),
        "convTranspose2d1": (6, 4, 3, 3), "conv2d2": (3, 4, 3, 3), "dense1": (5, 9),
    }),
}
OPTIMIZERS = {
    "momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0.003),
}

tensors = {}
for name, (net, shape, weights) in NETS.items():
    x = normal(source, STEPS * BATCH, *shape)
    labels = torch.tensor([source.randrange(5) for _ in range(STEPS * BATCH)])
    initial = {}
    for layer, extents in weights.items():
        fan = extents[1] * (extents[2] * extents[3] if len(extents) > 2 else 1)
        initial[f"{layer}.weight"] = normal(source, *extents, scale=fan**-0.5)
        initial[f"{layer}.bias"] = normal(source, extents[1] if "Transpose" in layer else extents[0], scale=0.1)
    tensors |= {f"{name}.x": f32(x), f"{name}.labels": f32(labels)}
    tensors |= {f"{name}.initial.{key}": f32(value) for key, value in initial.items()}
    for optimizer_name, make in OPTIMIZERS.items():
        parameters = {key: value.clone().requires_grad_() for key, value in initial.items()}
        optimizer = make(list(parameters.values()))
        losses = []
        for start in range(0, STEPS * BATCH, BATCH):
            loss = F.cross_entropy(net(parameters, x[start : start + BATCH]), labels[start : start + BATCH])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        key = f"{name}.{optimizer_name}"
        tensors |= {f"{key}.losses": ("F32", [STEPS], losses)}
        tensors |= {f"{key}.{part}": f32(value) for part, value in parameters.items()}
        print(key, losses[0], losses[-1])
write("convolution-trainings.safetensors", tensors, {"made_by": "scripts/golden/convolutions.py"})
