package dev.neurite.train;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.FreshJvm;
import dev.neurite.data.Dataset;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {
    private static final Dataset DATA = Dataset.of(new float[][] {{0}, {1}, {2}, {3}}, new int[] {0, 0, 1, 1});

    private static Trainer trainer() {
        return Trainer.of(Model.of(features(1), dense(2, SOFTMAX)).initialize(1))
                .threads(1)
                .epochs(3);
    }

    @Test
    void eachEpochIsALine() {
        List<String> lines = new ArrayList<>();
        trainer().progress(lines::add).fit(DATA);
        assertThat(lines).hasSize(3);
        assertThat(lines.getLast()).matches("epoch 3/3  loss \\d\\.\\d{4}  acc \\d\\.\\d{4}  \\d+\\.\\d\\d s");
    }

    @Test
    void validationAndMetricsAreInTheLine() {
        List<String> lines = new ArrayList<>();
        Run run = trainer().metrics(Metrics.mcc()).progress(lines::add).fit(DATA, DATA);
        Evaluation last = run.validation();
        assertThat(lines.getLast())
                .contains("  | validation loss %.4f  acc %.4f  mcc "
                        .formatted(last.loss(), last.accuracy().orElseThrow()));
    }

    @Test
    void resultsPrintAsAFewLines() {
        Run run = trainer().metrics(Metrics.mcc()).fit(DATA, DATA);
        Evaluation last = run.validation();
        String figures = "loss %.4f  acc %.4f  mcc "
                .formatted(last.loss(), last.accuracy().orElseThrow());
        assertThat(last.toString()).startsWith("4 rows  " + figures).hasLineCount(1);
        assertThat(run.history().last().toString())
                .startsWith("epoch 3  loss ")
                .contains("  | validation " + figures)
                .hasLineCount(1);
        assertThat(run.toString())
                .isEqualTo("3 epochs, 4 parameters\n" + run.history().last());
        assertThat(run.history().toString()).hasLineCount(3);
        assertThat(run.history().first().epoch()).isEqualTo(1);
        Run stopped = trainer()
                .callback(training -> event -> {
                    if (event instanceof TrainingEvent.EpochEnded) training.finish("enough");
                })
                .fit(DATA);
        assertThat(stopped.toString()).startsWith("1 epoch, 4 parameters, ended early: enough\nepoch 1  loss ");
        assertThatThrownBy(() -> new History(List.of()).first()).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void aTrainingThatStopsEarlySaysWhy() {
        List<String> lines = new ArrayList<>();
        trainer()
                .progress(lines::add)
                .callback(training -> event -> {
                    if (event instanceof TrainingEvent.EpochEnded) training.finish("enough");
                })
                .fit(DATA);
        assertThat(lines).hasSize(2).last().isEqualTo("stopped: enough");
    }

    /// Trains; the log of the JVM goes to its standard error.
    static final class Program {
        public static void main(String[] args) {
            trainer().progress().fit(DATA);
        }
    }

    @Test
    void withoutAReaderTheLinesAreLogged() {
        assertThat(FreshJvm.run(Program.class, true, List.of()).err().lines().filter(line -> line.contains("epoch")))
                .hasSize(3)
                .allMatch(line -> line.startsWith("INFO: epoch "));
    }

    @Test
    void theBitsAreThoseWithoutProgress() {
        assertThat(trainer().progress(_ -> {}).fit(DATA).model())
                .isEqualTo(trainer().fit(DATA).model());
    }

    /// Progress decides nothing: a training resumes with or without it.
    @Test
    void progressIsNoSettingThatResumingCompares() {
        List<TrainingState> states = new ArrayList<>();
        trainer()
                .progress(_ -> {})
                .callback(training -> new Callback.Observer() {
                    @Override
                    public void on(TrainingEvent event) {
                        if (event instanceof TrainingEvent.EpochEnded && training.epoch() == 2) training.pause("later");
                    }

                    @Override
                    public void afterEvents() {
                        if (training.isPaused()) states.add(training.state());
                    }
                })
                .fit(DATA);
        assertThat(trainer().resume(states.getFirst()).fit(DATA).model())
                .isEqualTo(trainer().fit(DATA).model());
    }
}
