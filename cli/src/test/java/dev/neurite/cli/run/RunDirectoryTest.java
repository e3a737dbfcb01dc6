package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.dashboard.runs.TagFile;
import dev.neurite.dashboard.runs.TestFile;
import dev.neurite.dashboard.view.Tags;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.error.ResourceException;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The directories of runs: refused, replaced, resumed.
final class RunDirectoryTest {
    @TempDir
    private Path temp;

    private Cli train(String out, String... options) {
        List<String> words = new ArrayList<>(
                List.of("train", "iris", "--out", temp.resolve(out).toString()));
        words.addAll(Arrays.asList(options));
        return Cli.run(words.toArray(String[]::new));
    }

    private void trained(String out, String... options) {
        Cli cli = train(out, options);
        assertThat(cli.code()).as(cli.err()).isZero();
    }

    /// A run that a time limit has paused.
    private void paused(String out, String... options) {
        assertThat(train(out, options).code()).isEqualTo(7);
    }

    private void refused(Cli cli, int code, String message) {
        assertThat(cli.err()).contains(message);
        assertThat(cli.code()).isEqualTo(code);
    }

    private List<String> names(String directory) throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve(directory))) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    /// The model of a training that has ended is written somewhere, or the message says that it is lost.
    @Test
    void aModelThatCannotBeWrittenIsWrittenElsewhere() throws IOException {
        Model model = Model.of(Layers.features(2), Layers.dense(3)).initialize(1);
        var file = new ModelFile(model, Map.of());
        RunDirectory run = RunDirectory.at(temp.resolve("full"));
        Files.createDirectory(run.model()); // which cannot be replaced
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        assertThatThrownBy(() -> run.save(file, elsewhere))
                .isInstanceOf(ResourceException.class)
                .hasMessageStartingWith(run.model() + ": cannot be written: ")
                .hasMessageContaining("The trained model is in " + elsewhere)
                .hasMessageEndingWith("make room, and move it to " + run.model());
        assertThat(names("elsewhere")).hasSize(1);
        assertThat(ModelFile.load(elsewhere.resolve(names("elsewhere").getFirst())))
                .isEqualTo(model);
        Path none = temp.resolve("none");
        assertThatThrownBy(() -> run.save(file, none))
                .isInstanceOf(ResourceException.class)
                .hasMessageEndingWith(
                        "The trained model is lost, and there is no checkpoint; make room, and train again:"
                                + " neurite train --resume " + run.path());
        Files.createDirectory(run.checkpoints());
        Files.createFile(run.checkpoints().resolve("step-000000001-epoch-000001.safetensors"));
        assertThatThrownBy(() -> run.save(file, none))
                .hasMessageEndingWith("The steps after the newest checkpoint are lost; make room, and take them again:"
                        + " neurite train --resume " + run.path());
        Files.delete(run.model());
        run.save(file, none);
        assertThat(ModelFile.load(run.model())).isEqualTo(model);
    }

    /// As on a full disk: the training ends, and then its model cannot be written.
    @Test
    void aTrainingWhoseModelCannotBeWrittenSaysWhereItIs() throws Exception {
        Path run = temp.resolve("full");
        var training = CompletableFuture.supplyAsync(() -> train("full", "--epochs", "500"));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(run.resolve(RunDirectory.METRICS)) && System.nanoTime() < end) Thread.sleep(5);
        Files.createDirectory(run.resolve(RunDirectory.MODEL));
        Cli cli = training.get(60, TimeUnit.SECONDS);
        assertThat(cli.code()).as(cli.err()).isEqualTo(6);
        Matcher place = Pattern.compile("The trained model is in (\\S+):").matcher(cli.err());
        assertThat(place.find()).as(cli.err()).isTrue();
        assertThat(cli.err()).doesNotContain("unchanged");
        Files.delete(run.resolve(RunDirectory.MODEL));
        Files.move(Path.of(place.group(1)), run.resolve(RunDirectory.MODEL));
        assertThat(Cli.run("evaluate", run.toString()).code()).isZero();
    }

    @Test
    void theScoreOnTheTestPartIsKeptAndTagsEndWithTheirRun() throws IOException {
        trained("a", "--epochs", "2", "--validation", "0.2", "--metrics", "mcc");
        TestScore score = TestFile.read(temp.resolve("a")).orElseThrow();
        assertThat(score.rows()).isEqualTo(30);
        assertThat(score.score()).isEqualTo("acc");
        assertThat(score.metrics()).containsOnlyKeys("acc", "mcc", "loss");
        String evaluated =
                Cli.run("evaluate", temp.resolve("a").toString(), "--json").out();
        assertThat(JsonText.object(evaluated)).containsEntry("accuracy", score.value());
        TagFile.write(temp.resolve("a"), new Tags(List.of("old"), ""));
        trained("a", "--epochs", "1", "--overwrite");
        assertThat(TagFile.read(temp.resolve("a"))).isEqualTo(Tags.NONE);
    }

    @Test
    void theScoreOfValuesIsR2InTheUnitsOfTheData() throws IOException {
        StringBuilder rows = new StringBuilder("x,y\n");
        for (int i = 0; i < 200; i++)
            rows.append(i % 17).append(',').append(300 * (i % 17) + i % 3).append('\n');
        Path file = Files.writeString(temp.resolve("values.csv"), rows);
        Path out = temp.resolve("v");
        Cli cli = Cli.run("train", file.toString(), "--label", "y", "--epochs", "3", "--out", out.toString(), "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        TestScore score = TestFile.read(out).orElseThrow();
        assertThat(score.score()).isEqualTo("r2");
        assertThat(score.metrics()).containsKeys("r2", "rmse", "loss");
        double rmse = score.metrics().getOrDefault("rmse", Double.NaN);
        assertThat(rmse * rmse).isCloseTo(score.metrics().getOrDefault("loss", Double.NaN), within(1e-3 * rmse * rmse));
        assertThat(JsonText.object(cli.out())).containsEntry("r2", score.value());
    }

    /// A process that has opened the file of the lock before must not lock a deleted file.
    @Test
    void anAbandonedLockIsMarked() throws IOException {
        RunDirectory run = RunDirectory.at(temp.resolve("a"));
        DirectoryLock lock = run.lock();
        try (var other = FileChannel.open(run.path().resolve(DirectoryLock.FILE))) {
            run.release(lock, true);
            assertThat(other.size()).isPositive();
        }
        assertThat(run.path()).doesNotExist();
    }

    @Test
    void anOverwrittenRunIsAsIfThereHadBeenNone() throws IOException {
        trained("a", "--epochs", "3", "--checkpoint-every", "5", "--monitor", "loss", "--validation", "0.2");
        assertThat(names("a")).contains("checkpoints");
        trained("a", "--epochs", "2", "--overwrite");
        trained("b", "--epochs", "2");
        assertThat(names("a")).isEqualTo(names("b")).doesNotContain("checkpoints");
        assertThat(temp.resolve("a/model.safetensors")).hasSameBinaryContentAs(temp.resolve("b/model.safetensors"));
    }

    @Test
    void onlyARunIsOverwritten() throws IOException {
        trained("a", "--epochs", "1");
        Files.writeString(temp.resolve("a/thesis.txt"), "all of it");
        refused(train("a", "--overwrite"), 2, "or one that holds only a run, got one with thesis.txt");
        Files.createDirectory(temp.resolve("b"));
        Files.writeString(temp.resolve("b/metrics.jsonl"), "mine");
        refused(train("b", "--overwrite"), 2, "or one that holds only a run, got");
        assertThat(names("b")).containsExactly("metrics.jsonl");
        refused(Cli.run("train", "iris", "--overwrite"), 2, "--overwrite: expects --out");
    }

    @Test
    void whatIsNotARunsOwnInsideOneIsNotDeleted() throws IOException {
        trained("a", "--epochs", "1", "--checkpoint-every", "3");
        Path theirs = Files.createDirectory(temp.resolve("theirs"));
        Files.writeString(theirs.resolve("best.safetensors"), "of another run");
        Path notes = Files.writeString(temp.resolve("a/checkpoints/notes.txt"), "mine");
        refused(train("a", "--overwrite"), 2, "got one with checkpoints/notes.txt.");
        assertThat(names("a/checkpoints")).hasSize(3);
        Files.delete(notes);
        Files.createDirectories(temp.resolve("a/checkpoints/old"));
        refused(train("a", "--overwrite"), 2, "got one with checkpoints/old.");
        Files.delete(temp.resolve("a/checkpoints/old"));
        Files.move(temp.resolve("a/checkpoints"), temp.resolve("moved"));
        Files.createSymbolicLink(temp.resolve("a/checkpoints"), theirs);
        refused(train("a", "--overwrite"), 2, "got one with checkpoints.");
        assertThat(names("theirs")).containsExactly("best.safetensors");
    }

    @Test
    void aConfigurationAloneIsNoRun() throws IOException {
        Files.createDirectory(temp.resolve("a"));
        String mine = "# tuned by hand\ndata: iris\n";
        Path config = Files.writeString(temp.resolve("a/config.yaml"), mine);
        refused(train("a", "--overwrite"), 2, "or one that holds only a run, got one that is not a complete run");
        assertThat(config).hasContent(mine);
    }

    @Test
    void whatAKilledRunWasWritingIsOverwrittenWithIt() throws IOException {
        trained("a", "--epochs", "1", "--checkpoint-every", "9", "--monitor", "loss", "--validation", "0.2");
        for (String name : List.of(".neurite-1f.tmp", "checkpoints/.neurite-2e.tmp")) {
            Files.writeString(temp.resolve("a").resolve(name), "half");
        }
        trained("a", "--epochs", "1", "--overwrite");
        assertThat(names("a")).isEqualTo(TinyData.RUN_FILES);
    }

    @Test
    void aDirectoryThatAnotherIsAboutToTrainInStaysLocked() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("a"));
        try (var _ = new RunDirectory(directory).lock()) {
            refused(train("a"), 6, "one process at a time");
            assertThat(names("a")).containsExactly(".lock");
        }
        trained("a", "--epochs", "1");
    }

    @Test
    void aRunGoesOnWithTheSameRowsToValidateOn() throws IOException {
        paused("a", "--epochs", "100000", "--time-limit", "1s", "--validation", "0.2");
        for (String each : names("a/checkpoints"))
            Files.delete(temp.resolve("a/checkpoints").resolve(each));
        Path env = temp.resolve("a/env.json");
        String others = Files.readString(env).replaceFirst("\"validation\":\"[0-9a-f]{8}", "\"validation\":\"00000000");
        Files.writeString(env, others);
        refused(
                Cli.run("train", "--resume", temp.resolve("a").toString()),
                3,
                "expects the data that the run began with, got other data, with other rows of the part 'validation'");
    }

    @Test
    void aRunIsNotOverwrittenWhereTheNewOneIsRefused() throws IOException {
        trained("a", "--epochs", "1");
        byte[] model = Files.readAllBytes(temp.resolve("a/model.safetensors"));
        Files.createDirectory(temp.resolve("empty"));
        refused(train("empty", "--layers", "40000,40000"), 6, "heap");
        assertThat(names("empty")).isEmpty();
        refused(train("a", "--overwrite", "--lr", "-1"), 2, "learning rate: expects");
        refused(train("a", "--overwrite", "--layers", "40000,40000"), 6, "heap");
        assertThat(temp.resolve("a/model.safetensors")).hasBinaryContent(model);
    }

    @Test
    void aRunInUseIsNotOverwritten() throws IOException {
        trained("a", "--epochs", "1");
        try (var _ = new RunDirectory(temp.resolve("a")).lock()) {
            refused(train("a", "--overwrite"), 6, "one process at a time");
        }
        trained("a", "--epochs", "1", "--overwrite");
    }

    @Test
    void checkpointsAreAtTheEndsOfEpochsWhereThatIsAsked() throws IOException {
        trained("a", "--epochs", "5", "--checkpoint-epochs", "2", "--keep", "9");
        assertThat(names("a/checkpoints"))
                .containsExactly("step-000000016-epoch-000003.safetensors", "step-000000032-epoch-000005.safetensors");
        trained("b", "--epochs", "2", "--checkpoint-epochs", "2", "--checkpoint-every", "5", "--keep", "9");
        assertThat(names("b/checkpoints"))
                .containsExactly(
                        "step-000000005-epoch-000001.safetensors",
                        "step-000000010-epoch-000002.safetensors",
                        "step-000000015-epoch-000002.safetensors",
                        "step-000000016-epoch-000003.safetensors");
        assertThat(Files.readString(temp.resolve("b/config.yaml"))).contains("checkpoint-epochs: 2");
    }

    @Test
    void aRunGoesOnWithOtherSettingsOfTheCallAndNoOthers() throws IOException {
        String path = temp.resolve("a").toString();
        paused("a", "--epochs", "100000", "--time-limit", "1s");
        refused(
                Cli.run("train", "--resume", path, "--lr", "0.1", "--seed", "4"),
                2,
                "got optimizer.rate 0.1 instead of 0.001, seed 4 instead of 0. Leave them out, or begin a new run:"
                        + " neurite train " + path + "/config.yaml");
        Cli on = Cli.run(
                "train",
                "--resume",
                path,
                "--time-limit",
                "2s",
                "--checkpoint-every",
                "7",
                "--keep",
                "1",
                "--threads",
                "1");
        assertThat(on.code()).as(on.err()).isEqualTo(7);
        assertThat(on.out()).isEqualTo("paused: time limit of 2s\n");
        assertThat(on.err()).containsPattern("resume after step [0-9,]+, in epoch [0-9]+");
        assertThat(names("a/checkpoints")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "--schedule, one-cycle, three-phases: false, one-cycle:three-phases=true, schedule.three-phases true",
        "--schedule, warmup:length=5+one-cycle, three-phases: false, warmup:length=5+one-cycle:three-phases=true,"
                + " schedule",
        "--optimizer, sgd:rate=0.1, nesterov: false, 'sgd:rate=0.1,momentum=0.5,nesterov=true', optimizer.nesterov"
                + " true",
        "--loss, cross-entropy, smoothing: 0, cross-entropy:smoothing=0.1, loss.smoothing 0.1",
    })
    void aRunGoesOnWhoseVersionWroteFewerSettings(
            String option, String text, String setting, String other, String message) throws IOException {
        Path config = temp.resolve("a/config.yaml");
        assertThat(train("a", "--epochs", "2", "--checkpoint-every", "1", option, text)
                        .code())
                .isZero();
        Files.delete(temp.resolve("a/model.safetensors"));
        String written = Files.readString(config);
        String older = written.replaceFirst(",?\\s+" + setting, "");
        assertThat(older).isNotEqualTo(written);
        Files.writeString(config, older);
        String path = temp.resolve("a").toString();
        refused(Cli.run("train", "--resume", path, option, other), 2, message);
        Cli on = Cli.run("train", "--resume", path);
        assertThat(on.code()).as(on.err()).isZero();
    }

    @Test
    void aRelativePathOfDataIsNotFollowedFromAnotherDirectory() throws IOException {
        String rows = "x,y\n" + "1,a\n2,b\n".repeat(27);
        Path data = TinyData.write(temp.resolve("t.csv"), rows.getBytes(StandardCharsets.UTF_8));
        String path = temp.resolve("a").toString();
        Cli begun = Cli.run(
                "train", data.toString(), "--label", "y", "--out", path, "--epochs", "2", "--checkpoint-every", "1");
        assertThat(begun.code()).as(begun.err()).isZero();
        Files.delete(temp.resolve("a/model.safetensors"));
        for (String name : List.of("config.yaml", "env.json")) { // as if it had begun in that directory
            Path file = temp.resolve("a").resolve(name);
            Files.writeString(
                    file,
                    Files.readString(file)
                            .replace(data.toString(), "t.csv")
                            .replace(Path.of("").toAbsolutePath().toString(), temp.toString()));
        }
        refused(
                Cli.run("train", "--resume", path),
                2,
                "expects to continue in " + temp
                        + ", where the run began with t.csv, got another directory. Change to that");
        Cli on = Cli.run("train", "--resume", path, "--set", "data.source=" + data);
        assertThat(on.code()).as(on.err()).isZero();
        assertThat(on.err()).contains("resume after step");
    }

    @Test
    void aRunThatHasEndedTakesNoOtherSettings() {
        String path = temp.resolve("a").toString();
        trained("a", "--epochs", "1");
        refused(Cli.run("train", "--resume", path, "--epochs", "9"), 2, "got one that has, and --epochs=9.");
        refused(Cli.run("train", "--resume", path, "--set", "epochs=9"), 2, "got one that has, and --set epochs=9.");
        refused(Cli.run("train", "--resume", path, "--keep", "0"), 2, "--keep");
        Cli again = Cli.run("train", "--resume", path, "--threads", "1", "--json");
        assertThat(again.code()).isZero();
        assertThat(JsonText.object(again.out())).containsEntry("ended", true).containsEntry("run", path);
        assertThat(again.err()).contains("has ended already");
    }

    @Test
    void theNameOfAnOptionSaysWhichKeyIsMeant() {
        trained("a", "--epochs", "1");
        refused(
                Cli.run("train", temp.resolve("a/config.yaml").toString(), "--set", "lr=0.1"),
                2,
                "got 'lr'. Did you mean 'optimizer.rate'?");
    }
}
