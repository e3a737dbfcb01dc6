"""Lines of numbers brought to another length by PyTorch's interpolate (bilinear, smoothed where they become shorter), which
torchvision's Resize calls: one a line, from and to lengths first, then the numbers before and after.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/resize.py
"""

import pathlib
import random

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
FILE = pathlib.Path(__file__).resolve().parents[2] / "core/src/test/resources/dev/neurite/data/image/resize.csv"
source = random.Random(3)
lines = []
for length, to in [(1, 1), (1, 5), (4, 4), (4, 7), (5, 16), (7, 4), (16, 5), (30, 7), (9, 1), (28, 27)]:
    x = [source.randrange(256) for _ in range(length)]
    image = torch.tensor([[[x] * 2]], dtype=torch.float64)
    y = F.interpolate(image, (2, to), mode="bilinear", align_corners=False, antialias=True)[0, 0, 0]
    lines.append(",".join(map(str, [length, to, *x])) + "," + ",".join(f"{v:.6f}" for v in y.tolist()))
FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_text("\n".join(lines) + "\n")
