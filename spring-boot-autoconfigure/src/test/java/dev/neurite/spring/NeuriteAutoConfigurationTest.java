package dev.neurite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.langchain4j.model.scoring.ScoringModel;
import dev.neurite.error.ConfigException;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextScorer;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class NeuriteAutoConfigurationTest {
    private static final String FRUIT = "neurite.models.fruit.";
    private static final String TEXTS = SmallModels.TEXTS.toString();
    private static final String TOKENIZER = TEXTS + "/tokenizer.json";

    @TempDir
    private static Path folder;

    private static Predictor predictor;
    private static Path file;

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(NeuriteAutoConfiguration.class));

    @BeforeAll
    static void save() throws IOException {
        predictor = SmallModels.fruit();
        file = Files.createDirectory(folder.resolve("run")).resolve("model.safetensors");
        predictor.save(file);
    }

    /// A controller that takes the one predictor there is.
    record Asking(Predictor predictor) {}

    /// One that says which it means.
    record AskingTwo(Predictor fruit, Predictor other) {}

    @Test
    void aModelIsABeanOfItsName() {
        Prediction expected = predictor.predict(SmallModels.APPLE);
        for (String location :
                List.of(file.toString(), file.toUri().toString(), file.getParent() + "", folder + "/run/")) {
            runner.withBean(Asking.class)
                    .withPropertyValues(FRUIT + "location=" + location, FRUIT + "warm-up=1ms")
                    .run(context -> {
                        assertThat(context.getBean("fruit", Predictor.class).predict(SmallModels.APPLE))
                                .isEqualTo(expected);
                        assertThat(context.getBean(Asking.class).predictor).isSameAs(context.getBean("fruit"));
                    });
        }
    }

    @Test
    void theNameTellsSeveralModelsApart() {
        runner.withBean(AskingTwo.class)
                .withPropertyValues(
                        FRUIT + "location=" + file,
                        FRUIT + "warm-up=1ms",
                        "neurite.models.other.location=" + file,
                        "neurite.models.other.warm-up=0s")
                .run(context -> {
                    AskingTwo asking = context.getBean(AskingTwo.class);
                    assertThat(asking.fruit).isSameAs(context.getBean("fruit")).isNotSameAs(asking.other);
                });
    }

    @Test
    void aModelMayBeInAJar() throws IOException {
        Path jar = folder.resolve("models.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                var entries = new JarOutputStream(out)) {
            entries.putNextEntry(new ZipEntry("fruit/model.safetensors"));
            entries.write(Files.readAllBytes(file));
            for (String each : List.of("encoder.onnx", "tokenizer.json")) {
                entries.putNextEntry(new ZipEntry("texts/" + each));
                entries.write(Files.readAllBytes(SmallModels.TEXTS.resolve(each)));
            }
        }
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
            runner.withClassLoader(classes)
                    .withPropertyValues(
                            FRUIT + "location=classpath:fruit",
                            FRUIT + "warm-up=1ms",
                            "neurite.models.texts.warm-up=1ms",
                            "neurite.models.texts.location=classpath:texts/encoder.onnx")
                    .run(context -> {
                        assertThat(context.getBean("fruit", Predictor.class).predict(SmallModels.APPLE))
                                .isEqualTo(predictor.predict(SmallModels.APPLE));
                        assertThat(context.getBean(TextEmbedder.class).dimension())
                                .isEqualTo(16);
                    });
        }
    }

    @Test
    void whatTheProgramHasItselfIsKept() {
        runner.withUserConfiguration(Own.class)
                .withPropertyValues(FRUIT + "location=" + file)
                .run(context -> assertThat(context.getBean("fruit")).isEqualTo("mine"));
    }

    @Configuration(proxyBeanMethods = false)
    static final class Own {
        @Bean
        String fruit() {
            return "mine";
        }
    }

    @Test
    void nothingIsThereWithoutModels() {
        runner.run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(Predictor.class);
            assertThat(context.getBean(NeuriteModels.class).states()).isEmpty();
        });
    }

    @Test
    void modelsOfTextsAreBeansOfSpringAiAndLangChain4j() {
        TextEmbedder embedder = TextEmbedder.load(
                SmallModels.TEXTS.resolve("encoder.onnx"), SmallModels.TEXTS.resolve("tokenizer.json"));
        texts().run(context -> {
            float[] expected = embedder.embed("cats sleep");
            assertThat(context.getBean("near", TextEmbedder.class).embed("cats sleep"))
                    .containsExactly(expected);
            assertThat(context.getBean("near1", TextEmbedder.class).embed("cats sleep"))
                    .containsExactly(
                            embedder.withPooling(TextEmbedder.Pooling.CLS).embed("cats sleep"));
            EmbeddingModel springAi = context.getBean("nearEmbeddingModel", EmbeddingModel.class);
            assertThat(springAi.embed("cats sleep")).containsExactly(expected);
            assertThat(springAi.embed(new Document("cats sleep"))).containsExactly(expected);
            assertThat(springAi.dimensions()).isEqualTo(16);
            var response = springAi.embedForResponse(List.of("rain", "cats sleep"));
            assertThat(response.getResults().get(1).getOutput()).containsExactly(expected);
            assertThat(response.getResults().get(1).getIndex()).isEqualTo(1);
            assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(3);
            EmbeddingOptions less = EmbeddingOptions.builder().dimensions(8).build();
            assertThatThrownBy(() -> springAi.call(new EmbeddingRequest(List.of("rain"), less)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("expects vectors of 16 numbers, got 8");
            assertThat(context.getBean(
                                    "nearLangChain4jEmbeddingModel",
                                    dev.langchain4j.model.embedding.EmbeddingModel.class)
                            .embed("cats sleep")
                            .content()
                            .vector())
                    .containsExactly(expected);
            assertThat(context.getBean(NeuriteModels.class).states().values())
                    .extracting(NeuriteModels.State::kind, NeuriteModels.State::warm)
                    .containsExactly(
                            tuple(BeanKind.EMBEDDINGS, true),
                            tuple(BeanKind.EMBEDDINGS, false), // warm-up=0
                            tuple(BeanKind.SCORES, true),
                            tuple(BeanKind.TENSORS, true));
            float score = context.getBean("order", TextScorer.class).score("wind", "rain");
            assertThat(context.getBean(ScoringModel.class).score("rain", "wind").content())
                    .isEqualTo(score);
            assertThat(context.getBean("plain", OnnxModel.class).inputs()).hasSize(3);
        });
    }

    private ApplicationContextRunner texts() {
        return runner.withPropertyValues(
                "neurite.models.near.location=" + TEXTS + "/encoder.onnx",
                "neurite.models.near.warm-up=1ms",
                "neurite.models.near1.location=" + TEXTS + "/encoder.onnx",
                "neurite.models.near1.pooling=cls",
                "neurite.models.near1.warm-up=0",
                "neurite.models.near1.tokenizer=" + TOKENIZER,
                "neurite.models.order.location=" + TEXTS,
                "neurite.models.order.warm-up=1ms",
                "neurite.models.plain.location=" + TEXTS + "/encoder.onnx",
                "neurite.models.plain.warm-up=1ms",
                "neurite.models.plain.kind=tensors");
    }

    @Test
    void whatTheProgramLacksHasNoBeans() {
        texts().withClassLoader(new FilteredClassLoader("org.springframework.ai", "dev.neurite.langchain4j"))
                .run(context -> {
                    assertThat(context).hasBean("near").hasBean("order");
                    assertThat(context).doesNotHaveBean("nearEmbeddingModel").doesNotHaveBean("orderScoringModel");
                });
        var without = new FilteredClassLoader("dev.neurite.onnx", "io.micrometer");
        runner.withClassLoader(without)
                .withPropertyValues(FRUIT + "location=" + file, FRUIT + "warm-up=1ms")
                .run(context -> assertThat(context).hasBean("fruit").doesNotHaveBean("neuriteOnnxModels"));
        texts().withClassLoader(without)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessage("neurite.models.near.kind: expects predictions, as neurite-onnx is not on"
                                + " the class path, got tensors. Add the artifact dev.neurite:neurite-onnx"));
    }

    /// A classifier of tokens: the encoder with another name of its output.
    @Test
    void aClassifierWithATokenizerIsNoEmbedder() throws IOException {
        Path model = Files.createDirectory(folder.resolve("classifier")).resolve("model.onnx");
        String bytes = Files.readString(SmallModels.TEXTS.resolve("encoder.onnx"), StandardCharsets.ISO_8859_1);
        Files.writeString(model, bytes.replace("last_hidden_state", "logits_of_classes"), StandardCharsets.ISO_8859_1);
        Files.copy(Path.of(TOKENIZER), model.resolveSibling("tokenizer.json"));
        runner.withPropertyValues(FRUIT + "location=" + model, FRUIT + "warm-up=1ms")
                .run(context -> assertThat(context.getBean("fruit")).isInstanceOf(OnnxModel.class));
        runner.withPropertyValues(FRUIT + "location=" + model, FRUIT + "tokenizer=" + TOKENIZER)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining(
                                "fruit.kind: expects embeddings, scores or tensors, as the model's outputs"));
    }

    @Test
    void threadsAreTheModelsOwn() {
        runner.withPropertyValues(FRUIT + "location=" + file, FRUIT + "threads=1", FRUIT + "warm-up=0")
                .run(context -> {
                    assertThat(context.getBean(Predictor.class).predict(SmallModels.APPLE))
                            .isEqualTo(predictor.predict(SmallModels.APPLE));
                    assertThat(context.getBean(NeuriteModels.class).states())
                            .containsOnlyKeys("fruit")
                            .extractingByKey("fruit")
                            .extracting(NeuriteModels.State::threads, NeuriteModels.State::warm)
                            .containsExactly(1, false);
                });
    }

    @Test
    void aLazyModelIsLoadedWhenItIsUsed() {
        runner.withPropertyValues(FRUIT + "location=" + file, FRUIT + "lazy=true")
                .run(context -> {
                    NeuriteModels models = context.getBean(NeuriteModels.class);
                    assertThat(models.states()).isEmpty();
                    context.getBean(Predictor.class).predict(SmallModels.APPLE);
                    assertThat(models.states()).containsOnlyKeys("fruit");
                });
    }

    /// Takes a lazy model without loading it.
    record AskingLater(ObjectProvider<Predictor> fruit) {}

    @Test
    void aLazyModelIsTakenAsAProviderAsItsClassIsFinal() {
        runner.withBean(AskingLater.class)
                .withPropertyValues(FRUIT + "location=" + file, FRUIT + "lazy=true")
                .run(context -> {
                    NeuriteModels models = context.getBean(NeuriteModels.class);
                    AskingLater asking = context.getBean(AskingLater.class);
                    assertThat(models.states()).isEmpty();
                    asking.fruit.getObject().predict(SmallModels.APPLE);
                    assertThat(models.states()).containsOnlyKeys("fruit");
                });
    }
}
