"""What `benchmarks/compare --all` measures beside the cases of `neurite bench`, and what neurite wants to be."""

PROCESS = "process"  # whole processes, timed from outside
GENERATE = "generate/b1"  # tokens that follow a prompt
START = "start"  # the first step and epoch of a process
ONNX = "onnx/"  # before a case that is exported, and whose file both sides run
JVM = "jvm/"  # before a case that is measured in many processes, to see how far they are apart
SIZES = (256, 512, 1024, 2048)  # of square products
BATCHED = ("mlp-s", "vgg32")
BATCHES = (1, 4, 16, 64, 256, 512)
WIDTHS = {f"mlp:784-{units}-10/b128": units for units in (32, 64, 128, 256, 512, 1024, 2048, 4096)}
DEPTHS = {f"mlp:{'256-' * (layers + 1)}10/b128": layers for layers in (1, 2, 4, 8, 16)}
SHARED = ("mlp-m/b128", "vgg32/b64", "resnet20/b64")  # among threads
JVMS = [JVM + case for case in ("lenet5/b64", "squeezenet/b1", "resnet20/b64", "mlp-s/b128", "mlp-m/b128")]

# Aims: how many times as fast as the best peer.
STEPS = {
    **{"mlp-tiny/b4": 15, "mlp-s/b32": 2, "mlp-s/b128": 2, "mlp-m/b128": 1.1, "mlp-l/b256": 1.1},
    **{"lenet5/b64": 1.8, "keras-cnn/b128": 1.5, "vgg32/b64": 1.3, "resnet20/b64": 1.25},
    **{"lstm/b64": 1, "gru/b64": 1.8, "bilstm/b64": 1, "encoder/b16": 1.1, "gpt/b8": 1},
}
SEQUENCES = ("lstm", "gru", "bilstm", "encoder", "gpt", "generate")
IMAGENET = {"resnet18": 1 / 1.3, "resnet50": 1 / 1.3, "mobilenet-v2": 1 / 1.8, "squeezenet": 1 / 1.3}  # only predicted
PREDICTIONS = {
    **dict.fromkeys([*STEPS, "mlp-s/b1", "lenet5/b1"], 0.95),
    **{f"{network}/b{rows}": aim for network, aim in IMAGENET.items() for rows in (1, 8)},
}
EXPORTED = {
    **dict.fromkeys(("mlp-s/b1", "mlp-s/b128", "mlp-m/b1", "mlp-m/b128", "lenet5/b1", "lenet5/b64"), 1 / 1.05),
    **{f"{network}/b{rows}": aim for network, aim in IMAGENET.items() for rows in (1, 8)},
    **dict.fromkeys(("encoder/b1", "encoder/b16"), 1 / 1.15),
    **dict.fromkeys(("lstm/b1", "lstm/b64"), 1 / 1.2),
}
NETWORKS_TO_QUANTIZE = {  # by onnxruntime's tools, and how
    "mlp-m": ("dynamic-u8", "dynamic-s8", "qdq-u8s8", "qdq-s8s8-each", "qoperator-u8s8", "qoperator-u8u8", "qoperator-u8s8-each"),
    "keras-cnn": ("dynamic-u8", "qdq-u8s8", "qdq-s8s8-each", "qoperator-u8s8", "qoperator-u8u8", "qoperator-u8s8-each"),
    "mobilenet-small": ("qdq-u8s8-each", "qdq-s8s8", "qoperator-u8s8-each"),
    "lstm": ("dynamic-u8", "dynamic-s8", "qdq-u8s8"),
}
QUANTIZED = {
    f"{network}+{how}/b{rows}": 0.6 for network, all in NETWORKS_TO_QUANTIZE.items() for how in all for rows in (1, 64)
}
PRODUCTS = 0.95
GENERATION = 1.5
WHOLE_PROCESS = 1 / 0.65
SHAPES = 0.9  # of a plain product's speed: the others of a dense layer, and many small ones

# Aims that are not to be exceeded.
FIRST_EPOCH = 2  # times the next
SLOWEST = 1.15  # process, times the median
APART = 1.05  # medians with the launcher and without


def is_for_imagenet(case):
    return case.rpartition("/b")[0] in IMAGENET


def is_trained(case):
    """Others are only predicted: a batch of one row, networks for ImageNet, exported ones, generated text."""
    return not case.endswith("/b1") and not is_for_imagenet(case) and not case.startswith(ONNX)


def is_of_sequences(case):
    return case.rpartition("/b")[0] in SEQUENCES


def is_product(case):
    return case.startswith(("gemm/", "dense/", "batched/"))


def counts(threads):
    """1, 2, 4 and so on threads, up to all of them."""
    return sorted({threads, *(1 << i for i in range(threads.bit_length()) if 1 << i < threads)})
