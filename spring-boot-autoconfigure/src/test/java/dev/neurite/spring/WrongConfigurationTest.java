package dev.neurite.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;

/// What a program says that does not start: which property, and what to do.
class WrongConfigurationTest {
    private static final String MODEL = "neurite.models.fruit.";
    private static final String TEXTS = SmallModels.TEXTS.toString();

    @TempDir
    private Path folder;

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(NeuriteAutoConfiguration.class));

    /// Some analyzers of Boot want a context, and are left out.
    private void expect(String description, String action, String... properties) {
        runner.withPropertyValues(properties).run(context -> {
            Throwable failure = Objects.requireNonNull(context.getStartupFailure());
            FailureAnalysis analysis =
                    SpringFactoriesLoader.forDefaultResourceLocation()
                            .load(FailureAnalyzer.class, (_, _, _) -> {})
                            .stream()
                            .filter(NeuriteFailureAnalyzer.class::isInstance)
                            .map(each -> each.analyze(failure))
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElseThrow();
            assertThat(analysis.getDescription()).startsWith(description);
            if (action.isEmpty()) assertThat(analysis.getAction()).isNull();
            else assertThat(analysis.getAction()).contains(action);
        });
    }

    @Test
    void aLocationThatIsMissing() {
        expect(
                MODEL + "location: expects a model file or a folder with one, got nothing",
                "Set it to a path",
                MODEL + "threads=1");
    }

    @Test
    void aFileThatIsNotThere() {
        expect(
                MODEL + "location: expects a model file, got none at URL [file:no/model.safetensors]",
                "Looked in " + Path.of("").toAbsolutePath() + ". Build or copy it there, or set " + MODEL + "location",
                MODEL + "location=no/model.safetensors");
        expect(
                MODEL + "location: expects a model file, got none at",
                "Looked in " + Path.of("").toAbsolutePath(),
                MODEL + "location=file:no/model.safetensors");
        expect(
                MODEL + "location: expects a model file, got none at class path resource [no/model.onnx]",
                "Put it below src/main/resources, or set",
                MODEL + "location=classpath:no/model.onnx");
    }

    @Test
    void aFolderWithoutAModel() {
        expect(
                MODEL + "location: expects a folder with model.safetensors or model.onnx or model.gguf, got none at",
                "Build or copy it there",
                MODEL + "location=" + folder);
    }

    @Test
    void aFileThatIsNoModel() throws IOException {
        Path file = Files.writeString(folder.resolve("model.safetensors"), "no model");
        expect(
                MODEL + "location: expects a model that can be loaded, got " + file + ": ",
                "",
                MODEL + "location=" + file);
        Path other = Files.writeString(folder.resolve("model.bin"), "no model");
        expect(
                MODEL + "kind: expects the kind of model.bin, as its name does not say it, got none",
                "Set it to predictions, tensors, embeddings, scores or texts",
                MODEL + "location=" + other);
    }

    @Test
    void aRerankerThatIsTakenForAnEmbedder() {
        expect(
                MODEL + "kind: expects a model that gives vectors, got one number for each text",
                "If it is a reranker, set " + MODEL + "kind to scores",
                MODEL + "location=" + TEXTS,
                MODEL + "kind=embeddings");
    }

    @Test
    void aTokenizerThatIsNotThere() {
        expect(
                MODEL + "tokenizer: expects a tokenizer.json, got none at URL [file:no.json]",
                "or set " + MODEL + "tokenizer",
                MODEL + "location=" + TEXTS,
                MODEL + "tokenizer=no.json");
    }

    @Test
    void aPropertyThatNoModelHas() {
        expect(
                MODEL
                        + "treads: expects one of location, kind, tokenizer, pooling, context, cache, adapter,"
                        + " threads, warm-up, lazy at the end, got 'treads'",
                "Did you mean 'threads'?",
                MODEL + "location=" + TEXTS + "/encoder.onnx",
                MODEL + "treads=1");
        expect(
                MODEL + "model.location: expects one of location, ",
                "Did you mean 'location'?",
                MODEL + "model.location=" + TEXTS + "/encoder.onnx");
    }

    @Test
    void aLanguageModelThatIsWrong() throws IOException {
        expect(
                MODEL + "location: expects a model file, got none at URL [file:no/model.gguf]",
                "Looked in " + Path.of("").toAbsolutePath(),
                MODEL + "location=no/model.gguf");
        Path file = Files.writeString(folder.resolve("model.gguf"), "no model");
        expect(
                MODEL + "location: expects a model that can be loaded, got " + file + ": ",
                "",
                MODEL + "location=" + folder);
        expect(
                MODEL + "tokenizer: expects none, as a language model has its own, got tokenizer.json",
                "",
                MODEL + "location=" + SmallModels.CHATTING,
                MODEL + "tokenizer=tokenizer.json");
        expect(
                MODEL + "context: expects the most tokens of a language model, or 0 for as many as it was trained for,"
                        + " got -1",
                "",
                MODEL + "location=" + SmallModels.CHATTING,
                MODEL + "context=-1");
        expect(
                MODEL + "context: expects the most tokens of a language model",
                "",
                MODEL + "location=" + TEXTS + "/encoder.onnx",
                MODEL + "context=8");
        expect(
                MODEL + "cache: expects a language model, which keeps keys and values, got another with F16",
                "",
                MODEL + "location=" + TEXTS + "/encoder.onnx",
                MODEL + "cache=f16");
        expect(
                MODEL + "adapter: expects a language model for its adapters, got a model of kind tensors",
                "",
                MODEL + "location=" + TEXTS + "/encoder.onnx",
                MODEL + "adapter=" + folder);
        expect(
                MODEL + "adapter: expects a directory of PEFT, outside of a jar, got no/adapter",
                "Set it to a directory with adapter_config.json",
                MODEL + "location=" + SmallModels.CHATTING,
                MODEL + "adapter=no/adapter");
        expect(
                MODEL + "adapter: expects a directory of PEFT, outside of a jar, got classpath:adapter",
                "Set it to a directory with adapter_config.json",
                MODEL + "location=" + SmallModels.CHATTING,
                MODEL + "adapter=classpath:adapter");
    }

    @Test
    void threadsOutOfRange() {
        expect(
                MODEL + "threads: expects 0 to 1024, got -1",
                "",
                MODEL + "location=" + TEXTS + "/encoder.onnx",
                MODEL + "threads=-1");
    }
}
