package dev.neurite.io.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.neurite.AllocatedBytes;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.limit.Budget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged files are read or refused: no other exception, no more memory than their bytes need, no endless loop.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class DamagedKerasTest {
    private static final long MOST_BYTES = 32 << 20; // allocated in all

    @TempDir
    Path temporary;

    private static byte[] entry(String name, String entry) throws IOException {
        try (var zip = new ZipFile(KerasFileTest.file(name + ".keras").toFile())) {
            return zip.getInputStream(zip.getEntry(entry)).readAllBytes();
        }
    }

    private static void read(byte[] bytes) {
        try {
            var file = new Hdf5("damaged.h5", MemorySegment.ofArray(bytes), new Budget("damaged.h5", bytes.length, ""));
            for (String each : file.paths()) file.read(each);
        } catch (NeuriteException expected) {
            assertThat(expected).hasMessageContaining("damaged.h5");
        }
    }

    private static void fuzz(String name, long seed, int times) throws IOException {
        byte[] whole = entry(name, "model.weights.h5");
        var allocated = new AllocatedBytes();
        var random = new Random(seed);
        for (int i = 0; i < times; i++) {
            byte[] bytes = whole.clone();
            for (int k = 1 + random.nextInt(4); k > 0; k--) {
                int at = random.nextInt(bytes.length);
                while (random.nextInt(8) != 0 && bytes[at] == 0) at = random.nextInt(bytes.length); // much is padding
                bytes[at] = random.nextInt(3) == 0 ? (byte) -1 : (byte) random.nextInt();
            }
            byte[] used = i % 20 == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            int seen = i;
            assertThatCode(() -> assertThat(allocated.of(1, () -> read(used))).isLessThan(MOST_BYTES))
                    .as(name + ", change " + seen)
                    .doesNotThrowAnyException();
        }
    }

    private void fuzzConfig(String name, long seed, int times) throws IOException {
        byte[] whole = entry(name, "config.json");
        byte[] weights = entry(name, "model.weights.h5");
        var random = new Random(seed);
        for (int i = 0; i < times; i++) {
            byte[] bytes = whole.clone();
            for (int k = 1 + random.nextInt(2); k > 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) "0123456789-\"{}[],:tn".charAt(random.nextInt(20));
            }
            Path file = temporary.resolve("damaged.keras");
            var out = new ByteArrayOutputStream();
            try (var zip = new ZipOutputStream(out)) {
                for (var each : List.of("config.json", "model.weights.h5")) {
                    zip.putNextEntry(new ZipEntry(each));
                    zip.write(each.equals("config.json") ? bytes : weights);
                }
            }
            Files.write(file, out.toByteArray());
            int seen = i;
            assertThatCode(() -> convert(file)).as(name + ", change " + seen).doesNotThrowAnyException();
        }
    }

    private static void convert(Path file) {
        try {
            assertThat(KerasFile.read(file).toModel().parameters().size()).isPositive();
        } catch (NeuriteException expected) {
            assertThat(expected.getMessage()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "latest", "functional"})
    void changedBytesOfWeights(String name) throws IOException {
        fuzz(name, 41, 150);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "cnn", "text", "functional"})
    void changedBytesOfConfigurations(String name) throws IOException {
        fuzzConfig(name, 41, 40);
    }

    @Test
    @Tag("thorough")
    void manyChangedBytes() throws IOException {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        for (long seed = 1; System.nanoTime() < end; seed++) {
            for (String each : List.of("mlp", "latest", "functional", "recurrent")) {
                fuzz(each, seed, 100);
                fuzzConfig(each, seed, 20);
            }
        }
    }
}
