package dev.neurite.cli.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is no language model ends with 4 if it is a file, with 3 if it is a directory or missing, with 2 if it is
/// something that other commands take, and the message says what.
final class LanguageFileTest {
    private static final String LLM = "../llm/src/test/resources/dev/neurite/llm/";

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "chat TEXT # 4 # expects a language model, a GGUF file or a directory # got a text",
                "summary TEXT # 4 # expects a run, a model file or a language model # got a text",
                "generate TEXT --prompt a # 4 # expects a run, a model file or a language model # got a text",
                "chat DIRECTORY # 3 # expects a language model # got a directory without config.json",
                "generate DIRECTORY --prompt a # 3 # expects a run # got a directory without model.safetensors",
                "chat ONNX # 2 # got an ONNX model # Commands for it: neurite summary",
                "chat LLMfamily/qwen2/model.safetensors # 2 # got a file of a directory # Give the directory: /",
                "chat LLMfamily/qwen2/config.json # 2 # got a file of a directory # Give the directory: /",
                "generate LLMfamily/qwen2/config.json --prompt a # 2 # got a file of a directory # Give the directory:"
                        + " /",
                "bench LLMfamily/qwen2/config.json # 2 # expects a case # Give the directory: /",
                "chat LLMadapter/qwen2 # 2 # got adapters (LoRA) # neurite chat MODEL --adapter",
                "summary LLMadapter/qwen2 # 2 # got adapters (LoRA) # neurite chat MODEL --adapter",
                "chat Qwen/Qwen2.5-0.5B # 3 # does not exist # Neurite downloads nothing",
                "chat none.gguf # 3 # none.gguf: expects a language model # does not exist",
                "generate none.gguf --prompt a # 3 # none.gguf: expects a language model # does not exist",
                "summary none.gguf # 3 # none.gguf: expects a language model # does not exist",
                "bench none.gguf # 3 # none.gguf: expects a language model # does not exist",
                "evaluate none.gguf # 3 # expects a run's directory or a model file # does not exist",
                "train none.gguf # 2 # data set: expects one of iris # got 'none.gguf'",
                "train iris --from none.gguf # 3 # none.gguf: expects a run's directory # does not exist",
                "convert none.gguf to.onnx # 3 # none.gguf: # does not exist",
                "convert LLMgguf/tiny-F32.gguf to.onnx # 2 # got a language model in GGUF # the directory that it was"
                        + " made from"
            })
    void theMessageSaysWhatItIs(String words, int code, String expected, String got) throws IOException {
        String text = Files.writeString(temp.resolve("text.txt"), "a text").toString();
        String directory = Files.createDirectory(temp.resolve("empty")).toString();
        String all = words.replace("TEXT", text)
                .replace("DIRECTORY", directory)
                .replace("ONNX", "src/test/resources/onnx/dense.onnx")
                .replace("LLM", LLM);
        Cli result = Cli.run(all.split(" "));
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        assertThat(result.err()).contains(expected, got).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void anEmptyPathIsNone() {
        Cli result = Cli.run("chat", "");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err()).contains("got no name");
    }
}
