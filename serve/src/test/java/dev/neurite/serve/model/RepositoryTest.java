package dev.neurite.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.http.HttpProblem;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.OnnxKind;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.Models;
import dev.neurite.serve.model.ModelState.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class RepositoryTest {
    private static final Map<String, Object> ROW = Map.of("weight", 150, "color", "green");
    private static final RepositorySettings QUICK =
            RepositorySettings.USUAL.warmUp(Duration.ZERO).reload(Duration.ofMillis(10));

    @TempDir
    Path folder;

    private static Repository open(Path... paths) {
        return Repository.open(
                Stream.of(paths).map(ModelLocation::of).toList(),
                List.of(),
                QUICK,
                Kernels.shared(),
                RepositoryWatcher.NONE);
    }

    private static Repository loaded(Path... paths) throws InterruptedException {
        Repository models = open(paths);
        models.awaitLoaded();
        return models;
    }

    /// Replaces the file of a model at once.
    private void put(Path file, long seed) throws IOException {
        Files.createDirectories(file.getParent());
        Path beside = folder.resolve(".new.safetensors");
        Models.writeFruit(beside, seed);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Prediction answer(Repository models) {
        if (models.newest("fruit").kind() instanceof ModelKind.Predictions kind) {
            return kind.queue()
                    .compute(List.of(ROW), Deadline.in(Duration.ofSeconds(20)))
                    .getFirst();
        }
        throw new AssertionError("another kind");
    }

    private static ModelState state(Repository models, String name) {
        return models.index().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void modelsHaveTheNamesOfTheirFilesAndDirectories() throws Exception {
        put(folder.resolve("run/model.safetensors"), 1);
        put(folder.resolve("plain.safetensors"), 1);
        put(folder.resolve("versions/2/model.safetensors"), 2);
        put(folder.resolve("versions/10.safetensors"), 10);
        put(folder.resolve("versions/1/other/model.safetensors"), 3); // no model of a version
        Files.copy(Models.ONNX, folder.resolve("net.onnx"));
        Files.writeString(folder.resolve("readme.txt"), "no model");
        Files.createDirectory(folder.resolve("empty"));
        try (Repository models = loaded(folder)) {
            assertThat(models.names()).containsExactly("net", "plain", "run", "versions");
            assertThat(models.isReady()).isTrue();
            assertThat(models.newest("net").kind()).isInstanceOf(ModelKind.Tensors.class);
            assertThat(models.newest("versions").version()).isEqualTo("10");
            assertThat(models.version("versions", "2").version()).isEqualTo("2");
            assertThatThrownBy(() -> models.version("versions", "1"))
                    .isInstanceOf(HttpProblem.class)
                    .hasMessage("model 'versions' has no version '1'");
            assertThatThrownBy(() -> models.newest("readme")).isInstanceOf(HttpProblem.class);
        }
        try (Repository models = loaded(folder.resolve("run"), folder.resolve("versions"))) {
            assertThat(models.names()).containsExactly("run", "versions");
        }
    }

    @Test
    void anOnnxModelWithATokenizerTakesTexts() throws Exception {
        try (Repository models = loaded(Models.CROSS_ENCODER)) {
            assertThat(models.newest("cross-encoder").kind()).isInstanceOf(ModelKind.Scores.class);
        }
        var tensors = new ModelLocation(
                Models.CROSS_ENCODER, Optional.of("ce"), Optional.of(OnnxKind.TENSORS), Optional.empty());
        assertThat(tensors.models(_ -> {})
                        .getFirst()
                        .loader()
                        .load("ce", ModelSource.Setup.USUAL)
                        .kind())
                .isInstanceOf(ModelKind.Tensors.class);
        var vectors =
                new ModelLocation(Models.ONNX, Optional.of("net"), Optional.of(OnnxKind.EMBEDDINGS), Optional.empty());
        assertThatThrownBy(() -> vectors.models(_ -> {}).getFirst().loader().load("net", ModelSource.Setup.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a tokenizer.json beside it");
    }

    @Test
    void aPlaceWithoutAModelAndANameThatIsThereTwiceAreRefused() throws Exception {
        assertThatThrownBy(() -> open(folder)).isInstanceOf(DataException.class).hasMessageContaining("without");
        assertThatThrownBy(() -> open(folder.resolve("none"))).isInstanceOf(DataException.class);
        put(folder.resolve("a/fruit.safetensors"), 1);
        put(folder.resolve("b/fruit.safetensors"), 1);
        Path a = folder.resolve("a/fruit.safetensors");
        assertThatThrownBy(() -> open(a, folder.resolve("b/fruit.safetensors")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects each name once");
    }

    @Test
    void aFileThatIsReplacedIsLoadedAndNoRequestIsLost() throws Exception {
        Path file = folder.resolve("fruit.safetensors");
        put(file, 1);
        List<Prediction> possible = new ArrayList<>();
        int replaced = 4;
        for (int seed = 1; seed <= replaced; seed++) {
            Path other = folder.resolve("other/" + seed);
            put(other, seed);
            possible.add(Predictor.load(other).predict(ROW));
        }
        var ended = new AtomicBoolean();
        try (Repository models = loaded(file);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(clients.submit(() -> {
                    int asked = 0;
                    for (; !ended.get(); asked++) assertThat(possible).contains(answer(models));
                    return asked;
                }));
            }
            for (int seed = 2; seed <= replaced; seed++) {
                put(file, seed);
                while (!answer(models).equals(possible.get(seed - 1))) Thread.sleep(1);
            }
            ended.set(true);
            for (Future<Integer> each : all) assertThat(each.get()).isPositive();
        } finally {
            ended.set(true);
        }
    }

    @Test
    void aDamagedFileKeepsTheOldModelAndIsSaid() throws Exception {
        Path file = folder.resolve("fruit.safetensors");
        put(file, 1);
        try (Repository models = loaded(file)) {
            Prediction before = answer(models);
            Files.writeString(file, "damaged");
            while (state(models, "fruit").reason().isEmpty()) Thread.sleep(1);
            assertThat(state(models, "fruit").state()).isEqualTo(State.READY);
            assertThat(state(models, "fruit").reason()).startsWith("the new file cannot be loaded, the old one stays");
            assertThat(answer(models)).isEqualTo(before);
            put(file, 2);
            while (answer(models).equals(before)) Thread.sleep(1);
            assertThat(state(models, "fruit").reason()).isEmpty();
        }
    }

    @Test
    void aDamagedFileThatIsNamedIsAnErrorAndInADirectoryLeavesTheOthers() throws Exception {
        Path damaged = Files.writeString(folder.resolve("damaged.safetensors"), "damaged");
        try (Repository models = open(damaged)) {
            assertThatThrownBy(models::awaitLoaded).isInstanceOf(ModelFormatException.class);
            assertThat(models.isReady()).isFalse();
        }
        put(folder.resolve("fruit.safetensors"), 1);
        try (Repository models = loaded(folder)) {
            assertThat(models.isReady()).isTrue();
            assertThat(state(models, "damaged").state()).isEqualTo(State.UNAVAILABLE);
            assertThatThrownBy(() -> models.newest("damaged"))
                    .isInstanceOfSatisfying(
                            HttpProblem.class,
                            problem -> assertThat(problem.status()).isEqualTo(503));
            assertThat(answer(models)).isNotNull();
        }
    }

    @Test
    void modelsOfADirectoryComeAndGo() throws Exception {
        put(folder.resolve("fruit/1/model.safetensors"), 1);
        try (Repository models = loaded(folder)) {
            put(folder.resolve("fruit/2/model.safetensors"), 2);
            put(folder.resolve("more.safetensors"), 3);
            while (models.names().size() < 2 || models.versions("fruit").size() < 2) Thread.sleep(1);
            while (state(models, "more").state() != State.READY) Thread.sleep(1);
            assertThat(models.newest("fruit").version()).isEqualTo("2");
            Files.delete(folder.resolve("fruit/2/model.safetensors"));
            Files.delete(folder.resolve("more.safetensors"));
            while (models.names().size() > 1) Thread.sleep(1);
            assertThat(models.newest("fruit").version()).isEqualTo("1");
        }
    }

    @Test
    void modelsAreUnloadedAndLoadedByRequest() throws Exception {
        put(folder.resolve("fruit.safetensors"), 1);
        try (Repository models = loaded(folder.resolve("fruit.safetensors"))) {
            models.unload("fruit");
            assertThat(state(models, "fruit")).isEqualTo(new ModelState("fruit", "1", State.UNAVAILABLE, "unloaded"));
            assertThatThrownBy(() -> models.newest("fruit")).hasMessageContaining("unloaded");
            assertThat(models.isReady()).isTrue();
            Thread.sleep(30); // looks at the files do not load it
            assertThat(state(models, "fruit").state()).isEqualTo(State.UNAVAILABLE);
            models.load("fruit");
            assertThat(answer(models)).isNotNull();
            assertThatThrownBy(() -> models.unload("none")).isInstanceOf(HttpProblem.class);
            assertThatThrownBy(() -> models.load("none")).isInstanceOf(HttpProblem.class);
        }
    }

    @Test
    void aPlaceThatCannotBeReadKeepsItsModelsAndTheOthersGoOn() throws Exception {
        Path file = folder.resolve("pear/fruit.safetensors");
        put(file, 1);
        put(folder.resolve("many/a.safetensors"), 2);
        try (Repository models = loaded(file, folder.resolve("many"))) {
            Files.delete(file);
            Files.delete(file.getParent());
            put(folder.resolve("many/b.safetensors"), 3);
            while (models.names().size() < 3 || state(models, "b").state() != State.READY) Thread.sleep(1);
            assertThat(answer(models)).isNotNull();
        }
    }

    @Test
    void aDirectoryOfAnOnnxModelThatIsGoneIsSaidAndNoError() throws Exception {
        Path file = folder.resolve("net/model.onnx");
        Files.createDirectories(file.getParent());
        Files.copy(Models.ONNX, file);
        var gone = new ModelFiles(file, Optional.empty(), Optional.empty(), Optional.empty());
        String stamp = gone.stamp();
        Files.delete(file);
        Files.delete(file.getParent());
        assertThat(gone.stamp()).isNotEqualTo(stamp);
    }

    @Test
    void healthOfAModelNamesNoFileAndEndsWithTheServer() throws Exception {
        Files.writeString(folder.resolve("damaged.safetensors"), "damaged");
        put(folder.resolve("fruit.safetensors"), 1);
        try (Repository models = loaded(folder)) {
            assertThatThrownBy(() -> models.newest("damaged"))
                    .hasMessage("model 'damaged' is not available; /v2/repository/index says why");
            assertThat(state(models, "damaged").reason()).contains("damaged.safetensors");
            assertThat(models.isReady()).isTrue();
            models.announceClosing();
            assertThat(models.isReady()).isFalse();
            assertThat(answer(models)).isNotNull();
        }
    }

    @Test
    void whoMayNotLoadModelsIsRefused() throws Exception {
        put(folder.resolve("fruit.safetensors"), 1);
        try (Repository models = Repository.open(
                List.of(ModelLocation.of(folder)),
                List.of(),
                QUICK.control(false),
                Kernels.shared(),
                RepositoryWatcher.NONE)) {
            models.awaitLoaded();
            assertThatThrownBy(() -> models.unload("fruit"))
                    .isInstanceOfSatisfying(
                            HttpProblem.class,
                            problem -> assertThat(problem.status()).isEqualTo(403));
            assertThatThrownBy(() -> models.load("fruit")).isInstanceOf(HttpProblem.class);
            assertThat(answer(models)).isNotNull();
        }
    }

    @Test
    void aRequestMaySayHowLongItWaits() {
        var models = new Repository(List.of());
        assertThat(models.deadline(Optional.empty()).left()).isGreaterThan(Duration.ofSeconds(50));
        assertThat(models.deadline(Optional.of("2.5")).left())
                .isBetween(Duration.ofSeconds(1), Duration.ofMillis(2500));
        assertThat(models.deadline(Optional.of("3600")).left()).isLessThanOrEqualTo(Duration.ofMinutes(1));
        for (String wrong : List.of("", "0", "-1", "x", "3601", "1e3")) {
            assertThatThrownBy(() -> models.deadline(Optional.of(wrong)))
                    .as(wrong)
                    .isInstanceOf(HttpProblem.class);
        }
    }
}
