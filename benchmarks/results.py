"""The figures of `benchmarks/compare`, in memory and in results.json."""
import collections
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass

from cases import JVM, JVMS

# what a line of JSON may tell, and is compared
FIELDS = (
    *("train_ms", "infer_ms", "gflops", "plain_gflops", "changing_gflops", "packed_gflops", "gradient_gflops"),
    *("forward_ms", "input_ms", "weights_ms", "gbps"),
    *("first_step_ms", "first_epoch_s", "next_epoch_s", "process_s"),
)
HIGHER_IS_BETTER = tuple(field for field in FIELDS if field.endswith(("gflops", "gbps")))


def name(how):
    """`OpenBLAS for OpenMP, memory kept, fused optimizer`, of a setting and a way."""
    return ", ".join(filter(None, (how["setting"], how["way"])))


@dataclass(frozen=True)
class Processes:
    """A figure of a case in many processes."""

    case: str
    field: str
    started: str  # how
    count: int
    median: float
    slowest: float
    beside: float  # its median by that with the launcher


class Results:
    """Every figure of every round, with the machine and versions that made it."""

    def __init__(self, path, about):
        self.path = path
        self.data = {**about, "began": time.strftime("%Y-%m-%d"), "missing": {}, "lacking": {}}
        self.data |= {"commands": [], "failures": [], "choices": [], "figures": []}

    @classmethod
    def at(cls, path, about):
        """What a file has, to be gone on with; new where there is none, or no path."""
        results = cls(path, about)
        if path and path.exists():
            results = cls.read(path)
            for what, value in about.items():
                old = {name: results.data[what].get(name) for name, each in value.items() if results.data[what].get(name) != each}
                if old:
                    sys.exit(f"compare: {path} has figures of another {what}, {old}: remove it, or take another --out")
        return results

    @classmethod
    def read(cls, path):
        """What a file has."""
        results = cls(path, {})
        results.data = json.loads(path.read_text())
        return results

    def save(self):
        """Writes the file, whole or not at all."""
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(self.data, indent=1) + "\n")
            os.replace(new, self.path)

    def note_command(self, command, turns):
        """By which command figures come in, and the turns of networks; a file may have those of several."""
        commands = self.data.setdefault("commands", [])  # files of earlier versions have none
        if command not in commands:
            commands.append(command)
        settings = self.data["settings"]
        settings["turns"] = max(turns, settings.get("turns", 0))

    def note(self, what, engine, why):
        """That an engine is missing, or lacks what makes it faster; why is None if it does not."""
        self.data[what].pop(engine.title, None)
        if why:
            self.data[what][engine.title] = why
        self.save()

    def note_failure(self, number, case, threads, engine, why):
        self._forget_failure(number, case, threads, engine)
        told = {"round": number, "case": case, "threads": threads, "engine": engine.title, "why": str(why)}
        self.data["failures"].append(told)
        self.save()

    def add(self, number, case, threads, engine, line):
        self._forget_failure(number, case, threads, engine)
        self.data["figures"].append({"side": engine.name, "round": number, **line, "case": case, "threads": threads})
        self.save()

    def choose(self, case, threads, engine, how, tried):
        """Notes the setting and way that were best for each figure, and the lines from which this was seen."""
        choice = {"side": engine.name, "case": case, "threads": threads, "how": how, "tried": tried}
        self.data["choices"].append(choice)
        self.save()

    def chosen(self, case, threads, engine):
        """The best setting and way of each figure; None if they have not been chosen."""
        key = (case, threads, engine.name)
        chosen = (each["how"] for each in self.data["choices"] if (each["case"], each["threads"], each["side"]) == key)
        return next(chosen, None)

    def best_two(self, case, threads, engine):
        """The two settings and ways of each figure that the short runs have found best: one may have had bad luck."""
        key = (case, threads, engine.name)
        tried = next(each["tried"] for each in self.data["choices"] if (each["case"], each["threads"], each["side"]) == key)
        best = {}
        for field in FIELDS:
            having = [line for line in tried if line.get(field) is not None]
            having.sort(key=lambda line: line[field], reverse=field in HIGHER_IS_BETTER)
            if having:
                best[field] = [{"setting": line["setting"], "way": line["way"]} for line in having[:2]]
        return best

    def _forget_failure(self, number, case, threads, engine):
        key = (number, case, threads, engine.title)
        self.data["failures"] = [
            each for each in self.data["failures"] if (each["round"], each["case"], each["threads"], each["engine"]) != key
        ]

    def has(self, number, case, threads, engine):
        return any(line["round"] == number for line in self.lines(case, threads, engine.name))

    def lines(self, case, threads, side):
        """What was measured, a line for each round."""
        key = (case, threads, side)
        return [line for line in self.data["figures"] if (line["case"], line["threads"], line["side"]) == key]

    def values(self, case, threads, field, side):
        """A figure of each round; none where it was not measured."""
        return [line[field] for line in self.lines(case, threads, side) if line.get(field) is not None]

    def median(self, case, threads, field, side):
        """The median of the rounds; None where nothing was measured."""
        values = self.values(case, threads, field, side)
        return statistics.median(values) if values else None

    def engine(self, case, threads, side, field):
        """What a peer calls itself, and the setting and way of this figure that won most rounds."""
        lines = [line for line in self.lines(case, threads, side) if line.get(field) is not None]
        return " ".join(filter(None, (lines[-1]["engine"], self.won(case, threads, side, field)))) if lines else ""

    def won(self, case, threads, side, field):
        """The setting and way that were the best in most rounds, or turns; None where nothing was measured."""
        hows = (line["how"] for line in self.lines(case, threads, side))
        names = collections.Counter(name(how[field]) for how in hows if field in how)
        return max(names, key=names.get) if names else None

    def jvms(self):
        """How far processes are apart: a row for each case and figure, with the launcher and without."""
        rows = []
        for case in JVMS:
            for field in ("train_ms", "infer_ms"):
                for side, started in (("neurite", "by the launcher"), ("library", "with `--add-modules` alone")):
                    values = self.values(case, self.every, field, side)
                    if values:
                        median = statistics.median(values)
                        beside = median / (self.median(case, self.every, field, "neurite") or median)
                        told = case.removeprefix(JVM)
                        rows.append(Processes(told, field, started, len(values), median, max(values), beside))
        return rows

    def settings(self, side, field):
        """The cases, with their threads, of which each setting of a peer won most rounds; none for one only tried."""
        choices = [choice for choice in self.data["choices"] if choice["side"] == side]
        best = {name(line): [] for choice in choices for line in choice["tried"] if line.get(field) is not None}
        for case in dict.fromkeys((line["case"], line["threads"]) for line in self.data["figures"] if line["side"] == side):
            won = self.won(*case, side, field)
            if won is not None:
                best.setdefault(won, []).append(case)
        return best

    def cases(self):
        """Cases that have figures."""
        return list(dict.fromkeys(line["case"] for line in self.data["figures"]))

    def threads(self, case):
        """With how many threads a case was measured."""
        return sorted({line["threads"] for line in self.data["figures"] if line["case"] == case})

    @property
    def every(self):
        """The threads of all cases but those that compare numbers of threads."""
        return self.data["settings"]["threads"]

    def ratio(self, case, threads, field, peers):
        """The median of the rounds' ratios to the best peer of each round, above 1 where neurite is better; None if
        no round has both."""
        best = max if field in HIGHER_IS_BETTER else min
        theirs = {}
        for peer in peers:
            for line in self.lines(case, threads, peer):
                if line.get(field) is not None:
                    theirs.setdefault(line["round"], []).append(line[field])
        ratios = []
        for line in self.lines(case, threads, "neurite"):
            if line.get(field) is not None and line["round"] in theirs:
                ours, peer = line[field], best(theirs[line["round"]])
                ratios.append(ours / peer if field in HIGHER_IS_BETTER else peer / ours)
        return statistics.median(ratios) if ratios else None
