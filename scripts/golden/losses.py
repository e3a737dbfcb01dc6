"""Losses: each row's loss and gradient, and twenty steps of training with each.

PyTorch's own where it has the loss, else the formula of the paper or of Keras's documentation; gradients by automatic
differentiation, all in float64 from float32 numbers.
Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/losses.py
"""

import random

import torch
import torch.nn.functional as F

from golden import f32, normal, write

ROWS, BATCH, EPOCHS = 17, 4, 4
CLASS_WEIGHTS = torch.tensor([1, 2, 0.5, 0, 3, 0.25]).double()
POSITIVE = torch.tensor([1, 2, 0.5, 4, 3, 0.25]).double()


def single(tensor):
    """Rounded to float32."""
    return tensor.float().double()


def mean(losses):
    return losses.mean(1)


def pinball(y, t, *quantiles):
    q = torch.tensor(quantiles).double()
    d = t.unsqueeze(2) - y.reshape(len(y), -1, len(quantiles))
    return torch.maximum(q * d, (q - 1) * d).flatten(1).mean(1)


def focal_sigmoid(z, t, gamma, alpha=None):
    """Lin et al. 2017, equation 5; for targets between 0 and 1 as torchvision has it."""
    p = torch.sigmoid(z)
    right = p * t + (1 - p) * (1 - t)
    loss = F.binary_cross_entropy_with_logits(z, t, reduction="none") * (1 - right) ** gamma
    return mean(loss if alpha is None else loss * (alpha * t + (1 - alpha) * (1 - t)))


def focal_softmax(z, t, gamma, alpha=1.0):
    """The same for several classes, summed over them."""
    logs = torch.log_softmax(z, 1)
    return (-alpha * t * (1 - logs.exp()) ** gamma * logs).sum(1)


def contrastive(y, same, margin=1.0):
    """Hadsell et al. 2006, equation 4, with same = 1 − Y."""
    first, second = y.chunk(2, 1)
    distance = ((first - second) ** 2).sum(1).sqrt()
    return same * distance**2 / 2 + (1 - same) * torch.clamp(margin - distance, min=0) ** 2 / 2


def cosine(y, t):
    return F.cosine_embedding_loss(y, t, torch.ones(len(y)), reduction="none")


def triplet(y, t, **settings):
    return F.triplet_margin_loss(*y.chunk(3, 1), reduction="none", **settings)


def cross_entropy(z, t, **settings):
    return F.cross_entropy(z, t, reduction="none", **settings)


def binary(z, t, **settings):
    return mean(F.binary_cross_entropy_with_logits(z, t, reduction="none", **settings))


def nll(y, t, **settings):
    return F.nll_loss(y, t, reduction="none", **settings)


def squared(y, t):
    return mean((y - t) ** 2)


# name: (outputs, targets, loss of each row)
LOSSES = {
    "cross-entropy": ("z", "labels", cross_entropy),
    "cross-entropy smoothed": ("z", "labels", lambda z, t: cross_entropy(z, t, label_smoothing=0.1)),
    "cross-entropy weighted": ("z", "labels", lambda z, t: cross_entropy(z, t, weight=CLASS_WEIGHTS[: z.shape[1]])),
    "cross-entropy of all": (
        "z",
        "some",
        lambda z, t: cross_entropy(z, t, weight=CLASS_WEIGHTS[: z.shape[1]], label_smoothing=0.2, ignore_index=-1),
    ),
    "cross-entropy of soft": (
        "z",
        "soft",
        lambda z, t: cross_entropy(z, t, weight=CLASS_WEIGHTS[: z.shape[1]], label_smoothing=0.2),
    ),
    "binary": ("z", "shares", binary),
    "binary positive": ("z", "bits", lambda z, t: binary(z, t, pos_weight=POSITIVE[: z.shape[1]])),
    "binary positive one": ("z", "shares", lambda z, t: binary(z, t, pos_weight=torch.tensor(3.0).double())),
    "nll": ("logs", "labels", nll),
    "nll of all": ("logs", "some", lambda y, t: nll(y, t, weight=CLASS_WEIGHTS[: y.shape[1]], ignore_index=-1)),
    "kl": ("logs", "sparse", lambda y, t: F.kl_div(y, t, reduction="none").sum(1)),
    "focal softmax": ("z", "one-hot", lambda z, t: focal_softmax(z, t, 2)),
    "focal softmax alpha": ("mild", "one-hot", lambda z, t: focal_softmax(z, t, 0.5, CLASS_WEIGHTS[: z.shape[1]])),
    "focal softmax soft": ("z", "soft", lambda z, t: focal_softmax(z, t, 3)),
    "focal sigmoid": ("z", "bits", lambda z, t: focal_sigmoid(z, t, 2)),
    "focal sigmoid alpha": ("mild", "bits", lambda z, t: focal_sigmoid(z, t, 0.5, 0.25)),
    "focal sigmoid soft": ("z", "shares", lambda z, t: focal_sigmoid(z, t, 2, 0.25)),
    "hinge": ("z", "signs", lambda y, t: mean(torch.clamp(1 - t * y, min=0))),
    "squared hinge": ("z", "signs", lambda y, t: mean(torch.clamp(1 - t * y, min=0) ** 2)),
    "multi-margin": ("z", "labels", lambda y, t: F.multi_margin_loss(y, t, reduction="none")),
    "multi-margin squared": ("z", "labels", lambda y, t: F.multi_margin_loss(y, t, p=2, margin=0.5, reduction="none")),
    "squared": ("z", "numbers", squared),
    "absolute": ("z", "numbers", lambda y, t: mean(F.l1_loss(y, t, reduction="none"))),
    "huber": ("z", "numbers", lambda y, t: mean(F.huber_loss(y, t, reduction="none"))),
    "huber 0.7": ("z", "numbers", lambda y, t: mean(F.huber_loss(y, t, reduction="none", delta=0.7))),
    "smooth l1": ("z", "numbers", lambda y, t: mean(F.smooth_l1_loss(y, t, reduction="none"))),
    "smooth l1 0.3": ("z", "numbers", lambda y, t: mean(F.smooth_l1_loss(y, t, reduction="none", beta=0.3))),
    "log-cosh": ("z", "numbers", lambda y, t: mean(torch.log(torch.cosh(y - t)))),
    "log-cosh of near": ("near", "numbers", lambda y, t: mean(torch.log(torch.cosh(y - t)))),
    "quantile": ("z", "numbers", lambda y, t: pinball(y, t, 0.3)),
    "quantiles": ("z", "pairs", lambda y, t: pinball(y, t, 0.1, 0.5, 0.9)),
    "poisson": ("numbers", "counts", lambda y, t: mean(F.poisson_nll_loss(y, t, reduction="none"))),
    "poisson of rates": (
        "rates",
        "counts",
        lambda y, t: mean(F.poisson_nll_loss(y, t, log_input=False, reduction="none")),
    ),
    "cosine": ("z", "numbers", cosine),
    "triplet": ("numbers", "one", triplet),
    "triplet 0.2": ("numbers", "one", lambda y, t: triplet(y, t, margin=0.2)),
    "contrastive": ("numbers", "same", contrastive),
    "contrastive 3": ("numbers", "same", lambda y, t: contrastive(y, t, 3.0)),
}


def targets(source, rows, outputs):
    """Answers of every kind."""
    labels = torch.tensor([source.randrange(outputs) for _ in range(rows)])
    some = labels.clone()
    some[1::3] = -1
    bits = torch.tensor([[float(source.randrange(2)) for _ in range(outputs)] for _ in range(rows)]).double()
    numbers = normal(source, rows, outputs)
    soft = single(torch.softmax(normal(source, rows, outputs), 1))
    sparse = soft * bits + F.one_hot(labels, outputs)
    return {
        "labels": labels,
        "some": some,
        "one-hot": F.one_hot(labels, outputs).double(),
        "soft": soft,
        "sparse": single(sparse / sparse.sum(1, keepdim=True)),
        "bits": bits,
        "shares": single(torch.sigmoid(normal(source, rows, outputs))),
        "signs": 2 * bits - 1,
        "numbers": numbers,
        "pairs": numbers[:, : outputs // 3],
        "counts": torch.tensor([[float(source.randrange(5)) for _ in range(outputs)] for _ in range(rows)]).double(),
        "one": torch.ones(rows, 1).double(),
        "same": bits[:, 0],
    }


source = random.Random(6)
tensors = {}
z = normal(source, 8, 6, scale=2)
z[0] *= 20
answers = targets(source, 8, 6)
outputs = {
    "z": single(z),
    "mild": single(z / torch.tensor([20.0] + 7 * [1.0]).double().unsqueeze(1)),
    "near": single(answers["numbers"] + normal(source, 8, 6, scale=0.1)),
    "logs": single(torch.log_softmax(normal(source, 8, 6, scale=2), 1)),
    "numbers": normal(source, 8, 6),
    "rates": single(F.softplus(normal(source, 8, 6)) + 0.01),
}
for name, (kind, answer, loss_of) in LOSSES.items():
    leaf = outputs[kind].clone().requires_grad_()
    losses = loss_of(leaf, answers[answer])
    losses.sum().backward()
    tensors[f"{name}.output"] = f32(leaf)
    tensors[f"{name}.target"] = f32(answers[answer])
    tensors[f"{name}.losses"] = f32(losses)
    tensors[f"{name}.delta"] = f32(leaf.grad)



def of_labels(labels, weight=None, ignored=None):
    """What rows count in a mean over labels."""
    counts = torch.ones(len(labels)).double() if weight is None else weight[labels.clamp(min=0)]
    return counts if ignored is None else counts * (labels != ignored)


settings = {"weight": CLASS_WEIGHTS, "label_smoothing": 0.2, "ignore_index": -1}
losses = cross_entropy(z, answers["some"], **settings)
own = F.cross_entropy(z, answers["some"], **settings)
assert torch.allclose(losses.sum() / of_labels(answers["some"], CLASS_WEIGHTS, -1).sum(), own), "PyTorch's own mean"

# ------------------------------------------------------------------------------------------------------- training

x = normal(source, ROWS, 5)
weights = torch.tensor([source.choice([0, 0.5, 1, 1, 2.5]) for _ in range(ROWS)]).double()
ones = torch.ones(ROWS).double()
initial = {
    "dense1.weight": normal(source, 7, 5, scale=0.6),
    "dense1.bias": normal(source, 7, scale=0.1),
    "dense2.weight": normal(source, 6, 7, scale=0.6),
    "dense2.bias": normal(source, 6, scale=0.1),
    "dense3.weight": normal(source, 2, 7, scale=0.6),
    "dense3.bias": normal(source, 2, scale=0.1),
}
answers = targets(source, ROWS, 6)
second = normal(source, ROWS, 2)


def train(key, loss_of_batch, rate=0.1, heads=1):
    """Training in batches; the loss of a batch is a pair: what is reported, and what is made small."""
    names = [name for name in initial if heads == 2 or not name.startswith("dense3")]
    parameters = {name: initial[name].clone().requires_grad_() for name in names}
    optimizer = torch.optim.SGD(list(parameters.values()), lr=rate, momentum=0.5)
    losses = []
    for _ in range(EPOCHS):
        for start in range(0, ROWS, BATCH):
            rows = slice(start, min(ROWS, start + BATCH))
            h = torch.tanh(F.linear(x[rows], parameters["dense1.weight"], parameters["dense1.bias"]))
            ends = [
                F.linear(h, parameters[f"dense{i}.weight"], parameters[f"dense{i}.bias"]) for i in range(2, 2 + heads)
            ]
            reported, small = loss_of_batch(ends, rows)
            losses.append(float(reported))
            if small is None:  # no row counts
                continue
            optimizer.zero_grad()
            small.backward()
            optimizer.step()
    tensors[f"{key}.losses"] = ("F32", [len(losses)], losses)
    tensors.update({f"{key}.{name}": f32(value) for name, value in parameters.items()})


def weighted_mean(losses, counts):
    total = counts.sum()
    return losses.sum() / (total if total > 0 else 1), total


for name, (_, answer, loss_of) in LOSSES.items():
    weighs = name in ("cross-entropy weighted", "cross-entropy of all", "nll of all")
    counts = of_labels(answers[answer], CLASS_WEIGHTS, -1) if weighs else ones

    def batch_of(ends, rows, plain=False):
        y = ends[0] if name != "poisson of rates" else torch.sigmoid(ends[0])
        sample = ones if plain else weights
        losses = loss_of(y, answers[answer][rows]) * sample[rows]
        result, total = weighted_mean(losses, (counts * sample)[rows])
        return result, result if total > 0 else None

    train(f"train {name}", lambda ends, rows: batch_of(ends, rows, plain=True))
    train(f"train {name}, rows weighted", batch_of)

SUMS = {
    "cross-entropy": ("labels", lambda z, t: F.cross_entropy(z, t, reduction="sum"), ones),
    "cross-entropy of all": (
        "some",
        lambda z, t: F.cross_entropy(
            z, t, weight=CLASS_WEIGHTS, label_smoothing=0.2, ignore_index=-1, reduction="sum"
        ),
        of_labels(answers["some"], CLASS_WEIGHTS, -1),
    ),
    "squared": ("numbers", lambda y, t: F.mse_loss(y, t, reduction="sum"), ones),
    "huber": ("numbers", lambda y, t: F.huber_loss(y, t, reduction="sum"), ones),
    "binary": ("shares", lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction="sum"), ones),
    "kl": ("sparse", lambda y, t: F.kl_div(y, t, reduction="sum"), ones),
}
for name, (answer, sum_of, counts) in SUMS.items():
    row_loss = LOSSES[name][2]

    def sums_of(ends, rows):
        t = answers[answer][rows]
        reported, total = weighted_mean(row_loss(ends[0], t), counts[rows])
        return reported, sum_of(ends[0], t) if total > 0 else None

    train(f"train {name}, summed", sums_of, rate=0.01)


def two_heads(ends, rows):
    some = answers["some"].clone()
    some[ROWS - 1] = -1  # the last batch has no label at all
    losses = cross_entropy(ends[0], some[rows], weight=CLASS_WEIGHTS, ignore_index=-1) * weights_of_two[rows]
    counts = of_labels(some, CLASS_WEIGHTS, -1) * weights_of_two
    first, _ = weighted_mean(losses, counts[rows])
    other, _ = weighted_mean(squared(ends[1], second[rows]) * weights_of_two[rows], weights_of_two[rows])
    return first + 0.3 * other, first + 0.3 * other


weights_of_two = ones
train("train two heads", two_heads, heads=2)
weights_of_two = weights.clone()
weights_of_two[ROWS - 1] = 2
train("train two heads, rows weighted", two_heads, heads=2)

tensors |= {"x": f32(x), "weights": f32(weights), "second": f32(second)}
tensors |= {f"initial.{name}": f32(value) for name, value in initial.items()}
tensors |= {f"answers.{name}": f32(value) for name, value in answers.items()}
write("losses.safetensors", tensors, {"made_by": "scripts/golden/losses.py"})
