"""The networks of `neurite bench` for sequences, in PyTorch: recurrent ones, a transformer's encoder, and a small GPT.

For each there are PyTorch's own ways to compute it: recurrent layers with rows or steps first in memory, with oneDNN or
PyTorch's own kernels; encoders of products and scaled_dot_product_attention, or of nn.TransformerEncoder. Text is generated
by the GPT with kept keys and values.
"""
import torch
from torch import nn
from torch.nn.functional import gelu, scaled_dot_product_attention

FEATURES, STEPS, UNITS, CLASSES = 64, 64, 128, 10  # of recurrent networks
VOCABULARY, CONTEXT = 256, 256  # of the GPT
PROMPT, GENERATED = 16, 128  # tokens


class Recurrent(nn.Module):
    """A recurrent layer, and a linear one on its last state or on those of both directions."""

    def __init__(self, layer, rows_first, bidirectional):
        super().__init__()
        self.layer = layer(FEATURES, UNITS, batch_first=rows_first, bidirectional=bidirectional)
        self.out = nn.Linear(UNITS * (1 + bidirectional), CLASSES)

    def forward(self, x):
        _, last = self.layer(x)
        states = last[0] if isinstance(last, tuple) else last
        return self.out(states.transpose(0, 1).flatten(1))


class Block(nn.Module):
    """A transformer's block, with layer norms before attention and before the layers of features."""

    def __init__(self, width, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.before_attention, self.before_features = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, cache=None):
        joined = self.queries_keys_values(self.before_attention(x))
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in joined.chunk(3, -1))
        if cache:
            k, v = cache.add(k, v)
        seen = scaled_dot_product_attention(q, k, v, is_causal=self.causal and q.shape[2] > 1)
        x = x + self.out(seen.transpose(1, 2).flatten(2))
        return x + self.down(gelu(self.up(self.before_features(x))))


class Encoder(nn.Module):
    """Blocks, and a linear layer on the mean of all positions."""

    def __init__(self, blocks, width):
        super().__init__()
        self.blocks, self.norm, self.out = blocks, nn.LayerNorm(width), nn.Linear(width, CLASSES)

    def forward(self, x):
        return self.out(self.norm(self.blocks(x)).mean(1))


def encoder_of_blocks(width=128, heads=4, layers=4):
    return Encoder(nn.Sequential(*(Block(width, heads, False) for _ in range(layers))), width)


def encoder_of_layers(width=128, heads=4, layers=4):
    layer = nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True)
    return Encoder(nn.TransformerEncoder(layer, layers, enable_nested_tensor=False), width)


class Gpt(nn.Module):
    """Answers for each position, as many rows as there are positions in the batch."""

    def __init__(self, width=384, heads=6, layers=6):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(VOCABULARY, width), nn.Embedding(CONTEXT, width)
        self.blocks = nn.Sequential(*(Block(width, heads, True) for _ in range(layers)))
        self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, VOCABULARY, bias=False)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        return self.out(self.norm(self.blocks(x))).flatten(0, 1)

    def next_scores(self, ids, caches):
        """The scores [rows × vocabulary] of what follows ids, which themselves follow those that caches have had."""
        start = caches[0].length
        x = self.tokens(ids) + self.positions.weight[start : start + ids.shape[1]]
        for block, cache in zip(self.blocks, caches):
            x = block(x, cache)
        return self.out(self.norm(x[:, -1]))


class Cache:
    """The keys and values of a block, [rows × heads × tokens × features of a head]."""

    def __init__(self, rows, heads, features):
        self.keys, self.values = (torch.empty(rows, heads, CONTEXT, features) for _ in range(2))
        self.length = 0

    def add(self, keys, values):
        """Keeps some more; returns all of them."""
        end = self.length + keys.shape[2]
        self.keys[:, :, self.length : end], self.values[:, :, self.length : end] = keys, values
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]


class Generation(nn.Module):
    """The tokens that follow a prompt, the likeliest each."""

    def __init__(self, gpt):
        super().__init__()
        self.gpt = gpt

    def forward(self, ids):
        width = self.gpt.tokens.embedding_dim
        caches = [Cache(len(ids), block.heads, width // block.heads) for block in self.gpt.blocks]
        chosen = []
        while len(chosen) < GENERATED:
            ids = self.gpt.next_scores(ids, caches).argmax(-1, keepdim=True)
            chosen.append(ids)
        return torch.cat(chosen, 1)


def recurrent(kind, bidirectional=False):
    def build(rows, rows_first, with_onednn):
        torch.backends.mkldnn.set_flags(with_onednn)
        x = torch.randn(rows, STEPS, FEATURES)
        network = Recurrent(getattr(nn, kind), rows_first, bidirectional)
        return network, x if rows_first else x.transpose(0, 1).contiguous(), torch.randint(CLASSES, (rows,))

    return {
        f", {'rows' if rows_first else 'steps'} first, {'oneDNN' if with_onednn else 'no oneDNN'}": (
            lambda rows, r=rows_first, w=with_onednn: build(rows, r, w)
        )
        for rows_first in (True, False)
        for with_onednn in (True, False)
    }


def encoder(network):
    return lambda rows: (network(), torch.randn(rows, 128, 128), torch.randint(CLASSES, (rows,)))


def gpt(rows):
    ids = torch.randint(VOCABULARY, (rows, CONTEXT))
    return Gpt(), ids, torch.randint(VOCABULARY, (rows * CONTEXT,))


def generation(rows):
    """It has no labels: it is only predicted."""
    return Generation(Gpt()), torch.randint(VOCABULARY, (rows, PROMPT)), None


# By name: what builds a network, a batch and its labels for some rows, by the way of computing it.
SEQUENCES = {
    "lstm": recurrent("LSTM"),
    "gru": recurrent("GRU"),
    "bilstm": recurrent("LSTM", True),
    "encoder": {", blocks": encoder(encoder_of_blocks), ", nn.TransformerEncoder": encoder(encoder_of_layers)},
    "gpt": {"": gpt},
    "generate": {"": generation},
}
