#!/usr/bin/env python3
"""Asks a server of models by NVIDIA's client for the Open Inference Protocol, as JSON and as bytes.

usage: triton_client.py LIBRARY [HOST:PORT]

LIBRARY is src/python/library of https://github.com/triton-inference-server/client. Needs Debian's packages
python3-numpy, python3-gevent, python3-geventhttpclient and python3-rapidjson, and a server such as

    ./neurite serve mlp=onnx/src/test/resources/models/mlp.onnx lenet=onnx/src/test/resources/models/lenet.onnx
"""

import itertools
import sys

import numpy

if len(sys.argv) not in (2, 3):
    sys.exit(__doc__)
sys.path.insert(0, sys.argv[1])
import tritonclient.http as triton  # noqa: E402

client = triton.InferenceServerClient(sys.argv[2] if len(sys.argv) == 3 else "127.0.0.1:8080")
random = numpy.random.default_rng(1)


def infer(name, arrays, binary_in, binary_out, classes=0):
    """The outputs of a model, in its order."""
    inputs = []
    for key, array in arrays.items():
        given = triton.InferInput(key, list(array.shape), "FP32")
        inputs.append(given.set_data_from_numpy(array, binary_data=binary_in))
    names = [each["name"] for each in client.get_model_metadata(name)["outputs"]]
    wanted = [triton.InferRequestedOutput(each, binary_data=binary_out, class_count=classes) for each in names]
    result = client.infer(name, inputs, outputs=wanted, request_id="a request")
    assert result.get_response()["id"] == "a request"
    return [result.as_numpy(each) for each in names]


def count(name):
    return client.get_inference_statistics(name)["model_stats"][0]["inference_count"]


def check(name, rows=3):
    model = client.get_model_metadata(name)
    if any(each["datatype"] != "FP32" for each in model["inputs"] + model["outputs"]):
        return print(f"{name}: has other tensors than FP32, not asked")
    shapes = {each["name"]: [rows, *(8 if extent < 0 else extent for extent in each["shape"][1:])]
              for each in model["inputs"]}
    arrays = {key: random.standard_normal(shape).astype(numpy.float32) for key, shape in shapes.items()}
    before = count(name)
    answers = [infer(name, arrays, *ways) for ways in itertools.product((True, False), repeat=2)]
    for other in answers[1:]:
        for a, b in zip(answers[0], other, strict=True):
            assert a.tobytes() == b.tobytes(), "JSON and bytes differ"
    assert count(name) - before == 4 * rows
    best = infer(name, arrays, True, True, classes=1)[0]
    scores = answers[0][0].reshape(rows, -1)
    assert [int(each.split(b":")[1]) for each in best.ravel()] == scores.argmax(axis=1).tolist()
    try:
        infer(name, {key: array[..., :-1] for key, array in arrays.items()}, True, True)
        raise AssertionError("another shape was taken")
    except triton.InferenceServerException as wrong:
        assert wrong.status() == "400", wrong
        print(f"{name}: {[each.shape for each in answers[0]]}, the same four ways; {wrong.message()}")
    client.unload_model(name)
    assert not client.is_model_ready(name)
    client.load_model(name)
    assert client.is_model_ready(name)


assert client.is_server_live() and client.is_server_ready()
print(client.get_server_metadata())
for each in client.get_model_repository_index():
    check(each["name"])
