"""Dense layers with adapters of low rank (LoRA) in plain PyTorch, float64: outputs, gradients and two steps of AdamW.

Written after the paper and the documentation of PEFT: y = g(x·Wᵀ + b + alpha/rank · x·Aᵀ·Bᵀ), W and b frozen.
Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/lora.py
"""

import random

import torch

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(44)
ROWS, INPUTS, HIDDEN, OUTPUTS, RANK, ALPHA = 6, 9, 7, 4, 3, 5

x = normal(source, ROWS, INPUTS).requires_grad_()
shapes = {
    "dense1.weight": (HIDDEN, INPUTS),
    "dense1.bias": (HIDDEN,),
    "dense1.lora_A.weight": (RANK, INPUTS),
    "dense1.lora_B.weight": (HIDDEN, RANK),
    "dense2.weight": (OUTPUTS, HIDDEN),
    "dense2.bias": (OUTPUTS,),
    "dense2.lora_A.weight": (RANK, HIDDEN),
    "dense2.lora_B.weight": (OUTPUTS, RANK),
}
p = {name: normal(source, *shape, scale=0.5) for name, shape in shapes.items()}
adapters = {name: value.requires_grad_() for name, value in p.items() if "lora" in name}


def layer(name, h):
    w, b, a, up = (p[f"{name}.{part}"] for part in ("weight", "bias", "lora_A.weight", "lora_B.weight"))
    return h @ w.T + b + ALPHA / RANK * (h @ a.T @ up.T)


optimizer = torch.optim.AdamW(adapters.values(), lr=0.05, weight_decay=0.1)
tensors = {"x": f32(x)} | {f"before.{name}": f32(value) for name, value in p.items()}
for step in (1, 2):
    dy = normal(source, ROWS, OUTPUTS)
    x.grad = None
    optimizer.zero_grad()
    y = layer("dense2", torch.tanh(layer("dense1", x)))
    y.backward(dy)
    tensors |= {f"{step}.dy": f32(dy), f"{step}.y": f32(y), f"{step}.dx": f32(x.grad)}
    tensors |= {f"{step}.gradient.{name}": f32(value.grad) for name, value in adapters.items()}
    optimizer.step()
    tensors |= {f"{step}.after.{name}": f32(value) for name, value in adapters.items()}
write("lora.safetensors", tensors, {"made_by": "scripts/golden/lora.py"})
