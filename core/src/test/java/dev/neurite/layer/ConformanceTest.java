package dev.neurite.layer;

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
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.check.GradientCheck;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.model.Declarations;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Inspection;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.PassObserver;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every layer keeps the contract: its shape is as declared, its gradients are right, predicting changes
/// nothing, and it comes back equal from a file. A new layer is one line in [#LAYERS].
@BothEngines
class ConformanceTest {
    /// @param fewest rows of a batch to train on
    private record Case(String name, Node node, List<Shape> inputs, int fewest) {
        Case(String name, Node node, List<Shape> inputs) {
            this(name, node, inputs, 1);
        }

        Case(String name, Node node, int features) {
            this(name, node, List.of(Shape.of(features)));
        }
    }

    private static final List<Case> LAYERS = List.of(
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
                    List.of(Shape.of(6), Shape.of(6)),
                    7),
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
            new Case("batch norm", batchNorm(), List.of(Shape.of(5)), 4),
            new Case("batch norm of one channel", batchNorm(), List.of(Shape.of(1, 7))),
            new Case("batch norm of sequences", batchNorm(), List.of(Shape.of(3, 5))),
            new Case("batch norm of images", batchNorm(), List.of(Shape.of(3, 5, 4))),
            new Case("batch norm without weights", batchNorm().withoutWeights(), List.of(Shape.of(3, 5, 4))),
            new Case("batch norm tanh", batchNorm(Activation.TANH), List.of(Shape.of(3, 5, 4))),
            new Case("batch norm gelu", batchNorm(Activation.GELU), List.of(Shape.of(19)), 7),
            new Case("recomputed", new Recomputed(dense(3, Activation.TANH)), 4),
            new Case(
                    "recomputed twice",
                    new Recomputed(sequential(new Recomputed(dense(5, Activation.TANH)), dense(3, Activation.TANH))),
                    4),
            new Case("recomputed view", new Recomputed(new Flatten()), List.of(Shape.of(3, 2, 2))),
            new Case("adapted", new Adapted(dense(3, Activation.TANH), 2, 3, 0, List.of("*")), 4),
            new Case(
                    "adapted gelu of sequences with dropout",
                    new Adapted(dense(5, Activation.GELU).withoutBias(), 2, 2, 0.4, List.of("*")),
                    List.of(Shape.of(3, 4))),
            new Case(
                    "adapted log-softmax, recomputed",
                    new Adapted(new Recomputed(dense(5, Activation.LOG_SOFTMAX)), 3, 1, 0.4, List.of("*")),
                    4),
            new Case(
                    "adapted block",
                    new Adapted(
                            transformerBlock(selfAttention(2), 5).withGate(), 2, 3, 0.3, List.of("linear*", "gate")),
                    List.of(Shape.of(3, 4))),
            new Case(
                    "adapted projections of a memory",
                    new Adapted(crossAttention(2).withKeyHeads(1), 2, 3, 0, List.of("v_proj", "out_proj")),
                    List.of(Shape.of(3, 4), Shape.of(2, 3))),
            new Case(
                    "adapted at each position",
                    new Adapted(timeDistributed(dense(3, Activation.TANH)), 2, 3, 0.3, List.of("*")),
                    List.of(Shape.of(3, 4))),
            new Case("adapted nowhere", new Adapted(dense(3, Activation.TANH), 2, 3, 0, List.of()), 4),
            new Case("frozen adapted", new Frozen(new Adapted(dense(3), 2, 3, 0.3, List.of("*"))), 4),
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
            new Case("stacked", stacked(2, simpleRnn(3)).withSequences(), List.of(Shape.of(3, 2)), 3),
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
                    List.of(Shape.of(3, 2, 4, 3)),
                    2),
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
                    "shared",
                    sequential(named("a", dense(4)), new Activate(Activation.TANH), named("a", dense(4))),
                    4));

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyLayerConforms() {
        return LAYERS.stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.name(),
                        () -> assertThat(violations(each, Catalog.standard())).isEmpty()));
    }

    @Test
    void everyLayerOfTheCatalogHasACase() {
        var covered = LAYERS.stream()
                .flatMap(each -> Stream.concat(Stream.of(each.node()), parts(each.node())))
                .flatMap(node -> node instanceof Activate(Activation g) ? Stream.of(node, g) : Stream.of(node))
                .map(each -> each.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        covered.add("embedding"); // whose inputs are ids: PytorchRecurrentTest, OpenAxisTest
        assertThat(Catalog.standard().entries(Node.class)).allMatch(each -> covered.contains(flat(each)));
        assertThat(Catalog.standard().entries(Activation.class)).allMatch(each -> covered.contains(flat(each)));
    }

    private static String flat(Catalog.Entry entry) {
        return entry.name().replace("-", "");
    }

    private static Stream<Node> parts(Node node) {
        if (node instanceof Frozen(Node inner)) return Stream.of(inner);
        if (node instanceof Recomputed(Node inner)) return Stream.of(inner);
        if (node instanceof Bidirectional(Node inner)) return Stream.of(inner);
        return node instanceof Graph graph ? graph.applications().stream().map(Graph.Application::node) : Stream.of();
    }

    /// What is wrong with a node; empty if nothing is.
    private List<String> violations(Case each, Catalog catalog) {
        List<String> found = new ArrayList<>();
        try {
            shapes(each, found);
            for (int rows : new int[] {each.fewest(), each.fewest() + 2}) {
                var report = GradientCheck.of(each.node(), each.inputs(), rows, Mode.TRAIN, 1);
                if (!report.passed()) found.add("gradients: " + report);
            }
            predicting(each, found);
            observed(each, found);
            file(each, catalog, found);
        } catch (NeuriteException e) {
            found.add("throws " + e);
        }
        return found;
    }

    private static List<Tensor> inputs(Case each, int rows) {
        var random = new KeyedRandom(5);
        return each.inputs().stream()
                .map(shape -> {
                    float[] values = new float[shape.size() * rows];
                    for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
                    return Tensor.of(shape.forRows(rows), values);
                })
                .toList();
    }

    private static void shapes(Case each, List<String> found) {
        var network = new Network(each.node(), each.inputs());
        float[] theta = new float[network.size()];
        Arrays.fill(theta, 0.5f);
        for (int rows : new int[] {0, 1, 7}) {
            var executor = network.executor(Kernels.shared(), theta, new float[0]);
            List<Shape> got = executor.forward(Mode.PREDICT, inputs(each, rows)).stream()
                    .map(Tensor::shape)
                    .toList();
            List<Shape> expected =
                    network.outputs().stream().map(shape -> shape.forRows(rows)).toList();
            if (!got.equals(expected)) found.add("declares " + expected + " and gives " + got);
        }
    }

    private static void predicting(Case each, List<String> found) {
        var network = new Network(each.node(), each.inputs());
        float[] theta = new float[network.size()];
        for (int i = 0; i < theta.length; i++) theta[i] = (float) Math.sin(i + 1);
        float[] before = theta.clone();
        List<Tensor> inputs = inputs(each, 5);
        List<Tensor> copies = inputs.stream().map(Tensor::copy).toList();
        var executor = network.executor(Kernels.shared(), theta, new float[0]);
        executor.fillBuffersWithNaN();
        List<Tensor> first = executor.forward(Mode.PREDICT, inputs).stream()
                .map(Tensor::copy)
                .toList();
        List<Tensor> second = executor.forward(Mode.PREDICT, inputs).stream()
                .map(Tensor::copy)
                .toList();
        if (!first.equals(second)) found.add("predicts differently the second time");
        if (!Arrays.equals(theta, before)) found.add("changes parameters");
        if (!inputs.equals(copies)) found.add("changes its input");
        List<Tensor> alone = IntStream.range(0, inputs.size())
                .mapToObj(i -> inputs.get(i).rows(3, 4))
                .toList();
        List<Tensor> row =
                executor.forward(Mode.PREDICT, alone).stream().map(Tensor::copy).toList();
        List<Tensor> expected = first.stream().map(tensor -> tensor.rows(3, 4)).toList();
        if (!row.equals(expected)) found.add("predicts a row differently alone and in a batch");
    }

    /// What an observer sees is what an inspection copies, and nobody's result changes.
    private static void observed(Case each, List<String> found) {
        var network = new Network(each.node(), each.inputs());
        float[] theta = new float[network.size()];
        for (int i = 0; i < theta.length; i++) theta[i] = (float) Math.sin(i + 1);
        List<float[]> gradients = new ArrayList<>();
        Map<String, Tensor> outputs = new HashMap<>();
        Map<String, Tensor> deltas = new HashMap<>();
        for (boolean observes : new boolean[] {false, true}) {
            float[] gradient = new float[network.size()];
            var executor = network.executor(Kernels.shared(), theta, gradient);
            if (observes) executor.observe(copying(outputs, deltas));
            trainOnce(each, network, executor);
            gradients.add(gradient);
            for (int i = 0; i < each.inputs().size(); i++) {
                gradients.add(executor.inputGradient(i).copy().toArray());
            }
        }
        int half = gradients.size() / 2;
        for (int i = 0; i < half; i++) {
            if (!Arrays.equals(gradients.get(i), gradients.get(i + half))) found.add("has other gradients if observed");
        }
        var executor = network.executor(Kernels.shared(), theta, new float[network.size()]);
        executor.inspect();
        trainOnce(each, network, executor);
        for (Inspection.LayerView layer : executor.inspection(new float[0]).layers()) {
            Tensor output = outputs.remove(layer.name());
            if (output == null || !output.equals(layer.output()))
                found.add("shows another output to an observer: " + layer.name());
            Tensor delta = deltas.remove(layer.name());
            if (!layer.delta().equals(Optional.ofNullable(delta))) {
                found.add("shows another δ to an observer: " + layer.name() + " " + layer.delta() + " " + delta);
            }
        }
        if (!outputs.isEmpty() || !deltas.isEmpty()) found.add("shows more to an observer: " + outputs + deltas);
    }

    private static void trainOnce(Case each, Network network, Executor executor) {
        executor.wantInputGradients(true);
        executor.randomness(1, 2, 0);
        executor.forward(Mode.TRAIN, inputs(each, each.fewest() + 2));
        for (int i = 0; i < network.outputs().size(); i++) {
            Tensor delta = executor.outputGradient(i);
            for (int j = 0; j < delta.size(); j++) delta.array()[delta.offset() + j] = (float) Math.cos(3 * j + i);
        }
        executor.backward();
    }

    private static PassObserver copying(Map<String, Tensor> outputs, Map<String, Tensor> deltas) {
        return new PassObserver() {
            @Override
            public void output(String layer, Tensor output) {
                outputs.put(layer, output.copy());
            }

            @Override
            public void delta(String layer, Tensor delta) {
                deltas.put(layer, delta.copy());
            }
        };
    }

    private void file(Case each, Catalog catalog, List<String> found) {
        Graph graph = each.node() instanceof Graph own
                ? own
                : Graph.of(
                        each.inputs().size(),
                        wires -> List.of(wires.getFirst()
                                .join(
                                        each.node(),
                                        wires.subList(1, wires.size()).toArray(new dev.neurite.model.Wire[0]))));
        Model model = Model.of(each.inputs(), graph).initialize(3);
        Path file = directory.resolve("model.safetensors");
        new ModelFile(model, Map.of()).write(file, catalog);
        if (!ModelFile.read(file, catalog).model().equals(model)) found.add("comes back different from a file");
    }

    // -------------------------------------------------------------------------------------------------- mutants

    /// A layer with a parameter and one mistake: y = w ∘ x, for rows of one number.
    public record Mutant(Mistake mistake) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.parameter("scale", Shape.of(1), Role.SCALE, Initializers.constant(2));
            return mistake == Mistake.WRONG_SHAPE ? Shape.of(2) : in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Kernels kernels = pass.kernels();
            Tensor w = pass.parameter("scale");
            Tensor y = mistake == Mistake.WRONG_SHAPE ? pass.like(x) : pass.output();
            if (mistake == Mistake.CHANGES_PARAMETERS) kernels.scale(1.5f, w, w);
            if (mistake == Mistake.CHANGES_INPUT) kernels.scale(1.5f, x, x);
            if (mistake != Mistake.UNWRITTEN_OUTPUT) kernels.scaleColumns(x, w, y);
            return pass.backward(x, y, (dy, dx) -> {
                if (pass.wants("scale")) {
                    Tensor product = pass.like(x);
                    kernels.multiply(dy, x, product);
                    if (mistake == Mistake.WRONG_SIGN) kernels.scale(-1, product, product);
                    if (mistake != Mistake.UNWRITTEN_PARAMETER) kernels.columnSums(product, pass.gradient("scale"));
                }
                if (pass.wants(x) && mistake != Mistake.UNWRITTEN_INPUT) {
                    kernels.scaleColumns(dy, w, dx);
                    if (mistake == Mistake.SLIGHTLY_WRONG) kernels.scale(1.01f, dx, dx);
                }
            });
        }
    }

    public enum Mistake {
        NONE("nothing"),
        WRONG_SHAPE("declares"),
        WRONG_SIGN("scale: error 2"),
        SLIGHTLY_WRONG("input 0: error 9.90e-03"),
        UNWRITTEN_OUTPUT("error NaN"),
        UNWRITTEN_INPUT("input 0: error NaN"),
        UNWRITTEN_PARAMETER("scale: error"),
        CHANGES_PARAMETERS("changes parameters"),
        CHANGES_INPUT("changes its input");

        private final String found;

        Mistake(String found) {
            this.found = found;
        }
    }

    @TestFactory
    Stream<DynamicTest> everyPlantedMistakeIsFound() {
        Catalog catalog = Catalog.standard().with("mutant", Mutant.class);
        return Arrays.stream(Mistake.values())
                .map(mistake -> DynamicTest.dynamicTest(mistake.name(), () -> {
                    List<String> found = violations(new Case("mutant", new Mutant(mistake), 1), catalog);
                    if (mistake == Mistake.NONE) assertThat(found).isEmpty();
                    else assertThat(found).anyMatch(violation -> violation.contains(mistake.found));
                }));
    }
}
