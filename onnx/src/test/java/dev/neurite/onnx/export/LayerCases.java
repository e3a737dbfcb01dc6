package dev.neurite.onnx.export;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.cell;
import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convAdd;
import static dev.neurite.layer.Layers.convTranspose1d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.crossAttention;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.firstPosition;
import static dev.neurite.layer.Layers.glu;
import static dev.neurite.layer.Layers.groupNorm;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.instanceNorm;
import static dev.neurite.layer.Layers.lastPosition;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.maxOfPositions;
import static dev.neurite.layer.Layers.meanOfPositions;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.normAdd;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.prelu;
import static dev.neurite.layer.Layers.relativeToLast;
import static dev.neurite.layer.Layers.rmsNorm;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.separableConv2d;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.simpleRnn;
import static dev.neurite.layer.Layers.sinusoidalPositions;
import static dev.neurite.layer.Layers.stacked;
import static dev.neurite.layer.Layers.tiedOutput;
import static dev.neurite.layer.Layers.timeDistributed;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.layer.Activate;
import dev.neurite.layer.AdaptiveAvgPool1d;
import dev.neurite.layer.AdaptiveAvgPool2d;
import dev.neurite.layer.AdaptiveMaxPool1d;
import dev.neurite.layer.AdaptiveMaxPool2d;
import dev.neurite.layer.AlphaDropout;
import dev.neurite.layer.AttentionPositions;
import dev.neurite.layer.AvgPool1d;
import dev.neurite.layer.AvgPool2d;
import dev.neurite.layer.Concat;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.Flatten;
import dev.neurite.layer.Frozen;
import dev.neurite.layer.GaussianDropout;
import dev.neurite.layer.GaussianNoise;
import dev.neurite.layer.GlobalAvgPool;
import dev.neurite.layer.GlobalMaxPool;
import dev.neurite.layer.Glu;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.layer.MaxPool1d;
import dev.neurite.layer.Multiply;
import dev.neurite.layer.Recomputed;
import dev.neurite.layer.Slice;
import dev.neurite.layer.SpatialDropout;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Layers to export: each of the catalog in the forms that have operators of their own.
final class LayerCases {
    private static final Shape TIME = Shape.of(Shape.OPEN);
    private static final Shape STEPS = Shape.of(Shape.OPEN, 4);
    private static final Shape CHANNELS = Shape.of(2, Shape.OPEN);

    private LayerCases() {}

    /// @param vocabulary of the ids that are the inputs; 0 for other inputs
    record Case(String name, Node node, List<Shape> inputs, int vocabulary) {
        Case(String name, Node node, List<Shape> inputs) {
            this(name, node, inputs, 0);
        }

        Case(String name, Node node, int features) {
            this(name, node, List.of(Shape.of(features)));
        }
    }

    static final List<Case> ALL = List.of(
            new Case("dense", dense(5), 4),
            new Case("dense one to one", dense(1), 1),
            new Case("dense relu", dense(5, Activation.RELU), 4),
            new Case("dense leaky relu", dense(5, Activation.leakyRelu(0.3)), 4),
            new Case("dense tanh", dense(5, Activation.TANH), 4),
            new Case("dense sigmoid", dense(5, Activation.SIGMOID), 4),
            new Case("dense softmax", dense(5, Activation.SOFTMAX), 4),
            new Case("dense without bias", dense(5, Activation.TANH).withoutBias(), 4),
            new Case("dense wide", dense(40, Activation.TANH), 33),
            new Case("identity", new Activate(Activation.IDENTITY), 4),
            new Case("relu", new Activate(Activation.RELU), 4),
            new Case("leaky relu", new Activate(Activation.leakyRelu()), 4),
            new Case("tanh", new Activate(Activation.TANH), 40),
            new Case("sigmoid", new Activate(Activation.SIGMOID), 40),
            new Case("softmax", new Activate(Activation.SOFTMAX), 19),
            new Case("log-softmax", new Activate(Activation.LOG_SOFTMAX), 19),
            new Case("dense log-softmax", dense(5, Activation.LOG_SOFTMAX), 4),
            new Case("elu", new Activate(Activation.elu(0.7)), 40),
            new Case("celu", new Activate(Activation.celu(1.3)), 40),
            new Case("selu", new Activate(Activation.SELU), 40),
            new Case("gelu", new Activate(Activation.GELU), 40),
            new Case("dense gelu", dense(5, Activation.GELU), 4),
            new Case("gelu tanh", new Activate(Activation.GELU_TANH), 40),
            new Case("silu", new Activate(Activation.SILU), 40),
            new Case("mish", new Activate(Activation.MISH), 40),
            new Case("log-sigmoid", new Activate(Activation.LOG_SIGMOID), 40),
            new Case("softplus", new Activate(Activation.softplus(2, 20)), 40),
            new Case("relu6", new Activate(Activation.RELU6), 40),
            new Case("hard tanh", new Activate(Activation.hardTanh(-0.5, 1.5)), 40),
            new Case("hard sigmoid", new Activate(Activation.HARD_SIGMOID), 40),
            new Case("hard swish", new Activate(Activation.HARD_SWISH), 40),
            new Case("softsign", new Activate(Activation.SOFTSIGN), 40),
            new Case("tanh shrink", new Activate(Activation.TANH_SHRINK), 40),
            new Case("soft shrink", new Activate(Activation.softShrink()), 40),
            new Case("hard shrink", new Activate(Activation.hardShrink()), 40),
            new Case("threshold", new Activate(Activation.threshold(0.1, -1)), 40),
            new Case("prelu", prelu(), 19),
            new Case("prelu of features", prelu().withSlopePerChannel(), 19),
            new Case("prelu of channels", prelu().withSlopePerChannel(), List.of(Shape.of(3, 2, 4))),
            new Case("prelu of one image", prelu(), List.of(Shape.of(3, 2, 4))),
            new Case("glu", glu(), 12),
            new Case("glu of the last axis", glu(), List.of(Shape.of(3, 4))),
            new Case("glu of channels", new Glu(0), List.of(Shape.of(4, 3))),
            new Case(
                    "initializers",
                    sequential(
                            dense(3).withWeights(Initializers.orthogonal(2)),
                            dense(4).withWeights(Initializers.truncatedNormal(0, 0.5)),
                            dense(4).withWeights(Initializers.heNormal().fanOut())),
                    4),
            new Case("conv2d", conv2d(3, 3), List.of(Shape.of(2, 5, 6))),
            new Case(
                    "conv2d relu", conv2d(3, 2, Activation.RELU).withPadding(Padding.SAME), List.of(Shape.of(2, 3, 4))),
            new Case(
                    "conv2d gelu in groups",
                    conv2d(4, 3, Activation.GELU)
                            .withGroups(2)
                            .withStride(2, 3)
                            .withDilation(1, 2)
                            .withPadding(new Padding(false, 1, 0, 2, 3)),
                    List.of(Shape.of(6, 5, 6))),
            new Case("conv2d without bias", conv2d(18, 1).withStride(2).withoutBias(), List.of(Shape.of(3, 5, 5))),
            new Case("conv1d", conv1d(3, 3), List.of(Shape.of(2, 7))),
            new Case("conv1d of one number", conv1d(1, 1, Activation.SIGMOID), List.of(Shape.of(1, 1))),
            new Case(
                    "conv1d tanh in groups",
                    conv1d(4, 2, Activation.TANH)
                            .withGroups(2)
                            .withStride(3)
                            .withDilation(2)
                            .withPadding(Padding1d.of(2, 1)),
                    List.of(Shape.of(2, 9))),
            new Case("conv1d same", conv1d(2, 4).withPadding(Padding1d.SAME).withoutBias(), List.of(Shape.of(3, 5))),
            new Case("transposed", convTranspose2d(3, 3), List.of(Shape.of(2, 4, 3))),
            new Case(
                    "transposed gelu in groups",
                    convTranspose2d(4, 3, Activation.GELU)
                            .withGroups(2)
                            .withStride(2, 3)
                            .withDilation(1, 2)
                            .withPadding(new Padding(false, 1, 0, 2, 3))
                            .withOutputPadding(1, 2),
                    List.of(Shape.of(6, 3, 4))),
            new Case(
                    "transposed same",
                    convTranspose2d(2, 3, Activation.RELU)
                            .withStride(2)
                            .withPadding(Padding.SAME)
                            .withoutBias(),
                    List.of(Shape.of(1, 3, 2))),
            new Case(
                    "transposed stride above kernel",
                    convTranspose2d(2, 2).withStride(3).withPadding(Padding.SAME),
                    List.of(Shape.of(2, 2, 3))),
            new Case(
                    "transposed 1d",
                    convTranspose1d(4, 3, Activation.TANH)
                            .withGroups(2)
                            .withStride(2)
                            .withPadding(1)
                            .withOutputPadding(1),
                    List.of(Shape.of(4, 5))),
            new Case("transposed 1d linear", convTranspose1d(3, 4).withoutBias(), List.of(Shape.of(2, 5))),
            new Case("depthwise", depthwiseConv2d(3, Activation.RELU6), List.of(Shape.of(5, 4, 5))),
            new Case(
                    "depthwise with multiplier",
                    depthwiseConv2d(2)
                            .withMultiplier(3)
                            .withStride(2)
                            .withPadding(Padding.SAME)
                            .withoutBias(),
                    List.of(Shape.of(2, 5, 5))),
            new Case(
                    "separable",
                    separableConv2d(5, 3, Activation.SILU).withMultiplier(2).withPadding(1),
                    List.of(Shape.of(2, 4, 3))),
            new Case(
                    "convolution and addition",
                    convAdd(conv2d(3, 2, Activation.RELU).withPadding(1).withStride(2)),
                    List.of(Shape.of(2, 3, 2), Shape.of(3, 2, 2))),
            new Case(
                    "convolution and addition gelu",
                    convAdd(conv2d(2, 2, Activation.GELU).withoutBias()),
                    List.of(Shape.of(2, 4, 5), Shape.of(2, 3, 4))),
            new Case(
                    "batch norm and addition",
                    normAdd(batchNorm(Activation.TANH)),
                    List.of(Shape.of(3, 5, 4), Shape.of(3, 5, 4))),
            new Case(
                    "batch norm and addition gelu",
                    normAdd(batchNorm(Activation.GELU)),
                    List.of(Shape.of(6), Shape.of(6))),
            new Case("flatten", new Flatten(), List.of(Shape.of(2, 3, 2))),
            new Case("add", add(), List.of(Shape.of(2, 3), Shape.of(2, 3))),
            new Case("add three", add(), List.of(Shape.of(4), Shape.of(4), Shape.of(4))),
            new Case("multiply", new Multiply(), List.of(Shape.of(2, 3), Shape.of(2, 3))),
            new Case("multiply three", new Multiply(), List.of(Shape.of(4), Shape.of(4), Shape.of(4))),
            new Case("concat", new Concat(0), List.of(Shape.of(2, 3, 2), Shape.of(1, 3, 2), Shape.of(4, 3, 2))),
            new Case("concat of the last axis", new Concat(-1), List.of(Shape.of(2, 3), Shape.of(2, 1))),
            new Case("split", Layers.splitInto(1, 3), List.of(Shape.of(4, 2, 3))),
            new Case("split equally", Layers.split(3).withAxis(-1), List.of(Shape.of(2, 6))),
            new Case("slice", new Slice(1, 3, 1), List.of(Shape.of(2, 4, 3))),
            new Case("residual", Layers.residual(dense(4, Activation.TANH), dense(4)), 4),
            new Case("residual tanh", Layers.residual(dense(4)).withActivation(Activation.TANH), 4),
            new Case(
                    "residual gelu with a shortcut",
                    Layers.residual(dense(3, Activation.TANH))
                            .withShortcut(dense(3))
                            .withActivation(Activation.GELU),
                    4),
            new Case("reshape", Layers.reshape(-1, 4), List.of(Shape.of(2, 3, 2))),
            new Case("permute", Layers.permute(2, 0, 1), List.of(Shape.of(2, 3, 4))),
            new Case("zero pad 2d", Layers.zeroPad2d(1, 0, 2, 3), List.of(Shape.of(2, 2, 3))),
            new Case("zero pad 1d", Layers.zeroPad1d(2, 1), List.of(Shape.of(2, 3))),
            new Case("crop", Layers.crop(1, 0, 1, 2), List.of(Shape.of(2, 4, 3))),
            new Case("upsample", Layers.upsample(2), List.of(Shape.of(2, 2, 3))),
            new Case("upsample by 1.5", Layers.upsample(1.5), List.of(Shape.of(2, 5))),
            new Case("upsample bilinear", Layers.upsample(2).bilinear(), List.of(Shape.of(2, 2, 3))),
            new Case("upsample corners", Layers.upsampleTo(5, 2).bilinearCorners(), List.of(Shape.of(2, 3, 4))),
            new Case("upsample to less", Layers.upsampleTo(3).bilinear(), List.of(Shape.of(2, 7))),
            new Case("max pool 2d", Layers.maxPool2d(2), List.of(Shape.of(2, 5, 4))),
            new Case(
                    "max pool 2d overlapping",
                    Layers.maxPool2d(3, 2).withPadding(1).withCeil(),
                    List.of(Shape.of(2, 6, 5))),
            new Case("max pool 2d dilated", Layers.maxPool2d(2, 1).withDilation(2), List.of(Shape.of(2, 5, 4))),
            new Case("max pool 1d", Layers.maxPool1d(3, 2).withPadding(Padding1d.SAME), List.of(Shape.of(2, 8))),
            new Case("avg pool 2d", Layers.avgPool2d(2), List.of(Shape.of(2, 5, 4))),
            new Case(
                    "avg pool 2d overlapping",
                    Layers.avgPool2d(3, 2).withPadding(1).withCeil(),
                    List.of(Shape.of(2, 6, 5))),
            new Case(
                    "avg pool 2d without padding",
                    Layers.avgPool2d(3, 1).withPadding(1).withoutCountingPadding(),
                    List.of(Shape.of(2, 4, 5))),
            new Case("avg pool 1d", Layers.avgPool1d(2), List.of(Shape.of(2, 7))),
            new Case("global avg pool", new GlobalAvgPool(), List.of(Shape.of(3, 3, 5))),
            new Case("global max pool", new GlobalMaxPool(), List.of(Shape.of(3, 5))),
            new Case("adaptive avg pool 2d", new AdaptiveAvgPool2d(3, 2), List.of(Shape.of(2, 5, 5))),
            new Case("adaptive avg pool 1d", new AdaptiveAvgPool1d(1), List.of(Shape.of(2, 5))),
            new Case("adaptive max pool 2d", new AdaptiveMaxPool2d(2, 3), List.of(Shape.of(2, 5, 5))),
            new Case("adaptive max pool 1d", new AdaptiveMaxPool1d(3), List.of(Shape.of(2, 7))),
            new Case("frozen", new Frozen(dense(3, Activation.TANH)), 4),
            new Case(
                    "standardize",
                    new Standardize(Tensor.of(Shape.of(3), 1, -2, 0.5f), Tensor.of(Shape.of(3), 2, 0.1f, 1)),
                    3),
            new Case(
                    "standardize channels",
                    new Standardize(Tensor.of(Shape.of(3), 1, -2, 0.5f), Tensor.of(Shape.of(3), 2, 0.1f, 1)),
                    List.of(Shape.of(3, 2, 5))),
            new Case("dropout", new Dropout(0.4), 40),
            new Case("spatial dropout", new SpatialDropout(0.4), List.of(Shape.of(9, 3, 2))),
            new Case("alpha dropout", new AlphaDropout(0.4), 40),
            new Case("gaussian noise", new GaussianNoise(0.5), 40),
            new Case("gaussian dropout", new GaussianDropout(0.4), 40),
            new Case("batch norm", batchNorm(), List.of(Shape.of(5))),
            new Case("batch norm of one channel", batchNorm(), List.of(Shape.of(1, 7))),
            new Case("batch norm of sequences", batchNorm(), List.of(Shape.of(3, 5))),
            new Case("batch norm of images", batchNorm(), List.of(Shape.of(3, 5, 4))),
            new Case("batch norm without weights", batchNorm().withoutWeights(), List.of(Shape.of(3, 5, 4))),
            new Case("batch norm tanh", batchNorm(Activation.TANH), List.of(Shape.of(3, 5, 4))),
            new Case("batch norm gelu", batchNorm(Activation.GELU), List.of(Shape.of(19))),
            new Case("recomputed", new Recomputed(dense(3, Activation.TANH)), 4),
            new Case(
                    "recomputed twice",
                    new Recomputed(sequential(new Recomputed(dense(5, Activation.TANH)), dense(3, Activation.TANH))),
                    4),
            new Case("recomputed view", new Recomputed(new Flatten()), List.of(Shape.of(3, 2, 2))),
            new Case("frozen batch norm", new Frozen(batchNorm(Activation.TANH)), List.of(Shape.of(3, 2, 2))),
            new Case("layer norm", layerNorm(), 19),
            new Case("layer norm of images", layerNorm(0), List.of(Shape.of(2, 3, 4))),
            new Case("layer norm of sequences", layerNorm(), List.of(Shape.of(3, 5))),
            new Case("layer norm of the last axis", layerNorm(1).withoutBias(), List.of(Shape.of(3, 17))),
            new Case("layer norm without weights", layerNorm(2).withoutWeights(), List.of(Shape.of(2, 3, 4))),
            new Case("group norm", groupNorm(2), List.of(Shape.of(4, 3, 2))),
            new Case("group norm of features", groupNorm(2), 12),
            new Case("group norm of one group", groupNorm(1).withoutWeights(), List.of(Shape.of(3, 4))),
            new Case("instance norm", instanceNorm(), List.of(Shape.of(3, 7))),
            new Case("instance norm with weights", instanceNorm().withWeights(), List.of(Shape.of(2, 3, 4))),
            new Case("rms norm", rmsNorm(), 19),
            new Case("rms norm of the last axis", rmsNorm(1).withoutWeights(), List.of(Shape.of(3, 5))),
            new Case("dense of sequences", dense(5, Activation.GELU), List.of(Shape.of(3, 4))),
            new Case("dense softmax of sequences", dense(5, Activation.SOFTMAX), List.of(Shape.of(2, 3, 4))),
            new Case("log-softmax of sequences", new Activate(Activation.LOG_SOFTMAX), List.of(Shape.of(3, 4))),
            new Case("simple rnn", simpleRnn(4), List.of(Shape.of(3, 2))),
            new Case(
                    "simple rnn relu",
                    simpleRnn(3).withActivation(Activation.RELU).withSequences().withReversed(),
                    List.of(Shape.of(4, 2))),
            new Case("lstm", lstm(3), List.of(Shape.of(4, 2))),
            new Case("lstm of one step", lstm(2).withSequences(), List.of(Shape.of(1, 3))),
            new Case("lstm of sequences", lstm(17).withSequences().withReversed(), List.of(Shape.of(3, 2))),
            new Case("gru", gru(3), List.of(Shape.of(4, 2))),
            new Case("gru of sequences", gru(17).withSequences().withReversed(), List.of(Shape.of(3, 2))),
            new Case("gru with the reset before", gru(3).withResetBefore(), List.of(Shape.of(4, 2))),
            new Case(
                    "lstm with states",
                    lstm(3).withSequences().withStates(),
                    List.of(Shape.of(3, 2), Shape.of(3), Shape.of(3))),
            new Case("lstm with last states", lstm(3).withStates(), List.of(Shape.of(3, 2), Shape.of(3), Shape.of(3))),
            new Case(
                    "gru with states",
                    gru(2).withResetBefore().withReversed().withStates(),
                    List.of(Shape.of(3, 2), Shape.of(2))),
            new Case(
                    "bidirectional with states",
                    bidirectional(gru(2)).withStates(),
                    List.of(Shape.of(3, 2), Shape.of(2), Shape.of(2))),
            new Case("stacked", stacked(2, simpleRnn(3)).withSequences(), List.of(Shape.of(3, 2))),
            new Case(
                    "stacked with states",
                    stacked(2, bidirectional(simpleRnn(2)))
                            .withDropout(0.4)
                            .withSequences()
                            .withStates(),
                    List.of(Shape.of(3, 2), Shape.of(2), Shape.of(2), Shape.of(2), Shape.of(2))),
            new Case("cell", cell(lstm(3)), List.of(Shape.of(2), Shape.of(3), Shape.of(3))),
            new Case("cell without a state", cell(gru(3)), List.of(Shape.of(2))),
            new Case("bidirectional", bidirectional(gru(3)), List.of(Shape.of(4, 2))),
            new Case("bidirectional of sequences", bidirectional(lstm(3).withSequences()), List.of(Shape.of(4, 2))),
            new Case("self-attention", selfAttention(2), List.of(Shape.of(5, 6))),
            new Case(
                    "self-attention, causal",
                    selfAttention(4).withKeyHeads(2).withCausal().withoutBias(),
                    List.of(Shape.of(5, 8))),
            new Case("position embedding", positionEmbedding(5), List.of(Shape.of(3, 4))),
            new Case("simple rnn, dropout of states", simpleRnn(3).withRecurrentDropout(0.4), List.of(Shape.of(3, 2))),
            new Case(
                    "lstm, dropout of states",
                    bidirectional(lstm(3).withRecurrentDropout(0.4))
                            .withSequences()
                            .withStates(),
                    List.of(Shape.of(3, 2))),
            new Case("gru, dropout of states", gru(4).withRecurrentDropout(0.4), List.of(Shape.of(3, 2))),
            new Case(
                    "gru with reset before, dropout of states",
                    gru(4).withResetBefore().withRecurrentDropout(0.4).withSequences(),
                    List.of(Shape.of(3, 2))),
            new Case("time-distributed", timeDistributed(dense(3, Activation.TANH)), List.of(Shape.of(2, 3, 4))),
            new Case(
                    "time-distributed network",
                    timeDistributed(sequential(
                            conv2d(16, 3, Activation.TANH).withPadding(Padding.SAME),
                            batchNorm(),
                            new Dropout(0.3),
                            new GlobalAvgPool(),
                            dense(3))),
                    List.of(Shape.of(3, 2, 4, 3))),
            new Case(
                    "time-distributed twice, recomputed",
                    timeDistributed(timeDistributed(new Recomputed(gru(3)))),
                    List.of(Shape.of(2, 3, 2, 4))),
            new Case(
                    "relative to last",
                    relativeToLast(sequential(Layers.flatten(), dense(4)), 1),
                    List.of(Shape.of(3, 2))),
            new Case(
                    "relative to last, two columns, a network",
                    relativeToLast(
                            sequential(gru(3).withSequences(), Layers.flatten(), dense(6, Activation.TANH)), 2, 0),
                    List.of(Shape.of(4, 3))),
            new Case("mean of positions", meanOfPositions(), List.of(Shape.of(3, 4))),
            new Case("maximum of positions", maxOfPositions(), List.of(Shape.of(3, 4))),
            new Case("first position", firstPosition(), List.of(Shape.of(3, 4))),
            new Case("last position", lastPosition(), List.of(Shape.of(3, 4))),
            new Case("self-attention, rotary", selfAttention(2).withRotary(), List.of(Shape.of(5, 8))),
            new Case("self-attention, ALiBi", selfAttention(3).withAlibi().withCausal(), List.of(Shape.of(5, 6))),
            new Case("self-attention, dropout", selfAttention(2).withDropout(0.4), List.of(Shape.of(5, 6))),
            new Case("cross-attention", crossAttention(2), List.of(Shape.of(3, 4), Shape.of(5, 3))),
            new Case(
                    "cross-attention, shared keys",
                    crossAttention(2).withKeyHeads(1).withDropout(0.3).withoutBias(),
                    List.of(Shape.of(3, 4), Shape.of(2, 4))),
            new Case("sinusoidal positions", sinusoidalPositions(), List.of(Shape.of(3, 4))),
            new Case(
                    "tied output",
                    sequential(dense(5), dense(4), tiedOutput("dense1.weight").withBias()),
                    4),
            new Case("transformer block", transformerBlock(selfAttention(2), 6), List.of(Shape.of(3, 4))),
            new Case(
                    "transformer block, norms after, dropout",
                    transformerBlock(selfAttention(2).withDropout(0.2), 6)
                            .withNormAfter()
                            .withDropout(0.2)
                            .withHiddenDropout(0.2),
                    List.of(Shape.of(3, 4))),
            new Case(
                    "transformer block, gated",
                    transformerBlock(selfAttention(2).withRotary(), 6)
                            .withActivation(Activation.SILU)
                            .withGate()
                            .withNorm(rmsNorm())
                            .withoutBias(),
                    List.of(Shape.of(3, 4))),
            new Case(
                    "transformer block with memory",
                    transformerBlock(selfAttention(2).withCausal(), 6).withMemory(),
                    List.of(Shape.of(3, 8), Shape.of(2, 5))),
            new Case("named in a residual", Layers.residual(named("inner", dense(4, Activation.TANH))), 4),
            new Case("named", new Frozen(named("inner", dense(3, Activation.TANH))), 4),
            new Case("sequential", sequential(dense(3, Activation.TANH), dense(2)), 4),
            new Case(
                    "graph",
                    Graph.of(x -> {
                        var h = x.then(dense(4, Activation.TANH));
                        return h.then(dense(4)).join(add(), h);
                    }),
                    4),
            new Case(
                    "shared", sequential(named("a", dense(4)), new Activate(Activation.TANH), named("a", dense(4))), 4),
            new Case("embedding", Layers.embedding(7, 3), List.of(Shape.of(4)), 7),
            new Case("embedding of one id", sequential(Layers.embedding(7, 3), dense(2)), List.of(Shape.of()), 7),
            new Case("embedding of any length", Layers.embedding(7, 3), List.of(TIME), 7),
            new Case(
                    "tied embedding",
                    sequential(Layers.embedding(7, 4), gru(4).withSequences(), tiedOutput("embedding1.weight")),
                    List.of(TIME),
                    7),
            new Case("prelu of features of sequences", prelu().withSlopePerFeature(), List.of(Shape.of(3, 4))),
            new Case("softplus below its threshold", new Activate(Activation.softplus(1.5, 1)), 40),
            new Case("batch norm of features after a dense layer", sequential(dense(6), batchNorm(Activation.RELU)), 4),
            new Case("adaptive avg pool of any length", new AdaptiveAvgPool1d(3), List.of(CHANNELS)),
            new Case("adaptive max pool of any length", new AdaptiveMaxPool1d(3), List.of(CHANNELS)),
            new Case("adaptive avg pool, equal windows", new AdaptiveAvgPool2d(2, 3), List.of(Shape.of(2, 4, 6))),
            new Case("adaptive max pool to one", new AdaptiveMaxPool2d(1, 1), List.of(Shape.of(2, 4, 6))),
            new Case(
                    "avg pool 1d, ceil, padding not counted",
                    new AvgPool1d(3, 2, Padding1d.of(1), true, false),
                    List.of(Shape.of(2, 8))),
            new Case("avg pool 1d, ceil", new AvgPool1d(3, 2, Padding1d.of(1), true, true), List.of(Shape.of(2, 8))),
            new Case(
                    "max pool, window that begins beyond",
                    new MaxPool1d(2, 3, 1, Padding1d.of(1), true),
                    List.of(Shape.of(2, 8))),
            new Case("max pool of any length", Layers.maxPool1d(3, 2).withPadding(1), List.of(CHANNELS)),
            new Case(
                    "max pool of any length, same",
                    Layers.maxPool1d(3, 2).withPadding(Padding1d.SAME),
                    List.of(CHANNELS)),
            new Case("avg pool of any length", Layers.avgPool1d(2), List.of(CHANNELS)),
            new Case("conv1d of any length", conv1d(3, 3).withPadding(Padding1d.CAUSAL), List.of(CHANNELS)),
            new Case("conv1d of any length, same", conv1d(3, 4).withPadding(Padding1d.SAME), List.of(CHANNELS)),
            new Case(
                    "conv1d of any length, same with a stride",
                    conv1d(3, 4).withPadding(Padding1d.SAME).withStride(2),
                    List.of(CHANNELS)),
            new Case(
                    "conv1d of any length, same with a stride and dilation",
                    conv1d(3, 3).withPadding(Padding1d.SAME).withStride(2).withDilation(2),
                    List.of(CHANNELS)),
            new Case(
                    "max pool 1d, same, dilated",
                    new MaxPool1d(2, 1, 4, Padding1d.SAME, false),
                    List.of(Shape.of(2, 8))),
            new Case(
                    "max pool of any length, same, dilated",
                    new MaxPool1d(2, 1, 4, Padding1d.SAME, false),
                    List.of(CHANNELS)),
            new Case(
                    "max pool of any length, same with a stride, dilated",
                    new MaxPool1d(2, 2, 4, Padding1d.SAME, false),
                    List.of(CHANNELS)),
            new Case(
                    "avg pool of any length, same with a stride",
                    new AvgPool1d(4, 2, Padding1d.SAME, false, true),
                    List.of(CHANNELS)),
            new Case(
                    "avg pool of any length, padding of one side",
                    new AvgPool1d(3, 2, Padding1d.of(1, 0), false, true),
                    List.of(CHANNELS)),
            new Case(
                    "avg pool of any length, padding",
                    new AvgPool1d(3, 2, Padding1d.of(1), false, true),
                    List.of(CHANNELS)),
            new Case(
                    "avg pool 2d, padding of one axis",
                    new AvgPool2d(Window.of(3, 3).withStride(2, 2), new Padding(false, 1, 0, 1, 0), false, true),
                    List.of(Shape.of(2, 7, 7))),
            new Case(
                    "avg pool 2d, padding of two sides",
                    new AvgPool2d(Window.of(3, 3), new Padding(false, 1, 1, 0, 0), false, true),
                    List.of(Shape.of(2, 5, 4))),
            new Case("over time", Layers.overTime(conv1d(3, 3).withPadding(1)), List.of(STEPS)),
            new Case("global avg pool of any length", new GlobalAvgPool(), List.of(CHANNELS)),
            new Case("dense of any length", dense(5, Activation.RELU), List.of(STEPS)),
            new Case("layer norm of any length", layerNorm(), List.of(STEPS)),
            new Case("instance norm of steps", instanceNorm(), List.of(Shape.of(Shape.OPEN, 4))),
            new Case("group norm of any length", groupNorm(1), List.of(CHANNELS)),
            new Case("lstm of any length", lstm(5), List.of(STEPS)),
            new Case("gru in both directions of any length", bidirectional(gru(5).withSequences()), List.of(STEPS)),
            new Case("simple rnn, identity", simpleRnn(3).withActivation(Activation.IDENTITY), List.of(STEPS)),
            new Case("simple rnn, leaky relu", simpleRnn(3).withActivation(Activation.leakyRelu(0.3)), List.of(STEPS)),
            new Case(
                    "simple rnn, hard sigmoid",
                    bidirectional(simpleRnn(3).withActivation(Activation.HARD_SIGMOID)),
                    List.of(STEPS)),
            new Case("simple rnn, softsign", simpleRnn(3).withActivation(Activation.SOFTSIGN), List.of(STEPS)),
            new Case("simple rnn, elu", simpleRnn(3).withActivation(Activation.elu(0.5)), List.of(STEPS)),
            new Case("simple rnn, sigmoid", simpleRnn(3).withActivation(Activation.SIGMOID), List.of(STEPS)),
            new Case(
                    "bidirectional lstm with states of any length",
                    bidirectional(lstm(2).withSequences()).withStates(),
                    List.of(STEPS, Shape.of(2), Shape.of(2), Shape.of(2), Shape.of(2))),
            new Case("mean of any number of positions", meanOfPositions(), List.of(STEPS)),
            new Case("maximum of any number of positions", maxOfPositions(), List.of(STEPS)),
            new Case("last of any number of positions", lastPosition(), List.of(STEPS)),
            new Case("self-attention of any length", selfAttention(2), List.of(STEPS)),
            new Case("self-attention, causal, of any length", selfAttention(2).withCausal(), List.of(STEPS)),
            new Case(
                    "self-attention, rotary, causal, of any length",
                    selfAttention(1).withRotary().withCausal(),
                    List.of(STEPS)),
            new Case(
                    "self-attention, rotary in part",
                    selfAttention(1)
                            .withPositions(new AttentionPositions(AttentionPositions.Kind.ROTARY_INTERLEAVED, 1000, 2)),
                    List.of(STEPS)),
            new Case("self-attention, ALiBi, of any length", selfAttention(2).withAlibi(), List.of(STEPS)),
            new Case("self-attention with a mask", selfAttention(2), List.of(Shape.of(5, 6), Shape.of(5, 5))),
            new Case(
                    "self-attention with a mask of each head",
                    selfAttention(2),
                    List.of(Shape.of(5, 6), Shape.of(2, 5, 5))),
            new Case("cross-attention of any length", crossAttention(2), List.of(STEPS, Shape.of(Shape.OPEN, 3))),
            new Case(
                    "cross-attention with a mask",
                    crossAttention(2),
                    List.of(Shape.of(3, 4), Shape.of(5, 3), Shape.of(3, 5))),
            new Case(
                    "transformer block of any length, causal",
                    transformerBlock(selfAttention(2).withCausal(), 6),
                    List.of(STEPS)),
            new Case("position embedding of fewer", positionEmbedding(9), List.of(Shape.of(3, 4))),
            new Case("position embedding of any length", positionEmbedding(9), List.of(STEPS)),
            new Case("sinusoidal positions of any length", sinusoidalPositions(), List.of(STEPS)),
            new Case(
                    "time-distributed over any length",
                    timeDistributed(sequential(dense(3), Layers.relu())),
                    List.of(STEPS)),
            new Case(
                    "time-distributed images over any length",
                    timeDistributed(sequential(conv2d(2, 3), new GlobalAvgPool())),
                    List.of(Shape.of(Shape.OPEN, 2, 4, 3))),
            new Case("upsample bilinear by 1.5", Layers.upsample(1.5).bilinear(), List.of(Shape.of(2, 3, 4))),
            new Case("upsample to a size", Layers.upsampleTo(5, 7), List.of(Shape.of(2, 3, 4))),
            new Case("upsample a sequence, bilinear", Layers.upsample(2).bilinear(), List.of(Shape.of(2, 5))),
            new Case("upsample a sequence by corners", Layers.upsampleTo(7).bilinearCorners(), List.of(Shape.of(2, 5))),
            new Case(
                    "two outputs, one of them the input",
                    Graph.of(1, in -> List.of(in.getFirst().then(dense(2)), in.getFirst())),
                    List.of(Shape.of(4))));
}
