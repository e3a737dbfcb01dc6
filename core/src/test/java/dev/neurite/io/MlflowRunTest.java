package dev.neurite.io;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.MlflowRun.Point;
import dev.neurite.io.MlflowRun.Status;
import dev.neurite.model.Model;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The files of MLflow's file store, by what `mlflow/store/tracking/file_store.py` reads and
/// `mlflow/utils/validation.py` allows.
final class MlflowRunTest {
    private static final Instant START = Instant.ofEpochMilli(1_700_000_000_123L);

    @TempDir
    private Path temp;

    private static SequencedMap<String, List<Point>> points(String name, double... values) {
        SequencedMap<String, List<Point>> metrics = new LinkedHashMap<>();
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) points.add(new Point(10L * i, START.plusSeconds(i), values[i]));
        metrics.put(name, points);
        return metrics;
    }

    private static MlflowRun run(String name, SequencedMap<String, List<Point>> metrics) {
        return new MlflowRun(
                "begun at 7",
                name,
                Status.RUNNING,
                START,
                Optional.empty(),
                new LinkedHashMap<>(),
                metrics,
                new LinkedHashMap<>(),
                new LinkedHashMap<>());
    }

    private Path store() {
        return temp.resolve("mlruns");
    }

    private static Path experimentOf(Path run) {
        return Objects.requireNonNull(run.getParent());
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(each -> folder.relativize(each).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aRunHasADescriptionAndAFileForEachValue() throws IOException {
        Path run = run("first", points("val/loss", 0.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY))
                .withParameters(Map.of("optimizer.rate", "1e-3"))
                .withTags(Map.of("mlflow.note.content", "two\nlines"))
                .write(store(), "digits");
        assertThat(String.valueOf(run.getFileName())).matches("[0-9a-f]{32}");
        String experiment = String.valueOf(experimentOf(run).getFileName());
        assertThat(experiment).matches("[1-9][0-9]{17}");
        assertThat(run.resolve("meta.yaml"))
                .content()
                .isEqualTo(String.join(
                        "\n",
                        "artifact_uri: \"" + store().toUri().toString().replaceFirst("/$", "") + "/" + experiment + "/"
                                + run.getFileName() + "/artifacts\"",
                        "deleted_time: null",
                        "end_time: null",
                        "entry_point_name: ''",
                        "experiment_id: \"" + experiment + "\"",
                        "lifecycle_stage: active",
                        "run_id: \"" + run.getFileName() + "\"",
                        "run_name: \"first\"",
                        "run_uuid: \"" + run.getFileName() + "\"",
                        "source_name: ''",
                        "source_type: 4",
                        "source_version: ''",
                        "start_time: 1700000000123",
                        "status: 1",
                        "tags: []",
                        "user_id: \"" + System.getProperty("user.name") + "\"",
                        ""));
        assertThat(run.resolve("metrics/val/loss"))
                .content()
                .isEqualTo("1700000000123 0.5 0\n1700000001123 nan 10\n1700000002123 inf 20\n1700000003123 -inf 30\n");
        assertThat(run.resolve("params/optimizer.rate")).content().isEqualTo("1e-3"); // no line end
        assertThat(run.resolve("tags/mlflow.note.content")).content().isEqualTo("two\nlines");
        assertThat(run.resolve("tags/mlflow.runName")).content().isEqualTo("first");
        assertThat(run.resolve("artifacts")).isDirectory();
        assertThat(store().resolve("0/meta.yaml")).content().contains("experiment_id: \"0\"\n", "name: \"Default\"\n");
        assertThat(run.resolveSibling("meta.yaml"))
                .content()
                .contains("name: \"digits\"\n", "lifecycle_stage: active\n", "creation_time: 1");
    }

    @Test
    void theSameRunReplacesItselfAndKeepsTagsOfOthers() throws IOException {
        Path first = run("a", points("val/loss", 0.5))
                .withParameters(Map.of("old", "1"))
                .write(store(), "digits");
        Files.writeString(first.resolve("tags/reviewed"), "yes");
        Path again = run("b", points("loss", 0.4)).write(store(), "digits");
        assertThat(again).isEqualTo(first);
        assertThat(files(first))
                .containsExactly(
                        "meta.yaml",
                        "metrics/loss",
                        "tags/mlflow.runName",
                        "tags/mlflow.source.name",
                        "tags/mlflow.source.type",
                        "tags/mlflow.user",
                        "tags/reviewed");
        Path other = run("b", points("loss", 0.4)).write(store(), "other"); // an id is in one experiment only
        assertThat(other.getFileName()).isNotEqualTo(first.getFileName());
    }

    @Test
    void anExperimentIsFoundAsMlflowWritesItsName() throws IOException {
        List<String> scalars = List.of(
                "plain name",
                "'it''s: quoted'",
                "\"\\u00e9 \\\"x\\\" \\U0001F600\"",
                "a name of many words that is longer than a line of eighty characters, and goes\n  on in the next");
        List<String> names = List.of(
                "plain name",
                "it's: quoted",
                "é \"x\" 😀",
                "a name of many words that is longer than a line of eighty characters, and goes on in the next");
        for (int i = 0; i < names.size(); i++) {
            Path folder = Files.createDirectories(store().resolve("7" + i));
            Files.writeString(
                    folder.resolve("meta.yaml"), "experiment_id: '7" + i + "'\nname: " + scalars.get(i) + "\n");
            assertThat(experimentOf(run("a", points("loss", 1)).write(store(), names.get(i))))
                    .isEqualTo(folder.toAbsolutePath());
        }
        Path own = experimentOf(run("a", points("loss", 1)).write(store(), "a \"name\"\u0007\\ é"));
        assertThat(experimentOf(run("a", points("loss", 1)).write(store(), "a \"name\"\u0007\\ é")))
                .isEqualTo(own);
        assertThat(own.resolve("meta.yaml")).content().contains("name: \"a \\\"name\\\"\\U00000007\\\\ é\"");
        // one that was renamed, and one that was deleted, keep their ids
        Path before = experimentOf(run("a", points("loss", 1)).write(store(), "x"));
        Files.writeString(before.resolve("meta.yaml"), "name: y\n");
        Path second = experimentOf(run("a", points("loss", 1)).write(store(), "x"));
        assertThat(second).isNotEqualTo(before);
        Files.move(
                second,
                Files.createDirectories(store().resolve(".trash"))
                        .resolve(store().toAbsolutePath().relativize(second)));
        assertThat(experimentOf(run("a", points("loss", 1)).write(store(), "x")))
                .isNotIn(before, second);
    }

    @Test
    void namesAndValuesAreThoseThatMlflowAllows() throws IOException {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String each : List.of(
                "../../etc/passwd",
                "/root",
                "a/../b",
                "a//b",
                "",
                ".",
                "..",
                "käse:1",
                "käse;1",
                "KÄSE:1",
                "line\nend",
                "val",
                "val/loss",
                "x".repeat(300))) {
            parameters.put(each, "value of " + each);
        }
        parameters.put("long", "😀".repeat(4000));
        Path run = run("a", points("loss", 1)).withParameters(parameters).write(store(), "digits");
        assertThat(files(temp)).allMatch(each -> each.startsWith("mlruns/"));
        List<String> names = files(run.resolve("params"));
        assertThat(names).hasSize(parameters.size()).allSatisfy(each -> {
            assertThat(each)
                    .matches("[A-Za-z0-9_./ -]{1,250}")
                    .doesNotStartWith("..")
                    .doesNotStartWith("/");
            assertThat(Path.of(each).normalize().toString().replace('\\', '/')).isEqualTo(each);
        });
        assertThat(names.stream().map(String::toLowerCase).distinct()).hasSize(names.size());
        assertThat(names).contains("_./_./etc/passwd", "k_se_1", "k_se_1_2", "K_SE_1_3", "val", "val.loss", "line_end");
        assertThat(Files.readString(run.resolve("params/long"))).hasSize(6000).endsWith("😀");
    }

    @Test
    void artifactsAreCopies() throws IOException {
        Path file = Files.writeString(temp.resolve("model"), "weights");
        MlflowRun of = run("a", points("loss", 1)).withArtifacts(Map.of("model.bin", file));
        assertThat(of.write(store(), "digits").resolve("artifacts/model.bin")).hasContent("weights");
        assertThatThrownBy(() -> of.withArtifacts(Map.of("../model", file)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("artifact: expects the name of a file, got '../model'");
        assertThatThrownBy(() ->
                        of.withArtifacts(Map.of("m", temp.resolve("none"))).write(store(), "digits"))
                .isInstanceOf(ResourceException.class)
                .hasMessageEndingWith("none: cannot be read: no such file or directory");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void whatALinkLeadsToIsNotDeleted() throws IOException {
        Path run = run("a", points("loss", 1)).write(store(), "digits");
        Path folder = Files.createDirectories(temp.resolve("mine"));
        Path mine = Files.writeString(folder.resolve("file"), "mine");
        Files.createSymbolicLink(run.resolve("metrics/link"), folder);
        run("a", points("loss", 1)).write(store(), "digits");
        assertThat(run.resolve("metrics/link")).doesNotExist();
        Files.delete(run.resolve("metrics/loss"));
        Files.delete(run.resolve("metrics"));
        Files.createSymbolicLink(run.resolve("metrics"), folder);
        assertThatThrownBy(() -> run("a", points("loss", 1)).write(store(), "digits"))
                .isInstanceOf(ResourceException.class)
                .hasMessageEndingWith("metrics: expects a directory, got a link");
        assertThat(mine).hasContent("mine");
    }

    @Test
    void aTrainingHasItsFiguresByEpoch() throws IOException {
        Dataset data = Dataset.of(new float[][] {{0, 1}, {1, 0}, {1, 1}, {0, 0}}, new int[] {0, 1, 1, 0});
        Run trained =
                Trainer.of(Model.of(features(2), dense(2, SOFTMAX))).epochs(3).fit(data, data);
        Path run = MlflowRun.of("digits", trained).write(store(), "digits");
        assertThat(files(run.resolve("metrics")))
                .containsExactly("train/accuracy", "train/loss", "val/accuracy", "val/loss");
        assertThat(Files.readAllLines(run.resolve("metrics/val/loss")))
                .hasSize(3)
                .last()
                .asString()
                .endsWith(" " + trained.loss() + " 3");
        assertThat(run.resolve("meta.yaml")).content().contains("status: 3\n").doesNotContain("end_time: null");
    }
}
