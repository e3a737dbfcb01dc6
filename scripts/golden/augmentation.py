"""What augmentations make of images and batches: torchvision's definitions (0.21, transforms.v2) transcribed in float64
with torch's grid_sample, Cutout's, mixup's and CutMix's from the papers' code, all with the random numbers of keyed.py.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/augmentation.py
"""

import math
import random

import torch
import torch.nn.functional as F

from golden import decoded, f32, write
from keyed import Stream

torch.set_num_threads(1)
SEED, EPOCH, OF_ROWS, OF_BATCHES = 1234567890123, 3, 1, 2
ROWS = 6


def flip(x, r, chance=0.5):
    return x.flip(-1) if r.uniform() < chance else x


def vertical_flip(x, r, chance=0.5):
    return x.flip(-2) if r.uniform() < chance else x


def crop(x, r, padding, fill=0.0):
    padded = F.pad(x, [padding] * 4, value=fill)
    top, left = r.below(2 * padding + 1), r.below(2 * padding + 1)
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


def affine(x, angle, translate, scale, fill):
    """torchvision's affine: its inverse matrix, its grid and its mask for the fill. A positive angle is clockwise."""
    rot = math.radians(angle)
    matrix = [math.cos(rot), math.sin(rot), 0.0, -math.sin(rot), math.cos(rot), 0.0]
    matrix = [m / scale for m in matrix]
    matrix[2] += matrix[0] * -translate[0] + matrix[1] * -translate[1]
    matrix[5] += matrix[3] * -translate[0] + matrix[4] * -translate[1]
    theta = torch.tensor(matrix, dtype=torch.float64).reshape(2, 3)
    h, w = x.shape[1:]
    base = torch.empty(h, w, 3, dtype=torch.float64)
    base[..., 0] = torch.arange(w) - w * 0.5 + 0.5
    base[..., 1] = (torch.arange(h) - h * 0.5 + 0.5)[:, None]
    base[..., 2] = 1
    grid = base @ (theta.T / torch.tensor([0.5 * w, 0.5 * h], dtype=torch.float64))
    both = torch.cat([x, torch.ones(1, h, w, dtype=torch.float64)])[None]
    both = F.grid_sample(both, grid[None], mode="bilinear", padding_mode="zeros", align_corners=False)[0]
    return both[:-1] + (1 - both[-1:]) * fill


def rotate(x, r, degrees, fill=0.0):
    return affine(x, -(2 * r.uniform() - 1) * degrees, (0, 0), 1, fill)


def translate(x, r, horizontal, vertical, fill=0.0):
    tx = round((2 * r.uniform() - 1) * horizontal * x.shape[2])
    ty = round((2 * r.uniform() - 1) * vertical * x.shape[1])
    return affine(x, 0, (tx, ty), 1, fill)


def scale(x, r, least, most, fill=0.0):
    return affine(x, 0, (0, 0), least + (most - least) * r.uniform(), fill)


def factor(r, change):
    least = max(0, 1 - change)
    return least + (1 + change - least) * r.uniform()


def brightness(x, r, change):
    return (factor(r, change) * x).clamp(0, 1)


def contrast(x, r, change):
    if len(x) == 3:
        mean = (0.2989 * x[0] + 0.587 * x[1] + 0.114 * x[2]).mean()
    else:
        mean = x.mean()
    f = factor(r, change)
    return (f * x + (1 - f) * mean).clamp(0, 1)


def cutout(x, r, size, fill=0.0):
    y, x0 = r.below(x.shape[1]), r.below(x.shape[2])
    result = x.clone()
    top, left = y - size // 2, x0 - size // 2
    result[:, max(0, top) : top + size, max(0, left) : left + size] = fill
    return result


def erase(x, r, chance, least, most, narrowest, widest, fill=0.0):
    if r.uniform() >= chance:
        return x
    height, width = x.shape[1:]
    for _ in range(10):
        area = height * width * (least + (most - least) * r.uniform())
        low, high = math.log(narrowest), math.log(widest)
        ratio = math.exp(low + (high - low) * r.uniform())
        h, w = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if h >= height or w >= width:
            continue
        result = x.clone()
        top, left = r.below(height - h + 1), r.below(width - w + 1)
        result[:, top : top + h, left : left + w] = fill
        return result
    return x


def gamma(r, alpha):
    """Marsaglia and Tsang 2000; the logarithm."""
    d = (alpha + 1 if alpha < 1 else alpha) - 1 / 3
    c = 1 / math.sqrt(9 * d)
    while True:
        n = r.normal()
        if 1 + c * n <= 0:
            continue
        v = (1 + c * n) ** 3
        if math.log(1 - r.uniform()) < 0.5 * n * n + d - d * v + d * math.log(v):
            return math.log(d * v) + (math.log(1 - r.uniform()) / alpha if alpha < 1 else 0)


def beta(r, alpha):
    x, y = gamma(r, alpha), gamma(r, alpha)
    return math.exp(x) / (math.exp(x) + math.exp(y))


def order(r, n):
    result = [0] * n
    for i in range(n):
        j = r.below(i + 1)
        result[i], result[j] = result[j], i
    return result


def mixup(x, y, r, alpha, chance=1.0):
    if r.uniform() >= chance:
        return x, y
    lam = beta(r, alpha)
    other = order(r, len(x))
    return lam * x + (1 - lam) * x[other], lam * y + (1 - lam) * y[other]


def cutmix(x, y, r, alpha, chance=1.0):
    if r.uniform() >= chance:
        return x, y
    lam = beta(r, alpha)
    h, w = x.shape[2:]
    rx, ry = r.below(w), r.below(h)
    other = order(r, len(x))
    half = 0.5 * math.sqrt(1 - lam)
    left, right = max(0, rx - int(half * w)), min(w, rx + int(half * w))
    top, bottom = max(0, ry - int(half * h)), min(h, ry + int(half * h))
    result = x.clone()
    result[:, :, top:bottom, left:right] = x[other][:, :, top:bottom, left:right]
    lam = 1 - (right - left) * (bottom - top) / (w * h)
    return result, lam * y + (1 - lam) * y[other]


source = random.Random(5)


def pixels(*shape):
    values = decoded([source.random() for _ in range(math.prod(shape))], "F32")
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


tensors = {"gray": f32(pixels(ROWS, 1, 7, 9)), "color": f32(pixels(ROWS, 3, 8, 5))}
images = {name: torch.tensor(t[2], dtype=torch.float64).reshape(t[1]) for name, t in tensors.items()}
labels = torch.eye(4, dtype=torch.float64)[[0, 1, 2, 3, 1, 2]]

# The names are the texts that the catalog reads.
EACH = {
    "flip": flip,
    "vertical-flip:chance=0.7": lambda x, r: vertical_flip(x, r, 0.7),
    "crop:padding=2,fill=0.25": lambda x, r: crop(x, r, 2, 0.25),
    "crop:padding=12": lambda x, r: crop(x, r, 12),
    "rotate:degrees=30": lambda x, r: rotate(x, r, 30),
    "rotate:degrees=180,fill=0.5": lambda x, r: rotate(x, r, 180, 0.5),
    "translate:horizontal=0.4,vertical=0.3,fill=0.75": lambda x, r: translate(x, r, 0.4, 0.3, 0.75),
    "scale:least=0.6,most=1.7": lambda x, r: scale(x, r, 0.6, 1.7),
    "scale:least=0.3,most=0.5,fill=1": lambda x, r: scale(x, r, 0.3, 0.5, 1),
    "brightness:change=0.6": lambda x, r: brightness(x, r, 0.6),
    "contrast:change=1.5": lambda x, r: contrast(x, r, 1.5),
    "cutout:size=3,fill=0.5": lambda x, r: cutout(x, r, 3, 0.5),
    "cutout:size=6": lambda x, r: cutout(x, r, 6),
    "erase:chance=0.8,fill=0.5": lambda x, r: erase(x, r, 0.8, 0.02, 0.33, 0.3, 3.3, 0.5),
    "erase:chance=1,least=0.3,most=0.9": lambda x, r: erase(x, r, 1, 0.3, 0.9, 0.3, 3.3),
    "mixup": lambda x, y, r: mixup(x, y, r, 1),
    "mixup:alpha=0.2": lambda x, y, r: mixup(x, y, r, 0.2),
    "mixup:chance=0.9": lambda x, y, r: mixup(x, y, r, 1, 0.9),  # happens to be left out
    "mixup:alpha=5": lambda x, y, r: mixup(x, y, r, 5),
    "cutmix": lambda x, y, r: cutmix(x, y, r, 1),
    "cutmix:alpha=0.5": lambda x, y, r: cutmix(x, y, r, 0.5),
}


def augmented(names, x, y):
    for place, name in enumerate(names):
        if name.startswith(("mixup", "cutmix")):
            x, y = EACH[name](x, y, Stream(SEED, EPOCH, OF_BATCHES, 0, place))
        else:
            x = torch.stack([EACH[name](image, Stream(SEED, EPOCH, OF_ROWS, i, place)) for i, image in enumerate(x)])
    return x, y


for kind, x in images.items():
    for names in [[name] for name in EACH] + [["flip", "crop:padding=2,fill=0.25", "flip", "mixup", "cutmix"]]:
        out, answers = augmented(names, x, labels)
        assert torch.equal(out, x) == (names == ["mixup:chance=0.9"]), (kind, names)
        tensors[f"{kind} {','.join(names)}"] = f32(out)
        if names[-1].startswith(("mixup", "cutmix")):
            tensors[f"{kind} {','.join(names)} answers"] = f32(answers)
write("augmentation.safetensors", tensors, {"made_by": "scripts/golden/augmentation.py"})
