#!/usr/bin/python3
"""Writes the series on which the defaults of forecasts are measured (docs/time-series.md).

Eight are measurements in the public domain, which statsmodels has as files (Debian: python3-statsmodels); the others
are made from a seed, each of another kind. Run as
    scripts/series/make.py cli/src/test/resources/series
"""

import csv
import datetime
import pathlib
import sys

import numpy as np
from statsmodels import datasets
from statsmodels.datasets import elec_equip


def days(count, first=datetime.datetime(2021, 1, 1)):
    return [(first + datetime.timedelta(days=i)).strftime("%Y-%m-%d") for i in range(count)]


def hours(count, first=datetime.datetime(2023, 1, 2)):
    return [(first + datetime.timedelta(hours=i)).strftime("%Y-%m-%d %H:%M") for i in range(count)]


def months(count, year, month=1):
    return [f"{year + (month - 1 + i) // 12}-{(month - 1 + i) % 12 + 1:02}" for i in range(count)]


def quarters(count, year):
    return [f"{year + i // 4}-{3 * (i % 4) + 1:02}" for i in range(count)]


def measured():
    sunspots = datasets.sunspots.load_pandas().data
    yield "sunspots", [int(y) for y in sunspots.YEAR], sunspots.SUNACTIVITY, 1
    nile = datasets.nile.load_pandas().data
    yield "nile", [int(y) for y in nile.year], nile.volume, 0
    co2 = datasets.co2.load_pandas().data.co2.interpolate().resample("MS").mean()
    yield "co2", [f"{t.year}-{t.month:02}" for t in co2.index], co2, 2
    elnino = datasets.elnino.load_pandas().data
    values = elnino.iloc[:, 1:].to_numpy().ravel()
    yield "elnino", months(len(values), int(elnino.YEAR.iloc[0])), values, 2
    equipment = elec_equip.load_pandas().data.iloc[:, 0]
    yield "equipment", [f"{t.year}-{t.month:02}" for t in equipment.index], equipment, 2
    macro = datasets.macrodata.load_pandas().data
    for name in ("unemp", "cpi", "realgdp"):
        yield {"unemp": "unemployment", "cpi": "prices", "realgdp": "gdp"}[name], quarters(
            len(macro), 1959
        ), macro[name], 3


def generated():
    t = np.arange(1000)
    week = 10 * np.array([0, 0.5, 1, 0.6, 0.2, -1, -1.3])
    rng = np.random.default_rng(1)
    yield "trend-week", days(1000), 100 + 0.05 * t + week[t % 7] + rng.normal(0, 3, 1000), 3
    rng = np.random.default_rng(2)
    yield "walk", days(1000), 50 + np.cumsum(rng.normal(0, 1, 1000)), 3
    rng = np.random.default_rng(3)
    yield "walk-drift", days(1000), 50 + np.cumsum(rng.normal(0.3, 1, 1000)), 3
    rng = np.random.default_rng(4)
    h = np.arange(24 * 84)
    day = 20 * np.sin(2 * np.pi * (h % 24 - 9) / 24) + 6 * np.sin(4 * np.pi * h / 24)
    weekend = np.where((h // 24) % 7 >= 5, 0.4, 1)
    yield "day-week", hours(len(h)), 100 + day * weekend - 15 * (weekend < 1) + rng.normal(0, 4, len(h)), 3
    rng = np.random.default_rng(5)
    t = np.arange(800)
    level = np.select([t < 200, t < 450, t < 700], [20, 45, 30], 60)
    yield "level-shifts", days(800), level + 0.3 * week[t % 7] + rng.normal(0, 2, 800), 3
    rng = np.random.default_rng(6)
    t = np.arange(1000)
    rate = np.where(t % 7 < 5, 0.35, 0.1)
    yield "intermittent", days(1000), (rng.random(1000) < rate) * (1 + rng.poisson(2, 1000)), 0
    rng = np.random.default_rng(7)
    t = np.arange(240)
    year = 1 + 0.3 * np.sin(2 * np.pi * t / 12) + 0.15 * np.cos(4 * np.pi * t / 12)
    yield "multiplicative", months(240, 2004), 100 * np.exp(0.008 * t) * year * np.exp(rng.normal(0, 0.04, 240)), 2
    rng = np.random.default_rng(8)
    values = np.zeros(1200)
    for i in range(2, 1200):
        values[i] = 1.5 * values[i - 1] - 0.8 * values[i - 2] + rng.normal(0, 1)
    yield "ar2", list(range(1000)), 30 + values[200:], 3


def main():
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, times, values, digits in [*measured(), *generated()]:
        with open(target / f"{name}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["time", "y"])
            for time, value in zip(times, values, strict=True):
                writer.writerow([time, f"{value:.{digits}f}"])


main()
