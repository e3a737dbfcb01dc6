package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.LeakyRelu;
import dev.neurite.kernel.Activation.Relu;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.PiecewiseActivations.HardSwish;
import dev.neurite.kernel.PiecewiseActivations.Relu6;
import dev.neurite.kernel.Resizing;
import dev.neurite.kernel.SequenceKernels.Summary;
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
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Factory methods for building networks, meant for static import.
///
/// <!-- Snippets#layers -->
/// ```java
/// Model convolutions = Model.of(
///         image(1, 28, 28), conv2d(16, 3, RELU), maxPool2d(2), flatten(), dropout(0.2), dense(10, SOFTMAX));
/// ```
public final class Layers {
    private Layers() {}

    /// The shape of input rows of features.
    public static Shape features(int count) {
        return Shape.of(count);
    }

    /// The shape of input images, `[channels × height × width]`.
    public static Shape image(int channels, int height, int width) {
        return Shape.of(channels, height, width);
    }

    /// A fully connected layer without activation: y = x·Wᵀ + b.
    public static Dense dense(int units) {
        return dense(units, Activation.IDENTITY);
    }

    /// A fully connected layer: y = g(x·Wᵀ + b). The activation decides how weights are initialized
    /// (ADR 4): He-uniform for ReLU and its relatives (leaky ReLU with the gain of its slope, ReLU6,
    /// ELU, CELU, GELU, SiLU, hard swish, Mish, softplus), LeCun-normal for SELU, Xavier-uniform for
    /// all others. Before a separate [#prelu()] layer, use `withWeights(heUniform())`.
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

    /// A 2-D convolution without activation, with a square kernel: y = W ∗ x + b.
    public static Conv2d conv2d(int channels, int kernel) {
        return conv2d(channels, kernel, Activation.IDENTITY);
    }

    /// A 2-D convolution with a square kernel, stride 1 and no padding: y = g(W ∗ x + b). Weights are
    /// initialized as those of a [#dense(int, Activation)] with the same activation.
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

    /// A 1-D convolution without activation: y = W ∗ x + b.
    public static Conv1d conv1d(int channels, int kernel) {
        return conv1d(channels, kernel, Activation.IDENTITY);
    }

    /// A 1-D convolution with stride 1 and no padding: y = g(W ∗ x + b). Weights are initialized as
    /// those of a [#dense(int, Activation)] with the same activation.
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

    /// A depthwise 2-D convolution without activation: y = W ∗ x + b.
    public static DepthwiseConv2d depthwiseConv2d(int kernel) {
        return depthwiseConv2d(kernel, Activation.IDENTITY);
    }

    /// A depthwise 2-D convolution, of each channel by itself, with a square kernel, stride 1 and no
    /// padding: y = g(W ∗ x + b). Weights are initialized as those of a [#dense(int, Activation)] with
    /// the same activation.
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

    /// A separable 2-D convolution without activation: y = P ∗ (D ∗ x) + b.
    public static SeparableConv2d separableConv2d(int channels, int kernel) {
        return separableConv2d(channels, kernel, Activation.IDENTITY);
    }

    /// A separable 2-D convolution with a square kernel, stride 1 and no padding: y = g(P ∗ (D ∗ x) +
    /// b). P is initialized as the weights of a [#dense(int, Activation)] with the same activation, D
    /// as those of one without activation.
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

    /// A transposed 2-D convolution without activation: y = Wᵀ ∗ x + b.
    public static ConvTranspose2d convTranspose2d(int channels, int kernel) {
        return convTranspose2d(channels, kernel, Activation.IDENTITY);
    }

    /// A transposed 2-D convolution with a square kernel, stride 1 and no padding: y = g(Wᵀ ∗ x + b).
    /// Weights are initialized as those of a [#dense(int, Activation)] with the same activation. Fan in
    /// and fan out are counted as in PyTorch, which treats `[in × channels × …]` like `[out × in × …]`.
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

    /// A transposed 1-D convolution without activation: y = Wᵀ ∗ x + b.
    public static ConvTranspose1d convTranspose1d(int channels, int kernel) {
        return convTranspose1d(channels, kernel, Activation.IDENTITY);
    }

    /// A transposed 1-D convolution with stride 1 and no padding: y = g(Wᵀ ∗ x + b). Weights are
    /// initialized as those of [#convTranspose2d(int, int, Elementwise)].
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

    /// A 2-D convolution that adds a second input before its activation: y = g(W ∗ x + b + r).
    public static ConvAdd convAdd(Conv2d conv) {
        return new ConvAdd(conv);
    }

    /// A batch normalization that adds a second input before its activation: y = g(x̂·w + b + r).
    public static NormAdd normAdd(BatchNorm norm) {
        return new NormAdd(norm);
    }

    /// An activation as a layer.
    public static Activate activation(Activation activation) {
        return new Activate(activation);
    }

    /// ReLU as a layer: y = max(x, 0).
    public static Activate relu() {
        return new Activate(Activation.RELU);
    }

    /// The softmax over the last axis, as a layer.
    public static Activate softmax() {
        return new Activate(Activation.SOFTMAX);
    }

    /// The logarithm of the softmax over the last axis, as a layer.
    public static Activate logSoftmax() {
        return new Activate(Activation.LOG_SOFTMAX);
    }

    /// A leaky ReLU with one learned slope for all elements, initially 0.25.
    public static PRelu prelu() {
        return new PRelu(PRelu.SlopePer.LAYER, Initializers.constant(0.25));
    }

    /// A gated linear unit over the last axis: y = a ∘ sigmoid(b) with its halves a and b.
    public static Glu glu() {
        return new Glu(-1);
    }

    /// Batch normalization of features or channels, without activation.
    public static BatchNorm batchNorm() {
        return batchNorm(Activation.IDENTITY);
    }

    /// Batch normalization of features or channels, followed by an activation.
    public static BatchNorm batchNorm(Elementwise activation) {
        return new BatchNorm(activation, 0.1, 1e-5, true, Initializers.constant(1));
    }

    /// Layer normalization over the last axis: of rows of features, and of each position of a sequence.
    public static LayerNorm layerNorm() {
        return layerNorm(1);
    }

    /// Layer normalization over the last axes of a row.
    /// @param axes the number of last axes; 0 for all
    public static LayerNorm layerNorm(int axes) {
        return new LayerNorm(axes, 1e-5, true, true);
    }

    /// Group normalization of channels.
    public static GroupNorm groupNorm(int groups) {
        return new GroupNorm(groups, 1e-5, true);
    }

    /// Instance normalization of channels, without weights.
    public static InstanceNorm instanceNorm() {
        return new InstanceNorm(1e-5, false);
    }

    /// Root mean square normalization over the last axis: of rows of features, and of each position of a sequence.
    public static RmsNorm rmsNorm() {
        return rmsNorm(1);
    }

    /// Root mean square normalization over the last axes of a row.
    /// @param axes the number of last axes; 0 for all
    public static RmsNorm rmsNorm(int axes) {
        return new RmsNorm(axes, 0x1p-23, true);
    }

    /// Sets elements to 0 while training, with this probability.
    public static Dropout dropout(double rate) {
        return new Dropout(rate);
    }

    /// Sets whole channels to 0 while training, with this probability.
    public static SpatialDropout spatialDropout(double rate) {
        return new SpatialDropout(rate);
    }

    /// Dropout for networks with SELU, which keeps mean 0 and variance 1.
    public static AlphaDropout alphaDropout(double rate) {
        return new AlphaDropout(rate);
    }

    /// Adds normally distributed noise of this standard deviation while training.
    public static GaussianNoise gaussianNoise(double deviation) {
        return new GaussianNoise(deviation);
    }

    /// Multiplies by normally distributed noise while training, with the variance of a dropout of this
    /// rate.
    public static GaussianDropout gaussianDropout(double rate) {
        return new GaussianDropout(rate);
    }

    /// The vectors of tokens, by their ids: normal with deviation 1 at first.
    /// @param vocabulary the number of tokens
    /// @param size the number of features of a token
    public static Embedding embedding(int vocabulary, int size) {
        return new Embedding(vocabulary, size, Embedding.NO_PADDING, Initializers.normal(0, 1));
    }

    /// A simple recurrent layer with tanh, whose output is its state after the last step.
    public static SimpleRnn simpleRnn(int units) {
        return new SimpleRnn(Activation.TANH, RecurrentSettings.of(units, 1));
    }

    /// An LSTM, whose output is its state after the last step.
    public static Lstm lstm(int units) {
        return new Lstm(RecurrentSettings.of(units, 4));
    }

    /// A GRU, whose output is its state after the last step.
    public static Gru gru(int units) {
        return new Gru(true, RecurrentSettings.of(units, 3));
    }

    /// A recurrent layer in both directions.
    public static Bidirectional bidirectional(RecurrentLayer<?> layer) {
        return new Bidirectional(layer);
    }

    /// Several equal recurrent layers, one after another; `.withDropout(0.3)` adds dropout between them.
    /// @param layer a recurrent layer, or one in both directions
    public static Stacked stacked(int count, Recurrent layer) {
        return new Stacked(layer, count, 0);
    }

    /// One step of a recurrent layer, for loops of one's own.
    public static Cell cell(RecurrentLayer<?> layer) {
        return new Cell(layer);
    }

    /// Self-attention, in which each position sees all others.
    public static SelfAttention selfAttention(int heads) {
        Initializer xavier = Initializers.xavierUniform();
        return new SelfAttention(heads, heads, false, true, 0, AttentionPositions.NONE, xavier, xavier);
    }

    /// Attention from a sequence to another one, the memory.
    public static CrossAttention crossAttention(int heads) {
        Initializer xavier = Initializers.xavierUniform();
        return new CrossAttention(heads, heads, true, 0, xavier, xavier);
    }

    /// Adds sines and cosines of its position to each position.
    public static SinusoidalPositions sinusoidalPositions() {
        return new SinusoidalPositions(10_000);
    }

    /// Adds a learned vector to each position, for sequences of at most this many.
    public static PositionEmbedding positionEmbedding(int most) {
        return new PositionEmbedding(most, Initializers.normal(0, 0.02));
    }

    /// A layer of sequences [channels×length], such as a convolution, for sequences [time×features]: between two
    /// permutations. Put other dropout than [#spatialDropout] outside: in here its random numbers would depend on
    /// the length to which a row is padded.
    public static Graph overTime(Node layer) {
        return sequential(permute(1, 0), layer, permute(1, 0));
    }

    /// A layer or a network for each position of sequences by itself: `timeDistributed(sequential(conv2d(16, 3),
    /// globalAvgPool()))` for `[time×1×28×28]`.
    public static TimeDistributed timeDistributed(Node node) {
        return new TimeDistributed(node);
    }

    /// A network that forecasts how a column changes from the last step of a window on: y = last + node(x − last).
    /// @param columns from 0; several for forecasts of several columns
    public static RelativeToLast relativeToLast(Node node, Integer... columns) {
        return new RelativeToLast(node, List.of(columns));
    }

    /// The mean of the positions of a sequence.
    public static SequencePool meanOfPositions() {
        return new SequencePool(Summary.MEAN);
    }

    /// The maximum over the positions of a sequence, of each feature.
    public static SequencePool maxOfPositions() {
        return new SequencePool(Summary.MAX);
    }

    /// The first position of a sequence.
    public static SequencePool firstPosition() {
        return new SequencePool(Summary.FIRST);
    }

    /// The last position of a sequence.
    public static SequencePool lastPosition() {
        return new SequencePool(Summary.LAST);
    }

    /// A block of a transformer, with the norms first and GELU between: self-attention and two dense layers,
    /// each in a residual connection.
    /// @param attention the attention, causal for a language model
    /// @param hidden the units of the layer between, usually four times the width
    public static TransformerBlock transformerBlock(SelfAttention attention, int hidden) {
        Initializer xavier = Initializers.xavierUniform();
        return new TransformerBlock(
                attention, false, hidden, Activation.GELU, false, true, layerNorm(), true, 0, 0, xavier, xavier);
    }

    /// Scores of all tokens from the weights of an embedding.
    /// @param parameter the full name of its weights: `embedding1.weight`
    public static TiedOutput tiedOutput(String parameter) {
        return new TiedOutput(parameter, false);
    }

    /// Flattens rows to one axis.
    public static Flatten flatten() {
        return new Flatten();
    }

    // ------------------------------------------------------------------------------------------------- pooling

    /// Max pooling over images with a square kernel; the stride is the kernel size.
    public static MaxPool2d maxPool2d(int kernel) {
        return maxPool2d(kernel, kernel);
    }

    /// Max pooling over images with a square kernel and this stride.
    public static MaxPool2d maxPool2d(int kernel, int stride) {
        return new MaxPool2d(square(kernel, stride), Padding.VALID, false);
    }

    /// Max pooling over sequences; the stride is the kernel size.
    public static MaxPool1d maxPool1d(int kernel) {
        return maxPool1d(kernel, kernel);
    }

    /// Max pooling over sequences with this stride.
    public static MaxPool1d maxPool1d(int kernel, int stride) {
        return new MaxPool1d(kernel, stride, 1, Padding1d.VALID, false);
    }

    /// Average pooling over images with a square kernel; the stride is the kernel size.
    public static AvgPool2d avgPool2d(int kernel) {
        return avgPool2d(kernel, kernel);
    }

    /// Average pooling over images with a square kernel and this stride.
    public static AvgPool2d avgPool2d(int kernel, int stride) {
        return new AvgPool2d(square(kernel, stride), Padding.VALID, false, true);
    }

    /// Average pooling over sequences; the stride is the kernel size.
    public static AvgPool1d avgPool1d(int kernel) {
        return avgPool1d(kernel, kernel);
    }

    /// Average pooling over sequences with this stride.
    public static AvgPool1d avgPool1d(int kernel, int stride) {
        return new AvgPool1d(kernel, stride, Padding1d.VALID, false, true);
    }

    private static Window square(int kernel, int stride) {
        return Window.of(kernel, kernel).withStride(stride, stride);
    }

    /// Global average pooling: the mean of each channel becomes a feature.
    public static GlobalAvgPool globalAvgPool() {
        return new GlobalAvgPool();
    }

    /// Global max pooling: the maximum of each channel becomes a feature.
    public static GlobalMaxPool globalMaxPool() {
        return new GlobalMaxPool();
    }

    /// Average pooling of images of any size to this size.
    public static AdaptiveAvgPool2d adaptiveAvgPool2d(int height, int width) {
        return new AdaptiveAvgPool2d(height, width);
    }

    /// Average pooling of sequences of any length to this length.
    public static AdaptiveAvgPool1d adaptiveAvgPool1d(int length) {
        return new AdaptiveAvgPool1d(length);
    }

    /// Max pooling of images of any size to this size.
    public static AdaptiveMaxPool2d adaptiveMaxPool2d(int height, int width) {
        return new AdaptiveMaxPool2d(height, width);
    }

    /// Max pooling of sequences of any length to this length.
    public static AdaptiveMaxPool1d adaptiveMaxPool1d(int length) {
        return new AdaptiveMaxPool1d(length);
    }

    // -------------------------------------------------------------------------------------- shapes, joins, containers

    /// Reshapes rows to these extents; one of them may be −1 and is computed from the others.
    public static Reshape reshape(int... extents) {
        return new Reshape(Shape.of(extents));
    }

    /// Permutes the axes of rows, counted from 0: `permute(1, 2, 0)` puts channels last.
    public static Permute permute(Integer... order) {
        return new Permute(List.of(order));
    }

    /// Pads images with the same number of zeros on each side.
    public static ZeroPad2d zeroPad2d(int all) {
        return zeroPad2d(all, all, all, all);
    }

    /// Pads images with zeros.
    public static ZeroPad2d zeroPad2d(int top, int left, int bottom, int right) {
        return new ZeroPad2d(top, left, bottom, right);
    }

    /// Pads sequences with zeros.
    public static ZeroPad1d zeroPad1d(int left, int right) {
        return new ZeroPad1d(left, right);
    }

    /// Removes the same number of rows or columns from each side of images.
    public static Crop crop(int all) {
        return crop(all, all, all, all);
    }

    /// Removes rows and columns from the sides of images.
    public static Crop crop(int top, int left, int bottom, int right) {
        return new Crop(top, left, bottom, right);
    }

    /// Upsamples images or sequences by a factor, with the nearest neighbor; `.bilinear()` interpolates.
    public static Upsample upsample(double factor) {
        return new Upsample(factor, Shape.SCALAR, Resizing.Mode.NEAREST);
    }

    /// Upsamples images to this height and width, or sequences to this length, with the nearest
    /// neighbor; `.bilinear()` interpolates.
    public static Upsample upsampleTo(int... extents) {
        return new Upsample(0, Shape.of(extents), Resizing.Mode.NEAREST);
    }

    /// The sum of inputs of one shape.
    public static Add add() {
        return add(Activation.IDENTITY);
    }

    /// The sum of inputs of one shape, followed by an activation: y = g(a + b + …).
    public static Add add(Elementwise activation) {
        return new Add(activation);
    }

    /// The element-wise product of inputs of one shape.
    public static Multiply multiply() {
        return new Multiply();
    }

    /// Concatenates inputs along their first axis, the channels of images.
    public static Concat concat() {
        return concat(0);
    }

    /// Concatenates inputs along an axis; negative axes count from the end.
    public static Concat concat(int axis) {
        return new Concat(axis);
    }

    /// Splits the first axis, the channels of images, into equal parts.
    public static Split split(int parts) {
        return new Split(parts, List.of(), 0);
    }

    /// Splits the first axis, the channels of images, into parts of these sizes.
    public static Split splitInto(Integer... sizes) {
        return new Split(sizes.length, List.of(sizes), 0);
    }

    /// A slice of the first axis, the channels of images: `from` included, `to` excluded.
    public static Slice slice(int from, int to) {
        return slice(from, to, 0);
    }

    /// A slice of an axis: `from` included, `to` excluded; negative axes count from the end.
    public static Slice slice(int from, int to, int axis) {
        return new Slice(from, to, axis);
    }

    /// A residual connection around a sequence of layers: y = x + body(x).
    public static Residual residual(Node... body) {
        Node inside = body.length == 1 ? body[0] : Graph.chain(body);
        return new Residual(inside, new Activate(Activation.IDENTITY), Activation.IDENTITY);
    }

    /// A sequence of layers as one node.
    public static Graph sequential(Node... layers) {
        return Graph.chain(layers);
    }

    /// A node whose parameters are not trained.
    public static Frozen frozen(Node node) {
        return new Frozen(node);
    }

    /// A node whose linear maps have adapters of low rank, which learn while all else stays; with alpha 8 and without
    /// dropout. [Lora] adds them to a model that was trained.
    public static Adapted adapted(Node node, int rank) {
        return new Adapted(node, rank, 8, 0, List.of("*"));
    }

    /// Gradient checkpointing: the node keeps only its inputs while training and runs its forward pass
    /// again in the backward pass.
    public static Recomputed recomputed(Node node) {
        return new Recomputed(node);
    }

    /// A node with a name of your choice; two nodes of the same name share their parameters.
    public static Named named(String name, Node node) {
        return new Named(name, node);
    }

    /// Standardizes features, or channels, with constants of the training data, such as those of
    /// [dev.neurite.data.FeatureStatistics#standardize()].
    /// @param means one for each feature or channel
    /// @param factors 1 / standard deviation, one for each mean; 1 where a feature is constant
    public static Standardize standardize(Tensor means, Tensor factors) {
        return new Standardize(means, factors);
    }
}
