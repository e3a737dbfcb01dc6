package dev.neurite.layer;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.avgPool1d;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.maxPool1d;
import static dev.neurite.layer.Layers.overTime;
import static dev.neurite.layer.Layers.permute;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.prelu;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.simpleRnn;
import static dev.neurite.layer.Layers.stacked;
import static dev.neurite.layer.Layers.timeDistributed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.BothEngines;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random lengths: of every layer that takes padded sequences, a padded row has the bits of the row alone, forward
/// and back, whatever stands in the padding.
@BothEngines
class PaddingFuzzTest {
    private static final int FEATURES = 4;
    private static final int ROUNDS = 12;

    record Case(String name, Node node) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        List<RecurrentLayer<?>> layers = List.of(
                simpleRnn(5), simpleRnn(3).withActivation(Activation.RELU), lstm(7), gru(6), gru(5).withResetBefore());
        for (RecurrentLayer<?> each : layers) {
            List<Recurrent> all =
                    List.of(each, each.withReversed(), bidirectional(each), stacked(2, bidirectional(each)));
            for (Recurrent one : all) {
                cases.add(new Case(one + "", one));
                cases.add(new Case(one + " of all steps", one.withSequences()));
            }
        }
        for (Padding1d padding : List.of(Padding1d.VALID, Padding1d.SAME, Padding1d.CAUSAL, Padding1d.of(2, 1))) {
            for (int dilation = 1; dilation < 3; dilation++) {
                var conv = conv1d(5, 2, Activation.TANH).withPadding(padding).withDilation(dilation);
                cases.add(new Case(conv + "", overTime(conv)));
                if (!padding.same()) cases.add(new Case(conv + " strided", overTime(conv.withStride(2))));
            }
        }
        for (Node each : List.of(
                maxPool1d(3),
                maxPool1d(3, 2).withPadding(Padding1d.SAME),
                maxPool1d(2, 2).withDilation(3).withPadding(1),
                maxPool1d(3, 2).withCeil(),
                avgPool1d(2),
                avgPool1d(3, 2).withPadding(1),
                avgPool1d(3, 2)
                        .withPadding(Padding1d.of(1, 0))
                        .withoutCountingPadding()
                        .withCeil(),
                new AdaptiveMaxPool1d(3),
                new AdaptiveAvgPool1d(3),
                new AdaptiveAvgPool1d(1))) {
            cases.add(new Case(each + "", overTime(each)));
        }
        for (Node each : List.of(new GlobalMaxPool(), new GlobalAvgPool())) {
            cases.add(new Case(each + "", sequential(permute(1, 0), each)));
        }
        for (Summary each : Summary.values()) cases.add(new Case(each + "", new SequencePool(each)));
        cases.add(new Case("attention", selfAttention(2)));
        cases.add(new Case("causal attention", selfAttention(4).withKeyHeads(2).withCausal()));
        cases.add(new Case(
                "positions",
                sequential(
                        positionEmbedding(40),
                        layerNorm(),
                        dense(6, Activation.GELU),
                        prelu().withSlopePerFeature(),
                        new Glu(-1),
                        dense(3, Activation.SOFTMAX),
                        new Activate(Activation.LOG_SOFTMAX))));
        cases.add(new Case(
                "dropout", sequential(new Dropout(0.4), stacked(2, gru(4)).withDropout(0.3))));
        for (RecurrentLayer<?> each : layers) {
            cases.add(new Case(
                    "dropout of states, " + each,
                    stacked(2, bidirectional(each.withRecurrentDropout(0.3))).withSequences()));
        }
        cases.add(new Case("dropout of features", overTime(new SpatialDropout(0.5))));
        cases.add(new Case(
                "convolutions of each position",
                timeDistributed(sequential(
                        Layers.reshape(1, 2, 2),
                        conv2d(16, 2, Activation.RELU).withPadding(1),
                        new Dropout(0.4),
                        new GlobalAvgPool()))));
        cases.add(new Case(
                "a chain",
                sequential(
                        overTime(conv1d(6, 3).withPadding(Padding1d.CAUSAL)),
                        gru(5).withSequences(),
                        selfAttention(1),
                        new SequencePool(Summary.MAX))));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPaddedRowHasTheBitsOfTheRowAlone(Case each) {
        var network = new Network(each.node(), List.of(Shape.of(Shape.OPEN, FEATURES)));
        var random = new KeyedRandom(97);
        float[] theta = new float[network.size()];
        for (int i = 0; i < theta.length; i++) theta[i] = 0.5f * (float) random.nextGaussian();
        for (int round = 0; round < ROUNDS; round++) {
            int rows = 1 + random.below(4);
            int longest = 4 + random.below(round < 9 ? 9 : 30);
            float[] lengths = new float[rows];
            for (int row = 0; row < rows; row++) lengths[row] = 4 + random.below(longest - 3);
            fits(each, network, theta, random, lengths, longest);
        }
    }

    private static void fits(
            Case each, Network network, float[] theta, KeyedRandom random, float[] lengths, int longest) {
        int rows = lengths.length;
        Tensor x = normal(random, Shape.of(rows, longest, FEATURES), 1);
        Tensor ofRows = Tensor.of(Shape.of(rows), lengths);
        Executor executor = executor(network, theta, 0);
        Tensor y = executor.forward(Mode.TRAIN, x.withLengths(ofRows)).copy();
        assertThat(y.isFinite()).as("%s of %s", each, ofRows).isTrue();
        Tensor after = executor.pass().lengths(executor.result(0)).copy();
        Tensor dy = normal(random, y.shape(), 1);
        if (after.size() > 0)
            Kernels.shared().sequences().clearPadding(dy, 1, y.shape().extent(1), after, dy);
        Kernels.shared().copy(dy, executor.outputGradient(0));
        executor.backward();
        Tensor dx = executor.inputGradient(0).copy();

        Tensor other = normal(random, x.shape(), 1e30); //                        in the padding
        for (int row = 0; row < rows; row++) {
            int length = (int) lengths[row];
            int counts = after.size() == 0 ? 1 : (int) after.get(row);
            Tensor alone = x.rows(row, row + 1).slice(1, 0, length);
            Executor ofOne = executor(network, theta, row);
            Tensor yAlone = ofOne.forward(Mode.TRAIN, alone);
            assertThat(first(y, row, counts, after)).as("y of %s", each).isEqualTo(yAlone);
            Kernels.shared().copy(first(dy, row, counts, after), ofOne.outputGradient(0));
            ofOne.backward();
            Tensor ofRow = dx.rows(row, row + 1);
            assertThat(ofRow.slice(1, 0, length)).as("dx of %s", each).isEqualTo(ofOne.inputGradient(0));
            for (float number : ofRow.slice(1, length, longest).toArray())
                assertThat(number).isZero();
            Kernels.shared().copy(alone, part(other, row, length));
        }
        Executor again = executor(network, theta, 0);
        Tensor yAgain = again.forward(Mode.TRAIN, other.withLengths(ofRows));
        for (int row = 0; row < rows; row++) {
            int counts = after.size() == 0 ? 1 : (int) after.get(row);
            assertThat(first(yAgain, row, counts, after))
                    .as("padding of %s", each)
                    .isEqualTo(first(y, row, counts, after));
        }
    }

    /// [Model#predict(Tensor)] and [Model#predict(List)] give the outputs the lengths that they have after the
    /// network, which convolutions and pools change, and zeros after them.
    @ParameterizedTest
    @MethodSource("cases")
    void aPredictedRowHasTheBitsOfTheRowAlone(Case each) {
        Model model = Model.of(Shape.of(Shape.OPEN, FEATURES), each.node());
        boolean ofSteps = !model.network().outputs().getFirst().isKnown();
        var random = new KeyedRandom(98);
        for (int round = 0; round < ROUNDS; round++) {
            int rows = 1 + random.below(4);
            int longest = 4 + random.below(9);
            float[] lengths = new float[rows];
            for (int row = 0; row < rows; row++) lengths[row] = 4 + random.below(longest - 3);
            Tensor x = normal(random, Shape.of(rows, longest, FEATURES), 1);
            Tensor padded = x.withLengths(Tensor.of(Shape.of(rows), lengths));
            Tensor y = model.predict(padded);
            Tensor ofList = model.predict(List.of(padded)).getFirst();
            assertThat(ofList).as("list of %s", each).isEqualTo(y);
            assertThat(ofList.lengths()).as("lengths of %s", each).isEqualTo(y.lengths());
            assertThat(y.lengths().size()).isEqualTo(ofSteps ? rows : 0);
            for (int row = 0; row < rows; row++) {
                Tensor alone = model.predict(x.rows(row, row + 1).slice(1, 0, (int) lengths[row]));
                Tensor one = y.rows(row, row + 1);
                int counts = ofSteps ? alone.shape().extent(1) : 1;
                assertThat(ofSteps ? one.slice(1, 0, counts) : one)
                        .as("y of %s", each)
                        .isEqualTo(alone);
                if (!ofSteps) continue;
                assertThat(y.lengths().get(row)).as("length of %s", each).isEqualTo(counts);
                for (float number : one.slice(1, counts, one.shape().extent(1)).toArray())
                    assertThat(number).isZero();
            }
        }
    }

    /// Where the steps are not the first axis of an output, padding along their axis is zeros, and there are no
    /// lengths, which tensors have of their second axis only.
    @Test
    void paddingBehindChannelsIsCleared() {
        Model model = Model.of(Shape.of(Shape.OPEN, FEATURES), permute(1, 0), conv1d(5, 3));
        Tensor x = normal(new KeyedRandom(99), Shape.of(2, 9, FEATURES), 1);
        Tensor y = model.predict(x.withLengths(Tensor.of(Shape.of(2), 9, 4)));
        assertThat(y.shape()).isEqualTo(Shape.of(2, 5, 7));
        assertThat(y.lengths().size()).isZero();
        assertThat(y.rows(0, 1)).isEqualTo(model.predict(x.rows(0, 1)));
        Tensor one = y.rows(1, 2);
        assertThat(one.slice(2, 0, 2)).isEqualTo(model.predict(x.rows(1, 2).slice(1, 0, 4)));
        for (float number : one.slice(2, 2, 7).toArray()) assertThat(number).isZero();
    }

    /// @param row the index of the first row, on which random numbers depend
    private static Executor executor(Network network, float[] theta, int row) {
        Executor executor = network.executor(Kernels.shared(), theta, new float[theta.length]);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        executor.randomness(3, 1, row);
        return executor;
    }

    /// What counts of a row.
    private static Tensor first(Tensor y, int row, int counts, Tensor after) {
        Tensor one = y.rows(row, row + 1);
        return after.size() == 0 ? one : one.slice(1, 0, counts);
    }

    /// A view of the first positions of a row.
    private static Tensor part(Tensor x, int row, int length) {
        int n = x.shape().extent(1) * x.shape().extent(2);
        return Tensor.view(Shape.of(1, length, x.shape().extent(2)), x.array(), x.offset() + row * n);
    }

    /// Lengths that are no whole numbers from 1 to the longest are refused, wherever they come from.
    @Test
    void impossibleLengthsAreRefused() {
        var random = new KeyedRandom(7);
        for (int round = 0; round < 200; round++) {
            int longest = 1 + random.below(9);
            Tensor x = Tensor.zeros(Shape.of(3, longest, 2));
            float wrong = new float[] {0, -1, longest + 1, longest + 0.5f, Float.NaN, Float.POSITIVE_INFINITY, 1e10f}
                    [random.below(7)];
            float[] lengths = {longest, longest, longest};
            int row = random.below(3);
            lengths[row] = wrong;
            Tensor ofRows = Tensor.of(Shape.of(3), lengths);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> x.withLengths(ofRows))
                    .withMessageContaining("row " + row)
                    .withMessageContaining("from 1 to " + longest);
            Tensor y = Tensor.zeros(Shape.of(3, 2));
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> Kernels.shared().sequences().summarize(Summary.MAX, x, ofRows, y))
                    .withMessageContaining("row " + row);
        }
        Tensor x = Tensor.zeros(Shape.of(3, 4, 2));
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> x.withLengths(Tensor.of(Shape.of(2), 1, 1)))
                .withMessageContaining("each of 3 rows");
    }

    @Test
    void aRowThatIsTooShortForAWindowIsRefused() {
        Graph node = overTime(conv1d(2, 3).withDilation(2));
        var network = new Network(node, List.of(Shape.of(Shape.OPEN, 2)));
        Executor executor = network.executor(Kernels.shared(), new float[network.size()], new float[0]);
        Tensor x = Tensor.zeros(Shape.of(2, 8, 2));
        Tensor fits = executor.forward(Mode.PREDICT, x.withLengths(Tensor.of(Shape.of(2), 8, 5)));
        assertThat(executor.pass().lengths(fits)).isEqualTo(Tensor.of(Shape.of(2), 4, 1));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> executor.forward(Mode.PREDICT, x.withLengths(Tensor.of(Shape.of(2), 8, 4))))
                .withMessageContaining("row 1")
                .withMessageContaining("one of length 4");
        var same = new Network(
                overTime(conv1d(2, 3).withStride(2).withPadding(Padding1d.SAME)), List.of(Shape.of(Shape.OPEN, 2)));
        Executor strided = same.executor(Kernels.shared(), new float[same.size()], new float[0]);
        assertThat(strided.forward(Mode.PREDICT, x).shape()).isEqualTo(Shape.of(2, 4, 2));
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> strided.forward(Mode.PREDICT, x.withLengths(Tensor.of(Shape.of(2), 8, 4))))
                .withMessageContaining("one length");
    }

    @Test
    void runningStatisticsOfPaddedPositionsAreRefused() {
        var network = new Network(timeDistributed(batchNorm()), List.of(Shape.of(Shape.OPEN, 2)));
        Executor executor = network.executor(Kernels.shared(), new float[network.size()], new float[network.size()]);
        Tensor x = Tensor.zeros(Shape.of(2, 3, 2)).withLengths(Tensor.of(Shape.of(2), 3, 1));
        assertThat(executor.forward(Mode.PREDICT, x).shape()).isEqualTo(Shape.of(2, 3, 2));
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> executor.forward(Mode.TRAIN, x))
                .withMessageContaining("running statistics of positions");
    }

    @Test
    void aSoftmaxOverTimeIsRefused() {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> new Network(new Activate(Activation.SOFTMAX), List.of(Shape.of(Shape.OPEN))))
                .withMessageContaining("last axis is features");
    }
}
