package dev.neurite.io;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.recomputed;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.stacked;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Lora;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Quantization;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Callback;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A training that is broken off after any step and goes on from a checkpoint gives what the unbroken
/// one gives, to the bit.
class ResumeTest {
    @TempDir
    private Path directory;

    private static Dataset clusters(int rows, long seed) {
        var random = new KeyedRandom(seed);
        float[][] inputs = new float[rows][6];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 6; j++) inputs[i][j] = (float) (random.nextGaussian() + (j % 3 == labels[i] ? 1 : 0));
        }
        return Dataset.of(inputs, labels);
    }

    private static Dataset images(int rows, long seed) {
        return new dev.neurite.data.DerivedDataset() {
            private final Dataset flat = wide(rows, seed);

            @Override
            public Dataset source() {
                return flat;
            }
        }.withInputShape(Shape.of(1, 6, 6));
    }

    private static Dataset wide(int rows, long seed) {
        var random = new KeyedRandom(seed);
        float[][] inputs = new float[rows][36];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 36; j++) inputs[i][j] = (float) random.nextGaussian() + (j % 3 == labels[i] ? 1 : 0);
        }
        return Dataset.of(inputs, labels);
    }

    private static Dataset texts(int rows, long seed) {
        var random = new KeyedRandom(seed);
        int[][] ids = new int[rows][];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            ids[i] = new int[1 + random.below(9)];
            for (int t = 0; t < ids[i].length; t++) ids[i][t] = random.below(7);
            labels[i] = ids[i][0] % 3;
        }
        return Dataset.of(Sequences.ofTokens(ids), labels, List.of("a", "b", "c"));
    }

    record Case(String name, Trainer trainer, Dataset train, Dataset validation) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Model tables() {
        return Model.of(features(6), dense(8, RELU), dropout(0.3), dense(5, TANH), dense(3, SOFTMAX))
                .initialize(1);
    }

    static Stream<Case> cases() {
        Dataset train = clusters(22, 1);
        Dataset validation = clusters(12, 2);
        Model convolutional = Model.of(
                        image(1, 6, 6), conv2d(4, 3), batchNorm(), flatten(), dropout(0.2), dense(3, SOFTMAX))
                .initialize(2);
        return Stream.of(
                new Case(
                        "everything on images",
                        Trainer.of(convolutional)
                                .optimizer(Optimizers.adamW(1e-2, 0.05))
                                .schedule(Schedules.warmup(3).then(Schedules.cosine()))
                                .augment(Augmentations.of(
                                        Augmentations.flip(), Augmentations.crop(1), Augmentations.mixup()))
                                .average(Averaging.ema(0.9))
                                .clip(Clip.globalNorm(0.5))
                                .prefetch(2)
                                .batchSize(5)
                                .epochs(4)
                                .seed(7)
                                .metrics(Metrics.rocAuc())
                                .callback(new EarlyStopping(2).withMonitor("accuracy")),
                        images(22, 3),
                        images(9, 4)),
                new Case(
                        "plateau, mean of epochs, frozen layers, penalties",
                        Trainer.of(tables())
                                .optimizer(Optimizers.sgd(0.2).withMomentum(0.9))
                                .schedule(Schedules.reduceOnPlateau().withPatience(1))
                                .average(Averaging.swa(3))
                                .group(ParameterGroup.matching("dense1.*").frozenFor(2))
                                .group(ParameterGroup.matching("dense2.*").withPenalty(new Penalty(0, 0.01)))
                                .batchSize(7)
                                .shards(2)
                                .epochs(5)
                                .threads(1),
                        train,
                        validation),
                new Case(
                        "sequences of different lengths, dropout of states",
                        Trainer.of(Model.of(
                                                Shape.of(Shape.OPEN),
                                                embedding(7, 5),
                                                stacked(2, gru(4).withRecurrentDropout(0.3))
                                                        .withDropout(0.2)
                                                        .withSequences(),
                                                bidirectional(lstm(3).withRecurrentDropout(0.4)),
                                                dense(3, SOFTMAX))
                                        .initialize(5))
                                .optimizer(Optimizers.adam(0.02))
                                .groupByLength(2)
                                .batchSize(4)
                                .shards(2)
                                .epochs(3),
                        texts(19, 6),
                        texts(8, 7)),
                new Case(
                        "early stopping that ends it",
                        Trainer.of(tables())
                                .optimizer(Optimizers.adam(0.3))
                                .batchSize(6)
                                .epochs(30)
                                .callback(new EarlyStopping(2).withMinDelta(0.01)),
                        train,
                        validation),
                new Case(
                        "adapters beside weights of fewer bits",
                        Trainer.of(Lora.of(
                                                Model.of(
                                                                features(6),
                                                                dense(40, RELU),
                                                                batchNorm(),
                                                                dense(40, TANH),
                                                                dense(3, SOFTMAX))
                                                        .initialize(8)
                                                        .quantized(Quantization.of(BlockFormat.Q8_0)),
                                                2)
                                        .withDropout(0.2)
                                        .adapted())
                                .optimizer(Optimizers.adamW(0.02, 0.01))
                                .average(Averaging.ema(0.8))
                                .clip(Clip.globalNorm(0.5))
                                .batchSize(5)
                                .shards(2)
                                .epochs(4)
                                .callback(new EarlyStopping(2)),
                        train,
                        validation),
                new Case(
                        "whole minimizations of adapters",
                        Trainer.of(Lora.of(tables(), 2).adapted())
                                .minimizer(new Lbfgs().withHistory(3))
                                .batchSize(8)
                                .epochs(13),
                        train,
                        validation),
                new Case(
                        "whole minimizations",
                        Trainer.of(Model.of(features(6), dense(4, TANH), dense(3, SOFTMAX))
                                        .initialize(3))
                                .minimizer(new Lbfgs().withHistory(3))
                                .batchSize(8)
                                .epochs(9),
                        train,
                        validation));
    }

    /// Writes a checkpoint of every step, and of every epoch's end, to a file of its own.
    private record Everywhere(Path directory, List<Path> files) implements Callback {
        @Override
        public Observer begin(TrainingControl training) {
            return new Observer() {
                private boolean due;

                @Override
                public void on(TrainingEvent event) {
                    due = event instanceof StepEnded
                            || event instanceof EpochEnded
                            || event instanceof TrainingEvent.Started;
                }

                @Override
                public void afterEvents() {
                    if (!due) return;
                    Path file = directory.resolve(files.size() + ".safetensors");
                    new Checkpoint(new ModelFile(training.model(), Map.of()), training.state())
                            .write(file, Catalog.standard());
                    files.add(file);
                }
            };
        }
    }

    private static List<Object> told(Run run) {
        List<Object> all = new ArrayList<>();
        for (EpochResult each : run.history().epochs()) {
            all.addAll(List.of(each.epoch(), each.loss(), each.losses(), each.accuracy()));
            each.validation().ifPresent(e -> all.addAll(List.of(e.loss(), e.accuracy(), e.metrics(), e.rows())));
        }
        all.add(run.stopReason());
        run.minimum().ifPresent(all::add);
        return all;
    }

    private static void assertSame(Run run, Run whole, String where) {
        assertThat(run.model().parameters().toArray())
                .as(where)
                .isEqualTo(whole.model().parameters().toArray());
        assertThat(run.model().statistics().toArray())
                .as(where)
                .isEqualTo(whole.model().statistics().toArray());
        assertThat(run.last().parameters().toArray())
                .as(where)
                .isEqualTo(whole.last().parameters().toArray());
        assertThat(told(run)).as(where).isEqualTo(told(whole));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aTrainingBrokenAfterAnyStepGivesWhatTheUnbrokenOneGives(Case each) {
        List<Path> files = new ArrayList<>();
        Run whole = each.trainer.fit(each.train, each.validation);
        Run noted = each.trainer.callback(new Everywhere(directory, files)).fit(each.train, each.validation);
        assertSame(noted, whole, "writing checkpoints");
        assertThat(files).hasSizeGreaterThan(12);
        for (int k = 0; k < files.size(); k++) {
            Checkpoint checkpoint = Checkpoint.read(files.get(k), Catalog.standard());
            Trainer trainer = each.trainer.threads(k % 2 + 1).prefetch(k % 3);
            Run resumed = trainer.resume(checkpoint.state()).fit(each.train, each.validation);
            assertSame(resumed, whole, "checkpoint " + k);
        }
    }

    private static Stream<Optimizer> optimizers() {
        return Catalog.standard().entries(Optimizer.class).stream()
                .map(entry -> Catalog.standard().read("test", Optimizer.class, entry.name()));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void everyOptimizerRemembersAllThatItNeeds(Optimizer optimizer) {
        Trainer trainer = Trainer.of(tables()).optimizer(optimizer).batchSize(5).epochs(3);
        Dataset train = clusters(20, 5);
        List<Path> files = new ArrayList<>();
        Run whole = trainer.callback(new Everywhere(directory, files)).fit(train);
        Checkpoint checkpoint = Checkpoint.read(files.get(7), Catalog.standard());
        assertSame(trainer.resume(checkpoint.state()).fit(train), whole, optimizer.toString());
    }

    /// The weights beside adapters are not in the state of their training.
    @Test
    void adaptersResumeBesideTheSameModelOnly() {
        Dataset train = clusters(20, 5);
        Trainer trainer = Trainer.of(Lora.of(tables(), 2).adapted()).epochs(3);
        List<Path> files = new ArrayList<>();
        Run whole = trainer.callback(new Everywhere(directory, files)).fit(train);
        Checkpoint checkpoint = Checkpoint.read(files.get(2), Catalog.standard());
        assertThat(checkpoint.state().memory().arrays().get("step.theta"))
                .satisfies(theta -> assertThat(requireNonNull(theta).size()).isEqualTo(2 * (6 + 8 + 8 + 5)));
        Trainer same = Trainer.of(checkpoint.model().model()).epochs(3);
        assertSame(same.resume(checkpoint.state()).fit(train), whole, "the model of the checkpoint");
        Model other = Lora.of(tables().initialize(77), 2).adapted();
        assertThatThrownBy(() ->
                        Trainer.of(other).epochs(3).resume(checkpoint.state()).fit(train))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("frozen parameters");
    }

    @Test
    void aCheckpointIsAModelFileToo() {
        List<Path> files = new ArrayList<>();
        Trainer trainer = Trainer.of(tables()).average(Averaging.ema(0.5)).epochs(2);
        Run run = trainer.callback(new Everywhere(directory, files)).fit(clusters(20, 5));
        Model loaded = ModelFile.load(files.getLast());
        assertThat(loaded.parameters().toArray())
                .isEqualTo(run.model().parameters().toArray())
                .isNotEqualTo(run.last().parameters().toArray());
    }

    /// Wrappers once had names of their own in those of parameters: `frozen1.sequential.dense1.weight`.
    @Test
    void aCheckpointWithTheOldNamesOfWrappedNodesResumes() {
        Graph graph = new Graph(
                1,
                List.of(
                        application("frozen1", frozen(sequential(dense(8, TANH), dense(6))), -1),
                        application("recomputed1", recomputed(sequential(dense(7, RELU), batchNorm())), 0),
                        application("dense1", dense(3, SOFTMAX), 1)),
                List.of(new Graph.Port(2, 0)));
        Trainer trainer = Trainer.of(Model.of(List.of(features(6)), graph).initialize(4))
                .optimizer(Optimizers.adam(0.01))
                .group(ParameterGroup.matching("dense1.*").withRate(0.5))
                .batchSize(5)
                .epochs(3);
        Dataset train = clusters(20, 5);
        List<Path> files = new ArrayList<>();
        Run whole = trainer.callback(new Everywhere(directory, files)).fit(train);

        Safetensors now = Safetensors.read(files.get(7));
        Map<String, Tensor> then = new LinkedHashMap<>();
        now.tensors()
                .forEach((name, tensor) ->
                        then.put(name.replaceFirst("^(frozen1|recomputed1)\\.", "$1.sequential."), tensor));
        assertThat(then)
                .containsKeys("frozen1.sequential.dense2.weight", "recomputed1.sequential.batchNorm1.running_mean");
        Path old = directory.resolve("old");
        new Safetensors(now.metadata(), then).write(old);

        Checkpoint checkpoint = Checkpoint.read(old, Catalog.standard());
        assertThat(checkpoint.model().model()).isEqualTo(ModelFile.load(files.get(7)));
        Run resumed = Trainer.of(checkpoint.model().model())
                .optimizer(Optimizers.adam(0.01))
                .group(ParameterGroup.matching("dense1.*").withRate(0.5))
                .batchSize(5)
                .epochs(3)
                .resume(checkpoint.state())
                .fit(train);
        assertSame(resumed, whole, "old names");
    }

    private static Graph.Application application(String name, Node node, int before) {
        return new Graph.Application(name, node, List.of(new Graph.Port(before, 0)));
    }

    @Test
    void otherSettingsAndDataAreRefusedByName() {
        List<Path> files = new ArrayList<>();
        Dataset train = clusters(20, 5);
        Trainer trainer = Trainer.of(tables()).batchSize(5).epochs(2);
        trainer.callback(new Everywhere(directory, files)).fit(train);
        var state = Checkpoint.read(files.get(3), Catalog.standard()).state();
        assertThatThrownBy(() -> trainer.batchSize(4).seed(3).resume(state).fit(train))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("batch size 5 (now 4)")
                .hasMessageContaining("seed 0 (now 3)");
        assertThatThrownBy(() -> trainer.resume(state).fit(clusters(20, 6)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data ");
        assertThatThrownBy(() ->
                        trainer.callback(new EarlyStopping(1)).resume(state).fit(train, train))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("callbacks [] (now [EarlyStopping[figure=loss, patience=1, minDelta=0.0]])");
        assertThatThrownBy(() -> trainer.dropLast(true).resume(state).fit(train))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("last batch dropped false (now true)");
        Model other = Model.of(features(6), dense(8, RELU), dropout(0.4), dense(5, TANH), dense(3, SOFTMAX));
        assertThatThrownBy(() ->
                        Trainer.of(other).batchSize(5).epochs(2).resume(state).fit(train))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("network ");
    }
}
