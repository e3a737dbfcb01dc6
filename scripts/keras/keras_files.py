"""Writes models and weights in the form of Keras 3 for KerasFileTest, with outputs that NumPy computes.

Keras itself is not needed: files are written with h5py as `saving_lib.py` of Keras 3 does (a zip with config.json and
model.weights.h5; each layer's arrays in order below layers/NAME/vars), and configurations as `get_config` gives them.

    /usr/bin/python3 keras_files.py DIRECTORY
"""

import io
import json
import re
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np

RNG = np.random.default_rng(41)
F = np.float32


# ------------------------------------------------------------------------------------------------ layers in NumPy


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "softmax": softmax,
    "silu": lambda z: z * sigmoid(z),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.2 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
}


def pads(n, kernel, stride, padding, dilation=1):
    reach = (kernel - 1) * dilation + 1
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return reach - 1, 0
    total = max(0, (-(-n // stride) - 1) * stride + reach - n)
    return total // 2, total - total // 2


def windows(x, kernel, strides, padding, fill=0.0, dilation=(1, 1)):
    """Windows [batch, height, width, kh, kw, channels] of images [batch, height, width, channels]."""
    ph = pads(x.shape[1], kernel[0], strides[0], padding, dilation[0])
    pw = pads(x.shape[2], kernel[1], strides[1], padding, dilation[1])
    x = np.pad(x, ((0, 0), ph, pw, (0, 0)), constant_values=fill)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    rows = range(0, x.shape[1] - reach[0] + 1, strides[0])
    columns = range(0, x.shape[2] - reach[1] + 1, strides[1])
    return np.stack(
        [
            np.stack(
                [x[:, r : r + reach[0] : dilation[0], c : c + reach[1] : dilation[1], :] for c in columns], axis=1
            )
            for r in rows
        ],
        axis=1,
    )


class Layer:
    """A layer with its configuration, its arrays, and what it computes."""

    def __init__(self, kind, config=None, arrays=(), call=None, holders=None):
        self.kind = kind
        self.name = ""
        self.config = dict(config or {})
        self.arrays = [np.asarray(a, F) for a in arrays]
        self.holders = holders or {"": self.arrays}  # by the path below the layer
        self.call = call


def normal(*shape):
    return RNG.normal(0, 0.5, shape).astype(F)


def dense(inputs, units, activation="linear", bias=True):
    w, b = normal(inputs, units), normal(units)
    return Layer(
        "Dense",
        {"units": units, "activation": activation, "use_bias": bias},
        [w, b] if bias else [w],
        lambda x: ACTIVATIONS[activation](x @ w + (b if bias else 0)),
    )


def conv2d(channels, filters, kernel, strides=(1, 1), padding="valid", activation="linear", bias=True, dilation=(1, 1)):
    w, b = normal(*kernel, channels, filters), normal(filters)

    def call(x):
        z = np.einsum("bhwijc,ijco->bhwo", windows(x, kernel, strides, padding, dilation=dilation), w)
        return ACTIVATIONS[activation](z + (b if bias else 0))

    return Layer(
        "Conv2D",
        {
            "filters": filters,
            "kernel_size": list(kernel),
            "strides": list(strides),
            "padding": padding,
            "data_format": "channels_last",
            "dilation_rate": list(dilation),
            "groups": 1,
            "activation": activation,
            "use_bias": bias,
        },
        [w, b] if bias else [w],
        call,
    )


def depthwise(channels, kernel, multiplier=1, padding="same", activation="linear"):
    w, b = normal(*kernel, channels, multiplier), normal(channels * multiplier)

    def call(x):
        z = np.einsum("bhwijc,ijcm->bhwcm", windows(x, kernel, (1, 1), padding), w)
        return ACTIVATIONS[activation](z.reshape(*z.shape[:3], -1) + b)

    return Layer(
        "DepthwiseConv2D",
        {
            "kernel_size": list(kernel),
            "strides": [1, 1],
            "padding": padding,
            "depth_multiplier": multiplier,
            "data_format": "channels_last",
            "dilation_rate": [1, 1],
            "activation": activation,
            "use_bias": True,
        },
        [w, b],
        call,
    )


def separable(channels, filters, kernel, multiplier=1, padding="same", activation="linear"):
    d, p, b = normal(*kernel, channels, multiplier), normal(1, 1, channels * multiplier, filters), normal(filters)

    def call(x):
        z = np.einsum("bhwijc,ijcm->bhwcm", windows(x, kernel, (1, 1), padding), d)
        return ACTIVATIONS[activation](z.reshape(*z.shape[:3], -1) @ p[0, 0] + b)

    return Layer(
        "SeparableConv2D",
        {
            "filters": filters,
            "kernel_size": list(kernel),
            "strides": [1, 1],
            "padding": padding,
            "depth_multiplier": multiplier,
            "data_format": "channels_last",
            "dilation_rate": [1, 1],
            "activation": activation,
            "use_bias": True,
        },
        [d, p, b],
        call,
    )


def conv1d(channels, filters, kernel, padding="valid", activation="linear", strides=1):
    w, b = normal(kernel, channels, filters), normal(filters)

    def call(x):
        before, after = pads(x.shape[1], kernel, strides, padding)
        x = np.pad(x, ((0, 0), (before, after), (0, 0)))
        steps = range(0, x.shape[1] - kernel + 1, strides)
        z = np.stack([np.einsum("bkc,kco->bo", x[:, t : t + kernel], w) for t in steps], axis=1)
        return ACTIVATIONS[activation](z + b)

    return Layer(
        "Conv1D",
        {
            "filters": filters,
            "kernel_size": [kernel],
            "strides": [strides],
            "padding": padding,
            "data_format": "channels_last",
            "dilation_rate": [1],
            "groups": 1,
            "activation": activation,
            "use_bias": True,
        },
        [w, b],
        call,
    )


def pool2d(kind, size, strides=None, padding="valid"):
    strides = strides or size
    maximum = kind == "MaxPooling2D"

    def call(x):
        w = windows(x, size, strides, padding, -np.inf if maximum else np.nan)
        return w.max((3, 4)) if maximum else np.nanmean(w, (3, 4))

    return Layer(
        kind,
        {"pool_size": list(size), "padding": padding, "strides": list(strides), "data_format": "channels_last"},
        call=call,
    )


def pool1d(kind, size, padding="valid"):
    def call(x):
        before, after = pads(x.shape[1], size, size, padding)
        maximum = kind == "MaxPooling1D"
        x = np.pad(x, ((0, 0), (before, after), (0, 0)), constant_values=-np.inf if maximum else np.nan)
        parts = [x[:, t : t + size] for t in range(0, x.shape[1] - size + 1, size)]
        return np.stack([p.max(1) if maximum else np.nanmean(p, 1) for p in parts], axis=1)

    return Layer(
        kind,
        {"pool_size": [size], "padding": padding, "strides": [size], "data_format": "channels_last"},
        call=call,
    )


def plain(kind, call, **config):
    return Layer(kind, config, call=call)


def batch_norm(channels, scale=True, center=True, epsilon=0.001):
    gamma, beta, mean = 1 + normal(channels), normal(channels), normal(channels)
    variance = np.abs(normal(channels)) + F(0.5)
    arrays = ([gamma] if scale else []) + ([beta] if center else []) + [mean, variance]

    def call(x):
        y = (x - mean) / np.sqrt(variance + epsilon)
        return y * (gamma if scale else 1) + (beta if center else 0)

    config = {"axis": -1, "momentum": 0.99, "epsilon": epsilon, "center": center, "scale": scale}
    return Layer("BatchNormalization", config, arrays, call)


def layer_norm(features, epsilon=0.001):
    gamma, beta = 1 + normal(features), normal(features)

    def call(x):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta

    return Layer("LayerNormalization", {"axis": -1, "epsilon": epsilon, "center": True, "scale": True}, [gamma, beta], call)


def embedding(vocabulary, size):
    table = normal(vocabulary, size)
    return Layer(
        "Embedding",
        {"input_dim": vocabulary, "output_dim": size, "mask_zero": False},
        [table],
        lambda x: table[x.astype(int)],
    )


def recurrent(kind, inputs, units, sequences=False, reset_after=True, backwards=False):
    gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[kind]
    w, u = normal(inputs, gates * units), normal(units, gates * units)
    b = normal(2, gates * units) if kind == "GRU" and reset_after else normal(gates * units)

    def step(x, h, c):
        if kind == "SimpleRNN":
            return np.tanh(x @ w + b + h @ u), c
        if kind == "LSTM":
            i, f, g, o = np.split(x @ w + h @ u + b, 4, axis=-1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            return sigmoid(o) * np.tanh(c), c
        if reset_after:
            xz, xr, xh = np.split(x @ w + b[0], 3, axis=-1)
            hz, hr, hh = np.split(h @ u + b[1], 3, axis=-1)
            z, r = sigmoid(xz + hz), sigmoid(xr + hr)
            n = np.tanh(xh + r * hh)
        else:
            xz, xr, xh = np.split(x @ w + b, 3, axis=-1)
            z, r = sigmoid(xz + h @ u[:, :units]), sigmoid(xr + h @ u[:, units : 2 * units])
            n = np.tanh(xh + (r * h) @ u[:, 2 * units :])
        return z * h + (1 - z) * n, c

    def call(x):
        h, c, outputs = np.zeros((len(x), units)), np.zeros((len(x), units)), []
        for t in range(x.shape[1])[:: -1 if backwards else 1]:
            h, c = step(x[:, t], h, c)
            outputs.append(h)
        return np.stack(outputs, axis=1) if sequences else h

    config = {
        "return_sequences": sequences,
        "return_state": False,
        "go_backwards": backwards,
        "stateful": False,
        "units": units,
        "activation": "tanh",
        "use_bias": True,
        "dropout": 0.0,
        "recurrent_dropout": 0.0,
    }
    if kind != "SimpleRNN":
        config["recurrent_activation"] = "sigmoid"
    if kind == "GRU":
        config["reset_after"] = reset_after
    return Layer(kind, config, call=call, holders={"cell": [w, u, b]})


def bidirectional(kind, inputs, units, sequences=False):
    forward = recurrent(kind, inputs, units, sequences)
    backward = recurrent(kind, inputs, units, sequences, backwards=True)

    def call(x):
        b = backward.call(x)
        return np.concatenate([forward.call(x), b[:, ::-1] if sequences else b], axis=-1)

    def described(layer, name):
        return {"module": "keras.layers", "class_name": kind, "config": {"name": name, **layer.config}, "registered_name": None}

    return Layer(
        "Bidirectional",
        {
            "merge_mode": "concat",
            "layer": described(forward, "forward"),
            "backward_layer": described(backward, "backward"),
        },
        call=call,
        holders={
            "forward_layer/cell": forward.holders["cell"],
            "backward_layer/cell": backward.holders["cell"],
        },
    )


# ------------------------------------------------------------------------------------------------- files of Keras 3


def snake(kind):
    name = re.sub(r"\W+", "", kind)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def numbered(layers):
    """Names as Keras counts them: by class, in the order of the layers."""
    counts = {}
    for layer in layers:
        name = snake(layer.kind)
        number = counts.get(name, 0)
        counts[name] = number + 1
        yield name if number == 0 else f"{name}_{number}", layer


def write_weights(file, path, layers):
    for name, layer in numbered(layers):
        if isinstance(layer, Model):
            write_weights(file, f"{path}layers/{name}/", layer.layers)
            continue
        for holder, arrays in layer.holders.items():
            group = file.create_group("/".join(filter(None, [f"{path}layers/{name}", holder]))).create_group("vars")
            group.attrs["name"] = layer.name
            for i, array in enumerate(arrays):
                group[str(i)] = array
        if layer.kind == "Dropout":
            group = file.create_group(f"{path}layers/{name}/seed_generator").create_group("vars")
            group["0"] = np.asarray([3, 0], np.uint32)


def hdf5(layers, **options):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        write_weights(file, "", layers)
    return buffer.getvalue()


def described(layer):
    return {
        "module": "keras.layers",
        "class_name": layer.kind,
        "config": {"name": layer.name, "trainable": True, "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}, **layer.config},
        "registered_name": None,
        "build_config": {},
    }


def input_layer(shape, name="input_layer"):
    layer = Layer("InputLayer", {"batch_shape": [None, *shape], "sparse": False})
    layer.name = name
    return layer


class Model:
    """A Sequential or functional model that is a layer of another one."""

    def __init__(self, kind, name, layers, config):
        self.kind, self.name, self.layers, self.config = kind, name, layers, config


def sequential_config(name, shape, layers):
    for key, layer in numbered(layers):
        layer.name = layer.name or f"{name}_{key}"
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": name,
            "trainable": True,
            "layers": [described(input_layer(shape, name + "_input"))] + [described(each) for each in layers],
            "build_input_shape": [None, *shape],
        },
        "registered_name": None,
    }


def tensor(name, use=0, output=0):
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None], "dtype": "float32", "keras_history": [name, use, output]},
    }


def save(path, config, layers, **options):
    weights = hdf5(layers, **options)
    with zipfile.ZipFile(path, "w") as archive:
        # Keras does not compress; here it keeps the repository small.
        kind = zipfile.ZIP_STORED if path.stem == "mlp" else zipfile.ZIP_DEFLATED
        metadata = {"keras_version": "3.12.0", "date_saved": "2026-11-30@12:00:00"}
        archive.writestr(zipfile.ZipInfo("metadata.json"), json.dumps(metadata), kind)
        archive.writestr(zipfile.ZipInfo("config.json"), json.dumps(config), kind)
        archive.writestr(zipfile.ZipInfo("model.weights.h5"), weights, kind)
    return weights


def save_arrays(path, **arrays):
    """An .npz file of which each run has the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, np.ascontiguousarray(array, F))
            archive.writestr(zipfile.ZipInfo(name + ".npy"), buffer.getvalue())


def save_sequential(directory, name, shape, layers, x=None, **options):
    x = normal(3, *shape) if x is None else x
    y = x.astype(np.float64)
    for layer in layers:
        y = layer.call(y)
    weights = save(directory / f"{name}.keras", sequential_config(name, shape, layers), layers, **options)
    save_arrays(directory / f"{name}.npz", x=x.transpose(0, 3, 1, 2) if x.ndim == 4 else x, y=y)
    return weights


def identity(x):
    return x


def main():
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    weights = save_sequential(
        directory,
        "mlp",
        (4,),
        [
            dense(4, 8, "relu"),
            batch_norm(8),
            plain("Dropout", identity, rate=0.3, seed=None, noise_shape=None),
            dense(8, 6, "leaky_relu", bias=False),
            plain("ELU", ACTIVATIONS["elu"], alpha=1.0),
            dense(6, 3, "softmax"),
        ],
    )
    (directory / "mlp.weights.h5").write_bytes(weights)
    save_sequential(
        directory,
        "cnn",
        (9, 8, 2),
        [
            conv2d(2, 4, (3, 3), padding="same", activation="relu", strides=(2, 1)),
            pool2d("MaxPooling2D", (2, 2), padding="same"),
            plain("ZeroPadding2D", lambda x: np.pad(x, ((0, 0), (1, 0), (0, 2), (0, 0))), padding=[[1, 0], [0, 2]], data_format="channels_last"),
            conv2d(4, 3, (2, 3), bias=False, dilation=(1, 2)),
            batch_norm(3, scale=False),
            plain("ReLU", ACTIVATIONS["relu"], max_value=None, negative_slope=0.0, threshold=0.0),
            pool2d("AveragePooling2D", (2, 2), (1, 1), "same"),
            plain("Flatten", lambda x: x.reshape(len(x), -1), data_format="channels_last"),
            dense(18, 5),
            plain("Activation", softmax, activation="softmax"),
        ],
    )
    save_sequential(
        directory,
        "recurrent",
        (7, 3),
        [
            recurrent("LSTM", 3, 4, sequences=True),
            recurrent("GRU", 4, 3, sequences=True),
            recurrent("GRU", 3, 5, sequences=True, reset_after=False),
            bidirectional("LSTM", 5, 2, sequences=True),
            bidirectional("GRU", 4, 3, sequences=True),
            recurrent("SimpleRNN", 6, 4, sequences=True),
            recurrent("LSTM", 4, 3, backwards=True),
            dense(3, 2, "tanh"),
        ],
    )
    save_sequential(
        directory,
        "text",
        (8,),
        [
            embedding(11, 5),
            conv1d(5, 4, 3, "causal", "silu"),
            layer_norm(4),
            pool1d("AveragePooling1D", 3, "same"),
            conv1d(4, 6, 2, "valid"),
            plain("Permute", lambda x: x.transpose(0, 2, 1), dims=[2, 1]),
            plain("Reshape", lambda x: x.reshape(len(x), 4, 3), target_shape=[-1, 3]),
            dense(3, 4, "softmax"),
            plain("GlobalMaxPooling1D", lambda x: x.max(1), data_format="channels_last", keepdims=False),
            dense(4, 1, "sigmoid"),
        ],
        x=RNG.integers(0, 11, (3, 8)).astype(F),
    )
    deep = [dense(3, 3, "tanh") for _ in range(60)]
    save_sequential(directory, "latest", (3,), deep, libver="latest")
    save_functional(directory)


def save_functional(directory):
    """Two inputs, a residual connection, a shared layer, a model inside, two outputs."""
    first, second = separable(3, 4, (3, 3), 2, activation="relu"), depthwise(4, (3, 3))
    shared = dense(3, 4, "tanh")
    inner = [dense(8, 6, "relu"), dense(6, 5)]
    inside = Model("Sequential", "inside", inner, None)
    inside.config = sequential_config("inside", (8,), inner)
    out = dense(5, 2, "sigmoid")
    images, features = normal(3, 6, 5, 3), normal(3, 3)

    a = first.call(images.astype(np.float64))
    b = second.call(a)
    pooled = (a + b).mean((1, 2))
    once = shared.call(features)
    twice = shared.call(features * 1.0)
    joined = np.concatenate([pooled * once, twice], axis=-1)
    hidden = inner[1].call(inner[0].call(joined))
    result = out.call(hidden)

    calls = []

    def put(layer, name, *uses):
        layer.name = name
        config = layer.config if isinstance(layer, Model) else described(layer)
        calls.append({**config, "name": name, "inbound_nodes": [{"args": args, "kwargs": {}} for args in uses]})
        return layer

    layers = [
        put(input_layer((6, 5, 3)), "image"),
        put(first, "first.conv", [tensor("image")]),
        put(second, "second", [tensor("first.conv")]),
        put(plain("Add", None), "add", [[tensor("first.conv"), tensor("second")]]),
        put(plain("GlobalAveragePooling2D", None, data_format="channels_last", keepdims=False), "pool", [tensor("add")]),
        put(input_layer((3,)), "features"),
        put(plain("GaussianNoise", None, stddev=0.1, seed=None), "noise", [tensor("features")]),
        put(shared, "shared", [tensor("features")], [tensor("noise")]),
        put(plain("Multiply", None), "multiply", [[tensor("pool"), tensor("shared", 0)]]),
        put(plain("Concatenate", None, axis=-1), "join", [[tensor("multiply"), tensor("shared", 1)]]),
        put(inside, "inside", [tensor("join")]),
        put(out, "out", [tensor("inside", 1)]),
    ]
    for each in calls:
        each["config"]["name"] = each["name"]
    config = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": "functional",
            "trainable": True,
            "layers": calls,
            "input_layers": [["image", 0, 0], ["features", 0, 0]],
            "output_layers": [["out", 0, 0], ["pool", 0, 0]],
        },
        "registered_name": "Functional",
    }
    save(directory / "functional.keras", config, layers)
    save_arrays(
        directory / "functional.npz",
        x=images.transpose(0, 3, 1, 2),
        x2=features,
        y=result,
        y2=pooled,
    )


if __name__ == "__main__":
    main()
