"""Small ONNX models for the tests of the command line, with inputs as NumPy writes them.

Run with Debian's python3-onnx: /usr/bin/python3 scripts/golden/onnx_commands.py
Writes to cli/src/test/resources/onnx.
"""

import pathlib

import numpy
from onnx import TensorProto, helper, numpy_helper

PLACE = pathlib.Path(__file__).resolve().parents[2] / "cli/src/test/resources/onnx"
FLOAT, DOUBLE, INT64, BOOL, TEXT = (
    TensorProto.FLOAT,
    TensorProto.DOUBLE,
    TensorProto.INT64,
    TensorProto.BOOL,
    TensorProto.STRING,
)
value = helper.make_tensor_value_info
node = helper.make_node


def save(name, nodes, inputs, outputs, ml=False, **weights):
    graph = helper.make_graph(
        nodes, name, inputs, outputs, [numpy_helper.from_array(array, key) for key, array in weights.items()]
    )
    opsets = [helper.make_opsetid("", 17)] + ([helper.make_opsetid("ai.onnx.ml", 3)] if ml else [])
    model = helper.make_model(
        graph, ir_version=8, opset_imports=opsets, producer_name="onnx", producer_version="1.17"
    )
    (PLACE / f"{name}.onnx").write_bytes(model.SerializeToString())


PLACE.mkdir(parents=True, exist_ok=True)
w = numpy.array([[1, 2, 3], [0, -1, 0.5]], "f4")

# y = relu(x wᵀ + b)
save(
    "dense",
    [node("Gemm", ["x", "w", "b"], ["z"], name="/fc/Gemm", transB=1), node("Relu", ["z"], ["y"], name="/relu")],
    [value("x", FLOAT, ["batch", 3])],
    [value("y", FLOAT, ["batch", 2])],
    w=w,
    b=numpy.array([0.5, -1], "f4"),
)

# Inputs and outputs of several types, with names that are no names of files.
save(
    "types",
    [
        node("Mul", ["ids", "two"], ["out/ids"]),
        node("Not", ["mask"], ["mask:out"]),
        node("Neg", ["scale"], [".scale"]),
    ],
    [value("ids", INT64, ["rows", "tokens"]), value("mask", BOOL, ["rows", "tokens"]), value("scale", DOUBLE, [])],
    [
        value("out/ids", INT64, ["rows", "tokens"]),
        value("mask:out", BOOL, ["rows", "tokens"]),
        value(".scale", DOUBLE, []),
    ],
    two=numpy.array(2, "i8"),
)

# Outputs with one name for files; an output of texts.
save(
    "colliding",
    [node("Relu", ["x"], ["a/b"]), node("Neg", ["x"], ["A:B"])],
    [value("x", FLOAT, [2])],
    [value("a/b", FLOAT, [2]), value("A:B", FLOAT, [2])],
)
save(
    "texts",
    [node("Identity", ["words"], ["y"]), node("Neg", ["x"], ["z"])],
    [value("x", FLOAT, [2])],
    [value("y", TEXT, [2]), value("z", FLOAT, [2])],
    words=numpy.array(["one", "line\nend"], object),
)



# Classifiers as skl2onnx exports them: a label, and a map for each row.
def classifier(name, columns, inputs, classes, **weights):
    kind, key = (TEXT, "classlabels_strings") if isinstance(classes[0], str) else (INT64, "classlabels_int64s")
    maps = helper.make_sequence_type_proto(helper.make_map_type_proto(kind, helper.make_tensor_type_proto(FLOAT, None)))
    save(
        name,
        columns
        + [
            node("MatMul", ["columns", "fc.weight"], ["products"]),
            node("Add", ["products", "fc.bias"], ["scores"]),
            node("Softmax", ["scores"], ["numbers"]),
            node("ArgMax", ["numbers"], ["places"], axis=1, keepdims=0),
            node("ArrayFeatureExtractor", ["classes", "places"], ["labels"], domain="ai.onnx.ml"),
            node("Reshape", ["labels", "all"], ["label"]),
            node("ZipMap", ["numbers"], ["probabilities"], domain="ai.onnx.ml", **{key: classes}),
        ],
        inputs,
        [value("label", kind, ["N"]), helper.make_value_info("probabilities", maps)],
        ml=True,
        classes=numpy.array(classes, object if kind == TEXT else "i8"),
        all=numpy.array([-1], "i8"),
        **weights,
    )


def scaler(x, y, offset, scale):
    return node("Scaler", [x], [y], domain="ai.onnx.ml", offset=offset, scale=scale)


classifier(
    "maps",
    [scaler("X", "columns", [1.0, -1.0], [0.5, 2.0])],
    [value("X", FLOAT, ["N", 2])],
    [7, 8],
    **{"fc.weight": numpy.array([[1, -1], [0.5, 0]], "f4"), "fc.bias": numpy.array([[0.5, 0]], "f4")},
)
classifier(
    "columns",
    [
        node("Cast", ["income"], ["income float"], to=FLOAT),
        node("Concat", ["age", "income float"], ["pair"], axis=1),
        scaler("pair", "scaled", [40.0, 3000.0], [0.05, 0.001]),
        node("OneHotEncoder", ["city"], ["cities"], domain="ai.onnx.ml", cats_strings=["Oslo", "Röm"], zeros=1),
        node("Squeeze", ["cities", "one"], ["city columns"]),
        node("Concat", ["scaled", "city columns"], ["columns"], axis=1),
    ],
    [value("age", FLOAT, ["N", 1]), value("income", DOUBLE, ["N", 1]), value("city", TEXT, ["N", 1])],
    ["no", "yes"],
    one=numpy.array([1], "i8"),
    **{
        "fc.weight": numpy.array([[1, -1], [0.5, 0], [0, 1], [-1, 0]], "f4"),
        "fc.bias": numpy.array([0.5, 0], "f4"),
    },
)

save(
    "softmax",
    [node("Gemm", ["X", "w2", "b2"], ["scores"]), node("Softmax", ["scores"], ["numbers"])],
    [value("X", FLOAT, ["N", 2])],
    [value("numbers", FLOAT, ["N", 2])],
    w2=numpy.array([[1, -1], [0.5, 0]], "f4"),
    b2=numpy.array([0.5, 0], "f4"),
)

# An operator that does not exist.
save(
    "unsupported",
    [
        node("MatMul", ["x", "w"], ["z"], name="product"),
        node("Wobble", ["z"], ["a"], name="first"),
        node("Wobble", ["a"], ["y"], name="second"),
    ],
    [value("x", FLOAT, ["rows", 2])],
    [value("y", FLOAT, ["rows", 3])],
    w=w,
)

# A vector for each token.
table = numpy.array([9, 9, 0, 0, 2, 0, 0, 4, 1, 1, 3, 1, 5, 5, 7, 1], "f4").reshape(8, 2)
save(
    "embedder",
    [node("Gather", ["table", "input_ids"], ["y"])],
    [value("input_ids", INT64, ["rows", "tokens"]), value("attention_mask", INT64, ["rows", "tokens"])],
    [value("y", FLOAT, ["rows", "tokens", 2])],
    table=table,
)

numpy.save(PLACE / "x.npy", numpy.array([[1, 1, 1], [2, -3, 1]], "f4"))
numpy.save(PLACE / "x-half.npy", numpy.array([[1, 1, 1], [2, -3, 1]], "f2"))
numpy.save(PLACE / "x-double.npy", numpy.array([[1, 1, 1], [2, -3, 1]], "f8"))
numpy.save(PLACE / "ids.npy", numpy.asfortranarray([[2**40, 1, 2], [3, 4, 5]], ">i8"))
numpy.save(PLACE / "ids-int32.npy", numpy.array([[1, 1, 2], [3, 4, 5]], "i4"))
numpy.save(PLACE / "ids-uint16.npy", numpy.array([[1, 1, 2], [3, 4, 5]], "u2"))
numpy.save(PLACE / "mask.npy", numpy.array([[1, 0, 1], [0, 0, 1]], bool))
numpy.save(PLACE / "scale.npy", numpy.array(1 / 3, "f8"))
numpy.save(PLACE / "pairs.npy", numpy.array([[1, 2], [3, -4]], "f4"))
numpy.save(PLACE / "age.npy", numpy.array([[23], [70]], "f4"))
numpy.save(PLACE / "income.npy", numpy.array([[2000], [3500]], "f8"))
numpy.save(PLACE / "city.npy", numpy.array([["Oslo"], ["Röm"]]))
numpy.save(PLACE / "row.npy", numpy.array([1, 1, 1], "f4"))
numpy.save(PLACE / "wide.npy", numpy.zeros((2, 4), "f4"))
