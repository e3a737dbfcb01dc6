package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.io.Checkpoints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs that are interrupted by a signal or `kill -9` and resumed: the final weights have the same bits.
final class InterruptedRunTest {
    /// Without the Vector API, which is slow until it is compiled: most processes are killed before.
    private static final List<String> SCALARS = List.of("-Xmx2g", "-XX:+UseSerialGC");

    private static final long SEED = 20_261_125;

    @TempDir
    private Path temp;

    private String err() throws IOException {
        return Files.readString(temp.resolve("err"));
    }

    private static String weights(Path run) {
        Cli evaluated = Cli.run("evaluate", run.toString(), "--json");
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        return String.valueOf(JsonText.object(evaluated.out()).get("weights"));
    }

    /// Waits until a run has written its first checkpoint.
    private void awaitCheckpoint(Process process, Path run) throws Exception {
        await(() -> {
            assertThat(process.isAlive()).as("the training goes on: %s", err()).isTrue();
            return !Checkpoints.files(run.resolve("checkpoints")).isEmpty();
        });
    }

    private Process train(Path run) throws Exception {
        String[] train = {
            "train",
            "digits",
            "--layers",
            "64",
            "--epochs",
            "400",
            "--dropout",
            "0.1",
            "--checkpoint-every",
            "10",
            "--out",
            run.toString()
        };
        Process process = CliProcess.start(temp, List.of(), train);
        awaitCheckpoint(process, run);
        return process;
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "HUP, 129"})
    void aSignalPausesARun(String signal, int code) throws Exception {
        Path run = temp.resolve("run");
        requirePaused(train(run), run, signal, code);
    }

    private void requirePaused(Process process, Path run, String signal, int code) throws Exception {
        CliProcess.signal(process, signal);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(err()).isEqualTo(code);
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("paused: interrupted by SIG" + signal + "\n");
        assertThat(err()).contains("next   neurite train --resume " + run);
        assertThat(run.resolve("model.safetensors")).doesNotExist();
        String newest = Checkpoints.files(run.resolve("checkpoints")).getLast().toString();
        assertThat(err()).contains("or     " + asItIs(newest));
    }

    private static String asItIs(String newest) {
        return "neurite predict " + newest + " FILE uses the newest checkpoint as it is";
    }

    @Test
    void aPausedRunGoesOn() throws Exception {
        Path run = temp.resolve("run");
        requirePaused(train(run), run, "INT", 130);
        String newest = Checkpoints.files(run.resolve("checkpoints")).getLast().toString();
        Cli early = Cli.run("evaluate", run.toString());
        assertThat(early.code()).isEqualTo(3);
        assertThat(early.err())
                .contains("training has not ended")
                .contains("neurite train --resume " + run + "; or " + asItIs(newest));
        Cli used = Cli.run("evaluate", newest);
        assertThat(used.code()).as(used.err()).isZero();

        Cli other = Cli.run("train", "--resume", run.toString(), "--epochs", "401");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("got epochs 401 instead of 400");
        Process resumed = CliProcess.start(temp, List.of(), "train", "--resume", run.toString());
        awaitLine("epoch=");
        Cli second = Cli.run("train", "--resume", run.toString());
        assertThat(second.code()).as(second.err()).isEqualTo(6);
        assertThat(second.err()).contains("expects to be trained by one process at a time");
        CliProcess.signal(resumed, "INT");
        assertThat(resumed.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(resumed.exitValue()).as(err()).isEqualTo(130);
    }

    @Test
    void aSignalPausesASearchWhichKeepsTheTrialsThatHaveEnded() throws Exception {
        Path file = temp.resolve("c.yaml");
        Files.writeString(file, "data: digits\nnetwork: {layers: [32]}\nepochs: 100000\n");
        String[] search = {
            "search",
            file.toString(),
            "--grid",
            "epochs=1,100000,2",
            "--holdout",
            "0.2",
            "--parallel",
            "1",
            "--out",
            temp + "/s"
        };
        Process process = CliProcess.start(temp, List.of(), search);
        awaitLine("trial=1/3");
        CliProcess.signal(process, "TERM");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(err()).isEqualTo(143);
        assertThat(err()).contains("paused after 1 trials; the same command continues the search");
        assertThat(Files.readAllLines(temp.resolve("s/trials.jsonl"))).hasSize(2);
        assertThat(temp.resolve("s/trials.csv")).doesNotExist();
    }

    /// In the middle of a step that takes seconds.
    @Test
    void aSecondSignalEndsAProcessAtOnce() throws Exception {
        Path run = temp.resolve("run");
        String[] train = {"train", "digits", "--layers", "2500,2500", "--batch", "1437", "--out", run.toString()};
        Process process = CliProcess.start(temp, SCALARS, train);
        awaitLine("train ");
        Thread.sleep(300);
        CliProcess.signal(process, "INT");
        awaitLine("pausing after this step; press Ctrl-C again to end at once");
        CliProcess.signal(process, "INT");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(err()).isEqualTo(130);
        assertThat(process.getInputStream().readAllBytes())
                .as("no word of a pause")
                .isEmpty();
        assertThat(run.resolve("checkpoints")).doesNotExist();
    }

    /// A hundred training rows, and so many test rows that evaluating takes seconds.
    @Test
    void aModelIsKeptBeforeItIsTested() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        TinyData.write(data.resolve(TinyData.TRAIN_IMAGES), TinyData.images(100));
        TinyData.write(data.resolve(TinyData.TRAIN_LABELS), TinyData.labels(100));
        TinyData.write(data.resolve(TinyData.TEST_IMAGES), TinyData.images(20_000));
        TinyData.write(data.resolve(TinyData.TEST_LABELS), TinyData.labels(20_000));
        Path run = temp.resolve("run");
        String[] train = {
            "train", "data", "--layers", "3000,3000", "--epochs", "1", "--validation", "0.1", "--out", run.toString()
        };
        Process process = CliProcess.start(temp, SCALARS, train);
        await(() -> Files.exists(run.resolve("model.safetensors")));
        assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).as(err()).isFalse();
        process.toHandle().destroyForcibly(); // unlike the process, it leaves the streams open
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.getInputStream().readAllBytes()).isEmpty();
        assertThat(Cli.run("summary", run.toString()).code()).isZero();
    }

    private void awaitLine(String start) throws Exception {
        await(() -> err().lines().anyMatch(line -> line.startsWith(start)));
    }

    private void await(Callable<Boolean> what) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!what.call()) {
            assertThat(System.nanoTime())
                    .as("nothing came of it in two minutes: %s", err())
                    .isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void aRunKilledFourTimesGivesTheWeightsOfAnUnbrokenOne() throws Exception {
        killed(4, "300,300", "0.5", 2, 3);
    }

    /// With 100 MB of state, so that many a kill lands inside the writing of a checkpoint.
    @Test
    @Tag("thorough")
    void aRunKilledTwoHundredTimesGivesTheWeightsOfAnUnbrokenOne() throws Exception {
        killed(200, "3000,2800", "0.1", 5, 120);
    }

    /// @param validation the share of rows that the steps do not take
    /// @param write about how many milliseconds writing takes
    private void killed(int kills, String layers, String validation, int epochs, int write) throws Exception {
        String[] settings = {
            "digits",
            "--layers",
            layers,
            "--epochs",
            Integer.toString(epochs),
            "--validation",
            validation,
            "--dropout",
            "0.2",
            "--batch",
            "16",
            "--ema",
            "0.9",
            "--schedule",
            "cosine",
            "--checkpoint-every",
            "1"
        };
        Path whole = temp.resolve("whole");
        Cli unbroken = Cli.run(Stream.of(
                        Stream.of("train"),
                        Stream.of(settings).limit(settings.length - 2),
                        Stream.of("--out", whole.toString()))
                .flatMap(each -> each)
                .toArray(String[]::new));
        assertThat(unbroken.code()).as(unbroken.err()).isZero();

        Path run = temp.resolve("run");
        var random = new java.util.Random(SEED);
        int inside = 0;
        int resumed = 0;
        boolean ended = false;
        for (int i = 0; i < kills && !ended; i++) {
            Process process = start(run, settings);
            long before = newest(run);
            awaitProgress(process, run, before);
            while (i % 2 == 0 && process.isAlive() && !hasTemporary(run)) Thread.sleep(1);
            int delay = i % 4 == 0 ? 0 : random.nextInt(i % 2 == 0 ? write : 100); // writing may take next to no time
            ended = process.waitFor(delay, TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            if (hasTemporary(run)) inside++;
            if (before > 0) resumed++;
        }
        assertThat(ended).as("all kills came before the end").isFalse();
        Process last = start(run, settings);
        assertThat(last.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue()).as(err()).isZero();
        System.getLogger("test").log(System.Logger.Level.INFO, "{0} kills, {1} inside a write", kills, inside);
        assertThat(resumed).as("lives that began from a checkpoint").isGreaterThanOrEqualTo(kills * 3 / 4);
        assertThat(inside)
                .as("kills inside the writing of a checkpoint")
                .isGreaterThanOrEqualTo(Math.ceilDiv(kills * 3, 20));
        assertThat(weights(run)).isEqualTo(weights(whole));
        assertThat(hasTemporary(run)).as("half-written files are left").isFalse();
    }

    private Process start(Path run, String[] settings) throws IOException {
        boolean begun = Files.exists(run.resolve("config.yaml"));
        return begun
                ? CliProcess.start(temp, SCALARS, "train", "--resume", run.toString())
                : CliProcess.start(
                        temp,
                        SCALARS,
                        Stream.of(Stream.of("train"), Stream.of(settings), Stream.of("--out", run.toString()))
                                .flatMap(each -> each)
                                .toArray(String[]::new));
    }

    /// How many steps the newest checkpoint has; 0 without one.
    private static long newest(Path run) {
        List<Path> all = Checkpoints.files(run.resolve("checkpoints"));
        if (all.isEmpty()) return 0;
        return Long.parseLong(all.getLast().getFileName().toString().substring(5, 14));
    }

    /// Waits until a training has got further than before.
    private void awaitProgress(Process process, Path run, long steps) throws Exception {
        await(() -> !process.isAlive() || newest(run) > steps);
    }

    private static boolean hasTemporary(Path run) throws IOException {
        Path directory = run.resolve("checkpoints");
        if (!Files.exists(directory)) return false;
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(".tmp"));
        }
    }
}
