package dev.neurite.train;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.meanOfPositions;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.stacked;
import static dev.neurite.layer.Layers.transformerBlock;
import static dev.neurite.optim.Optimizers.adam;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.neurite.BothEngines;
import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.data.ShardedOrder;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Shape;
import dev.neurite.train.shard.ShardLosses;
import dev.neurite.train.shard.ShardNode;
import dev.neurite.train.shard.ShardSums;
import dev.neurite.train.shard.ShardedStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@BothEngines
class ShardedStepTest {
    private static final int CLASSES = 3;

    private static Model mlp() {
        return Model.of(features(12), dense(9, RELU), dropout(0.4), dense(CLASSES, SOFTMAX))
                .initialize(3);
    }

    private static Model cnn() {
        return Model.of(
                        image(1, 4, 3),
                        conv2d(4, 3),
                        batchNorm(),
                        relu(),
                        dropout(0.2),
                        flatten(),
                        dense(CLASSES, SOFTMAX))
                .initialize(5);
    }

    /// Takes sequences of different lengths.
    private static Model recurrent() {
        return Model.of(
                        Shape.of(Shape.OPEN),
                        embedding(12, 6),
                        stacked(2, bidirectional(lstm(5))).withSequences().withDropout(0.2),
                        gru(7),
                        dense(CLASSES, SOFTMAX))
                .initialize(6);
    }

    /// Takes sequences of different lengths.
    private static Model encoder() {
        return Model.of(
                        Shape.of(Shape.OPEN),
                        embedding(12, 8),
                        positionEmbedding(9),
                        transformerBlock(selfAttention(2).withDropout(0.1), 11).withDropout(0.2),
                        meanOfPositions(),
                        dense(CLASSES, SOFTMAX))
                .initialize(7);
    }

    private static Model model(String name) {
        return switch (name) {
            case "mlp" -> mlp();
            case "cnn" -> cnn();
            case "recurrent" -> recurrent();
            default -> encoder();
        };
    }

    private static Dataset data(Model model, int rows) {
        return model.network().inputs().getFirst().isKnown() ? ofFeatures(model, rows) : sequences(rows);
    }

    private static Dataset sequences(int rows) {
        var random = new KeyedRandom(19, rows);
        int[][] ids = new int[rows][];
        float[] weights = new float[rows];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            ids[row] = new int[1 + random.below(9)];
            for (int t = 0; t < ids[row].length; t++) ids[row][t] = random.below(12);
            weights[row] = 0.1f + random.below(1000) / 700f;
            labels[row] = ids[row][0] % CLASSES;
        }
        return Dataset.of(Sequences.ofTokens(ids), labels, List.of("a", "b", "c"))
                .withWeights(weights);
    }

    private static Dataset ofFeatures(Model model, int rows) {
        var random = new KeyedRandom(17, rows);
        float[][] inputs = new float[rows][12];
        float[] weights = new float[rows];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = random.below(CLASSES);
            weights[row] = 0.1f + random.below(1000) / 700f;
            for (int i = 0; i < 12; i++) inputs[row][i] = (float) (random.nextGaussian() + labels[row] * (i % 3));
        }
        return Dataset.of(inputs, labels)
                .withInputShape(model.network().inputs().getFirst())
                .withWeights(weights);
    }

    private static Trainer trainer(Model model, int shards) {
        return Trainer.of(model)
                .optimizer(adam(0.01))
                .schedule(Schedules.cosine())
                .clip(Clip.globalNorm(1))
                .average(Averaging.ema(0.9))
                .shards(shards)
                .threads(1)
                .seed(23);
    }

    private static void assertSame(Model found, Model expected) {
        assertThat(found.parameters().toArray())
                .containsExactly(expected.parameters().toArray());
        assertThat(found.statistics().toArray())
                .containsExactly(expected.statistics().toArray());
    }

    // ------------------------------------------------------------------------------------------------- a small cluster

    /// Sessions that compute some shards each.
    private static final class Workers implements AutoCloseable {
        private final List<TrainingSession> sessions;
        private final List<ShardedStep> steps;
        private final int shards;

        Workers(Trainer trainer, int workers, Batch like, long length) {
            sessions = IntStream.range(0, workers)
                    .mapToObj(_ -> trainer.begin(like, length))
                    .toList();
            steps = sessions.stream().map(TrainingSession::sharded).toList();
            shards = steps.getFirst().shards();
        }

        private int first(int worker) {
            return worker * shards / sessions.size();
        }

        /// @param rows the rows of a shard
        /// @param place the place of the first of them
        double step(IntFunction<Batch> rows, IntFunction<Integer> place) {
            ShardLosses[] weights = new ShardLosses[shards];
            ShardLosses[] losses = new ShardLosses[shards];
            Map<ShardNode, ShardSums> nodes = new HashMap<>();
            each((worker, step) -> {
                for (int shard = first(worker); shard < first(worker + 1); shard++)
                    weights[shard] = step.weigh(rows.apply(shard));
            });
            each((_, step) -> step.begin(List.of(weights)));
            each((worker, step) -> {
                for (ShardNode node : ShardNode.root(shards).within(first(worker), first(worker + 1))) {
                    nodes.put(node, sums(node, step, rows, place, losses));
                }
            });
            List<Double> mean = new ArrayList<>();
            each((_, step) -> {
                Map<ShardNode, ShardSums> copies = new HashMap<>();
                nodes.forEach((node, sums) -> copies.put(node, copy(sums, step)));
                mean.add(step.apply(joined(ShardNode.root(shards), step, copies), List.of(losses)));
            });
            assertThat(mean).containsOnly(mean.getFirst());
            return mean.getFirst();
        }

        private interface Call {
            void run(int worker, ShardedStep step);
        }

        private void each(Call call) {
            for (int worker = 0; worker < steps.size(); worker++) call.run(worker, steps.get(worker));
        }

        private static ShardSums sums(
                ShardNode node,
                ShardedStep step,
                IntFunction<Batch> rows,
                IntFunction<Integer> place,
                ShardLosses[] losses) {
            ShardSums sums = step.newSums();
            if (node.isShard()) {
                losses[node.first()] = step.compute(rows.apply(node.first()), place.apply(node.first()), sums);
                return sums;
            }
            sums = sums(node.left(), step, rows, place, losses);
            step.add(sums, sums(node.right(), step, rows, place, losses));
            return sums;
        }

        private static ShardSums joined(ShardNode node, ShardedStep step, Map<ShardNode, ShardSums> known) {
            ShardSums there = known.get(node);
            if (there != null) return there;
            ShardSums sums = joined(node.left(), step, known);
            step.add(sums, joined(node.right(), step, known));
            return sums;
        }

        private static ShardSums copy(ShardSums of, ShardedStep step) {
            ShardSums copy = step.newSums();
            System.arraycopy(of.values(), 0, copy.values(), 0, of.values().length);
            System.arraycopy(of.requests(), 0, copy.requests(), 0, of.requests().length);
            return copy;
        }

        @Override
        public void close() {
            sessions.forEach(TrainingSession::close);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mlp, 1, 1",
        "mlp, 4, 2",
        "mlp, 5, 3",
        "mlp, 8, 4",
        "cnn, 2, 2",
        "cnn, 6, 3",
        "cnn, 7, 4",
        "recurrent, 4, 2",
        "recurrent, 7, 3",
        "encoder, 4, 2",
        "encoder, 7, 3"
    })
    void workersHaveTheParametersOfOneSessionBitForBit(String name, int shards, int workers) {
        Model model = model(name);
        Trainer trainer = trainer(model, shards);
        Batches batches = new Batches(data(model, 130), 48);
        try (TrainingSession one = trainer.begin(batches.batch(0), 6);
                Workers many = new Workers(trainer, workers, batches.batch(0), 6)) {
            for (int i = 0; i < 2 * batches.count(); i++) {
                Batch batch = batches.batch(i % batches.count()); // 48, 48, 34 rows
                IntFunction<Integer> first = shard -> batch.rows() * shard / shards;
                double loss = many.step(shard -> batch.rows(first.apply(shard), first.apply(shard + 1)), first);
                assertThat(loss).isEqualTo(one.step(batch));
            }
            for (TrainingSession each : many.sessions) {
                assertSame(each.model(), one.model());
                assertSame(each.last(), one.last());
                assertThat(each.accuracy()).isEqualTo(one.accuracy());
                assertThat(each.steps()).isEqualTo(6);
            }
            assertThat(one.last().parameters()).isNotEqualTo(model.parameters());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "cnn"})
    void whatIsSaidToBeFinalHasTheSumsOfTheEnd(String name) {
        Model model = model(name);
        Batch batch = new Batches(data(model, 30), 30).batch(0);
        try (TrainingSession session = trainer(model, 1).begin(batch, 6)) {
            ShardedStep step = session.sharded();
            step.begin(List.of(step.weigh(batch)));
            ShardSums sums = step.newSums();
            List<Integer> from = new ArrayList<>();
            List<float[]> then = new ArrayList<>();
            step.compute(batch, 0, sums, index -> {
                from.add(index);
                then.add(sums.values().clone());
            });
            assertThat(from).hasSize(name.equals("mlp") ? 2 : 3).endsWith(0); // once for each layer with parameters
            for (int i = 0; i < from.size(); i++) {
                int length = sums.values().length;
                assertThat(Arrays.copyOfRange(then.get(i), from.get(i), length))
                        .containsExactly(Arrays.copyOfRange(sums.values(), from.get(i), length));
            }
            ShardSums expected = step.newSums();
            step.compute(batch, 0, expected);
            assertThat(sums.values()).containsExactly(expected.values());
            step.compute(batch.rows(0, 0), 0, sums, _ -> fail("a shard without rows has nothing to tell"));
            assertThat(sums.values()).containsOnly(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mlp, 4, 2, 101",
        "mlp, 4, 3, 98",
        "mlp, 8, 4, 3",
        "cnn, 4, 2, 104",
        "cnn, 6, 3, 120",
        "recurrent, 4, 2, 101",
        "encoder, 6, 3, 98"
    })
    void workersThatKnowOnlyTheirRowsTrainWhatTheTrainerTrains(String name, int shards, int workers, int rows) {
        Model model = model(name);
        int size = 4 * shards;
        Dataset all = data(model, rows);
        Trainer trainer =
                trainer(model, shards).rowsByShard(true).batchSize(size).epochs(3);
        Model expected = trainer.fit(all).model();
        var order = new ShardedOrder(rows, shards, size);
        List<Dataset> own = IntStream.range(0, shards)
                .mapToObj(shard -> all.rows(IntStream.range(0, order.rowsOf(shard))
                        .map(i -> i * shards + shard)
                        .toArray()))
                .toList();
        try (Workers many = new Workers(trainer, workers, Batch.of(all), 3L * order.batches())) {
            for (int epoch = 1; epoch <= 3; epoch++) {
                List<Batches> parts = IntStream.range(0, shards)
                        .mapToObj(shard -> many.steps.getFirst().batches(own.get(shard), rows, shard))
                        .toList();
                for (int batch = 0; batch < order.batches(); batch++) {
                    int number = batch;
                    many.step(shard -> parts.get(shard).batch(number), shard -> shard * order.rowsPerShard());
                }
                many.sessions.forEach(TrainingSession::endEpoch);
            }
            for (TrainingSession each : many.sessions) assertSame(each.model(), expected);
        }
    }

    @Test
    void rowsThatBelongToShardsHaveOtherBatchesAndTheSameOnesAfterAPause() {
        Model model = mlp();
        Dataset all = data(model, 90);
        Trainer trainer = trainer(model, 4).rowsByShard(true).batchSize(16).epochs(3);
        Model expected = trainer.fit(all).model();
        assertThat(expected).isNotEqualTo(trainer.rowsByShard(false).fit(all).model());
        assertThat(expected).isNotEqualTo(trainer.shuffle(false).fit(all).model());
        AtomicReference<TrainingState> state = new AtomicReference<>();
        trainer.callback(training -> event -> {
                    if (training.steps() == 9) training.pause("enough"); // in the second epoch
                })
                .callback(training -> new Callback.Observer() {
                    @Override
                    public void on(TrainingEvent event) {
                        // see afterEvents
                    }

                    @Override
                    public void afterEvents() {
                        if (training.steps() == 9 && state.get() == null) state.set(training.state());
                    }
                })
                .fit(all);
        assertSame(trainer.resume(state.get()).fit(all).model(), expected);
        assertThatThrownBy(() -> trainer.rowsByShard(false).resume(state.get()).fit(all))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rows by shard");
    }

    @Test
    void aShardThatDivergesIsRefusedByAllWorkersAndChangesNothing() {
        Model model = cnn();
        Dataset all = data(model, 32);
        Batch batch = Batch.of(all);
        try (Workers many = new Workers(trainer(model, 4), 2, batch, 9)) {
            IntFunction<Integer> first = shard -> 8 * shard;
            many.step(shard -> batch.rows(8 * shard, 8 * shard + 8), first);
            Model before = many.sessions.getFirst().last();
            Batch broken = batch.copy();
            broken.input().array()[broken.input().offset() + 20 * 12] = Float.NaN;
            assertThatThrownBy(() -> many.step(shard -> broken.rows(8 * shard, 8 * shard + 8), first))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("step 2");
            for (TrainingSession each : many.sessions) assertSame(each.last(), before);
            many.step(shard -> batch.rows(8 * shard, 8 * shard + 8), first);
            assertThat(many.sessions.getFirst().steps()).isEqualTo(2);
        }
    }

    @Test
    void callsOutOfOrderAndOfAnotherNumberOfShardsAreRefused() {
        Model model = mlp();
        Batch batch = Batch.of(data(model, 8));
        try (TrainingSession session = trainer(model, 2).begin(batch)) {
            ShardedStep step = session.sharded();
            ShardSums sums = step.newSums();
            assertThatThrownBy(() -> step.compute(batch, 0, sums))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("begin(…) before compute(…)");
            assertThatThrownBy(() -> step.apply(sums, List.of()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("begin(…) before apply(…)");
            ShardLosses weights = step.weigh(batch);
            assertThatThrownBy(() -> step.begin(List.of(weights)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("2 shards, got 1");
            step.begin(List.of(weights, weights));
            assertThatThrownBy(() -> step.compute(batch, -1, sums)).isInstanceOf(ShapeException.class);
            ShardLosses losses = step.compute(batch, 0, sums);
            assertThatThrownBy(() -> step.apply(sums, List.of(losses))).isInstanceOf(ShapeException.class);
            var other = new ShardLosses(List.of(1.0, 2.0), List.of(1.0, 2.0), 0, 0);
            assertThatThrownBy(() -> step.apply(sums, List.of(losses, other)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("1 outputs, got 2");
        }
    }

    @Test
    void augmentationsThatMixRowsOfShardsAreRefused() {
        Model model = mlp();
        Dataset rows = Dataset.of(
                new float[16][12], IntStream.range(0, 16).map(i -> i % CLASSES).toArray());
        assertThatThrownBy(() -> trainer(model, 2)
                        .rowsByShard(true)
                        .batchSize(8)
                        .augment(Augmentations.of(Augmentations.mixup()))
                        .fit(rows))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rows belong to shards");
        assertThatThrownBy(
                        () -> trainer(model, 3).rowsByShard(true).batchSize(8).fit(rows))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("multiple of the 3 shards");
    }
}
