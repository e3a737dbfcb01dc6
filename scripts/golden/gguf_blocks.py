"""Blocks of GGUF's formats of whole numbers, and the floats that ggml makes of them.

A line is a format, the bytes of its blocks and the floats (little-endian), both hexadecimal. The first two lines of a format
are normal numbers as ggml quantizes them, the others random bits, with scales around 0.01 and 10⁻⁶.

Needs ggml's exported functions: libjllama.so from the jar of de.kherud:llama:4.2.0 (llama.cpp b4916), and NumPy.
Run: python3 scripts/golden/gguf_blocks.py LIBJLLAMA
"""

import ctypes
import pathlib
import sys

import numpy as np

TO = pathlib.Path(__file__).resolve().parents[2] / "core/src/test/resources/golden/gguf-blocks.txt"
FORMATS = {  # columns and bytes of a block, where its scales are
    "Q8_0": (32, 34, [0]),
    "Q4_0": (32, 18, [0]),
    "Q4_1": (32, 20, [0, 2]),
    "Q5_0": (32, 22, [0]),
    "Q5_1": (32, 24, [0, 2]),
    "Q4_K": (256, 144, [0, 2]),
    "Q5_K": (256, 176, [0, 2]),
    "Q6_K": (256, 210, [208]),
}
ggml = ctypes.CDLL(sys.argv[1])
ggml.llama_backend_init()  # fills its table of half floats
random = np.random.default_rng(44)


def call(function, x, y, n):
    getattr(ggml, function)(x.ctypes.data_as(ctypes.c_void_p), y.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(n))


lines = []
for name, (columns, size, scales) in FORMATS.items():
    ggml_name = name[0].lower() + name[1:]
    for i in range(4):
        blocks = 2 if columns == 32 else 1
        n = columns * blocks
        stored = np.zeros(size * blocks, np.uint8)
        if i < 2:
            x = (random.standard_normal(n) * 0.05).astype(np.float32)
            call(f"quantize_row_{ggml_name}_ref", x, stored, n)
        else:
            stored[:] = random.integers(0, 256, size * blocks)
            for at in [block * size + scale for block in range(blocks) for scale in scales]:
                half = np.float16(random.standard_normal() * (0.01 if i == 2 else 1e-6))
                stored[at : at + 2] = np.frombuffer(half.tobytes(), np.uint8)
        y = np.empty(n, np.float32)
        call(f"dequantize_row_{ggml_name}", stored, y, n)
        lines.append(f"{name} {stored.tobytes().hex()} {y.astype('<f4').tobytes().hex()}\n")
TO.write_text("".join(lines))
