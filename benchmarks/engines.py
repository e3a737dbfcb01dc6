"""What `benchmarks/compare` measures: neurite and its peers, each run as a process of its own that prints a line of JSON."""
import functools
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from cases import PROCESS
from results import FIELDS, HIGHER_IS_BETTER

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NEURITE = str(ROOT / "neurite")
PYTHON = os.environ.get("PYTHON", "python3")
PEERS = HERE / "peers"
IMAGES = ROOT / "dataset-fashion-mnist/src/main/resources/fashion-mnist"


class Failure(Exception):
    """A run that gave no figure, and why."""


@dataclass(frozen=True)
class Engine:
    """neurite or a peer of it."""

    name: str  # in results
    title: str  # in tables
    missing: Callable[[], str | None]  # why it cannot run here
    command: Callable[..., list[str]]  # of a case, with threads, seconds, optimizer and a scratch directory


PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE"}  # for engines with two thread pools, which would fight for the cores


def pytorch_settings():
    """Environments of PyTorch, by name; which one is fastest depends on the case.

    With an OpenBLAS that is built for OpenMP, PyTorch and BLAS share one thread pool, which may then wait actively, as in
    PyTorch's own packages. glibc is told to keep freed memory: otherwise each step faults its buffers in anew.
    """
    keep = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "8000000000", "MALLOC_TOP_PAD_": "268435456"}
    settings = {"passive waiting, memory kept": PASSIVE | keep}
    if folder := openmp_folder():
        settings = {"OpenBLAS for OpenMP, memory kept": {"LD_LIBRARY_PATH": folder} | keep, **settings}
    return settings


def openmp_folder():
    """Where an OpenBLAS for OpenMP is: Debian's libopenblas0-openmp, or the directory in OPENBLAS_OPENMP; None if nowhere."""
    folders = [Path(os.environ["OPENBLAS_OPENMP"])] if "OPENBLAS_OPENMP" in os.environ else []
    folders += Path("/usr/lib").glob("*/openblas-openmp")
    return next((str(folder) for folder in folders if (folder / "libblas.so.3").exists()), None)


def run(command, limit, threads=1, settings=PASSIVE):
    """What a command prints, with as many threads and these settings in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENBLAS_", "OMP_", "MKL_"))}
    environment |= {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    environment |= {"DJL_CACHE_DIR": str(PEERS / "target/djl")} | settings
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"took more than {limit:.0f} seconds") from None
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        raise Failure(reason(done))
    return done.stdout


def reason(done):
    """What a failed process said: its first error, or its last line."""
    told = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    errors = [line for line in told if re.match(r"(\[ERROR\] |error|exception|\S+(Error|Exception)\b)", line, re.IGNORECASE)]
    return (errors[:1] or told[-1:] or [f"ended with code {done.returncode}"])[0][:1500]


def measure(engine, case, threads, options, profile=False):
    """The line that an engine prints for a case; of PyTorch, the best of its settings, named.

    Raises Failure if there is none.
    """
    if engine is not PYTORCH:
        return measure_once(engine, case, threads, options, PASSIVE, profile)
    lines = []
    for name, settings in pytorch_settings().items():
        line = measure_once(engine, case, threads, options, settings)
        lines.append(line | {"way": ", ".join(filter(None, (line.get("way"), name)))})
    return best_of(lines)


def best_of(lines):
    """Of several lines of one case, each figure's best; the rest is of the line whose first figure is best."""

    def best(field, values):
        return max(values) if field in HIGHER_IS_BETTER else min(values)

    fields = [field for field in FIELDS if lines[0].get(field) is not None]
    figures = {field: best(field, [line[field] for line in lines]) for field in fields}
    return next(line for line in lines if line[fields[0]] == figures[fields[0]]) | figures


def measure_once(engine, case, threads, options, settings, profile=False):
    with tempfile.TemporaryDirectory() as scratch:
        command = engine.command(case, threads, options.seconds, options.optimizer, scratch)
        start = time.perf_counter()
        out = run(command + ["--profile"] * profile, 600 + 200 * options.seconds, threads, settings)
        elapsed = time.perf_counter() - start
    if case == PROCESS:
        accuracy = re.search(r"test accuracy ([0-9.]+)", out)
        if accuracy is None:
            raise Failure("told no test accuracy")
        version = installed("torch") if engine is PYTORCH else ""
        line = {"engine": f"torch {version}" if version else engine.name, "process_s": round(elapsed, 3)}
        return line | {"accuracy": float(accuracy[1])}
    lines = [line for line in out.splitlines() if line.startswith("{")]
    if len(lines) != 1:
        raise Failure(f"expects one line of JSON, got {len(lines)}")
    return json.loads(lines[0])


def installed(module):
    """The version of a Python module.

    Raises Failure if there is none.
    """
    try:
        return run([PYTHON, "-c", f"import {module}; print({module}.__version__)"], 120).strip()
    except Failure as failure:
        raise Failure(f"{PYTHON}: {failure}") from None


def needs(*modules):
    """Why one of these modules cannot be imported; None if all can."""
    try:
        for module in modules:
            installed(module)
    except Failure as failure:
        return str(failure)
    return None


# ------------------------------------------------------------------------------------------------------------ commands


def neurite(case, threads, seconds, optimizer, scratch):
    if case == PROCESS:
        return [NEURITE, "train", "fashion-mnist", "--quiet", "--threads", str(threads), "--out", f"{scratch}/run"]
    settings = ["--threads", str(threads), "--seconds", str(seconds), "--optimizer", optimizer]
    return [NEURITE, "bench", case, "--json", "-q", *settings]


def pytorch(case, threads, seconds, optimizer, scratch):
    if case == PROCESS:
        return [PYTHON, str(HERE / "pytorch_fashion_mnist.py"), str(IMAGES), "5"]
    settings = ["--threads", str(threads), "--seconds", str(seconds), "--optimizer", optimizer]
    return [PYTHON, str(HERE / "pytorch_bench.py"), case, *settings]


def openblas(case, threads, seconds, optimizer, scratch):
    return [PYTHON, str(HERE / "openblas_gemm.py"), case, "--seconds", str(seconds)]


def onnxruntime(case, threads, seconds, optimizer, scratch):
    settings = ["--threads", str(threads), "--seconds", str(seconds)]
    return [PYTHON, str(HERE / "onnxruntime_bench.py"), case, *settings]


def on_jvm(name, *options):
    def command(case, threads, seconds, optimizer, scratch):
        path = f"{PEERS}/target/classes:{(PEERS / 'target/classpath').read_text()}"
        properties = [*options, f"-Dai.djl.pytorch.num_threads={threads}"]
        return [java(), *properties, "-cp", path, f"dev.neurite.peers.{name}", case, optimizer, str(threads), str(seconds)]

    return command


def java():
    return os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"


@functools.cache
def jvm_peers_missing():
    """Builds them, which downloads half a gigabyte the first time."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return "its native libraries are asked for on Linux x86_64 only"
    flags = Path("/proc/cpuinfo").read_text()
    vectors = "avx512" if "avx512f" in flags else "avx2"
    try:
        print("building the peers on the JVM (downloads 500 MB the first time)", file=sys.stderr)
        pom = ["-f", str(PEERS / "pom.xml")]
        run(["mvn", "-q", "-B", *pom, "compile", f"-Dnd4j.platform=linux-x86_64-{vectors}"], 3600)
    except Failure as failure:
        return str(failure)
    return None


def openblas_missing():
    try:
        run([PYTHON, str(HERE / "openblas_gemm.py"), "gemm/64", "--seconds", "0.01"], 120)
    except Failure as failure:
        return str(failure)
    return None


NATIVE = f"-Dorg.bytedeco.javacpp.cachedir={PEERS}/target/javacpp"

OURS = Engine("neurite", "Neurite", lambda: None, neurite)
PYTORCH = Engine("pytorch", "PyTorch", lambda: needs("torch", "numpy"), pytorch)
OPENBLAS = Engine("openblas", "OpenBLAS", openblas_missing, openblas)
DJL = Engine("djl", "DJL/libtorch", jvm_peers_missing, on_jvm("Djl", "-Dai.djl.offline=true"))
DL4J = Engine("dl4j", "DL4J", jvm_peers_missing, on_jvm("Dl4j", NATIVE))
ONNXRUNTIME = Engine("onnxruntime", "onnxruntime", lambda: needs("torch", "onnx", "onnxruntime"), onnxruntime)

ALL = [OURS, PYTORCH, OPENBLAS, DJL, DL4J, ONNXRUNTIME]
