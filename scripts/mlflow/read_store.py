#!/usr/bin/env python3
"""Reads a directory mlruns as MLflow's file store does, and prints its runs; fails where MLflow would.

The rules are those of mlflow/store/tracking/file_store.py and mlflow/utils/validation.py. Needs PyYAML.

    ./neurite runs export --mlflow mlruns
    scripts/mlflow/read_store.py mlruns
"""
import os
import posixpath
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

import yaml

NAME = re.compile(r"^[/\w.\- ]*$")
RUN_ID = re.compile(r"^[a-zA-Z0-9][\w\-]{0,255}$")
EXPERIMENT_ID = re.compile(r"^[a-zA-Z0-9][\w\-]{0,63}$")
STATUS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
NO_RUNS = ("tags", "datasets", "traces")
EXPERIMENT_KEYS = {"artifact_location", "creation_time", "experiment_id", "last_update_time", "lifecycle_stage", "name"}
RUN_KEYS = {"artifact_uri", "end_time", "entry_point_name", "experiment_id", "lifecycle_stage", "run_id", "run_name", "run_uuid",
            "source_name", "source_type", "source_version", "start_time", "status", "tags", "user_id", "deleted_time"}


def require(holds, where, what):
    if not holds:
        raise SystemExit(f"{where}: {what}")


def description(folder, keys):
    file = folder / "meta.yaml"
    with open(file, encoding="utf-8") as text:
        meta = yaml.safe_load(text)
    require(set(meta) == keys, file, f"has {sorted(set(meta) ^ keys)} more or less than MLflow writes")
    return meta


def names(folder):
    """The names of the values below a folder: relative paths, which MLflow checks."""
    found = []
    for root, _, files in os.walk(folder):
        for file in files:
            name = os.path.relpath(os.path.join(root, file), folder)
            normal = posixpath.normpath(name)
            require(NAME.match(name), folder, f"has a forbidden name {name!r}")
            require(normal == name and normal != "." and not normal.startswith(("..", "/")), folder, f"has the path {name!r}")
            require(len(name) <= 250, folder, f"has a name of {len(name)} characters")
            found.append(name)
    return sorted(found)


def values(folder, longest):
    read = {}
    for name in names(folder):
        read[name] = (folder / name).read_bytes().decode("utf-8")
        require(len(read[name]) <= longest, folder / name, f"has {len(read[name])} characters, more than {longest}")
    return read


def points(file):
    read = []
    for line in file.read_bytes().decode("utf-8").splitlines():
        parts = line.strip().split(" ")
        require(len(parts) in (2, 3), file, f"has a line of {len(parts)} fields: {line!r}")
        time, value, step = int(parts[0]), float(parts[1]), int(parts[2]) if len(parts) == 3 else 0
        require(time >= 0, file, f"has the time {time}")
        read.append((step, time, value))
    require(read, file, "has no points")
    return read


def is_here(uri, folder):
    path = unquote(urlparse(uri).path)
    return urlparse(uri).scheme == "file" and os.path.exists(path) and os.path.samefile(path, folder)


def run(folder, experiment):
    meta = description(folder, RUN_KEYS)
    require(RUN_ID.match(folder.name) and meta["run_id"] == meta["run_uuid"] == folder.name, folder, f"has the id {meta['run_id']!r}")
    require(meta["experiment_id"] == experiment, folder, f"names the experiment {meta['experiment_id']!r}")
    require(meta["status"] in STATUS, folder, f"has the status {meta['status']!r}")
    require(meta["lifecycle_stage"] in ("active", "deleted"), folder, f"has the stage {meta['lifecycle_stage']!r}")
    require(isinstance(meta["user_id"], str) and isinstance(meta["run_name"], str), folder, "has no user or name")
    require(isinstance(meta["start_time"], int), folder, f"has the start {meta['start_time']!r}")
    require(meta["end_time"] is None or meta["end_time"] >= meta["start_time"], folder, "ends before it begins")
    require(is_here(meta["artifact_uri"], folder / "artifacts"), folder, f"has its artifacts at {meta['artifact_uri']}")
    parameters = values(folder / "params", 6000)
    tags = values(folder / "tags", 5000)
    require(tags["mlflow.runName"] == meta["run_name"], folder, "has two names")
    print(f"  {folder.name}  {meta['run_name']!r}  {STATUS[meta['status']]}")
    print(f"    {len(parameters)} parameters; tags {tags}")
    print(f"    artifacts {sorted(os.listdir(folder / 'artifacts'))}")
    for name in names(folder / "metrics"):
        known = points(folder / "metrics" / name)
        step, _, value = max(known)
        print(f"    {name}: {len(known)} points, {value} at step {step}")


def main(store):
    seen = set()
    for folder in sorted(each for each in Path(store).iterdir() if each.is_dir() and each.name not in (".trash", "models")):
        meta = description(folder, EXPERIMENT_KEYS)
        require(EXPERIMENT_ID.match(folder.name) and str(meta["experiment_id"]) == folder.name, folder, f"has the id {meta['experiment_id']!r}")
        require(0 < len(meta["name"]) <= 500 and meta["name"] not in seen, folder, f"has the name {meta['name']!r}")
        require(is_here(meta["artifact_location"], folder), folder, f"is at {meta['artifact_location']}")
        seen.add(meta["name"])
        print(f"{folder.name}  {meta['name']!r}")
        for each in sorted(each for each in folder.iterdir() if each.is_dir() and each.name not in NO_RUNS):
            require(each.name not in seen, each, "is in two experiments")
            seen.add(each.name)
            run(each, folder.name)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "mlruns")
