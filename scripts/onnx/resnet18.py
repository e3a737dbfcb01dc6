#!/usr/bin/python3
"""Takes torchvision's ResNet-18 to Neurite and back, from the root of the repository, on a JDK 25:

    "$JAVA_HOME/bin/java" scripts/datasets/ImageFolders.java /tmp/images
    scripts/onnx/resnet18.py /tmp/images/clothes /tmp/resnet18

PyTorch exports it with random weights, `import` makes layers of the file, `train` tunes them on 2,000 images of
Fashion-MNIST with a new output layer for ten classes, `export` writes the result, and onnxruntime runs it on the 1,000 test
images. Its labels must be those of `predict`, its probabilities within 1e-5. PRESERVE keeps the batch norms, which PyTorch
else folds into the convolutions before them; `--folded` takes that form. Needs Debian's python3-torchvision, python3-onnx, python3-onnxruntime and python3-pil.
"""

import argparse
import json
import pathlib
import subprocess

import numpy as np
import onnx
import onnxruntime
import torch
import torchvision
from PIL import Image

BOUND = 1e-5


def write(file, folded):
    torch.manual_seed(0)
    model = torchvision.models.resnet18(weights=None).eval()
    mode = torch.onnx.TrainingMode.EVAL if folded else torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(
        model, torch.zeros(1, 3, 64, 64), file, training=mode, do_constant_folding=folded,
        input_names=["input"], output_names=["logits"], dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})


def neurite(*arguments):
    print("./neurite", *arguments, flush=True)
    done = subprocess.run(["./neurite", *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def predictions(run, directory):
    """The library's own: files, labels and probabilities by class."""
    return [json.loads(line) for line in neurite("predict", run, directory, "--json").splitlines()]


def pixels(file):
    return np.asarray(Image.open(file).convert("RGB"), np.uint8).transpose(2, 0, 1)


def compare(file, expected):
    onnx.checker.check_model(str(file), full_check=True)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
    images = np.stack([pixels(each["file"]) for each in expected])
    labels, got = session.run(["label", "probabilities"], {"image": images})
    wanted = np.array([[each["probabilities"][name] for name in classes] for each in expected])
    right = np.mean([label == pathlib.Path(each["file"]).parent.name for label, each in zip(labels, expected)])
    others = sum(label != each["label"] for label, each in zip(labels, expected))
    return right, others, float(np.abs(got - wanted).max())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("images", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--epochs", default="4")
    parser.add_argument("--folded", action="store_true")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    start, imported, run, tuned = (given.work / each for each in ("resnet18.onnx", "imported", "run", "tuned.onnx"))
    write(start, given.folded)
    neurite("import", start, "-o", imported)
    print(neurite("train", given.images, "--from", imported, "--epochs", given.epochs, "--out", run, "--overwrite"))
    neurite("export", run, tuned)
    expected = predictions(run, given.images / "test")
    right, others, worst = compare(tuned, expected)
    print(f"onnxruntime {onnxruntime.__version__}: accuracy {right:.4f} on {len(expected)} images, "
          f"{others} other labels, largest difference of probabilities {worst:.2g}")
    if others or not worst <= BOUND:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
