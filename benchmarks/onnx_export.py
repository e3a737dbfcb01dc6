#!/usr/bin/python3
"""Exports a network of `neurite bench` from PyTorch to ONNX, for a batch of the given size, and quantizes it.

usage: onnx_export.py NETWORK[+QUANTIZATION]/bROWS FILE

A quantization is done by onnxruntime's own tools, with weights of 7 bits, whose products its kernels add without overflow:
dynamic-u8 or dynamic-s8, the type of the weights; or qdq or qoperator, the format, with u8s8, u8u8 or s8s8, the types of
activations and weights, and -each for weights with a scale for each channel: qdq-u8s8-each.
"""
import io
import re
import sys

import onnx
import onnx.reference  # it cannot be imported after onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

from pytorch_bench import builds

OPSET = 17
TYPES = {"u8": QuantType.QUInt8, "s8": QuantType.QInt8}
FORMATS = {"qdq": QuantFormat.QDQ, "qoperator": QuantFormat.QOperator}
CALIBRATING = 4  # batches


def parts(case):
    """NETWORK/bROWS, and the quantization or an empty text."""
    network, _, rows = case.partition("/")
    network, _, quantization = network.partition("+")
    return f"{network}/{rows}", quantization


class Batches(CalibrationDataReader):
    """Random rows like those of a batch."""

    def __init__(self, inputs):
        self.batches = iter([{"inputs": torch.randn_like(inputs).numpy()} for _ in range(CALIBRATING)])

    def get_next(self):
        return next(self.batches, None)


def quantize(model, inputs, how, file):
    """Writes the quantized model to a path."""
    if how in ("dynamic-u8", "dynamic-s8"):
        quantize_dynamic(model, file, weight_type=TYPES[how[-2:]], reduce_range=True)
        return
    match = re.fullmatch(r"(qdq|qoperator)-(u8|s8)(u8|s8)(-each)?", how)
    if match is None:
        sys.exit(f"onnx_export: expects a quantization, got '{how}'\n{__doc__}")
    quantize_static(
        model,
        file,
        Batches(inputs),
        quant_format=FORMATS[match[1]],
        activation_type=TYPES[match[2]],
        weight_type=TYPES[match[3]],
        per_channel=match[4] is not None,
        reduce_range=True,
    )


def without_copies(model):
    """The model with weights in the place of copies of them, which stand for equal ones, and which the tools refuse."""
    weights = {each.name for each in model.graph.initializer}
    copies = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "Identity" and n.input[0] in weights}
    nodes = [node for node in model.graph.node if node.output[0] not in copies]
    for node in nodes:
        node.input[:] = [copies.get(name, name) for name in node.input]
    kept = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


def export(case, file):
    """Writes the model to a path; returns a batch for its only input, `inputs`."""
    torch.manual_seed(0)
    case, quantization = parts(case)
    build = next(iter(builds(case).values()))
    model, inputs, _ = build()
    exported = io.BytesIO() if quantization else file
    torch.onnx.export(model.eval(), inputs, exported, input_names=["inputs"], opset_version=OPSET, dynamo=False)
    if quantization:
        quantize(without_copies(onnx.load_model_from_string(exported.getvalue())), inputs, quantization, file)
    return inputs


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    export(*sys.argv[1:])
