package dev.neurite.io;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {
    private static final Dataset DATA =
            Dataset.of(new float[][] {{0, 1}, {1, 0}, {1, 1}, {0, 0}, {2, 1}, {1, 2}}, new int[] {0, 1, 0, 1, 0, 1});

    @TempDir
    private Path temp;

    /// 3 steps an epoch, 3 epochs.
    private static Trainer trainer() {
        Model model = Model.of(features(2), dense(3, TANH), dense(2, SOFTMAX)).initialize(4);
        return Trainer.of(model).batchSize(2).epochs(3).threads(1);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertSame(Run run, Run other) {
        assertThat(run.model().parameters().toArray())
                .isEqualTo(other.model().parameters().toArray());
    }

    @Test
    void theNewestStayAndTheBestHasAFileOfItsOwn() throws IOException {
        Path directory = temp.resolve("a/b");
        Run run = trainer()
                .callback(Checkpoints.into(directory)
                        .everySteps(2)
                        .keep(3)
                        .best("loss")
                        .withForm(model -> new ModelFile(model, Map.of("a", "b"))))
                .fit(DATA, DATA);
        assertThat(names(directory))
                .containsExactly(
                        "best.safetensors",
                        "step-000000006-epoch-000003.safetensors",
                        "step-000000008-epoch-000003.safetensors",
                        "step-000000009-epoch-000004.safetensors");
        ModelFile best = ModelFile.read(directory.resolve(Checkpoints.BEST), Catalog.standard());
        assertThat(best.notes()).isEqualTo(Map.of("a", "b"));
        assertThat(best.model().parameters().toArray())
                .isEqualTo(run.model().parameters().toArray()); // the loss falls each time
        assertThat(Checkpoints.newest(directory, Catalog.standard(), message -> {})
                        .model()
                        .notes())
                .isEqualTo(Map.of("a", "b"));
    }

    @Test
    void whatWasBestBeforeIsStillBestWhenATrainingGoesOn() throws IOException {
        Trainer trainer = trainer().optimizer(dev.neurite.optim.Optimizers.sgd(30)); // gets worse and better
        Path whole = temp.resolve("whole");
        trainer.epochs(6)
                .callback(Checkpoints.into(whole).best("loss").keep(20))
                .fit(DATA, DATA);
        for (Path file : Checkpoints.files(whole)) {
            Path again = temp.resolve(file.getFileName().toString());
            trainer.epochs(6)
                    .callback(Checkpoints.into(again).best("loss"))
                    .resume(Checkpoint.read(file, Catalog.standard()).state())
                    .fit(DATA, DATA);
            Path best = again.resolve(Checkpoints.BEST);
            if (Files.exists(best)) assertThat(best).hasSameBinaryContentAs(whole.resolve(Checkpoints.BEST));
        }
    }

    @Test
    void anEpochsEndSoonAfterTheLastCheckpointIsPassedOver() {
        Path directory = temp.resolve("quick");
        trainer()
                .callback(Checkpoints.into(directory).notWithin(Duration.ofHours(1)))
                .fit(DATA);
        assertThat(directory).doesNotExist();
    }

    @Test
    void aTrainingThatFailsIsKeptAsItWasAfterItsLastStep() {
        Run whole = trainer().fit(DATA);
        Path directory = temp.resolve("failed");
        assertThatThrownBy(() -> trainer()
                        .callback(Checkpoints.into(directory).everyEpochs(0))
                        .listener(event -> {
                            if (event instanceof StepEnded step && step.step() == 5)
                                throw new IllegalStateException("no");
                        })
                        .fit(DATA))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no");
        Checkpoint kept = Checkpoints.newest(directory, Catalog.standard(), message -> {});
        assertThat(Checkpoints.files(directory)).singleElement().asString().contains("step-000000005-epoch-000002");
        assertSame(trainer().resume(kept.state()).fit(DATA), whole);
    }

    @Test
    void aDamagedCheckpointIsToldAndTheOneBeforeTaken() throws IOException {
        Path directory = temp.resolve("damaged");
        Run whole = trainer().callback(Checkpoints.into(directory)).fit(DATA);
        List<Path> files = Checkpoints.files(directory);
        byte[] bytes = Files.readAllBytes(files.getLast());
        bytes[bytes.length - 3] ^= 1;
        Files.write(files.getLast(), bytes);
        List<String> warnings = new ArrayList<>();
        Checkpoint found = Checkpoints.newest(directory, Catalog.standard(), warnings::add);
        assertThat(warnings).singleElement().asString().contains("is damaged", "using the previous one");
        assertThat(found.state().memory().small("epoch")).isEqualTo(3);
        assertSame(trainer().resume(found.state()).fit(DATA), whole);
        Files.write(files.getFirst(), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> Checkpoints.newest(directory, Catalog.standard(), warnings::add))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got only damaged ones");
        assertThatThrownBy(() -> Checkpoints.newest(temp.resolve("nowhere"), Catalog.standard(), warnings::add))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got none");
    }

    @Test
    void aDirectoryOfAnotherTrainingIsRefused() throws IOException {
        Path directory = temp.resolve("taken");
        Path log = temp.resolve("log.jsonl");
        Trainer kept = trainer().callback(new MetricsLog(log, _ -> {})).callback(Checkpoints.into(directory));
        kept.fit(DATA);
        List<String> before = names(directory);
        byte[] lines = Files.readAllBytes(log);
        assertThatThrownBy(() -> kept.fit(DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects a directory without checkpoints of another training, got 2");
        assertThat(names(directory)).isEqualTo(before);
        assertThat(log).as("a log of the first training").hasBinaryContent(lines);
    }

    @Test
    void whatIsNewerThanWhereATrainingGoesOnIsDeleted() throws IOException {
        Path directory = temp.resolve("newer");
        trainer().callback(Checkpoints.into(directory).keep(9)).fit(DATA);
        Checkpoint first = Checkpoint.read(Checkpoints.files(directory).getFirst(), Catalog.standard());
        Files.writeString(directory.resolve(".neurite-1.tmp"), "half");
        trainer()
                .callback(Checkpoints.into(directory).everyEpochs(0).keep(9))
                .resume(first.state())
                .fit(DATA);
        assertThat(names(directory)).containsExactly("step-000000003-epoch-000002.safetensors");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Checkpoints.into(temp).keep(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects to keep at least 1, got 0");
        assertThatThrownBy(() -> Checkpoints.into(temp).everySteps(-1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> trainer()
                        .callback(Checkpoints.into(temp.resolve("x")).best("acuracy"))
                        .fit(DATA, DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects one of the metrics that are measured, loss, accuracy, got 'acuracy'")
                .hasMessageContaining("Did you mean 'accuracy'?");
        assertThatThrownBy(() -> trainer()
                        .callback(Checkpoints.into(temp.resolve("x")).best("loss"))
                        .fit(DATA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects validation data");
        assertThat(temp.resolve("x")).doesNotExist();
    }

    /// Every call of the file system fails once: the training ends loudly, or what failed did not
    /// matter; the newest checkpoint can be loaded and gives the same in the end.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whicheverCallFailsTheNewestCheckpointLoads(boolean forGood) throws IOException {
        Run whole = trainer().fit(DATA);
        Path first = temp.resolve("first");
        trainer()
                .callback(Checkpoints.into(first).everySteps(1).keep(1))
                .epochs(1)
                .fit(DATA);
        String before = names(first).getLast();
        int loud = 0;
        int n = 1;
        for (boolean reached = true; reached; n++) {
            Path directory = Files.createDirectory(temp.resolve(n + "-" + forGood));
            for (String name : names(first)) Files.copy(first.resolve(name), directory.resolve(name));
            var files = new FailingFiles(n, forGood);
            Trainer again = trainer()
                    .callback(Checkpoints.into(files.path(directory))
                            .everySteps(4)
                            .keep(1))
                    .resume(goOn(directory));
            try {
                assertSame(again.fit(DATA), whole);
            } catch (ResourceException e) {
                loud++;
                assertThat(e).hasMessageContaining(directory.toString());
            }
            reached = files.calls() >= n;
            assertThat(names(directory)).last().asString().isGreaterThanOrEqualTo(before);
            assertSame(trainer().resume(goOn(directory)).fit(DATA), whole);
        }
        assertThat(n).isGreaterThan(40);
        assertThat(loud).isGreaterThan(n / 2);
    }

    /// The end of the first epoch, as a training of three epochs.
    private static dev.neurite.train.TrainingState goOn(Path directory) {
        var state =
                Checkpoints.newest(directory, Catalog.standard(), message -> {}).state();
        Map<String, String> settings = new java.util.LinkedHashMap<>(state.settings());
        settings.put("epochs", "3");
        return new dev.neurite.train.TrainingState(settings, state.memory());
    }

    @Test
    void aNumberOfStepsBeyondALongIsNoCheckpoint() {
        assertThat(Checkpoints.isCheckpoint("step-99999999999999999999999-epoch-000001.safetensors"))
                .isFalse();
    }
}
