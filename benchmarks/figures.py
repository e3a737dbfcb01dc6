#!/usr/bin/env python3
"""Writes the page performance-figures.md from the results of `benchmarks/compare --all`, and has plot.py draw its plots.

compare does so at its end; this does it again, without measuring.
"""
import argparse
import collections
import sys
from pathlib import Path

import engines
import roofline
from cases import BATCHED, BATCHES, DEPTHS, PREDICTIONS, PROCESS, SHARED, STEPS, WHOLE_PROCESS, WIDTHS, counts, product_aim
from engines import DJL, DL4J, ONNXRUNTIME, OPENBLAS, OURS, PYTORCH
from results import Results

ENOUGH = 0.6  # seconds of a round: the ten that `neurite bench` takes at the least then give the JVM time to compile

PLOTS = {
    "cases": "How many times as long peers take as Neurite; the line is where both are as fast.",
    "products": "Square products; dotted, what a loop of nothing but `fma` reaches.",
    "batch": "Microseconds for each row of a batch.",
    "width": "One hidden layer of a width, 784 inputs, 10 outputs, 128 rows.",
    "depth": "Hidden layers of 256, as many inputs, 10 outputs, 128 rows.",
    "threads": "Steps and predictions against threads.",
    "roofline": "Each layer's forward and backward beside what processor and memory allow. Above the slope are layers whose "
    "numbers are in caches.",
}


def number(value):
    """A figure with three digits that count."""
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 1000 else f"{value:#.3g}".rstrip(".")


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def rows(head, body):
    """A table; nothing without a body."""
    return [row(*head), row(*("---" for _ in head)), *(row(*cells) for cells in body), ""] if body else ["Not measured.", ""]


def judged(ratio, aim):
    """A ratio, what it should be, and whether it is."""
    if ratio is None:
        return "–", f"{aim}", "not measured"
    return f"{ratio:.2f}", f"{aim}", "met" if ratio >= aim else "**missed**"


class Page:
    """The page, section by section."""

    def __init__(self, results, plots):
        self.results = results
        self.plots = plots
        self.lines = []

    def add(self, *lines):
        self.lines += lines

    def median(self, case, field, engine, threads=None):
        return self.results.median(case, threads or self.results.every, field, engine.name)

    def plot(self, name):
        if name in self.plots:
            self.add(f"![{name}]({self.plots[name]})", "", PLOTS[name], "")

    def about(self):
        data, settings = self.results.data, self.results.data["settings"]
        rounds = collections.Counter((line["case"], line["threads"], line["side"]) for line in data["figures"]).values()
        least, most = min(rounds, default=0), max(rounds, default=0)
        more = f" Some cases were measured in more rounds, up to {most}." if most > least else ""
        made = f"--rounds {least} --seconds {settings['seconds']:g} --threads {settings['threads']}"
        self.add(
            "# Performance, in figures",
            "",
            f"Made by `benchmarks/compare --all {made} --optimizer {settings['optimizer']}` on {data['began']}; do not edit."
            f"{more}"
            " [Performance](performance.md) tells the method. All figures of all rounds are in the run's `results.json`.",
            "",
            "Times are medians of the rounds, in milliseconds. A ratio is the median of the rounds' ratios, above 1 where"
            " Neurite is the faster. Aims are for ratios to the best of PyTorch and DJL/libtorch in each round, for products"
            " to OpenBLAS.",
            "",
        )
        if settings["seconds"] < ENOUGH:
            self.add("**A trial, not a measurement:** with rounds this short Neurite is still compiled while it is measured.", "")
        self.add(*rows(("machine", ""), [(name, str(value)) for name, value in data["machine"].items()]))
        told = {}
        for line in data["figures"]:
            told.setdefault(line["side"], set()).add(line["engine"])
        peers = [engine for engine in engines.ALL[1:] if engine.name in told]
        versions = [(engine.title, ", ".join(sorted(told[engine.name]))) for engine in peers]
        self.add(*rows(("software", ""), [*data["software"].items(), *versions]))
        self.add(*(f"**Missing:** {name}: {why}\n" for name, why in data["missing"].items()))
        for each in data["failures"]:
            self.add(f"**Failed:** {each['engine']}, {each['case']}, round {each['round']}: {each['why']}\n")

    def products(self):
        self.add("## Products", "", "Square float32 matrices, GFLOP/s.", "")
        body = []
        for case in (case for case in self.results.cases() if case.startswith("gemm/")):
            for threads in self.results.threads(case):
                ours, theirs = (self.median(case, "gflops", each, threads) for each in (OURS, OPENBLAS))
                ratio = self.results.ratio(case, threads, "gflops", [OPENBLAS.name])
                body.append((case[5:], str(threads), number(ours), number(theirs), *judged(ratio, product_aim(threads))))
        body.sort(key=lambda cells: (int(cells[1]), int(cells[0])))
        self.add(*rows(("n", "threads", "Neurite", "OpenBLAS", "ratio", "aim", ""), body))
        self.plot("products")

    def networks(self, title, field, aims, peers):
        """Steps or predictions of networks that have an aim, which is beside the first two peers."""
        self.add(f"## {title}", "")
        body = []
        for case in aims:
            if self.median(case, field, OURS) is None:
                continue
            ratio = self.results.ratio(case, self.results.every, field, [PYTORCH.name, DJL.name])
            times = (number(self.median(case, field, each)) for each in (OURS, *peers))
            others = (self.results.ratio(case, self.results.every, field, [each.name]) for each in peers[2:])
            told = ("–" if other is None else f"{other:.2f}" for other in others)
            body.append((f"`{case}`", *times, *judged(ratio, aims[case]), *told))
        head = ("case", "Neurite", *(each.title for each in peers), "ratio", "aim", "")
        self.add(*rows((*head, *(f"to {each.title}" for each in peers[2:])), body))

    def process(self):
        self.add("## A whole process", "")
        what = "Fashion-MNIST, 784-128-10, Adam, batches of 128, 5 epochs"
        self.add(f"From its start to the accuracy on test images: {what}.", "")
        ours, theirs = (self.median(PROCESS, "process_s", each) for each in (OURS, PYTORCH))
        ratio = self.results.ratio(PROCESS, self.results.every, "process_s", [PYTORCH.name])
        accuracies = (self.median(PROCESS, "accuracy", each) for each in (OURS, PYTORCH))
        told = ("–" if each is None else f"{each:.4f}" for each in accuracies)
        cells = (number(ours), number(theirs), *judged(ratio, WHOLE_PROCESS), *told)
        head = ("Neurite, seconds", "PyTorch", "ratio", "aim", "", "accuracy", "PyTorch's")
        self.add(*rows(head, [cells] if ours else []))

    def sweep(self, title, name, what, cases):
        """Cost against something: what it is called, and its values with a case and threads each."""
        self.add(f"## {title}", "")
        body = []
        for label, case, threads in cases:
            cells = [label]
            for field in ("train_ms", "infer_ms"):
                cells += [number(self.median(case, field, each, threads)) for each in (OURS, PYTORCH)]
                ratio = self.results.ratio(case, threads, field, [PYTORCH.name])
                cells.append("–" if ratio is None else f"{ratio:.2f}")
            if any(self.median(case, "infer_ms", each, threads) for each in (OURS, PYTORCH)):
                body.append(cells)
        self.add(*rows((what, "step", "PyTorch", "ratio", "prediction", "PyTorch", "ratio"), body))
        self.plot(name)

    def roofline(self):
        self.add("## Roofline", "")
        peak, bandwidth = roofline.peak(self.results), roofline.bandwidth(self.results)
        if not (peak and bandwidth):
            self.add("Not measured.", "")
            return
        self.add(
            f"A loop of nothing but `fma` reaches {number(peak)} GFLOP/s, an array added to another, together larger than caches,"
            f" {number(bandwidth)} GB/s. FLOPs and bytes are those of `--profile`: bytes, what must be read and written at"
            " least.",
            "",
        )
        body = []
        for case in STEPS:
            profile = roofline.work(self.results, case)
            whole = sum(each.ms for each in profile)
            flops = sum(each.flops for each in profile)
            for i, each in enumerate(sorted(profile, key=lambda work: -work.ms)[:3]):
                limits = ("–",) * 3
                if each.flops and each.bytes:
                    part = each.gflops / roofline.roof(self.results, each.intensity)
                    limits = (number(each.intensity), number(each.gflops), f"{part:.0%}")
                step = ("", "") if i else (f"`{case}`", f"{flops / whole * 1e-6 / peak:.0%}")
                body.append((*step, f"{each.layer} {each.phase}".strip(), f"{each.ms / whole:.0%}", *limits))
        step = ("case", "step's part of the `fma` peak", "what takes most of it", "of the time")
        self.add(*rows((*step, "FLOP/byte", "GFLOP/s", "of its roof"), body))
        self.plot("roofline")


def page(results, plots):
    """The text of the page; plots are paths by name."""
    page = Page(results, plots)
    page.about()
    page.products()
    page.networks("Training steps", "train_ms", STEPS, (PYTORCH, DJL, DL4J))
    page.networks("Predictions", "infer_ms", PREDICTIONS, (PYTORCH, DJL, DL4J, ONNXRUNTIME))
    page.plot("cases")
    page.process()
    every = results.every
    batches = [f"{network}/b{rows}" for network in BATCHED for rows in BATCHES]
    page.sweep("Against the batch", "batch", "network and rows", [(f"`{case}`", case, every) for case in batches])
    page.sweep("Against the width", "width", "units", [(str(units), case, every) for case, units in WIDTHS.items()])
    page.sweep("Against the depth", "depth", "layers", [(str(layers), case, every) for case, layers in DEPTHS.items()])
    shared = [(f"`{case}`, {threads}", case, threads) for case in SHARED for threads in counts(every)]
    page.sweep("Against threads", "threads", "network and threads", shared)
    page.roofline()
    return "\n".join(page.lines)


def write(results, docs):
    """Writes the page, with the plots that can be drawn."""
    folder = docs / "performance"
    folder.mkdir(parents=True, exist_ok=True)
    plots, why = {}, ""
    try:
        drawn = engines.run([engines.PYTHON, str(engines.HERE / "plot.py"), str(results.path), str(folder)], 600)
        plots = {name: f"performance/{name}.svg" for name in drawn.split()}
    except engines.Failure as failure:
        why = f"**Missing:** plots: {failure}\n"
        print(f"missing: plots: {failure}", file=sys.stderr)
    file = docs / "performance-figures.md"
    file.write_text(page(results, plots) + why)
    print(f"\n{file}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=engines.HERE / "results", help="where results.json is")
    parser.add_argument("--docs", type=Path, default=engines.ROOT / "docs", help="where the page goes")
    options = parser.parse_args()
    if not (options.out / "results.json").is_file():
        parser.error(f"{options.out} has no results.json: benchmarks/compare --all makes it")
    write(Results.read(options.out.resolve() / "results.json"), options.docs.resolve())


if __name__ == "__main__":
    main()
