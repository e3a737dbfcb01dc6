"""Twenty steps of training in PyTorch for each loss and some optimizers: the loss of every step and the final parameters.

On the small net of small_net.py. Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/trajectories.py
"""

import torch

from golden import f32, write
from small_net import LOSSES, initial, result, targets, train, x

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "sgd-decay": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam-decay": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.01),
}

tensors = {"x": f32(x)}
tensors |= {f"target.{name}": f32(value) for name, value in targets.items()}
tensors |= {f"initial.{name}": f32(value) for name, value in initial.items()}
for loss_name in LOSSES:
    for optimizer_name, make in OPTIMIZERS.items():
        tensors |= result(f"{loss_name}.{optimizer_name}", *train(loss_name, make))
write("trajectories.safetensors", tensors, {"made_by": "scripts/golden/trajectories.py"})
