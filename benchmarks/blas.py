"""What multiplies matrices in this process, once the library is loaded that uses it."""
import ctypes
import re

BUILDS = {0: "one thread", 1: "pthreads", 2: "OpenMP"}  # openblas_get_parallel


def openblas():
    """The version of the OpenBLAS that is loaded, and what it is built for; None if none is."""
    with open("/proc/self/maps") as maps:
        paths = {match[0] for line in maps if (match := re.search(r"/\S*(blas|openblas)\S*\.so\S*", line))}
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        for form in ("openblas_{}", "openblas_{}64_", "scipy_openblas_{}64_"):
            if hasattr(library, form.format("get_config")):
                config = getattr(library, form.format("get_config"))
                config.restype = ctypes.c_char_p
                version = " ".join(config().decode().split()[:2]).lower()  # openblas 0.3.29
                return version, BUILDS[getattr(library, form.format("get_parallel"))()]
    return None
