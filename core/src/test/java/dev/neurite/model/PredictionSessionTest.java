package dev.neurite.model;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.crossAttention;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.meanOfPositions;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.sinusoidalPositions;
import static dev.neurite.layer.Layers.softmax;
import static dev.neurite.layer.Layers.tiedOutput;
import static dev.neurite.layer.Layers.transformerBlock;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Bidirectional;
import dev.neurite.layer.Layers;
import dev.neurite.layer.SelfAttention;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sequences in parts get the bits of whole sequences.
@BothEngines
class PredictionSessionTest {
    private static final int VOCABULARY = 23;
    private static final int LONGEST = 260; // several blocks of queries and of keys

    private static final Map<String, SelfAttention> ATTENTIONS = Map.of(
            "heads", selfAttention(4),
            "grouped", selfAttention(4).withKeyHeads(2),
            "multi-query, no bias", selfAttention(4).withKeyHeads(1).withoutBias(),
            "rotary", selfAttention(2).withRotary(),
            "alibi", selfAttention(3).withAlibi());

    private static Model model(SelfAttention attention) {
        int width = 12 * attention.heads();
        return Model.of(
                Shape.of(Shape.OPEN),
                embedding(VOCABULARY, width),
                positionEmbedding(LONGEST),
                transformerBlock(attention.withCausal(), 2 * width),
                transformerBlock(attention.withCausal(), 2 * width),
                layerNorm(),
                dense(VOCABULARY),
                softmax());
    }

    private static SelfAttention attention(String name) {
        return requireNonNull(ATTENTIONS.get(name));
    }

    private static Tensor ids(int rows, int length) {
        var random = new KeyedRandom(31L * rows + length);
        float[] ids = new float[rows * length];
        for (int i = 0; i < ids.length; i++) ids[i] = random.below(VOCABULARY);
        return Tensor.of(Shape.of(rows, length), ids);
    }

    private static Tensor lengths(int... ofRows) {
        float[] numbers = new float[ofRows.length];
        for (int i = 0; i < numbers.length; i++) numbers[i] = ofRows[i];
        return Tensor.of(Shape.of(numbers.length), numbers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"heads", "grouped", "multi-query, no bias", "rotary", "alibi"})
    void partsHaveTheBitsOfTheWhole(String name) {
        Model model = model(attention(name));
        Tensor x = ids(2, LONGEST);
        Tensor whole = model.predict(x);
        PredictionSession session = model.session(2, LONGEST);
        int at = 0;
        for (int steps : new int[] {1, 1, 3, 50, 1, 100, 1, 1, 7}) { // one token at a time, and several
            Tensor part = session.predict(x.slice(1, at, at + steps));
            assertThat(part).isEqualTo(whole.slice(1, at, at + steps));
            at += steps;
            assertThat(session.past(1)).isEqualTo(at);
        }
        while (at < LONGEST) {
            assertThat(session.predict(x.slice(1, at, at + 1))).isEqualTo(whole.slice(1, at, at + 1));
            at++;
        }
    }

    /// The memory of a decoder is given whole, with each part, and its padding is not seen.
    @Test
    void aMemoryIsWhole() {
        Shape ids = Shape.of(Shape.OPEN);
        Shape memory = Shape.of(Shape.OPEN, 10);
        Model model = Model.of(List.of(ids, memory), Graph.of((x, m) -> {
            Wire h = x.then(embedding(VOCABULARY, 24), sinusoidalPositions());
            for (int i = 0; i < 2; i++) {
                h = h.join(
                        transformerBlock(selfAttention(4).withKeyHeads(2).withCausal(), 30)
                                .withMemory(),
                        m);
            }
            return h.then(dense(VOCABULARY), softmax());
        }));
        Tensor m = normal(Shape.of(2, 6, 10), 3).withLengths(lengths(6, 2));
        Tensor x = ids(2, 30);
        Tensor whole = model.predict(List.of(x, m)).getFirst();
        PredictionSession session = model.session(2, List.of(Shape.of(30), Shape.of(8, 10)));
        for (int at = 0; at < 30; at += 5) {
            Tensor part = session.predict(List.of(x.slice(1, at, at + 5), m)).getFirst();
            assertThat(part).isEqualTo(whole.slice(1, at, at + 5));
        }
        Tensor alone = model.predict(List.of(x.rows(1, 2), m.rows(1, 2).slice(1, 0, 2)))
                .getFirst();
        assertThat(whole.rows(1, 2)).isEqualTo(alone);
    }

    /// A memory that is made of the parts: its first part would be all that is ever seen of it.
    @Test
    void aMemoryThatComesInPartsIsRefused() {
        Shape ids = Shape.of(Shape.OPEN);
        Model itself = Model.of(List.of(ids), Graph.of(x -> {
            Wire h = x.then(embedding(9, 8));
            return h.join(crossAttention(2), h);
        }));
        Model sourceFirst = Model.of(
                List.of(ids, ids),
                Graph.of((source, target) -> target.then(embedding(9, 8))
                        .join(
                                transformerBlock(selfAttention(2).withCausal(), 8)
                                        .withMemory(),
                                source.then(embedding(9, 8), Layers.lstm(5).withSequences()))));
        Model last = Model.of(List.of(ids), Graph.of(x -> {
            Wire h = x.then(embedding(9, 8));
            return h.join(crossAttention(2), h.then(Layers.lastPosition(), Layers.reshape(1, 8)));
        }));
        List<Shape> most = List.of(Shape.of(6), Shape.of(6));
        for (Model model : List.of(itself, sourceFirst, last)) {
            assertThatExceptionOfType(ConfigException.class)
                    .as(model.toString())
                    .isThrownBy(() -> model.session(
                            1, most.subList(0, model.network().inputs().size())))
                    .withMessageContaining("got it");
        }
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> itself.session(1, 6))
                .withMessageContaining("crossAttention1")
                .withMessageContaining("input 2 whole, got it in parts");
    }

    /// A whole sequence has no part that belongs to a part of another one.
    @Test
    void aWholeSequenceBesideOneInPartsIsRefused() {
        Shape row = Shape.of(Shape.OPEN, 4);
        Model model = Model.of(List.of(row, row), Graph.of((x, other) -> x.join(add(), other)));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> model.session(1, List.of(Shape.of(6, 4), Shape.of(6, 4))))
                .withMessageContaining("input 2 in parts, got it whole");
    }

    /// Queries that are there anew in each part, of a memory that is whole.
    @Test
    void queriesOverAnotherAxisSeeTheWholeMemory() {
        Model model = Model.of(
                List.of(Shape.of(Shape.OPEN, 8), Shape.of(Shape.OPEN, 5)),
                Graph.of((x, memory) ->
                        x.then(Layers.lastPosition(), Layers.reshape(2, 4)).join(crossAttention(2), memory)));
        Tensor x = normal(Shape.of(2, 6, 8), 96);
        Tensor memory = normal(Shape.of(2, 5, 5), 50).withLengths(lengths(5, 3));
        PredictionSession session = model.session(2, List.of(Shape.of(6, 8), Shape.of(7, 5)));
        for (int at = 0; at < 6; at += 3) {
            assertThat(session.predict(List.of(x.slice(1, at, at + 3), memory)).getFirst())
                    .isEqualTo(model.predict(List.of(x.slice(1, 0, at + 3), memory))
                            .getFirst());
        }
    }

    /// A translation: the encoder runs once, in the first part, and its layers may look at later steps of the source.
    @Test
    void anEncoderRunsOnceInTheSessionOfItsDecoder() {
        Shape ids = Shape.of(Shape.OPEN);
        AtomicInteger runs = new AtomicInteger();
        Model model = Model.of(List.of(ids, ids), Graph.of((target, source) -> {
            Wire memory = source.then(
                    named("tokens", embedding(VOCABULARY, 24)),
                    sinusoidalPositions(),
                    new Counting(runs),
                    transformerBlock(selfAttention(4), 30),
                    new Bidirectional(gru(5).withSequences()));
            Wire gate = memory.then(meanOfPositions(), dense(24), named("row", Layers.reshape(1, 24)));
            Wire h = target.then(named("tokens", embedding(VOCABULARY, 24)), sinusoidalPositions());
            for (int i = 0; i < 2; i++) {
                h = h.join(transformerBlock(selfAttention(4).withCausal(), 30).withMemory(), memory);
            }
            return h.join(crossAttention(2), gate).then(tiedOutput("tokens.weight"), softmax());
        }));
        Tensor source = ids(3, 7).withLengths(lengths(7, 2, 5));
        Tensor x = ids(3, 20);
        Tensor whole = model.predict(List.of(x, source)).getFirst();
        runs.set(0);
        PredictionSession session = model.session(3, List.of(Shape.of(20), Shape.of(9)));
        long bytes = session.bytes();
        assertThat(session.predict(List.of(x.slice(1, 0, 3), source)).getFirst())
                .isEqualTo(whole.slice(1, 0, 3));
        Arrays.fill(source.array(), -1); // not read again
        assertThat(session.predict(x.slice(1, 3, 4))).isEqualTo(whole.slice(1, 3, 4));
        assertThat(session.predict(List.of(x.slice(1, 4, 9), source)).getFirst())
                .isEqualTo(whole.slice(1, 4, 9));
        PredictionSession some = session.select(2, 1, 2);
        int[] from = {2, 1, 2};
        for (int at = 9; at < 20; at++) {
            Tensor y = some.predict(x.rowsAt(from).slice(1, at, at + 1));
            assertThat(y).isEqualTo(whole.rowsAt(from).slice(1, at, at + 1));
        }
        assertThat(runs).hasValue(1);
        assertThat(session.bytes()).isEqualTo(bytes);
        assertThat(bytes).isGreaterThan(3L * 4 * (9 + 9 * 10)); // the source, and the encoder's output

        session.reset();
        Tensor other = ids(3, 9);
        Tensor ofOther = model.predict(List.of(x, other)).getFirst();
        assertThat(session.predict(List.of(x.slice(1, 0, 5), other)).getFirst()).isEqualTo(ofOther.slice(1, 0, 5));
        session.reset();
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> session.predict(x.slice(1, 0, 1)))
                .withMessageContaining("expects parts of 3 rows");
    }

    /// An encoder that fails leaves nothing behind: after a reset, parts continue each other.
    @Test
    void afterAnEncoderThatFailedPartsAreStillParts() {
        Shape ids = Shape.of(Shape.OPEN);
        Model model = Model.of(
                List.of(ids, ids),
                Graph.of((target, source) -> target.then(embedding(VOCABULARY, 24), sinusoidalPositions())
                        .join(
                                transformerBlock(selfAttention(4).withCausal(), 30)
                                        .withMemory(),
                                source.then(embedding(VOCABULARY, 24), sinusoidalPositions()))
                        .then(gru(5).withSequences())));
        Tensor source = ids(2, 7);
        Tensor x = ids(2, 9);
        Tensor whole = model.predict(List.of(x, source)).getFirst();
        PredictionSession session = model.session(2, List.of(Shape.of(9), Shape.of(7)));
        Tensor unknown = source.copy();
        unknown.array()[8] = VOCABULARY;
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> session.predict(List.of(x.slice(1, 0, 3), unknown)));
        session.reset();
        assertThat(session.predict(List.of(x.slice(1, 0, 3), source)).getFirst())
                .isEqualTo(whole.slice(1, 0, 3));
        for (int at = 3; at < 9; at++) {
            assertThat(session.predict(x.slice(1, at, at + 1))).isEqualTo(whole.slice(1, at, at + 1));
        }
    }

    /// Counts its runs.
    private record Counting(AtomicInteger runs) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public boolean acceptsPadding() {
            return true;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            runs.incrementAndGet();
            return x;
        }
    }

    /// Rows may be at different steps.
    @Test
    void rowsGoOnByThemselves() {
        Model model = model(attention("rotary"));
        Tensor x = ids(3, 20);
        PredictionSession session = model.session(3, 20);
        int[][] parts = {{4, 1, 9}, {1, 1, 1}, {2, 8, 5}, {1, 1, 5}};
        int[] past = new int[3];
        for (int[] steps : parts) {
            int longest = Arrays.stream(steps).max().orElseThrow();
            Tensor part = Tensor.zeros(Shape.of(3, longest));
            for (int row = 0; row < 3; row++) {
                for (int t = 0; t < steps[row]; t++) {
                    part.array()[row * longest + t] = x.get(row, past[row] + t);
                }
            }
            Tensor y = session.predict(part.withLengths(lengths(steps)));
            for (int row = 0; row < 3; row++) {
                int end = past[row] + steps[row];
                Tensor alone = model.predict(x.rows(row, row + 1).slice(1, 0, end));
                assertThat(y.rows(row, row + 1).slice(1, 0, steps[row])).isEqualTo(alone.slice(1, past[row], end));
                past[row] = end;
            }
        }
        assertThat(IntStream.range(0, 3).map(session::past)).containsExactly(past[0], past[1], past[2]);
    }

    @Test
    void rowsCanBeSelectedAndRepeated() {
        Model model = model(attention("grouped"));
        Tensor x = ids(3, 9);
        PredictionSession session = model.session(3, 9);
        session.predict(x.slice(1, 0, 6));
        PredictionSession other = session.select(2, 0, 2);
        Tensor chosen = Tensor.zeros(Shape.of(3, 3));
        int[] from = {2, 0, 2};
        for (int i = 0; i < 9; i++) chosen.array()[i] = x.get(from[i / 3], 6 + i % 3);
        Tensor whole = model.predict(x).slice(1, 6, 9);
        Tensor y = other.predict(chosen);
        for (int i = 0; i < 3; i++) assertThat(y.rows(i, i + 1)).isEqualTo(whole.rows(from[i], from[i] + 1));
        assertThat(session.predict(x.slice(1, 6, 9))).isEqualTo(whole); // unchanged
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> session.select(3));
    }

    /// Rows that began apart go on side by side.
    @Test
    void sessionsCanBeJoined() {
        Model model = model(attention("rotary"));
        Tensor x = ids(3, 20);
        Tensor whole = model.predict(x);
        PredictionSession two = model.session(2, 20);
        two.predict(x.rows(0, 2).slice(1, 0, 4));
        PredictionSession one = model.session(1, 20);
        one.predict(x.rows(2, 3).slice(1, 0, 7));
        PredictionSession all = PredictionSession.joined(List.of(two, one));
        assertThat(IntStream.range(0, 3).map(all::past)).containsExactly(4, 4, 7);
        Tensor part = Tensor.zeros(Shape.of(3, 3));
        for (int i = 0; i < 9; i++) part.array()[i] = x.get(i / 3, all.past(i / 3) + i % 3);
        Tensor y = all.predict(part);
        for (int row = 0; row < 3; row++) {
            int from = row < 2 ? 4 : 7;
            assertThat(y.rows(row, row + 1)).isEqualTo(whole.rows(row, row + 1).slice(1, from, from + 3));
        }
        for (List<PredictionSession> wrong : List.of(
                List.<PredictionSession>of(),
                List.of(one, model.session(1, 19)),
                List.of(one, model(attention("heads")).session(1, 20)))) {
            assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> PredictionSession.joined(wrong));
        }
    }

    @Test
    void threadsDoNotCount() {
        Model model = model(attention("heads"));
        Tensor x = ids(2, 70);
        Tensor whole = model.predict(x);
        for (int threads : new int[] {1, 2, 3, 7}) {
            try (Kernels kernels = Kernels.create(threads)) {
                PredictionSession session = model.session(2, List.of(Shape.of(70)), kernels);
                List<Tensor> parts = new ArrayList<>();
                for (int at = 0; at < 70; at += 10) parts.add(session.predict(x.slice(1, at, at + 10)));
                for (int i = 0; i < 7; i++) assertThat(parts.get(i)).isEqualTo(whole.slice(1, 10 * i, 10 * i + 10));
            }
        }
    }

    @Test
    void itEndsWithItsSteps() {
        Model model = model(attention("heads"));
        PredictionSession session = model.session(1, 5);
        session.predict(ids(1, 4));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> session.predict(ids(1, 2)))
                .withMessageContaining("row 0")
                .withMessageContaining("at most 5 steps in all, got 6");
        session.predict(ids(1, 1)); // nothing had changed
        assertThat(session.past(0)).isEqualTo(5);
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> model.session(1, LONGEST + 1))
                .withMessageContaining("at most " + LONGEST + " positions");
    }

    @Test
    void memoryIsTold() {
        Model model = model(attention("grouped"));
        PredictionSession session = model.session(3, 100);
        long keysAndValues = 2L * 2 * 12; // of a step, in a layer
        assertThat(session.bytes()).isEqualTo(3 * 100 * 2 * keysAndValues * Float.BYTES);
        session.predict(ids(3, 60));
        assertThat(session.bytes()).isEqualTo(3 * 100 * 2 * keysAndValues * Float.BYTES);
        assertThat(session).hasToString("session of 3 rows, 100 steps, " + session.bytes() + " bytes");
    }

    @Test
    void aPartThatFailsEndsItUntilItIsReset() {
        Model model = model(attention("heads"));
        PredictionSession session = model.session(1, 9);
        Tensor x = ids(1, 4);
        Tensor y = session.predict(x);
        assertThatExceptionOfType(DataException.class).isThrownBy(() -> session.predict(Tensor.of(Shape.of(1, 1), 99)));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> session.predict(x))
                .withMessageContaining("reset()");
        session.reset();
        assertThat(session.past(0)).isZero();
        assertThat(session.predict(x)).isEqualTo(y);
    }

    @Test
    void wrongUsesAreRefused() {
        Shape input = Shape.of(Shape.OPEN);
        Model all = Model.of(input, embedding(5, 4), selfAttention(1), dense(5));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> all.session(1, 4))
                .withMessageContaining("selfAttention1")
                .withMessageContaining("withCausal");
        Model mean = Model.of(input, embedding(5, 4), meanOfPositions(), dense(5));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> mean.session(1, 4));
        Model both = Model.of(input, embedding(5, 4), new Bidirectional(gru(3).withSequences()), dense(5));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> both.session(1, 4));
        Model rows = Model.of(Shape.of(3), dense(2));
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> rows.session(1, 4))
                .withMessageContaining("first axis is open");
        Model model = model(attention("heads"));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> model.session(0, 4));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> model.session(1, 0));
        PredictionSession session = model.session(2, 4);
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> session.predict(ids(1, 2)))
                .withMessageContaining("parts of 2 rows");
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> session.predict(Tensor.zeros(Shape.of(2, 0))));
    }
}
