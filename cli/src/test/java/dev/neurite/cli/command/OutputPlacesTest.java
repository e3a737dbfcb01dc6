package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.cli.Cli;
import dev.neurite.cli.TinyData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where results may be written to: never over what a command reads; to pipes and devices, through links.
@Timeout(120)
final class OutputPlacesTest {
    @TempDir
    static Path temp;

    private static String path(String name) {
        return temp.resolve(name).toString();
    }

    @BeforeAll
    static void train() throws IOException {
        Files.writeString(temp.resolve("rows.csv"), "a,b,kind\n" + "1,2,x\n3,1,y\n".repeat(30));
        Files.writeString(temp.resolve("test.csv"), "a,b,kind\n1,2,x\n3,1,y\n");
        Cli trained = Cli.run(training("run", "--test", path("test.csv")));
        assertThat(trained.code()).as(trained.err()).isZero();
        TinyData.directory(temp.resolve("images"));
        assertThat(Cli.run("train", path("images"), "--layers", "4", "--epochs", "1", "--out", path("of-images"))
                        .code())
                .isZero();
    }

    private static String[] training(String out, String... more) {
        List<String> words = new ArrayList<>(List.of("train", path("rows.csv"), "--label", "kind"));
        words.addAll(List.of("--layers", "4", "--epochs", "1", "--out", path(out)));
        words.addAll(Arrays.asList(more));
        return words.toArray(String[]::new);
    }

    private static void refused(Path file, String... words) throws IOException {
        byte[] before = Files.readAllBytes(file);
        Cli cli = Cli.run(words);
        String command = String.join(" ", words);
        assertThat(cli.err()).as(command).contains("expects a file that the command does not read, got ");
        assertThat(cli.code()).as(command).isEqualTo(2);
        assertThat(Files.readAllBytes(file)).as(command).isEqualTo(before);
    }

    @Test
    void whatACommandReadsIsNotReplaced() throws IOException {
        Path rows = temp.resolve("rows.csv");
        Path test = temp.resolve("test.csv");
        Path model = temp.resolve("run/model.safetensors");
        Path link = Files.createSymbolicLink(temp.resolve("link"), model);
        Path same = Files.createLink(temp.resolve("same"), rows);
        for (Path each : List.of(model, link, rows, same, temp.resolve("run/config.yaml"))) {
            refused(each, "predict", path("run"), rows.toString(), "--out", each.toString());
            refused(each, "evaluate", path("run"), "--html", each.toString());
        }
        for (Path each : List.of(model, temp.resolve("run/metrics.jsonl"), temp.resolve("run/env.json"))) {
            refused(each, "predict", model.toString(), rows.toString(), "--out", each.toString());
        }
        refused(test, "evaluate", path("run"), "--html", test.toString());
        refused(test, "evaluate", path("run"), "--data", test.toString(), "--html", test.toString());
        refused(rows, training("other", "--html", same.toString()));
        refused(test, training("other", "--test", test.toString(), "--html", test.toString()));
        refused(model, "train", "iris", "--from", path("run"), "--html", model.toString(), "--out", path("other"));
        assertThat(temp.resolve("other")).doesNotExist();
        Path images = temp.resolve("images").resolve(TinyData.TEST_IMAGES);
        refused(images, "evaluate", path("of-images"), "--html", images.toString());
        Path configuration = Files.copy(temp.resolve("run/config.yaml"), temp.resolve("own.yaml"));
        refused(configuration, "train", configuration.toString(), "--html", configuration.toString());
        String[] grid = {"search", configuration.toString(), "--grid", "batch=8,16", "--html"};
        for (Path each : List.of(configuration, same)) {
            String[] search = Arrays.copyOf(grid, grid.length + 1);
            search[grid.length] = each.toString();
            refused(each, search);
        }
    }

    /// Other files are replaced, also beside what is read.
    @Test
    void reportsAndPredictionsAreReplaced() {
        for (int i = 0; i < 2; i++) {
            for (String place : List.of("run/report.html", "images/report.html")) {
                Cli evaluated = Cli.run("evaluate", path("of-images"), "--html", path(place));
                assertThat(evaluated.code()).as(evaluated.err()).isZero();
            }
            Cli predicted = Cli.run("predict", path("run"), path("test.csv"), "--out", path("run/predictions.csv"));
            assertThat(predicted.code()).as(predicted.err()).isZero();
        }
        assertThat(temp.resolve("run/predictions.csv")).content().startsWith("row,prediction");
    }

    /// The files of a run that is about to begin are not there yet.
    @Test
    void aReportIsNoFileOfItsRun() {
        Cli cli = Cli.run("train", "iris", "--out", path("new"), "--html", path("new/model.safetensors"));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("--html", "expects a name that ends with .html", "got model.safetensors");
        assertThat(temp.resolve("new")).doesNotExist();
    }

    @Test
    void pipesTakeReportsAndPredictions() throws Exception {
        Path pipe = temp.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "needs mkfifo");
        List<String[]> commands = List.of(
                new String[] {"evaluate", path("run"), "--html", pipe.toString()},
                training("piped", "--html", pipe.toString()),
                new String[] {"predict", path("run"), path("test.csv"), "--out", pipe.toString()});
        for (String[] words : commands) {
            var read = CompletableFuture.supplyAsync(() -> {
                try {
                    return Files.readString(pipe);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            Cli cli = Cli.run(words);
            assertThat(cli.code()).as(cli.err()).isZero();
            assertThat(read.get(30, TimeUnit.SECONDS))
                    .startsWith(words[0].equals("predict") ? "row,prediction" : "<!DOCTYPE html>");
            assertThat(Files.readAttributes(pipe, "isOther")).containsEntry("isOther", true);
        }
    }

    @Test
    void linksToReportsStay() throws IOException {
        Files.createDirectory(temp.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(temp.resolve("report.html"), Path.of("elsewhere/real.html"));
        for (int i = 0; i < 2; i++) {
            assertThat(Cli.run("evaluate", path("run"), "--html", link.toString())
                            .code())
                    .isZero();
            assertThat(link).isSymbolicLink();
            assertThat(Files.readString(temp.resolve("elsewhere/real.html"), StandardCharsets.UTF_8))
                    .startsWith("<!DOCTYPE html>");
        }
        try (Stream<Path> files = Files.list(temp.resolve("elsewhere"))) {
            assertThat(files).hasSize(1);
        }
    }
}
