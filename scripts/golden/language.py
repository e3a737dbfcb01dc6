"""GPT-2 and BERT in plain PyTorch, float64, with the names and layouts of Hugging Face's weights: outputs, gradients
and the losses of twenty steps of gradient descent.

Written after the papers and the models' documentation. Run with Debian's python3-torch:
/usr/bin/python3 scripts/golden/language.py
"""

import math
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(43)
tensors = {}


class Conv1D(nn.Module):
    """A dense layer whose weight is [in, out]."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


def heads_of(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


class Gpt2Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln_1 = nn.LayerNorm(width)
        self.attn = nn.ModuleDict({"c_attn": Conv1D(width, 3 * width), "c_proj": Conv1D(width, width)})
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": Conv1D(width, 4 * width), "c_proj": Conv1D(4 * width, width)})

    def forward(self, x):
        q, k, v = (heads_of(each, self.heads) for each in self.attn["c_attn"](self.ln_1(x)).chunk(3, -1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        y = scores.masked_fill(future, -math.inf).softmax(-1) @ v
        x = x + self.attn["c_proj"](y.transpose(1, 2).flatten(-2))
        return x + self.mlp["c_proj"](F.gelu(self.mlp["c_fc"](self.ln_2(x)), approximate="tanh"))


class Gpt2(nn.Module):
    def __init__(self, layers, heads, width, positions, vocabulary):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(positions, width)
        self.h = nn.ModuleList([Gpt2Block(width, heads) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(width)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


class BertLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        own = nn.ModuleDict({name: nn.Linear(width, width) for name in ("query", "key", "value")})
        output = nn.ModuleDict({"dense": nn.Linear(width, width), "LayerNorm": nn.LayerNorm(width, 1e-12)})
        self.attention = nn.ModuleDict({"self": own, "output": output})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, 4 * width)})
        self.output = nn.ModuleDict({"dense": nn.Linear(4 * width, width), "LayerNorm": nn.LayerNorm(width, 1e-12)})

    def forward(self, x, seen):
        own, output = self.attention["self"], self.attention["output"]
        q, k, v = (heads_of(own[name](x), self.heads) for name in ("query", "key", "value"))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        y = scores.masked_fill(~seen[:, None, None], -math.inf).softmax(-1) @ v
        x = output["LayerNorm"](x + output["dense"](y.transpose(1, 2).flatten(-2)))
        return self.output["LayerNorm"](x + self.output["dense"](F.gelu(self.intermediate["dense"](x))))


class Bert(nn.Module):
    def __init__(self, layers, heads, width, positions, vocabulary):
        super().__init__()
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(vocabulary, width),
                "position_embeddings": nn.Embedding(positions, width),
                "token_type_embeddings": nn.Embedding(2, width),
                "LayerNorm": nn.LayerNorm(width, 1e-12),
            }
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList([BertLayer(width, heads) for _ in range(layers)])})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(width, width)})

    def encode(self, ids, types, seen):
        e = self.embeddings
        x = e["word_embeddings"](ids) + e["position_embeddings"].weight[: ids.shape[1]] + e["token_type_embeddings"](types)
        x = e["LayerNorm"](x)
        for layer in self.encoder["layer"]:
            x = layer(x, seen)
        return x

    def pooled(self, *arguments):
        return self.pooler["dense"](self.encode(*arguments)[:, 0]).tanh()


def randomize(model):
    for name, value in model.named_parameters():
        norm = "ln_" in name or "LayerNorm" in name
        value.data = normal(source, *value.shape, scale=0.1 if norm else 0.3) + (1 if norm and name.endswith("weight") else 0)


def descend(name, parameters, loss_of):
    losses = []
    optimizer = torch.optim.SGD(parameters, lr=0.02)
    for _ in range(20):
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    tensors[f"{name}.losses"] = f32(torch.stack(losses))


# ------------------------------------------------------------------------------------------------------------------ GPT-2

model = Gpt2(2, 3, 12, 9, 17).double()
randomize(model)
ids = torch.tensor([[source.randrange(17) for _ in range(8)] for _ in range(3)])
tensors |= {f"gpt2.weights.transformer.{name}": f32(value) for name, value in model.named_parameters()}
tensors["gpt2.weights.transformer.h.0.attn.bias"] = f32(torch.ones(1, 1, 9, 9).tril())
tensors["gpt2.weights.lm_head.weight"] = f32(model.wte.weight)
y = model(ids)
dy = normal(source, *y.shape, scale=0.5)
y.backward(dy)
tensors |= {"gpt2.ids": f32(ids), "gpt2.y": f32(y), "gpt2.dy": f32(dy)}
tensors |= {f"gpt2.gradients.{name}": f32(value.grad) for name, value in model.named_parameters()}
labels = torch.tensor([[source.randrange(17) for _ in range(8)] for _ in range(3)])
tensors["gpt2.labels"] = f32(labels)
descend("gpt2", model.parameters(), lambda: F.cross_entropy(model(ids).flatten(0, 1), labels.flatten()))

# ------------------------------------------------------------------------------------------------------------------- BERT

model = Bert(2, 2, 12, 9, 17).double()
classifier = nn.Linear(12, 3).double()
randomize(model)
randomize(classifier)
ids = torch.tensor([[source.randrange(17) for _ in range(7)] for _ in range(4)])
types = torch.tensor([[int(t >= 4) for t in range(7)] for _ in range(4)])
lengths = torch.tensor([7, 3, 5, 7])
seen = torch.arange(7)[None] < lengths[:, None]
tensors |= {f"bert.weights.bert.{name}": f32(value) for name, value in model.named_parameters()}
tensors |= {f"bert.weights.classifier.{name}": f32(value) for name, value in classifier.named_parameters()}
tensors["bert.weights.bert.embeddings.position_ids"] = f32(torch.arange(9)[None])
y = model.encode(ids, types, seen)
dy = normal(source, *y.shape, scale=0.5) * seen[..., None]
y.backward(dy)
tensors |= {"bert.ids": f32(ids), "bert.types": f32(types), "bert.lengths": f32(lengths)}
tensors |= {"bert.y": f32(y * seen[..., None]), "bert.dy": f32(dy)}
tensors |= {f"bert.gradients.{name}": f32(value.grad) for name, value in model.named_parameters() if value.grad is not None}
labels = torch.tensor([0, 2, 1, 1])
tensors["bert.labels"] = f32(labels)
tensors["bert.logits"] = f32(classifier(model.pooled(ids, types, seen)))
descend(
    "bert",
    [*model.parameters(), *classifier.parameters()],
    lambda: F.cross_entropy(classifier(model.pooled(ids, types, seen)), labels),
)

write("language.safetensors", tensors, {"made_by": "scripts/golden/language.py"})
