#!/usr/bin/python3
"""OpenBLAS's side of `neurite bench gemm`, through NumPy: products of square float32 matrices, a line of JSON for each.

A figure is the median of five rounds after a warm-up. OpenBLAS takes its number of threads from OPENBLAS_NUM_THREADS. Fails
where NumPy multiplies by something else.

usage: openblas_gemm.py [--seconds S] [PART]
"""
import argparse
import ctypes
import json
import os
import re
import statistics
import sys
import time

import numpy

SIZES = (64, 128, 256, 512, 1024, 2048)


def gflops(a, b, c, seconds):
    times, start = 0, time.perf_counter()
    while True:
        numpy.matmul(a, b, out=c)
        times += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return 2e-9 * len(a) ** 3 * times / elapsed


def version():
    """What OpenBLAS calls itself, of the library that NumPy has loaded."""
    with open("/proc/self/maps") as maps:
        paths = {match[0] for line in maps if (match := re.search(r"/\S*(blas|openblas)\S*\.so\S*", line))}
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        for name in ("openblas_get_config", "openblas_get_config64_", "scipy_openblas_get_config64_"):
            if hasattr(library, name):
                config = getattr(library, name)
                config.restype = ctypes.c_char_p
                return " ".join(config().decode().split()[:2]).lower()  # openblas 0.3.29
    sys.exit(f"NumPy has no OpenBLAS, but {', '.join(sorted(paths)) or 'no library that says so'}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--seconds", type=float, default=0.6)
    options = parser.parse_args()
    engine = version()
    names = [f"gemm/{n}" for n in SIZES]
    random = numpy.random.default_rng(0)
    for n, name in zip(SIZES, names):
        if name != options.part if options.part in names else options.part not in name:
            continue
        a, b = (random.standard_normal((n, n), numpy.float32) for _ in range(2))
        c = numpy.empty((n, n), numpy.float32)
        gflops(a, b, c, 2 * options.seconds)
        line = {
            "case": name,
            "threads": int(os.environ.get("OPENBLAS_NUM_THREADS", os.cpu_count())),
            "engine": engine,
            "gflops": round(statistics.median(gflops(a, b, c, options.seconds) for _ in range(5)), 1),
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
