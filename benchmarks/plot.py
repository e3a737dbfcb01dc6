#!/usr/bin/python3
"""Draws the plots of performance-figures.md from results.json, and prints the names of those that have something to show.

usage: plot.py RESULTS.JSON DIRECTORY     (needs matplotlib)
"""
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update(
    {
        **{"svg.hashsalt": "neurite", "svg.fonttype": "none", "figure.facecolor": "white", "font.size": 9, "axes.grid": True},
        **{"grid.color": "#dddddd", "axes.axisbelow": True, "legend.frameon": False, "figure.constrained_layout.use": True},
    }
)

from matplotlib import pyplot
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

import roofline
from cases import BATCHED, BATCHES, DEPTHS, PREDICTIONS, SHARED, SIZES, STEPS, WIDTHS, counts
from results import Results

PEERS = {
    "neurite": ("Neurite", "#c0392b", "o"),
    "pytorch": ("PyTorch", "#2471a3", "s"),
    "djl": ("DJL/libtorch", "#5dade2", "^"),
    "dl4j": ("DL4J", "#b7950b", "v"),
    "onnxruntime": ("onnxruntime", "#7d3c98", "D"),
    "openblas": ("OpenBLAS", "#2471a3", "s"),
}
FIGURES = {"train_ms": "training step", "infer_ms": "prediction"}
PLAIN = FuncFormatter(lambda value, _: f"{value:g}")


def line(axes, side, points, style="-"):
    """One side's points, those that were measured; tells whether there are any."""
    points = [(x, y) for x, y in points if y is not None]
    if points:
        title, color, marker = PEERS[side]
        axes.plot(*zip(*points), style, color=color, marker=marker, markersize=4, linewidth=1.5, label=title)
    return bool(points)


def logarithmic(axes, xs, x_label, y_label):
    """Both axes; the one of x has a tick for each of xs."""
    doublings(axes, xs)
    axes.set_yscale("log")
    plain(axes.yaxis)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)


def doublings(axes, xs):
    axes.set_xscale("log", base=2)
    axes.set_xticks(xs)
    axes.xaxis.set_major_formatter(PLAIN)
    axes.xaxis.set_minor_locator(NullLocator())


def plain(axis):
    """Ticks at 1, 2 and 5 of each power of ten, at 1 alone if they are many; written out. After all that is drawn."""
    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1000 * low else (1,)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(PLAIN)


def sweep(results, x_label, y_label, panels):
    """Steps and predictions of Neurite and PyTorch. A panel is a title, the cases by their x with their threads, and
    what a time is divided by."""
    figure, grid = pyplot.subplots(len(panels), 2, figsize=(8, 2.9 * len(panels)), squeeze=False)
    some = False
    for axes_of_row, (title, cases, divisor) in zip(grid, panels):
        for axes, (field, what) in zip(axes_of_row, FIGURES.items()):
            for side in ("neurite", "pytorch"):
                points = []
                for x, (case, threads) in cases.items():
                    ms = results.median(case, threads, field, side)
                    points.append((x, None if ms is None else ms / divisor(x)))
                some |= line(axes, side, points)
            axes.set_title(f"{title}: {what}")
            logarithmic(axes, list(cases), x_label, y_label)
            if axes.lines:
                axes.legend()
    return figure if some else None


def batch(results):
    def panel(network):
        return network, {rows: (f"{network}/b{rows}", results.every) for rows in BATCHES}, lambda rows: rows / 1000

    return sweep(results, "rows of the batch", "µs a row", [panel(network) for network in BATCHED])


def width(results):
    cases = {units: (case, results.every) for case, units in WIDTHS.items()}
    return sweep(results, "units of the hidden layer", "ms", [("784-width-10", cases, lambda _: 1)])


def depth(results):
    cases = {layers: (case, results.every) for case, layers in DEPTHS.items()}
    return sweep(results, "hidden layers", "ms", [("layers of 256", cases, lambda _: 1)])


def threads(results):
    panels = [(case, {n: (case, n) for n in counts(results.every)}, lambda _: 1) for case in SHARED]
    return sweep(results, "threads", "ms", panels)


def products(results):
    figure, grid = pyplot.subplots(1, 2, figsize=(8, 3.2))
    some = False
    for axes, number in zip(grid, sorted({1, results.every})):
        for side in ("neurite", "openblas"):
            points = [(n, results.median(f"gemm/{n}", number, "gflops", side)) for n in SIZES]
            some |= line(axes, side, points)
        peak = roofline.peak(results, number)
        if peak:
            axes.axhline(peak, color="#555555", linestyle=":", label="fma peak")
        axes.set_title("1 thread" if number == 1 else f"{number} threads")
        doublings(axes, SIZES)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("rows and columns")
        axes.set_ylabel("GFLOP/s")
        if axes.lines:
            axes.legend(loc="lower right")
    return figure if some else None


def cases(results):
    """Bars: each peer's time as a multiple of Neurite's."""
    figure, grid = pyplot.subplots(1, 2, figsize=(9, 9.6))
    some = False
    sides = {"train_ms": ("pytorch", "djl", "dl4j"), "infer_ms": ("pytorch", "djl", "dl4j", "onnxruntime")}
    for axes, (field, what), names in zip(grid, FIGURES.items(), (STEPS, PREDICTIONS)):
        names = [case for case in names if results.values(case, results.every, field, "neurite")]
        height = 0.8 / len(sides[field])
        for offset, side in enumerate(sides[field]):
            title, color, _ = PEERS[side]
            ratios = {i: results.ratio(case, results.every, field, [side]) for i, case in enumerate(names)}
            bars = {i + offset * height: ratio for i, ratio in ratios.items() if ratio is not None}
            if bars:
                some = True
                beyond = [ratio - 1 for ratio in bars.values()]
                drawn = axes.barh(list(bars), beyond, height, left=1, align="edge", color=color, label=title)
                axes.bar_label(drawn, [f"{ratio:.3g}" for ratio in bars.values()], padding=2, fontsize=7)
        axes.axvline(1, color=PEERS["neurite"][1], linewidth=1.5)
        axes.set_xscale("log")
        axes.set_yticks([i + 0.4 for i in range(len(names))], names)
        axes.invert_yaxis()
        axes.margins(x=0.15, y=0.02)
        plain(axes.xaxis)
        axes.grid(axis="y", visible=False)
        axes.set_title(what)
        axes.set_xlabel("times as long as Neurite")
        if axes.patches:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=4, fontsize=8, columnspacing=1)
    return figure if some else None


def roofs(results):
    """What layers reach against the FLOPs that they have for each byte."""
    peak, bandwidth = roofline.peak(results), roofline.bandwidth(results)
    if not (peak and bandwidth):
        return None
    figure, axes = pyplot.subplots(figsize=(8, 5))
    colors = pyplot.get_cmap("tab10")
    xs = []
    for i, case in enumerate(STEPS):
        for phase, marker in (("forward", "o"), ("backward", "x")):
            points = [
                (work.intensity, work.gflops)
                for work in roofline.work(results, case)
                if work.phase == phase and work.flops and work.bytes and work.ms
            ]
            if points:
                xs += [x for x, _ in points]
                axes.plot(*zip(*points), marker, color=colors(i), markersize=5, label=f"{case} {phase}")
    if not xs:
        return None
    low, high = min(xs) / 2, max(*xs, peak / bandwidth) * 2
    corner = peak / bandwidth
    axes.plot([low, corner, high], [bandwidth * low, peak, peak], color="#333333", linewidth=1.5)
    axes.annotate(f"fma peak, {peak:.0f} GFLOP/s", (high, peak), (0, 4), textcoords="offset points", ha="right")
    axes.annotate(
        f"memory, {bandwidth:.0f} GB/s", (low, bandwidth * low), (6, -4), textcoords="offset points", va="top"
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    plain(axes.xaxis)
    plain(axes.yaxis)
    axes.set_xlabel("FLOP for each byte read or written")
    axes.set_ylabel("GFLOP/s")
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def main(results, directory):
    results = Results.read(Path(results))
    draw = {
        **{"products": products, "cases": cases, "batch": batch, "width": width},
        **{"depth": depth, "threads": threads, "roofline": roofs},
    }
    for name, drawing in draw.items():
        figure = drawing(results)
        if figure:
            figure.savefig(Path(directory) / f"{name}.svg", metadata={"Date": None})
            print(name)


main(*sys.argv[1:])
