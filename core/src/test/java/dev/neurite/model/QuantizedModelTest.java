package dev.neurite.model;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.crossAttention;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.simpleRnn;
import static dev.neurite.layer.Layers.tiedOutput;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.neurite.AllocatedBytes;
import dev.neurite.BothEngines;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.layer.Initializers;
import dev.neurite.loss.Loss;
import dev.neurite.network.Gpt;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Memory;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Models with weights in fewer bits: near to those they are made of, with the same bits for any cut of a batch, engine
/// and number of threads.
@BothEngines
class QuantizedModelTest {
    private static final int VOCABULARY = 40;

    @SuppressWarnings("ImmutableEnumChecker") // models are immutable
    enum Net {
        DENSE(Model.of(features(70), dense(67, Activation.RELU), dense(33, Activation.TANH), dense(9))),
        LSTM(Model.of(Shape.of(5, 35), lstm(37), dense(8))),
        GRU(Model.of(Shape.of(5, 33), gru(40), dense(8))),
        SIMPLE_RNN(Model.of(Shape.of(4, 40), simpleRnn(34), dense(8))),
        CROSS_ATTENTION(Model.of(
                List.of(Shape.of(3, 36), Shape.of(5, 36)),
                Graph.of(2, in -> List.of(in.get(0).join(crossAttention(4), in.get(1)))))),
        GPT(new Gpt(2, 4, 36, 12, 0).model(VOCABULARY));

        private final Model model;

        Net(Model model) {
            this.model = model.initialize(3);
        }

        List<Tensor> rows(int count) {
            return model.network().inputs().stream()
                    .map(each -> this == GPT ? ids(count) : normal(each.forRows(count), each.size() + count))
                    .toList();
        }

        private static Tensor ids(int rows) {
            var random = new KeyedRandom(rows);
            float[] ids = new float[rows * 7];
            for (int i = 0; i < ids.length; i++) ids[i] = random.below(VOCABULARY);
            return Tensor.of(Shape.of(rows, 7), ids);
        }
    }

    private static Tensor predict(Model model, List<Tensor> rows, Kernels kernels) {
        return model.predict(rows, kernels).getFirst();
    }

    private static List<Tensor> part(List<Tensor> rows, int from, int to) {
        return rows.stream().map(each -> each.rows(from, to)).toList();
    }

    /// How far y is from what it should be, by the lengths of vectors.
    private static double error(Tensor y, Tensor exact) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < y.size(); i++) {
            double of = exact.toArray()[i];
            difference += Math.pow(y.toArray()[i] - of, 2);
            length += of * of;
        }
        return Math.sqrt(difference / length);
    }

    /// The errors that formats of so many bits may leave in outputs of a few layers.
    private static double bound(BlockFormat format) {
        return switch (format) {
            case INT8, Q8_0, BF16 -> 0.03;
            case Q4_0 -> 0.35;
            case F16 -> 0.002;
            default -> throw new IllegalArgumentException(format.name());
        };
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void outputsAreNearThoseOfTheFloats(Net net) {
        List<Tensor> rows = net.rows(9);
        try (Kernels kernels = Kernels.create(2)) {
            Tensor exact = predict(net.model, rows, kernels);
            for (BlockFormat format : BlockFormat.encodable()) {
                Model small = net.model.quantized(Quantization.of(format));
                double error = error(predict(small, rows, kernels), exact);
                assertThat(error).as("%s", format).isBetween(1e-8, bound(format));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void aRowHasTheSameBitsAloneAmongOthersByAnyEngineAndThreads(Net net) {
        List<Tensor> rows = net.rows(21);
        for (BlockFormat format : BlockFormat.encodable()) {
            Model small = net.model.quantized(Quantization.of(format));
            try (Kernels one = Kernels.create(1);
                    Kernels three = Kernels.create(3);
                    Kernels scalar = Kernels.create(Engine.SCALAR, 2)) {
                Tensor whole = predict(small, rows, one);
                assertThat(predict(small, rows, three))
                        .as("%s, threads", format)
                        .isEqualTo(whole);
                assertThat(predict(small, rows, scalar))
                        .as("%s, scalar", format)
                        .isEqualTo(whole);
                for (Kernels kernels : List.of(one, scalar)) {
                    for (int size : new int[] {1, 2, 5}) {
                        for (int from = 0; from < 21; from += size) {
                            int to = Math.min(21, from + size);
                            assertThat(predict(small, part(rows, from, to), kernels))
                                    .as("%s, rows %d to %d", format, from, to)
                                    .isEqualTo(whole.rows(from, to));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void partsOfATextHaveTheBitsOfTheWhole(BlockFormat format) {
        Model small = Net.GPT.model.quantized(Quantization.of(format));
        Tensor ids = Net.GPT.rows(1).getFirst();
        Tensor whole = small.predict(ids);
        PredictionSession session = small.session(1, 7);
        for (int step = 0; step < 7; step++) {
            float[] next = session.predict(Tensor.of(Shape.of(1, 1), ids.toArray()[step]))
                    .toArray();
            for (int i = 0; i < VOCABULARY; i++) {
                assertThat(next[i]).as("step %d, %d", step, i).isEqualTo(whole.toArray()[step * VOCABULARY + i]);
            }
        }
        Generator generator =
                Generator.of(small).withPositions(12).withMaxTokens(4).withSampling(Sampling.USUAL.withTopK(1));
        int[] said = generator.generate(3, 1, 4);
        assertThat(said).hasSize(4);
        assertThat(said[0]).isEqualTo(best(small, 3, 1, 4));
        assertThat(said[1]).isEqualTo(best(small, 3, 1, 4, said[0]));
    }

    /// The token of the highest score after these.
    private static int best(Model model, float... ids) {
        float[] scores = model.predict(Tensor.of(Shape.of(1, ids.length), ids)).toArray();
        int best = scores.length - VOCABULARY;
        for (int i = best; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
        return best - (scores.length - VOCABULARY);
    }

    @Test
    void convolutionsBiasesAndSmallMatricesStayFloats() {
        Model model = Model.of(
                image(3, 6, 6),
                conv2d(8, 3, Activation.RELU),
                flatten(),
                frozen(dense(40, Activation.RELU)),
                dense(4),
                named("wide", dense(20)),
                dense(33));
        Model small = model.quantized(Quantization.EIGHT_BITS);
        assertThat(model.network().encodable())
                .extracting(Parameter::name)
                .containsExactly("dense1.weight", "dense2.weight", "wide.weight", "dense3.weight");
        // wide has few columns, dense2 few rows
        assertThat(small.parameters().encoded()).containsOnlyKeys("dense1.weight", "dense3.weight");
        String window = model.parameters().names().getFirst();
        assertThat(small.parameters().get(window)).isEqualTo(model.parameters().get(window));
        assertThat(small.parameters().bytes()).isLessThan(model.parameters().bytes() / 2);
        assertThat(model.quantized(Quantization.of(BlockFormat.F16))
                        .parameters()
                        .encoded())
                .containsOnlyKeys("dense1.weight", "wide.weight", "dense3.weight");
    }

    @Test
    void aTableThatIsTheOutputTooIsEncodedOnce() {
        Model tied =
                Model.of(Shape.of(Shape.OPEN), named("tokens", embedding(VOCABULARY, 32)), tiedOutput("tokens.weight"));
        Model small = tied.quantized(Quantization.FOUR_BITS);
        assertThat(small.parameters().encoded()).containsOnlyKeys("tokens.weight");
        EncodedMatrix table = requireNonNull(small.parameters().encoded().get("tokens.weight"));
        assertThat(table.format()).isEqualTo(BlockFormat.Q4_0);
        Tensor said = small.predict(Tensor.of(new float[][] {{5}}));
        assertThat(said.size()).isEqualTo(VOCABULARY);
    }

    @Test
    void patternsChooseFormatsAndTheLastOneCounts() {
        Model model = Net.GPT.model;
        Quantization mixed = Quantization.EIGHT_BITS
                .with("*", BlockFormat.Q4_0)
                .with("wte.weight", BlockFormat.F16)
                .without("h.1.*");
        Map<String, EncodedMatrix> encoded = model.quantized(mixed).parameters().encoded();
        assertThat(requireNonNull(encoded.get("wte.weight")).format()).isEqualTo(BlockFormat.F16);
        assertThat(encoded.keySet()).noneMatch(name -> name.startsWith("h.1."));
        assertThat(encoded.keySet()).anyMatch(name -> name.startsWith("h.0."));
        encoded.forEach((name, matrix) -> {
            if (name.startsWith("h.0.")) assertThat(matrix.format()).as(name).isEqualTo(BlockFormat.Q4_0);
        });
    }

    @Test
    void whatCannotBeEncodedIsRefused() {
        Model model = Net.DENSE.model;
        assertThatThrownBy(() -> model.quantized(Quantization.EIGHT_BITS.without("dense9.*")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("quantization: expects a pattern of weights that may have fewer bits, got 'dense9.*'. They"
                        + " are dense1.weight, dense2.weight, dense3.weight");
        assertThatThrownBy(() -> model.quantized(Quantization.EIGHT_BITS.without("*.weight")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("or attention, but all are to stay floats");
        Model tiny = Model.of(features(3), dense(2));
        assertThatThrownBy(() -> tiny.quantized(Quantization.EIGHT_BITS))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got only ones that would not become smaller, such as dense1.weight [2×3]");
        Model conv = Model.of(image(1, 5, 5), conv2d(32, 3));
        assertThatThrownBy(() -> conv.quantized(Quantization.EIGHT_BITS.without("dense1.*")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got convolutions, norms and biases alone");
        Model small = model.quantized(Quantization.EIGHT_BITS.without("dense3.*"));
        assertThatThrownBy(() -> small.quantized(Quantization.FOUR_BITS))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("fewer bits already");
        float[] large = new float[67 * 70];
        large[5] = 1e5f;
        Model wide = model.with(Map.of("dense1.weight", Tensor.of(Shape.of(67, 70), large)));
        assertThatThrownBy(() -> wide.quantized(Quantization.of(BlockFormat.F16)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expect numbers that F16 has");
        EncodedMatrix one = EncodedMatrix.of(BlockFormat.F16, Tensor.zeros(Shape.of(2, 3)));
        Model norm = Model.of(features(2), dense(3));
        assertThatThrownBy(() -> norm.with(norm.parameters().encoded(Map.of("dense1.weight", one))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("dense1.weight");
        Model image = Model.of(image(1, 5, 5), flatten(), dense(8), new OwnMatrix());
        EncodedMatrix own = EncodedMatrix.of(BlockFormat.F16, Tensor.zeros(Shape.of(8, 8)));
        assertThatThrownBy(() -> image.with(image.parameters().encoded(Map.of("ownMatrix1.matrix", own))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects floats, as its layer does not compute with fewer bits, got F16 [8×8]");
    }

    @Test
    void matricesWithZeroPointsAreRefusedAsFilesHaveNone() {
        Model model = Model.of(features(2), dense(3));
        var matrix = QuantizedMatrix.int8(3, 2, new byte[6], new float[] {1, 1, 1}, new int[] {0, 5, 0});
        Map<String, EncodedMatrix> weights = Map.of("dense1.weight", matrix);
        Map<String, Tensor> biases = Map.of("dense1.bias", model.parameters().get("dense1.bias"));
        String message = "dense1.weight: expects weights without zero points, which model files do not have, got INT8"
                + " [3×2] with them. Encode it again: EncodedMatrix.of(format, matrix.decode())";
        assertThatThrownBy(() -> model.parameters().encoded(weights))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> Parameters.of(model.parameters().parts(), biases, weights))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void matricesOfUnknownNamesAndOtherShapesAreRefused() {
        Model model = Model.of(features(2), dense(3));
        List<Parameter> parts = model.parameters().parts();
        EncodedMatrix fits = EncodedMatrix.of(BlockFormat.F16, Tensor.zeros(Shape.of(3, 2)));
        EncodedMatrix other = EncodedMatrix.of(BlockFormat.F16, Tensor.zeros(Shape.of(2, 3)));
        assertThatThrownBy(() -> Parameters.of(parts, model.parameters().asMap(), Map.of("dense1.weigth", fits)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("parameter 'dense1.weigth': is not in this network")
                .hasMessageContaining("dense1.weight");
        assertThatThrownBy(() -> Parameters.of(parts, model.parameters().asMap(), Map.of("dense1.weight", other)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("dense1.weight: expects [3×2], got [2×3]");
        assertThatThrownBy(() -> Parameters.of(parts, Map.of(), Map.of("dense1.weight", fits)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("dense1.bias: expects [3], got nothing");
    }

    @Test
    void aWeightNamedInFullThatWouldNotBecomeSmallerIsRefused() {
        Model model = Model.of(features(70), dense(40), dense(2));
        Quantization named = Quantization.FOUR_BITS.with("dense2.weight", BlockFormat.INT8);
        assertThatThrownBy(() -> model.quantized(named))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("dense2\\.weight: expects weights that become smaller, got INT8 \\[2×40\\] with"
                        + " [0-9,]+ bytes, as floats 320\\. Leave it a float");
        for (Quantization each : List.of(
                Quantization.FOUR_BITS.with("dense2.*", BlockFormat.INT8),
                named.without("dense2.*"),
                named.with("dense2.w*", BlockFormat.Q4_0))) {
            assertThat(model.quantized(each).parameters().encoded()).containsOnlyKeys("dense1.weight");
        }
    }

    /// A layer that reads its matrix as floats.
    record OwnMatrix() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.parameter("matrix", Shape.of(8, 8), Role.WEIGHT, Initializers.zeros());
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            return x;
        }
    }

    // ------------------------------------------------------------------------------------------ without decoding

    private static final int WIDTH = 128;

    @SuppressWarnings("ImmutableEnumChecker") // models are immutable
    enum Wide {
        DENSE(Model.of(features(WIDTH), dense(WIDTH))),
        EMBEDDING(Model.of(Shape.of(2), named("tokens", embedding(WIDTH, WIDTH)), tiedOutput("tokens.weight"))),
        LSTM(Model.of(Shape.of(2, WIDTH), lstm(WIDTH))),
        GRU(Model.of(Shape.of(2, WIDTH), gru(WIDTH))),
        SIMPLE_RNN(Model.of(Shape.of(2, WIDTH), simpleRnn(WIDTH))),
        SELF_ATTENTION(Model.of(Shape.of(2, WIDTH), selfAttention(2))),
        CROSS_ATTENTION(Model.of(
                List.of(Shape.of(2, WIDTH), Shape.of(3, WIDTH)),
                Graph.of(2, in -> List.of(in.get(0).join(crossAttention(2), in.get(1))))));

        private final Model model;

        Wide(Model model) {
            this.model = model;
        }
    }

    /// A decoded matrix has 64 kB and more, all that a prediction allocates of its own a few.
    @ParameterizedTest
    @EnumSource(Wide.class)
    void aPredictionDecodesNoWeights(Wide net) {
        List<Tensor> rows = net.model.network().inputs().stream()
                .map(each -> Tensor.zeros(each.forRows(1)))
                .toList();
        int encodable = net.model.network().encodable().size();
        for (BlockFormat format : BlockFormat.encodable()) {
            Model small = net.model.quantized(Quantization.of(format));
            assertThat(small.parameters().encoded()).hasSize(encodable);
            long most = 4L * WIDTH * WIDTH / 2;
            long least = Long.MAX_VALUE; // other threads allocate, too, and vectors are objects until they are compiled
            try (Kernels kernels = Kernels.create(1)) {
                for (int i = 0; i < 3000 && least >= most; i++) {
                    least = Math.min(least, new AllocatedBytes().of(1, () -> small.predict(rows, kernels)));
                }
            }
            assertThat(least).as("bytes, %s", format).isLessThan(most);
        }
    }

    @Test
    void allLayersThatAcceptEncodedWeightsAreAmongThoseNets() {
        Set<String> accepting = new TreeSet<>();
        for (JavaClass each : new ClassFileImporter().importPackages("dev.neurite.layer")) {
            boolean says =
                    each.getMethods().stream().anyMatch(it -> it.getName().equals("acceptsEncoded"));
            if (says) accepting.add(each.getSimpleName());
        }
        assertThat(accepting)
                .containsExactly(
                        "CrossAttention", "Dense", "Embedding", "RecurrentLayer", "SelfAttention", "TiedOutput");
    }

    // ------------------------------------------------------------------------------------- what asks for floats

    @Test
    void whoAsksForNumbersGetsWhatTheBitsStandFor() {
        Model model = Net.DENSE.model;
        Model small = model.quantized(Quantization.FOUR_BITS);
        EncodedMatrix first = requireNonNull(small.parameters().encoded().get("dense1.weight"));
        assertThat(small.parameters().get("dense1.weight")).isEqualTo(first.decode());
        float[] all = small.parameters().toArray();
        assertThat(all).hasSize(model.parameters().size());
        Model decoded = model.with(Parameters.of(small.network().parameters(), all));
        assertThat(decoded.parameters().get("dense2.weight"))
                .isEqualTo(small.parameters().get("dense2.weight"));
        assertThat(WeightsHash.sha256(decoded)).isEqualTo(WeightsHash.sha256(small));
        assertThat(decoded).isNotEqualTo(small);
        assertThat(small)
                .isEqualTo(model.quantized(Quantization.FOUR_BITS))
                .hasSameHashCodeAs(model.quantized(Quantization.FOUR_BITS));
        Model mended = small.with(Map.of("dense1.weight", model.parameters().get("dense1.weight")));
        assertThat(mended.parameters().encoded()).containsOnlyKeys("dense2.weight", "dense3.weight");
    }

    @Test
    void aTrainingGoesOnWithFloats() {
        Model small = Net.DENSE.model.quantized(Quantization.EIGHT_BITS);
        Tensor x = normal(Shape.of(24, 70), 1);
        int[] labels = new int[24];
        for (int i = 0; i < 24; i++) labels[i] = i % 9;
        List<String> classes = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");
        Model trained = Trainer.of(small)
                .loss(crossEntropy())
                .epochs(1)
                .fit(Dataset.of(x, labels, classes))
                .model();
        assertThat(trained.parameters().encoded()).isEmpty();
        assertThat(trained.parameters().get("dense1.weight"))
                .isNotEqualTo(small.parameters().get("dense1.weight"));
    }

    /// The targets are what the quantized model predicts, so its own loss is 0 and that of its decoded weights is not.
    @Test
    void anEvaluationMeasuresWhatIsPredicted() {
        Model small = Net.DENSE.model.quantized(Quantization.EIGHT_BITS);
        Tensor x = Net.DENSE.rows(40).getFirst();
        Dataset data = Dataset.of(x, small.predict(x));
        Loss loss = meanSquaredError();
        assertThat(Evaluation.of(small, data, loss).loss()).isZero();
        assertThat(Evaluation.ofOutput(small, data, loss, 0).loss()).isZero();
        Parameters weights = small.parameters();
        Model decoded = small.with(Parameters.of(weights.parts(), weights.toArray()));
        assertThat(Evaluation.of(decoded, data, loss).loss()).isPositive();
    }

    @Test
    void layersThatAreReplacedLeaveTheOthersEncoded() {
        Model small = Net.DENSE.model.quantized(Quantization.EIGHT_BITS);
        Model other = small.replace(2, dense(4));
        assertThat(other.parameters().encoded()).containsOnlyKeys("dense1.weight", "dense2.weight");
        assertThat(other.parameters().encoded().get("dense1.weight"))
                .isEqualTo(small.parameters().encoded().get("dense1.weight"));
    }

    @Test
    void theMemoryOfAPredictionCountsTheBits() {
        Model model = Model.of(features(512), dense(512), dense(10));
        List<Shape> in = model.network().inputs();
        Memory floats = Memory.ofPrediction(model, in, 1, 1);
        Memory bits = Memory.ofPrediction(model.quantized(Quantization.EIGHT_BITS), in, 1, 1);
        assertThat(floats.model()).isEqualTo(4L * model.parameters().size());
        assertThat(bits.model()).isBetween(floats.model() / 4, floats.model() * 27 / 100);
        assertThat(bits.workspace()).isLessThanOrEqualTo(floats.workspace());
        assertThat(model.quantized(Quantization.EIGHT_BITS).summary().toString())
                .contains("\n8 bits, int8: dense1.weight, dense2.weight");
    }
}
