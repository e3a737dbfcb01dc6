package dev.neurite.layer;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.tiedOutput;
import static dev.neurite.layer.Layers.transformerBlock;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.PredictionSession;
import dev.neurite.model.Quantization;
import dev.neurite.network.Gpt;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which layers get adapters, and what models with them compute, also without them again.
@BothEngines
class LoraTest {
    private static final int VOCABULARY = 11;
    private static final Tensor IDS = Tensor.of(new float[][] {{1, 5, 10, 3, 0}, {7, 7, 2, 9, 4}});

    private static Model gpt() {
        return new Gpt(2, 2, 32, 8, 0.1).model(VOCABULARY).initialize(3);
    }

    private static Model mlp() {
        return Model.of(features(6), dense(8, Activation.RELU), dense(5, Activation.TANH), dense(3, Activation.SOFTMAX))
                .initialize(4);
    }

    /// Adapters that have learned something.
    static Model withRandomAdapters(Model adapted) {
        float[] values = adapted.parameters().toArray(adapted.kept());
        var random = new KeyedRandom(9);
        for (int i = 0; i < values.length; i++) values[i] = (float) (0.3 * random.nextGaussian());
        return adapted.withKept(values);
    }

    private static void assertClose(Tensor actual, Tensor expected, double share) {
        float[] a = actual.toArray();
        float[] b = expected.toArray();
        double most = 0;
        for (float each : b) most = Math.max(most, Math.abs(each));
        for (int i = 0; i < b.length; i++) assertThat((double) a[i]).isCloseTo(b[i], within(share * most));
    }

    // ------------------------------------------------------------------------------------------------------- targets

    @Test
    void allLinearMapsOfABlockAreTargets() {
        Set<String> maps = Lora.maps(gpt());
        assertThat(maps)
                .containsExactly(
                        "h.0.self_attn.in_proj",
                        "h.0.self_attn.out_proj",
                        "h.0.linear1",
                        "h.0.linear2",
                        "h.1.self_attn.in_proj",
                        "h.1.self_attn.out_proj",
                        "h.1.linear1",
                        "h.1.linear2");
        Model adapted = Lora.of(gpt(), 2).adapted();
        assertThat(Lora.from(adapted).targets()).containsExactlyElementsOf(maps);
        assertThat(adapted.kept()).hasSize(16);
        assertThat(adapted.parameters()
                        .get("h.0.self_attn.in_proj.lora_A.weight")
                        .shape())
                .isEqualTo(Shape.of(2, 32));
        assertThat(adapted.parameters()
                        .get("h.0.self_attn.in_proj.lora_B.weight")
                        .shape())
                .isEqualTo(Shape.of(96, 2));
        assertThat(adapted.network().trained())
                .extracting(part -> part.name())
                .isEqualTo(adapted.kept().stream().map(part -> part.name()).toList());
    }

    @Test
    void theLayerOfTheOutputIsNoneUnlessItIsNamed() {
        assertThat(Lora.maps(mlp())).containsExactly("dense1", "dense2", "dense3");
        assertThat(targets(Lora.of(mlp(), 1))).containsExactly("dense1", "dense2");
        assertThat(targets(Lora.of(mlp(), 1).withTargets("*"))).containsExactly("dense1", "dense2", "dense3");
        Model inside = Model.of(features(6), dense(8), named("top", sequential(dense(4), dense(3), flatten())));
        assertThat(targets(Lora.of(inside, 1))).containsExactly("dense1", "top.dense1");
        Model one = Model.of(features(6), dense(3));
        assertThatThrownBy(() -> Lora.of(one, 1).adapted())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dense1");
        assertThat(targets(Lora.of(one, 1).withTargets("dense1"))).containsExactly("dense1");
    }

    private static List<String> targets(Lora lora) {
        return Lora.from(lora.adapted()).targets();
    }

    @Test
    void patternsChooseTargets() {
        assertThat(targets(Lora.of(gpt(), 2).withTargets("*.in_proj", "h.1.linear*")))
                .containsExactlyInAnyOrder(
                        "h.0.self_attn.in_proj", "h.1.self_attn.in_proj", "h.1.linear1", "h.1.linear2");
        assertThatThrownBy(() -> Lora.of(gpt(), 2).withTargets("*.q_proj"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("*.q_proj")
                .hasMessageContaining("h.0.self_attn.in_proj");
    }

    @Test
    void partsThatAreFrozenAndOtherKindsOfLayersAreNoTargets() {
        Model model = Model.of(
                Shape.of(Shape.OPEN),
                embedding(9, 6),
                frozen(dense(6)),
                lstm(6).withSequences(),
                dense(6),
                tiedOutput("embedding1.weight"));
        assertThat(Lora.maps(model)).containsExactly("dense2");
        Model images = Model.of(image(1, 6, 6), conv2d(4, 3), batchNorm(), flatten(), dense(3));
        assertThatThrownBy(() -> Lora.of(images, 2).adapted()).isInstanceOf(ConfigException.class);
    }

    @Test
    void badSettingsAreRefused() {
        assertThatThrownBy(() -> Lora.of(mlp(), 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rank");
        Lora lora = Lora.of(mlp(), 2);
        assertThatThrownBy(() -> lora.withAlpha(Double.NaN)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> lora.withDropout(1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Lora.of(lora.adapted(), 2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("without adapters");
        assertThatThrownBy(() -> Lora.merged(mlp()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none");
        Model twoRanks = Model.of(
                features(4),
                new Adapted(dense(3), 1, 8, 0, List.of("*")),
                new Adapted(dense(3), 2, 8, 0, List.of("*")));
        assertThatThrownBy(() -> Lora.merged(twoRanks)).isInstanceOf(ConfigException.class);
    }

    // ------------------------------------------------------------------------------------------------------- outputs

    @Test
    void atFirstAnAdaptedModelComputesWhatTheModelDoes() {
        for (Model model : List.of(gpt(), gpt().quantized(Quantization.of(BlockFormat.Q8_0)))) {
            Model adapted = Lora.of(model, 4).withDropout(0.5).adapted();
            assertThat(adapted.predict(IDS)).isEqualTo(model.predict(IDS));
            assertThat(adapted.parameters().get("h.1.linear2.lora_B.weight").sum())
                    .isZero();
            float[] a = adapted.parameters().get("h.1.linear2.lora_A.weight").toArray();
            double bound = 1 / Math.sqrt(128);
            for (float each : a) assertThat(Math.abs(each)).isLessThanOrEqualTo((float) bound);
            assertThat(a[0]).isNotEqualTo(a[1]);
            assertThat(Lora.of(model, 4).adapted(1))
                    .isNotEqualTo(Lora.of(model, 4).adapted());
        }
    }

    @Test
    void theScaleIsAlphaOverRank() {
        Model base = Model.of(features(2), dense(2).withoutBias()).with("dense1.weight", Tensor.of(new float[][] {
            {1, 2}, {3, 4}
        }));
        Model adapted = Lora.of(base, 1)
                .withAlpha(3)
                .withTargets("*")
                .adapted()
                .with("dense1.lora_A.weight", Tensor.of(new float[][] {{1, -1}}))
                .with("dense1.lora_B.weight", Tensor.of(new float[][] {{2}, {5}}));
        assertThat(adapted.predict(4, 3)).containsExactly(4 + 6 + 3 * 2, 12 + 12 + 3 * 5);
        assertThat(Lora.merged(adapted).parameters().get("dense1.weight")).isEqualTo(Tensor.of(new float[][] {
            {1 + 6, 2 - 6}, {3 + 15, 4 - 15}
        }));
    }

    @Test
    void aMergedModelComputesTheSame() {
        Model base = gpt();
        Model adapted = withRandomAdapters(Lora.of(base, 4).adapted());
        Model merged = Lora.merged(adapted);
        assertThat(merged.graph()).isEqualTo(base.graph());
        assertThat(merged.parameters().names()).isEqualTo(base.parameters().names());
        assertClose(merged.predict(IDS), adapted.predict(IDS), 1e-5);
        assertThat(merged.predict(IDS)).isNotEqualTo(base.predict(IDS));
        assertThat(Lora.mergedEncoded(adapted)).isEqualTo(merged);
    }

    /// With whole numbers inputs are quantized, too, but not those of merged weights, which are floats.
    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void weightsOfFewerBitsStayUntilTheyAreMerged(BlockFormat format) {
        Model base = gpt().quantized(Quantization.of(format));
        Model adapted = withRandomAdapters(
                Lora.of(base, 4).withTargets("*.in_proj", "*.linear2").adapted());
        base.parameters()
                .encoded()
                .forEach((name, matrix) ->
                        assertThat(adapted.parameters().encoded().get(name)).isSameAs(matrix));
        double close = format.isQuantized() ? 0.03 : 1e-5;
        Model merged = Lora.merged(adapted);
        assertThat(merged.parameters().encoded().keySet())
                .contains("h.0.linear1.weight", "wte.weight")
                .doesNotContain("h.0.linear2.weight", "h.1.self_attn.in_proj_weight");
        assertClose(merged.predict(IDS), adapted.predict(IDS), close);

        Model encoded = Lora.mergedEncoded(adapted);
        assertThat(encoded.parameters().encoded().keySet())
                .isEqualTo(base.parameters().encoded().keySet());
        EncodedMatrix one =
                Objects.requireNonNull(encoded.parameters().encoded().get("h.0.linear2.weight"));
        assertThat(one).isEqualTo(EncodedMatrix.of(format, merged.parameters().get("h.0.linear2.weight")));
        assertClose(encoded.predict(IDS), adapted.predict(IDS), format == BlockFormat.Q4_0 ? 0.5 : 0.05);
    }

    @Test
    void theModelComesBackWithoutItsAdapters() {
        Model base = gpt().quantized(Quantization.EIGHT_BITS);
        Lora lora = new Lora(base, 3, 5, 0.25, List.of("*.in_proj"));
        Lora back = Lora.from(withRandomAdapters(lora.adapted()));
        assertThat(back.model()).isEqualTo(base);
        assertThat(List.of(back.rank(), back.alpha(), back.dropout())).isEqualTo(List.of(3, 5.0, 0.25));
    }

    @Test
    void weightsThatALayerWithoutAdapterSharesAreNotMerged() {
        Model model =
                Model.of(features(4), named("body", dense(4).withoutBias()), named("again", tiedOutput("body.weight")));
        Model adapted = Lora.of(model, 2).withTargets("body").adapted();
        assertThatThrownBy(() -> Lora.merged(adapted))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("body.weight")
                .hasMessageContaining("again");
    }

    @Test
    void adaptersAreNotFolded() {
        Model model = Model.of(features(4), dense(3), batchNorm(), dense(2));
        Model adapted = Lora.of(model, 2).adapted();
        assertThatThrownBy(() -> Folding.fold(adapted))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Lora.merged");
        assertThat(Folding.fold(Lora.merged(adapted)).parameters().has("batchNorm1.weight"))
                .isFalse();
    }

    @Test
    void aSessionHasAdaptersToo() {
        Model adapted = withRandomAdapters(Lora.of(gpt(), 4).adapted());
        Tensor whole = adapted.predict(IDS);
        PredictionSession session = adapted.session(2, 5);
        for (int t = 0; t < 5; t++) {
            Tensor step = session.predict(Tensor.of(new float[][] {{IDS.get(0, t)}, {IDS.get(1, t)}}));
            for (int row = 0; row < 2; row++) {
                assertThat(step.select(0, row).select(0, 0))
                        .isEqualTo(whole.select(0, row).select(0, t));
            }
        }
    }

    /// The gradients of A and B are those of W + scale·B·A: dA = scale·Bᵀ·dW and dB = scale·dW·Aᵀ.
    @Test
    void gradientsAreThoseOfTheMergedWeights() {
        Model base = Model.of(
                        List.of(Shape.of(3, 8), Shape.of(4, 6)),
                        Graph.of((x, memory) -> x.join(
                                named(
                                        "block",
                                        transformerBlock(selfAttention(2).withCausal(), 12)
                                                .withMemory()
                                                .withGate()),
                                memory)))
                .initialize(5);
        Model adapted = withRandomAdapters(Lora.of(base, 2).withAlpha(3).adapted());
        Gradients small = new Gradients(adapted);
        Gradients whole = new Gradients(Lora.merged(adapted));
        for (int i = 0; i < 2; i++) assertClose(small.ofInputs.get(i), whole.ofInputs.get(i), 1e-5);
        Set<String> maps = Lora.maps(base);
        assertThat(maps).hasSize(9);
        Kernels kernels = Kernels.shared();
        for (String map : maps) {
            Tensor dw = whole.of(map.endsWith("_proj") ? map + "_weight" : map + ".weight");
            Tensor a = adapted.parameters().get(map + ".lora_A.weight");
            Tensor b = adapted.parameters().get(map + ".lora_B.weight");
            Tensor da = Tensor.zeros(a.shape());
            Tensor db = Tensor.zeros(b.shape());
            kernels.product(b.matrix().transpose(), dw.matrix(), da.matrix());
            kernels.product(dw.matrix(), a.matrix().transpose(), db.matrix());
            kernels.scale(1.5f, da, da);
            kernels.scale(1.5f, db, db);
            assertClose(small.of(map + ".lora_A.weight"), da, 1e-5);
            assertClose(small.of(map + ".lora_B.weight"), db, 1e-5);
        }
    }

    /// The gradients of a pass over fixed inputs.
    private static final class Gradients {
        private final List<Parameter> kept;
        private final float[] gradient;
        private final List<Tensor> ofInputs;

        Gradients(Model model) {
            kept = model.kept();
            float[] theta = model.parameters().toArray(kept);
            gradient = new float[theta.length];
            Executor executor =
                    model.network().executor(Kernels.shared(), model.parameters(), kept, theta, new float[0], gradient);
            executor.wantInputGradients(true);
            var random = new KeyedRandom(2);
            List<Tensor> in = List.of(drawn(Shape.of(2, 3, 8), random), drawn(Shape.of(2, 4, 6), random));
            Tensor y = executor.forward(Mode.TRAIN, in).getFirst();
            Kernels.shared().copy(drawn(y.shape(), random), executor.outputGradient(0));
            executor.backward();
            ofInputs = List.of(
                    executor.inputGradient(0).copy(), executor.inputGradient(1).copy());
        }

        private static Tensor drawn(Shape shape, KeyedRandom random) {
            Tensor tensor = Tensor.zeros(shape);
            for (int i = 0; i < tensor.size(); i++) tensor.array()[i] = (float) random.nextGaussian();
            return tensor;
        }

        Tensor of(String name) {
            Parameter part = kept.stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            return Tensor.view(part.shape(), gradient, part.offset());
        }
    }
}
