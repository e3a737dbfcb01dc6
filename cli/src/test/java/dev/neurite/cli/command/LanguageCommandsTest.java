package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Summary, bench and conversion of language models.
class LanguageCommandsTest {
    private static final String FAMILIES = "../llm/src/test/resources/dev/neurite/llm/family/";
    private static final String TOKENIZER = """
        {"version": "1.0", "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>",
         "vocab": {"<unk>": 0, "a": 1, "b": 2, "ab": 3,
          "c": 4, "d": 5, "e": 6, "f": 7, "g": 8, "h": 9, "i": 10, "j": 11, "k": 12, "l": 13, "m": 14, "n": 15,
          "o": 16, "p": 17, "q": 18, "r": 19, "s": 20, "t": 21, "u": 22, "v": 23, "w": 24, "x": 25, "y": 26, "z": 27,
          "0": 28, "1": 29, "2": 30, "3": 31, "4": 32, "5": 33, "6": 34, "7": 35, "8": 36, "9": 37, ".": 38, ",": 39}, "merges": ["a b"]},
         "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
          "special": true}]}
        """;

    @TempDir
    Path temp;

    /// A directory of Hugging Face with a small Qwen 2.
    private Path directory(String name) throws IOException {
        Path made = Files.createDirectory(temp.resolve(name));
        for (String each : List.of("config.json", "model.safetensors")) {
            Files.copy(Path.of(FAMILIES, "qwen2", each), made.resolve(each));
        }
        Files.writeString(made.resolve("tokenizer.json"), TOKENIZER);
        return made;
    }

    @Test
    void aSummaryHasSizesTypesAndMemory() {
        Cli text = Cli.ok("summary", TinyLanguageModel.base().toString());
        assertThat(text.out())
                .contains("family         llama: ", "parameters     ", "F32 ", "context        64 tokens")
                .contains("MB of weights; keys and values ", "answers end with '", "chat template  no");
        assertThat(Cli.ok("summary", TinyLanguageModel.forChats(temp)).out()).contains("chat template  yes");
        Map<String, Object> json = JsonText.object(
                Cli.ok("summary", TinyLanguageModel.base().toString(), "--json").out());
        long parameters = ((Number) Objects.requireNonNull(json.get("parameters"))).longValue();
        assertThat(((Number) Objects.requireNonNull(json.get("weight_bytes"))).longValue())
                .isEqualTo(Float.BYTES * parameters);
        Map<?, ?> types = (Map<?, ?>) Objects.requireNonNull(json.get("types"));
        assertThat(types.keySet()).hasToString("[F32]");
        Cli refused = Cli.run("summary", TinyLanguageModel.base().toString(), "--length", "8");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--length: expects a run, got a language model");
    }

    @Test
    void aBenchHasSpeedsAndTheShareOfMemory() {
        String model = TinyLanguageModel.base().toString();
        String[] words = {
            "bench", model, "--prompt-tokens", "16", "--tokens", "8", "--repeat", "1", "--seconds", "0.001", "--json"
        };
        Cli shown = Cli.onTerminal(Map.of(), words);
        assertThat(shown.err())
                .contains("\rloading the model\u001b[K\rwarming up\u001b[K\rround 1 of 1\u001b[K")
                .endsWith("\r\u001b[K");
        Cli told = Cli.ok(words);
        assertThat(told.err()).doesNotContain("round");
        Map<String, Object> json = JsonText.object(told.out());
        double answer = ((Number) Objects.requireNonNull(json.get("answer_tokens_a_second"))).doubleValue();
        double bytes = ((Number) Objects.requireNonNull(json.get("weight_bytes_a_token"))).doubleValue();
        assertThat(answer).isPositive();
        assertThat(((Number) Objects.requireNonNull(json.get("prompt_tokens_a_second"))).doubleValue())
                .isPositive();
        assertThat(((Number) Objects.requireNonNull(json.get("weights_gbps"))).doubleValue())
                .isEqualTo(1e-9 * answer * bytes, within(1e-4));
        assertThat(((Number) Objects.requireNonNull(json.get("memory_gbps"))).doubleValue())
                .isPositive();
        assertThat(json).containsKey("share_of_memory");
        assertThat(Cli.run("bench", model).err()).contains("expect at most the 64 tokens of the context together");
        assertThat(Cli.run("bench", model, "--tokens", "1").err()).contains("--tokens: expects at least 2, got 1");
        assertThat(Cli.run("bench", model, "--batch", "2").err()).contains("beside a language model");
        assertThat(Cli.run("bench", "mlp-s", "--tokens", "8").err())
                .contains("--tokens: expects a language model, got 'mlp-s'");
    }

    @Test
    void aGptOfOursBecomesAFile() throws Exception {
        Path text = Files.writeString(temp.resolve("text.txt"), "the cat sat on the mat, and a dog ran. ".repeat(40));
        String run = temp.resolve("run").toString();
        String gpt = "gpt:layers=1,heads=2,width=32,positions=16,dropout=0";
        String[] train = {"train", text.toString(), "--model", gpt, "--window", "16", "--epochs", "1", "--quiet"};
        List<String> words = new ArrayList<>(List.of(train));
        words.addAll(List.of("--tokens", "270", "--out", run));
        Cli.ok(words.toArray(String[]::new));
        String to = temp.resolve("ours.gguf").toString();
        assertThat(Cli.ok("convert", run, to, "--type", "f32").out()).contains("ours.gguf: gguf, f32, ");
        assertThat(Cli.ok("summary", to).out()).contains("gpt2: 1 blocks, width 32");
        List<String> texts = new ArrayList<>();
        for (String each : List.of(run, to)) {
            texts.add(Cli.ok("generate", each, "--prompt", "the cat ", "--temperature", "0", "--max-tokens", "8")
                    .out());
        }
        assertThat(texts.getFirst()).startsWith("the cat ").isEqualTo(texts.getLast());
        assertThat(Cli.run("generate", run, "--prompt", "a", "--cache", "f16").err())
                .contains("--cache: expects a language model");
        assertThat(Cli.run("generate", to, "--prompt", "a", "--cache", "f16").err())
                .contains("cache: expects F32 for models of GPT-2's blocks");
        assertThat(Cli.ok("summary", to).out()).doesNotContain("--cache");
        assertThat(Cli.ok("generate", to, "--prompt", "the cat ", "--temperature", "0", "--max-tokens", "100")
                        .err())
                .contains("stopped as the context is full, see --shift");

        words.set(words.size() - 3, "characters");
        words.set(words.size() - 1, run + "-characters");
        Cli.ok(words.toArray(String[]::new));
        assertThat(Cli.run(
                                "convert",
                                run + "-characters",
                                temp.resolve("x.gguf").toString(),
                                "--type",
                                "f32")
                        .err())
                .contains("expects a tokenizer of byte-level BPE", "--tokens 1000");
        assertThat(Cli.run("convert", run, temp.resolve("x.gguf").toString(), "--opset", "18")
                        .err())
                .contains("--opset: expects another format");
    }

    @Test
    void aDirectoryOfHuggingFaceBecomesAFile() throws Exception {
        Path from = directory("small");
        String to = temp.resolve("small.gguf").toString();
        Cli written = Cli.ok("convert", from.toString(), to, "--type", "f32");
        assertThat(written.out()).contains("small.gguf: gguf, f32, ");
        assertThat(written.err()).contains("neurite summary");
        String[] words = {
            "generate", from.toString(), "--prompt", "abba", "--temperature", "0", "--max-tokens", "9", "--json"
        };
        Object expected = JsonText.object(Cli.ok(words).out()).get("tokens");
        words[1] = to;
        assertThat(JsonText.object(Cli.ok(words).out()).get("tokens")).isEqualTo(expected);
        List<String> halves = new ArrayList<>(List.of(words));
        halves.addAll(List.of("--cache", "f16"));
        assertThat((List<?>)
                        JsonText.object(Cli.ok(halves.toArray(String[]::new)).out())
                                .get("tokens"))
                .hasSize(9);
        halves.set(halves.size() - 1, "f8");
        assertThat(Cli.run(halves.toArray(String[]::new)).err())
                .contains("--cache", "expects one of f32, f16, got 'f8'");
        assertThat(Cli.ok("summary", to).out()).contains("half of that with --cache f16");
        String adapter =
                Path.of(FAMILIES).resolveSibling("adapter").resolve("qwen2").toString();
        String merged = temp.resolve("merged.gguf").toString();
        Cli.ok("convert", from.toString(), merged, "--type", "f32", "--adapter", adapter);
        words[1] = merged;
        Object adapted = JsonText.object(Cli.ok(words).out()).get("tokens");
        assertThat(adapted).isNotEqualTo(expected);
        List<String> beside = new ArrayList<>(List.of(words));
        beside.set(1, to);
        beside.addAll(List.of("--adapter", adapter));
        assertThat(JsonText.object(Cli.ok(beside.toArray(String[]::new)).out()).get("tokens"))
                .isEqualTo(adapted);
        Cli again = Cli.run("convert", from.toString(), to, "--type", "f16");
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("expects a new file, got one that exists", "--overwrite");
        Cli over = Cli.ok("convert", from.toString(), to, "--type", "f16", "--overwrite", "--json");
        assertThat(JsonText.object(over.out())).containsEntry("type", "f16");
        assertThat(Cli.ok("summary", to).out()).contains("F16 ");
        assertThat(Cli.run("convert", from.toString(), to, "--type", "q3", "--overwrite")
                        .err())
                .contains("--type: expects one of q8_0, q4_0, f16, bf16, f32, got 'q3'");
        assertThat(Cli.run("convert", from.toString(), temp.resolve("x.onnx").toString())
                        .err())
                .contains("expects a file that ends with .gguf");
        assertThat(Cli.run("convert", from.toString(), to, "--opset", "18").err())
                .contains("--opset: expects another format");
        assertThat(Cli.run("convert", from.toString(), to, "--into", "x").err()).contains("--into: expects a run");
        assertThat(Cli.run("convert", "a.pt", to).err()).contains("a.pt", "does not exist");
        assertThat(Cli.run("convert", "a.pt", "a.onnx", "--type", "f16").err()).contains("--type: expects a file that");
    }

    @Test
    void weightsBeyondTheHeapAreRefusedBeforeTheyAreRead() throws Exception {
        Path from = directory("large");
        int rows = 8_000_000; // of 16 floats: 512 MB
        Path config = from.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"vocab_size\": 40", "\"vocab_size\": " + rows));
        withLargeTable(from.resolve("model.safetensors"), rows);
        Process process = CliProcess.start(temp, List.of("-Xmx256m"), "generate", from.toString(), "--prompt", "a");
        int code = process.waitFor();
        String all = Files.readString(temp.resolve("err"));
        assertThat(code).as(all).isEqualTo(6);
        assertThat(all).contains("expects 512 MB for its weights, got a heap of", "NEURITE_JAVA_OPTS=-Xmx1g");
    }

    /// Gives a file an embedding table of many rows, at its end, which take no space.
    private static void withLargeTable(Path file, long rows) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long content = all.length - Long.BYTES - length;
        String header = new String(all, Long.BYTES, length, StandardCharsets.UTF_8).strip();
        String table = "\"model.embed_tokens.weight\":";
        assertThat(header).startsWith("{" + table).endsWith("}");
        String more = header.substring(0, header.length() - 1).replace(table, "\"old\":") + "," + table
                + "{\"dtype\":\"F32\",\"shape\":[" + rows + ",16],\"data_offsets\":[" + content + ","
                + (content + rows * 16 * Float.BYTES) + "]}}";
        byte[] bytes = more.getBytes(StandardCharsets.UTF_8);
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(bytes.length)
                    .array());
            out.write(bytes);
            out.write(all, Long.BYTES + length, (int) content);
            out.setLength(out.getFilePointer() + rows * 16 * Float.BYTES);
        }
    }
}
