package dev.neurite.model;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.overTime;
import static dev.neurite.layer.Layers.permute;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.softmax;
import static dev.neurite.layer.Layers.timeDistributed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Multiply;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A network whose time axis is open takes batches of any length; padding of sequences does not count.
class OpenAxisTest {
    private static final Shape IDS = Shape.of(Shape.OPEN);

    /// Answers for each position, or one for each row.
    private static Model model(boolean positions) {
        return positions
                ? Model.of(
                        IDS,
                        embedding(20, 12),
                        bidirectional(lstm(9).withSequences()),
                        layerNorm(),
                        dropout(0.3),
                        dense(7, Activation.GELU),
                        dense(3),
                        softmax())
                : Model.of(IDS, embedding(20, 12), gru(17).withSequences(), bidirectional(lstm(8)), dense(3));
    }

    private static Tensor ids(int rows, int length) {
        var random = new KeyedRandom(31L * rows + length);
        float[] ids = new float[rows * length];
        for (int i = 0; i < ids.length; i++) ids[i] = random.below(20);
        return Tensor.of(Shape.of(rows, length), ids);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLengthIsThatOfTheBatch(boolean positions) {
        Model model = model(positions);
        for (int length : new int[] {5, 1, 12, 5}) {
            Tensor x = ids(4, length);
            Tensor y = model.predict(x);
            assertThat(y.shape()).isEqualTo(positions ? Shape.of(4, length, 3) : Shape.of(4, 3));
            assertThat(model.predict(List.of(x)).getFirst()).isEqualTo(y);
            for (int row = 0; row < 4; row++) {
                assertThat(model.predict(x.rows(row, row + 1))).isEqualTo(y.rows(row, row + 1));
            }
        }
    }

    /// Shapes, operations and memory are those of the length; of layers inside of positions, those of all positions.
    @Test
    void aSummaryOfALengthHasItsOperationsAndMemory() {
        Shape images = Shape.of(Shape.OPEN, 1, 6, 6);
        Model model = Model.of(images, timeDistributed(sequential(conv2d(2, 3), flatten(), dense(4))), lstm(5));
        assertThat(model.summary().training()).isEmpty();
        assertThat(model.summary().toString()).contains("MFLOP a row of one step");
        Summary of20 = model.summary(List.of(Shape.of(20, 1, 6, 6)));
        assertThat(of20.parameters()).isEqualTo(model.summary().parameters());
        assertThat(of20.multiplications()).isEqualTo(20 * model.summary().multiplications());
        assertThat(of20.layers()).hasSize(4).allMatch(layer -> Shape.areKnown(layer.outputs()));
        assertThat(of20.layers().getFirst().positions()).isEqualTo(Shape.of(20));
        Executor executor = model.network()
                .executor(
                        Kernels.shared(),
                        model.parameters().toArray(),
                        new float[model.network().size()]);
        executor.forward(Mode.TRAIN, Tensor.zeros(Shape.of(3, 20, 1, 6, 6)));
        executor.outputGradient(0);
        executor.backward();
        long bytes = 4 * executor.bufferFloats();
        assertThat(of20.training().orElseThrow().bytes(3)).isBetween(bytes, bytes + bytes / 10);
        assertThat(model.network().rowsAtOnce(List.of(Shape.of(20_000, 1, 6, 6))))
                .isLessThan(48);
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> model.summary(List.of(Shape.of(20, 1, 6, 7))));
    }

    @Test
    void itComesBackFromAFile(@TempDir Path folder) {
        for (boolean positions : new boolean[] {true, false}) {
            Path file = folder.resolve(positions + ".safetensors");
            ModelFile.save(model(positions), file);
            assertThat(ModelFile.load(file)).isEqualTo(model(positions));
        }
    }

    @Test
    void aSoftmaxOfSequencesIsThatOfEachPosition() {
        Tensor y = model(true).predict(ids(2, 6)).positions();
        for (int row = 0; row < y.rows(); row++) {
            assertThat(Kernels.shared().sum(y.rows(row, row + 1))).isCloseTo(1, within(1e-6));
        }
    }

    /// A padded row has the bits of the same row alone, whatever stands in the padding.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void paddingDoesNotCount(boolean positions) {
        Model model = model(positions);
        Tensor x = ids(3, 9);
        float[] lengths = {4, 9, 1};
        Tensor y = model.predict(x.withLengths(Tensor.of(Shape.of(3), lengths)));
        for (int row = 0; row < 3; row++) {
            int length = (int) lengths[row];
            Tensor alone = model.predict(x.rows(row, row + 1).slice(1, 0, length));
            Tensor padded = y.rows(row, row + 1);
            assertThat(positions ? padded.slice(1, 0, length) : padded).isEqualTo(alone);
        }
    }

    /// Rows that are read some at a time, the longest of which come last: those before have as many zeros more.
    @Test
    void chunksOfRowsHaveTheStepsOfTheLongest() {
        for (boolean channels : new boolean[] {false, true}) {
            Node layers = channels ? sequential(permute(1, 0), conv1d(3, 2)) : overTime(conv1d(3, 2));
            Model model = Model.of(Shape.of(Shape.OPEN, 2), layers);
            RowSource rows = new Steps(600);
            Tensor y = model.predict(rows);
            assertThat(y.shape()).isEqualTo(channels ? Shape.of(600, 3, 7) : Shape.of(600, 7, 3));
            assertThat(y.lengths().size()).isEqualTo(channels ? 0 : 600);
            for (int row : new int[] {0, 1, 2, 511, 512, 599}) {
                float[] x = new float[2 * rows.length(row)];
                rows.readInput(row, x, 0);
                Tensor alone = model.predict(Tensor.of(Shape.of(1, rows.length(row), 2), x));
                int counts = rows.length(row) - 1;
                int time = channels ? 2 : 1;
                Tensor one = y.rows(row, row + 1);
                assertThat(one.slice(time, 0, counts)).isEqualTo(alone);
                for (float number : one.slice(time, counts, 7).toArray())
                    assertThat(number).isZero();
                if (!channels) assertThat(y.lengths().get(row)).isEqualTo(counts);
            }
        }
    }

    /// Rows of 2 to 5 steps, of which the last has 8.
    private record Steps(int size) implements RowSource {
        @Override
        public Shape inputShape() {
            return Shape.of(Shape.OPEN, 2);
        }

        @Override
        public int length(int row) {
            return row == size - 1 ? 8 : 2 + row % 4;
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            for (int i = 0; i < 2 * length(row); i++) array[at + i] = (row + 3 * i) % 7 - 3;
        }
    }

    /// Gradients of a padded batch are those of its rows alone, added up.
    @Test
    void paddingHasNoGradient() {
        Network network = model(false).network();
        float[] theta = model(false).parameters().toArray();
        Tensor x = ids(3, 9);
        float[] lengths = {4, 9, 1};
        float[] padded = gradient(network, theta, x.withLengths(Tensor.of(Shape.of(3), lengths)));
        float[] sum = new float[padded.length];
        for (int row = 0; row < 3; row++) {
            Tensor alone = x.rows(row, row + 1).slice(1, 0, (int) lengths[row]);
            float[] part = gradient(network, theta, alone);
            for (int i = 0; i < sum.length; i++) sum[i] += part[i];
        }
        for (int i = 0; i < sum.length; i++) assertThat(padded[i]).isCloseTo(sum[i], within(1e-5f));
        float[] again = gradient(network, theta, other(x, lengths));
        assertThat(again).isEqualTo(padded);
    }

    /// The same rows with other ids in the padding.
    private static Tensor other(Tensor x, float[] lengths) {
        Tensor changed = x.copy();
        for (int row = 0; row < x.rows(); row++) {
            Arrays.fill(changed.array(), row * 9 + (int) lengths[row], (row + 1) * 9, 3);
        }
        return changed.withLengths(Tensor.of(Shape.of(3), lengths));
    }

    private static float[] gradient(Network network, float[] theta, Tensor x) {
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.forward(Mode.TRAIN, x);
        Kernels.shared().fill(1, executor.outputGradient(0));
        executor.backward();
        return gradient;
    }

    @Test
    void everyNumberOfThreadsGivesTheSameBits() {
        Network network = model(true).network();
        float[] theta = model(true).parameters().toArray();
        Tensor x = ids(14, 11);
        float[][] gradients = new float[4][];
        int[] threads = {1, 2, 3, 7};
        for (int i = 0; i < threads.length; i++) {
            gradients[i] = new float[theta.length];
            try (Kernels kernels = Kernels.create(threads[i])) {
                Executor executor = network.executor(kernels, theta, gradients[i]);
                executor.forward(Mode.TRAIN, x);
                kernels.fill(1, executor.outputGradient(0));
                executor.backward();
            }
            assertThat(gradients[i]).isEqualTo(gradients[0]);
        }
    }

    /// Buffers are as large as the longest batch needs, not as all of them together.
    @Test
    void buffersDoNotGrowWithEveryLength() {
        Network network = model(true).network();
        Executor executor =
                network.executor(Kernels.shared(), model(true).parameters().toArray(), new float[network.size()]);
        run(executor, 200);
        run(executor, 200);
        long longest = executor.bufferFloats();
        for (int length = 1; length <= 200; length++) run(executor, length);
        assertThat(executor.bufferFloats()).isLessThanOrEqualTo(longest + longest / 20);
    }

    private static void run(Executor executor, int length) {
        executor.forward(Mode.TRAIN, ids(2, length));
        Kernels.shared().fill(1, executor.outputGradient(0));
        executor.backward();
    }

    @Test
    void layersThatMightMixPaddingWithWhatCountsRefuseIt() {
        Model model = Model.of(Shape.of(4, 9), conv1d(3, 2), flatten(), dense(2));
        Tensor x = Tensor.zeros(Shape.of(2, 4, 9));
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> model.predict(x.withLengths(Tensor.of(Shape.of(2), 4, 2))))
                .withMessageContaining("padded sequences only where the first axis of a row is open");
        Node steps = new Layer() {
            @Override
            public Shape build(Shape in, Declarations declare) {
                return in;
            }

            @Override
            public Tensor forward(Tensor y, Pass pass) {
                return y;
            }
        };
        Model own = Model.of(IDS, embedding(3, 2), steps, gru(2));
        assertThat(own.predict(Tensor.zeros(Shape.of(2, 3))).shape()).isEqualTo(Shape.of(2, 2));
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> own.predict(Tensor.zeros(Shape.of(2, 3)).withLengths(Tensor.of(Shape.of(2), 1, 3))))
                .withMessageContaining("expects sequences of one length, got padded ones");
    }

    /// Inputs of one time axis have rows of the same lengths: what only one of them says would be made up for another.
    @Test
    void inputsWithOtherLengthsAreRefused() {
        for (Node join : List.of(add(), concat(-1), new Multiply())) {
            Model model = Model.of(
                    List.of(IDS, IDS),
                    Graph.of((a, b) -> a.then(embedding(20, 4))
                            .join(join, b.then(embedding(20, 4)))
                            .then(gru(3))));
            Tensor x = ids(3, 5);
            Tensor of = x.withLengths(Tensor.of(Shape.of(3), 5, 3, 4));
            Tensor same = x.withLengths(Tensor.of(Shape.of(3), 5, 3, 4));
            Tensor other = x.withLengths(Tensor.of(Shape.of(3), 5, 4, 4));
            Tensor y = model.predict(List.of(of, same)).getFirst();
            assertThat(y.rows(1, 2))
                    .isEqualTo(model.predict(List.of(
                                    x.rows(1, 2).slice(1, 0, 3), x.rows(1, 2).slice(1, 0, 3)))
                            .getFirst());
            for (List<Tensor> in : List.of(List.of(of, other), List.of(of, x), List.of(x, of))) {
                assertThatExceptionOfType(DataException.class)
                        .isThrownBy(() -> model.predict(in))
                        .withMessageContaining("row 1 of the batch")
                        .withMessageContaining("expects as many steps in input 2 as in input 1");
            }
        }
    }

    @Test
    void wrongSequencesAreRefused() {
        Model model = model(false);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> model.predict(Tensor.of(Shape.of(1, 3), 1, 20, 2)))
                .withMessageContaining("embedding1, row 0 of the batch, id 1")
                .withMessageContaining("whole numbers from 0 to 19, got 20");
        for (float wrong : new float[] {-1, 0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> model.predict(Tensor.of(Shape.of(1, 2), 0, wrong)));
        }
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> model.predict(Tensor.zeros(Shape.of(2, 0))));
        Tensor x = ids(2, 3);
        for (float wrong : new float[] {0, 4, 1.5f, Float.NaN}) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> x.withLengths(Tensor.of(Shape.of(2), 1, wrong)))
                    .withMessageContaining("row 1");
        }
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> x.withLengths(Tensor.of(Shape.of(1), 1)));
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> Model.of(IDS, embedding(3, 2), flatten()))
                .withMessageContaining("expects all extents to be known");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> Model.of(Shape.of(Shape.OPEN, 4), layerNorm(0)))
                .withMessageContaining("known extents");
    }
}
