package dev.neurite.train;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.DataHash;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.data.Sequences;
import dev.neurite.data.ShardedOrder;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets.Labels;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.RowSource;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Trainings on rows of different lengths, and on several inputs.
@BothEngines
class SequenceTrainingTest {
    private static final int ROWS = 61;
    private static final int PADDING = 9;
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int[][] IDS = new int[ROWS][];
    private static final int[][] TAGS = new int[ROWS][];
    private static final int[] KINDS = new int[ROWS];
    private static final float[][] TABLE = new float[ROWS][2];

    static {
        var random = new KeyedRandom(4);
        for (int row = 0; row < ROWS; row++) {
            IDS[row] = new int[1 + random.below(12)];
            TAGS[row] = new int[IDS[row].length];
            for (int t = 0; t < IDS[row].length; t++) {
                IDS[row][t] = 1 + random.below(8);
                TAGS[row][t] = IDS[row][t] % 3;
            }
            KINDS[row] = IDS[row][0] % 3;
            TABLE[row][0] = (float) random.nextGaussian();
            TABLE[row][1] = (float) random.nextGaussian();
        }
    }

    private static Sequences tokens() {
        return Sequences.ofTokens(IDS).withPadding(PADDING);
    }

    private static Dataset tagged() {
        return Dataset.of(tokens(), TAGS, NAMES);
    }

    private static Model tagger() {
        return Model.of(Shape.of(Shape.OPEN), embedding(10, 4), gru(5).withSequences(), dense(3));
    }

    private static Dataset two() {
        return Dataset.of(RowSource.joint(tokens(), Dataset.of(TABLE)), Dataset.of(TABLE, KINDS, NAMES));
    }

    private static Model ofTwo() {
        Graph graph = Graph.of(2, in -> {
            var text = in.get(0).then(embedding(10, 4)).then(gru(5));
            return List.of(text.join(concat(), in.get(1)).then(dense(3)));
        });
        return Model.of(List.of(Shape.of(Shape.OPEN), Shape.of(2)), graph);
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model).loss(crossEntropy()).epochs(2).batchSize(8).seed(3);
    }

    // -------------------------------------------------------------------------------------------------------- batches

    @Test
    void aBatchIsPaddedToItsLongestRowAndKnowsTheLengths() {
        var batches = new Batches(tagged(), 7);
        for (int i = 0; i < batches.count(); i++) {
            Batch batch = batches.batch(i);
            int longest = 0;
            for (int row = 0; row < batch.rows(); row++) longest = Math.max(longest, IDS[7 * i + row].length);
            assertThat(batch.input().shape()).isEqualTo(Shape.of(batch.rows(), longest));
            Labels labels = (Labels) batch.targets();
            assertThat(labels.shape()).isEqualTo(Shape.of(batch.rows(), longest));
            assertThat(labels.lengths()).isEqualTo(batch.input().lengths());
            for (int row = 0; row < batch.rows(); row++) {
                int[] ids = IDS[7 * i + row];
                if (batch.input().lengths().size() > 0) {
                    assertThat(batch.input().lengths().get(row)).isEqualTo(ids.length);
                }
                for (int t = 0; t < longest; t++) {
                    assertThat(batch.input().get(row, t)).isEqualTo(t < ids.length ? ids[t] : PADDING);
                    int tag = t < ids.length ? TAGS[7 * i + row][t] : 0;
                    assertThat(labels.label(row * longest + t)).isEqualTo(tag);
                }
            }
            Batch copy = batch.copy();
            assertThat(copy.input().lengths()).isEqualTo(batch.input().lengths());
            assertThat(copy.targets().lengths()).isEqualTo(batch.targets().lengths());
        }
    }

    @Test
    void valuesAndWeightsOfPositionsArePaddedToo() {
        float[][][] values = new float[ROWS][][];
        float[][] weights = new float[ROWS][];
        float[] flat = new float[ROWS];
        for (int row = 0; row < ROWS; row++) {
            values[row] = new float[IDS[row].length][2];
            weights[row] = new float[IDS[row].length];
            for (int t = 0; t < IDS[row].length; t++) {
                values[row][t] = new float[] {IDS[row][t] / 8f, t / 12f};
                weights[row][t] = 2;
            }
            flat[row] = 2;
        }
        Dataset data = Dataset.of(tokens(), values);
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(10, 4), gru(5).withSequences(), dense(2));
        Trainer trainer = trainer(model).loss(meanSquaredError());
        Run ofPositions = trainer.fit(data.withWeights(weights), data.withWeights(weights));
        Run ofRows = trainer.fit(data.withWeights(flat), data.withWeights(flat));
        assertThat(ofPositions.model()).isEqualTo(ofRows.model());
        assertThat(ofPositions.history().last().loss())
                .isEqualTo(ofRows.history().last().loss());
        var scaler = TargetScaler.of(data);
        float[] row = new float[24];
        double sum = 0;
        int count = 0;
        for (int i = 0; i < ROWS; i++) {
            scaler.apply(data).readTarget(i, row, 0);
            for (int t = 0; t < IDS[i].length; t++) sum += row[2 * t + 1];
            count += IDS[i].length;
        }
        assertThat(sum / count).isCloseTo(0, org.assertj.core.data.Offset.offset(1e-5));
    }

    @Test
    void groupedBatchesHaveAllRowsAndLessPadding() {
        var plain = new Batches(tagged(), 8);
        var grouped = new Batches(tagged(), 8);
        grouped.groupByLength(4);
        plain.shuffle(1, 2);
        grouped.shuffle(1, 2);
        assertThat(padded(grouped)).isLessThan((int) (0.8 * padded(plain)));
        assertThat(rowsOf(grouped)).hasSize(ROWS).isEqualTo(rowsOf(plain));
        List<String> first = texts(grouped);
        grouped.shuffle(1, 3);
        assertThat(texts(grouped)).isNotEqualTo(first);
        grouped.shuffle(1, 2);
        assertThat(texts(grouped)).isEqualTo(first);
        assertThat(grouped.batch(grouped.count() - 1).rows()).isEqualTo(ROWS % 8);
        grouped.groupByLength(1);
        grouped.shuffle(1, 2);
        plain.shuffle(1, 2);
        assertThat(texts(grouped)).isEqualTo(texts(plain));
        assertThatThrownBy(() -> new Batches(Dataset.of(TABLE, KINDS), 8).groupByLength(4))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rows of one length");
    }

    private static int padded(Batches batches) {
        int values = 0;
        for (int i = 0; i < batches.count(); i++)
            values += batches.batch(i).input().size();
        return values - Arrays.stream(IDS).mapToInt(row -> row.length).sum();
    }

    private static List<String> texts(Batches batches) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < batches.count(); i++) {
            texts.add(Arrays.deepToString(batches.batch(i).input().toRows()));
        }
        return texts;
    }

    /// The rows of all batches, with how often each occurs.
    private static Set<String> rowsOf(Batches batches) {
        Set<String> rows = new HashSet<>();
        for (int i = 0; i < batches.count(); i++) {
            Tensor x = batches.batch(i).input();
            for (int row = 0; row < x.rows(); row++) {
                int length = x.lengths().size() == 0
                        ? x.shape().extent(1)
                        : (int) x.lengths().get(row);
                String text = Arrays.toString(Arrays.copyOf(x.toRows()[row], length));
                for (int n = 0; !rows.add(text + " " + n); n++) {}
            }
        }
        return rows;
    }

    @Test
    void aShardKnowsItsPartOfGroupedBatches() {
        Dataset all = tagged();
        Batches whole = Batches.byShard(all, 6, Augmentations.NONE, false, 3);
        whole.groupByLength(3);
        whole.shuffle(5, 2);
        var order = new ShardedOrder(ROWS, 3, 6);
        for (int shard = 0; shard < 3; shard++) {
            int of = shard;
            int[] own = java.util.stream.IntStream.range(0, ROWS)
                    .filter(row -> row % 3 == of)
                    .toArray();
            Batches part = Batches.ofShard(all.rows(own), order, shard, Augmentations.NONE, false);
            part.groupByLength(3);
            part.shuffle(5, 2);
            for (int i = 0; i < whole.count(); i++) {
                Batch expected = whole.batch(i).rows(order.first(i, shard), order.first(i, shard + 1));
                Batch found = part.batch(i);
                assertThat(found.rows()).isEqualTo(expected.rows());
                for (int row = 0; row < found.rows(); row++) {
                    assertThat(found.input().get(row, 0))
                            .isEqualTo(expected.input().get(row, 0));
                }
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------- training

    @ParameterizedTest
    @CsvSource({"1,1,false", "2,1,false", "3,4,false", "7,4,true"})
    void threadsPrefetchingAndAPauseDoNotMatter(int threads, int grouped, boolean byShard) {
        Trainer trainer =
                trainer(tagger()).epochs(3).groupByLength(grouped).shards(2).rowsByShard(byShard);
        Run whole = trainer.threads(1).fit(tagged(), tagged());
        TrainingState[] state = new TrainingState[1];
        trainer.threads(threads)
                .prefetch(2)
                .callback(control -> event -> {
                    if (control.steps() == 11) control.pause("for the test");
                    if (event instanceof TrainingEvent.Ended) state[0] = control.state();
                })
                .fit(tagged(), tagged());
        Run resumed = trainer.threads(threads).resume(state[0]).fit(tagged(), tagged());
        assertThat(resumed.model()).isEqualTo(whole.model());
        Trainer other = trainer.groupByLength(grouped + 1).resume(state[0]);
        assertThatThrownBy(() -> other.fit(tagged(), tagged()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rows grouped by length");
    }

    @Test
    void paddingDoesNotChangeWhatIsPredicted() {
        Model model = tagger().initialize(2);
        Tensor all = model.predict(tokens());
        assertThat(all.shape()).isEqualTo(Shape.of(ROWS, 12, 3));
        for (int row = 0; row < ROWS; row++) {
            assertThat(all.lengths().get(row)).isEqualTo(IDS[row].length);
            float[] ids = new float[IDS[row].length];
            for (int t = 0; t < ids.length; t++) ids[t] = IDS[row][t];
            Tensor one = model.predict(Tensor.of(Shape.of(1, ids.length), ids));
            assertThat(all.rows(row, row + 1).slice(1, 0, ids.length)).isEqualTo(one);
            for (float value : all.rows(row, row + 1).slice(1, ids.length, 12).toArray())
                assertThat(value).isZero();
        }
        assertThat(model.predict(List.of(new Batches(tagged(), ROWS).batch(0).input()))
                        .getFirst())
                .isEqualTo(all);
        assertThat(model.predict(new Batches(tagged(), ROWS).batch(0).input()).lengths())
                .isEqualTo(all.lengths());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void severalInputsTrainEvaluateAndPredict(int threads) {
        Trainer trainer = trainer(ofTwo()).epochs(25).shards(2).optimizer(Optimizers.adam(0.02));
        Run run = trainer.threads(threads).fit(two(), two());
        assertThat(run.model()).isEqualTo(trainer.threads(1).fit(two(), two()).model());
        assertThat(run.accuracy()).isGreaterThan(0.8);
        Tensor predicted = run.model().predict(two());
        Batch all = Batch.of(two());
        assertThat(predicted).isEqualTo(run.model().predict(all.inputs()).getFirst());
        assertThat(Evaluation.of(run.model(), two(), crossEntropy()).loss()).isEqualTo(run.loss());
        try (TrainingSession session = trainer.begin(all);
                Learner learner = trainer.learner()) {
            double loss = session.step(all);
            learner.forward(all);
            assertThat(learner.addLoss(crossEntropy(), all)).isCloseTo(loss, org.assertj.core.data.Offset.offset(1e-6));
        }
        assertThat(run.model().inspect(all.inputs()).layers()).isNotEmpty();
    }

    @Test
    void severalInputsAreSplitHashedAndWeighted() {
        Dataset data = two();
        DataSplit split = DataSplit.of(data, 0.3, 1);
        assertThat(split.test().inputs()).hasSize(2);
        assertThat(split.train().size() + split.test().size()).isEqualTo(ROWS);
        Batch some = Batch.of(data.rows(5, 3));
        assertThat(some.inputs().get(0).get(0, 0)).isEqualTo(IDS[5][0]);
        assertThat(some.inputs().get(1).get(1, 0)).isEqualTo(TABLE[3][0]);
        assertThat(Batch.of(data.withWeights(new float[ROWS]).balanced(1)).isWeighted())
                .isTrue();
        float[][] other = Arrays.stream(TABLE).map(float[]::clone).toArray(float[][]::new);
        String hash = DataHash.sha256(data);
        assertThat(DataHash.sha256(two())).isEqualTo(hash);
        other[60][1]++;
        assertThat(DataHash.sha256(Dataset.of(RowSource.joint(tokens(), Dataset.of(other)), data)))
                .isNotEqualTo(hash);
        assertThat(DataHash.sha256(tagged())).isNotEqualTo(DataHash.sha256(Dataset.of(tokens(), KINDS, NAMES)));
    }

    @Test
    void whatCannotTakeSuchRowsRefusesThem() {
        assertThatThrownBy(() -> two().inputShape())
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("one input here, got 2 inputs");
        assertThatThrownBy(() -> two().withInputShape(Shape.of(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> FeatureStatistics.of(two())).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> FeatureStatistics.of(tagged()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("rows of one length, got rows of [?]");
        assertThatThrownBy(() -> trainer(tagger()).fit(two()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("the model's 1 inputs, got 2");
        assertThatThrownBy(() -> trainer(ofTwo()).fit(tagged()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("the model's 2 inputs, got 1");
        assertThatThrownBy(() -> trainer(Model.of(Shape.of(12), dense(3))).fit(Dataset.of(tokens(), KINDS, NAMES)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("rows of [12], got data of [?]");
        for (Dataset data : List.of(two(), tagged())) {
            assertThatThrownBy(() -> new Batches(data, 4, Augmentations.of(Augmentations.mixup())))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("rows of one input and of one length");
        }
        assertThatThrownBy(() -> trainer(ofTwo()).groupByLength(0)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> RowSource.joint(tokens(), Dataset.of(new float[3][1])))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("same number of rows in each input, 61, got 3");
        assertThatThrownBy(() -> new Batch(
                        List.of(Tensor.zeros(Shape.of(2, 1)), Tensor.zeros(Shape.of(3, 1))),
                        dev.neurite.loss.Targets.labels(0, 1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Batch.of(two()).input()).isInstanceOf(ShapeException.class);
    }

    @Test
    void badSequencesAreRefused() {
        assertThatThrownBy(() -> Sequences.ofTokens(new int[] {1}, new int[0]))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1: expects at least one step");
        assertThatThrownBy(() -> Sequences.ofTokens(new int[] {1, -1}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 0, step 1: expects an id from 0");
        assertThatThrownBy(() -> Sequences.ofTokens()).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Sequences.of(new float[][] {{1, 2}}, new float[][] {{1}}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects 2 values, got 1");
        assertThatThrownBy(() -> Sequences.of(new float[][] {{Float.NaN}})).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> tokens().withPadding(0.5f)).isInstanceOf(DataException.class);
        int[][] fewer = TAGS.clone();
        fewer[4] = new int[IDS[4].length + 1];
        assertThatThrownBy(() -> Dataset.of(tokens(), fewer, NAMES))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("labels, row 4: expects " + IDS[4].length + ", one for each step");
        assertThatThrownBy(() -> Dataset.of(tokens(), new int[3], NAMES)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Dataset.of(tokens(), new float[ROWS][0])).isInstanceOf(DataException.class);
    }

    // --------------------------------------------------------------------------------------------------------- memory

    @Test
    void memoryIsThatOfTheLongestRow() {
        Trainer trainer = trainer(tagger());
        Memory memory = trainer.memory(tagged(), tagged());
        Network network = tagger().network();
        List<Shape> longest = List.of(Shape.of(12));
        assertThat(memory.activations())
                .isEqualTo(network.footprint(Mode.TRAIN, longest).bytes(8));
        assertThat(Memory.of(network, longest, 8, Optimizers.adam(1e-3)).activations())
                .isEqualTo(memory.activations());
        assertThat(trainer.memory(tagged().rows(0)).activations()).isLessThan(memory.activations());
        for (int steps : new int[] {1, 12, 40}) {
            List<Shape> in = List.of(Shape.of(steps));
            try (Kernels kernels = Kernels.create(1)) {
                Executor executor = network.executor(kernels, new float[network.size()], new float[network.size()]);
                executor.forward(Mode.TRAIN, Tensor.zeros(Shape.of(8, steps)));
                executor.outputGradient(0);
                executor.backward();
                assertThat(network.footprint(Mode.TRAIN, in).floats(8)).isEqualTo(executor.bufferFloats());
            }
        }
        assertThat(Memory.ofPrediction(network, longest, 4, 2).total()).isPositive();
        assertThatThrownBy(() -> network.footprint(Mode.TRAIN)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> network.footprint(Mode.TRAIN, List.of(Shape.of(3, 4))))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void aLayerThatMixesStepsRefusesPaddedRows() {
        Model model = Model.of(Shape.of(Shape.OPEN, 2), dense(3), gru(4).withSequences(), dense(3));
        Dataset data = Dataset.of(
                Sequences.of(new float[][] {{1, 2}}, new float[][] {{1, 2}, {3, 4}}), new int[][] {{0}, {1, 2}}, NAMES);
        assertThat(trainer(model).fit(data).history().last().loss()).isPositive();
        Model flat = Model.of(Shape.of(2), flatten(), dense(3));
        assertThatThrownBy(() -> trainer(flat).fit(data)).isInstanceOf(ShapeException.class);
    }
}
