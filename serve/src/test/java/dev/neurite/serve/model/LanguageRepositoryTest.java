package dev.neurite.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.DataException;
import dev.neurite.http.HttpProblem;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Lora;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.LoadSettings;
import dev.neurite.model.Model;
import dev.neurite.serve.Models;
import dev.neurite.serve.api.LanguageFiles;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Language models from files.
class LanguageRepositoryTest {
    private static final Generation GREEDY = Generation.USUAL.greedy().withMaxTokens(4);
    private static final RepositorySettings SETTINGS =
            RepositorySettings.USUAL.warmUp(Duration.ZERO).reload(Duration.ZERO);

    private static Repository open(Path path) throws InterruptedException {
        Repository models = Repository.open(
                List.of(ModelLocation.of(path)), List.of(), SETTINGS, Kernels.shared(), RepositoryWatcher.NONE);
        models.awaitLoaded();
        return models;
    }

    private static ModelKind.Language language(Served served) {
        return (ModelKind.Language) served.kind();
    }

    @Test
    void aDirectoryOfFilesHasAModelOfEach(@TempDir Path directory) throws IOException, InterruptedException {
        Files.copy(LanguageFiles.plain(), directory.resolve("one.gguf"));
        Files.createDirectory(directory.resolve("two"));
        Files.copy(LanguageFiles.plain(), directory.resolve("two").resolve("model.gguf"));
        try (Repository models = open(directory);
                LanguageModel alone = LanguageModel.load(LanguageFiles.plain())) {
            assertThat(models.names()).containsExactly("one", "two");
            GeneratedText expected = alone.complete("the rain", GREEDY);
            for (String each : models.names()) {
                GeneratedText answer =
                        language(models.newest(each)).held().use(model -> model.complete("the rain", GREEDY));
                assertThat(answer.tokens()).isEqualTo(expected.tokens());
            }
        }
    }

    @Test
    void adaptersComputeBesideTheWeights(@TempDir Path directory) throws IOException, InterruptedException {
        Path adapter = Files.createDirectory(directory.resolve("adapter"));
        try (LanguageModel plain = LanguageModel.load(LanguageFiles.plain())) {
            Model adapted = Lora.of(plain.scores(), 2).withAlpha(16).adapted();
            plain.saveAdapter(strong(adapted), adapter);
        }
        var location = new ModelLocation(
                LanguageFiles.plain(),
                Optional.of("tuned"),
                Optional.empty(),
                Optional.of(LoadSettings.USUAL.withAdapter(adapter)));
        try (Repository models = Repository.open(
                        List.of(location, ModelLocation.of(LanguageFiles.plain())),
                        List.of(),
                        SETTINGS,
                        Kernels.shared(),
                        RepositoryWatcher.NONE);
                LanguageModel alone =
                        LanguageModel.load(LanguageFiles.plain(), LoadSettings.USUAL.withAdapter(adapter))) {
            models.awaitLoaded();
            List<Integer> tuned = tokens(models, "tuned");
            assertThat(tuned).isEqualTo(alone.complete("the rain", GREEDY).tokens());
            assertThat(tokens(models, "tiny-F32")).isNotEqualTo(tuned);
        }
        var wrong = new ModelFiles(
                Models.ONNX, Optional.empty(), Optional.empty(), Optional.of(LoadSettings.USUAL.withAdapter(adapter)));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> wrong.load(Kernels.shared()))
                .withMessageContaining("expects a language model for its settings, got an ONNX model");
    }

    /// The model is loaded anew when its adapters are replaced.
    @Test
    void adaptersThatAreReplacedAreLoaded(@TempDir Path directory) throws IOException, InterruptedException {
        Path adapter = directory.resolve("adapter");
        Model adapted;
        try (LanguageModel plain = LanguageModel.load(LanguageFiles.plain())) {
            adapted = Lora.of(plain.scores(), 2).withAlpha(16).adapted();
            plain.saveAdapter(adapted, adapter);
        }
        var location = new ModelLocation(
                LanguageFiles.plain(),
                Optional.of("tuned"),
                Optional.empty(),
                Optional.of(LoadSettings.USUAL.withAdapter(adapter)));
        RepositorySettings looking = SETTINGS.reload(Duration.ofMillis(50));
        try (Repository models = Repository.open(
                        List.of(location), List.of(), looking, Kernels.shared(), RepositoryWatcher.NONE);
                LanguageModel plain = LanguageModel.load(LanguageFiles.plain())) {
            models.awaitLoaded();
            List<Integer> before = tokens(models, "tuned");
            plain.saveAdapter(strong(adapted), adapter);
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            Served old = models.newest("tuned");
            while (models.newest("tuned") == old && System.nanoTime() < deadline) Thread.sleep(20);
            assertThat(tokens(models, "tuned")).isNotEqualTo(before);
        }
    }

    /// A model whose adapters add much.
    private static Model strong(Model adapted) {
        Map<String, Tensor> changed = new HashMap<>();
        adapted.parameters().asMap().forEach((name, value) -> {
            if (!name.endsWith(".lora_B.weight")) return;
            float[] more = value.toArray();
            for (int i = 0; i < more.length; i++) more[i] += 0.1f * (i % 7 - 3);
            changed.put(name, Tensor.of(value.shape(), more));
        });
        return adapted.with(changed);
    }

    private static List<Integer> tokens(Repository models, String name) {
        return language(models.newest(name))
                .held()
                .use(model -> model.complete("the rain", GREEDY).tokens());
    }

    /// The weights are those of a language model by what is beside them; its family is known by its description.
    @Test
    void aDirectoryOfHuggingFaceIsALanguageModel(@TempDir Path directory) throws IOException, InterruptedException {
        Path model = Files.createDirectory(directory.resolve("mine"));
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"bert\"}");
        Files.write(model.resolve("model.safetensors"), new byte[8]);
        try (Repository models = open(directory)) {
            ModelState state = models.index().getFirst();
            assertThat(state.state()).isEqualTo(ModelState.State.UNAVAILABLE);
            assertThat(state.reason()).contains("bert");
        }
    }

    @Test
    void aModelThatWasTakenAwayIsToBeAskedForAgain() throws InterruptedException {
        ModelKind.Language kind;
        try (Repository models = open(LanguageFiles.plain())) {
            kind = language(models.newest("tiny-F32"));
        }
        assertThatExceptionOfType(HttpProblem.class)
                .isThrownBy(() -> kind.held().use(LanguageModel::context))
                .satisfies(problem -> assertThat(problem.status()).isEqualTo(503));
    }

    @Test
    void aModelInMemoryStaysOpen() {
        try (LanguageModel model = LanguageModel.load(LanguageFiles.plain())) {
            Served.of("mine", "1", model).close();
            assertThat(model.complete("the rain", GREEDY).tokens()).hasSize(4);
        }
    }
}
