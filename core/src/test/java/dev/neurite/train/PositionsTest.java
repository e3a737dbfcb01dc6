package dev.neurite.train;

import static dev.neurite.Numbers.normal;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.loss.Losses.binaryCrossEntropy;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.focal;
import static dev.neurite.loss.Losses.joint;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.loss.Losses.multiMargin;
import static dev.neurite.loss.Losses.quantile;
import static dev.neurite.metric.Metrics.logLoss;
import static dev.neurite.metric.Metrics.topK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.check.FirstLoss;
import dev.neurite.data.Batch;
import dev.neurite.data.DataHash;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Targets;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where there is a target for each position of a row, a position is trained on and measured as if it were a row.
@BothEngines
class PositionsTest {
    private static final int ROWS = 21;
    private static final int STEPS = 5;
    private static final int IGNORED = -1;
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final float[] INPUTS = normal(ROWS * STEPS * 4, 1);
    private static final Tensor SEQUENCES = Tensor.view(Shape.of(ROWS, STEPS, 4), INPUTS, 0);
    private static final Tensor POSITIONS = Tensor.view(Shape.of(ROWS * STEPS, 4), INPUTS, 0);
    private static final int[] FLAT = labels();
    private static final int[][] LABELS = new int[ROWS][];

    static {
        for (int row = 0; row < ROWS; row++) LABELS[row] = Arrays.copyOfRange(FLAT, row * STEPS, (row + 1) * STEPS);
    }

    private static int[] labels() {
        var random = new KeyedRandom(2);
        int[] labels = new int[ROWS * STEPS];
        for (int i = 0; i < labels.length; i++) labels[i] = random.below(4) - 1; // IGNORED to 2
        return labels;
    }

    private static Dataset tagged() {
        return Dataset.of(inputs(), LABELS, NAMES, IGNORED);
    }

    private static Dataset inputs() {
        return Dataset.of(SEQUENCES, Tensor.zeros(Shape.of(ROWS, 1)));
    }

    private static Model tagger(Shape input) {
        return Model.of(input, dense(6, RELU), dense(3, SOFTMAX)).initialize(5);
    }

    private static Trainer trainer(Model model, Criterion loss) {
        return Trainer.of(model).loss(loss).epochs(2).batchSize(4).shuffle(false);
    }

    static Stream<Loss> losses() {
        return Stream.of(
                crossEntropy().ignoring(IGNORED),
                crossEntropy().ignoring(IGNORED).withClassWeights(1, 2, 3).withSmoothing(0.1));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void labelsOfPositionsGiveTheBitsOfLabelsOfRows(Loss loss) {
        Dataset rows = Dataset.of(POSITIONS.toRows(), FLAT, NAMES, IGNORED);
        Run ofRows = trainer(tagger(Shape.of(4)), loss).batchSize(4 * STEPS).fit(rows, rows);
        Run ofPositions = trainer(tagger(Shape.of(STEPS, 4)), loss).fit(tagged(), tagged());
        assertThat(ofPositions.model().parameters().toArray())
                .isEqualTo(ofRows.model().parameters().toArray());
        Evaluation expected = ofRows.validation();
        Evaluation found = ofPositions.validation();
        assertThat(found.loss()).isEqualTo(expected.loss());
        assertThat(found.accuracy()).isEqualTo(expected.accuracy());
        assertThat(found.confusion().toString()).isEqualTo(expected.confusion().toString());
        assertThat(found.confusion().orElseThrow().total())
                .isEqualTo(Arrays.stream(FLAT).filter(label -> label != IGNORED).count());
        assertThat(ofPositions.history().last().accuracy())
                .isEqualTo(ofRows.history().last().accuracy());
    }

    static Stream<Loss> lossesOfValues() {
        return Stream.of(
                meanSquaredError(), binaryCrossEntropy(), quantile(0.1, 0.9), crossEntropy(), focal(), multiMargin());
    }

    @ParameterizedTest
    @MethodSource("lossesOfValues")
    void everyLossSeesPositionsAsRows(Loss loss) {
        boolean labeled = loss.equals(multiMargin());
        boolean pairs = loss.equals(quantile(0.1, 0.9));
        float[] shares = normal(ROWS * STEPS * 2, 3);
        for (int i = 0; i < shares.length; i += 2) {
            shares[i] = Math.min(1, Math.abs(shares[i]));
            shares[i + 1] = 1 - shares[i];
        }
        int[] positive =
                Arrays.stream(FLAT).map(label -> Math.floorMod(label, 2)).toArray();
        Targets flat =
                labeled ? Targets.labels(positive) : Targets.values(Tensor.view(Shape.of(ROWS * STEPS, 2), shares, 0));
        Targets deep = labeled
                ? Targets.view(positive, Shape.of(ROWS, STEPS))
                : Targets.values(Tensor.view(Shape.of(ROWS, STEPS, 2), shares, 0));
        var layer = dense(pairs ? 4 : 2);
        var expected = step(Model.of(Shape.of(4), layer), loss, new Batch(POSITIONS, flat));
        var found = step(Model.of(Shape.of(Shape.OPEN, 4), layer), loss, new Batch(SEQUENCES, deep));
        assertThat(found).isEqualTo(expected);
    }

    private static List<Object> step(Model model, Loss loss, Batch batch) {
        try (TrainingSession session =
                Trainer.of(model.initialize(3)).loss(loss).begin(batch)) {
            double first = session.step(batch);
            return List.of(
                    first,
                    session.step(batch),
                    Arrays.toString(session.model().parameters().toArray()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void threadsDoNotMatterAndATrainingCanBeResumed(int threads) {
        Model model = Model.of(Shape.of(Shape.OPEN, 4), gru(5).withSequences(), dense(3));
        Trainer trainer = Trainer.of(model)
                .loss(crossEntropy().ignoring(IGNORED))
                .epochs(3)
                .batchSize(6)
                .shards(2);
        Run whole = trainer.threads(1).fit(tagged(), tagged());
        TrainingState[] state = new TrainingState[1];
        trainer.threads(threads)
                .callback(control -> event -> {
                    if (control.steps() == 5 && state[0] == null) control.pause("for the test");
                    if (event instanceof TrainingEvent.Ended) state[0] = control.state();
                })
                .fit(tagged(), tagged());
        Run resumed = trainer.threads(threads).resume(state[0]).fit(tagged(), tagged());
        assertThat(resumed.model()).isEqualTo(whole.model());
        assertThat(resumed.history().last().loss())
                .isEqualTo(whole.history().last().loss());
    }

    @Test
    void aMeanOverShardsIsTheMeanOverTheBatch() {
        Trainer trainer = trainer(tagger(Shape.of(STEPS, 4)), crossEntropy().ignoring(IGNORED));
        Run whole = trainer.batchSize(8).fit(tagged());
        Run cut = trainer.batchSize(4).accumulate(2).fit(tagged());
        assertThat(cut.history().last().loss())
                .isCloseTo(whole.history().last().loss(), org.assertj.core.data.Offset.offset(1e-6));
        float[] a = whole.model().parameters().toArray();
        float[] b = cut.model().parameters().toArray();
        for (int i = 0; i < a.length; i++) assertThat(b[i]).isCloseTo(a[i], org.assertj.core.data.Offset.offset(1e-5f));
    }

    @Test
    void metricsMeasurePositionsWithTheirWeights() {
        float[] flat = new float[ROWS * STEPS];
        float[][] weights = new float[ROWS][STEPS];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = i % 3;
            weights[i / STEPS][i % STEPS] = i % 3;
        }
        Dataset rows = Dataset.of(POSITIONS.toRows(), FLAT, NAMES, IGNORED).withWeights(flat);
        Dataset positions = tagged().withWeights(weights);
        Loss loss = crossEntropy().ignoring(IGNORED);
        Evaluation expected = Evaluation.of(tagger(Shape.of(4)), rows, loss, logLoss(), topK(2));
        Evaluation found = Evaluation.of(tagger(Shape.of(STEPS, 4)), positions, loss, logLoss(), topK(2));
        assertThat(found.metrics()).isEqualTo(expected.metrics());
        assertThat(found.loss()).isEqualTo(expected.loss());
        assertThat(found.rows()).isEqualTo(ROWS);
        Dataset ofRows = tagged().withWeights(new float[ROWS]);
        assertThat(Evaluation.of(tagger(Shape.of(STEPS, 4)), ofRows, loss).loss())
                .isZero();
    }

    @Test
    void oneOutputMayBeOfPositionsAndAnotherOfRows() {
        Graph graph = Graph.of(1, in -> {
            var states = in.getFirst().then(gru(5).withSequences());
            return List.of(states.then(dense(3)), in.getFirst().then(gru(4)).then(dense(1, SIGMOID)));
        });
        Model model = Model.of(List.of(Shape.of(Shape.OPEN, 4)), graph);
        int[] kinds = new int[ROWS];
        for (int row = 0; row < ROWS; row++) kinds[row] = row % 2;
        Dataset both = Dataset.joint(tagged(), Dataset.of(SEQUENCES, kinds));
        Run run = trainer(model, joint(crossEntropy().ignoring(IGNORED), crossEntropy()))
                .epochs(3)
                .fit(both, both);
        assertThat(run.history().last().losses().getFirst())
                .isLessThan(run.history().epochs().getFirst().losses().getFirst());
        assertThat(run.history().last().losses().get(1))
                .isLessThan(run.history().epochs().getFirst().losses().get(1));
    }

    @Test
    void aLearnerTakesLabelsOfPositions() {
        Model model = Model.of(Shape.of(STEPS, 4), dense(3)).initialize(1);
        var batch = new Batch(SEQUENCES, Targets.view(FLAT, Shape.of(ROWS, STEPS)));
        Loss loss = crossEntropy().ignoring(IGNORED);
        Trainer trainer = Trainer.of(model).loss(loss);
        try (Learner learner = trainer.learner();
                TrainingSession session = trainer.begin(batch)) {
            learner.forward(batch);
            double found = learner.addLoss(loss, batch);
            learner.backward();
            learner.step();
            assertThat(found).isEqualTo(session.step(batch));
            assertThat(learner.model().parameters().toArray())
                    .isEqualTo(session.model().parameters().toArray());
        }
    }

    @Test
    void anUntrainedTaggerHasTheLossOfEvenOdds() {
        Dataset all = Dataset.of(
                inputs(),
                Arrays.stream(LABELS)
                        .map(row -> Arrays.stream(row)
                                .map(label -> Math.max(0, label))
                                .toArray())
                        .toArray(int[][]::new),
                NAMES);
        FirstLoss check = FirstLoss.of(Trainer.of(tagger(Shape.of(STEPS, 4))).loss(crossEntropy()), all);
        assertThat(check.expected()).isCloseTo(Math.log(3), org.assertj.core.data.Offset.offset(1e-6));
        assertThat(check.frequencies()).isLessThan(check.expected());
    }

    // ----------------------------------------------------------------------------------------------------------- data

    @Test
    void dataWithLabelsOfPositionsIsSplitHashedAndRelabeled() {
        Dataset data = tagged();
        assertThat(data.targetShape()).isEqualTo(Shape.of(STEPS));
        assertThat(data.hasLabelPerRow()).isFalse();
        assertThatThrownBy(() -> data.label(0)).hasMessageContaining("readLabels");
        DataSplit split = DataSplit.of(data, 0.25, 1);
        assertThat(split.train().size() + split.test().size()).isEqualTo(ROWS);
        assertThat(DataSplit.kFold(data, 3, 1)).hasSize(3);

        int[][] other = Arrays.stream(LABELS).map(int[]::clone).toArray(int[][]::new);
        String hash = DataHash.sha256(data);
        assertThat(DataHash.sha256(Dataset.of(inputs(), other, NAMES, IGNORED))).isEqualTo(hash);
        other[20][4] = other[20][4] == 0 ? 1 : 0;
        assertThat(DataHash.sha256(Dataset.of(inputs(), other, NAMES, IGNORED))).isNotEqualTo(hash);

        Dataset renamed = data.withClasses(List.of("c", "b", "a"));
        int[] found = new int[STEPS];
        renamed.readLabels(3, found, 0);
        for (int t = 0; t < STEPS; t++) {
            assertThat(found[t]).isEqualTo(LABELS[3][t] < 0 ? IGNORED : 2 - LABELS[3][t]);
        }
        float[] weights = ClassWeights.balanced(data);
        long counted = Arrays.stream(FLAT).filter(label -> label >= 0).count();
        long ones = Arrays.stream(FLAT).filter(label -> label == 1).count();
        assertThat(weights[1]).isEqualTo((float) counted / 3 / ones);
    }

    @Test
    void whatNeedsOneLabelARowRefusesLabelsOfPositions() {
        assertThatThrownBy(() -> tagged().balanced(1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a label for each position");
        assertThatThrownBy(
                        () -> trainer(tagger(Shape.of(STEPS, 4)), crossEntropy().ignoring(IGNORED))
                                .augment(Augmentations.of(Augmentations.mixup()))
                                .fit(tagged()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a label for each position");
    }

    @Test
    void targetsThatDoNotFitAreRefusedBeforeTraining() {
        Loss loss = crossEntropy().ignoring(IGNORED);
        Trainer open = trainer(Model.of(Shape.of(Shape.OPEN, 4), gru(5).withSequences(), dense(3)), loss);
        int[] one = new int[ROWS];
        one[0] = 2;
        assertThatThrownBy(() -> open.fit(Dataset.of(SEQUENCES, one)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("for each position of outputs [?×3], got one label a row")
                .hasMessageContaining("let a sequence layer return its last step");
        assertThatThrownBy(() ->
                        trainer(Model.of(Shape.of(Shape.OPEN, 4), gru(3)), loss).fit(tagged()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("one label a row, as the output is [3], got labels [5]")
                .hasMessageContaining("withSequences()");
        assertThatThrownBy(() -> Model.of(tagged(), gru(8)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("one label a row, as the output is [8], got labels [5]")
                .hasMessageContaining("withSequences()");
        assertThatThrownBy(() -> open.loss(crossEntropy()).fit(tagged()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("position")
                .hasMessageContaining("from 0 to 2, got -1");
        var four = new Batch(SEQUENCES, Targets.view(FLAT, Shape.of(ROWS, 4)));
        try (TrainingSession session = open.begin(four)) {
            assertThatThrownBy(() -> session.step(four))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("one for each position of outputs [21×5×3], got 4 a row");
        }
        var weights = Tensor.zeros(Shape.of(ROWS, STEPS));
        var perRow = new Batch(SEQUENCES, Targets.labels(one), weights);
        try (TrainingSession session =
                Trainer.of(Model.of(Shape.of(Shape.OPEN, 4), gru(3))).loss(loss).begin(perRow)) {
            assertThatThrownBy(() -> session.step(perRow))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("a weight for each row");
        }
    }

    @Test
    void badLabelsAndWeightsAreRefusedByTheDataSet() {
        assertThatThrownBy(() -> Dataset.of(inputs(), LABELS, NAMES))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("from 0 to 2, got -1");
        int[][] ragged = Arrays.stream(LABELS).map(int[]::clone).toArray(int[][]::new);
        ragged[2] = new int[4];
        assertThatThrownBy(() -> Dataset.of(inputs(), ragged, NAMES, IGNORED))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("labels, row 2: expects 5, as many as in row 0, got 4");
        assertThatThrownBy(() -> tagged().withWeights(new float[ROWS][4]))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("weights, row 0: expects 5 weights, got 4");
        assertThatThrownBy(() -> inputs().withWeights(new float[ROWS][1]))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("one target a row");
        assertThatThrownBy(() -> Targets.labels(new int[][] {{1, 2}, {}}))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("row 1");
    }
}
