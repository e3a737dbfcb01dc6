package dev.neurite.dashboard.runs;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.WatchedRun.Action;
import dev.neurite.dashboard.view.WatchedRun.Command;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunDirectoriesTest {
    private static final String LINE = "{\"v\":1,\"t\":%d,\"step\":%d,\"epoch\":%d,\"k\":\"%s\",\"m\":{\"loss\":%s}}%n";

    @TempDir
    private Path place;

    private static ModelFile model() {
        return new ModelFile(
                Model.of(features(2), dense(3, SOFTMAX)),
                Map.of("loss", "cross-entropy", "classes", "[\"a\",\"b\",\"c\"]"));
    }

    private static Subject read(Path file) {
        return new Subject(ModelFile.read(file, Catalog.standard()), "test", Optional.empty(), Optional.empty(), -1);
    }

    private Path runs() throws IOException {
        return Files.createDirectories(place.resolve("runs"));
    }

    private Path run(String name) throws IOException {
        Path run = Files.createDirectories(runs().resolve(name));
        Files.writeString(
                run.resolve("config.yaml"), "data:\n  source: iris\nepochs: 3\nbatch: 4\nnetwork:\n  layers: [8]\n");
        Files.writeString(run.resolve("env.json"), "{\"java\":\"25\",\"data_sha256\":{\"train\":\"abc\"}}\n");
        String log = LINE.formatted(100, 1, 1, "train", "1.2")
                + LINE.formatted(101, 5, 1, "train", "0.9")
                + LINE.formatted(102, 5, 1, "val", "1.0")
                + LINE.formatted(103, 6, 2, "train", "0.5");
        Files.writeString(run.resolve("metrics.jsonl"), log);
        return run;
    }

    private RunDirectories directories() throws IOException {
        return RunDirectories.of(runs(), RunDirectoriesTest::read);
    }

    private static void old(Path run) throws IOException {
        for (String each : List.of("config.yaml", "metrics.jsonl")) {
            Files.setLastModifiedTime(run.resolve(each), FileTime.fromMillis(1_000_000));
        }
    }

    @Test
    void aRunInALine() throws IOException {
        old(run("one"));
        RunSummary summary = directories().summaries().getFirst();
        assertThat(summary.id()).isEqualTo("one");
        assertThat(summary.phase()).isEqualTo(Phase.INTERRUPTED);
        assertThat(summary.data()).isEqualTo("iris");
        assertThat(summary.model()).isEqualTo("[8]");
        assertThat(summary.epochs()).isEqualTo(3);
        assertThat(summary.epoch()).isEqualTo(2);
        assertThat(summary.step()).isEqualTo(6);
        assertThat(summary.steps()).isEqualTo(15); // five of an epoch
        assertThat(summary.started()).isEqualTo(100);
        assertThat(summary.seconds()).isEqualTo(3);
        assertThat(summary.metrics()).containsEntry("val.loss", 1.0).containsEntry("train.loss", 0.5);
    }

    @Test
    void longLogsAreReadAtTheirEnds() throws IOException {
        Path run = run("long");
        var log = new StringBuilder();
        for (int i = 1; i <= 5_000; i++) log.append(LINE.formatted(100 + i, i, 1 + (i - 1) / 100, "train", "0." + i));
        Files.writeString(run.resolve("metrics.jsonl"), log + "{\"v\":1,\"t\":"); // torn
        RunSummary summary = directories().summaries().getFirst();
        assertThat(summary.started()).isEqualTo(101);
        assertThat(summary.step()).isEqualTo(5_000);
        assertThat(summary.metrics()).containsEntry("train.loss", 0.5);
    }

    @Test
    void whatIsInADirectory() throws Exception {
        Path run = run("done");
        model().write(run.resolve("model.safetensors"), Catalog.standard());
        DirectoryRun found = directories().find("done").orElseThrow();
        assertThat(found.state().phase()).isEqualTo(Phase.FINISHED);
        assertThat(found.state().batches()).isEqualTo(5);
        assertThat(found.lines().place().lines()).isEqualTo(4);
        assertThat(found.network().parameters()).isEqualTo(9);
        assertThat(found.facts().config()).containsEntry("data.source", "iris");
        assertThat(found.facts().data().hash()).contains("abc");
        assertThat(found.facts().data().classes()).containsExactly("a", "b", "c");
        assertThat(found.facts().command()).startsWith("neurite train ").endsWith("config.yaml");
        assertThat(found.firstLoss().orElseThrow().expected()).isCloseTo(Math.log(3), within(1e-12));
        assertThat(found.health()).isNotEmpty();
        assertThat(found.warnings()).isEmpty();
        assertThat(found.controls()).isEmpty();
        assertThatThrownBy(() -> found.control(new Command(Action.PAUSE, 0, 1))).isInstanceOf(RefusedException.class);
        assertThat(found.subject().model()).isEqualTo(model().model());
        assertThat(found.subject()).isSameAs(found.subject()); // read once
    }

    @Test
    void aRunThatGrowsIsFollowed() throws IOException {
        Path run = run("growing");
        DirectoryRun found = directories().find("growing").orElseThrow();
        assertThat(found.state().step()).isEqualTo(6);
        Files.writeString(
                run.resolve("metrics.jsonl"), LINE.formatted(104, 7, 2, "train", "0.4"), StandardOpenOption.APPEND);
        assertThat(found.state().step()).isEqualTo(7);
        assertThat(found.lines().place().lines()).isEqualTo(5);
        assertThatThrownBy(found::subject).isInstanceOf(RefusedException.class).hasMessageContaining("no model yet");
        Path checkpoints = Files.createDirectories(run.resolve("checkpoints"));
        model().write(checkpoints.resolve("step-000000005-epoch-000002.safetensors"), Catalog.standard());
        Files.writeString(checkpoints.resolve("notes.txt"), "no checkpoint");
        assertThat(found.checkpoints()).hasSize(1);
        assertThat(found.checkpoints().getFirst().step()).isEqualTo(5);
        assertThat(found.network().parameters()).isEqualTo(9);
        assertThat(found.checkpoint("step-000000005-epoch-000002.safetensors")).isPresent();
        assertThat(found.checkpoint("notes.txt")).isEmpty();
        assertThat(found.checkpoint("../config.yaml")).isEmpty();
    }

    @Test
    void damagedFilesAreToldAndHarmNothing() throws IOException {
        Path run = run("damaged");
        Files.writeString(run.resolve("model.safetensors"), "not a model");
        Files.writeString(run.resolve("env.json"), "{");
        Files.writeString(run.resolve("metrics.jsonl"), "garbage\n", StandardOpenOption.APPEND);
        DirectoryRun found = directories().find("damaged").orElseThrow();
        assertThat(found.warnings()).hasSize(2).anyMatch(each -> each.startsWith("The model cannot be read"));
        assertThat(found.network().nodes()).isEmpty();
        assertThat(found.facts().environment()).isEmpty();
        assertThat(found.lines().place().step()).isEqualTo(6);
    }

    @Test
    void aTrainingIsSeenByItsLock() throws IOException {
        Path run = run("locked");
        old(run);
        Path lock = Files.createFile(run.resolve(".lock"));
        RunDirectories all = directories();
        assertThat(all.find("locked").orElseThrow().state().phase()).isEqualTo(Phase.INTERRUPTED);
        if (!Files.isReadable(Path.of("/proc/locks"))) return; // another system goes by the times of files
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).isNotNull();
            assertThat(all.find("locked").orElseThrow().state().phase()).isEqualTo(Phase.TRAINING);
        }
        assertThat(all.find("locked").orElseThrow().state().phase()).isEqualTo(Phase.INTERRUPTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                ".",
                "",
                "/etc",
                "../outside",
                "one/../../outside",
                "one/checkpoints",
                "\u0000",
                "ONE",
                "one ",
                "linked"
            })
    void namesNeverLeadAnywhereElse(String name) throws IOException {
        run("one");
        Path outside = Files.createDirectories(place.resolve("outside"));
        Files.writeString(outside.resolve("config.yaml"), "secret: 1\n");
        Files.createSymbolicLink(runs().resolve("linked"), outside);
        assertThat(directories().find(name)).isEmpty();
        assertThat(directories().names()).containsExactly("one");
        assertThat(directories().search(name)).isEmpty();
    }

    @Test
    void aNameIsDataWhateverItIs() throws IOException {
        String name = "<img src=x onerror=alert(1)>";
        run(name);
        assertThat(directories().names()).containsExactly(name);
        assertThat(directories().find(name).orElseThrow().id()).isEqualTo(name);
    }

    @Test
    void aSingleRun() throws IOException {
        Path run = run("one");
        run("two");
        RunDirectories single = RunDirectories.of(run, RunDirectoriesTest::read);
        assertThat(single.names()).containsExactly("one");
        assertThat(single.find("two")).isEmpty();
    }

    @Test
    void aDirectoryThatIsNotThereYet() {
        RunDirectories none = RunDirectories.of(place.resolve("later"), RunDirectoriesTest::read);
        assertThat(none.names()).isEmpty();
        assertThat(none.summaries()).isEmpty();
        assertThat(none.find("x")).isEmpty();
    }

    @Test
    void theTrialsOfASearch() throws IOException {
        runs();
        Path search = Files.createDirectories(place.resolve("search/iris"));
        Files.writeString(search.resolve("trials.jsonl"), """
            {"v":1,"search":"hash"}
            {"trial":1,"rung":0,"epochs":2,"values":{"optimizer.rate":"0.1"},"scores":[0.9,0.7],"losses":[0.5,0.6],"seconds":1.5,"error":""}
            {"trial":2,"rung":0,"epochs":0,"values":{"optimizer.rate":"9"},"scores":[],"losses":[],"seconds":0.1,"error":"diverged"}
            {"trial":1,"rung":1,"epochs":4,"values":{"optimizer.rate":"0.1"},"scores":[1.0],"losses":[0.2],"seconds":3,"error":""}
            {"trial":3,"ru\
            """);
        assertThat(directories().searches()).containsExactly("iris");
        SearchTrials trials = directories().search("iris").orElseThrow();
        assertThat(trials.keys()).containsExactly("optimizer.rate");
        assertThat(trials.trials()).extracting(SearchTrials.Trial::number).containsExactly(2, 1);
        assertThat(trials.trials().getFirst().state()).isEqualTo("failed");
        assertThat(trials.trials().getFirst().score()).isNaN();
        assertThat(trials.trials().getLast().score()).isEqualTo(1); // of the last rung
        assertThat(trials.metric()).isEqualTo("score");
        Files.writeString(search.resolve("trials.csv"), "rank,trial,optimizer.rate,accuracy,deviation,loss\n");
        trials = directories().search("iris").orElseThrow();
        assertThat(trials.metric()).isEqualTo("accuracy");
        assertThat(trials.higherIsBetter()).isTrue();
    }
}
