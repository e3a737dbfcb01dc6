#!/usr/bin/python3
"""OpenBLAS's side of `neurite bench`, through NumPy: products of float32 matrices, a line of JSON for each.

A figure is the median of five rounds after a warm-up. OpenBLAS takes its number of threads from OPENBLAS_NUM_THREADS. Fails
where NumPy multiplies by something else.

usage: openblas_gemm.py [--seconds S] gemm/256 | dense/2048x384x1536 | batched/48x64x64x256
       openblas_gemm.py --build       prints what OpenBLAS is built for: OpenMP or pthreads
"""
import argparse
import json
import os
import statistics
import sys
import time

import numpy

import blas


def measure(a, b, seconds):
    """GFLOP/s of a·b, with two operations a multiply-add."""
    c = numpy.matmul(a, b)

    def once(seconds):
        times, start = 0, time.perf_counter()
        while True:
            numpy.matmul(a, b, out=c)
            times += 1
            elapsed = time.perf_counter() - start
            if elapsed >= seconds:
                return 2e-9 * c.size * a.shape[-1] * times / elapsed

    once(2 * seconds)
    return round(statistics.median(once(seconds) for _ in range(5)), 1)


def products(case):
    """The operands of each figure of a case.

    Raises ValueError for what is none.
    """
    random = numpy.random.default_rng(0)
    kind, _, sizes = case.partition("/")
    sizes = [int(size) for size in sizes.split("x")]

    def matrix(*shape):
        return random.standard_normal(shape, numpy.float32)

    match kind, sizes:
        case "gemm", [n]:
            return {"gflops": (matrix(n, n), matrix(n, n))}
        case "dense", [rows, inputs, outputs]:
            x, w, dy = matrix(rows, inputs), matrix(outputs, inputs), matrix(rows, outputs)
            return {"plain_gflops": (x, matrix(inputs, outputs)), "changing_gflops": (x, w.T), "gradient_gflops": (dy.T, x)}
        case "batched", [count, rows, inner, columns]:
            a, b = matrix(count, rows, inner), matrix(count, inner, columns)
            return {"gflops": (a, b), "plain_gflops": (a.reshape(count * rows, inner), b[0])}
    raise ValueError(f"expects gemm/n, dense/rows x inputs x outputs, or batched/count x rows x inner x columns, got '{case}'")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", nargs="?", default="gemm/256")
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--build", action="store_true")
    options = parser.parse_args()
    found = blas.openblas()
    if found is None:
        sys.exit("NumPy does not multiply by OpenBLAS")
    if options.build:
        print(found[1])
        return
    try:
        figures = {figure: measure(a, b, options.seconds) for figure, (a, b) in products(options.case).items()}
    except ValueError as error:
        parser.error(str(error))
    threads = int(os.environ.get("OPENBLAS_NUM_THREADS", os.cpu_count()))
    print(json.dumps({"case": options.case, "threads": threads, "engine": found[0], **figures}), flush=True)


if __name__ == "__main__":
    main()
