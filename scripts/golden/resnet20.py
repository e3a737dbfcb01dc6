"""ResNet-20 on files in CIFAR-10's binary format: the losses of 20 steps in PyTorch, what they leave, and the files.

He et al. 2015 (arXiv:1512.03385) as network/ResNet.java draws it: 3×3 convolutions without bias, 16, 32 and 64
channels, and where a block changes the shape a convolution of 1×1 with batch normalization around it. Torchvision's
names. It starts as the library's own seed 1 has it, from keyed.py, so that no weights are stored. Pixels are divided
by 255 and otherwise as they are, which is what `train --model resnet:depth=20` learns from. SGD with rate 0.05,
momentum 0.9 and weight decay 5e-4 in all parameters, batches of 16 in the order of the files, twice through them.

Where rounding takes a sum to the other side of zero, the derivative of a ReLU jumps. Of the millions of activations of
a step a few do, which alone puts PyTorch's gradient in float32 1e-3 of its length away from that in float64. From the
usual start such differences grow fast: with this rate and batches of 32, its own losses in the two were 1e-4 apart in
the second step and 1e-2 in the third or fourth, for three kinds of images; with SiLU for ReLU they stayed within 3e-6
for all 20. So the 20 steps begin with zeros for the last norm's weight of each block (Goyal et al. 2017,
arXiv:1706.02677; torchvision's `zero_init_residual`), from where differences grow slowly; of the usual start, the file
has two steps.

The images are stripes, checks, rings and other figures, a figure and roughly two colors a class: they take 3,073 bytes
each as the format has it, but pack well. In float64, so that the figures do not depend on the processor.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/resnet20.py
"""

import math
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

from golden import decoded, f32, write
from keyed import ALL, Stream

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "examples/src/test/resources/dev/neurite/examples/resnet20"
SEED, STEPS, BATCH, RATE, MOMENTUM, DECAY = 1, 20, 16, 0.05, 0.9, 5e-4
FILES = {"data_batch_1.bin": 80, "data_batch_2.bin": 80, "test_batch.bin": 40}
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

# -------------------------------------------------------------------------------------------------------------- images

FIGURES = {
    "rows": lambda x, y, s: y // s % 2,
    "columns": lambda x, y, s: x // s % 2,
    "falling": lambda x, y, s: (x - y) // s % 2,
    "rising": lambda x, y, s: (x + y) // s % 2,
    "checks": lambda x, y, s: (x // s + y // s) % 2,
    "rings": lambda x, y, s: math.isqrt((x - 16) ** 2 + (y - 16) ** 2) // s % 2,
    "frames": lambda x, y, s: max(abs(x - 16), abs(y - 16)) // s % 2,
    "dots": lambda x, y, s: x % (2 * s) < s and y % (2 * s) < s,
    "cross": lambda x, y, s: abs(x - 16) < s or abs(y - 16) < s,
    "disk": lambda x, y, s: (x - 16) ** 2 + (y - 16) ** 2 < 9 * s * s,
}


def record(file, number):
    """A label, and red, green and blue of its figure: nearly its own colors, steps of 2 to 4 pixels, moved."""
    source = Stream(file, number)
    label = source.below(len(FIGURES))
    own = Stream(len(FILES), label)
    figure = list(FIGURES.values())[label]
    colors = [[own.below(6) * 40 + source.below(4) * 16 for _ in range(3)] for _ in range(2)]
    step, right, down = 2 + source.below(3), source.below(5) - 2, source.below(5) - 2
    places = [(x + right, y + down) for y in range(32) for x in range(32)]
    planes = [[colors[int(figure(x, y, step))][c] for x, y in places] for c in range(3)]
    return bytes([label] + sum(planes, []))


FOLDER.mkdir(parents=True, exist_ok=True)
(FOLDER / "batches.meta.txt").write_text("\n".join(FIGURES) + "\n")
rows = {}
for file, (name, count) in enumerate(FILES.items()):
    records = [record(file, number) for number in range(count)]
    (FOLDER / name).write_bytes(b"".join(records))
    rows[name] = records


def read(*names):
    """Images as float32 has them, and labels."""
    records = [each for name in names for each in rows[name]]
    pixels = torch.tensor([list(each[1:]) for each in records], dtype=torch.float32) / 255
    return pixels.double().reshape(-1, 3, 32, 32), torch.tensor([each[0] for each in records])


x, labels = read("data_batch_1.bin", "data_batch_2.bin")
test_x, test_labels = read("test_batch.bin")

# ------------------------------------------------------------------------------------------------------------- network


def conv(inputs, outputs, kernel, stride):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs, 3, 1), nn.BatchNorm2d(outputs)
        changes = stride > 1 or inputs != outputs
        around = [conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)] if changes else []
        self.downsample = nn.Sequential(*around)

    def forward(self, x):
        h = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(h)) + self.downsample(x))


def stage(inputs, outputs, stride):
    return nn.Sequential(Block(inputs, outputs, stride), Block(outputs, outputs, 1), Block(outputs, outputs, 1))


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = conv(3, 16, 3, 1), nn.BatchNorm2d(16)
        self.layer1, self.layer2, self.layer3 = stage(16, 16, 1), stage(16, 32, 2), stage(32, 64, 2)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        h = torch.relu(self.bn1(self.conv1(x)))
        h = self.layer3(self.layer2(self.layer1(h)))
        return self.fc(h.mean((2, 3)))


def initial(name, shape):
    """What the library starts a weight as: convolutions He-normal by fan out, the last layer Xavier-uniform."""
    hashed = 0
    for letter in name:
        hashed = (hashed * 1_000_003 + ord(letter)) & ALL
    source = Stream(SEED, hashed)
    if len(shape) == 4:
        deviation = math.sqrt(2 / (shape[0] * shape[2] * shape[3]))
        values = [deviation * source.normal() for _ in range(math.prod(shape))]
    else:
        bound = math.sqrt(3) * math.sqrt(2 / sum(shape))
        values = [bound * (2 * source.uniform() - 1) for _ in range(math.prod(shape))]
    return torch.tensor(decoded(values, "F32")).reshape(shape)


def started(residual):
    """A network at its start, with so much of each block's last norm."""
    net = ResNet20()
    assert sum(p.numel() for p in net.parameters()) == 272_474
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if parameter.dim() > 1:
                parameter.copy_(initial(name, parameter.shape))
            elif name.startswith("layer") and name.endswith("bn2.weight"):
                parameter.fill_(residual)
        net.fc.bias.zero_()
    return net


# ------------------------------------------------------------------------------------------------------------ training


def train(net, steps):
    """The loss of each step."""
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    losses = []
    for step in range(steps):
        batch = slice(step * BATCH % len(x), step * BATCH % len(x) + BATCH)
        loss = F.cross_entropy(net(x[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(*(f"{loss:.4f}" for loss in losses))
    return ("F32", [steps], losses)


net = started(0)
tensors = {f"initial.{name}": f32(net.state_dict()[name]) for name in ("conv1.weight", "fc.weight")}
tensors |= {"labels": f32(labels), "test.labels": f32(test_labels), "losses": train(net, STEPS)}
net.eval()
with torch.no_grad():
    tested = F.cross_entropy(net(test_x), test_labels)
print("test", f"{tested.item():.4f}")
tensors["test.loss"] = f32(tested.reshape(1))
for layer in ("bn1", "layer3.2.bn2"):
    tensors |= {f"{layer}.{part}": f32(net.state_dict()[f"{layer}.{part}"]) for part in ("running_mean", "running_var")}
tensors["usual.losses"] = train(started(1), 2)
write(FOLDER / "expected.safetensors", tensors, {"made_by": "scripts/golden/resnet20.py"})
