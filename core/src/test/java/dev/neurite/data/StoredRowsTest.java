package dev.neurite.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.FailingFiles;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rows in the heap and outside it: the same numbers.
final class StoredRowsTest {
    private static final long NOTHING = 0;

    @TempDir
    private Path temp;

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) bytes[i] = (byte) (i * 31 + i / 256);
        return bytes;
    }

    private static float[] floats(int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) floats[i] = 0.37f * i - 11;
        return floats;
    }

    /// The numbers as rows are read, and one by one.
    private static float[] all(StoredRows rows) {
        float[] read = new float[rows.count() * rows.width()];
        float[] single = new float[read.length];
        for (int row = 0; row < rows.count(); row++) {
            rows.read(row, read, row * rows.width());
            for (int i = 0; i < rows.width(); i++) single[row * rows.width() + i] = rows.get(row, i);
        }
        assertThat(single).isEqualTo(read);
        return read;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "300, 7", "3, 100000", "70000, 1", "40, 5000"})
    void bytesAreTheSameInTheHeapAndOutsideIt(int count, int width) {
        byte[] bytes = bytes(count * width);
        float[] expected = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) expected[i] = bytes[i] & 0xff;
        assertThat(all(StoredRows.of(bytes, count))).isEqualTo(expected);
        for (long heapBytes : new long[] {NOTHING, bytes.length - 1, bytes.length}) {
            try (var writer = RowWriter.ofBytes("some", count, width, heapBytes)) {
                IntStream.range(0, count).parallel().forEach(row -> writer.write(row, 1, bytes, row * width));
                StoredRows rows = writer.finish();
                assertThat(rows.isMapped()).isEqualTo(heapBytes < bytes.length);
                assertThat(all(rows)).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "300, 7", "3, 100000", "70000, 1"})
    void floatsAreTheSameInTheHeapAndOutsideItWrittenAsAWhole(int count, int width) {
        float[] floats = floats(count * width);
        assertThat(all(StoredRows.of(floats, count))).isEqualTo(floats);
        for (long heapBytes : new long[] {NOTHING, Long.MAX_VALUE}) {
            try (var writer = RowWriter.ofFloats("some", count, width, heapBytes)) {
                writer.write(0, count, floats, 0);
                StoredRows rows = writer.finish();
                assertThat(rows.isMapped()).isEqualTo(heapBytes == NOTHING);
                assertThat(all(rows)).isEqualTo(floats);
            }
        }
    }

    @Test
    void aFileIsReadInItsOrderOfBytesFromAnyPlaceOn() throws IOException {
        float[] floats = floats(21);
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            ByteBuffer content = ByteBuffer.allocate(3 + 4 * floats.length).order(order);
            content.position(3);
            for (float each : floats) content.putFloat(each);
            Path file = Files.write(temp.resolve("numbers"), content.array());
            var numbers =
                    order == ByteOrder.BIG_ENDIAN ? StoredRows.Numbers.BIG_ENDIAN_FLOATS : StoredRows.Numbers.FLOATS;
            StoredRows rows = StoredRows.map(file, 3, 7, 3, numbers);
            Files.delete(file); // which does no harm where a system permits it
            assertThat(all(rows)).isEqualTo(floats);
            Files.write(file, content.array());
            assertThatThrownBy(() -> StoredRows.map(file, 4, 7, 3, numbers))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("stays as it is");
        }
    }

    @Test
    void dataSetsOfThemHaveTheHashOfThoseInTheHeap() {
        byte[] pixels = bytes(12 * 30);
        byte[] labels = new byte[30];
        for (int i = 0; i < 30; i++) labels[i] = (byte) (i % 3);
        int[] numbers = IntStream.range(0, 30).map(i -> i % 3).toArray();
        List<String> names = List.of("a", "b", "c");
        Shape image = Shape.of(3, 2, 2);
        try (var writer = RowWriter.ofBytes("images", 30, 12, NOTHING)) {
            writer.write(0, 30, pixels, 0);
            Dataset mapped = Dataset.ofImages(writer.finish(), image, numbers, names);
            assertThat(mapped.isMapped()).isTrue();
            assertThat(mapped.rows(3, 4).isMapped()).isTrue();
            Dataset heap = Dataset.ofImages(pixels, image, labels, names);
            assertThat(heap.isMapped()).isFalse();
            assertThat(DataHash.sha256(mapped)).isEqualTo(DataHash.sha256(heap));
        }
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() {
        StoredRows two = StoredRows.of(new float[] {1, 2, 3, Float.NaN}, 2);
        StoredRows bytes = StoredRows.of(new byte[4], 2);
        Shape pair = Shape.of(2);
        refused(
                () -> Dataset.of(two, pair, new int[2], List.of("a")),
                "inputs, row 1, value 1: expects a finite number, got NaN");
        refused(() -> Dataset.of(bytes, pair, two), "targets, row 1, value 1: expects a finite number, got NaN");
        refused(
                () -> Dataset.of(bytes, pair, new int[1], List.of("a")),
                "labels: expects one per row of input, 2, got 1");
        refused(
                () -> Dataset.of(bytes, Shape.of(3), new int[2], List.of("a")),
                "inputs: expects rows of 3 numbers for [3], got 2");
        refused(() -> StoredRows.of(new byte[5], 2), "rows: expects numbers for 2 rows, got 5");
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(DataException.class).hasMessage(message);
    }

    @Test
    void moreThanTheDiskHasRoomForIsRefusedBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> RowWriter.ofFloats("a set of images (pets)", Integer.MAX_VALUE, 1 << 22, NOTHING))
                .isInstanceOf(ResourceException.class)
                .hasMessageStartingWith("temporary file in " + System.getProperty("java.io.tmpdir"))
                .hasMessageContaining("cannot hold a set of images (pets) of 34,359,738,352 MB")
                .hasMessageContaining(" MB left");
    }

    @Test
    void aDiskThatIsFullMeanwhileIsNamedAndNothingStaysThere() throws IOException {
        float[] numbers = floats(10);
        for (int call = 1; call <= 4; call++) {
            Path disk = new FailingFiles(call, true).path(temp);
            assertThatThrownBy(() -> {
                        try (var file = new SpillFile(disk, "a set of images (pets) of 3,000 MB", 0)) {
                            file.write(0, numbers, 0, 10);
                            file.write(numbers, 10);
                            file.write(5, bytes(10), 0, 10);
                        }
                    })
                    .isInstanceOf(ResourceException.class)
                    .hasMessageStartingWith("temporary file in " + disk)
                    .hasMessageContaining("cannot hold a set of images (pets) of 3,000 MB")
                    .hasMessageContaining("No space left on device");
            assertThat(temp).isEmptyDirectory();
        }
    }

    @Test
    void aTableWhoseSizeIsNotKnownSaysHowMuchThereWas() {
        Path disk = new FailingFiles(4, false).path(temp); // the third write
        try (var file = new SpillFile(disk, "a table", 0)) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 4; i++) file.write(floats(300_000), 300_000);
                    })
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining(
                            "cannot hold a table that is larger than the heap allows: No space left on device")
                    .hasMessageContaining(" after 2 MB");
        }
    }

    @Test
    void aDirectoryThatIsMissingIsNamed() {
        Path nowhere = temp.resolve("nowhere");
        assertThatThrownBy(() -> new SpillFile(nowhere, "a table", 0))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("temporary file in " + nowhere)
                .hasMessageContaining("there is no such directory");
    }
}
