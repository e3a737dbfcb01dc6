package dev.neurite.io;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.train.Callback;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogsTest {
    private static final Dataset DATA =
            Dataset.of(new float[][] {{0, 1}, {1, 0}, {1, 1}, {0, 0}, {2, 1}, {1, 2}}, new int[] {0, 1, 0, 1, 0, 1});

    @TempDir
    private Path temp;

    private static Trainer trainer() {
        Model model = Model.of(features(2), dense(2, SOFTMAX)).initialize(4);
        return Trainer.of(model).batchSize(2).epochs(3).threads(1).metrics(Metrics.rocAuc());
    }

    private static Callback log(String kind, Path file, Consumer<String> warnings) {
        return switch (kind) {
            case "csv" -> new CsvLog(file, warnings);
            case "json" -> new MetricsLog(file, warnings);
            case "histograms" -> new ProbeLog(file, warnings, () -> 0); // at all steps that it may
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /// Without what differs from run to run.
    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.replaceAll("\"t\":[0-9.]+,", "").replaceAll("(?<=,0\\.001,)[^,]*", ""))
                .toList();
    }

    @Test
    void aTableHasARowAnEpochWithAllFigures() throws IOException {
        Path file = temp.resolve("log.csv");
        var run = trainer().callback(new CsvLog(file, LogsTest::none)).fit(DATA, DATA);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.getFirst()).isEqualTo("epoch,step,lr,seconds,loss,accuracy,val_loss,val_accuracy,val_roc-auc");
        assertThat(lines).hasSize(4);
        var last = run.history().last();
        String[] cells = lines.getLast().split(",", -1);
        assertThat(cells)
                .hasSize(9)
                .startsWith("3", "9", "0.001")
                .endsWith(Double.toString(last.validation()
                        .orElseThrow()
                        .metrics()
                        .firstEntry()
                        .getValue()
                        .orElseThrow()));
        assertThat(cells[4]).isEqualTo(Double.toString(last.loss()));
    }

    @Test
    void withoutValidationItsCellsAreEmpty() throws IOException {
        Path file = temp.resolve("log.csv");
        trainer().metrics().callback(new CsvLog(file, LogsTest::none)).fit(DATA);
        assertThat(Files.readAllLines(file).getLast()).endsWith(",,");
    }

    @Test
    void linesOfMetricsHaveTheFormatThatIsDocumented() throws IOException {
        Path file = temp.resolve("metrics.jsonl");
        trainer().callback(new MetricsLog(file, LogsTest::none)).watchUpdates(4).fit(DATA, DATA);
        List<String> lines = Files.readAllLines(file);
        String number = "-?[0-9.]+(E-?[0-9]+)?";
        assertThat(lines).hasSize(3 * (3 + 1) + 3);
        assertThat(lines.getFirst())
                .matches("\\{\"v\":1,\"t\":[0-9.]+,\"step\":1,\"epoch\":1,\"k\":\"train\",\"m\":\\{\"loss\":" + number
                        + ",\"acc\":(0.0|0.5|1.0),\"lr\":0.001}}");
        assertThat(lines.get(1))
                .contains("\"step\":1,\"epoch\":1,\"k\":\"updates\",\"m\":{\"dense1.weight\":{\"grad_norm\":")
                .contains("\"grad_mean\":", "\"grad_zeros\":", "\"norm\":", "\"update_norm\":", "\"ratio\":");
        assertThat(lines.getLast())
                .matches(".*\"step\":9,\"epoch\":3,\"k\":\"val\",\"m\":\\{\"loss\":" + number + ",\"acc\":" + number
                        + ",\"roc-auc\":" + number + "}}");
    }

    @Test
    void whoeverTurnsEventsIntoLinesGetsThoseOfTheFile() throws IOException {
        Path file = temp.resolve("metrics.jsonl");
        List<String> own = new ArrayList<>();
        Callback collecting = training -> {
            var made = new MetricsLines(training, "val");
            return event -> own.addAll(made.of(event));
        };
        trainer()
                .callback(new MetricsLog(file, LogsTest::none))
                .callback(collecting)
                .watchUpdates(4)
                .fit(DATA, DATA);
        assertThat(own.stream().map(line -> line.replaceAll("\"t\":[0-9.]+,", "")))
                .isEqualTo(lines(file));
    }

    /// While a step, or somebody's callback, takes as long as it likes.
    @ParameterizedTest
    @ValueSource(strings = {"json", "histograms"})
    void aLineIsInTheFileSoonAlsoIfNothingFollowsIt(String kind) {
        Path file = temp.resolve("log");
        List<Long> sizes = new ArrayList<>();
        trainer()
                .callback(log(kind, file, LogsTest::none))
                .listener(event -> {
                    if (!(event instanceof StepEnded ended) || ended.step() != 1) return;
                    long end = System.nanoTime() + 20_000_000_000L;
                    while (file.toFile().length() == 0 && System.nanoTime() < end) Thread.onSpinWait();
                    sizes.add(file.toFile().length());
                })
                .fit(DATA, DATA);
        assertThat(sizes).hasSize(1).allMatch(size -> size > 0);
    }

    private static void none(String warning) {
        assertThat(warning).as("a warning").isEmpty();
    }

    /// Pauses after a step.
    private record Pause(long step) implements Callback {
        @Override
        public Observer begin(dev.neurite.train.TrainingControl training) {
            return event -> {
                if (event instanceof StepEnded ended && ended.step() == step) training.pause("here");
            };
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json", "histograms"})
    void aLogGoesOnWhereItWasAtTheCheckpoint(String kind) throws IOException {
        Path whole = temp.resolve("whole");
        trainer().callback(log(kind, whole, LogsTest::none)).fit(DATA, DATA);
        Path file = temp.resolve("log");
        Path directory = temp.resolve("checkpoints");
        Trainer trainer = trainer()
                .callback(log(kind, file, LogsTest::none))
                .callback(Checkpoints.into(directory).everySteps(4).everyEpochs(0));
        trainer.callback(new Pause(4)).fit(DATA, DATA);
        Files.writeString(file, Files.readString(file) + "lines of steps that were taken after the checkpoint\nhal");
        var state = Checkpoints.newest(directory, Catalog.standard(), LogsTest::none)
                .state();
        trainer.resume(state).fit(DATA, DATA);
        assertThat(lines(file)).isEqualTo(lines(whole)).hasSizeGreaterThan(3);
    }

    @Test
    void aLogThatAFullDiskHasCutGoesOnWithAWholeLine() throws IOException {
        Path file = temp.resolve("log");
        Path directory = temp.resolve("checkpoints");
        Trainer trainer = trainer()
                .callback(log("json", file, LogsTest::none))
                .callback(Checkpoints.into(directory).everySteps(4).everyEpochs(0));
        trainer.callback(new Pause(4)).fit(DATA, DATA);
        List<String> before = Files.readAllLines(file);
        Files.writeString(file, Files.readString(file).replaceFirst("\\n$", ",")); // as long as the checkpoint has it
        var state = Checkpoints.newest(directory, Catalog.standard(), LogsTest::none)
                .state();
        trainer.resume(state).fit(DATA, DATA);
        assertThat(Files.readAllLines(file))
                .startsWith(before.subList(0, before.size() - 1).toArray(String[]::new))
                .hasSizeGreaterThan(before.size())
                .allMatch(line -> line.startsWith("{") && line.endsWith("}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json", "histograms"})
    void aFullDiskIsToldOnceAndTrainingGoesOn(String kind) throws IOException {
        float[] whole = trainer().fit(DATA, DATA).model().parameters().toArray();
        Path directory = Files.createDirectory(temp.resolve("full"));
        for (int n = 4; n < 8; n++) { // before, it is being opened
            List<String> warnings = new ArrayList<>();
            Path file = new FailingFiles(n, true).path(directory).resolve("log" + n);
            var run = trainer().callback(log(kind, file, warnings::add)).fit(DATA, DATA);
            assertThat(run.model().parameters().toArray()).isEqualTo(whole);
            assertThat(warnings).as("call " + n).isNotEmpty().noneMatch(each -> each.contains("Exception"));
            assertThat(warnings.stream().filter(each -> each.contains("can no longer be written")))
                    .hasSizeLessThanOrEqualTo(1);
        }
        Path never = new FailingFiles(1, true).path(directory).resolve("never");
        assertThatThrownBy(() ->
                        trainer().callback(log(kind, never, LogsTest::none)).fit(DATA, DATA))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("cannot be written");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json", "histograms"})
    void aLogInAMissingDirectoryIsRefusedInPlainWords(String kind) {
        Path file = temp.resolve("missing").resolve("log");
        assertThatThrownBy(() ->
                        trainer().callback(log(kind, file, LogsTest::none)).fit(DATA, DATA))
                .isInstanceOf(ResourceException.class)
                .hasMessage(file + ": cannot be written: no such file or directory");
    }
}
