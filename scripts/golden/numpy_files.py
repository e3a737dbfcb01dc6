"""Arrays as NumPy writes them, each beside what it means in the safetensors format.

Run with Debian's python3-numpy: /usr/bin/python3 scripts/golden/numpy_files.py
"""

import io
import zipfile

import numpy
from golden import FOLDER, write

values = {
    "f2": [0.5, -1.25, 65504, 6e-8, 2, 3],
    "f4": [0.1, -1e30, 3.4e38, 1e-40, 2, 3],
    "f8": [0.1, -1e30, 3.4e38, 1e-300, 2, 3],
    "i1": [-128, 127, 0, 1, 2, 3],
    "i2": [-32768, 32767, 0, 1, 2, 3],
    "i4": [-(2**31), 2**31 - 1, 16777217, 1, 2, 3],
    "i8": [-(2**63), 2**63 - 1, 2**53 + 1, 1, 2, 3],
    "u1": [255, 128, 0, 1, 2, 3],
    "u2": [65535, 32768, 0, 1, 2, 3],
    "u4": [2**32 - 1, 2**31, 0, 1, 2, 3],
    "u8": [2**63 - 1, 2**53, 0, 1, 2, 3],
    "b1": [1, 0, 0, 1, 1, 0],
}
arrays = {}
for dtype, numbers in values.items():
    for order in "<>" if dtype[1] != "1" else "|":
        kind = numpy.dtype("?" if dtype == "b1" else order + dtype)
        arrays[f"{dtype}{'-big' if order == '>' else ''}"] = numpy.array(numbers, dtype=kind).reshape(2, 3)
cube = numpy.arange(24, dtype="<f4").reshape(2, 3, 4)
arrays["fortran"] = numpy.asfortranarray(cube)
arrays["fortran-bytes"] = numpy.asfortranarray(cube.astype("u1"))
arrays["fortran-big"] = numpy.asfortranarray(cube.astype(">i2"))
arrays["scalar"] = numpy.array(2.5, dtype="<f8")
arrays["empty"] = numpy.zeros((0, 3), dtype="<f4")
arrays["special"] = numpy.array([numpy.inf, -numpy.inf, 0.0, -0.0], dtype="<f8")

tensors = {}
for name, array in arrays.items():
    with numpy.errstate(all="ignore"):
        flat = [float(v) for v in array.astype("f4").reshape(-1)]
    tensors[name] = ("F32", list(array.shape), flat)
write("numpy.safetensors", tensors, {"made_by": "scripts/golden/numpy_files.py"})

folder = FOLDER / "numpy"
folder.mkdir(exist_ok=True)


def fixed(name, entries, compression):
    """An .npz whose bytes do not depend on the time."""
    with zipfile.ZipFile(folder / name, "w", compression) as archive:
        for key, array in entries.items():
            data = io.BytesIO()
            numpy.lib.format.write_array(data, array)
            archive.writestr(zipfile.ZipInfo(key + ".npy"), data.getvalue(), compression)


fixed("all.npz", arrays, zipfile.ZIP_DEFLATED)
fixed("stored.npz", {"x": arrays["f4"], "../y": arrays["i8"]}, zipfile.ZIP_STORED)
for version in (1, 2, 3):
    with open(folder / f"version{version}.npy", "wb") as file:
        numpy.lib.format.write_array(file, arrays["f4"], version=(version, 0))
numpy.save(folder / "objects.npy", numpy.array([{"a": 1}, None], dtype=object), allow_pickle=True)
numpy.save(folder / "table.npy", numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
numpy.save(folder / "complex.npy", numpy.zeros(2, dtype="<c8"))
print("numpy:", *sorted(path.name for path in folder.iterdir()))

texts = {
    "words": numpy.array(["cat", "", "größe", "🐈", "a\0b"]),
    "words-big": numpy.array(["cat", "", "größe", "🐈", "a\0b"], dtype=">U5"),
    "bytes": numpy.array([b"cat", b"", "größe".encode()]),
    "fortran": numpy.asfortranarray([["a", "bb", "c"], ["d", "e", "ff"]]),
    "scalar": numpy.array("one"),
    "empty": numpy.zeros((0, 2), dtype="U3"),
    "no-letters": numpy.zeros(3, dtype="U0"),
}
fixed("texts.npz", texts, zipfile.ZIP_STORED)
