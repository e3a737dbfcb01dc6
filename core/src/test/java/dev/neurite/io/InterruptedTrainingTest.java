package dev.neurite.io;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.data.Dataset;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A thread that is interrupted while it trains pauses the training, and leaves its files whole.
class InterruptedTrainingTest {
    @TempDir
    private Path directory;

    private final List<String> warnings = new ArrayList<>();

    private boolean armed; // once the training has begun

    /// Interrupts its thread when a row of this number is read for the n-th time.
    private Dataset interrupting(int row, int time) {
        var reads = new AtomicInteger();
        Dataset data = Dataset.of(
                new float[][] {{0, 1}, {1, 0}, {1, 1}, {0, 0}, {2, 1}, {1, 2}}, new int[] {0, 1, 0, 1, 0, 1});
        return new dev.neurite.data.DerivedDataset() {
            @Override
            public Dataset source() {
                return data;
            }

            @Override
            public void readInput(int index, float[] to, int at) {
                if (armed && index == row && reads.incrementAndGet() == time)
                    Thread.currentThread().interrupt();
                data.readInput(index, to, at);
            }
        };
    }

    private Trainer trainer(Function<Checkpoints, Checkpoints> often) {
        Model model = Model.of(features(2), dense(3, TANH), dense(2, SOFTMAX)).initialize(4);
        Consumer<String> warn = warnings::add;
        return Trainer.of(model)
                .optimizer(Optimizers.adam(0.01))
                .batchSize(2)
                .epochs(4)
                .threads(1)
                .prefetch(0)
                .shuffle(false)
                .metrics(Metrics.rocAuc())
                .callback(new MetricsLog(directory.resolve("log.jsonl"), warn))
                .callback(new CsvLog(directory.resolve("log.csv"), warn))
                .callback(often.apply(Checkpoints.into(directory.resolve("checkpoints"))))
                .listener(_ -> armed = true);
    }

    private void assertPausedAndResumable(Trainer trainer, Run run, Dataset train, Dataset validation)
            throws IOException {
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.paused()).isTrue();
        assertThat(run.stopReason()).hasValue("interrupted");
        assertThat(warnings).isEmpty();
        List<Path> files = Checkpoints.files(directory.resolve("checkpoints"));
        assertThat(files).isNotEmpty();
        Checkpoint checkpoint = Checkpoint.read(files.getLast(), Catalog.standard());
        Run whole = trainer.resume(checkpoint.state()).fit(train, validation);
        assertThat(whole.history().epochs()).hasSize(4);
        assertThat(Files.readAllLines(directory.resolve("log.csv"))).hasSize(5);
        assertThat(Files.readAllLines(directory.resolve("log.jsonl"))).hasSize(4 * 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anInterruptInAStepWhoseCheckpointIsDuePauses(int epoch) throws IOException {
        Dataset train = interrupting(3, epoch);
        Dataset validation = interrupting(3, 0);
        Trainer trainer = trainer(each -> each.everySteps(1));
        Run run = trainer.fit(train, validation);
        assertThat(run.history().epochs()).hasSize(epoch - 1);
        assertPausedAndResumable(trainer, run, train, validation);
    }

    @Test
    void anInterruptWhileItValidatesPausesAfterTheEpoch() throws IOException {
        Dataset train = interrupting(3, 0);
        Dataset validation = interrupting(3, 2);
        Trainer trainer = trainer(each -> each.everyEpochs(1).best("roc-auc"));
        Run run = trainer.fit(train, validation);
        assertThat(run.history().epochs()).hasSize(2);
        assertPausedAndResumable(trainer, run, train, validation);
    }

    @Test
    void anInterruptWhileAFileIsWrittenHasItWrittenOnceMore() throws IOException {
        Dataset data = interrupting(3, 0);
        var written = new AtomicInteger();
        Trainer trainer = trainer(each -> each.best("loss").everyEpochs(0).withForm(model -> {
            if (written.incrementAndGet() == 1) Thread.currentThread().interrupt();
            return new ModelFile(model, java.util.Map.of());
        }));
        Run run = trainer.fit(data, data);
        assertThat(run.history().epochs()).hasSize(1);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ModelFile.load(directory.resolve("checkpoints").resolve(Checkpoints.BEST))
                        .parameters()
                        .toArray())
                .isEqualTo(run.model().parameters().toArray());
        Thread.currentThread().interrupt();
        assertPausedAndResumable(trainer, run, data, data);
    }

    @Test
    void oneObserverThatInterruptsDoesNotKeepTheNextFromWriting() throws IOException {
        Dataset data = interrupting(3, 0);
        Model model = Model.of(features(2), dense(2, SOFTMAX)).initialize(4);
        Path file = directory.resolve("log.csv");
        Run run = Trainer.of(model)
                .epochs(3)
                .listener(event -> {
                    if (event instanceof TrainingEvent.EpochEnded)
                        Thread.currentThread().interrupt();
                })
                .callback(new CsvLog(file, warnings::add))
                .fit(data);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.stopReason()).hasValue("interrupted");
        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(warnings).isEmpty();
    }
}
