"""Files of torch.save, each beside what it means in the safetensors format, for core's PytorchFileTest and
PytorchTwinsTest: every type of number, views of shared numbers, both forms, checkpoints, and what is refused; and the
weights of the example PytorchWeights.

Run with Debian's python3-torch: /usr/bin/python3 scripts/pytorch/golden.py
"""

import pathlib
import sys

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "golden"))
from golden import FOLDER, f32, write  # noqa: E402
from twins import prepared, small  # noqa: E402

torch.manual_seed(1)
torch.set_num_threads(1)
folder = FOLDER / "pytorch"
folder.mkdir(exist_ok=True)

numbers = [0, 1, 100, 3, 4, 5]
whole = torch.arange(24.0).reshape(2, 3, 4)
shared = torch.randn(10)
state = {
    **{
        str(dtype)[6:]: torch.tensor(numbers).to(dtype).reshape(2, 3)
        for dtype in [
            torch.float32,
            torch.float64,
            torch.float16,
            torch.bfloat16,
            torch.int64,
            torch.int32,
            torch.int16,
            torch.int8,
            torch.uint8,
            torch.bool,
        ]
    },
    "third": (torch.tensor([1.0, -2.0]) / 3),
    "third64": (torch.tensor([1.0, -2.0], dtype=torch.float64) / 3),
    "minus": torch.tensor([-1, -(2**40)]),
    "transposed": whole.permute(2, 0, 1),
    "sliced": whole[:, 1:, ::2],
    "expanded": torch.tensor([1.0, 2.0]).reshape(2, 1).expand(2, 3),
    "shared.a": shared[:4],
    "shared.b": shared[2:8],
    "shared.again": shared[:4],
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
    "special": torch.tensor([torch.inf, -torch.inf, -0.0]),
    "parameter": nn.Parameter(torch.randn(3)),
    "größe": torch.tensor([1.0]),
}


def save(name, value, **options):
    torch.save(value, folder / name, **options)
    print(name, (folder / name).stat().st_size, "bytes")


new = {
    "uint16": torch.tensor([65535, 1], dtype=torch.uint16),
    "uint32": torch.tensor([2**32 - 1, 1], dtype=torch.uint32),
    "uint64": torch.tensor([2**63, 1], dtype=torch.uint64),
    "float8_e4m3fn": torch.tensor([1.5, -448]).to(torch.float8_e4m3fn),
    "float8_e5m2": torch.tensor([1.5, -57344]).to(torch.float8_e5m2),
}
save("types.pt", {**state, **new})
save("types-legacy.pt", state, _use_new_zipfile_serialization=False)
save("types-protocol4.pt", state, pickle_protocol=4)
write("pytorch/types.safetensors", {k: f32(v.to(torch.float64)) for k, v in {**state, **new}.items()}, {})

model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
optimizer = torch.optim.Adam(model.parameters())
model(torch.randn(4, 3)).sum().backward()
optimizer.step()
checkpoint = {
    "epoch": 3,
    "best": 0.75,
    "history": [0.5, 0.25],
    "model": model.state_dict(),
    "ema": {"shadow": {k: v + 1 for k, v in model.state_dict().items()}},
    "optimizer": optimizer.state_dict(),
    "scheduler": torch.optim.lr_scheduler.MultiStepLR(optimizer, [1, 2]).state_dict(),
}
save("checkpoint.pt", checkpoint)
save("nested.pt", {"trainer": {"step": 1, "net": model.state_dict()}})
save("two.pt", {"generator": model.state_dict(), "critic": model.state_dict()})
save("module.pt", model)
save("tensor.pt", model.state_dict()["0.weight"])
z = torch.complex(torch.tensor([1.0, -2.5]), torch.tensor([1.0, 3.0]))
save("negated.pt", {"imag": z.conj().imag, "real": z.conj().real}, _use_new_zipfile_serialization=False)
save("complex.pt", {"z": torch.zeros(2, dtype=torch.complex64)})
save("sparse.pt", {"s": torch.eye(3).to_sparse()})
torch.serialization.set_crc32_options(False)
save("without-crc.pt", {"third": state["third"]})
torch.serialization.set_crc32_options(True)

examples = FOLDER.parents[4] / "examples/src/main/resources/dev/neurite/examples"
examples.mkdir(parents=True, exist_ok=True)
fc = nn.ModuleDict({"fc1": nn.Linear(4, 8), "fc2": nn.Linear(8, 3)})
torch.save(fc.state_dict(), examples / "weights.pt", _use_new_zipfile_serialization=False)

networks = prepared(small())
outputs = {}
with torch.no_grad():
    for name, (module, x) in networks.items():
        outputs[f"{name}.x"] = f32(x)
        outputs[f"{name}.y"] = f32(module(x))
states = {name: module.state_dict() for name, (module, _) in networks.items()}
save("twins.pt", states, _use_new_zipfile_serialization=False)
write("pytorch/twins.safetensors", outputs, {})
