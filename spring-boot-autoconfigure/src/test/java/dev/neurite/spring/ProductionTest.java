package dev.neurite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.predict.Predictor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.javapoet.ClassName;

/// Metrics, health, metadata, and what native images need.
class ProductionTest {
    private static final String FRUIT = "neurite.models.fruit.";

    @TempDir
    private Path folder;

    private ApplicationContextRunner runner;

    @BeforeEach
    void save() {
        Path file = folder.resolve("model.safetensors");
        SmallModels.fruit().save(file);
        runner = new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(NeuriteAutoConfiguration.class, NeuriteHealthAutoConfiguration.class))
                .withPropertyValues(FRUIT + "location=" + file, FRUIT + "warm-up=1ms");
    }

    @Test
    void predictionsAreTimed() {
        runner.withConfiguration(
                        AutoConfigurations.of(MetricsAutoConfiguration.class, ObservationAutoConfiguration.class))
                .withBean(SimpleMeterRegistry.class)
                .withPropertyValues(
                        "neurite.models.near.location=" + SmallModels.TEXTS + "/encoder.onnx",
                        "neurite.models.near.warm-up=1ms",
                        "neurite.models.writer.location=" + SmallModels.CHATTING,
                        "neurite.models.writer.warm-up=1ms")
                .run(context -> {
                    MeterRegistry meters = context.getBean(MeterRegistry.class);
                    assertThat(meters.find("neurite.predict").timers()).isEmpty(); // warming up is none
                    Predictor fruit = context.getBean(Predictor.class);
                    fruit.predict(SmallModels.APPLE);
                    fruit.predictAll(List.of(SmallModels.APPLE, SmallModels.APPLE));
                    assertThatThrownBy(() -> fruit.predict(Map.of())).isInstanceOf(DataException.class);
                    context.getBean(TextEmbedder.class).embed(List.of("cats", "rain"));
                    assertThat(timer(meters, "fruit", "none").count()).isEqualTo(2);
                    assertThat(timer(meters, "fruit", "DataException").count()).isEqualTo(1);
                    assertThat(timer(meters, "near", "none").count()).isEqualTo(1);
                    LanguageModel writer = context.getBean(LanguageModel.class);
                    writer.complete("the rain", Generation.USUAL.withMaxTokens(4));
                    writer.embed("the rain");
                    assertThat(timer(meters, "writer", "none").count()).isEqualTo(2);
                });
    }

    private static Timer timer(MeterRegistry meters, String model, String error) {
        return meters.get("neurite.predict")
                .tags("model", model, "error", error)
                .timer();
    }

    @Test
    void anInterceptorOfTheProgramGoesFirst() {
        List<String> asked = new ArrayList<>();
        runner.withBean(InterceptorFactory.class, () -> model -> {
                    asked.add(model);
                    return Supplier::get;
                })
                .run(context -> {
                    context.getBean(Predictor.class).predict(SmallModels.APPLE);
                    assertThat(asked).containsExactly("fruit");
                });
    }

    @Test
    void healthSaysWhatComputesAndWhatIsWarm() {
        runner.withPropertyValues(
                        "neurite.models.near.location=" + SmallModels.TEXTS + "/encoder.onnx",
                        "neurite.models.near.lazy=true",
                        "neurite.models.near.threads=1",
                        "neurite.models.cold.location=" + folder,
                        "neurite.models.cold.warm-up=0")
                .run(context -> {
                    HealthIndicator indicator = context.getBean("neuriteHealthIndicator", HealthIndicator.class);
                    Health health = Objects.requireNonNull(indicator.health());
                    assertThat(health.getStatus()).isEqualTo(Status.UP);
                    assertThat(health.getDetails())
                            .containsEntry("engine", Kernels.shared().engineName())
                            .containsEntry("vectorModule", true)
                            .doesNotContainKey("hint");
                    Map<String, Object> models = models(health);
                    assertThat(models)
                            .containsOnlyKeys("cold", "fruit", "near")
                            .containsEntry("near", Map.of("state", "not loaded"))
                            .containsEntry(
                                    "fruit",
                                    Map.of(
                                            "kind",
                                            "predictions",
                                            "threads",
                                            Kernels.defaultThreads(),
                                            "state",
                                            "warm"));
                    assertThat(models.get("cold")).asString().contains("state=loaded");
                    context.getBean(TextEmbedder.class);
                    assertThat(models(Objects.requireNonNull(indicator.health())))
                            .containsEntry("near", Map.of("kind", "embeddings", "threads", 1, "state", "loaded"));
                });
        runner.withPropertyValues("management.health.neurite.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("neuriteHealthIndicator"));
    }

    @Test
    void healthSaysWhatToAddForVectors() {
        var properties = new NeuriteProperties(Map.of());
        try (var none = new NeuriteModels(properties, new DefaultResourceLoader(), _ -> Supplier::get)) {
            assertThat(new NeuriteHealthIndicator(none, properties, false)
                            .health()
                            .getDetails())
                    .containsEntry("vectorModule", false)
                    .extractingByKey("hint")
                    .asString()
                    .contains("Add --add-modules jdk.incubator.vector");
        }
    }

    /// What the Javadoc of the interceptor says.
    @Test
    void aTimerIsAnInterceptor() {
        Timer timer = new SimpleMeterRegistry().timer("fruit");
        Predictor timed = SmallModels.fruit().with(timer::record);
        assertThat(timed.predict(SmallModels.APPLE))
                .isEqualTo(SmallModels.fruit().predict(SmallModels.APPLE));
        assertThat(timer.count()).isEqualTo(1);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> models(Health health) {
        return (Map<String, Object>) Objects.requireNonNull(health.getDetails().get("models"));
    }

    @Test
    void theBeansCanBeMadeAheadOfTime() throws IOException {
        var files = new InMemoryGeneratedFiles();
        var generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("dev.neurite.spring", "Program")), files);
        try (var context = new AnnotationConfigApplicationContext()) {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "test",
                            Map.of(
                                    FRUIT + "location",
                                    folder.toString(),
                                    "neurite.models.near.location",
                                    SmallModels.TEXTS + "/encoder.onnx",
                                    "neurite.models.writer.location",
                                    SmallModels.CHATTING.toString())));
            context.register(NeuriteAutoConfiguration.class);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        }
        generation.writeGeneratedContent();
        assertThat(files.getGeneratedFiles(Kind.SOURCE).keySet()).anyMatch(each -> each.contains("Program"));
        var resources = RuntimeHintsPredicates.resource();
        for (String each : List.of("fruit/model.safetensors", "model.onnx", "texts/tokenizer.json")) {
            assertThat(resources.forResource(each)).accepts(generation.getRuntimeHints());
        }
    }

    @Test
    void theMetadataNamesClassesAndEachProperty() throws Exception {
        String text;
        try (InputStream in = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(Json.read(text)).isInstanceOf(Json.JsonObject.class);
        assertThat(text)
                .contains(NeuriteProperties.class.getName())
                .contains("java.util.Map<java.lang.String," + ModelProperties.class.getName() + ">");
        for (var each : ModelProperties.class.getRecordComponents()) {
            assertThat(text).contains(each.getName().replace("warmUp", "warm-up"));
        }
    }
}
