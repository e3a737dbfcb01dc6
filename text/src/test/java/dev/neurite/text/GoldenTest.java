package dev.neurite.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.json.Json;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Encodings of Hugging Face's library, which [GoldenMaker] wrote.
final class GoldenTest {
    static InputStream resource(String name) {
        return Objects.requireNonNull(GoldenTest.class.getResourceAsStream(name), name);
    }

    private static Tokenizer tokenizer(String name) {
        return Tokenizer.read(resource(name + ".json"));
    }

    @Test
    void encodingsEqualTheReference() throws IOException {
        List<String> texts = Json.readStrings(
                "texts.json", new String(resource("texts.json").readAllBytes(), StandardCharsets.UTF_8));
        Map<String, Tokenizer> tokenizers = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        int lines = 0;
        try (var in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(resource("golden.tsv.gz")), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine(), lines++) {
                List<String> cells = List.of(line.split("\t", -1));
                int text = Integer.parseInt(cells.get(1));
                String pair = Boolean.parseBoolean(cells.get(2)) ? texts.get(text + 1) : "";
                Tokenizer tokenizer = tokenizers.computeIfAbsent(cells.getFirst(), GoldenTest::tokenizer);
                Reference.Line ours = Reference.Line.of(tokenizer, texts.get(text), pair);
                String got = ours.figures();
                String expected = String.join("\t", cells.subList(3, cells.size()));
                if (!got.equals(expected)) {
                    wrong.add(cells.getFirst() + " " + Json.of(texts.get(text)).write() + "\n  expected " + expected
                            + "\n  got      " + got);
                }
            }
        }
        assertThat(wrong.stream().limit(20)).isEmpty();
        assertThat(lines).isGreaterThan(5_000);
        assertThat(tokenizers).containsKeys("bert", "gpt2", "roberta", "llama2", "llama3", "unigram", "words");
    }

    /// What is saved is read again and encodes the same.
    @Test
    void savedTokenizersEncodeTheSame(@TempDir Path folder) {
        SampleTokenizers.all().forEach((name, json) -> {
            Tokenizer first =
                    Tokenizer.read(new ByteArrayInputStream(json.write().getBytes(StandardCharsets.UTF_8)));
            first.save(folder.resolve(name));
            Tokenizer second = Tokenizer.load(folder.resolve(name));
            assertThat(second.vocabularySize()).isEqualTo(first.vocabularySize());
            for (String text : SampleTexts.written()) {
                assertThat(second.encode(text)).as("%s %s", name, text).isEqualTo(first.encode(text));
            }
        });
    }
}
