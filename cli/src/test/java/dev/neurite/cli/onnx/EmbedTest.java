package dev.neurite.cli.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.io.NpyArray;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a model that looks up a vector for each token: (2, 0) for `[CLS]`, (0, 4) for `[SEP]`, (1, 1) for a, (3, 1)
/// for b.
final class EmbedTest {
    private static final String TOKENIZER = """
        {
          "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
          "pre_tokenizer": {"type": "Whitespace"},
          "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
          "decoder": null,
          "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "b": 5, "c": 6, "##c": 7}
          }
        }
        """;

    @TempDir
    private Path temp;

    private String model;

    @BeforeEach
    void copy() throws IOException {
        Files.writeString(temp.resolve("tokenizer.json"), TOKENIZER);
        Path to = temp.resolve("embedder.onnx");
        model = Files.copy(Path.of(OnnxFiles.path("embedder.onnx")), to).toString();
    }

    private Cli embed(String... arguments) {
        return withInput("", arguments);
    }

    private Cli withInput(String input, String... arguments) {
        String[] all =
                Stream.concat(Stream.of("embed", model), Stream.of(arguments)).toArray(String[]::new);
        return Cli.withInput(input, all);
    }

    @Test
    void eachTextIsALine() {
        Cli result = embed("a b", "", "--no-normalize");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).isEqualTo("row,v_0,v_1\n0,1.5,1.5\n1,1.0,2.0\n");
        assertThat(embed("a b", "--threads", "1").out()).isEqualTo("row,v_0,v_1\n0,0.70710677,0.70710677\n");
        assertThat(embed("a b c", "--pooling", "CLS").out()).isEqualTo("row,v_0,v_1\n0,1.0,0.0\n");
    }

    @Test
    void jsonIsAnObjectALine() {
        List<String> lines = embed("a b", "b", "--no-normalize", "--json", "--batch", "1")
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).isEqualTo("{\"row\":0,\"text\":\"a b\",\"vector\":[1.5,1.5]}");
        Map<String, Object> second = JsonText.object(lines.getLast());
        assertThat(second).containsEntry("row", 1.0).containsEntry("text", "b");
    }

    @Test
    void linesOfAFileAndOfStandardInputAreTexts() throws IOException {
        String lines = "\ufeffa b\r\n\na b c\nb";
        String expected = embed("a b", "", "a b c", "b").out();
        assertThat(expected.lines()).hasSize(5);
        assertThat(withInput(lines, "-").out()).isEqualTo(expected);
        assertThat(withInput(lines, "--texts", "-").out()).isEqualTo(expected);
        Path file = Files.writeString(temp.resolve("texts"), lines + "\n");
        assertThat(embed("--texts", file.toString()).out()).isEqualTo(expected);
    }

    @Test
    void moreTextsThanAreComputedAtOnceKeepTheirOrder() {
        var lines = new StringBuilder();
        for (int i = 0; i < 600; i++) lines.append(i % 3 == 0 ? "a\n" : i % 3 == 1 ? "a b c a b c\n" : "b\n");
        List<String> all = withInput(lines.toString(), "-").out().lines().toList();
        assertThat(all).hasSize(601);
        List<String> three = embed("a", "a b c a b c", "b").out().lines().toList();
        for (int i = 0; i < 600; i++) {
            String own = three.get(1 + i % 3);
            assertThat(all.get(i + 1)).isEqualTo(i + own.substring(own.indexOf(',')));
        }
    }

    @Test
    void vectorsAreWrittenAsAnArrayOrAsLines() throws IOException {
        Path array = temp.resolve("v.npy");
        Cli result = embed("a b", "", "--no-normalize", "--output", array.toString());
        assertThat(result.out()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(NpyArray.read(array).shape()).isEqualTo(Shape.of(2, 2));
        assertThat(NpyArray.read(array).elements()).isEqualTo(new float[] {1.5f, 1.5f, 1, 2});
        Cli both = embed("a b", "--json", "--output", array.toString());
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("expects no array as output, got --output " + array);
        Path lines = temp.resolve("v.csv");
        assertThat(embed("a b", "", "--no-normalize", "--out", lines.toString()).code())
                .isZero();
        assertThat(Files.readString(lines)).isEqualTo("row,v_0,v_1\n0,1.5,1.5\n1,1.0,2.0\n");
    }

    @Test
    void theTokenizerIsTakenFromElsewhere() throws IOException {
        Path other = Files.move(temp.resolve("tokenizer.json"), temp.resolve("other.json"));
        Cli none = embed("a");
        assertThat(none.code()).isEqualTo(3);
        assertThat(none.err())
                .contains(temp.resolve("tokenizer.json") + ": expects the model's tokenizer, got nothing: it does not"
                        + " exist. Name another file with --tokenizer");
        assertThat(embed("a b", "--no-normalize", "--tokenizer", other.toString())
                        .out())
                .contains("0,1.5,1.5");
        Files.writeString(other, "{}");
        assertThat(embed("a", "--tokenizer", other.toString()).code()).isEqualTo(4);
    }

    @Test
    void whatCannotBeIsRefused() throws IOException {
        refused(2, "embed: expects texts, got none. Add TEXT, or - for standard input, or --texts FILE");
        refused(2, "--pooling: expects one of mean, cls, got 'max'", "a", "--pooling", "max");
        refused(2, "--batch: expects at least 1, got 0", "a", "--batch", "0");
        refused(2, "expects room for more than the special tokens, got 2 tokens", "a", "--max-tokens", "2");
        refused(2, "--texts: expects no TEXT besides, got 'a'", "a", "--texts", "file");
        refused(
                3,
                "none: expects a text file, got nothing: it does not exist",
                "--texts",
                temp.resolve("none").toString());
        refused(3, "standard input: expects texts, one a line, got none", "-");
        Path latin = Files.write(temp.resolve("latin"), "Gr\u00fc\u00dfe".getBytes(StandardCharsets.ISO_8859_1));
        refused(3, "expects text in UTF-8, got other bytes", "--texts", latin.toString());
        Path output = temp.resolve("v.npy");
        refused(
                3,
                "line 1: expects lines of at most 2",
                "--texts",
                longLine().toString(),
                "--output",
                output.toString());
        assertThat(output).doesNotExist();
        model = OnnxFiles.path("dense.onnx");
        String tokenizer = temp.resolve("tokenizer.json").toString();
        refused(4, "expects a model with inputs input_ids", "a", "--tokenizer", tokenizer);
        model = "runs/none";
        refused(2, "expects an ONNX model, a file that ends with .onnx, got 'runs/none'", "a");
    }

    private Path longLine() throws IOException {
        return Files.writeString(temp.resolve("long"), "a".repeat(3 << 20));
    }

    private void refused(int code, String message, String... arguments) {
        Cli result = embed(arguments);
        assertThat(result.err()).startsWith("error: ").contains(message);
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
    }
}
