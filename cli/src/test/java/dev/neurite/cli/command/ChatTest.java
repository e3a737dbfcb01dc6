package dev.neurite.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.JsonText;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTest {
    @TempDir
    Path temp;

    private String model = "";

    @BeforeEach
    void makeModel() {
        model = TinyLanguageModel.forChats(temp);
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private Object messages(String name) throws IOException {
        String list = Files.readString(temp.resolve(name)).strip();
        return Objects.requireNonNull(JsonText.object("{\"all\":" + list + "}").get("all"));
    }

    private Cli chat(String input, String... more) {
        return Cli.withInput(input, words(more));
    }

    private String[] words(String... more) {
        String[] words = new String[more.length + 6];
        List<String> first = List.of("chat", model, "--max-tokens", "6", "--temperature", "0");
        for (int i = 0; i < words.length; i++) words[i] = i < 6 ? first.get(i) : more[i - 6];
        return words;
    }

    @Test
    void eachLineIsAMessageAndEachAnswerAnObject() {
        Cli both = chat("the rain\n\nthe sea\n", "--json");
        assertThat(both.code()).as(both.err()).isZero();
        List<String> lines = both.out().lines().toList();
        assertThat(lines).hasSize(2);
        Map<String, Object> first = JsonText.object(lines.getFirst());
        assertThat(first).containsEntry("message", "the rain").containsEntry("end", "length");
        assertThat((List<?>) first.get("tokens")).hasSize(6);
        assertThat(first).containsKeys("text", "prompt_tokens", "kept_tokens", "prompt_seconds", "answer_seconds");
        assertThat(chat("the rain\n", "--json").out().lines().toList()).hasSize(1);
        Cli plain = chat("the rain\n");
        assertThat(plain.out()).isEqualTo(first.get("text") + "\n");
        // The second prompt holds the first message and its answer.
        assertThat(lines.getLast()).contains("\"message\":\"the sea\"");
        int ofFirst = ((Number) Objects.requireNonNull(first.get("prompt_tokens"))).intValue();
        assertThat(((Number) Objects.requireNonNull(
                                JsonText.object(lines.getLast()).get("prompt_tokens")))
                        .intValue())
                .isGreaterThan(ofFirst);
    }

    @Test
    void messagesAreSavedAndGoOn() throws Exception {
        Cli saved = chat("/system be short\nthe rain\n/save " + path("a.json") + "\n/reset\n/save " + path("b.json"));
        assertThat(saved.code()).as(saved.err()).isZero();
        assertThat(saved.err().lines()).contains("the system prompt is set", "2 messages forgotten");
        String answer = saved.out().substring(0, saved.out().length() - 1);
        assertThat(messages("a.json"))
                .isEqualTo(List.of(
                        Map.of("role", "system", "content", "be short"),
                        Map.of("role", "user", "content", "the rain"),
                        Map.of("role", "assistant", "content", answer)));
        assertThat(messages("b.json")).isEqualTo(List.of(Map.of("role", "system", "content", "be short")));
        Cli through = chat("the rain\nthe sea\n", "--system", "be short");
        Cli loaded = chat("/load " + path("a.json") + "\nthe sea\n");
        assertThat(loaded.err()).contains("3 messages");
        assertThat(through.out()).isEqualTo(saved.out() + loaded.out());
        Cli twoSlashes = chat("/system\n//reset\n/save " + path("b.json") + "\n", "--system", "be short");
        assertThat(twoSlashes.code()).as(twoSlashes.err()).isZero();
        assertThat(twoSlashes.err().lines()).contains("no system prompt");
        assertThat(Files.readString(temp.resolve("b.json"))).startsWith("[{\"role\":\"user\",\"content\":\"/reset\"}");
    }

    @Test
    void onATerminalErrorsDoNotEndTheChat() {
        Cli shown = Cli.answering("/nope\n/stats\nthe rain\n/stats\n/help\n/exit\nnever\n", words());
        assertThat(shown.code()).isZero();
        assertThat(shown.err())
                .contains("> ", "/nope: expects one of /help", "no answer yet", "kept; ", "tokens a second", "MB of")
                .contains("stopped as it is too long")
                .contains("/system TEXT");
        assertThat(shown.out().lines()).hasSizeGreaterThan(0);
        assertThat(shown.out()).isEqualTo(Cli.answering("the rain\n", words()).out());
    }

    @Test
    void textsOfModelsDoNotControlTheTerminal() {
        String out = Cli.answering("the rain\n", "chat", model, "--max-tokens", "40", "--temperature", "9")
                .out();
        assertThat(out.chars().filter(c -> c < ' ' && c != '\n' && c != '\t')).isEmpty();
    }

    @Test
    void mistakesAreTold() throws Exception {
        assertThat(chat("x\n/exit now\n").err()).contains("/exit: expects nothing after it, got 'now'");
        assertThat(chat("/save\n").err()).contains("/save: expects the name of a file");
        Cli missing = chat("/load " + path("none.json") + "\n");
        assertThat(missing.code()).isEqualTo(3);
        assertThat(missing.err()).contains("none.json");
        Files.writeString(temp.resolve("x.json"), "[{\"role\":\"king\",\"content\":\"\"}]");
        assertThat(chat("/load " + path("x.json") + "\n").err()).contains("expects one of system, user, assistant");
        assertThat(chat("/save " + model + "\n").err()).contains("expects a JSON list of messages");
        Cli tooLong = chat("the rain ".repeat(200) + "\n", "--context", "64");
        assertThat(tooLong.code()).isEqualTo(3);
        assertThat(tooLong.err()).contains("expects fewer than 64 tokens", "--shift");
        assertThat(chat("the rain ".repeat(200) + "\n", "--context", "64", "--shift")
                        .code())
                .isZero();
        Cli base = Cli.run("chat", TinyLanguageModel.base().toString());
        assertThat(base.code()).isEqualTo(2);
        assertThat(base.err()).contains("expects a model with a chat template", "neurite generate");
        assertThat(chat("x\n", "--context", "0").err()).contains("--context: expects at least 1");
    }

    @Test
    void whatIsNoLanguageModelIsNamed() throws Exception {
        String expected = "expects a language model, a GGUF file or a directory of Hugging Face with config.json, got ";
        Files.writeString(temp.resolve("README.md"), "# A title\n");
        Cli text = Cli.run("chat", path("README.md"));
        assertThat(text.code()).isEqualTo(4);
        assertThat(text.err()).contains(expected + "a text").doesNotContain("generate");
        Path directory = Files.createDirectory(temp.resolve("directory"));
        Cli without = Cli.run("chat", directory.toString());
        assertThat(without.code()).isEqualTo(3);
        assertThat(without.err()).contains(expected + "a directory without config.json");
        var net = Model.of(Layers.features(2), Layers.dense(2)).initialize(1);
        new ModelFile(net, Map.of()).write(temp.resolve("model.safetensors"), Catalog.standard());
        assertThat(Cli.run("chat", path("model.safetensors")).err())
                .contains(expected + "a safetensors file", "neurite generate ");
        assertThat(Cli.run("chat", temp.toString()).err()).contains(expected + "a run", "neurite generate ");
        assertThat(Cli.run("chat", path("none.gguf")).err()).contains("none.gguf", "does not exist");
    }

    /// Ctrl-C ends an answer, and is again what it was after it.
    @Test
    void aSignalStopsTheAnswerOnly() throws Exception {
        String large = Path.of("../llm/src/test/resources/dev/neurite/llm/chatting.gguf")
                .toAbsolutePath()
                .toString();
        Path out = temp.resolve("out");
        String[] words = {"chat", large, "--max-tokens", "1000000", "--shift", "--seed", "1"};
        Process process = CliProcess.start(temp, Redirect.to(out.toFile()), List.of(), words);
        try (Writer in = process.outputWriter(UTF_8)) {
            in.write("the rain\n");
            in.flush();
            await(process, () -> Files.size(out) > 0);
            assertThat(CliProcess.signal(process, "INT")).isZero();
            await(process, () -> Files.readString(temp.resolve("err")).endsWith("stopped\n"));
            assertThat(CliProcess.signal(process, "INT")).isZero();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("between answers").isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
    }

    private void await(Process process, Callable<Boolean> done) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!done.call()) {
            String err = Files.readString(temp.resolve("err"));
            assertThat(process.isAlive()).as(err).isTrue();
            assertThat(System.nanoTime()).as(err).isLessThan(deadline);
            Thread.sleep(10);
        }
    }
}
