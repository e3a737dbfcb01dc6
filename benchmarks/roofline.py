"""What layers reach beside what the processor and its memory allow: from `--profile` in the results of `compare --all`."""
import statistics
from dataclasses import dataclass


@dataclass
class Work:
    """One phase of a layer, all rounds together."""

    layer: str
    phase: str
    ms: float = 0
    flops: float = 0
    bytes: float = 0

    @property
    def intensity(self):
        """FLOP for each byte that must be read or written."""
        return self.flops / self.bytes

    @property
    def gflops(self):
        return self.flops / self.ms * 1e-6


def work(results, case):
    """The profile of a case's steps, a row for each layer and phase; none if it was not profiled."""
    rows = {}
    for line in results.lines(case, results.every, "neurite"):
        for told in line.get("profile", []):
            row = rows.setdefault((told["layer"], told["phase"]), Work(told["layer"], told["phase"]))
            row.ms += told["ms"]
            row.flops += told["flops"]
            row.bytes += told["bytes"]
    return list(rows.values())


def peak(results, threads=None):
    """GFLOP/s of a loop of nothing but fma, on all threads or so many; None where products were not measured."""
    threads = threads or results.every
    lines = [line for case in results.cases() for line in results.lines(case, threads, "neurite")]
    peaks = [line["gflops"] / line["peak_fraction"] for line in lines if line.get("peak_fraction")]
    return statistics.median(peaks) if peaks else None


def bandwidth(results):
    """GB/s of memory, the best that anybody reached; None where it was not measured."""
    medians = [results.median("memory", results.every, "gbps", side) for side in ("neurite", "pytorch")]
    return max((each for each in medians if each is not None), default=None)


def roof(results, intensity):
    """GFLOP/s that work of this intensity can reach if it comes from memory."""
    return min(peak(results), bandwidth(results) * intensity)
