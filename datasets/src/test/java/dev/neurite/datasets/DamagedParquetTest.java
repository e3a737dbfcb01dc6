package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged files are read or refused: no other exception, no more memory than a file of their size may need, no
/// endless loop.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class DamagedParquetTest {
    private static final long MOST_BYTES = 24 << 20; // allocated in all, of which 8 MB for the rows of a table

    @TempDir
    Path temporary;

    private void read(byte[] bytes) throws IOException {
        Path damaged = Files.write(temporary.resolve("damaged.parquet"), bytes);
        long before = AllocatedBytes.soFar();
        try (Table table = Parquet.read(damaged)) {
            assertThat(table.rows()).isPositive();
        } catch (DataException expected) {
            assertThat(expected).hasMessageContaining("damaged.parquet");
        }
        assertThat(AllocatedBytes.soFar() - before).isLessThan(MOST_BYTES);
    }

    private void fuzz(String name, long seed, int times) throws IOException {
        byte[] whole = Files.readAllBytes(ParquetTest.file(name + ".parquet"));
        var random = new Random(seed);
        for (int i = 0; i < times; i++) {
            byte[] bytes = whole.clone();
            int changes = 1 + random.nextInt(3);
            for (int k = 0; k < changes; k++) {
                // Half of the changes are in the footer, which describes all else.
                int at = random.nextBoolean()
                        ? random.nextInt(bytes.length)
                        : bytes.length - 1 - random.nextInt(Math.min(bytes.length, 1500));
                bytes[at] = random.nextInt(3) == 0 ? (byte) -1 : (byte) random.nextInt();
            }
            int end = i % 10 == 0 ? random.nextInt(bytes.length) : bytes.length;
            byte[] used = Arrays.copyOf(bytes, end);
            int seen = i;
            assertThatCode(() -> read(used)).as(name + ", change " + seen).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "gzip-2", "delta", "plain", "js", "nested"})
    void changedBytes(String name) throws IOException {
        fuzz(name, 41, 60);
    }

    @Test
    @Tag("thorough")
    void manyChangedBytes() throws IOException {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        for (long seed = 1; System.nanoTime() < end; seed++) {
            for (String each : new String[] {"snappy", "gzip-2", "delta", "plain", "js", "nested"})
                fuzz(each, seed, 20);
        }
    }
}
