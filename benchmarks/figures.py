#!/usr/bin/env python3
"""Writes the page performance-figures.md from the results of `benchmarks/compare --all`, and has plot.py draw its plots.

compare does so at its end; this does it again, without measuring.
"""
import argparse
import collections
import statistics
import sys
from pathlib import Path

import engines
import roofline
from cases import APART, BATCHED, BATCHES, DEPTHS, EXPORTED, FIRST_EPOCH, GENERATE, GENERATION, JVM, ONNX, PREDICTIONS
from cases import PROCESS, PRODUCTS, QUANTIZED, SHAPES, SHARED, SLOWEST, START, STEPS, WHOLE_PROCESS, WIDTHS, counts, is_for_imagenet
from engines import DJL, DL4J, ONNXRUNTIME, OPENBLAS, OURS, PYTORCH
from results import Results

KINDS = {
    **{"train_ms": "step", "infer_ms": "prediction", "gflops": "product", "plain_gflops": "plain product"},
    **{"changing_gflops": "x·Wᵀ", "gradient_gflops": "dW", "gbps": "memory", "process_s": "process"},
    **{"first_step_ms": "first step", "first_epoch_s": "first epoch", "next_epoch_s": "next epoch"},
}
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


def judged(ratio, aim, at_most=False):
    """A ratio, bold if it is not what it should be, and what it should be."""
    told = f"≤ {aim:.3g}" if at_most else f"{aim:.3g}"
    if ratio is None:
        return "–", told
    met = ratio <= aim if at_most else ratio >= aim
    return f"{ratio:.2f}" if met else f"**{ratio:.2f}**", told


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

    def made(self):
        """The commands that measured, as they were given; of files that do not have them, the settings that they do have."""
        settings = self.results.data["settings"]
        options = " ".join(f"--{name} {value}" for name, value in settings.items() if value)
        commands = self.results.data.get("commands") or [f"--all {options}"]
        return ", ".join(f"`benchmarks/compare {command}`" for command in commands)

    def rounds(self):
        lines = [line for line in self.results.data["figures"] if not line["case"].startswith(JVM)]
        rounds = collections.Counter((line["case"], line["threads"], line["side"]) for line in lines).values()
        least, most = min(rounds, default=0), max(rounds, default=0)
        return str(most) if least == most else f"{least} to {most}"

    def about(self):
        data, settings = self.results.data, self.results.data["settings"]
        found = "in each round" if settings["settings"] == "all" else "by short runs of all settings before the rounds"
        turns = settings.get("turns")
        self.add(
            "# Performance, in figures",
            "",
            f"Made by {self.made()}, from {data['began']} on; do not edit. [How performance is measured](performance-method.md) tells the method."
            " All figures of all rounds are in the run's `results.json`.",
            "",
            f"Times are medians of {self.rounds()} rounds, in milliseconds. A ratio is the median of the rounds' ratios, above 1"
            " where Neurite is the faster, and bold where an aim is missed. Each peer has the [setting](#settings-that-were-best) that is best for the case, found"
            f" {found}.",
            "",
        )
        if turns:
            self.add(
                f"Networks are measured in {turns} turns of processes that wait for each other; each turn is a round. Of each peer"
                " the two settings that are best in short runs take part, and the faster of them counts in each turn.",
                "",
            )
        if settings["seconds"] < ENOUGH:
            self.add("**A trial, not a measurement:** with rounds this short Neurite is still compiled while it is measured.", "")
        self.add(*rows(("machine", ""), [(name, str(value)) for name, value in data["machine"].items()]))
        told = {}
        for line in data["figures"]:
            told.setdefault(line["side"], set()).add(line["engine"])
        peers = [engine for engine in engines.PEER_ENGINES if engine.name in told]
        versions = [(engine.title, ", ".join(sorted(told[engine.name]))) for engine in peers]
        self.add(*rows(("software", ""), [*data["software"].items(), *versions]))
        self.add(*(f"**Missing:** {title}: {why}\n" for title, why in data["missing"].items()))
        self.add(*(f"**Not at its best:** {title} lacks {why}\n" for title, why in data["lacking"].items()))
        for each in data["failures"]:
            self.add(f"**Failed:** {each['engine']}, {each['case']}, round {each['round']}: {each['why']}\n")

    def products(self):
        self.add("## Products", "", "Square float32 matrices, GFLOP/s.", "")
        body = []
        for case in self.cases("gemm/"):
            for threads in self.results.threads(case):
                ours, theirs = (self.median(case, "gflops", each, threads) for each in (OURS, OPENBLAS))
                ratio = self.results.ratio(case, threads, "gflops", [OPENBLAS.name])
                body.append((case[5:], str(threads), number(ours), number(theirs), *judged(ratio, PRODUCTS)))
        body.sort(key=lambda cells: (int(cells[1]), int(cells[0])))
        self.add(*rows(("n", "threads", "Neurite", "OpenBLAS", "ratio", "aim"), body))
        self.plot("products")

    def cases(self, kind):
        return [case for case in self.results.cases() if case.startswith(kind)]

    def shapes(self):
        """Products of dense layers, and many small ones, beside plain products of the same size."""
        self.add("## Products of dense layers and of sequences", "")
        self.add("GFLOP/s. W `[outputs × inputs]` changes, as in training, or a packed copy of it is kept, as when predicting;")
        self.add("dW is its gradient. The ratio is the slowest of the three by the plain product; the aim is for it.", "")
        fields = ("plain_gflops", "changing_gflops", "packed_gflops", "gradient_gflops")
        body = []
        for case in self.cases("dense/"):
            ours = (number(self.median(case, field, OURS)) for field in fields)
            theirs = (number(self.median(case, field, OPENBLAS)) for field in fields if "packed" not in field)
            shape = case.removeprefix("dense/").replace("x", " × ")
            body.append((shape, *ours, *judged(self.part_of_plain(case, fields[1:]), SHAPES), *theirs))
        head = ("rows × inputs × outputs", "plain", "x·Wᵀ, changing", "packed", "dW", "ratio", "aim")
        self.add(*rows((*head, *(f"OpenBLAS: {what}" for what in ("plain", "x·Wᵀ", "dW"))), body))
        self.add("Many products of one size, as of the heads of an attention, beside one product of as many rows:", "")
        body = []
        for case in self.cases("batched/"):
            count, left, inner, columns = case.removeprefix("batched/").split("x")
            ours = (number(self.median(case, field, OURS)) for field in ("gflops", "plain_gflops"))
            theirs = number(self.median(case, "gflops", OPENBLAS))
            shape = f"{count} × [{left}×{inner}]·[{inner}×{columns}]"
            body.append((shape, *ours, *judged(self.part_of_plain(case, ("gflops",)), SHAPES), theirs))
        self.add(*rows(("products", "Neurite", "one product", "ratio", "aim", "OpenBLAS"), body))

    def part_of_plain(self, case, fields):
        """The slowest of some products by the plain one of the same process; None if not measured."""
        lines = self.results.lines(case, self.results.every, OURS.name)
        parts = [min(line[each] for each in fields) / line["plain_gflops"] for line in lines]
        return statistics.median(parts) if parts else None

    def networks(self, title, field, aims, peers, others=()):
        """Steps or predictions of all networks that have an aim, which is for the best of the peers."""
        self.add(f"## {title}", "")
        measured = [each for each in (*peers, *others) if any(self.median(case, field, each) for case in aims)]
        absent = [each.title for each in (*peers, *others) if each not in measured]
        peers, others = ([each for each in some if each in measured] for some in (peers, others))
        if peers:
            best = peers[0].title if len(peers) == 1 else "the best of " + " and ".join(each.title for each in peers)
            self.add(f"The aim is for the ratio to {best}.", "")
        if absent:
            self.add(f"Not measured: {', '.join(absent)}.", "")
        body, ratios = [], []
        for case in aims:
            ratio = self.results.ratio(case, self.results.every, field, [each.name for each in peers])
            ratios += [] if ratio is None else [ratio]
            times = (number(self.median(case, field, each)) for each in (OURS, *peers))
            verdict = judged(ratio, aims[case])
            told = []
            for each in others:
                to = self.results.ratio(case, self.results.every, field, [each.name])
                told += [number(self.median(case, field, each)), "–" if to is None else f"{to:.2f}"]
            body.append((f"`{case}`", *times, *verdict, *told))
        head = ["case", "Neurite", *(each.title for each in peers), "ratio", "aim"]
        for each in others:
            head += [each.title, "ratio"]
        self.add(*rows(head, body))
        missing = len(aims) - len(ratios)
        told = f" {missing} of {len(aims)} cases have no ratio." if missing else ""
        self.add(f"{sum(ratio >= 1 for ratio in ratios)} of {len(ratios)} ratios are 1 or more.{told}", "")

    def exported(self):
        self.add("## ONNX models", "")
        self.add("PyTorch's exports of these networks, which both run; beside them `Model.predict` on the same network.")
        self.add("The aim is for the ratio to onnxruntime.", "")
        body = []
        for case, aim in EXPORTED.items():
            times = (self.median(ONNX + case, "infer_ms", each) for each in (OURS, ONNXRUNTIME))
            ratio = self.results.ratio(ONNX + case, self.results.every, "infer_ms", [ONNXRUNTIME.name])
            own = number(self.median(case, "infer_ms", OURS))
            body.append((f"`{case}`", *map(number, times), *judged(ratio, aim), own))
        self.add(*rows(("case", "Neurite", "onnxruntime", "ratio", "aim", "`Model.predict`"), body))

    def quantized(self):
        self.add("## Quantized ONNX models", "")
        self.add("Networks that onnxruntime's tools have quantized, dynamically or statically, which both run. `qdq` has pairs of")
        self.add("QuantizeLinear and DequantizeLinear, `qoperator` operators of bytes; `u8s8` are the types of activations and weights,")
        self.add("with `-each` a scale for each channel.", "")
        body = []
        for case, aim in QUANTIZED.items():
            times = (self.median(ONNX + case, "infer_ms", each) for each in (OURS, ONNXRUNTIME))
            ratio = self.results.ratio(ONNX + case, self.results.every, "infer_ms", [ONNXRUNTIME.name])
            body.append((f"`{case}`", *map(number, times), *judged(ratio, aim)))
        self.add(*rows(("case", "Neurite", "onnxruntime", "ratio", "aim"), body))

    def generation(self):
        self.add("## Generating text", "")
        self.add("The GPT goes on with a prompt of 16 tokens by 128, the likeliest each; keys and values are kept.", "")
        ours, theirs = (self.median(GENERATE, "infer_ms", each) for each in (OURS, PYTORCH))
        ratio = self.results.ratio(GENERATE, self.results.every, "infer_ms", [PYTORCH.name])
        speeds = (number(each and 128e3 / each) for each in (ours, theirs))
        head = ("Neurite, tokens a second", "PyTorch", "ratio", "aim")
        self.add(*rows(head, [(*speeds, *judged(ratio, GENERATION))] if ours else []))

    def process(self):
        self.add("## A whole process", "")
        what = "Fashion-MNIST, 784-128-10, Adam, batches of 128, 5 epochs"
        self.add(f"From its start to the accuracy on test images: {what}.", "")
        ours, theirs = (self.median(PROCESS, "process_s", each) for each in (OURS, PYTORCH))
        ratio = self.results.ratio(PROCESS, self.results.every, "process_s", [PYTORCH.name])
        accuracies = (self.median(PROCESS, "accuracy", each) for each in (OURS, PYTORCH))
        told = ("–" if each is None else f"{each:.4f}" for each in accuracies)
        cells = (number(ours), number(theirs), *judged(ratio, WHOLE_PROCESS), *told)
        head = ("Neurite, seconds", "PyTorch", "ratio", "aim", "accuracy", "PyTorch's")
        self.add(*rows(head, [cells] if ours else []))

    def start(self):
        self.add("## The first epoch", "")
        self.add("LeNet-5 on Fashion-MNIST, batches of 64, in a process that has computed nothing before.", "")
        body = []
        for engine in (OURS, PYTORCH):
            step, first, then = (
                self.median(START, field, engine) for field in ("first_step_ms", "first_epoch_s", "next_epoch_s")
            )
            if first:
                told = judged(first / then, FIRST_EPOCH, at_most=True)
                told = told if engine is OURS else (f"{first / then:.2f}", "")
                body.append((engine.title, number(step), number(first), number(then), *told))
        self.add(*rows(("", "first step, ms", "first epoch, s", "next epoch, s", "first/next", "aim"), body))

    def jvms(self):
        self.add("## One JVM and another", "")
        self.add("What a JVM compiles is decided anew in each. Milliseconds in fresh ones, started in turn by the launcher and")
        self.add("as a program starts that uses the library.", "")
        body = []
        for each in self.results.jvms():
            apart = max(each.beside, 1 / each.beside)
            slowest = judged(each.slowest / each.median, SLOWEST, at_most=True)
            beside = judged(apart, APART, at_most=True) if apart != 1 else ("", "")
            cells = (f"`{each.case}`", KINDS[each.field], each.started, str(each.count))
            body.append((*cells, number(each.median), number(each.slowest), *slowest, *beside))
        head = ("case", "", "started", "JVMs", "median", "slowest", "slowest/median", "aim", "medians apart", "aim")
        self.add(*rows(head, body))

    def case(self, case_and_threads):
        case, threads = case_and_threads
        return f"`{case}`" + (f" ({threads} threads)" if threads != self.results.every else "")

    def settings(self):
        """The setting that was best most often, for each peer and figure."""
        self.add("## Settings that were best", "", "Most often, in short runs; `results.json` has the best one of each case.", "")
        body = []
        for engine in (engine for engine in engines.PEER_ENGINES if engine.settings):
            for field, kind in KINDS.items():
                best = self.results.settings(engine.name, field)
                counts = {setting or "defaults": len(cases) for setting, cases in best.items() if cases}
                if counts:
                    setting = max(counts, key=counts.get)
                    others = str(len(counts) - 1)
                    body.append((engine.title, kind, setting, f"{counts[setting]} of {sum(counts.values())}", others))
        self.add(*rows(("peer", "figure", "setting", "cases", "other settings"), body))

    def sweep(self, title, name, what, cases):
        """Cost against something: what it is called, and its values with a case and threads each."""
        body = []
        for label, case, threads in cases:
            cells = [label]
            for field in ("train_ms", "infer_ms"):
                cells += [number(self.median(case, field, each, threads)) for each in (OURS, PYTORCH)]
                ratio = self.results.ratio(case, threads, field, [PYTORCH.name])
                cells.append("–" if ratio is None else f"{ratio:.2f}")
            if any(self.median(case, "infer_ms", each, threads) for each in (OURS, PYTORCH)):
                body.append(cells)
        if not body:
            return
        self.add(f"## {title}", "", *rows((what, "step", "PyTorch", "ratio", "prediction", "PyTorch", "ratio"), body))
        self.plot(name)

    def roofline(self):
        peak, bandwidth = roofline.peak(self.results), roofline.bandwidth(self.results)
        if not (peak and bandwidth):
            return
        self.add("## Roofline", "")
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
    page.shapes()
    page.networks("Training steps", "train_ms", STEPS, (PYTORCH, DJL, DL4J))
    small = {case: aim for case, aim in PREDICTIONS.items() if not is_for_imagenet(case)}
    large = {case: aim for case, aim in PREDICTIONS.items() if is_for_imagenet(case)}
    page.networks("Predictions", "infer_ms", small, (ONNXRUNTIME,), (PYTORCH, DJL, DL4J))
    page.networks("Predictions of networks for ImageNet", "infer_ms", large, (ONNXRUNTIME,), (PYTORCH,))
    page.plot("cases")
    page.exported()
    page.quantized()
    page.generation()
    page.process()
    page.start()
    page.jvms()
    every = results.every
    batches = [f"{network}/b{rows}" for network in BATCHED for rows in BATCHES]
    page.sweep("Against the batch", "batch", "network and rows", [(f"`{case}`", case, every) for case in batches])
    page.sweep("Against the width", "width", "units", [(str(units), case, every) for case, units in WIDTHS.items()])
    page.sweep("Against the depth", "depth", "layers", [(str(layers), case, every) for case, layers in DEPTHS.items()])
    shared = [(f"`{case}`, {threads}", case, threads) for case in SHARED for threads in counts(every)]
    page.sweep("Against threads", "threads", "network and threads", shared)
    page.roofline()
    page.settings()
    return "\n".join(page.lines)


NEXT = "\nNext: [How performance is measured](performance-method.md)\n"  # docs read like a book, which scripts/docs/site.py checks


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
    file.write_text(page(results, plots) + why + NEXT)
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
