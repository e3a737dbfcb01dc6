package dev.neurite.model;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.simpleRnn;
import static dev.neurite.layer.Layers.sinusoidalPositions;
import static dev.neurite.layer.Layers.stacked;
import static dev.neurite.layer.Layers.transformerBlock;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.AttentionPositions;
import dev.neurite.layer.AttentionPositions.Kind;
import dev.neurite.layer.SelfAttention;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every kind of layer that a session knows, with rows of different lengths that go on at their own pace, some of
/// them leaving: parts and generated tokens have the bits of whole sequences.
@BothEngines
class SessionBitsTest {
    private static final int VOCABULARY = 17;
    private static final int WIDTH = 24;
    private static final int LONGEST = 90; // more than a block of keys

    @SuppressWarnings("ImmutableEnumChecker") // nodes are immutable
    enum Net {
        LEARNED(blocks(positionEmbedding(LONGEST), selfAttention(4))),
        SINUSOIDAL(blocks(sinusoidalPositions(), selfAttention(4))),
        NO_POSITIONS(List.of(transformerBlock(selfAttention(3).withCausal(), 30))),
        ROTARY(blocks(selfAttention(4).withRotary())),
        ROTARY_INTERLEAVED(
                blocks(selfAttention(2).withPositions(new AttentionPositions(Kind.ROTARY_INTERLEAVED, 500, 0)))),
        ROTARY_OF_SOME_FEATURES(blocks(selfAttention(2).withPositions(new AttentionPositions(Kind.ROTARY, 10_000, 4)))),
        ALIBI(blocks(selfAttention(4).withAlibi())),
        ROTARY_IN_GROUPS(blocks(selfAttention(4).withKeyHeads(2).withRotary())),
        ALIBI_MULTI_QUERY(blocks(selfAttention(3).withKeyHeads(1).withAlibi())),
        LEARNED_IN_GROUPS(blocks(
                positionEmbedding(LONGEST), selfAttention(6).withKeyHeads(3).withoutBias())),
        SIMPLE_RNN(List.of(simpleRnn(9).withSequences())),
        LSTM(List.of(lstm(10).withSequences())),
        GRU(List.of(stacked(2, gru(11)).withSequences())),
        GRU_RESET_BEFORE(List.of(gru(7).withResetBefore().withSequences())),
        BOTH(List.of(
                lstm(WIDTH).withSequences(),
                transformerBlock(selfAttention(4).withCausal().withRotary(), 20)));

        private final List<Node> layers;

        Net(List<? extends Node> layers) {
            this.layers = List.copyOf(layers);
        }

        private static List<Node> blocks(SelfAttention attention) {
            Node block = transformerBlock(attention.withCausal(), 2 * WIDTH);
            return List.of(block, block);
        }

        private static List<Node> blocks(Node positions, SelfAttention attention) {
            List<Node> all = new ArrayList<>(List.of(positions));
            all.addAll(blocks(attention));
            return all;
        }

        Model model() {
            List<Node> all = new ArrayList<>(List.of(embedding(VOCABULARY, WIDTH)));
            all.addAll(layers);
            all.add(dense(VOCABULARY));
            return Model.of(Shape.of(Shape.OPEN), all.toArray(Node[]::new)).initialize(12);
        }
    }

    private static Tensor ids(int rows, int length) {
        var random = new KeyedRandom(length);
        float[] ids = new float[rows * length];
        for (int i = 0; i < ids.length; i++) ids[i] = random.below(VOCABULARY);
        return Tensor.of(Shape.of(rows, length), ids);
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatGoOnByThemselvesAndLeaveHaveTheBitsOfTheWhole(Net net) {
        Model model = net.model();
        Tensor x = ids(4, LONGEST);
        Tensor whole = model.predict(x);
        var random = new KeyedRandom(3);
        int[] rows = {0, 1, 2, 3};
        int[] past = new int[4];
        for (int threads : new int[] {1, 3}) {
            try (Kernels kernels = Kernels.create(threads)) {
                rows = new int[] {0, 1, 2, 3};
                Arrays.fill(past, 0);
                PredictionSession session = model.session(4, List.of(Shape.of(LONGEST)), kernels);
                for (int round = 0; round < 14; round++) {
                    boolean single = round % 3 == 1; //  one token each, without lengths
                    int[] steps = new int[rows.length];
                    for (int i = 0; i < steps.length; i++)
                        steps[i] = single ? 1 : 1 + random.below(round == 0 ? 20 : 6);
                    Tensor y = session.predict(part(x, rows, past, steps, single));
                    for (int i = 0; i < rows.length; i++) {
                        int from = past[rows[i]];
                        past[rows[i]] += steps[i];
                        assertThat(y.rows(i, i + 1).slice(1, 0, steps[i]))
                                .as("row %d from step %d", rows[i], from)
                                .isEqualTo(whole.rows(rows[i], rows[i] + 1).slice(1, from, past[rows[i]]));
                    }
                    if (round == 4 || round == 9) {
                        session = round == 4 ? session.select(3, 0, 2) : session.select(2, 0);
                        rows = round == 4 ? new int[] {3, 0, 2} : new int[] {2, 3};
                    }
                }
            }
        }
    }

    /// The next steps of some rows.
    private static Tensor part(Tensor x, int[] rows, int[] past, int[] steps, boolean single) {
        int longest = IntStream.of(steps).max().orElseThrow();
        Tensor part = Tensor.zeros(Shape.of(rows.length, longest));
        Tensor lengths = Tensor.zeros(Shape.of(rows.length));
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < steps[i]; t++) part.array()[i * longest + t] = x.get(rows[i], past[rows[i]] + t);
            lengths.array()[i] = steps[i];
        }
        return single ? part : part.withLengths(lengths);
    }

    @ParameterizedTest
    @EnumSource
    void generatedTokensAreThoseOfWholePredictions(Net net) {
        Model model = net.model();
        int[][] prompts = {{3, 1, 4, 1, 5, 9, 2, 6}, {2}, {7, 1, 8}, {0, 0, 16, 1, 1}};
        Sampling sampling =
                Sampling.USUAL.withTemperature(1.3).withTopK(9).withTopP(0.95).withSeed(2);
        List<int[]> all = Generator.of(model)
                .withMaxTokens(24)
                .withSampling(sampling)
                .withStops(6)
                .generate(List.of(prompts), (_, _) -> {});
        for (int row = 0; row < prompts.length; row++) {
            int[] text = prompts[row];
            for (int step = 0; step < 24; step++) {
                float[] ids = new float[text.length];
                for (int i = 0; i < ids.length; i++) ids[i] = text[i];
                Tensor y = model.predict(Tensor.of(Shape.of(1, ids.length), ids));
                int token = sampling.choose(y.select(0, 0).select(0, ids.length - 1), row, step);
                if (token == 6) break;
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = token;
            }
            assertThat(all.get(row)).isEqualTo(Arrays.copyOfRange(text, prompts[row].length, text.length));
        }
    }

    /// Steps that are taken back leave nothing behind, and another capacity changes nothing.
    @ParameterizedTest
    @EnumSource
    void stepsAreTakenBackWhereLayersKeepEachStep(Net net) {
        Model model = net.model();
        Tensor x = ids(1, LONGEST);
        Tensor whole = model.predict(x);
        PredictionSession session = model.session(1, 40);
        session.predict(x.slice(1, 0, 30));
        PredictionSession longer = session.withMost(LONGEST);
        assertThat(longer.predict(x.slice(1, 30, LONGEST))).isEqualTo(whole.slice(1, 30, LONGEST));
        assertThatThrownBy(() -> longer.withMost(50)).hasMessageContaining("at least the " + LONGEST + " steps");
        boolean keepsSteps = !net.layers.toString().matches("(?s).*(?i)(rnn|lstm|gru).*");
        if (!keepsSteps) {
            assertThatThrownBy(() -> longer.rewind(10)).hasMessageContaining("keeps only what follows from the last");
            return;
        }
        longer.rewind(10);
        assertThat(longer.past(0)).isEqualTo(10);
        assertThat(longer.predict(x.slice(1, 10, 70))).isEqualTo(whole.slice(1, 10, 70));
        assertThatThrownBy(() -> longer.rewind(71)).hasMessageContaining("0 to 70 steps for row 0, got 71");
        longer.rewind(0);
        PredictionSession shorter = longer.withMost(20);
        assertThat(shorter.predict(x.slice(1, 0, 20))).isEqualTo(whole.slice(1, 0, 20));
    }
}
