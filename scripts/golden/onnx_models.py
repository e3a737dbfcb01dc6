"""Small ONNX models that PyTorch exports, with inputs and PyTorch's outputs: the blocks of well-known networks, narrow, with
random weights and statistics.

Run with Debian's python3-torch and python3-onnx: /usr/bin/python3 scripts/golden/onnx_models.py [NAME …]
Writes all, or those that are named: NAME.onnx and NAME.safetensors to onnx/src/test/resources/models.
"""

import pathlib
import sys
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn import BatchNorm2d, Conv2d, ReLU

from golden import f32, write

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.manual_seed(7)
PLACE = pathlib.Path(__file__).resolve().parents[2] / "onnx/src/test/resources/models"
OPSET = 17


def conv(inputs, outputs, kernel=3, stride=1, groups=1, act=None):
    layers = [Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([act] if act else []))


class Residual(nn.Module):
    """A block of ResNet-18, or with a 1×1 convolution around, of ResNet-50."""

    def __init__(self, inputs, width, outputs, stride, bottleneck):
        super().__init__()
        if bottleneck:
            self.body = nn.Sequential(conv(inputs, width, 1, act=ReLU()), conv(width, width, 3, stride, act=ReLU()), conv(width, outputs, 1))
        else:
            self.body = nn.Sequential(conv(inputs, outputs, 3, stride, act=ReLU()), conv(outputs, outputs))
        self.short = conv(inputs, outputs, 1, stride) if stride > 1 or inputs != outputs else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.short(x))


class Squeeze(nn.Module):
    """Squeeze and excitation of MobileNetV3."""

    def __init__(self, channels):
        super().__init__()
        self.down, self.up = Conv2d(channels, 8, 1), Conv2d(8, channels, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.up(F.relu(self.down(F.adaptive_avg_pool2d(x, 1)))))


class Inverted(nn.Module):
    """A block of MobileNetV2 (ReLU6), or of V3 (hard swish, squeeze and excitation)."""

    def __init__(self, inputs, outputs, stride, v3):
        super().__init__()
        act = nn.Hardswish if v3 else nn.ReLU6
        wide = 3 * inputs
        body = [conv(inputs, wide, 1, act=act()), conv(wide, wide, 3, stride, wide, act())]
        self.body = nn.Sequential(*body, *([Squeeze(wide)] if v3 else []), conv(wide, outputs, 1))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


class Fire(nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = Conv2d(inputs, squeezed, 1)
        self.one, self.three = Conv2d(squeezed, expanded, 1), Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.one(x)), F.relu(self.three(x))], 1)


class Shuffle(nn.Module):
    """A block of ShuffleNetV2 with stride 1."""

    def __init__(self, channels):
        super().__init__()
        half = channels // 2
        self.body = nn.Sequential(conv(half, half, 1, act=ReLU()), conv(half, half, 3, groups=half), conv(half, half, 1, act=ReLU()))

    def forward(self, x):
        a, b = x.chunk(2, 1)
        x = torch.cat([a, self.body(b)], 1)
        rows, channels, height, width = x.shape
        return x.view(rows, 2, channels // 2, height, width).transpose(1, 2).reshape(rows, channels, height, width)


class Dense(nn.Module):
    """Layers of DenseNet, and the transition after them."""

    def __init__(self, inputs, growth, layers):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(BatchNorm2d(inputs + i * growth), ReLU(), Conv2d(inputs + i * growth, growth, 3, padding=1, bias=False))
            for i in range(layers)
        )
        wide = inputs + layers * growth
        self.after = nn.Sequential(BatchNorm2d(wide), ReLU(), Conv2d(wide, wide // 2, 1, bias=False), nn.AvgPool2d(2))

    def forward(self, x):
        all = [x]
        for layer in self.layers:
            all.append(layer(torch.cat(all, 1)))
        return self.after(torch.cat(all, 1))


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.down = conv(3, 16, act=ReLU()), conv(16, 32, act=ReLU())
        self.up, self.last = nn.ConvTranspose2d(32, 16, 2, 2), conv(32, 16, act=ReLU())
        self.further = nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), Conv2d(16, 4, 1))
        self.nearest = nn.Upsample(scale_factor=2)

    def forward(self, x):
        a = self.first(x)
        b = self.down(F.max_pool2d(a, 2))
        y = self.last(torch.cat([self.up(b), a], 1))
        return self.further(y) + self.nearest(Conv2d.forward(self.further[1], y))


class Encoder(nn.Module):
    def __init__(self, first, activation):
        super().__init__()
        layer = nn.TransformerEncoderLayer(24, 3, 40, 0.0, activation, batch_first=True, norm_first=first)
        self.embedding = nn.Embedding(50, 24)
        self.body = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    def forward(self, ids):
        return self.body(self.embedding(ids)).mean(1)


class Attention(nn.Module):
    """Attention as BERT has it, with products of their own for queries, keys and values, or as GPT-2, with one and a split."""

    def __init__(self, one):
        super().__init__()
        self.before = nn.ModuleList([nn.Linear(24, 72)] if one else [nn.Linear(24, 24) for _ in range(3)])
        self.after = nn.Linear(24, 24)

    def forward(self, x):
        parts = [layer(x) for layer in self.before]
        parts = parts if len(parts) > 1 else parts[0].chunk(3, -1)
        q, k, v = (part.unflatten(-1, (3, 8)).transpose(1, 2) for part in parts)
        if len(self.before) == 1:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            y = torch.softmax(q @ k.transpose(-1, -2) / 8**0.5, -1) @ v
        return self.after(y.transpose(1, 2).flatten(2))


class Blocks(nn.Module):
    def __init__(self, one):
        super().__init__()
        self.embedding = nn.Embedding(50, 24)
        self.attention = nn.ModuleList(Attention(one) for _ in range(2))
        self.norms = nn.ModuleList(nn.LayerNorm(24) for _ in range(2))

    def forward(self, ids):
        x = self.embedding(ids)
        for attention, norm in zip(self.attention, self.norms):
            x = norm(x + attention(x))
        return x.mean(1)


class Heads(nn.Module):
    """PyTorch's own attention: with or without padding and a causal mask, to itself or to other positions, rows or time first."""

    def __init__(self, rows_first=True, weights=True, masks=(), across=False):
        super().__init__()
        self.embedding = nn.Embedding(50, 24)
        self.attention = nn.MultiheadAttention(24, 3, batch_first=rows_first)
        self.rows_first, self.weights, self.masks, self.across = rows_first, weights, masks, across

    def forward(self, ids):
        x = self.embedding(ids if self.rows_first else ids.T)
        to = x[:, 2:] if self.across else x
        masks = {}
        if "padding" in self.masks:
            masks["key_padding_mask"] = ids[:, -to.shape[1] if self.rows_first else 0 :] > 40
        if "causal" in self.masks:
            masks["attn_mask"] = torch.ones(9, 9, dtype=torch.bool).triu(1)
        return self.attention(x, to, to, need_weights=self.weights, **masks)[0].mean(1 if self.rows_first else 0)


class Last(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


def head(channels, outputs=10):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, outputs)]


IMAGE, IDS, STEPS = torch.randn(2, 3, 24, 24), torch.randint(0, 50, (2, 9)), torch.randn(3, 11, 6)
MODELS = {
    "mlp": (
        nn.Sequential(nn.Linear(20, 32), nn.BatchNorm1d(32), ReLU(), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 10), nn.Softmax(1)),
        torch.randn(5, 20),
    ),
    "lenet": (
        nn.Sequential(
            Conv2d(1, 6, 5, padding=2), ReLU(), nn.MaxPool2d(2), Conv2d(6, 16, 5), ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 40), ReLU(), nn.Linear(40, 10),
        ),
        torch.randn(3, 1, 28, 28),
    ),
    "resnet18": (
        nn.Sequential(conv(3, 16, 7, 2, act=ReLU()), nn.MaxPool2d(3, 2, 1), Residual(16, 0, 16, 1, False), Residual(16, 0, 32, 2, False), *head(32)),
        IMAGE,
    ),
    "resnet50": (
        nn.Sequential(conv(3, 16, 3, 2, act=ReLU()), Residual(16, 16, 64, 1, True), Residual(64, 16, 64, 2, True), *head(64)),
        IMAGE,
    ),
    "mobilenet-v2": (nn.Sequential(conv(3, 16, 3, 2, act=nn.ReLU6()), Inverted(16, 16, 1, False), Inverted(16, 24, 2, False), *head(24)), IMAGE),
    "mobilenet-v3": (nn.Sequential(conv(3, 16, 3, 2, act=nn.Hardswish()), Inverted(16, 16, 1, True), Inverted(16, 24, 2, True), *head(24)), IMAGE),
    "squeezenet": (
        nn.Sequential(Conv2d(3, 16, 3, 2), ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True), Fire(16, 8, 16), Fire(32, 8, 24), nn.Dropout(), *head(48)),
        IMAGE,
    ),
    "shufflenet": (nn.Sequential(conv(3, 16, 3, 2, act=ReLU()), Shuffle(16), Shuffle(16), *head(16)), IMAGE),
    "densenet": (nn.Sequential(conv(3, 16, 3, 2), Dense(16, 8, 3), *head(20)), IMAGE),
    "unet": (Unet(), torch.randn(1, 3, 16, 12)),
    "encoder-after": (Encoder(False, "relu"), IDS),
    "encoder-first": (Encoder(True, "gelu"), IDS),
    "lstm": (Last(nn.LSTM(6, 8, 2, batch_first=True, bidirectional=True)), STEPS),
    "gru": (Last(nn.GRU(6, 8, batch_first=True)), STEPS),
    "rnn": (Last(nn.RNN(6, 8, batch_first=True)), STEPS),
    "attention-apart": (Blocks(False), IDS),
    "attention-joined": (Blocks(True), IDS),
    "heads": (Heads(weights=False), IDS),
    "heads-padded": (Heads(masks=("padding",)), IDS),
    "heads-causal": (Heads(weights=False, masks=("padding", "causal")), IDS),
    "heads-across": (Heads(masks=("padding",), across=True), IDS),
    "heads-time-first": (Heads(rows_first=False, masks=("padding",)), IDS),
}

PLACE.mkdir(parents=True, exist_ok=True)
for name, (model, x) in MODELS.items():
    if sys.argv[1:] and name not in sys.argv[1:]:
        continue
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, BatchNorm2d)):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
            nn.init.normal_(module.running_mean, std=0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    model.eval()
    with torch.no_grad():
        y = model(x)
    first = {0: "batch"} if x.shape[0] > 1 else None
    axes = {"x": first, "y": {0: "batch"}} if first and name not in ("lstm", "gru", "rnn", "shufflenet") else {}
    torch.onnx.export(model, x, PLACE / f"{name}.onnx", input_names=["x"], output_names=["y"], opset_version=OPSET, dynamic_axes=axes, dynamo=False)
    tensors = {"x": f32(x), "y": f32(y)}
    write(str(PLACE / f"{name}.safetensors"), tensors, {"made_by": "scripts/golden/onnx_models.py"})
