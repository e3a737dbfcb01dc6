package dev.neurite.train;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.transformerBlock;
import static dev.neurite.loss.Losses.crossEntropy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.model.PredictionSession;
import dev.neurite.network.Gpt;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Sequences that a network cannot take: the error says where, what was expected, what came, and what to do.
class BadSequencesTest {
    private static final Shape IDS = Shape.of(Shape.OPEN);
    private static final Model GPT = new Gpt(1, 2, 8, 6, 0).model(5);
    private static final Model CLASSIFIER = Model.of(IDS, embedding(5, 4), positionEmbedding(4), gru(3), dense(2));
    private static final Model ROTARY = Model.of(
            IDS, embedding(5, 8), transformerBlock(selfAttention(2).withRotary().withCausal(), 8), dense(5));
    private static final Model RECURRENT = Model.of(IDS, embedding(5, 8), lstm(4).withSequences(), dense(5));

    private static Dataset texts(int[]... ids) {
        return Dataset.of(Sequences.ofTokens(ids), new int[ids.length], List.of("a", "b"));
    }

    private static Tensor ids(int rows, float... ids) {
        return Tensor.of(Shape.of(rows, ids.length / rows), ids);
    }

    private static Tensor scores(float... scores) {
        return Tensor.of(Shape.of(scores.length), scores);
    }

    private static Trainer trainer() {
        return Trainer.of(CLASSIFIER).loss(crossEntropy()).batchSize(1);
    }

    private static Sampling usual() {
        return Sampling.USUAL;
    }

    record Case(Class<? extends NeuriteException> error, String message, ThrowingCallable use) {
        @Override
        public String toString() {
            return message;
        }
    }

    static Stream<Case> cases() {
        Dataset tooLong = texts(new int[] {1, 2}, new int[] {1}, new int[] {1, 2, 3, 4, 0, 1});
        Dataset unknown = texts(new int[] {1, 2}, new int[] {1, 7});
        String most =
                "positionEmbedding1: positionEmbedding(4, weights normal(0.0, 0.02)) expects sequences [time×width]"
                        + " of at most 4 positions, got [6×4]. Cut longer sequences, or give it more positions";
        float[] nothing = new float[GPT.parameters().size()];
        Arrays.fill(nothing, Float.NaN);
        Model diverged = Model.of(
                List.of(IDS), GPT.graph(), Parameters.of(GPT.parameters().parts(), nothing));
        return Stream.of(
                new Case(ShapeException.class, most, () -> trainer().fit(tooLong)),
                new Case(ShapeException.class, most, () -> trainer().fit(texts(new int[] {1}), tooLong)),
                new Case(ShapeException.class, most, () -> CLASSIFIER.predict(tooLong)),
                new Case(ShapeException.class, most, () -> Evaluation.of(CLASSIFIER, tooLong, crossEntropy())),
                new Case(ShapeException.class, most, () -> CLASSIFIER.predict(ids(1, 1, 2, 3, 4, 0, 1))),
                new Case(ShapeException.class, most, () -> CLASSIFIER.predict(1, 2, 3, 4, 0, 1)),
                new Case(ShapeException.class, "wpe: ", () -> GPT.session(1, 7)),
                new Case(ShapeException.class, "expects sequences, whose first axis", () -> GPT.session(1, List.of())),
                new Case(
                        ShapeException.class,
                        "expects a part, got no input",
                        () -> GPT.session(1, 6).predict(List.of())),
                new Case(
                        DataException.class,
                        "row 1 of the batch, id 1: expects whole numbers from 0 to 4, got 7.0. Ids are below",
                        () -> CLASSIFIER.predict(unknown)),
                new Case(
                        DataException.class,
                        "from 0 to 4, got 7.0",
                        () -> trainer().fit(unknown)),
                new Case(
                        DataException.class,
                        "from 0 to 4, got 7.0",
                        () -> Evaluation.of(CLASSIFIER, unknown, crossEntropy())),
                new Case(DataException.class, "from 0 to 4, got 2.5", () -> CLASSIFIER.predict(ids(1, 1, 2.5f))),
                new Case(DataException.class, "got NaN", () -> CLASSIFIER.predict(ids(1, Float.NaN))),
                new Case(DataException.class, "got 5.0", () -> GPT.session(1, 6).predict(ids(1, 5))),
                new Case(
                        ShapeException.class,
                        "input: expects rows of [?], got a batch [2×0]",
                        () -> CLASSIFIER.predict(Tensor.zeros(Shape.of(2, 0)))),
                new Case(
                        ShapeException.class,
                        "got a batch [2×0]",
                        () -> CLASSIFIER.inspect(Tensor.zeros(Shape.of(2, 0)))),
                new Case(
                        ShapeException.class,
                        "expects 1 numbers for each step of [?], got 0",
                        () -> CLASSIFIER.predict(new float[0])),
                new Case(DataException.class, "expects at least one step", () -> texts(new int[] {1}, new int[0])),
                new Case(
                        DataException.class,
                        "row 1: expects 2 values, got 1",
                        () -> Dataset.of(new float[][] {{1, 2}, {1}}, new int[] {0, 1})),
                new Case(
                        ConfigException.class,
                        "at most 16777216 steps, got 2147483647",
                        () -> RECURRENT.session(1, Integer.MAX_VALUE)),
                new Case(
                        ResourceException.class,
                        "MB for what layers keep of 16777216 steps",
                        () -> ROTARY.session(1_000, 1 << 24)),
                new Case(ResourceException.class, "MB left", () -> RECURRENT.session(Integer.MAX_VALUE, 4)),
                new Case(
                        DataException.class,
                        "from 0 to 4, got 7.0",
                        () -> Generator.of(GPT).generate(7)),
                new Case(
                        DataException.class,
                        "from 0 to 4, got -1.0",
                        () -> Generator.of(GPT).generate(1, -1)),
                new Case(
                        DataException.class,
                        "prompt 0: expects at least 1 token",
                        () -> Generator.of(GPT).generate()),
                new Case(
                        DataException.class,
                        "prompt 1: expects at least 1 token",
                        () -> Generator.of(GPT).generate(List.of(new int[] {1}, new int[0]), (_, _) -> {})),
                new Case(
                        DataException.class,
                        "scores, token 0: expects numbers or −∞, got NaN",
                        () -> Generator.of(diverged).generate(1)),
                new Case(
                        ConfigException.class,
                        "temperature: expects a number from 0, got -1.0",
                        () -> usual().withTemperature(-1)),
                new Case(ConfigException.class, "got NaN", () -> usual().withTemperature(Double.NaN)),
                new Case(ConfigException.class, "got Infinity", () -> usual().withTemperature(1 / 0.0)),
                new Case(ConfigException.class, "top-k: expects", () -> usual().withTopK(-1)),
                new Case(ConfigException.class, "top-p: expects above 0 to 1, got 1.1", () -> usual().withTopP(1.1)),
                new Case(ConfigException.class, "top-p: expects above 0 to 1, got 0.0", () -> usual().withTopP(0)),
                new Case(ConfigException.class, "got NaN", () -> usual().withTopP(Double.NaN)),
                new Case(
                        DataException.class,
                        "scores, token 1: expects numbers or −∞, got NaN. Weights of a model whose training",
                        () -> usual().choose(scores(1, Float.NaN), 0, 0)),
                new Case(
                        DataException.class,
                        "token 2: expects numbers or −∞, got Infinity",
                        () -> usual().withTemperature(0).choose(scores(1, 2, Float.POSITIVE_INFINITY), 0, 0)),
                new Case(
                        DataException.class,
                        "a token that can come, got −∞ for all 2",
                        () -> usual().choose(scores(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY), 0, 0)),
                new Case(ShapeException.class, "expects scores", () -> usual().choose(Tensor.EMPTY, 0, 0)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefused(Case each) {
        assertThatThrownBy(each.use).isInstanceOf(each.error).hasMessageContaining(each.message);
    }

    /// Before it trains a step, as all rows are known.
    @Test
    void aTrainingWithARowThatIsTooLongDoesNotBegin() {
        Dataset last = texts(new int[] {1}, new int[] {2}, new int[] {3}, new int[] {1, 2, 3, 4, 0});
        long[] steps = new long[1];
        Trainer trainer = trainer().callback(control -> _ -> steps[0] = Math.max(steps[0], control.steps()));
        assertThatThrownBy(() -> trainer.fit(last)).isInstanceOf(ShapeException.class);
        assertThat(steps[0]).isZero();
        trainer.fit(last.rows(0, 1, 2));
        assertThat(steps[0]).isPositive();
    }

    @Test
    void oddSettingsThatMeanSomethingWork() {
        assertThat(CLASSIFIER.predict(3, 1))
                .isEqualTo(CLASSIFIER.predict(ids(1, 3, 1)).toArray());
        assertThat(CLASSIFIER.predict(Tensor.zeros(Shape.of(0, 3))).shape()).isEqualTo(Shape.of(0, 2));
        Generator generator = Generator.of(GPT).withMaxTokens(4);
        int[] greedy = generator.withSampling(usual().withTemperature(0)).generate(1);
        for (Sampling each : List.of(
                usual().withTemperature(1e-300),
                usual().withTopK(1),
                usual().withTopP(1e-300),
                usual().withTopP(Double.MIN_VALUE).withTopK(Integer.MAX_VALUE))) {
            assertThat(generator.withSampling(each).generate(1))
                    .as(each.toString().toLowerCase(Locale.ROOT))
                    .isEqualTo(greedy);
        }
        assertThat(generator.withSampling(usual().withTopK(Integer.MAX_VALUE)).generate(1))
                .isEqualTo(generator.generate(1));
        assertThat(generator.withStops(99, -1).generate(1)).isEqualTo(generator.generate(1));
    }

    /// What is not used takes no memory.
    @Test
    void aGeneratorThatMayGoOnForLongEndsAtAStop() {
        for (Model model : List.of(GPT, RECURRENT)) {
            Generator all = Generator.of(model).withMaxTokens(Integer.MAX_VALUE).withStops(0, 1, 2, 3, 4);
            assertThat(all.generate(1, 2)).isEmpty();
        }
        Generator four = Generator.of(GPT).withMaxTokens(Integer.MAX_VALUE).withStops(1, 2, 3, 4);
        assertThat(four.generate(1)).isEqualTo(new int[four.generate(1).length]);
        assertThat(PredictionSession.MOST_STEPS).isEqualTo(1 << 24);
    }
}
