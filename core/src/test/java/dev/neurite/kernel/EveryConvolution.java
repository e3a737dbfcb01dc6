package dev.neurite.kernel;

import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;

/// Every public method of [Convolutions] over some geometries, for [EveryKernel].
final class EveryConvolution {
    private static final int LARGE = 100_000; // from this product of the sizes on
    private static final Activation.Elementwise LEAKY = Activation.leakyRelu();

    private final Convolutions k;
    private final EveryKernel every;
    private final int images;
    private final int inputs;
    private final Kernels kernels;
    private final int outputs;
    private final int height;
    private final int width;

    EveryConvolution(Kernels kernels, int rows, int columns, int depth, EveryKernel every) {
        boolean large = rows * columns * depth >= LARGE;
        this.kernels = kernels;
        k = kernels.convolutions();
        this.every = every;
        images = Math.min(rows, large ? 7 : 3);
        inputs = Math.min(columns, large ? 5 : 3);
        outputs = Math.min(depth, large ? 35 : 9);
        height = large ? 7 : 5;
        width = large ? 9 : 6;
    }

    void addAll() {
        add("points", 1, inputs, outputs, Window.of(1, 1), 0, 0, 0, 0);
        add("3×3", 1, inputs, outputs, Window.of(3, 3), 1, 1, 1, 1);
        add("moving by 2", 1, inputs, outputs, Window.of(3, 3).withStride(2, 2), 1, 1, 1, 1);
        add("stride above kernel", 1, inputs, outputs, Window.of(2, 1).withStride(3, 2), 0, 0, 1, 1);
        add("dilated", 1, inputs, outputs, Window.of(2, 3).withDilation(3, 2).withStride(1, 2), 2, 0, 0, 3);
        add("3×3 by tiles", 1, 32, 48, Window.of(3, 3), 0, 1, 2, 1);
        addDirect();
        add("groups", 2, 2 * inputs, 2 * outputs, Window.of(2, 2), 1, 0, 0, 1);
        add("each channel", outputs, outputs, outputs, Window.of(3, 3), 1, 1, 1, 1);
        add("each channel twice", inputs, inputs, 2 * inputs, Window.of(3, 3).withStride(2, 2), 1, 1, 1, 1);
        addInBlocks("in blocks", 1, 16, 32, Window.of(2, 2), 1, 0, 0, 1);
        addInBlocks("in blocks, columns together", 1, 16, 16, Window.of(3, 3), 1, 1, 1, 1);
        addInBlocks("in blocks, by 2", 1, 16, 32, Window.of(3, 3).withStride(2, 2), 1, 1, 1, 1);
        addInBlocks("in blocks, 3×3 by tiles", 1, 32, 32, Window.of(3, 3), 1, 1, 1, 1);
        addInBlocks("from planes to blocks", 1, 3, 32, Window.of(3, 3), 1, 1, 1, 1);
        addInBlocks("from planes to blocks, by 2", 1, 3, 16, Window.of(5, 7).withStride(2, 2), 2, 3, 2, 3);
        addInBlocks("each channel in blocks", 32, 32, 32, Window.of(3, 3), 1, 1, 1, 1);
        addInBlocks("each channel in blocks, by 2", 16, 16, 16, Window.of(4, 3).withStride(2, 2), 1, 1, 1, 1);
        addConstant("constant weights, a block that is not full", inputs, 129, Window.of(1, 2));
    }

    private void add(String detail, int groups, int in, int out, Window window, int... pads) {
        var g = new Geometry(height, width, window, pads[0], pads[1], pads[2], pads[3]);
        Tensor none = Tensor.EMPTY;
        Tensor x = every.tensor(images, in, height, width);
        Tensor dy = every.tensor(images, out, g.outHeight(), g.outWidth());
        Tensor r = every.tensor(images, out, g.outHeight(), g.outWidth());
        PackedWeights w = PackedWeights.changing(every.tensor(out, in / groups, window.height(), window.width()));
        Tensor b = every.tensor(out);
        Tensor before = every.tensor(in);
        Tensor y = every.tensor(images, out, g.outHeight(), g.outWidth());
        Tensor dx = every.tensor(images, in, height, width);
        Tensor dw = every.tensor(out, in / groups, window.height(), window.width());
        Tensor db = every.tensor(out);
        every.add("convolutions.layout", detail, () -> k.layout(g, groups, in, out, Layout.BLOCKED));
        every.add(
                "convolutions.forward",
                detail,
                () -> k.forward(g, groups, x, w, none, none, Activation.IDENTITY, y),
                y);
        every.add(
                "convolutions.forward",
                detail + ", bias, residual, relu",
                () -> k.forward(g, groups, x, w, b, r, Activation.RELU, y),
                y);
        every.add("convolutions.inputGradient", detail, () -> k.inputGradient(g, groups, dy, w, none, dx), dx);
        every.add("convolutions.inputGradient", detail + ", added", () -> k.inputGradient(g, groups, dy, w, x, dx), dx);
        every.add(
                "convolutions.transposed",
                detail + ", bias, leaky relu",
                () -> k.transposed(g, groups, dy, w, before, LEAKY, dx),
                dx);
        every.add("convolutions.weightGradient", detail, () -> k.weightGradient(g, groups, x, dy, dw), dw);
        every.add("channelSums", detail, () -> kernels.channelSums(dy, db), db);
    }

    private void addDirect() {
        var g = new Geometry(height, width, Window.of(3, 3), 0, 1, 2, 1);
        Tensor none = Tensor.EMPTY;
        Tensor x = every.tensor(images, 32, height, width);
        PackedWeights w = PackedWeights.changing(every.tensor(48, 32, 3, 3));
        Tensor y = every.tensor(images, 48, g.outHeight(), g.outWidth());
        every.add(
                "convolutions.direct",
                "3×3",
                () -> k.direct().forward(g, 1, x, w, none, none, Activation.IDENTITY, y),
                y);
    }

    /// The same in the layout that this engine wants; x in planes, if its channels do not fill blocks.
    private void addInBlocks(String detail, int groups, int in, int out, Window window, int... pads) {
        var g = new Geometry(height, width, window, pads[0], pads[1], pads[2], pads[3]);
        Layout layout = k.layout(g, groups, in, out, Layout.BLOCKED);
        Tensor rows = every.tensor(images, in, height, width);
        Tensor x = in(rows, in % Layout.BLOCK == 0 ? layout : Layout.ROW_MAJOR);
        Tensor dy = in(every.tensor(images, out, g.outHeight(), g.outWidth()), layout);
        Tensor r = in(every.tensor(images, out, g.outHeight(), g.outWidth()), layout);
        PackedWeights w = PackedWeights.changing(every.tensor(out, in / groups, window.height(), window.width()));
        Tensor b = every.tensor(out);
        Tensor result = every.tensor(images, out, g.outHeight(), g.outWidth());
        Tensor y = in(result, layout);
        Tensor dx = in(rows, x.layout());
        Tensor ofDx = every.tensor(images, in, height, width);
        Tensor dw = every.tensor(out, in / groups, window.height(), window.width());
        every.add(
                "convolutions.forward",
                detail,
                () -> {
                    k.forward(g, groups, x, w, b, r, Activation.RELU, y);
                    copy(y, result);
                },
                result);
        every.add(
                "convolutions.inputGradient",
                detail,
                () -> {
                    k.inputGradient(g, groups, dy, w, x, dx);
                    copy(dx, ofDx);
                },
                ofDx);
        every.add("convolutions.weightGradient", detail, () -> k.weightGradient(g, groups, x, dy, dw), dw);
    }

    private void addConstant(String detail, int in, int out, Window window) {
        var g = new Geometry(height, width, window, 0, 0, 0, 0);
        Tensor x = every.tensor(images, in, height, width);
        PackedWeights w = PackedWeights.constant(every.tensor(out, in, window.height(), window.width()));
        Tensor b = every.tensor(out);
        Tensor r = every.tensor(images, out, g.outHeight(), g.outWidth());
        Tensor y = every.tensor(images, out, g.outHeight(), g.outWidth());
        every.add("convolutions.forward", detail, () -> k.forward(g, 1, x, w, b, r, Activation.RELU, y), y);
    }

    private Tensor in(Tensor x, Layout layout) {
        Tensor y = Tensor.view(x.shape(), new float[x.size()], 0, layout);
        copy(x, y);
        return y;
    }

    private void copy(Tensor x, Tensor y) {
        if (x.layout() == y.layout()) kernels.copy(x, y);
        else kernels.planes().convert(x, y);
    }
}
