"""What `benchmarks/compare` measures: neurite and its peers, each run as a process of its own that prints lines of JSON."""
import ctypes.util
import functools
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

from cases import JVM, ONNX, PROCESS
from results import FIELDS, HIGHER_IS_BETTER

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NEURITE = str(ROOT / "neurite")
PYTHON = os.environ.get("PYTHON", "python3")
PEERS = HERE / "peers"


class Failure(Exception):
    """A run that gave no figure, and why."""


@dataclass(frozen=True)
class Task:
    """What an engine is to measure."""

    case: str
    threads: int
    seconds: float  # of a round
    optimizer: str
    ways: tuple[str, ...] = ()  # only these of the engine's ways of doing it; empty for all
    profile: bool = False


@dataclass(frozen=True)
class Engine:
    """neurite or a peer of it."""

    name: str  # in results
    title: str  # in tables
    missing: Callable[[], str | None]  # why it cannot run here
    command: Callable[[Task, str], list[str]]  # with a scratch directory
    settings: Callable[[int], dict[str, dict[str, str]]] | None = None  # environments by name, for threads; None: one
    lacks: Callable[[], str | None] = lambda: None  # what makes it faster and is not here, and how to get it


# ------------------------------------------------------------------------------------------------------------ settings

TUNING = ("OPENBLAS_", "OMP_", "GOMP_", "MKL_", "MALLOC_")  # no such variable of the caller counts
PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE"}  # two thread pools would fight for the cores
ACTIVE = {"OMP_WAIT_POLICY": "ACTIVE"}
# glibc keeps freed memory: otherwise each step faults its buffers in anew
KEEP = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "8000000000", "MALLOC_TOP_PAD_": "268435456"}
HUGE = KEEP | {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def one_pool(threads):
    """Settings of memory and waiting for an engine with one thread pool, by name."""
    settings = {"": {}, "memory kept": KEEP, "memory kept in huge pages": HUGE}
    if jemalloc := ctypes.util.find_library("jemalloc"):
        settings["jemalloc"] = {"LD_PRELOAD": jemalloc}
    if threads > 1:
        settings |= {"memory kept, active waiting": KEEP | ACTIVE, "memory kept, passive waiting": KEEP | PASSIVE}
    return settings


@functools.cache
def builds(script):
    """Environments by what multiplies matrices in them, as the script tells: MKL, or an OpenBLAS for OpenMP or pthreads.

    Debian has both builds of OpenBLAS. More may be in directories that OPENBLAS_FOLDERS names, separated by colons.
    """
    folders = [folder for folder in os.environ.get("OPENBLAS_FOLDERS", "").split(":") if folder]
    folders += sorted(map(str, Path("/usr/lib").glob("*/openblas-*")))
    found = {}
    for environment in ({}, *({"LD_LIBRARY_PATH": folder} for folder in folders)):
        try:
            found.setdefault(run([PYTHON, str(HERE / script), "--build"], 120, settings=environment).strip(), environment)
        except Failure:
            pass  # the library cannot be loaded, or is none that the script knows
    return found


def pytorch_settings(threads):
    """With an OpenBLAS for OpenMP, PyTorch and BLAS share one thread pool, which may then wait actively."""
    settings = {}
    for build, environment in (builds("pytorch_bench.py") or {"": {}}).items():
        blas = f"OpenBLAS for {build}" if build in ("OpenMP", "pthreads") else build
        memory = {"memory kept, passive waiting": KEEP | PASSIVE, "passive waiting": PASSIVE}
        for name, more in (memory if build == "pthreads" else one_pool(threads)).items():
            settings[", ".join(filter(None, (blas, name)))] = environment | more
    return settings


def pytorch_lacks():
    if builds("pytorch_bench.py").keys() == {"pthreads"}:
        return "an OpenBLAS for OpenMP, with which it is often twice as fast: " + install("OpenMP")
    return None


def openblas_settings(threads):
    return {f"built for {build}": environment for build, environment in builds("openblas_gemm.py").items()}


def openblas_lacks():
    missing = sorted({"OpenMP", "pthreads"} - builds("openblas_gemm.py").keys())
    return f"the build for {' and '.join(missing)}: {install(*missing)}" if missing else None


def install(*missing):
    packages = " and ".join("libopenblas0-" + build.lower().removesuffix("s") for build in missing)
    return f"install {packages} (Debian), or name the directory in OPENBLAS_FOLDERS"


# ----------------------------------------------------------------------------------------------------------- measuring


def environment(threads, settings):
    """The environment of a process with as many threads and these settings; no such variable of the caller counts."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(TUNING)}
    own |= {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    return own | {"DJL_CACHE_DIR": str(PEERS / "target/djl")} | settings


def run(command, limit, threads=1, settings=None):
    """What a command prints, with as many threads and these settings in its environment."""
    env = environment(threads, settings or {})
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit
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


def measure(engine, task, chosen=None):
    """The lines of an engine for a case: under all its settings and in all ways, or only in those chosen for a figure.

    Raises Failure if there is none.
    """
    settings = engine.settings(task.threads) if engine.settings else {"": PASSIVE}
    wanted = {name: () for name in settings}
    if chosen is not None:
        wanted = {}
        for how in chosen.values():
            wanted[how["setting"]] = (*wanted.get(how["setting"], ()), *filter(None, [how["way"]]))
    lines, failure = [], None
    for name, ways in wanted.items():
        try:
            if name not in settings:
                raise Failure(f"the setting that was best is gone, {name}")
            told = measure_once(engine, replace(task, ways=ways), settings[name])
            lines += [{"setting": name, "way": "", **line} for line in told]
        except Failure as problem:
            failure = Failure(f"{name}: {problem}" if name else str(problem))
            print(f"failed: {engine.title}, {task.case}: {failure}", file=sys.stderr)
    if not lines:
        raise failure
    return lines


def measure_once(engine, task, settings):
    with tempfile.TemporaryDirectory() as scratch:
        command = engine.command(task, scratch)
        start = time.perf_counter()
        out = run(command, 600 + 200 * task.seconds, task.threads, settings)
        elapsed = time.perf_counter() - start
    if task.case == PROCESS:
        accuracy = re.search(r"test accuracy ([0-9.]+)", out)
        if accuracy is None:
            raise Failure("told no test accuracy")
        name = f"torch {installed('torch')}" if engine is PYTORCH else engine.name
        return [{"engine": name, "process_s": round(elapsed, 3), "accuracy": float(accuracy[1])}]
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    if not lines:
        raise Failure("printed no line of JSON")
    return lines


def best_of(lines):
    """One line of several of a case: each figure's best, and by which setting and way it came about."""
    line = {name: value for name, value in lines[0].items() if name not in ("setting", "way")}
    how = {}
    for field in FIELDS:
        having = [each for each in lines if each.get(field) is not None]
        if having:
            best = (max if field in HIGHER_IS_BETTER else min)(having, key=lambda each: each[field])
            line[field] = best[field]
            how[field] = {"setting": best["setting"], "way": best["way"]}
    return line | {"how": how}


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


def usual(task):
    return ["--threads", str(task.threads), "--seconds", str(task.seconds)]


def ways(task):
    return ["--ways", *task.ways] if task.ways else []


def bench(task):
    case = task.case.removeprefix(JVM)
    options = [*usual(task), "--optimizer", task.optimizer, *["--profile"] * task.profile]
    return ["bench", case, "--json", "-q", *options]


def neurite(task, scratch):
    if task.case == PROCESS:
        return [NEURITE, "train", "fashion-mnist", "--quiet", "--threads", str(task.threads), "--out", f"{scratch}/run"]
    if task.case.startswith(ONNX):
        file = f"{scratch}/model.onnx"
        run([PYTHON, str(HERE / "onnx_export.py"), task.case.removeprefix(ONNX), file], 300)
        return [NEURITE, "bench", file, "--json", "-q", *usual(task)]
    return [NEURITE, *bench(task)]


def agreement(case):
    """How far our outputs of a network are from onnxruntime's."""
    with tempfile.TemporaryDirectory() as scratch:
        model, inputs, theirs, ours = (f"{scratch}/{name}" for name in ("model.onnx", "inputs.npy", "theirs.npy", "ours.npy"))
        script = [PYTHON, str(HERE / "onnx_agreement.py")]
        run([*script, "run", case.removeprefix(ONNX), model, inputs, theirs], 600)
        run([NEURITE, "predict", model, inputs, "--out", ours, "-q"], 600)
        return json.loads(run([*script, "compare", theirs, ours], 60).splitlines()[-1])


@functools.cache
def launched():
    """The JDK and the jars that the launcher starts neurite with."""
    told = run([NEURITE, "--version"], 1800, settings={"NEURITE_JAVA_OPTS": "-Xlog:arguments,class+path"})
    jdk, jars = (re.search(f"{what}(\\S+)", told) for what in ("bootstrap loader class path=", r"java_class_path \(initial\): "))
    if not (jdk and jars):
        raise Failure("the JVM does not tell its class path")
    return jdk[1].removesuffix("/lib/modules"), jars[1]


def library(task, scratch):
    """As a program that uses the library starts its JVM: without the launcher's options and class archive."""
    jdk, jars = launched()
    options = ["--add-modules", "jdk.incubator.vector", "-cp", jars]
    return [f"{jdk}/bin/java", *options, "dev.neurite.cli.Main", *bench(task)]


def pytorch(task, scratch):
    if task.case == PROCESS:
        return [PYTHON, str(HERE / "pytorch_fashion_mnist.py")]
    options = [*usual(task), "--optimizer", task.optimizer, *ways(task)]
    return [PYTHON, str(HERE / "pytorch_bench.py"), task.case, *options]


def openblas(task, scratch):
    return [PYTHON, str(HERE / "openblas_gemm.py"), task.case, "--seconds", str(task.seconds)]


def onnxruntime(task, scratch):
    return [PYTHON, str(HERE / "onnxruntime_bench.py"), task.case, *usual(task), *ways(task)]


def on_jvm(name, *options):
    def command(task, scratch):
        path = f"{PEERS}/target/classes:{(PEERS / 'target/classpath').read_text()}"
        properties = [*options, f"-Dai.djl.pytorch.num_threads={task.threads}", "-cp", path]
        arguments = [task.case, task.optimizer, str(task.threads), str(task.seconds)]
        return [java(), *properties, f"dev.neurite.peers.{name}", *arguments]

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
    return None if builds("openblas_gemm.py") else f"{PYTHON} has no NumPy that multiplies by OpenBLAS"


NATIVE = f"-Dorg.bytedeco.javacpp.cachedir={PEERS}/target/javacpp"

OURS = Engine("neurite", "Neurite", lambda: None, neurite)
LIBRARY = Engine("library", "Neurite without the launcher", lambda: None, library)
PYTORCH = Engine("pytorch", "PyTorch", lambda: needs("torch", "numpy"), pytorch, pytorch_settings, pytorch_lacks)
OPENBLAS = Engine("openblas", "OpenBLAS", openblas_missing, openblas, openblas_settings, openblas_lacks)
DJL = Engine("djl", "DJL/libtorch", jvm_peers_missing, on_jvm("Djl", "-Dai.djl.offline=true"), one_pool)
DL4J = Engine("dl4j", "DL4J", jvm_peers_missing, on_jvm("Dl4j", NATIVE))
ONNXRUNTIME = Engine(
    "onnxruntime", "onnxruntime", lambda: needs("torch", "onnx", "onnxruntime"), onnxruntime, lambda threads: {"": {}}
)

PEER_ENGINES = [PYTORCH, OPENBLAS, DJL, DL4J, ONNXRUNTIME]
