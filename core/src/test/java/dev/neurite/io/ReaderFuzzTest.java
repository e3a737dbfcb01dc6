package dev.neurite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Thousands of mutated files from a fixed seed: the readers refuse them with their own exceptions, or read
/// them.
class ReaderFuzzTest {
    private static final String[] WORDS = {
        "0",
        "-1",
        "1",
        "2147483647",
        "2147483648",
        "-2147483648",
        "9223372036854775808",
        "1e999",
        "-0",
        "1.5",
        "\"\"",
        "[]",
        "{}",
        "null",
        "true",
        "[0,0]",
        "[-1,0]",
        "[[-1,0]]",
        "\"dense\"",
        "\"graph\"",
        "\"sequential\"",
        "\"given\"",
        "\"frozen\"",
        "\"F16\"",
        "\"shape\"",
        "\"type\"",
        ",",
        ":",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\u0000"
    };

    @TempDir
    private Path folder;

    private static byte[] mutated(byte[] source, SplittableRandom random) {
        byte[] bytes = source.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = spliced(bytes, at, Math.min(bytes.length, at + random.nextInt(12)), "");
                case 4 -> bytes = spliced(bytes, at, at, WORDS[random.nextInt(WORDS.length)]);
                default -> bytes = replacedToken(bytes, at, WORDS[random.nextInt(WORDS.length)]);
            }
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, String text) {
        return Raw.join(
                Arrays.copyOf(bytes, from),
                text.getBytes(StandardCharsets.UTF_8),
                Arrays.copyOfRange(bytes, to, bytes.length));
    }

    /// Puts a word in the place of the number or string around a position.
    private static byte[] replacedToken(byte[] bytes, int at, String word) {
        int from = at;
        int to = at;
        while (from > 0 && ":,[{ ".indexOf(bytes[from - 1]) < 0) from--;
        while (to < bytes.length && ":,]} ".indexOf(bytes[to]) < 0) to++;
        return spliced(bytes, from, to, word);
    }

    private void load(Path file, byte[] bytes, String what) throws IOException {
        Files.write(file, bytes);
        try {
            ModelFile.load(file);
        } catch (DataException | ModelFormatException refused) {
            assertThat(refused).hasMessageStartingWith(file.toString());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError escaped) {
            fail(what + ", " + HexFormat.of().formatHex(bytes), escaped);
        }
    }

    @Test
    void mutatedFilesGiveOnlyTheReadersOwnExceptions() throws IOException {
        var random = new SplittableRandom(1);
        Path file = folder.resolve("file");
        List<byte[]> seeds = new ArrayList<>();
        ModelFileTest.models().forEach(model -> {
            ModelFile.save(model, file);
            try {
                seeds.add(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        for (int round = 0; round < 2_000; round++) {
            load(file, mutated(seeds.get(round % seeds.size()), random), "round " + round);
        }
    }

    @Test
    void mutatedHeadersOfTheRightLengthGiveOnlyTheReadersOwnExceptions() throws IOException {
        var random = new SplittableRandom(2);
        Path file = folder.resolve("file");
        String header = "{\"__metadata__\":{\"format\":\"x\"},\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],"
                + "\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[8,10]}}";
        for (int round = 0; round < 2_000; round++) {
            byte[] changed = mutated(header.getBytes(StandardCharsets.UTF_8), random);
            load(file, Raw.file(changed, new byte[10]), "round " + round);
        }
    }

    /// A checksum would stop these at once, so it is made right again after each mutation of the architecture.
    @Test
    void mutatedArchitecturesWithARightChecksumGiveOnlyTheReadersOwnExceptions() throws IOException {
        var random = new SplittableRandom(3);
        Path file = folder.resolve("file");
        List<Safetensors> seeds = new ArrayList<>();
        ModelFileTest.models().forEach(model -> {
            ModelFile.save(model, file);
            seeds.add(Safetensors.read(file));
        });
        int read = 0;
        for (int round = 0; round < 3_000; round++) {
            Safetensors seed = seeds.get(round % seeds.size());
            Map<String, String> metadata = new LinkedHashMap<>(seed.metadata());
            String key = random.nextInt(5) == 0 ? "inputs" : "network";
            byte[] text = metadata.getOrDefault(key, "").getBytes(StandardCharsets.UTF_8);
            metadata.put(key, new String(mutated(text, random), StandardCharsets.UTF_8));
            Files.write(file, Raw.checked(metadata, seed.tensors()));
            try {
                ModelFile.load(file);
                read++;
            } catch (ModelFormatException refused) {
                assertThat(refused).hasMessageStartingWith(file.toString());
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError escaped) {
                fail("round " + round + ": " + metadata, escaped);
            }
        }
        assertThat(read).as("mutations that were still a model").isLessThan(1_000);
    }

    @Test
    void mutatedJsonGivesOnlySyntaxErrors() {
        var random = new SplittableRandom(4);
        byte[] text =
                "{\"a\":[1,-2.5e3,\"\\u00e9\\n\",true,null,{\"b\":{}}],\"c\":\"d\"}".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 20_000; round++) {
            String changed = new String(mutated(text, random), StandardCharsets.ISO_8859_1);
            try {
                Json read = Json.read(changed);
                assertThat(Json.read(read.write())).isEqualTo(read);
            } catch (Json.SyntaxException refused) {
                assertThat(refused).hasMessageContaining("at character");
            } catch (RuntimeException escaped) {
                fail(changed, escaped);
            }
        }
    }
}
