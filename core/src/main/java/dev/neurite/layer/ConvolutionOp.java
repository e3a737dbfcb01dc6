package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.SequenceKernels;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.FusedActivation;
import dev.neurite.model.Initializer;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.model.Role;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.StringJoiner;

/// Forward and backward of every convolution layer: y = g(W ∗ x + b + r), or of a transposed one y =
/// g(Wᵀ ∗ x + b).
/// @param node the node that messages name: the layer, or what contains it
/// @param layer activation, initializers and bias
/// @param kind images or sequences, transposed or not
/// @param channels the number of output channels
/// @param groups the number of groups that the channels are divided into
/// @param window kernel size, stride and dilation
/// @param placement where the window slides on planes of a given size
record ConvolutionOp(
        Node node, ConvolutionLayer<?> layer, Kind kind, int channels, int groups, Window window, Placement placement) {
    /// Images or sequences, transposed or not.
    enum Kind {
        IMAGES(false, false),
        SEQUENCES(true, false),
        TRANSPOSED_IMAGES(false, true),
        TRANSPOSED_SEQUENCES(true, true);

        private final boolean flat; // sequences: planes of one row
        private final boolean transposed;

        Kind(boolean flat, boolean transposed) {
            this.flat = flat;
            this.transposed = transposed;
        }
    }

    /// Where a window slides on planes of a given size.
    interface Placement {
        /// The window with its padding, for input planes of this size.
        /// @throws ShapeException if it does not fit
        Geometry around(int height, int width);
    }

    private static final int ROOM = 1 << 16; // elements that kernels may need beyond those of an array

    // --------------------------------------------------------------------------------------------------- settings

    /// The operation of a layer.
    /// @param inputs the number of input channels, which a [DepthwiseConv2d] takes as its groups
    static ConvolutionOp of(ConvolutionLayer<?> layer, int inputs) {
        return of(layer, layer, inputs);
    }

    /// The operation of a layer inside another node.
    /// @param node the node that messages name
    static ConvolutionOp of(Node node, ConvolutionLayer<?> layer, int inputs) {
        return switch (layer) {
            case Conv1d c ->
                new ConvolutionOp(node, c, Kind.SEQUENCES, c.channels(), c.groups(), c.window(), c.placement());
            case Conv2d c ->
                new ConvolutionOp(node, c, Kind.IMAGES, c.channels(), c.groups(), c.window(), c.placement());
            case DepthwiseConv2d c -> {
                int groups = Math.max(1, inputs);
                yield new ConvolutionOp(
                        node, c, Kind.IMAGES, groups * c.multiplier(), groups, c.window(), c.placement());
            }
            case ConvTranspose1d c ->
                new ConvolutionOp(
                        node, c, Kind.TRANSPOSED_SEQUENCES, c.channels(), c.groups(), c.window(), c.placement());
            case ConvTranspose2d c ->
                new ConvolutionOp(node, c, Kind.TRANSPOSED_IMAGES, c.channels(), c.groups(), c.window(), c.placement());
        };
    }

    /// @throws ConfigException for less than 1 channel or group, or groups that do not divide the channels
    static void check(String layer, int channels, int groups) {
        if (channels < 1) throw new ConfigException(layer, "expects at least 1 channel, got " + channels);
        if (groups < 1 || channels % groups != 0) {
            throw new ConfigException(
                    layer, "expects groups from 1 that divide its " + channels + " channels, got " + groups);
        }
    }

    /// The window of a 1-D convolution, over planes of one row.
    static Window row(int kernel, int stride, int dilation) {
        return new Window(1, kernel, 1, stride, 1, dilation);
    }

    /// Builds a layer's `toString`: its name and the settings that differ from the defaults.
    static Text text(String name) {
        return new Text(name);
    }

    static final class Text {
        private final String name;
        private final StringJoiner settings = new StringJoiner(", ", "(", ")");

        private Text(String name) {
            this.name = name;
        }

        Text add(Object setting) {
            settings.add(setting.toString());
            return this;
        }

        Text add(String setting, Object value, boolean usual) {
            return usual ? this : add(setting + " " + value);
        }

        Text row(int kernel, int stride, int dilation) {
            return add(
                    kernel + (stride == 1 ? "" : " stride " + stride) + (dilation == 1 ? "" : " dilation " + dilation));
        }

        String end(Elementwise g, boolean bias, Initializer weights) {
            add(g);
            if (!bias) add("no bias");
            return name + settings.add("weights " + weights);
        }
    }

    // ------------------------------------------------------------------------------------------------------- build

    Shape build(Shape in, Declarations declare) {
        String shapes = kind.flat ? "sequences [channels×length]" : "images [channels×height×width]";
        if (in.rank() != (kind.flat ? 2 : 3)) {
            throw misfit(
                    declare,
                    "expects " + shapes + ", got " + in,
                    in.rank() != 1 ? "" : "Reshape the rows to " + shapes + " before it");
        }
        boolean open = kind == Kind.SEQUENCES && in.extent(1) == Shape.OPEN;
        for (int extent : in.extents()) {
            if (extent == Shape.OPEN && !open) {
                throw misfit(declare, "expects " + shapes + " of known extents, got " + in, "");
            }
            if (extent < 1 && extent != Shape.OPEN)
                throw misfit(declare, "expects " + shapes + " of at least 1 element, got " + in, "");
        }
        if (in.extent(0) % groups != 0) {
            throw misfit(declare, "expects channels that its " + groups + " groups divide, got " + in, "");
        }
        Sizes sizes;
        try {
            sizes = sizes(open ? Shape.of(in.extent(0), window.reachWidth()) : in);
        } catch (ShapeException e) {
            throw misfit(declare, "does not fit " + in + ": " + e.problem(), "");
        } catch (ArithmeticException e) {
            throw misfit(declare, "expects planes and weights of less than 2³¹ numbers, got more for " + in, "");
        }
        declare.parameter("weight", sizes.weight, Role.WEIGHT, layer.weights());
        if (layer.bias()) declare.parameter("bias", Shape.of(channels), Role.BIAS, layer.biases());
        if (!open) {
            declare.multiplications(sizes.multiplications);
            return sizes.out;
        }
        declare.multiplications(sizes.multiplications / sizes.out.extent(1) / window.strideWidth());
        return Shape.of(channels, Shape.OPEN);
    }

    private record Sizes(Shape weight, Shape out, long multiplications) {}

    private Sizes sizes(Shape in) {
        int inputs = in.extent(0);
        Geometry g = place(in, 1);
        long padded =
                Math.multiplyExact((long) g.height() + g.top() + g.bottom(), (long) g.width() + g.left() + g.right());
        Math.toIntExact(Math.addExact(Math.multiplyExact(padded, (long) Math.max(inputs, channels)), ROOM));
        int rows = kind.transposed ? inputs : channels;
        int columns = (kind.transposed ? channels : inputs) / groups;
        long taps = (long) columns * window.area();
        Math.toIntExact(Math.multiplyExact(taps, (long) rows));
        return new Sizes(
                kind.flat
                        ? Shape.of(rows, columns, window.width())
                        : Shape.of(rows, columns, window.height(), window.width()),
                kind.transposed ? shape(g.height(), g.width()) : shape(g.outHeight(), g.outWidth()),
                taps * rows * g.outArea());
    }

    private Shape shape(int height, int width) {
        return kind.flat ? Shape.of(channels, width) : Shape.of(channels, height, width);
    }

    private ShapeException misfit(Declarations declare, String problem, String hint) {
        return new ShapeException(declare.path(), node + " " + problem, hint);
    }

    /// @param axis the axis of the height of an image, or of the length of a sequence
    private Geometry place(Shape in, int axis) {
        return kind.flat
                ? placement.around(1, in.extent(axis))
                : placement.around(in.extent(axis), in.extent(axis + 1));
    }

    // --------------------------------------------------------------------------------------------- forward and back

    Tensor forward(Tensor x, Pass pass) {
        Tensor lengths = pass.lengths(x);
        boolean padded = lengths.size() > 0;
        var run = new Run(padded ? cleared(x, lengths, pass) : x, Tensor.EMPTY, pass);
        pass.backward(run.x(), run.y(), Dx.INCLUDES_EARLIER, (dy, dx) -> run.backward(dy, pass.earlier(), dx));
        if (padded) pass.lengths(run.y(), after(lengths, x));
        return run.y();
    }

    /// x with 0 after the end of each row.
    private static Tensor cleared(Tensor x, Tensor lengths, Pass pass) {
        SequenceKernels kernels = pass.kernels().sequences();
        int inputs = x.shape().extent(1);
        int time = x.shape().extent(2);
        Tensor y = pass.like(x);
        kernels.clearPadding(x, inputs, time, lengths, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) kernels.clearPadding(dy, inputs, time, lengths, dx);
        });
    }

    /// The lengths of the output's rows.
    private Tensor after(Tensor lengths, Tensor x) {
        if (layer instanceof Conv1d conv && conv.padding().same() && conv.stride() > 1) {
            throw new ShapeException(
                    node.toString(),
                    "expects sequences of one length for padding 'same' with a stride, got padded ones",
                    "Use causal padding, or numbers");
        }
        float[] after = new float[lengths.size()];
        for (int row = 0; row < after.length; row++) {
            int length = (int) lengths.get(row);
            try {
                after[row] = place(Shape.of(x.shape().extent(1), length), 1).outWidth();
            } catch (ShapeException _) {
                throw new DataException(
                        node + ", row " + row + " of the batch",
                        "expects sequences on which its window fits, got one of length " + length);
            }
        }
        return Tensor.of(lengths.shape(), after);
    }

    /// The forward pass of a batch, and its backward pass.
    final class Run {
        private final Pass pass;
        private final Geometry place;
        private final Tensor x;
        private final Tensor r;
        private final FusedActivation out;
        private final Tensor y;

        /// Computes y.
        /// @param residual added before g; empty for none
        Run(Tensor input, Tensor residual, Pass pass) {
            this.pass = pass;
            place = place(input.shape(), 2);
            Convolutions convolutions = pass.kernels().convolutions();
            Layout wished = layout(convolutions, input);
            x = wished == Layout.BLOCKED ? input : pass.inLayout(input, Layout.ROW_MAJOR);
            out = pass.activated(layer.activation(), wished);
            Shape ofY = out.z().shape();
            r = residual.shape().equals(ofY) ? pass.inLayout(residual, out.z().layout()) : residual;
            PackedWeights w = pass.weights("weight");
            Tensor b = layer.bias() ? pass.parameter("bias") : Tensor.EMPTY;
            Elementwise g = out.inKernel();
            if (kind.transposed) convolutions.transposed(place, groups, x, w, b, g, out.z());
            else convolutions.forward(place, groups, x, w, b, r, g, out.z()); // z = W ∗ x + b + r
            y = out.y(); //                                                       y = g(z)
        }

        private Layout layout(Convolutions convolutions, Tensor input) {
            if (kind != Kind.IMAGES) return Layout.ROW_MAJOR;
            return convolutions.layout(place, groups, input.shape().extent(1), channels, input.layout());
        }

        /// The input in the layout that the kernels take.
        Tensor x() {
            return x;
        }

        Tensor residual() {
            return r;
        }

        Tensor y() {
            return y;
        }

        /// Turns dy into δ in place, and computes the gradients from it.
        /// @param earlier added to dx; empty for none
        void backward(Tensor dy, Tensor earlier, Tensor dx) {
            Convolutions convolutions = pass.kernels().convolutions();
            Tensor delta = out.delta(dy); //                                                   δ = dy ∘ g′(z)
            if (pass.wants("weight")) { //                                                     dW = Σ x·δ
                Tensor dw = pass.gradient("weight");
                if (kind.transposed) convolutions.weightGradient(place, groups, delta, x, dw);
                else convolutions.weightGradient(place, groups, x, delta, dw);
            }
            if (layer.bias() && pass.wants("bias"))
                pass.kernels().channelSums(delta, pass.gradient("bias")); // db = Σ δ
            if (pass.wants(x)) { //                                                            δ_prev = Wᵀ ∗ δ
                PackedWeights w = pass.weights("weight");
                if (kind.transposed) {
                    convolutions.forward(place, groups, delta, w, Tensor.EMPTY, earlier, Activation.IDENTITY, dx);
                } else {
                    convolutions.inputGradient(place, groups, delta, w, earlier, dx);
                }
            }
        }
    }
}
