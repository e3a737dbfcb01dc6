package dev.neurite.javasource;

import static dev.neurite.kernel.Activation.*;
import static dev.neurite.layer.Layers.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.network.KerasCnn;
import dev.neurite.network.Lenet5;
import dev.neurite.network.MobileNetV2;
import dev.neurite.network.ResNet;
import dev.neurite.network.SmallCnn;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Written networks give what the models give, compiled for Java 17 without a warning.
@SuppressWarnings("unchecked") // what another class loader made
final class WrittenNetworksTest {
    private static final double CLOSE = 1e-5; // relative to numbers above 1
    private static final int STEPS = 7;

    private static IntFunction<?> written = _ -> "nothing";

    record Network(String name, Model model) {}

    private static Network of(String name, Shape input, Node... layers) {
        return new Network(name, random(Model.of(input, layers)));
    }

    private static Shape sequences(int width) {
        return Shape.of(Shape.OPEN, width);
    }

    static Stream<Network> denseNetworks() {
        return Stream.of(
                of("mlp", features(5), dense(16, RELU), dense(7, TANH), dense(3, SOFTMAX)),
                of("no bias", features(3), dense(4).withoutBias(), dense(1, SIGMOID)),
                of("positions", Shape.of(4, 5), dense(6, GELU), dense(2, LOG_SOFTMAX)),
                of("flatten", Shape.of(2, 3, 4), flatten(), dense(3), softmax()),
                of("nothing but a view", Shape.of(2, 3), flatten()),
                of("prelu", features(4), dense(5), prelu(), dense(5), prelu().withSlopePerFeature(), glu5()),
                of("dropouts", features(4), dropout(0.5), gaussianNoise(0.1), dense(3), alphaDropout(0.2), dense(2)),
                of(
                        "norms",
                        Shape.of(3, 6),
                        layerNorm(),
                        rmsNorm(),
                        layerNorm(2).withoutWeights(),
                        layerNorm(0),
                        rmsNorm(0)),
                of(
                        "batch norms",
                        features(6),
                        dense(5),
                        batchNorm(RELU),
                        relu(),
                        batchNorm(),
                        dense(2),
                        batchNorm().withoutWeights()),
                of("standardize", features(3), standardize(vector(1e6f, -3, 0), vector(0.5f, 2, 1)), dense(2)),
                of(
                        "odd names",
                        features(3),
                        named("int", dense(3)),
                        named("Größe \\u */ 1", dense(3, RELU)),
                        named("notify", dense(2)),
                        named("input", dense(2)),
                        named("relu", dense(2, RELU)),
                        named("y", dense(2)),
                        named("t", dense(2))));
    }

    private static Tensor vector(float... values) {
        return Tensor.of(Shape.of(values.length), values);
    }

    private static Node glu5() {
        return sequential(dense(6), glu());
    }

    static Stream<Network> activations() {
        return Stream.of(
                        IDENTITY,
                        RELU,
                        TANH,
                        SIGMOID,
                        RELU6,
                        SELU,
                        GELU,
                        GELU_TANH,
                        SILU,
                        MISH,
                        LOG_SIGMOID,
                        HARD_SIGMOID,
                        HARD_SWISH,
                        SOFTSIGN,
                        TANH_SHRINK,
                        leakyRelu(),
                        leakyRelu(0.3),
                        elu(),
                        elu(0.5),
                        celu(2),
                        softplus(),
                        softplus(2, 3),
                        hardTanh(),
                        hardTanh(-2, 0.5),
                        softShrink(),
                        hardShrink(0.2),
                        threshold(0.1, -2),
                        SOFTMAX,
                        LOG_SOFTMAX)
                .map(g -> of(g.toString(), Shape.of(2, 40), activation(g)));
    }

    static Stream<Network> imageNetworks() {
        return Stream.of(
                of("lenet5", image(1, 28, 28), new Lenet5().graph(image(1, 28, 28), 10, SOFTMAX)),
                of("keras cnn", image(1, 20, 20), new KerasCnn().graph(image(1, 20, 20), 10, SOFTMAX)),
                of("small cnn", image(3, 16, 16), new SmallCnn().graph(image(3, 16, 16), 4, SOFTMAX)),
                of(
                        "stride, dilation, groups",
                        image(4, 11, 13),
                        conv2d(6, 3, RELU).withStride(2).withPadding(1).withGroups(2),
                        conv2d(4, 2).withDilation(2).withoutBias(),
                        conv2d(3, 1, TANH),
                        conv2d(2, 1).withStride(2)),
                of(
                        "same",
                        image(2, 7, 5),
                        conv2d(3, 4).withPadding(Padding.SAME).withStride(2),
                        conv2d(2, 3).withPadding(Padding.SAME)),
                of("wide padding", image(1, 3, 3), conv2d(2, 3).withPadding(4).withDilation(3)),
                of(
                        "depthwise",
                        image(3, 9, 9),
                        depthwiseConv2d(3, RELU).withMultiplier(2).withPadding(1),
                        separableConv2d(4, 3, SILU)),
                of("batch norm", image(2, 8, 8), conv2d(4, 3), batchNorm(RELU), maxPool2d(2), batchNorm(LEAKY)),
                of(
                        "max pools",
                        image(2, 9, 10),
                        maxPool2d(3, 2).withPadding(Padding.of(1)).withCeil(),
                        maxPool2d(2, 1),
                        adaptiveMaxPool2d(2, 3)),
                of(
                        "mean pools",
                        image(2, 9, 10),
                        avgPool2d(3, 2).withPadding(Padding.of(1)).withCeil(),
                        avgPool2d(2, 1).withPadding(Padding.of(1)).withoutCountingPadding(),
                        adaptiveAvgPool2d(2, 3)),
                of(
                        "same pools",
                        image(1, 7, 7),
                        maxPool2d(3, 2).withPadding(Padding.SAME),
                        avgPool2d(2, 1).withPadding(Padding.SAME)),
                of("global", image(3, 5, 4), conv2d(4, 3), globalAvgPool(), dense(2)),
                of("global maximum", image(3, 5, 4), globalMaxPool()),
                of(
                        "residual",
                        image(2, 6, 6),
                        residual(conv2d(2, 3, RELU).withPadding(1), conv2d(2, 3).withPadding(1))
                                .withActivation(RELU),
                        residual(conv2d(4, 1)).withShortcut(conv2d(4, 1))),
                of(
                        "norm and add",
                        image(2, 6, 6),
                        Graph.of(x -> x.then(conv2d(2, 3).withPadding(1)).join(normAdd(batchNorm(RELU)), x))),
                of("norm and add of two", image(2, 6, 6), Graph.of(x -> {
                    var c = x.then(conv2d(2, 3).withPadding(1));
                    return c.join(normAdd(batchNorm()), x).join(add(), c).then(recomputed(frozen(conv2d(1, 2))));
                })),
                of("joins", image(2, 4, 4), Graph.of(x -> {
                    var a = x.then(conv2d(3, 1));
                    var b = x.then(conv2d(3, 1, SIGMOID));
                    return a.join(multiply(), b)
                            .join(concat(), x)
                            .join(concat(-1), a.join(concat(), x))
                            .join(add(TANH), a.join(concat(), x).join(concat(-1), b.join(concat(), x)));
                })),
                of(
                        "parts",
                        image(4, 5, 6),
                        zeroPad2d(1, 2, 0, 3),
                        crop(1, 0, 1, 2),
                        slice(1, 3),
                        slice(0, 2, -1),
                        permute(1, 2, 0),
                        permute(2, 0, 1)),
                of("channel slopes", image(3, 4, 4), prelu().withSlopePerChannel(), glu(), layerNorm(3)),
                of("split", image(4, 3, 3), Graph.of(x -> {
                    var parts = x.split(split(2), 2);
                    return parts.getLast().then(conv2d(2, 1)).join(add(), parts.getFirst());
                })),
                of("split of columns", image(2, 3, 5), Graph.of(x -> {
                    var parts = x.split(splitInto(2, 3).withAxis(-1), 2);
                    return parts.getFirst().join(concat(-1), parts.getLast());
                })));
    }

    private static final Activation.Elementwise LEAKY = leakyRelu(0.2);

    static Stream<Network> sequenceNetworks() {
        return Stream.of(
                of("lstm", Shape.of(6, 3), lstm(5), dense(2)),
                of(
                        "lstm of any length",
                        sequences(3),
                        lstm(5).withSequences(),
                        layerNorm(),
                        lstm(4),
                        dense(2, SOFTMAX)),
                of("gru", sequences(2), gru(6).withSequences().withReversed(), gru(3), dense(1)),
                of(
                        "gru, reset before",
                        sequences(2),
                        gru(6).withResetBefore().withSequences(),
                        gru(3).withResetBefore().withReversed()),
                of(
                        "simple",
                        sequences(2),
                        simpleRnn(4).withSequences(),
                        simpleRnn(3).withActivation(RELU).withReversed()),
                of("simple of fixed length", Shape.of(5, 2), simpleRnn(4).withSequences(), simpleRnn(3)),
                of("bidirectional", sequences(3), bidirectional(lstm(4)).withSequences(), bidirectional(gru(3))),
                of(
                        "stacked",
                        sequences(3),
                        stacked(2, bidirectional(lstm(3))).withDropout(0.3).withSequences(),
                        stacked(3, gru(2))),
                of("ids", Shape.of(Shape.OPEN), embedding(11, 4), gru(5), dense(3)),
                of("ids of known number", Shape.of(6), embedding(11, 4), meanOfPositions(), dense(3)),
                of("pools of steps", sequences(4), dense(5, RELU).withoutBias(), dropout(0.1), maxOfPositions()),
                of("first", sequences(4), prelu(), firstPosition()),
                of("last", sequences(4), relu(), lastPosition()),
                of("mean", sequences(4), rmsNorm(), meanOfPositions()),
                of("classes of steps", sequences(2), gru(4).withSequences(), dense(3, SOFTMAX)),
                of(
                        "conv1d",
                        Shape.of(3, 12),
                        conv1d(4, 3, RELU).withPadding(Padding1d.CAUSAL).withDilation(2),
                        maxPool1d(2),
                        conv1d(4, 2).withStride(2).withGroups(2),
                        batchNorm(),
                        avgPool1d(2),
                        zeroPad1d(1, 2),
                        conv1d(2, 1),
                        adaptiveAvgPool1d(1)),
                of("over time", Shape.of(12, 3), overTime(conv1d(4, 3)), lstm(3)),
                of(
                        "poolings of sequences",
                        Shape.of(2, 9),
                        maxPool1d(3, 2),
                        adaptiveMaxPool1d(3),
                        adaptiveAvgPool1d(2),
                        globalMaxPool()),
                of("forecast", Shape.of(8, 3), relativeToLast(sequential(gru(4), dense(6)), 2, 0)));
    }

    static Stream<Network> architectures() {
        return Stream.of(
                of("mobilenet", image(3, 32, 32), new MobileNetV2(0.25).graph(image(3, 32, 32), 5, SOFTMAX)),
                of("resnet", image(3, 32, 32), new ResNet(20).graph(image(3, 32, 32), 5, SOFTMAX)));
    }

    /// All files are compiled at once, which takes a tenth of the time.
    @BeforeAll
    static void compile(@TempDir Path directory) throws Exception {
        List<JavaFile> files = new ArrayList<>();
        var caller = new StringBuilder("public final class Caller implements java.util.function.IntFunction<Object> {\n"
                + "public Object apply(int i) {\nswitch (i) {\n");
        for (Network each : networks()) {
            String name = "Net" + files.size();
            JavaFile file = JavaSource.of(new ModelFile(each.model(), Map.of())).make(name);
            caller.append("case ")
                    .append(files.size())
                    .append(": { ")
                    .append(name)
                    .append(" net = new ")
                    .append(name)
                    .append("(")
                    .append(file.open() ? STEPS : "")
                    .append("); java.util.function.UnaryOperator<float[]>")
                    .append(" run = inputs -> net.run(inputs); return run; }\n");
            files.add(file);
        }
        caller.append("default: throw new IllegalArgumentException();\n}\n}\n}\n");
        written = Compiled.load(files, "Caller", caller.toString(), directory, IntFunction.class);
    }

    static List<Network> networks() {
        return Stream.of(denseNetworks(), activations(), imageNetworks(), sequenceNetworks(), architectures())
                .flatMap(each -> each)
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> aFileGivesWhatTheModelGives() {
        List<Network> networks = networks();
        return IntStream.range(0, networks.size())
                .mapToObj(i -> DynamicTest.dynamicTest(networks.get(i).name(), () -> {
                    UnaryOperator<float[]> network = (UnaryOperator<float[]>) written.apply(i);
                    Model model = networks.get(i).model();
                    var random = new Random(1);
                    for (int row = 0; row < 3; row++) {
                        float[] inputs = inputs(model, random);
                        assertClose(network.apply(inputs), model.predict(inputs));
                    }
                }));
    }

    private static float[] inputs(Model model, Random random) {
        Shape shape = model.network().inputs().getFirst();
        boolean ids = shape.rank() == 1
                && model.network().parameters().getFirst().name().startsWith("embedding");
        float[] inputs = new float[(shape.isKnown() ? shape : shape.withOpen(1 + random.nextInt(STEPS))).size()];
        for (int i = 0; i < inputs.length; i++) inputs[i] = ids ? random.nextInt(11) : (float) random.nextGaussian();
        return inputs;
    }

    /// Parameters and statistics that no initializer gives.
    private static Model random(Model model) {
        var random = new Random(7);
        Map<String, Tensor> values = new LinkedHashMap<>();
        Stream.concat(model.parameters().parts().stream(), model.statistics().parts().stream())
                .forEach(part -> values.put(part.name(), random(part, random)));
        return model.with(values);
    }

    private static Tensor random(Parameter part, Random random) {
        float[] values = new float[part.size()];
        boolean variance = part.name().endsWith("running_var");
        double scale =
                part.shape().rank() > 1 ? 1 / Math.sqrt(part.shape().row().size()) : 0.5;
        for (int i = 0; i < values.length; i++) {
            values[i] = variance ? 0.2f + random.nextFloat() : (float) (scale * random.nextGaussian());
        }
        return Tensor.of(part.shape(), values);
    }

    private static void assertClose(float[] got, float[] expected) {
        assertThat(got.length).isGreaterThanOrEqualTo(expected.length); // of any number of steps the most
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) got[i])
                    .as("number %d", i)
                    .isCloseTo(
                            expected[i],
                            org.assertj.core.data.Offset.offset(CLOSE * Math.max(1, Math.abs(expected[i]))));
        }
    }
}
