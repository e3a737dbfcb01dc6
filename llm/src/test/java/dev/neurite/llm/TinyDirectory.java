package dev.neurite.llm;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// The small models of `scripts/golden/language_models.py` as directories of Hugging Face, with a tokenizer.
final class TinyDirectory {
    private static final String TOKENIZER = """
        {"version": "1.0", "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>",
         "vocab": {"<unk>": 0, "a": 1, "b": 2, "ab": 3,
          "c": 4, "d": 5, "e": 6, "f": 7, "g": 8, "h": 9, "i": 10, "j": 11, "k": 12, "l": 13, "m": 14, "n": 15,
          "o": 16, "p": 17, "q": 18, "r": 19, "s": 20, "t": 21, "u": 22, "v": 23, "w": 24, "x": 25, "y": 26, "z": 27,
          "0": 28, "1": 29, "2": 30, "3": 31, "4": 32, "5": 33, "6": 34, "7": 35, "8": 36, "9": 37, ".": 38, ",": 39}, "merges": ["a b"]},
         "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
          "special": true}]}
        """;

    private TinyDirectory() {}

    /// Copies the model of a family into a directory.
    static Path copy(String family, Path directory) throws IOException {
        Path made = Files.createDirectory(directory.resolve(family));
        for (String each : List.of("config.json", "model.safetensors")) {
            Files.copy(resource("family/" + family + "/" + each), made.resolve(each));
        }
        Files.writeString(made.resolve("tokenizer.json"), TOKENIZER);
        return made;
    }

    /// A file of the tests.
    static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(TinyDirectory.class.getResource(name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
