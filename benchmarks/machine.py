"""On what `benchmarks/compare` measures."""
import json
import os
import platform
import subprocess
from pathlib import Path

from engines import NEURITE, ROOT, run


def threads():
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def machine():
    """Processor, caches, memory and system, as far as the system tells."""
    cores = {file.read_text() for file in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list")}
    facts = {"cpu": cpu(), "cores": len(cores) or "unknown", "processors": threads()}
    for cache in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((cache / file).read_text().strip() for file in ("level", "type", "size"))
        if kind != "Instruction":
            facts[f"L{level}"] = size
    memory = fields("/proc/meminfo").get("MemTotal")
    if memory:
        facts["memory"] = f"{int(memory.split()[0]) / 2**20:.0f} GB"
    system = fields("/etc/os-release", "=").get("PRETTY_NAME", platform.system()).strip('"')
    facts["system"] = f"{system}, {platform.system()} {platform.release()}, {platform.machine()}"
    return facts


def software():
    """Neurite and its Java; peers tell their versions with each figure."""
    doctor = json.loads(run([NEURITE, "doctor", "--json", "-q"], 1800))  # builds, if anything has changed
    return {
        "neurite": doctor["neurite"],
        "commit": commit(),
        "java": f"{doctor['java']}, {doctor['vm']}",
        "kernels": doctor["engine"],
    }


def commit():
    """The commit that is checked out, and whether sources are others than its."""
    told = git("rev-parse", "--short=12", "HEAD")
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ":!docs", ":!benchmarks/results")
    return (told or "unknown") + (" with changes" if changed else "")


def git(*arguments):
    try:
        return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def cpu():
    """What the processor calls itself, with family and model: virtual machines shorten the name."""
    info = fields("/proc/cpuinfo")
    name = info.get("model name", platform.processor() or "unknown")
    if "cpu family" in info:
        name += f" (family {info['cpu family']}, model {info['model']})"
    if "flags" in info:
        best = next((each for each in ("avx512f", "avx2", "avx") if each in info["flags"].split()), None)
        name += f", {best}" if best else ""
    return name


def fields(file, separator=":"):
    """The first value of each name of a file with a line for each; nothing where there is no file."""
    found = {}
    if Path(file).is_file():
        for line in Path(file).read_text().splitlines():
            name, _, value = line.partition(separator)
            found.setdefault(name.strip(), value.strip())
    return found
