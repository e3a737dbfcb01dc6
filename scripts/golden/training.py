"""What goes on beside the optimizer's rule, in PyTorch: parameter groups, freezing, clipping, accumulated batches,
averages, penalties and norm constraints. The loss of every step, the final parameters, and their mean where one is kept.

The net and the 17 rows of trajectories.py, mostly in batches of 4 (the last has one row) for four epochs. Computed in
float64 from float32 numbers. Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/training.py
"""

import random

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from golden import f32, normal, write

ROWS = 17

source = random.Random(2)
x = normal(source, ROWS, 5)
initial = {
    "dense1.weight": normal(source, 7, 5, scale=0.6),
    "dense1.bias": normal(source, 7, scale=0.1),
    "dense2.weight": normal(source, 3, 7, scale=0.6),
    "dense2.bias": normal(source, 3, scale=0.1),
}
labels = torch.tensor([source.randrange(3) for _ in range(ROWS)])


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dense1 = torch.nn.Linear(5, 7)
        self.dense2 = torch.nn.Linear(7, 3)
        self.double()
        self.load_state_dict(initial)

    def forward(self, rows):
        return self.dense2(torch.tanh(self.dense1(rows)))


tensors = {"x": f32(x), "labels": f32(labels)}
tensors |= {f"initial.{name}": f32(value) for name, value in initial.items()}


class Case:
    """A training with nothing special; each case below changes one or two of its methods."""

    batch = 4  # rows a backward
    accumulated = 1  # backwards a step
    epochs = 4

    def optimizer(self, net):
        return torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

    def average(self, net):
        return None

    def begin_epoch(self, net, epoch):
        pass

    def penalty(self, net):
        return 0

    def clip(self, net):
        pass

    def constrain(self, net):
        pass

    def after_step(self, net, mean):
        pass

    def end_epoch(self, net, mean, epoch):
        pass

    def run(self):
        """The trained net, the mean or None, and the loss of each step."""
        net = Net()
        optimizer = self.optimizer(net)
        mean = self.average(net)
        losses = []
        for epoch in range(1, self.epochs + 1):
            self.begin_epoch(net, epoch)
            for start in range(0, ROWS, self.batch * self.accumulated):
                end = min(ROWS, start + self.batch * self.accumulated)
                optimizer.zero_grad()
                reported = 0
                for part in range(start, end, self.batch):
                    rows = slice(part, min(end, part + self.batch))
                    loss = F.cross_entropy(net(x[rows]), labels[rows], reduction="sum") / (end - start)
                    loss.backward()
                    reported += loss.item()
                penalty = self.penalty(net)
                if torch.is_tensor(penalty):
                    penalty.backward()
                self.clip(net)
                optimizer.step()
                with torch.no_grad():
                    self.constrain(net)
                self.after_step(net, mean)
                losses.append(reported)
            self.end_epoch(net, mean, epoch)
        return net, mean, losses


def groups(net, rate, decay):
    """A fifth of the rate for the first layer, three times the decay for the second, none for biases."""
    return [
        {"params": [net.dense1.weight], "lr": rate * 0.2, "weight_decay": decay},
        {"params": [net.dense1.bias], "lr": rate * 0.2, "weight_decay": 0},
        {"params": [net.dense2.weight], "lr": rate, "weight_decay": decay * 3},
        {"params": [net.dense2.bias], "lr": rate, "weight_decay": 0},
    ]


class GroupsAdam(Case):
    def optimizer(self, net):
        return torch.optim.Adam(groups(net, 0.02, 0.1))


class GroupsAdamW(Case):
    def optimizer(self, net):
        return torch.optim.AdamW(groups(net, 0.02, 0.5))


class GroupsMomentum(Case):
    def optimizer(self, net):
        return torch.optim.SGD(groups(net, 0.1, 0.05), momentum=0.9, dampening=0.1)


class Thaw(Case):
    """The first layer learns from the second epoch on."""

    def begin_epoch(self, net, epoch):
        net.dense1.requires_grad_(epoch > 1)


class ThawAdam(Thaw):
    def optimizer(self, net):
        return torch.optim.Adam(net.parameters(), lr=0.02, weight_decay=0.1)


class ThawMomentum(Thaw):
    def optimizer(self, net):
        return torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, dampening=0.5)


class FreezeAdam(Case):
    """The second layer's bias learns for two epochs, the first layer in the second and third."""

    def optimizer(self, net):
        return torch.optim.AdamW(net.parameters(), lr=0.02, weight_decay=0.5)

    def begin_epoch(self, net, epoch):
        net.dense1.requires_grad_(2 <= epoch <= 3)
        net.dense2.bias.requires_grad_(epoch <= 2)


class Clipped(Case):
    """Checks that the limit limits some steps, and not all."""

    factors = None

    def clip(self, net):
        before = [p.grad.clone() for p in net.parameters() if p.grad is not None]
        self.limit(net)
        after = [p.grad for p in net.parameters() if p.grad is not None]
        self.factors = (self.factors or []) + [all(torch.equal(a, b) for a, b in zip(before, after))]

    def run(self):
        result = super().run()
        assert any(self.factors) and not all(self.factors), (type(self).__name__, self.factors)
        return result


class ClipValue(Clipped):
    def limit(self, net):
        clip_grad_value_(net.parameters(), 0.25)


class ClipNorm(Clipped):
    def limit(self, net):
        for parameter in net.parameters():
            clip_grad_norm_(parameter, 0.5)


class ClipGlobalNorm(Clipped):
    def limit(self, net):
        clip_grad_norm_(net.parameters(), 0.8)


class ClipGlobalNormThaw(Thaw, Clipped):
    def limit(self, net):
        clip_grad_norm_(net.parameters(), 0.7)


class AccumulateFour(Case):
    """Steps of 8, 8 and 1 rows."""

    batch, accumulated, epochs = 2, 4, 7


class AccumulateThree(Case):
    """Steps of 6, 6 and 5 rows: the last of these is 2, 2 and 1."""

    batch, accumulated, epochs = 2, 3, 7


class Ema(Case):
    def average(self, net):
        return AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.9))

    def after_step(self, net, mean):
        mean.update_parameters(net)


class Swa(Case):
    def average(self, net):
        return AveragedModel(net)

    def end_epoch(self, net, mean, epoch):
        if epoch >= 2:
            mean.update_parameters(net)


def elastic(parameters, l1, l2):
    return sum(l1 * p.abs().sum() + 0.5 * l2 * (p**2).sum() for p in parameters)


class L1(Case):
    def penalty(self, net):
        return elastic([net.dense1.weight, net.dense2.weight], 0.02, 0)


class L2(Case):
    def penalty(self, net):
        return elastic([net.dense1.weight, net.dense2.weight], 0, 0.1)


class ElasticNetAdam(Case):
    def optimizer(self, net):
        return torch.optim.Adam(net.parameters(), lr=0.02)

    def penalty(self, net):
        return elastic([net.dense1.weight, net.dense1.bias], 0.02, 0.1)


class ElasticNetClipped(Clipped):
    def penalty(self, net):
        return elastic(net.parameters(), 0.02, 0.1)

    def limit(self, net):
        clip_grad_norm_(net.parameters(), 0.8)


class MaxNorm(Case):
    def constrain(self, net):
        for layer in (net.dense1, net.dense2):
            layer.weight.copy_(torch.renorm(layer.weight, 2, 0, 1.2))


class UnitNorm(Case):
    """w / ‖w‖ for each unit of the second layer: Keras's constraint, without its 10⁻⁷."""

    def constrain(self, net):
        w = net.dense2.weight.numpy()
        w /= np.sqrt((w * w).sum(axis=1, keepdims=True))


plain, _, _ = Case().run()
for case in (
    GroupsAdam, GroupsAdamW, GroupsMomentum, ThawAdam, ThawMomentum, FreezeAdam, ClipValue, ClipNorm, ClipGlobalNorm,
    ClipGlobalNormThaw, AccumulateFour, AccumulateThree, Ema, Swa, L1, L2, ElasticNetAdam, ElasticNetClipped, MaxNorm,
    UnitNorm,
):  # fmt: skip
    net, mean, losses = case().run()
    key = case.__name__
    tensors[f"{key}.losses"] = ("F32", [len(losses)], losses)
    tensors |= {f"{key}.{name}": f32(value) for name, value in net.named_parameters()}
    if mean is None:
        difference = max((a - b).abs().max() for a, b in zip(net.parameters(), plain.parameters()))
        assert difference > 0.01, (key, "does nothing")
    else:
        tensors |= {f"{key}.mean.{name}": f32(value) for name, value in mean.module.named_parameters()}
write("training.safetensors", tensors, {"made_by": "scripts/golden/training.py"})
