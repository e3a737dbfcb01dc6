"""A small network in PyTorch, its weights in PyTorch's layout, a batch and what PyTorch makes of it.

Computed in float64 from float32 numbers, so that the file does not depend on the processor.
Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/mlp.py
"""

import copy
import random

import torch

from golden import decoded, f32, normal, write


def network():
    return torch.nn.Sequential(
        torch.nn.Linear(6, 16),
        torch.nn.ReLU(),
        torch.nn.Linear(16, 11),
        torch.nn.Tanh(),
        torch.nn.Linear(11, 5),
    ).double()


for dtype in ("F32", "F64", "F16", "BF16"):
    source = random.Random(1)
    model = network()
    with torch.no_grad():
        for parameter in model.parameters():
            raw = [source.gauss(0, 0.5) for _ in range(parameter.numel())]
            parameter.copy_(torch.tensor(decoded(raw, dtype), dtype=torch.float64).reshape(parameter.shape))
        x = normal(source, 9, 6)
        logits = model(x)
        single = copy.deepcopy(model).float()(x.float())
        assert torch.allclose(single.double(), logits, rtol=0, atol=5e-6), "float32 and float64 differ"
    tensors = {
        name: (dtype, list(value.shape), value.reshape(-1).tolist()) for name, value in model.state_dict().items()
    }
    tensors["x"] = f32(x)
    tensors["logits"] = f32(logits)
    tensors["probabilities"] = f32(torch.softmax(logits, 1))
    write(f"mlp-{dtype.lower()}.safetensors", tensors, {"made_by": "scripts/golden/mlp.py"})
