"""What `benchmarks/compare --all` measures beside the cases of `neurite bench`, and what neurite wants to be."""

PROCESS = "process"  # whole processes, timed from outside
SIZES = (256, 512, 1024, 2048)  # of products
BATCHED = ("mlp-s", "vgg32")
BATCHES = (1, 4, 16, 64, 256, 512)
WIDTHS = {f"mlp:784-{units}-10/b128": units for units in (32, 64, 128, 256, 512, 1024, 2048, 4096)}
DEPTHS = {f"mlp:{'256-' * (layers + 1)}10/b128": layers for layers in (1, 2, 4, 8, 16)}
SHARED = ("mlp-m/b128", "vgg32/b64", "resnet20/b64")  # among threads

# Aims: how many times as fast as the best of PyTorch and DJL/libtorch; for products, as OpenBLAS.
STEPS = {
    **{"mlp-tiny/b4": 15, "mlp-s/b32": 2, "mlp-s/b128": 2, "mlp-m/b128": 1.4, "mlp-l/b256": 1.7},
    **{"lenet5/b64": 2.3, "keras-cnn/b128": 2.2, "vgg32/b64": 1.4, "resnet20/b64": 1.8},
}
PREDICTIONS = {**dict.fromkeys(STEPS, 1.3), "mlp-s/b1": 2, "lenet5/b1": 6}
WHOLE_PROCESS = 2


def product_aim(threads):
    return 0.9 if threads == 1 else 0.88


def counts(threads):
    """1, 2, 4 and so on threads, up to all of them."""
    return sorted({threads, *(1 << i for i in range(threads.bit_length()) if 1 << i < threads)})
