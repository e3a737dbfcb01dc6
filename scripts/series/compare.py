#!/usr/bin/python3
"""Compares the defaults of forecasts with naive ones and with a linear model on lags, in the table of
docs/forecast-figures.md. Needs numpy (Debian: python3-numpy). Run from the root of the repository:
    scripts/series/compare.py
It trains a network for each series, into runs/series.
"""

import csv
import json
import pathlib
import subprocess
import sys

import numpy as np

SERIES = pathlib.Path("cli/src/test/resources/series")
HORIZONS = {
    "trend-week": 14,
    "day-week": 24,
    "multiplicative": 12,
    "level-shifts": 14,
    "intermittent": 14,
    "walk": 14,
    "walk-drift": 14,
    "ar2": 10,
    "sunspots": 11,
    "nile": 5,
    "co2": 12,
    "elnino": 12,
    "equipment": 12,
    "unemployment": 4,
    "prices": 4,
    "gdp": 4,
}


def ridge(values, horizon, window, season, penalty=1e-3):
    """The MASE on the newest fifth of a linear model on standardized lags, by least squares with a small penalty."""
    cut = len(values) - round(0.2 * len(values))
    mean, deviation = values[:cut].mean(), values[:cut].std()
    scaled = (values - mean) / deviation

    def rows(first, end):
        steps = range(max(first, window), end - horizon + 1)
        x = np.array([np.append(scaled[t - window : t], 1) for t in steps])
        y = np.array([scaled[t : t + horizon] for t in steps])
        return x, y

    x, y = rows(0, cut)
    weights = np.linalg.solve(x.T @ x + penalty * len(x) * np.eye(window + 1), x.T @ y)
    x, y = rows(cut, len(values))
    error = np.abs(x @ weights - y).mean() * deviation
    return error / np.abs(values[season:cut] - values[: cut - season]).mean()


def trained(name, horizon):
    out = f"runs/series/{name}"
    command = ["./neurite", "train", str(SERIES / f"{name}.csv"), "--label", "y", "--forecast", str(horizon)]
    subprocess.run(["rm", "-rf", out], check=True)
    done = subprocess.run([*command, "--out", out, "--json"], check=True, capture_output=True, text=True)
    layout = next(line for line in done.stderr.splitlines() if line.startswith("series 'y'")).split()
    season = layout[layout.index("season") + 1]
    return json.loads(done.stdout), int(layout[layout.index("window") + 1]), 1 if season == "none" else int(season)


def main():
    print("| series | steps | horizon | season | naive | seasonal naive | linear on lags | default | default ÷ best naive, below 1 is better | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    ratios = []
    for name in sys.argv[1:] or HORIZONS:
        with open(SERIES / f"{name}.csv") as file:
            values = np.array([float(row["y"]) for row in csv.DictReader(file)])
        horizon = HORIZONS[name]
        result, window, season = trained(name, horizon)
        errors = {key: each["mase"] for key, each in result["forecasts"].items()}
        model = errors.pop("model")
        seasonal = next((each for key, each in errors.items() if key.startswith("seasonal")), None)
        ratios.append(model / min(errors.values()))
        print(
            f"| {name} | {len(values):,} | {horizon} | {season if season > 1 else ''} | {errors['naive, last value']:.2f} "
            f"| {'' if seasonal is None else f'{seasonal:.2f}'} | {ridge(values, horizon, window, season):.2f} "
            f"| {model:.2f} | {ratios[-1]:.2f} | {result['seconds']:.1f} |",
            flush=True,
        )
    print(f"| mean | | | | | | | | {np.mean(ratios):.2f} | |")


main()
