"""Measures a case of neurite and its peers in turn: a round of ours, of theirs, of ours … while the others are stopped.

Each is a process that has warmed up and waits for its turn. So the two rounds of a ratio follow each other within a second,
and what slows the machine for longer slows both.
"""
import dataclasses
import json
import os
import select
import signal
import subprocess
import tempfile

import engines
from cases import is_trained
from engines import OURS, Failure

FIGURES = ("train_ms", "infer_ms")


class Player:
    """A process that measures a round when it is asked to."""

    def __init__(self, engine, task, settings, scratch, limit, figure=""):
        self.engine, self.limit = engine, limit
        self.how = {"setting": "", "way": ""}
        command = [*engine.command(task, scratch), "--turns", *filter(None, [figure])]
        environment = engines.environment(task.threads, settings)
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=engines.ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )

    def line(self):
        if not select.select([self.process.stdout], [], [], self.limit)[0]:
            raise Failure(f"{self.engine.title} took more than {self.limit:.0f} seconds")
        line = self.process.stdout.readline().decode()
        if not line:
            raise Failure(f"{self.engine.title} ended with code {self.process.wait()}")
        return line.strip()

    def warm_up(self):
        while self.line() != "ready":
            pass
        self.pause()

    def pause(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def round(self):
        self.go_on()
        self.send("go\n")
        milliseconds = float(self.line())
        self.pause()
        return milliseconds

    def end_action(self):
        self.go_on()
        self.send("\n")

    def result(self):
        """The line of JSON at the end."""
        return json.loads(self.line())

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def measure(task, chosen, turns):
    """For each engine a line for each turn.

    chosen: settings and ways of each figure of each peer. Each is a process, of which the fastest in a turn counts; ours
    has one process for both figures.
    """
    limit = 120 + 100 * task.seconds
    lines = {engine: [{"how": {}} for _ in range(turns)] for engine in (OURS, *chosen)}
    players = []
    with tempfile.TemporaryDirectory() as scratch:
        try:
            ours = Player(OURS, task, engines.PASSIVE, scratch, limit)
            players.append(ours)
            for figure in FIGURES:
                if figure == "train_ms" and not is_trained(task.case):
                    continue
                ours.warm_up()
                playing = [ours]
                for engine, how in chosen.items():
                    if figure not in how:
                        continue
                    for each in how[figure]:
                        ways = tuple(filter(None, [each["way"]]))
                        settings = engine.settings(task.threads)[each["setting"]] if engine.settings else engines.PASSIVE
                        only = "" if each["way"] else figure  # a way is one of a figure
                        peer = Player(engine, dataclasses.replace(task, ways=ways), settings, scratch, limit, only)
                        peer.how = each
                        players.append(peer)
                        peer.warm_up()
                        playing.append(peer)
                for turn in range(turns):
                    for player in playing:
                        line, took = lines[player.engine][turn], round(player.round(), 5)
                        if took < line.get(figure, float("inf")):
                            line[figure], line["how"][figure] = took, player.how
                for peer in playing[1:]:
                    peer.end_action()
                    name_lines(lines[peer.engine], peer.result())
                    peer.end()
                ours.end_action()
            name_lines(lines[OURS], ours.result())
        finally:
            for player in players:
                player.end()
    return lines


def name_lines(lines, last):
    for line in lines:
        line["engine"] = last["engine"]
    if "profile" in last:
        lines[0]["profile"] = last["profile"]
