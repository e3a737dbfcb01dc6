package dev.neurite.train;

import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.meanOfPositions;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.sinusoidalPositions;
import static dev.neurite.layer.Layers.stacked;
import static dev.neurite.layer.Layers.transformerBlock;
import static dev.neurite.loss.Losses.crossEntropy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.network.Gpt;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Networks for sequences of different lengths are trained to the same bits by any number of threads, however a batch
/// is cut, and predict the same bits for a row, whatever batch it comes in and whatever its padding is.
@BothEngines
class SequenceBitsTest {
    private static final int ROWS = 36; // three batches of 12
    private static final int VOCABULARY = 11;
    private static final int LONGEST = 23;
    private static final int[] THREADS = {1, 2, 3, 7};

    /// Each ends with scores of three classes: one answer for a row, or one for each position.
    @SuppressWarnings("ImmutableEnumChecker") // nodes are immutable
    enum Net {
        LSTM(false, lstm(9)),
        STEPS_OF_LSTM(true, lstm(9).withSequences()),
        GRU(false, gru(10)),
        BOTH_DIRECTIONS(true, bidirectional(gru(7)).withSequences()),
        STACKED(false, stacked(2, bidirectional(lstm(5))).withDropout(0.3)),
        ENCODER(
                false,
                sinusoidalPositions(),
                transformerBlock(selfAttention(4).withDropout(0.2), 31)
                        .withDropout(0.1)
                        .withActivation(Activation.GELU),
                transformerBlock(selfAttention(2).withKeyHeads(1), 18),
                meanOfPositions()),
        GPT(true);

        final boolean positions;
        private final List<Node> layers;

        Net(boolean positions, Node... layers) {
            this.positions = positions;
            this.layers = List.of(layers);
        }

        Model model() {
            Shape ids = Shape.of(Shape.OPEN);
            if (layers.isEmpty()) {
                return Model.of(
                                List.of(ids),
                                new Gpt(2, 2, 16, LONGEST, 0.1).graph(ids, VOCABULARY, Activation.IDENTITY))
                        .initialize(8);
            }
            Node[] all = IntStream.range(0, layers.size() + 2)
                    .mapToObj(
                            i -> i == 0 ? embedding(VOCABULARY, 12) : i <= layers.size() ? layers.get(i - 1) : dense(3))
                    .toArray(Node[]::new);
            return Model.of(ids, all).initialize(8);
        }

        Dataset data() {
            int classes = layers.isEmpty() ? VOCABULARY : 3;
            var random = new KeyedRandom(5);
            int[][] ids = new int[ROWS][];
            int[][] ofSteps = new int[ROWS][];
            int[] ofRows = new int[ROWS];
            for (int row = 0; row < ROWS; row++) {
                ids[row] = new int[1 + random.below(LONGEST)];
                for (int t = 0; t < ids[row].length; t++) ids[row][t] = random.below(VOCABULARY);
                int first = ids[row][0];
                ofSteps[row] =
                        IntStream.of(ids[row]).map(id -> (id + first) % classes).toArray();
                ofRows[row] = first % classes;
            }
            Sequences inputs = Sequences.ofTokens(ids).withPadding(VOCABULARY - 1);
            List<String> names =
                    IntStream.range(0, classes).mapToObj(Integer::toString).toList();
            return positions ? Dataset.of(inputs, ofSteps, names) : Dataset.of(inputs, ofRows, names);
        }
    }

    private static Trainer trainer(Net net) {
        return Trainer.of(net.model())
                .loss(crossEntropy())
                .optimizer(Optimizers.adam(0.01))
                .epochs(2)
                .seed(4)
                .threads(1);
    }

    @ParameterizedTest
    @EnumSource
    void everyNumberOfThreadsTrainsAndEvaluatesTheSame(Net net) {
        Dataset data = net.data();
        Trainer trainer = trainer(net).batchSize(12).shards(3);
        Run one = trainer.fit(data, data);
        assertThat(one.model().parameters()).isNotEqualTo(net.model().parameters());
        for (int threads : THREADS) {
            Run run = trainer.threads(threads).fit(data, data);
            assertThat(run.model()).as("%d threads", threads).isEqualTo(one.model());
            assertThat(run.loss()).isEqualTo(one.loss());
        }
    }

    /// A batch of 12 rows in six shards is three batches of 4 in two: each part is padded to its own longest row.
    @ParameterizedTest
    @EnumSource
    void aBatchMayBeCutIntoShardsOrAccumulated(Net net) {
        Dataset data = net.data();
        Model shards = trainer(net).batchSize(12).shards(6).fit(data).model();
        Model both = trainer(net).batchSize(4).accumulate(3).shards(2).fit(data).model();
        Model accumulated = trainer(net).batchSize(2).accumulate(6).fit(data).model();
        assertThat(both).isEqualTo(shards);
        assertThat(accumulated).isEqualTo(shards);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerDependsOnTheRowAlone(Net net) {
        Model model = trainer(net).fit(net.data()).model();
        Tensor x = Batch.of(net.data()).input();
        Tensor lengths = x.lengths();
        Tensor whole = model.predict(x);
        float[] theta = model.parameters().toArray();
        for (int threads : THREADS) {
            try (Kernels kernels = Kernels.create(threads)) {
                assertThat(model.predict(x, kernels)).isEqualTo(whole);
                Executor executor = model.network().executor(kernels, theta, new float[theta.length]);
                for (int size : new int[] {1, 2, 3, 7, 17}) {
                    for (int from = 0; from < ROWS; from += size) {
                        int to = Math.min(ROWS, from + size);
                        Tensor part = cut(x, from, to);
                        Tensor expected = whole.rows(from, to);
                        assertThat(counted(net, model.predict(part, kernels), lengths, from))
                                .as("rows from %d of %d", from, size)
                                .isEqualTo(counted(net, expected, lengths, from));
                        Tensor again = executor.forward(Mode.PREDICT, part);
                        assertThat(counted(net, again, lengths, from)).isEqualTo(counted(net, expected, lengths, from));
                        executor.reset();
                    }
                }
            }
        }
    }

    /// Some rows, padded to their own longest one; a single row is not padded.
    private static Tensor cut(Tensor x, int from, int to) {
        int longest = 0;
        float[] lengths = new float[to - from];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = x.lengths().get(from + i);
            longest = Math.max(longest, (int) lengths[i]);
        }
        Tensor part = x.rows(from, to).slice(1, 0, longest);
        return lengths.length == 1 ? part : part.withLengths(Tensor.of(Shape.of(lengths.length), lengths));
    }

    /// The answers of each row, without those of padding.
    private static List<Tensor> counted(Net net, Tensor y, Tensor lengths, int from) {
        return IntStream.range(0, y.rows())
                .mapToObj(row -> {
                    Tensor one = y.rows(row, row + 1);
                    return net.positions ? one.slice(1, 0, (int) lengths.get(from + row)) : one;
                })
                .toList();
    }
}
