package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.LeakyRelu;
import dev.neurite.kernel.Activation.Relu;
import dev.neurite.kernel.PiecewiseActivations.HardSwish;
import dev.neurite.kernel.PiecewiseActivations.Relu6;
import dev.neurite.kernel.SmoothActivations.Celu;
import dev.neurite.kernel.SmoothActivations.Elu;
import dev.neurite.kernel.SmoothActivations.Gelu;
import dev.neurite.kernel.SmoothActivations.GeluTanh;
import dev.neurite.kernel.SmoothActivations.Mish;
import dev.neurite.kernel.SmoothActivations.Selu;
import dev.neurite.kernel.SmoothActivations.Silu;
import dev.neurite.kernel.SmoothActivations.Softplus;
import dev.neurite.kernel.Window;
import dev.neurite.model.Graph;
import dev.neurite.model.Initializer;
import dev.neurite.model.Named;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;

/// Short names for building networks, to be imported statically.
public final class Layers {
    private Layers() {}

    /// Input rows of so many numbers.
    public static Shape features(int count) {
        return Shape.of(count);
    }

    /// Input rows that are images `[channels × height × width]`.
    public static Shape image(int channels, int height, int width) {
        return Shape.of(channels, height, width);
    }

    /// A fully connected layer without activation: y = x·Wᵀ + b.
    public static Dense dense(int units) {
        return dense(units, Activation.IDENTITY);
    }

    /// A fully connected layer: y = g(x·Wᵀ + b), whose weights start as suits the activation (ADR 4): He-uniform
    /// before ReLU and its kin (leaky ReLU with its slope's gain, ReLU6, ELU, CELU, GELU, SiLU, hard swish, Mish,
    /// softplus), LeCun-normal before SELU, Xavier-uniform elsewhere. Before a [#prelu()] of its own, give it
    /// `withWeights(heUniform())`.
    public static Dense dense(int units, Activation activation) {
        return new Dense(units, activation, defaultWeights(activation), Initializers.zeros(), true);
    }

    private static Initializer defaultWeights(Activation activation) {
        return switch (activation) {
            case LeakyRelu(float slope) -> Initializers.heUniform().forSlope(slope);
            case Relu _, Relu6 _, HardSwish _ -> Initializers.heUniform();
            case Elu _, Celu _, Gelu _, GeluTanh _, Silu _, Mish _, Softplus _ -> Initializers.heUniform();
            case Selu _ -> Initializers.lecunNormal();
            default -> Initializers.xavierUniform();
        };
    }

    /// A convolution over images without activation, with a square window: y = W ∗ x + b.
    public static Conv2d conv2d(int channels, int kernel) {
        return conv2d(channels, kernel, Activation.IDENTITY);
    }

    /// A convolution over images, with a square window that moves by 1 and no padding: y = g(W ∗ x + b). Its weights
    /// start as those of a [#dense(int, Activation)] with the same activation.
    public static Conv2d conv2d(int channels, int kernel, Elementwise activation) {
        return new Conv2d(
                channels,
                Window.of(kernel, kernel),
                Padding.VALID,
                1,
                activation,
                defaultWeights(activation),
                Initializers.zeros(),
                true);
    }

    /// A convolution over sequences without activation: y = W ∗ x + b.
    public static Conv1d conv1d(int channels, int kernel) {
        return conv1d(channels, kernel, Activation.IDENTITY);
    }

    /// A convolution over sequences, with a window that moves by 1 and no padding: y = g(W ∗ x + b). Its weights start
    /// as those of a [#dense(int, Activation)] with the same activation.
    public static Conv1d conv1d(int channels, int kernel, Elementwise activation) {
        return new Conv1d(
                channels,
                kernel,
                1,
                1,
                Padding1d.VALID,
                1,
                activation,
                defaultWeights(activation),
                Initializers.zeros(),
                true);
    }

    /// A convolution of each channel of images by itself without activation: y = W ∗ x + b.
    public static DepthwiseConv2d depthwiseConv2d(int kernel) {
        return depthwiseConv2d(kernel, Activation.IDENTITY);
    }

    /// A convolution of each channel of images by itself, with a square window that moves by 1 and no padding:
    /// y = g(W ∗ x + b). Its weights start as those of a [#dense(int, Activation)] with the same activation.
    public static DepthwiseConv2d depthwiseConv2d(int kernel, Elementwise activation) {
        return new DepthwiseConv2d(
                1,
                Window.of(kernel, kernel),
                Padding.VALID,
                activation,
                defaultWeights(activation),
                Initializers.zeros(),
                true);
    }

    /// A separable convolution over images without activation: y = P ∗ (D ∗ x) + b.
    public static SeparableConv2d separableConv2d(int channels, int kernel) {
        return separableConv2d(channels, kernel, Activation.IDENTITY);
    }

    /// A separable convolution over images, with a square window that moves by 1 and no padding:
    /// y = g(P ∗ (D ∗ x) + b). P starts as the weights of a [#dense(int, Activation)] with the same
    /// activation, D as those of one without.
    public static SeparableConv2d separableConv2d(int channels, int kernel, Elementwise activation) {
        return new SeparableConv2d(
                channels,
                1,
                Window.of(kernel, kernel),
                Padding.VALID,
                activation,
                defaultWeights(Activation.IDENTITY),
                defaultWeights(activation),
                Initializers.zeros(),
                true);
    }

    /// A transposed convolution over images without activation: y = Wᵀ ∗ x + b.
    public static ConvTranspose2d convTranspose2d(int channels, int kernel) {
        return convTranspose2d(channels, kernel, Activation.IDENTITY);
    }

    /// A transposed convolution over images, with a square window that moves by 1 and no padding:
    /// y = g(Wᵀ ∗ x + b). Its weights start as those of a [#dense(int, Activation)] with the same activation, whose
    /// fans are counted as in PyTorch: `[in × channels × …]` like `[out × in × …]`.
    public static ConvTranspose2d convTranspose2d(int channels, int kernel, Elementwise activation) {
        return new ConvTranspose2d(
                channels,
                Window.of(kernel, kernel),
                Padding.VALID,
                Extent.of(0),
                1,
                activation,
                defaultWeights(activation),
                Initializers.zeros(),
                true);
    }

    /// A transposed convolution over sequences without activation: y = Wᵀ ∗ x + b.
    public static ConvTranspose1d convTranspose1d(int channels, int kernel) {
        return convTranspose1d(channels, kernel, Activation.IDENTITY);
    }

    /// A transposed convolution over sequences, with a window that moves by 1 and no padding: y = g(Wᵀ ∗ x + b). Its
    /// weights start as those of [#convTranspose2d(int, int, Elementwise)].
    public static ConvTranspose1d convTranspose1d(int channels, int kernel, Elementwise activation) {
        return new ConvTranspose1d(
                channels,
                kernel,
                1,
                1,
                Padding1d.VALID,
                0,
                1,
                activation,
                defaultWeights(activation),
                Initializers.zeros(),
                true);
    }

    /// A convolution over images that adds a second input before its activation: y = g(W ∗ x + b + r).
    public static ConvAdd convAdd(Conv2d conv) {
        return new ConvAdd(conv);
    }

    /// An activation as a layer of its own.
    public static Activate activation(Activation activation) {
        return new Activate(activation);
    }

    /// y = max(x, 0) as a layer of its own.
    public static Activate relu() {
        return new Activate(Activation.RELU);
    }

    /// The softmax over each row as a layer of its own.
    public static Activate softmax() {
        return new Activate(Activation.SOFTMAX);
    }

    /// The logarithm of the softmax over each row as a layer of its own.
    public static Activate logSoftmax() {
        return new Activate(Activation.LOG_SOFTMAX);
    }

    /// A leaky ReLU that learns its slope: one for all elements, which starts at 0.25.
    public static PRelu prelu() {
        return new PRelu(false, Initializers.constant(0.25));
    }

    /// A gated linear unit over the last axis: y = a ∘ sigmoid(b) with its halves a and b.
    public static Glu glu() {
        return new Glu(-1);
    }

    /// Sets elements to 0 while training, with this probability.
    public static Dropout dropout(double rate) {
        return new Dropout(rate);
    }

    /// Sets whole channels to 0 while training, with this probability.
    public static SpatialDropout spatialDropout(double rate) {
        return new SpatialDropout(rate);
    }

    /// Dropout for networks of SELU, which keeps mean 0 and variance 1.
    public static AlphaDropout alphaDropout(double rate) {
        return new AlphaDropout(rate);
    }

    /// Adds normally distributed noise of this standard deviation while training.
    public static GaussianNoise gaussianNoise(double deviation) {
        return new GaussianNoise(deviation);
    }

    /// Multiplies by normally distributed noise while training, with the variance of a dropout of this rate.
    public static GaussianDropout gaussianDropout(double rate) {
        return new GaussianDropout(rate);
    }

    /// Rows of one axis.
    public static Flatten flatten() {
        return new Flatten();
    }

    /// The sum of two inputs.
    public static Add add() {
        return new Add();
    }

    /// Layers one after the other, as one node.
    public static Graph sequential(Node... layers) {
        return Graph.chain(layers);
    }

    /// A node that does not learn.
    public static Frozen frozen(Node node) {
        return new Frozen(node);
    }

    /// A node under a name of its own choice; the same name twice is the same node used twice.
    public static Named named(String name, Node node) {
        return new Named(name, node);
    }
}
