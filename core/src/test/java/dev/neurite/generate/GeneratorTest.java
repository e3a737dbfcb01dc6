package dev.neurite.generate;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.meanOfPositions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.network.Gpt;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static final int VOCABULARY = 13;
    private static final Model MODEL =
            new Gpt(2, 2, 16, 40, 0.1).model(VOCABULARY).initialize(7);
    private static final Model SURE = sure(); // whose tokens depend on what was before
    private static final Sampling GREEDY = Sampling.USUAL.withTemperature(0);

    private static final int[][] PROMPTS = {{1}, {5, 2, 9, 0, 4, 4, 1}, {3, 3}};

    private static Model sure() {
        float[] values = MODEL.parameters().toArray();
        for (int i = 0; i < values.length; i++) values[i] *= 8;
        return MODEL.with(Parameters.of(MODEL.parameters().parts(), values));
    }

    /// The same without a session: the whole sequence is predicted for each token.
    private static int[] slowly(int[] prompt, int most, Sampling sampling, int row) {
        int[] all = prompt;
        for (int step = 0; step < most; step++) {
            float[] ids = new float[all.length];
            for (int i = 0; i < ids.length; i++) ids[i] = all[i];
            Tensor z = MODEL.predict(Tensor.of(Shape.of(1, ids.length), ids));
            int token = sampling.choose(z.select(0, 0).select(0, ids.length - 1), row, step);
            all = Arrays.copyOf(all, all.length + 1);
            all[all.length - 1] = token;
        }
        return Arrays.copyOfRange(all, prompt.length, all.length);
    }

    @Test
    void tokensAreThoseOfWholePredictions() {
        for (Sampling sampling : List.of(
                GREEDY,
                Sampling.USUAL,
                Sampling.USUAL.withTemperature(0.7).withTopK(5).withTopP(0.9).withSeed(3))) {
            Generator generator = Generator.of(MODEL).withMaxTokens(20).withSampling(sampling);
            List<int[]> all = generator.generate(List.of(PROMPTS), (_, _) -> {});
            for (int row = 0; row < PROMPTS.length; row++) {
                assertThat(all.get(row)).isEqualTo(slowly(PROMPTS[row], 20, sampling, row));
            }
            assertThat(generator.generate(PROMPTS[1])).isEqualTo(slowly(PROMPTS[1], 20, sampling, 0));
        }
    }

    @Test
    void kernelsAreThoseThatAreGiven() {
        Generator generator = Generator.of(SURE).withMaxTokens(20).withSampling(GREEDY);
        try (Kernels kernels = Kernels.create(3)) {
            int[] tokens = generator.withKernels(kernels).generate(PROMPTS[1]);
            assertThat(tokens).isEqualTo(generator.generate(PROMPTS[1]));
        }
        List<String> calls = new ArrayList<>();
        InvocationHandler counting = (_, method, arguments) -> {
            calls.add(method.getName());
            return method.invoke(Kernels.shared(), arguments);
        };
        var counted = (Kernels)
                Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, counting);
        generator.withKernels(counted).generate(PROMPTS[1]);
        assertThat(calls).contains("dense");
    }

    @Test
    void seedsDecide() {
        Generator generator = Generator.of(MODEL).withMaxTokens(30);
        int[] first = generator.generate(4, 2);
        assertThat(generator.generate(4, 2)).isEqualTo(first);
        assertThat(generator.withSampling(Sampling.USUAL.withSeed(1)).generate(4, 2))
                .isNotEqualTo(first);
        List<int[]> twice = generator.generate(List.of(new int[] {4, 2}, new int[] {4, 2}), (_, _) -> {});
        assertThat(twice.get(0)).isEqualTo(first).isNotEqualTo(twice.get(1));
    }

    @Test
    void stopsEndARow() {
        int[] usual = Generator.of(MODEL).withMaxTokens(30).generate(4, 2);
        int stop = usual[7];
        int end = 0;
        while (usual[end] != stop) end++;
        int[] ended = Generator.of(MODEL).withMaxTokens(30).withStops(stop).generate(4, 2);
        assertThat(ended).isEqualTo(Arrays.copyOf(usual, end));
        List<int[]> both = Generator.of(MODEL)
                .withMaxTokens(30)
                .withStops(stop)
                .generate(List.of(new int[] {4, 2}, new int[] {1, 6, 6}), (_, _) -> {});
        assertThat(both.get(0)).isEqualTo(ended);
        int[] other = Generator.of(MODEL)
                .withMaxTokens(30)
                .generate(List.of(new int[] {4, 2}, new int[] {1, 6, 6}), (_, _) -> {})
                .get(1);
        assertThat(other).startsWith(both.get(1));
        if (both.get(1).length < 30) assertThat(other[both.get(1).length]).isEqualTo(stop);
    }

    @Test
    void tokensAreToldAtOnce() {
        List<Integer> told = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        List<int[]> all = Generator.of(MODEL).withMaxTokens(3).generate(List.of(PROMPTS), (row, token) -> {
            rows.add(row);
            told.add(token);
        });
        assertThat(rows).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2);
        for (int i = 0; i < 9; i++) assertThat(told.get(i)).isEqualTo(all.get(i % 3)[i / 3]);
    }

    @Test
    void samplingFollowsTheProbabilities() {
        double[] p = {0.5, 0.3, 0.15, 0.05};
        float[] scores = new float[4];
        for (int i = 0; i < 4; i++) scores[i] = (float) Math.log(p[i]);
        assertFrequencies(Sampling.USUAL, scores, 0.5, 0.3, 0.15, 0.05);
        assertFrequencies(Sampling.USUAL.withTopK(2), scores, 0.625, 0.375, 0, 0);
        assertFrequencies(Sampling.USUAL.withTopP(0.79), scores, 0.625, 0.375, 0, 0);
        assertFrequencies(Sampling.USUAL.withTopP(0.4), scores, 1, 0, 0, 0);
        assertFrequencies(Sampling.USUAL.withTopK(3).withTopP(0.8), scores, 0.625, 0.375, 0, 0);
        assertFrequencies(GREEDY, scores, 1, 0, 0, 0);
        double[] squares = {0.25, 0.09, 0.0225, 0.0025};
        assertFrequencies(
                Sampling.USUAL.withTemperature(0.5),
                scores,
                Arrays.stream(squares).map(each -> each / 0.365).toArray());
        float[] hidden = {1, Float.NEGATIVE_INFINITY, 1, Float.NEGATIVE_INFINITY};
        assertFrequencies(Sampling.USUAL, hidden, 0.5, 0, 0.5, 0);
        assertThat(Sampling.USUAL.withTopK(1).choose(Tensor.of(Shape.of(3), -2, -1, -1), 0, 0))
                .isEqualTo(1);
    }

    private static void assertFrequencies(Sampling sampling, float[] scores, double... expected) {
        int[] counts = new int[scores.length];
        for (int step = 0; step < 20_000; step++) counts[sampling.choose(Tensor.of(Shape.of(4), scores), 0, step)]++;
        for (int i = 0; i < counts.length; i++) {
            if (expected[i] == 0) assertThat(counts[i]).isZero();
            assertThat(counts[i] / 20_000.0).isCloseTo(expected[i], within(0.012));
        }
    }

    /// With no positions left, it goes on with the last half of them.
    @Test
    void positionsThatAreUsedUpAreLeftBehind() {
        int[] prompt = {4, 2};
        int[] tokens = Generator.of(MODEL).withMaxTokens(70).generate(prompt);
        assertThat(tokens).hasSize(70).startsWith(slowly(prompt, 39, Sampling.USUAL, 0)); // the last is the 41st
        float[] ids = new float[20]; // that are left
        for (int i = 0; i < 20; i++) ids[i] = tokens[19 + i];
        Tensor z = MODEL.predict(Tensor.of(Shape.of(1, 20), ids));
        assertThat(tokens[39]).isEqualTo(Sampling.USUAL.choose(z.select(0, 0).select(0, 19), 0, 39));
        assertThat(Generator.of(MODEL).withMaxTokens(3).generate(new int[50]))
                .isEqualTo(Generator.of(MODEL).withMaxTokens(3).generate(new int[20]));
    }

    /// A model for windows of a fixed length goes on with texts of any length; where positions are learned, those
    /// beyond the window never were.
    @Test
    void aFixedLengthIsOpened() {
        Model windows = Model.of(List.of(Shape.of(16)), SURE.graph(), SURE.parameters());
        assertThat(Generator.of(windows).withMaxTokens(30).generate(4, 2))
                .isEqualTo(
                        Generator.of(SURE).withPositions(16).withMaxTokens(30).generate(4, 2))
                .isNotEqualTo(Generator.of(SURE).withMaxTokens(30).generate(4, 2));
        assertThat(Generator.of(windows).withPositions(40).withMaxTokens(30).generate(4, 2))
                .isEqualTo(Generator.of(SURE).withMaxTokens(30).generate(4, 2));
        Graph recurrent = Graph.chain(embedding(VOCABULARY, 5), gru(6).withSequences(), dense(VOCABULARY));
        Model any = Model.of(List.of(Shape.of(Shape.OPEN)), recurrent);
        assertThat(Generator.of(Model.of(List.of(Shape.of(4)), recurrent)).generate(4, 2))
                .isEqualTo(Generator.of(any).generate(4, 2));
    }

    /// A row forgets its beginning when its own positions are used up, not those of its neighbor.
    @Test
    void rowsForgetByThemselves() {
        int[] little = {4, 2};
        int[] much = new int[33];
        for (int i = 0; i < much.length; i++) much[i] = 3 * i % VOCABULARY;
        for (int most : new int[] {20, 90}) {
            Generator generator = Generator.of(SURE).withMaxTokens(most);
            assertThat(generator.generate(List.of(little, much), (_, _) -> {}).getFirst())
                    .isEqualTo(generator.generate(little));
            assertThat(generator
                            .generate(List.of(much, little, much), (_, _) -> {})
                            .getFirst())
                    .isEqualTo(generator.generate(much));
        }
    }

    /// Scores of prompts whose lengths differ would fill the memory: they are read apart, and go on side by side.
    @Test
    void promptsOfVeryDifferentLengthsAreReadApart() {
        int many = 1 << 20; // of which two rows have two steps at once
        Model recurrent = Model.of(Shape.of(Shape.OPEN), embedding(many, 3), gru(4).withSequences(), dense(many));
        for (Model model : List.of(new Gpt(1, 1, 2, 40, 0).model(many).initialize(3), recurrent)) {
            Generator generator = Generator.of(model).withMaxTokens(4).withSampling(Sampling.USUAL);
            int[] little = {7};
            int[] much = {1, 5, 2, many - 1, 4, 4, 1, 3, 30_000};
            assertThat(generator.generate(List.of(little, much), (_, _) -> {}).getFirst())
                    .isEqualTo(generator.generate(little));
            assertThat(generator.generate(List.of(much, little), (_, _) -> {}).getFirst())
                    .isEqualTo(generator.generate(much));
        }
    }

    @Test
    void wrongUsesAreRefused() {
        Generator generator = Generator.of(MODEL).withMaxTokens(20);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(generator::generate)
                .withMessageContaining("at least 1 token");
        assertThatExceptionOfType(DataException.class).isThrownBy(() -> generator.generate(1, VOCABULARY));
        Model pooled = Model.of(Shape.of(Shape.OPEN), embedding(3, 2), meanOfPositions(), dense(3));
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> Generator.of(pooled));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> generator.withMaxTokens(0));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> generator.withPositions(0));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Sampling.USUAL.withTemperature(-1));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Sampling.USUAL.withTopP(0));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Sampling.USUAL.withTopK(-1));
        assertThat(generator.generate(List.of(), (_, _) -> {})).isEmpty();
    }
}
