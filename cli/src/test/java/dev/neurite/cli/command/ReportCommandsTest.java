package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--html` of train, evaluate and search, and what a terminal shows besides.
final class ReportCommandsTest {
    private static final Map<String, String> UTF8 = Map.of("LANG", "C.UTF-8", "COLUMNS", "100");

    @TempDir
    private Path temp;

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private String data() {
        return TinyData.directory(temp.resolve("data")).toString();
    }

    private Cli train(String out, String... more) {
        String[] words = {"train", data(), "--layers", "4", "--epochs", "3", "--out", path(out)};
        String[] all = java.util.Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return Cli.run(all);
    }

    @Test
    void aTrainingWritesItsReport() throws IOException {
        Cli trained = train("run", "--html", path("report.html"));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("report " + path("report.html"));
        String html = Files.readString(temp.resolve("report.html"));
        assertThat(html)
                .contains("Confusion matrix", "Worst examples", "optimizer.name", "data_sha256.test", "data:image/png")
                .contains("neurite train " + path("run/config.yaml"));
        String plain = train("plain").out();
        assertThat(trained.out()).isEqualTo(plain);
        assertThat(Files.readString(temp.resolve("run/metrics.jsonl")).replaceAll("\"t\":[0-9.E]+", ""))
                .isEqualTo(Files.readString(temp.resolve("plain/metrics.jsonl")).replaceAll("\"t\":[0-9.E]+", ""));
        assertThat(temp.resolve("run/model.safetensors"))
                .hasSameBinaryContentAs(temp.resolve("plain/model.safetensors"));
    }

    @Test
    void jsonNamesTheReport() {
        Cli trained = train("run", "--json", "--html", path("run/report.html"));
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(JsonText.object(trained.out())).containsEntry("html", path("run/report.html"));
        assertThat(temp.resolve("run/report.html")).isNotEmptyFile();
        Cli evaluated = Cli.run("evaluate", path("run"), "--json", "--html", path("evaluation.html"));
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        assertThat(JsonText.object(evaluated.out())).containsEntry("html", path("evaluation.html"));
        assertThat(temp.resolve("evaluation.html"))
                .content()
                .contains("Evaluation of", "Training", "optimizer.name", "weights_sha256", "neurite evaluate");
    }

    @Test
    void aResultIsPrintedAlthoughItsReportCannotBeSaved() {
        String place = path("x".repeat(300) + ".html"); // a name that no file system takes
        Cli trained = train("run", "--json", "--html", place);
        assertThat(trained.code()).isNotZero();
        assertThat(trained.err()).contains("cannot be written");
        assertThat(JsonText.object(trained.out())).containsKeys("accuracy", "weights");
    }

    @Test
    void aResumedTrainingWritesTheReportThatWasAskedFor() throws IOException {
        assertThat(train("run", "--html", path("report.html"), "--tensorboard").code())
                .isZero();
        assertThat(temp.resolve("run/config.yaml")).content().contains("html: ", "tensorboard: true");
        // As if it had been killed before the first checkpoint.
        Files.delete(temp.resolve("run/model.safetensors"));
        Files.delete(temp.resolve("report.html"));
        Cli resumed = Cli.run("train", "--resume", path("run"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(temp.resolve("report.html")).isNotEmptyFile();
        try (var files = Files.list(temp.resolve("run"))) {
            assertThat(files.filter(each -> each.getFileName().toString().startsWith("events.out.tfevents.")))
                    .hasSize(2);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedBeforeTheTraining() {
        Cli none = train("run", "--html", path("none/report.html"));
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("--html", "expects a file in a directory that exists");
        assertThat(temp.resolve("run")).doesNotExist();
        Cli directory = train("run", "--html", path("."));
        assertThat(directory.code()).isEqualTo(2);
        assertThat(directory.err()).contains("expects a file, got a directory");
        Cli folds = train("run", "--folds", "2", "--html", path("report.html"));
        assertThat(folds.code()).isEqualTo(2);
    }

    @Test
    void aSearchWritesItsReportAndEventFiles() throws IOException {
        Path config = TinyData.write(
                temp.resolve("c.yaml"),
                "data: iris\nnetwork: {layers: 4}\nepochs: 2\n".getBytes(StandardCharsets.UTF_8));
        String[] words = {
            "search",
            config.toString(),
            "--grid",
            "optimizer.rate=1e-3,1e-2",
            "--folds",
            "2",
            "--out",
            path("s"),
            "--html",
            path("s/report.html"),
            "--tensorboard",
            "--json"
        };
        Cli searched = Cli.run(words);
        assertThat(searched.code()).as(searched.err()).isZero();
        assertThat(JsonText.object(searched.out())).containsEntry("html", path("s/report.html"));
        assertThat(temp.resolve("s/report.html"))
                .content()
                .contains("All trials, the best first", "optimizer.rate", "Training loss of the trials", "1 other");
        for (int trial = 1; trial <= 2; trial++) {
            for (int fold = 1; fold <= 2; fold++) {
                Path directory = temp.resolve("s/tensorboard/trial-000" + trial + "/fold-" + fold);
                try (var files = Files.list(directory)) {
                    assertThat(files).hasSize(2); // the training, and its score
                }
            }
        }
        String[] again = java.util.Arrays.copyOf(words, words.length + 1);
        again[words.length] = "--overwrite";
        assertThat(Cli.run(again).code()).isZero();
        try (var files = Files.list(temp.resolve("s/tensorboard/trial-0001/fold-1"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void theMatrixIsShadedOnATerminalWithColors() {
        assertThat(train("run").code()).isZero();
        String[] words = {"evaluate", path("run"), "--confusion"};
        String plain = Cli.run(words).out();
        assertThat(plain).contains("rows: the true class").doesNotContain("\u001b");
        Cli colored = Cli.onTerminal(UTF8, words);
        assertThat(colored.out()).contains("\u001b[38;5;").isNotEqualTo(plain);
        assertThat(colored.out().replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
        for (Map<String, String> environment :
                java.util.List.of(Map.of("NO_COLOR", "1"), Map.of("TERM", "dumb"), Map.of("CI", "true"))) {
            assertThat(Cli.onTerminal(environment, words).out()).isEqualTo(plain);
        }
    }

    @Test
    void aTerminalShowsTheLossesInALine() {
        String[] words = {"train", data(), "--layers", "4", "--epochs", "3", "--out", path("run"), "--overwrite"};
        assertThat(Cli.onTerminal(UTF8, words).err()).containsPattern("loss   train [▁-█]{3} [0-9.]+ to [0-9.]+");
        assertThat(Cli.onTerminal(Map.of("LANG", "C"), words).err()).doesNotContain("loss   train");
        assertThat(Cli.onTerminal(Map.of("LANG", "C.UTF-8", "TERM", "dumb"), words)
                        .err())
                .doesNotContain("loss   train");
        assertThat(Cli.run(words).err()).doesNotContain("loss   train");
    }

    @Test
    void eventFilesBelongToTheRun() {
        assertThat(train("run", "--tensorboard").code()).isZero();
        Cli replaced = train("run", "--overwrite");
        assertThat(replaced.code()).as(replaced.err()).isZero();
        assertThat(temp.resolve("run")).isDirectoryNotContaining("glob:**events.out.tfevents.*");
    }
}
