package dev.neurite.train;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.frozen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Lora;
import dev.neurite.loss.Losses;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.ParameterView;
import dev.neurite.model.Quantization;
import dev.neurite.network.Gpt;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Only adapters are trained, and only they are in the arrays of a training.
class LoraTrainingTest {
    private static final int VOCABULARY = 13;

    private static Dataset rows(int features) {
        var random = new KeyedRandom(3);
        float[][] inputs = new float[40][features];
        int[] labels = new int[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            for (int j = 0; j < features; j++) inputs[i][j] = (float) random.nextGaussian();
            labels[i] = inputs[i][0] > 0 ? 1 : 0;
        }
        return Dataset.of(inputs, labels);
    }

    /// Texts of different lengths, in which each token tells the next.
    private static Dataset texts() {
        int[][] ids = new int[24][];
        int[][] next = new int[ids.length][];
        for (int row = 0; row < ids.length; row++) {
            int first = row;
            ids[row] = IntStream.range(0, 3 + row % 6)
                    .map(t -> (first + 5 * t) % VOCABULARY)
                    .toArray();
            next[row] = IntStream.of(ids[row]).map(id -> (id + 5) % VOCABULARY).toArray();
        }
        List<String> names =
                IntStream.range(0, VOCABULARY).mapToObj(Integer::toString).toList();
        return Dataset.of(Sequences.ofTokens(ids), next, names);
    }

    private static Model gpt(BlockFormat format) {
        return new Gpt(2, 2, 64, 9, 0.1).model(VOCABULARY).initialize(2).quantized(Quantization.of(format));
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model)
                .loss(Losses.crossEntropy())
                .optimizer(Optimizers.adam(0.01))
                .batchSize(8)
                .shards(3)
                .epochs(3)
                .threads(1);
    }

    @ParameterizedTest
    @MethodSource("dev.neurite.kernel.BlockFormat#encodable")
    void weightsOfFewerBitsStayAsTheyAreWhileAdaptersLearn(BlockFormat format) {
        Model adapted = Lora.of(gpt(format), 4).withDropout(0.1).adapted();
        Dataset data = texts();
        Run run = trainer(adapted).epochs(12).fit(data, data);
        assertThat(run.history().epochs().getLast().loss())
                .isLessThan(0.7 * run.history().epochs().getFirst().loss());
        Model model = run.model();
        assertThat(adapted.parameters().encoded()).containsKeys("wte.weight", "h.1.self_attn.in_proj_weight");
        adapted.parameters()
                .encoded()
                .forEach((name, matrix) ->
                        assertThat(model.parameters().encoded().get(name)).isSameAs(matrix));
        for (String name : adapted.parameters().names()) {
            boolean same =
                    model.parameters().get(name).equals(adapted.parameters().get(name));
            assertThat(same).as(name).isEqualTo(!name.contains("lora"));
        }
    }

    /// 16 bits stand for floats, and products with them are those of the floats: so are gradients through them, also
    /// of matrices that are decoded in parts.
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void weightsOf16BitsTrainAdaptersToTheBitsOfTheirFloats(BlockFormat format) {
        Model small = Model.of(features(30), dense(700, Activation.TANH), dense(600, Activation.RELU), dense(2))
                .initialize(5)
                .quantized(Quantization.of(format));
        Model floats = small.with(Map.of(
                "dense1.weight", small.parameters().get("dense1.weight"),
                "dense2.weight", small.parameters().get("dense2.weight"),
                "dense3.weight", small.parameters().get("dense3.weight")));
        assertThat(floats.parameters().encoded()).isEmpty();
        Dataset data = rows(30);
        Model first = trainer(Lora.of(small, 3).adapted()).fit(data).model();
        Model second = trainer(Lora.of(floats, 3).adapted()).fit(data).model();
        for (Parameter part : first.kept()) {
            assertThat(first.parameters().get(part.name()))
                    .isEqualTo(second.parameters().get(part.name()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void anyNumberOfThreadsTrainsTheSame(int threads) {
        Dataset data = texts();
        Trainer trainer =
                trainer(Lora.of(gpt(BlockFormat.Q8_0), 4).withDropout(0.2).adapted());
        assertThat(trainer.threads(threads).fit(data, data).model())
                .isEqualTo(trainer.fit(data, data).model());
    }

    @Test
    void bothEnginesHaveTheSameGradients() {
        Model model = Lora.of(gpt(BlockFormat.Q4_0), 5).withDropout(0.3).adapted();
        float[] theta = model.parameters().toArray(model.kept());
        var random = new KeyedRandom(4);
        for (int i = 0; i < theta.length; i++) theta[i] = (float) (0.1 * random.nextGaussian());
        List<float[]> gradients = new ArrayList<>();
        for (Kernels.Engine engine : Kernels.Engine.values()) {
            if (engine == Kernels.Engine.VECTOR && !Kernels.vectorsPresent()) continue;
            try (Kernels kernels = Kernels.create(engine, 2)) {
                float[] gradient = new float[theta.length];
                Executor executor = model.network()
                        .executor(kernels, model.parameters(), model.kept(), theta, new float[0], gradient);
                executor.randomness(1, 2, 3);
                Tensor y = executor.forward(Mode.TRAIN, Tensor.of(new float[][] {{1, 12, 3, 0, 7}, {2, 2, 9, 4, 5}}));
                kernels.copy(y, executor.outputGradient(0));
                executor.backward();
                gradients.add(gradient);
            }
        }
        for (float[] gradient : gradients) assertThat(gradient).isEqualTo(gradients.getFirst());
        assertThat(Kernels.shared().sumOfSquares(gradients.getFirst(), 0, theta.length))
                .isPositive();
    }

    /// The model runs as in a prediction: without dropout, and batch norm with its running statistics.
    @Test
    void theModelBesideTheAdaptersIsFrozen() {
        Model base = Model.of(features(6), dense(9), batchNorm(), dropout(0.5), dense(8, Activation.RELU), dense(2))
                .initialize(1);
        Model adapted = Lora.of(base, 2).adapted();
        Executor executor = adapted.network()
                .executor(
                        Kernels.shared(),
                        adapted.parameters().toArray(),
                        adapted.statistics().toArray(),
                        new float[0]);
        Dataset data = rows(6);
        Tensor x = Batch.of(data).input();
        assertThat(executor.forward(Mode.TRAIN, x)).isEqualTo(adapted.predict(x));
        Run run = trainer(adapted).fit(data);
        assertThat(run.model().statistics()).isEqualTo(base.statistics());
    }

    @Test
    void adaptersInAFrozenNodeAreNotTrained() {
        Model half = Model.of(
                features(6),
                frozen(Lora.of(Model.of(features(6), dense(4), dense(4)), 2)
                        .withDropout(0.5)
                        .adapted()
                        .graph()),
                dense(2));
        assertThat(half.parameters().names()).contains("sequential1.dense1.lora_A.weight");
        assertThat(half.network().trained())
                .extracting(Parameter::name)
                .containsExactly("dense1.weight", "dense1.bias");
        Dataset data = rows(6);
        Model trained = trainer(half).fit(data).model();
        assertThat(trained.parameters().get("sequential1.dense1.lora_A.weight"))
                .isEqualTo(half.parameters().get("sequential1.dense1.lora_A.weight"));
        Executor executor =
                half.network().executor(Kernels.shared(), half.parameters().toArray(), new float[0]);
        Tensor x = Batch.of(data).input();
        assertThat(executor.forward(Mode.TRAIN, x)).isEqualTo(half.predict(x));
    }

    /// Without adapters, too, weights that are frozen keep fewer bits; those that are trained become floats.
    @Test
    void frozenWeightsOfFewerBitsStaySo() {
        Model model = Model.of(features(30), frozen(dense(40, Activation.RELU)), dense(40), dense(2))
                .initialize(3)
                .quantized(Quantization.of(BlockFormat.Q8_0));
        Model trained = trainer(model).fit(rows(30)).model();
        assertThat(model.parameters().encoded()).containsKeys("dense1.weight", "dense2.weight");
        assertThat(trained.parameters().encoded()).containsOnlyKeys("dense1.weight");
        assertThat(trained.parameters().get("dense2.weight"))
                .isNotEqualTo(model.parameters().get("dense2.weight"));
    }

    @Test
    void callbacksSeeTheParametersThatAreTrained() {
        Model adapted =
                Lora.of(gpt(BlockFormat.F16), 2).withTargets("h.1.linear1").adapted();
        List<List<String>> seen = new ArrayList<>();
        Callback callback = training -> event -> {
            if (!(event instanceof StepEnded)) return;
            seen.add(training.parameters().stream().map(ParameterView::name).toList());
        };
        trainer(adapted).callback(callback).epochs(1).fit(texts());
        assertThat(seen).hasSize(3).containsOnly(List.of("h.1.linear1.lora_A.weight", "h.1.linear1.lora_B.weight"));
    }

    @Test
    void ownLoopsAndSessionsTrainAdapters() {
        Model adapted = Lora.of(gpt(BlockFormat.Q8_0), 2).adapted();
        Batch batch = Batch.of(texts());
        Model fitted;
        try (TrainingSession session = trainer(adapted).shards(1).begin(batch)) {
            session.step(batch);
            fitted = session.model();
        }
        try (Learner learner = trainer(adapted).shards(1).learner()) {
            learner.wantInputGradients();
            learner.forward(batch);
            learner.addLoss(Losses.crossEntropy(), batch);
            learner.backward();
            assertThat(learner.gradients().parts()).isEqualTo(adapted.kept());
            learner.step();
            assertThat(learner.model()).isEqualTo(fitted);
            assertThat(learner.parameters().parts()).isEqualTo(adapted.kept());
            learner.replaceParameters(learner.parameters());
            assertThat(learner.model()).isEqualTo(fitted);
            assertThatThrownBy(() -> learner.replaceParameters(adapted.parameters()))
                    .isInstanceOf(ShapeException.class);
        }
    }
}
