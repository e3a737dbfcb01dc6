"""Networks in PyTorch, each the twin of one of the same name in core's PytorchTwins.java."""

from functools import partial

import torch
from torch import nn


class Named(nn.Module):
    """A recurrent layer and a head over all of its steps."""

    def __init__(self, layer, width):
        super().__init__()
        self.layer = layer
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        return self.head(self.layer(x)[0])


class Step(nn.Module):
    """One step of a recurrent layer from a state of zeros, and a head."""

    def __init__(self, cell, width):
        super().__init__()
        self.cell = cell
        self.head = nn.Linear(width, 2)

    def forward(self, x):
        state = self.cell(x)
        return self.head(state[0] if isinstance(state, tuple) else state)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm = nn.RMSNorm(width)

    def forward(self, x):
        return self.norm(self.attention(x, x, x)[0])


class Decoder(nn.Module):
    """A block of a decoder over a sequence, which is its own memory; and attention to a memory of another width."""

    def __init__(self, width, heads, memory):
        super().__init__()
        self.block = nn.TransformerDecoderLayer(
            width, heads, 2 * width, dropout=0, activation="relu", batch_first=True, norm_first=True
        )
        self.narrow = nn.Linear(width, memory)
        self.cross = nn.MultiheadAttention(width, heads, batch_first=True, kdim=memory, vdim=memory)

    def forward(self, x):
        time = x.shape[1]
        hidden = torch.triu(torch.full((time, time), -torch.inf), 1)
        y = self.block(x, x, tgt_mask=hidden)
        memory = self.narrow(x)
        return self.cross(y, memory, memory)[0]


class Language(nn.Module):
    """GPT-2 with PyTorch's blocks; the output has the weights of the embedding."""

    def __init__(self, layers, heads, width, positions, vocabulary):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(positions, width)
        # A function, as PyTorch's fast path takes a module nn.GELU("tanh") for nn.GELU().
        gelu = partial(nn.functional.gelu, approximate="tanh")
        self.h = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, 4 * width, 0, gelu, batch_first=True, norm_first=True)
            for _ in range(layers)
        )
        self.ln_f = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.wte.weight

    def forward(self, ids):
        time = ids.shape[1]
        hidden = torch.triu(torch.full((time, time), -torch.inf), 1)
        x = self.wte(ids.long()) + self.wpe(torch.arange(time))
        for block in self.h:
            x = block(x, src_mask=hidden)
        return self.head(self.ln_f(x))


def encoder(width, heads, hidden, layers):
    block = nn.TransformerEncoderLayer(
        width, heads, hidden, dropout=0, activation="gelu", batch_first=True, norm_first=False
    )
    return nn.TransformerEncoder(block, layers, enable_nested_tensor=False)


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def small():
    """Modules of a few hundred numbers, and an input of each."""
    return {
        "mlp": (nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)), torch.randn(2, 4)),
        "images": (  # has a dropout that the twin has not: other numbers
            nn.Sequential(
                nn.Conv2d(1, 4, 3, padding=1),
                nn.BatchNorm2d(4),
                nn.ReLU(),
                nn.Conv2d(4, 4, 3, groups=4, bias=False),
                nn.MaxPool2d(2),
                nn.Dropout(),
                nn.Flatten(),
                nn.Linear(16, 3),
            ),
            torch.randn(2, 1, 6, 6),
        ),
        "transposed": (
            nn.Sequential(
                nn.ConvTranspose2d(2, 4, 3, stride=2), nn.GroupNorm(2, 4), nn.PReLU(4), nn.InstanceNorm2d(4, affine=True)
            ),
            torch.randn(2, 2, 3, 3),
        ),
        "sequences": (
            nn.Sequential(
                nn.Conv1d(2, 4, 3), nn.ReLU(), nn.BatchNorm1d(4), nn.ConvTranspose1d(4, 3, 2, stride=2), nn.LayerNorm(12)
            ),
            torch.randn(2, 2, 8),
        ),
        "embedding": (nn.Sequential(nn.Embedding(7, 4), nn.LayerNorm(4), nn.Linear(4, 2)), torch.tensor([[1, 6, 0]])),
        "rnn": (Named(nn.RNN(3, 4, batch_first=True), 4), torch.randn(2, 5, 3)),
        "lstm": (
            Named(nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True), 8),
            torch.randn(2, 5, 3),
        ),
        "gru": (Named(nn.GRU(3, 4, num_layers=2, batch_first=True), 4), torch.randn(2, 5, 3)),
        "cell": (Step(nn.LSTMCell(3, 4), 4), torch.randn(2, 3)),
        "attention": (Attention(8, 2), torch.randn(2, 5, 8)),
        "encoder": (encoder(8, 2, 16, 2), torch.randn(2, 5, 8)),
        "decoder": (Decoder(8, 2, 6), torch.randn(2, 5, 8)),
        "gpt": (Language(2, 2, 8, 6, 11), torch.tensor([[1, 10, 3, 0], [5, 5, 2, 7]])),
    }


def large():
    """Networks of their usual size."""
    import torchvision

    return {
        "lenet": (lenet(), torch.randn(4, 1, 28, 28)),
        "resnet18": (torchvision.models.resnet18(num_classes=10), torch.randn(2, 3, 64, 64)),
        "large-lstm": (Named(nn.LSTM(32, 64, num_layers=2, batch_first=True), 64), torch.randn(4, 20, 32)),
        "large-gru": (Named(nn.GRU(32, 64, bidirectional=True, batch_first=True), 128), torch.randn(4, 20, 32)),
        "large-encoder": (encoder(128, 4, 512, 4), torch.randn(2, 32, 128)),
        "large-gpt": (Language(4, 4, 128, 64, 1000), torch.randint(0, 1000, (2, 48))),
    }


def prepared(networks):
    """Gives all parameters and statistics numbers that are not those they begin with."""
    for module, _ in networks.values():
        module.eval()
        for name, tensor in {**dict(module.named_parameters()), **dict(module.named_buffers())}.items():
            if name.endswith("num_batches_tracked"):
                tensor.fill_(7)
            elif name.endswith("running_var"):
                tensor.data.uniform_(0.5, 2)
            elif tensor.dim() == 1:
                tensor.data.add_(torch.randn(tensor.shape) * 0.2)
    return networks
