package dev.neurite.dashboard.runs;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Tags;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.dashboard.view.Trials;
import dev.neurite.dashboard.view.WatchedRun.Action;
import dev.neurite.dashboard.view.WatchedRun.Command;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @Timeout(20)
    void tagsAreWrittenThroughNoLinkAndIntoNoPipe() throws Exception {
        Path run = run("one");
        DirectoryRun open = directories().find("one").orElseThrow();
        Path other = Files.writeString(place.resolve("other"), "mine");
        Path tags = run.resolve(TagFile.NAME);
        Files.createSymbolicLink(tags, other);
        assertThatThrownBy(() -> open.tag(new Tags(List.of("a"), "")))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("it is no regular file");
        assertThat(other).hasContent("mine");
        Files.delete(tags);
        assertThat(new ProcessBuilder("mkfifo", tags.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> open.tag(new Tags(List.of("a"), ""))).isInstanceOf(ResourceException.class);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void filesThatMayNotBeReadTakeNoRunDown() throws IOException {
        Path run = run("one");
        for (String each : List.of("tags.json", "test.json", "env.json")) {
            Path file = Files.writeString(run.resolve(each), "{}");
            Files.setPosixFilePermissions(file, Set.of());
            assumeThat(Files.isReadable(file))
                    .as("a user who may not read everything")
                    .isFalse();
        }
        assertThat(directories().summaries().getFirst().phase()).isNotEqualTo(Phase.UNREADABLE);
        DirectoryRun open = directories().find("one").orElseThrow();
        assertThat(open.tags()).isEqualTo(Tags.NONE);
        assertThat(open.testScore()).isEmpty();
        assertThat(open.facts().environment()).isEmpty();
        assertThat(open.warnings())
                .contains("tags.json cannot be read, and is not shown.", "test.json cannot be read, and is not shown.");
    }

    @Test
    void aRunHasItsTestScoreAndItsTags() throws IOException {
        Path run = run("one");
        RunDirectories directories = directories();
        RunSummary before = directories.summaries().getFirst();
        assertThat(before.test()).isEmpty();
        assertThat(before.tags()).isEqualTo(Tags.NONE);
        var metrics = new java.util.LinkedHashMap<>(Map.of("acc", 0.75, "loss", Double.POSITIVE_INFINITY));
        TestFile.write(run, new TestScore(30, "acc", metrics));
        DirectoryRun open = directories.find("one").orElseThrow();
        open.tag(new Tags(List.of(" base  line ", "b", "", "b"), " two\nlines "));
        RunSummary after = directories.summaries().getFirst();
        assertThat(after.test().orElseThrow()).isEqualTo(new TestScore(30, "acc", metrics));
        assertThat(after.test().orElseThrow().value()).isEqualTo(0.75);
        assertThat(after.tags()).isEqualTo(new Tags(List.of("base line", "b"), "two\nlines"));
        assertThat(open.tags()).isEqualTo(after.tags());
        assertThat(open.testScore()).isEqualTo(after.test());
        open.tag(Tags.NONE);
        assertThat(directories.summaries().getFirst().tags()).isEqualTo(Tags.NONE);
        try (var files = Files.list(run)) {
            assertThat(files.map(each -> each.getFileName().toString())).noneMatch(each -> each.endsWith(".tmp"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"rows\":3,\"score\":\"acc\",\"m\":{}}",
                "{\"rows\":-1,\"score\":\"acc\",\"m\":{\"acc\":1}}",
                "{\"rows\":1e99,\"score\":\"acc\",\"m\":{\"acc\":1}}",
                "{\"tags\":\"x\",\"note\":[]}",
                "{\"tags\":[1,null]}"
            })
    void aDamagedFileOfScoresOrTagsIsNone(String text) throws IOException {
        Path run = run("one");
        Files.writeString(run.resolve("test.json"), text);
        Files.writeString(run.resolve("tags.json"), text);
        RunSummary summary = directories().summaries().getFirst();
        assertThat(summary.problem()).isEmpty();
        assertThat(summary.test()).isEmpty();
        assertThat(summary.tags()).isEqualTo(Tags.NONE);
    }

    @Test
    void tagsThatWereEditedByHandAreCut() throws IOException {
        Path run = run("one");
        String tag = "\"" + "t".repeat(60) + "%d\"";
        String tags = java.util.stream.IntStream.range(0, 30)
                .mapToObj(tag::formatted)
                .collect(java.util.stream.Collectors.joining(","));
        Files.writeString(
                run.resolve("tags.json"), "{\"tags\":[\"a\"," + tags + "],\"note\":\"" + "n".repeat(3000) + "\"}");
        Tags read = directories().summaries().getFirst().tags();
        assertThat(read.tags()).containsExactly("a", "t".repeat(Tags.LONGEST_TAG));
        assertThat(read.note()).hasSize(Tags.LONGEST_NOTE);
    }

    @Test
    void pausesAreNoTimeOfARun() throws IOException {
        Path run = run("one");
        old(run);
        RunDirectories directories = directories();
        assertThat(directories.summaries().getFirst().seconds()).isEqualTo(3);
        var notes = new NoteFile(run);
        notes.add(new Note(102.5, "info", "Paused after step 5."));
        notes.addPause(101.75, 0.75);
        notes.addPause(102.5, 0.5);
        assertThat(directories.summaries().getFirst().seconds()).isEqualTo(1.75);
        DirectoryRun open = directories.find("one").orElseThrow();
        assertThat(open.state().elapsed()).isEqualTo(1.75);
        assertThat(open.notes()).containsExactly(new Note(102.5, "info", "Paused after step 5."));
        assertThat(open.warnings()).isEmpty();
        Files.writeString(run.resolve("notes.jsonl"), "{\"t\":102,\"k\":\"pause\",\"m\":{\"seconds\":\"1\"}}\nodd\n");
        assertThat(open.state().elapsed()).isEqualTo(3); // another file: a pause of a text is none
        assertThat(open.notes()).isEmpty();
        assertThat(open.warnings()).singleElement().asString().contains("A line of the logs cannot be read");
    }

    /// A training that goes on from a checkpoint has stood still since then, also while it was paused or trained on.
    @Test
    void timesOfPausesCountOnceAndUpToTheNewestLine() throws IOException {
        Path run = run("one");
        old(run);
        RunDirectories directories = directories();
        var notes = new NoteFile(run);
        notes.addPause(101.25, 0.25);
        notes.addPause(102, 0.5);
        notes.addPause(102.5, 1.375); // contains the second, and half of the first
        assertThat(directories.summaries().getFirst().seconds()).isEqualTo(1.5);
        notes.addPause(200, 97.5); // of which half a second is before the newest line
        assertThat(directories.summaries().getFirst().seconds()).isEqualTo(1);
        assertThat(directories.find("one").orElseThrow().state().elapsed()).isEqualTo(1);
        Files.writeString(run.resolve("notes.jsonl"), """
            {"t":102,"k":"pause","m":{"seconds":-1}}
            {"t":102,"k":"pause","m":{"seconds":1e999}}
            {"t":1e999,"k":"pause","m":{"seconds":1}}
            {"t":1e12,"k":"note","m":{"level":"info","text":"no date"}}
            """);
        assertThat(directories.summaries().getFirst().seconds()).isEqualTo(3);
        assertThat(directories.find("one").orElseThrow().notes()).isEmpty();
    }

    @Test
    void aTrainingThatWasInterruptedIsContinuedByItsCommand() throws IOException {
        Path run = run("broken off");
        old(run);
        String command = directories().find("broken off").orElseThrow().facts().command();
        assertThat(command).isEqualTo("neurite train --resume '" + run + "'");
    }

    @Test
    void evaluationsSayHowManyStepsAnEpochHas() throws IOException {
        Path run = run("long");
        String log = LINE.formatted(100, 3, 1, "train", "1.2") // of a long training not each line is kept
                + LINE.formatted(101, 5, 1, "val", "1.0")
                + LINE.formatted(102, 8, 2, "train", "0.9")
                + LINE.formatted(103, 10, 2, "val", "0.8")
                + LINE.formatted(104, 12, 3, "train", "0.7");
        Files.writeString(run.resolve("metrics.jsonl"), log);
        assertThat(directories().summaries().getFirst().steps()).isEqualTo(15);
        assertThat(directories().find("long").orElseThrow().state().steps()).isEqualTo(15);
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
        Trials trials = directories().search("iris").orElseThrow();
        assertThat(trials.keys()).containsExactly("optimizer.rate");
        assertThat(trials.trials()).extracting(Trials.Trial::number).containsExactly(2, 1);
        assertThat(trials.trials()).extracting(Trials.Trial::failed).containsExactly(true, false);
        assertThat(trials.trials().getFirst().score()).isNaN();
        assertThat(trials.trials().getLast().score()).isEqualTo(1); // of the last rung
        assertThat(trials.metric()).isEqualTo("score");
        Files.writeString(search.resolve("trials.csv"), "rank,trial,optimizer.rate,accuracy,deviation,loss\n");
        trials = directories().search("iris").orElseThrow();
        assertThat(trials.metric()).isEqualTo("accuracy");
        assertThat(trials.higherIsBetter()).isTrue();
    }

    @Test
    @Timeout(20) // the cost of each line of such a file was once the square of its length
    void aHostileConfigurationCostsNoTimeAndNoMemory() throws IOException {
        Path odd = run("odd");
        for (String text : List.of(
                "a: {" + ",".repeat(64_000) + "}",
                "a: {" + "b: 1, ".repeat(10_000) + "}",
                "a: [\n" + "1\n".repeat(30_000),
                "a: " + "{a: ".repeat(16_000),
                "k".repeat(30_000) + ":\n" + " a: 1\n".repeat(5_000),
                "'".repeat(64_000),
                "- a\n".repeat(16_000))) {
            Map<String, String> values = YamlText.values(text);
            assertThat(values.size()).isLessThanOrEqualTo(2_000);
            assertThat(values.keySet()).allMatch(each -> each.length() <= 500);
            assertThat(values.values()).allMatch(each -> each.length() <= 2_001);
            Files.writeString(odd.resolve("config.yaml"), text);
            assertThat(directories().summaries()).hasSize(1);
        }
        Files.writeString(odd.resolve("config.yaml"), "epochs: 3\n" + "#".repeat(1 << 16));
        RunSummary summary = directories().summaries().getFirst();
        assertThat(summary.config()).isEmpty();
        DirectoryRun large = directories().find("odd").orElseThrow();
        assertThat(large.state().epochs()).isEqualTo(-1);
        assertThat(large.warnings()).containsExactly("config.yaml is larger than 64 kB, and is not shown.");
    }

    @Test
    void valuesInBracesAndQuotes() {
        assertThat(YamlText.values("a: {b: 'it''s, so', c: [1, 2], d: {e: \"x, \\\"y\\\"\", f: 2}}\n"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("a.b", "it's, so", "a.c", "[1, 2]", "a.d.e", "x, \"y\"", "a.d.f", "2"));
        assertThat(YamlText.values("layers: [dense(8),\n  dense(3)]\nepochs: 2\n"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("layers", "[dense(8), dense(3)]", "epochs", "2"));
    }

    @Test
    void aConfigurationIsReadAgainOnlyIfItHasChanged() throws IOException {
        Path run = run("one");
        old(run);
        RunDirectories all = directories();
        Map<String, String> first = all.summaries().getFirst().config();
        assertThat(all.summaries().getFirst().config()).isSameAs(first);
        DirectoryRun found = all.find("one").orElseThrow();
        assertThat(found.facts().config()).isSameAs(found.facts().config());
        Files.writeString(run.resolve("config.yaml"), "epochs: 7\n");
        assertThat(all.summaries().getFirst().epochs()).isEqualTo(7);
        assertThat(found.state().epochs()).isEqualTo(7);
    }

    @Test
    void epochsThatBeginWithZeroDivideNothing() throws IOException {
        Path run = run("odd");
        run("one");
        Files.writeString(
                run.resolve("metrics.jsonl"),
                LINE.formatted(1, 3, 0, "train", "1") + LINE.formatted(2, 4, 1, "train", "1"));
        assertThat(directories().summaries()).hasSize(2).noneMatch(each -> each.phase() == Phase.UNREADABLE);
        assertThat(directories().find("odd").orElseThrow().state().step()).isEqualTo(4);
    }

    @Test
    void bytesThatAreNoTextHideNoRun() throws IOException {
        Path run = run("odd");
        run("one");
        Files.write(run.resolve("config.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff, '\n'});
        Files.write(run.resolve("env.json"), new byte[] {'{', (byte) 0xc3, '}'});
        assertThat(directories().summaries()).hasSize(2);
        DirectoryRun found = directories().find("odd").orElseThrow();
        assertThat(found.facts().config()).containsEntry("a", "\ufffd");
        assertThat(found.facts().environment()).isEmpty();
    }

    @Test
    void aRunThatCannotBeReadIsInTheListBesideTheOthers() throws IOException {
        run("bad");
        run("good");
        Path zip = place.resolve("runs.zip");
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            for (String name : List.of("bad", "good")) {
                Path to = Files.createDirectories(files.getPath("/runs/" + name));
                for (String each : List.of("config.yaml", "metrics.jsonl")) {
                    Files.copy(runs().resolve(name).resolve(each), to.resolve(each));
                }
            }
        }
        byte[] bytes = Files.readAllBytes(zip); // a file that the system refuses to read, whoever asks
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("runs/bad/config.yaml") + "runs/bad/config.yaml".length();
        for (int i = at; i < at + 30; i++) bytes[i] = (byte) 0xff;
        Files.write(zip, bytes);
        try (FileSystem files = FileSystems.newFileSystem(zip)) {
            var all = RunDirectories.of(files.getPath("/runs"), RunDirectoriesTest::read);
            assertThat(all.summaries())
                    .extracting(RunSummary::id, RunSummary::phase)
                    .containsExactlyInAnyOrder(tuple("bad", Phase.UNREADABLE), tuple("good", Phase.INTERRUPTED));
            assertThat(all.summaries())
                    .filteredOn(each -> each.id().equals("bad"))
                    .first()
                    .satisfies(each -> assertThat(each.problem()).isNotEmpty());
        }
    }

    @Test
    void runsThatAreDeletedMeanwhileHideNone() throws Exception {
        run("one");
        Path fleeting = runs().resolve("fleeting");
        RunDirectories all = directories();
        var over = new AtomicBoolean();
        try (var threads = Executors.newSingleThreadExecutor()) {
            Future<Integer> deleting = threads.submit(() -> {
                int times = 0;
                for (; !over.get(); times++) {
                    run("fleeting");
                    for (String each : List.of("config.yaml", "env.json", "metrics.jsonl")) {
                        Files.delete(fleeting.resolve(each));
                    }
                    Files.delete(fleeting);
                }
                return times;
            });
            try {
                for (int i = 0; i < 2_000; i++) {
                    assertThat(all.summaries()).extracting(RunSummary::id).contains("one");
                }
            } finally {
                over.set(true);
            }
            assertThat(deleting.get(20, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void aFinishedRunThatGoesOnIsTraining() throws IOException {
        Path run = run("done");
        Files.writeString(run.resolve("model.safetensors"), "a model");
        Path lock = Files.createFile(run.resolve(".lock"));
        if (!Files.isReadable(Path.of("/proc/locks"))) return; // another system goes by the times of files
        RunDirectories all = directories();
        assertThat(all.summaries().getFirst().phase()).isEqualTo(Phase.FINISHED);
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).isNotNull();
            assertThat(all.summaries().getFirst().phase()).isEqualTo(Phase.TRAINING);
            assertThat(all.find("done").orElseThrow().state().phase()).isEqualTo(Phase.TRAINING);
        }
        assertThat(all.summaries().getFirst().phase()).isEqualTo(Phase.FINISHED);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLockOfAnotherDeviceIsNoLockOfTheFile() throws IOException {
        Path file = Files.createFile(place.resolve(".lock"));
        Path mounts = Files.writeString(
                place.resolve("mounts"),
                "1 0 0:5 / / rw - x x rw\n2 1 8:17 / " + place.toRealPath()
                        + " rw - x x rw\n3 1 8:18 / /elsewhere rw - x\n");
        Path table = place.resolve("locks");
        String line = "1: POSIX  ADVISORY  WRITE 7 %s:" + Files.getAttribute(file, "unix:ino") + " 0 EOF%n";
        Files.writeString(table, line.formatted("08:11"));
        assertThat(Locks.of(table, mounts).isLocked(file)).contains(true);
        Files.writeString(table, line.formatted("08:12") + line.formatted("00:05"));
        assertThat(Locks.of(table, mounts).isLocked(file)).contains(false);
        assertThat(Locks.of(table, place.resolve("none")).isLocked(file)).contains(true); // the best that is known
    }

    @Test
    void linesOfASearchAreBounded() throws IOException {
        runs();
        Path search = Files.createDirectories(place.resolve("search/iris"));
        String trial =
                "{\"trial\":%d,\"values\":{\"a\":\"%s\"},\"scores\":[1],\"losses\":[1],\"seconds\":1,\"error\":\"\"}%n";
        Files.writeString(
                search.resolve("trials.jsonl"), trial.formatted(1, "x".repeat(1 << 16)) + trial.formatted(2, "y"));
        Files.writeString(search.resolve("trials.csv"), "x".repeat(1 << 16) + ",accuracy,deviation\n");
        Trials trials = directories().search("iris").orElseThrow();
        assertThat(trials.trials()).extracting(Trials.Trial::number).containsExactly(2);
        assertThat(trials.metric()).isEqualTo("loss"); // not of the table, whose first line is too long
        Files.writeString(search.resolve("trials.jsonl"), "\n".repeat((1 << 23) + 1));
        assertThatThrownBy(() -> directories().search("iris")).hasMessageContaining("more than 8 MB");
    }
}
