package dev.neurite.cli.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.dashboard.runs.TagFile;
import dev.neurite.dashboard.view.Tags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs as files of MLflow. `MlflowRunTest` of core has the rules of those files.
final class RunsExportTest {
    @TempDir
    private Path temp;

    private List<Path> exported(Path store) throws IOException {
        try (Stream<Path> files = Files.walk(store, 2)) {
            return files.filter(each -> Files.exists(each.resolve("params")))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aRunIsExportedWithItsFiguresByEpoch() throws IOException {
        var runs = new SampleRuns(temp.resolve("runs"));
        Path a = runs.make("a", 0.5, Double.NaN);
        TagFile.write(a, new Tags(List.of("baseline", "v 2"), "two\nlines"));
        Path store = temp.resolve("mlruns");
        String[] export = runs.words("export", "--mlflow", store.toString());
        assertThat(Cli.ok(export).out()).isEqualTo(store + ": 1 run in experiment 'neurite'\n");
        Path run = exported(store).getFirst();
        assertThat(run.resolve("params/optimizer.rate")).hasContent("0.01");
        assertThat(run.resolve("params/data.source")).hasContent("iris");
        assertThat(run.resolve("metrics/val/loss")).hasContent("1700000010500 0.5 10\n1700000020500 nan 20");
        assertThat(run.resolve("metrics/train/accuracy"))
                .hasContent("1700000010500 0.5 10\n1700000020500 0.5 20"); // means of epochs
        assertThat(run.resolve("metrics/test/accuracy")).hasContent("1700000020500 0.9 20");
        assertThat(run.resolve("tags/neurite.tags")).hasContent("baseline, v 2");
        assertThat(run.resolve("tags/mlflow.note.content")).hasContent("two\nlines");
        assertThat(run.resolve("artifacts/model.safetensors")).hasContent("a model");
        assertThat(run.resolve("meta.yaml"))
                .content()
                .contains(
                        "status: 3\n", "start_time: 1700000005500\n", "end_time: 1700000020500\n", "run_name: \"a\"\n");
        // again, after it was renamed and continued
        Path renamed = Files.move(a, runs.directory().resolve("renamed"));
        Files.writeString(
                renamed.resolve("config.yaml"), Files.readString(renamed.resolve("config.yaml")) + "threads: 7\n");
        Cli.ok(runs.words("export", "renamed", "--mlflow", store.toString()));
        assertThat(exported(store)).containsExactly(run);
        assertThat(run.resolve("tags/mlflow.runName")).hasContent("renamed");
    }

    @Test
    void anInterruptedRunIsNoFinishedOneAndACopyIsTheSame() throws IOException {
        var runs = new SampleRuns(temp.resolve("runs"));
        Path a = runs.make("a", 0.5);
        Files.delete(a.resolve("model.safetensors"));
        runs.make("b", 0.5);
        Path store = temp.resolve("mlruns");
        Cli both = Cli.ok(runs.words("export", "--mlflow", store.toString(), "--experiment", "width"));
        assertThat(both.err())
                .isEqualTo("note: " + runs.directory().resolve("b") + " is a copy of " + a + ", and replaces it\n");
        Cli.ok(runs.words("export", "a", "--mlflow", store.toString(), "--experiment", "width"));
        assertThat(exported(store)).hasSize(1);
        assertThat(exported(store).getFirst().resolve("meta.yaml")).content().contains("status: 5\n");
    }

    @Test
    void aStoreIsADirectory() throws IOException {
        var runs = new SampleRuns(temp.resolve("runs"));
        runs.make("a", 0.5);
        Path file = Files.writeString(temp.resolve("file"), "mine");
        Cli refused = Cli.run(runs.words("export", "--mlflow", file.toString()));
        assertThat(refused.code()).isEqualTo(6);
        assertThat(refused.err()).contains("file: expects a directory of MLflow, got a file");
        assertThat(Cli.run(runs.words("export", "--mlflow", "")).code()).isEqualTo(2);
        assertThat(Cli.run(runs.words("export", "--mlflow", temp.resolve("m").toString(), "--experiment", " "))
                        .err())
                .contains("experiment: expects a name of 1 to 500 characters, got none");
        assertThat(temp.resolve("file")).hasContent("mine");
    }
}
