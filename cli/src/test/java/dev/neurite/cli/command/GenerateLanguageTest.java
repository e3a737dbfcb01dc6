package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A language model of another program goes on with texts.
class GenerateLanguageTest {
    private static final String PROMPT = "the rain and the sea 12 it's";

    @TempDir
    Path temp;

    private static Cli generate(String... more) {
        List<String> all = new ArrayList<>(
                List.of("generate", TinyLanguageModel.base().toString(), "--prompt", PROMPT, "--temperature", "0"));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    private static String text(Cli ran) {
        assertThat(ran.code()).as(ran.err()).isZero();
        return (String) Objects.requireNonNull(JsonText.object(ran.out()).get("text"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--temperature -1",
                "--top-k -1",
                "--top-p 0",
                "--min-p 2",
                "--repetition-penalty 0",
                "--frequency-penalty NaN",
                "--presence-penalty NaN",
                "--penalty-window -1",
                "--max-tokens 0",
                "--context 0"
            })
    void anOptionOutOfRangeIsNamed(String words) {
        List<String> all =
                new ArrayList<>(List.of("generate", TinyLanguageModel.base().toString(), "--prompt", PROMPT));
        all.addAll(List.of(words.split(" ")));
        Cli refused = Cli.run(all.toArray(String[]::new));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).startsWith("error: " + words.split(" ")[0] + ": expects");
    }

    @Test
    void aTextGoesOn() {
        Cli json = generate("--max-tokens", "12", "--json");
        assertThat(text(json)).startsWith(PROMPT);
        Map<String, Object> all = JsonText.object(json.out());
        assertThat(all).containsEntry("prompt", PROMPT).containsEntry("end", "length");
        assertThat((List<?>) all.get("tokens")).hasSize(12);
        Cli plain = generate("--max-tokens", "12");
        assertThat(plain.out()).isEqualTo(text(json) + "\n");
        assertThat(generate("--max-tokens", "12", "--threads", "1")).isEqualTo(plain);
        String[] likeliest = {
            "generate", TinyLanguageModel.base().toString(), "--prompt", PROMPT, "--max-tokens", "12", "--top-k", "1"
        };
        assertThat(Cli.run(likeliest)).isEqualTo(plain);
    }

    @Test
    void aTextEndsBeforeAStop() {
        String whole = text(generate("--max-tokens", "12", "--json"));
        String stop = whole.substring(PROMPT.length() + 3, PROMPT.length() + 5);
        Cli stopped = generate("--max-tokens", "12", "--json", "--stop", stop, "--stop", "never there");
        String expected = whole.substring(0, whole.indexOf(stop, PROMPT.length()));
        assertThat(text(stopped)).isEqualTo(expected);
        assertThat(JsonText.object(stopped.out())).containsEntry("end", "stop");
    }

    @Test
    void anAnswerFollowsASchema() throws Exception {
        Path schema = temp.resolve("schema.json");
        Files.writeString(schema, "{\"enum\": [\"rain\", \"sea\"]}");
        Cli written = generate("--json", "--json-schema", schema.toString());
        assertThat(text(written).substring(PROMPT.length())).isIn("\"rain\"", "\"sea\"");
        Files.writeString(schema, "{\"format\": \"date\"}");
        Cli refused = generate("--json-schema", schema.toString());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--json-schema " + schema, "format");
        assertThat(generate("--json-schema", temp.resolve("none").toString()).code())
                .isEqualTo(3);
    }

    @Test
    void mistakesAreTold() throws Exception {
        Cli tooLong = generate("--context", "4");
        assertThat(tooLong.code()).isEqualTo(2);
        assertThat(tooLong.err()).contains("--prompt: expects fewer than 4 tokens", "--shift");
        assertThat(generate("--context", "4", "--shift", "--max-tokens", "3").code())
                .isZero();
        Cli beyond = generate("--context", "65");
        assertThat(beyond.code()).isEqualTo(2);
        assertThat(beyond.err()).contains("context of at most the 64 tokens that the model was trained for, got 65");
        assertThat(generate("--max-tokens", "0").err()).contains("--max-tokens: expects at least 1 token");
        assertThat(generate("--top-p", "7").err()).contains("--top-p: expects above 0 to 1, got 7.0");
        assertThat(generate("--penalty-window", "-1").err()).contains("--penalty-window: expects 0 to");
        String file = TinyLanguageModel.base().toString();
        Cli again = Cli.run("convert", file, path("again.gguf"));
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("expects a directory of Hugging Face, a run or a model file, got a language");
        Cli tuned = Cli.run("train", path("text.txt"), "--from", file, "--lora", "4");
        assertThat(tuned.code()).isEqualTo(2);
        assertThat(tuned.err()).contains("Language models learn by adapters, in Java");
        Cli other = Cli.run("generate", temp.toString(), "--prompt", "x");
        assertThat(other.code()).isEqualTo(3);
        assertThat(other.err()).contains("expects a run, a model file or a language model, got a directory without");
        Cli run = Cli.run("generate", path("nothing"), "--prompt", "x", "--stop", "y");
        assertThat(run.err()).contains("--stop: expects a language model");
        Path cut = temp.resolve("cut.gguf");
        byte[] all = Files.readAllBytes(TinyLanguageModel.base());
        Files.write(cut, java.util.Arrays.copyOf(all, all.length / 2));
        Cli damaged = Cli.run("generate", cut.toString(), "--prompt", "x");
        assertThat(damaged.code()).isEqualTo(4);
        assertThat(damaged.err()).contains("cut.gguf").doesNotContain("Exception");
        assertThat(Cli.run("predict", TinyLanguageModel.base().toString(), "x.csv")
                        .err())
                .contains("got a language model in GGUF", "neurite chat", "neurite generate", "neurite summary");
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }
}
