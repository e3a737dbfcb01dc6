"""JPEG images of inks, and their colors as Pillow converts them: the expected pixels of ImageFileTest.

Run with Debian's python3-pil: /usr/bin/python3 scripts/golden/inks.py

The images are CMYK as Photoshop stores it (inverted, with Adobe's segment), the same as YCCK (Adobe's transform 2: other
colors, of the same bytes), and CMYK without that segment.
"""

import io
import pathlib

from PIL import Image

DIRECTORY = pathlib.Path(__file__).resolve().parents[2] / "datasets/src/test/resources/dev/neurite/datasets"
ADOBE = b"\xff\xee"


def main():
    image = Image.new("CMYK", (16, 16))
    for y in range(16):
        for x in range(16):
            image.putpixel((x, y), (16 * x, 16 * y, 8 * (x + y), 4 * x))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, subsampling=0)
    cmyk = buffer.getvalue()
    at = cmyk.index(ADOBE)
    length = 2 + int.from_bytes(cmyk[at + 2 : at + 4], "big")
    assert cmyk[at + length - 1] == 0, "the transform is the last byte"
    ycck = cmyk[: at + length - 1] + b"\x02" + cmyk[at + length :]
    plain = cmyk[:at] + cmyk[at + length :]
    for name, content in (("cmyk", cmyk), ("ycck", ycck), ("plain-cmyk", plain)):
        (DIRECTORY / f"{name}.jpg").write_bytes(content)
        colors = Image.open(io.BytesIO(content)).convert("RGB")
        (DIRECTORY / f"{name}.rgb").write_bytes(colors.tobytes())


if __name__ == "__main__":
    main()
