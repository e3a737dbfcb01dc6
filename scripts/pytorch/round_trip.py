"""PyTorch → file → Neurite → file → PyTorch: weights of networks, small and of usual size, as .pt and as safetensors.

For each network: Neurite takes the file that PyTorch wrote, and its outputs are compared with PyTorch's; PyTorch takes
the file that Neurite wrote, with load_state_dict(strict=True) into a new network, and every tensor is compared bit by
bit. The networks are those of twins.py, and of PytorchTwins.java in core's tests.

Run with Debian's python3-torch, python3-torchvision and python3-safetensors, after the tests of core are compiled
(mvn test-compile -pl core -am):
/usr/bin/python3 scripts/pytorch/round_trip.py [core/target]
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file

from twins import large, prepared, small

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "core/target"
CLASSES = [TARGET / name for name in ("classes", "test-classes")]
torch.manual_seed(1)
torch.set_num_threads(1)
networks = prepared({**small(), **large()})

with tempfile.TemporaryDirectory() as folder, torch.no_grad():
    folder = pathlib.Path(folder)
    expected = {}
    for name, (module, x) in networks.items():
        expected[name] = module(x)
        state = module.state_dict()
        torch.save(state, folder / f"{name}.pt", _use_new_zipfile_serialization=len(expected) % 2 == 0)
        save_file({k: v.clone().contiguous() for k, v in state.items()}, folder / f"{name}.safetensors")
        save_file({"x": x.float()}, folder / f"{name}-io.safetensors")
    java = pathlib.Path(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    path = os.pathsep.join(str(each) for each in CLASSES)
    subprocess.run([java, "-cp", path, "dev.neurite.io.PytorchTwins", folder], check=True)

    fresh = {**small(), **large()}
    print(f"{'network':16} {'tensors':>8} {'numbers':>12} {'not the same bits':>18} {'outputs differ by':>18}")
    failed = []
    for name, (module, x) in networks.items():
        here = load_file(folder / f"{name}-here.safetensors")["y"]
        scale = max(1, expected[name].abs().max().item())
        difference = (here - expected[name]).abs().max().item() / scale
        back = load_file(folder / f"{name}-back.safetensors")
        if name == "images":  # a dropout that the twin has not: its last layer has another number
            back = {key.replace("6.", "7."): value for key, value in back.items()}
        other = fresh[name][0].eval()
        other.load_state_dict(back, strict=True)
        counted = {k: v for k, v in other.state_dict().items() if not k.endswith("num_batches_tracked")}
        wrong = [k for k, v in counted.items() if not torch.equal(v, module.state_dict()[k])]
        same = torch.equal(other(x), expected[name])
        count = sum(v.numel() for v in counted.values())
        print(f"{name:16} {len(counted):8} {count:12,} {len(wrong):18} {difference:18.1e}")
        if wrong or difference > 1e-5 or not same:
            failed.append(name)
    if failed:
        raise SystemExit(f"failed: {failed}")
