"""Writes golden files: the safetensors format by hand, so that no code under test has a part in them."""

import json
import math
import pathlib
import random
import struct

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "core/src/test/resources/golden"


def bf16(value):
    """The nearest bfloat16 (ties to even) as its 16 bits."""
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16


ENCODERS = {
    "F32": lambda values: struct.pack(f"<{len(values)}f", *values),
    "F64": lambda values: struct.pack(f"<{len(values)}d", *values),
    "F16": lambda values: struct.pack(f"<{len(values)}e", *values),
    "BF16": lambda values: struct.pack(f"<{len(values)}H", *map(bf16, values)),
}


def decoded(values, dtype):
    """The values as a reader of this type sees them."""
    data = ENCODERS[dtype](values)
    if dtype == "BF16":
        halves = struct.unpack(f"<{len(values)}H", data)
        return [struct.unpack("<f", struct.pack("<I", half << 16))[0] for half in halves]
    code = {"F32": "f", "F64": "d", "F16": "e"}[dtype]
    return list(struct.unpack(f"<{len(values)}{code}", data))


def write(name, tensors, metadata):
    """Writes tensors, given as name: (dtype, shape, flat list of numbers)."""
    header = {"__metadata__": metadata}
    data = b""
    for key, (dtype, shape, values) in tensors.items():
        assert len(values) == math.prod(shape), (key, shape, len(values))
        encoded = ENCODERS[dtype](values)
        header[key] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(encoded)]}
        data += encoded
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(name, 8 + len(text) + len(data), "bytes")


def f32(tensor):
    """A torch tensor as an entry for write."""
    return ("F32", list(tensor.shape), [float(v) for v in tensor.detach().double().reshape(-1)])


def normal(source: random.Random, *shape, scale=1.0):
    """Normally distributed float32 numbers that depend on Python's generator alone, as a float64 tensor."""
    import torch

    values = [source.gauss(0, scale) for _ in range(math.prod(shape))]
    return torch.tensor(decoded(values, "F32"), dtype=torch.float64).reshape(shape)
