package dev.neurite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.neurite.error.ConfigException;
import dev.neurite.layer.Lora;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.LoadSettings;
import dev.neurite.llm.chat.Message;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LanguageModelBeansTest {
    private static final String WRITER = "neurite.models.writer.";
    private static final List<Message> RAIN = List.of(new Message(Message.Role.USER, "the rain"));

    @TempDir
    private Path folder;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NeuriteAutoConfiguration.class))
            .withPropertyValues(WRITER + "warm-up=1ms");

    private ApplicationContextRunner located(Path location) {
        return runner.withPropertyValues(WRITER + "location=" + location);
    }

    @Test
    void aGgufFileIsABeanOfItsNameAndChats() throws IOException {
        String expected;
        try (LanguageModel model = LanguageModel.load(SmallModels.CHATTING)) {
            expected = model.chat(RAIN, Generation.USUAL).text();
        }
        Path published = Files.createDirectory(folder.resolve("published"));
        Files.copy(SmallModels.CHATTING, published.resolve("model.gguf"));
        for (Path location : List.of(SmallModels.CHATTING, published)) {
            located(location).withPropertyValues(WRITER + "threads=1").run(context -> {
                assertThat(context.getBean("writer", LanguageModel.class).context())
                        .isEqualTo(1024);
                assertThat(context.getBean("writerChatModel", ChatModel.class).call("the rain"))
                        .isEqualTo(expected);
                assertThat(context.getBean("writerLangChain4jChatModel", dev.langchain4j.model.chat.ChatModel.class)
                                .chat("the rain"))
                        .isEqualTo(expected);
                assertThat(context).hasBean("writerLangChain4jStreamingChatModel");
                assertThat(context.getBean(NeuriteModels.class).states())
                        .containsExactlyEntriesOf(Map.of("writer", new NeuriteModels.State(BeanKind.TEXTS, 1, true)));
            });
        }
    }

    @Test
    void theContextOfTheConfigurationIsTheModels() {
        located(SmallModels.CHATTING)
                .withPropertyValues(WRITER + "context=64")
                .run(context -> assertThat(context.getBean(LanguageModel.class).context())
                        .isEqualTo(64));
    }

    @Test
    void adaptersComputeBesideTheWeights() throws IOException {
        List<Integer> plain;
        Path adapter = folder.resolve("my adapter");
        try (LanguageModel model = LanguageModel.load(SmallModels.CHATTING)) {
            Model adapted = Lora.of(model.scores(), 2).withAlpha(16).adapted();
            model.saveAdapter(adapted.with(strong(adapted)), adapter);
            plain = model.complete("the rain", Generation.USUAL.greedy()).tokens();
        }
        List<Integer> tuned;
        try (LanguageModel model = LanguageModel.load(SmallModels.CHATTING, LoadSettings.USUAL.withAdapter(adapter))) {
            tuned = model.complete("the rain", Generation.USUAL.greedy()).tokens();
            assertThat(tuned).isNotEqualTo(plain);
        }
        for (String each : List.of(adapter.toString(), adapter.toUri().toString())) {
            located(SmallModels.CHATTING)
                    .withPropertyValues(WRITER + "adapter=" + each)
                    .run(context -> assertThat(context.getBean(LanguageModel.class)
                                    .complete("the rain", Generation.USUAL.greedy())
                                    .tokens())
                            .isEqualTo(tuned));
        }
    }

    /// Adapters that change much.
    private static Map<String, Tensor> strong(Model adapted) {
        Map<String, Tensor> changed = new HashMap<>();
        adapted.parameters().asMap().forEach((name, value) -> {
            if (!name.endsWith(".lora_B.weight")) return;
            float[] more = value.toArray();
            for (int i = 0; i < more.length; i++) more[i] += 0.1f * (i % 7 - 3);
            changed.put(name, Tensor.of(value.shape(), more));
        });
        return changed;
    }

    @Test
    void keysAndValuesMayBeKeptInHalfTheMemory() {
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            int run = i;
            located(SmallModels.CHATTING)
                    .withPropertyValues(
                            WRITER + "cache=" + List.of("f32", "f16").get(i))
                    .run(context -> {
                        LanguageModel model = context.getBean(LanguageModel.class);
                        long weights = model.bytes();
                        model.complete("the rain", Generation.USUAL.withMaxTokens(4));
                        bytes[run] = model.bytes() - weights;
                    });
        }
        assertThat((double) bytes[1]).isCloseTo(bytes[0] / 2.0, withinPercentage(2));
    }

    /// Its texts are forgotten with the context.
    @Test
    void theModelIsClosedWithTheContext() {
        var closed = new AtomicReference<LanguageModel>();
        long[] used = new long[1];
        located(SmallModels.CHATTING).run(context -> {
            LanguageModel model = context.getBean(LanguageModel.class);
            long begin = model.bytes();
            model.chat(RAIN, Generation.USUAL.withMaxTokens(4));
            used[0] = model.bytes() - begin;
            closed.set(model);
        });
        assertThat(used[0]).isPositive();
        LanguageModel model = closed.get();
        long after = model.bytes();
        model.forget();
        assertThat(after).isEqualTo(model.bytes());
    }

    @Test
    void aDirectoryOfHuggingFaceIsALanguageModel() throws IOException {
        Path family = SmallModels.CHATTING.resolveSibling("family").resolve("llama2");
        for (String each : List.of("config.json", "model.safetensors")) {
            Files.copy(family.resolve(each), folder.resolve(each));
        }
        String tokens = IntStream.range(1, 40)
                .mapToObj(i -> ", \"" + (char) ('a' + i) + "\": " + i)
                .collect(Collectors.joining());
        Files.writeString(folder.resolve("tokenizer.json"), """
            {"version": "1.0", "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>", "merges": [],
             "vocab": {"<unk>": 0TOKENS}}, "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false,
             "lstrip": false, "rstrip": false, "normalized": false, "special": true}]}
            """.replace("TOKENS", tokens));
        located(folder).run(context -> {
            LanguageModel model = context.getBean(LanguageModel.class);
            assertThat(model.complete("bcd", Generation.USUAL.greedy().withMaxTokens(3))
                            .tokens())
                    .hasSize(3);
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> context.getBean(ChatModel.class).call("bcd"))
                    .withMessageContaining("expects a model with a chat template");
        });
        located(folder.resolve("config.json"))
                .run(context -> assertThat(context).hasSingleBean(LanguageModel.class));
    }

    @Test
    void aModelWithinAJarIsRefused() throws IOException {
        Path jar = folder.resolve("models.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                var entries = new JarOutputStream(out)) {
            entries.putNextEntry(new ZipEntry("writer/model.gguf"));
            entries.write(Files.readAllBytes(SmallModels.CHATTING));
        }
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
            runner.withClassLoader(classes)
                    .withPropertyValues(WRITER + "location=classpath:writer")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .hasMessage("neurite.models.writer.location: expects a language model outside of a jar, got"
                                    + " class path resource [writer/model.gguf]. Its weights are read from a file."
                                    + " Copy it beside the program"));
        }
    }

    @Test
    void whatTheProgramLacksHasNoBeans() {
        located(SmallModels.CHATTING)
                .withClassLoader(new FilteredClassLoader("org.springframework.ai", "dev.neurite.langchain4j"))
                .run(context -> assertThat(context)
                        .hasBean("writer")
                        .doesNotHaveBean("writerChatModel")
                        .doesNotHaveBean("writerLangChain4jChatModel"));
        var without = new FilteredClassLoader("dev.neurite.llm");
        located(SmallModels.CHATTING)
                .withClassLoader(without)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessage("neurite.models.writer.kind: expects predictions or a kind of ONNX models, as"
                                + " neurite-llm is not on the class path, got texts. Add the artifact"
                                + " dev.neurite:neurite-llm"));
        runner.withClassLoader(without)
                .withPropertyValues(WRITER + "location=" + SmallModels.TEXTS + "/encoder.onnx")
                .run(context -> assertThat(context).hasBean("writer").doesNotHaveBean("neuriteLanguageModels"));
    }
}
