package dev.neurite.cli.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.dashboard.runs.TagFile;
import dev.neurite.dashboard.view.Tags;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Runs that are listed, shown, compared, tagged, and the best of them.
final class RunsTest {
    @TempDir
    private Path temp;

    private SampleRuns runs;

    @BeforeEach
    void make() {
        runs = new SampleRuns(temp.resolve("runs"));
    }

    private Cli ok(String... words) {
        return Cli.ok(runs.words(words));
    }

    private Cli refused(int code, String message, String... words) {
        Cli cli = Cli.run(runs.words(words));
        assertThat(cli.err()).contains(message);
        assertThat(cli.code()).isEqualTo(code);
        return cli;
    }

    private Cli list(String... words) {
        return Cli.run(
                runs.words(Stream.concat(Stream.of("ls"), Stream.of(words)).toArray(String[]::new)));
    }

    @Test
    void aListHasTheNewestLastAndASortedOneTheBestFirst() throws IOException {
        runs.make("c", 0.5, 0.4);
        runs.make("a", 0.5, 0.1);
        TagFile.write(runs.make("b", 0.5, 0.2), new Tags(List.of("baseline", "v 2"), "a note"));
        Files.delete(runs.directory().resolve("c/model.safetensors"));
        assertThat(list().err()).isEmpty();
        assertThat(list().out()).isEqualTo("""
            run  state        data  model  epoch  test             tags
            a    finished     iris  [8]      2/2  accuracy 0.9000
            b    finished     iris  [8]      2/2  accuracy 0.9000  baseline, v 2
            c    interrupted  iris  [8]      2/2  accuracy 0.9000
            """);
        assertThat(list("--sort", "loss").out())
                .containsPattern("val loss(.*\\n)a .* 0\\.1000 (.*\\n)b .* 0\\.2000 (.*\\n)c .* 0\\.4000 ");
        assertThat(list("--sort", "accuracy", "--finished").out())
                .containsPattern("val accuracy(.*\\n)a .*(\\n)b ")
                .doesNotContain("\nc ");
        assertThat(list("--tag", "baseline", "--tag", "v 2", "--json").out())
                .startsWith("[{\"run\":\"b\"")
                .contains("\"tags\":[\"baseline\",\"v 2\"],\"note\":\"a note\",\"problems\":[]");
        assertThat(list("--model", "[8]", "--data", "IRIS").out()).isEqualTo(list().out());
        assertThat(list("--data", "digits").out()).isEmpty();
        assertThat(list("--data", "digits").err()).startsWith("no runs of that kind in");
        Cli unknown = list("--sort", "lost");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err())
                .contains("--sort: expects a metric that a run has of its validation data, one of accuracy, loss, got"
                        + " 'lost'. Did you mean 'loss'?");
        assertThat(Cli.run("runs", "ls", "--in", temp.resolve("none").toString())
                        .code())
                .isEqualTo(3);
    }

    @Test
    void damagedFilesAreNamedAndHideNoRun() throws IOException {
        runs.make("a", 0.5);
        Path b = runs.make("b", 0.5);
        Files.writeString(b.resolve("env.json"), "{\"java\":");
        Files.writeString(b.resolve("tags.json"), "[1]");
        Files.write(b.resolve("config.yaml"), new byte[] {(byte) 0xff, 0, 1});
        Files.writeString(b.resolve("metrics.jsonl"), Files.readString(b.resolve("metrics.jsonl")) + "{\"v\":\n");
        Files.writeString(runs.make("c", 0.5).resolve("test.json"), "x".repeat(70_000));
        assertThat(list().out()).containsPattern("\na .*\nc .*\nb +finished ");
        assertThat(list().err()).isEqualTo("""
            warning: c: test.json is larger than 64 kB
            warning: b: config.yaml is damaged
            warning: b: env.json is damaged
            warning: b: tags.json is damaged
            warning: b: metrics.jsonl has lines that cannot be read
            """);
        assertThat(list("--json").out()).contains("\"problems\":[\"test.json is larger than 64 kB\"]");
        assertThat(ok("show", "b").err()).contains("warning: env.json is damaged");
        assertThat(ok("diff", "a", "b").err()).contains("b: config.yaml is damaged");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void namesAndSettingsReachNoTerminalAsTheyAre() throws IOException {
        String name = "red\u001b[31m\n\u202eb";
        Path run = runs.make(name, new double[] {0.5}, "0.01", "note: \"\u001b[2J\"\nk\u0007ey: 1\n");
        TagFile.write(run, new Tags(List.of("\u001b[1m"), "two\nlines \u009b"));
        String shown = "red~1b[31m~0a~e2~80~aeb";
        for (Cli each : List.of(
                list(),
                list("--json"),
                ok("show", shown),
                ok("diff", shown, shown),
                ok("tag", shown),
                ok("best", "loss"))) {
            assertThat(each.out() + each.err()).doesNotContain("\u001b", "\u202e", "\u0007", "\u009b");
        }
        assertThat(list().out().lines()).hasSize(2);
        assertThat(list().out()).contains(shown, "\\u001b[1m");
    }

    @Test
    void fiveHundredRunsAreListedQuickly() throws IOException {
        for (int i = 0; i < 500; i++) runs.make("run-" + i, 0.5, 0.4);
        list("--json"); // compiles what the list needs
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        assertThat(list().out().lines()).hasSize(501);
        assertThat(threads.getCurrentThreadCpuTime() - before).isLessThan(1_000_000_000L);
    }

    @Test
    void theFiguresAreThoseOfTheModel() throws IOException {
        runs.make("a", 0.5, 0.3);
        runs.make("b", new double[] {0.5, 0.1, 0.4}, "0.1", "early-stopping: 1\nmonitor: loss\n");
        runs.make("c", new double[] {Double.NaN, Double.NaN}, "0.1", "");
        Cli best = ok("best", "loss");
        assertThat(best.out()).isEqualTo(runs.directory().resolve("b") + "\n");
        assertThat(best.err()).isEqualTo("loss 0.1000 on the validation data, the best of 2 runs; 1 without it\n");
        assertThat(ok("best", "accuracy", "-q").err()).isEmpty();
        assertThat(JsonText.object(ok("best", "acc", "--part", "test", "--json").out()))
                .containsEntry("run", "c") // all have the same: the newest
                .containsEntry("metric", "accuracy")
                .containsEntry("part", "test")
                .containsEntry("value", 0.9);
        assertThat(list("--json").out()).contains("\"val.loss\":0.1,").doesNotContain("\"train.");
        assertThat(ok("show", "b").out())
                .contains("state  finished, epoch 3 of 3; the model is that of epoch 2")
                .containsPattern("val loss +0\\.4000 +0\\.1000 +2\\n");
        refused(2, "METRIC: expects a metric that a run has of its validation data", "best", "r2");
        refused(3, "expects a run that has ended and fits the options, got none", "best", "loss", "--tag", "x");
        refused(2, "--part: expects one of validation, test, got 'train'", "best", "loss", "--part", "train");
    }

    @Test
    void withoutValidationDataTheTestPartDecides() throws IOException {
        Path a = runs.make("a", 0.5);
        Files.writeString(a.resolve("metrics.jsonl"), "");
        Path b = runs.make("b", 0.5);
        Files.writeString(
                b.resolve("metrics.jsonl"),
                Files.readString(b.resolve("metrics.jsonl")).replace("val", "test"));
        Files.writeString(b.resolve("test.json"), "{\"rows\":3,\"score\":\"r2\",\"m\":{\"r2\":0.7,\"loss\":0.1}}");
        assertThat(ok("best", "loss").out()).isEqualTo(b + "\n");
        assertThat(ok("best", "loss").err()).contains("on the test part, the best of 2 runs");
        assertThat(ok("best", "r2").err()).contains("the best of 1 run; 1 without it");
    }

    @Test
    void aComparisonHasTheSettingsThatDiffer() throws IOException {
        runs.make("a", new double[] {0.5}, "0.01", "");
        runs.make("b", new double[] {0.4}, "0.1", "seed: 3\n");
        assertThat(ok("diff", "a", "b").out()).startsWith("""
            setting         a     b
            optimizer.rate  0.01  0.1
            seed            –     3

                                a       b
            val loss       0.5000  0.4000
            val accuracy   0.9500  0.9600
            """);
        assertThat(ok("diff", "a", "a").out()).startsWith("the same settings\n");
        assertThat(ok("diff", "a", runs.directory().resolve("b").toString(), "--json")
                        .out())
                .contains(
                        "\"settings\":{\"optimizer.rate\":{\"a\":\"0.01\",\"b\":\"0.1\"},\"seed\":{\"a\":null,\"b\":\"3\"}}");
        refused(3, "c: expects a run's directory, or the name of a run in", "diff", "a", "c");
    }

    @Test
    void tagsAndTheNoteAreThoseOfThePage() throws IOException {
        Path run = runs.make("a", 0.5);
        assertThat(ok("tag", "a", "baseline", " v  2 ", "baseline").out()).isEqualTo("tags  baseline, v 2\nnote  –\n");
        assertThat(ok("note", "a", "first\nsecond").out()).isEqualTo("tags  baseline, v 2\nnote  first\nsecond\n");
        assertThat(TagFile.read(run)).isEqualTo(new Tags(List.of("baseline", "v 2"), "first\nsecond"));
        assertThat(ok("tag", "a", "new", "--remove", "baseline", "--json").out())
                .contains("\"tags\":[\"v 2\",\"new\"],\"note\":\"first\\nsecond\"");
        ok("note", "a", "");
        assertThat(TagFile.read(run)).isEqualTo(new Tags(List.of("v 2", "new"), ""));
        refused(2, "--remove: expects a tag of a, got 'x'. It has v 2, new", "tag", "a", "--remove", "x");
        refused(2, "TAG: expects at most 40 characters, got 41", "tag", "a", "x".repeat(41));
        refused(2, "TEXT: expects at most 2000 characters, got 2001", "note", "a", "x".repeat(2001));
        String[] many = new String[22];
        for (int i = 0; i < many.length; i++) many[i] = i == 0 ? "tag" : i == 1 ? "a" : "t" + i;
        refused(2, "TAG: expects at most 20 tags of a run, got 22", many);
        assertThat(TagFile.read(run)).isEqualTo(new Tags(List.of("v 2", "new"), ""));
    }

    @Test
    void theBestRunPredicts() {
        String run = runs.directory().resolve("iris").toString();
        Cli.ok("train", "iris", "--epochs", "1", "--validation", "0.2", "--out", run);
        String best = ok("best", "accuracy", "-q").out().strip();
        assertThat(best).isEqualTo(run);
        assertThat(Cli.withInput("5.1,3.5,1.4,0.2\n", "predict", best, "-").code())
                .isZero();
        Map<String, Object> shown = JsonText.object(ok("show", "iris", "--json").out());
        assertThat(shown)
                .containsEntry("state", "finished")
                .containsEntry("model_epoch", 1.0)
                .containsKeys("settings", "courses", "files", "test", "started");
    }
}
