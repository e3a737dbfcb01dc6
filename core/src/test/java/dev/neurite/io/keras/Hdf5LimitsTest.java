package dev.neurite.io.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.AllocatedBytes;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.limit.Budget;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are made here byte by byte, whose descriptions would take much more memory than they have bytes.
final class Hdf5LimitsTest {
    private static final int ROOT = 64;

    @TempDir
    private Path folder;

    private ByteBuffer file = ByteBuffer.allocate(1 << 21).order(ByteOrder.LITTLE_ENDIAN);

    private void mark(String text) {
        file.put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void start() {
        mark("\u0089HDF\r\n\u001a\n");
        file.put((byte) 2).put((byte) 8).put((byte) 8).put((byte) 0); // version, widths
        file.putLong(0).putLong(-1).putLong(file.capacity()).putLong(ROOT);
        file.position(ROOT);
    }

    private void header(int size) {
        mark("OHDR");
        file.put((byte) 2).put((byte) 2).putInt(size); // four bytes of a size
    }

    /// Members by their addresses.
    private void group(List<Integer> addresses) {
        header(addresses.size() * 24);
        for (int i = 0; i < addresses.size(); i++) {
            file.put((byte) 6).putShort((short) 20).put((byte) 0);
            file.put((byte) 1).put((byte) 0).put((byte) 9);
            mark(String.format("%09d", i));
            file.putLong(addresses.get(i));
        }
    }

    /// Sizes of an array of floats in one piece.
    private void layout(long at, long size) {
        file.put((byte) 8).putShort((short) 18).put((byte) 0);
        file.put((byte) 3).put((byte) 1).putLong(at).putLong(size);
    }

    /// That of floats.
    private void type() {
        file.put((byte) 3).putShort((short) 20).put((byte) 0);
        file.put((byte) 0x11).put((byte) 0).putShort((short) 0).putInt(4).putInt(0);
        file.put((byte) 0).put((byte) 8).putShort((short) 0).putInt(0);
    }

    private void assertRefused(String problem, long most) {
        byte[] bytes = file.array();
        var allocated = new AllocatedBytes();
        long taken = allocated.of(
                1,
                () -> assertThatThrownBy(() ->
                                new Hdf5("a.h5", MemorySegment.ofArray(bytes), new Budget("a.h5", bytes.length, "")))
                        .isInstanceOf(ModelFormatException.class)
                        .hasMessageContaining(problem));
        assertThat(taken).isLessThan(most);
    }

    /// Zeros, of which a packed file has few bytes: unpacked they count as if the file had them as they are.
    @Test
    void arraysOfAPackedFileArePaidForAsInOneThatIsNot() throws IOException {
        file = ByteBuffer.allocate(11 << 20).order(ByteOrder.LITTLE_ENDIAN);
        start();
        group(List.of(1 << 12));
        file.position(1 << 12);
        header(46);
        type();
        layout(1 << 13, 10 << 20);
        Path packed = folder.resolve("packed.keras");
        try (var from = new ZipFile(KerasFileTest.file("mlp.keras").toFile());
                var to = new ZipOutputStream(Files.newOutputStream(packed))) {
            to.putNextEntry(new ZipEntry("config.json"));
            from.getInputStream(from.getEntry("config.json")).transferTo(to);
            to.putNextEntry(new ZipEntry("model.weights.h5"));
            to.write(file.array());
        }

        assertThat(Files.size(packed)).isLessThan(1 << 15);
        assertThat(KerasFile.read(packed).isModel()).isTrue();
    }

    @Test
    void manyPathsToOneArrayAreRefused() {
        start();
        int array = 1 << 20;
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) all.add(array);
        group(all);
        file.position(array);
        header(60_000 * 4 + 22);
        for (int i = 0; i < 60_000; i++) file.putInt(0); // empty messages
        layout(0, 4);

        assertRefused("expects each object at one path, got '000000001' again", 24 << 20);
    }

    /// The headers differ; each goes on with the same 60,000 messages.
    @Test
    void manyHeadersWithOneContinuationAreRefused() {
        start();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) all.add((1 << 20) + 64 * i);
        group(all);
        int rest = 3 << 19;
        for (int each : all) {
            file.position(each);
            header(20);
            file.put((byte) 16).putShort((short) 16).put((byte) 0).putLong(rest).putLong(8 + 4 * 60_000);
        }
        file.position(rest);
        mark("OCHK");

        assertRefused("twice the size of the file and 12 MB, 16,777,216 bytes, in memory, got more", 36 << 20);
    }

    @Test
    void arraysOverEachOtherAreRefused() {
        start();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) all.add((1 << 20) + 64 * i);
        group(all);
        for (int each : all) {
            file.position(each);
            header(22);
            layout(0, 1 << 20);
        }

        assertRefused("expects arrays beside each other, got '000000002' over others", 8 << 20);
    }

    /// Names of 4,000 letters begin at each letter of a text.
    @Test
    void namesThatShareTheirLettersArePaidForEach() {
        mark("\u0089HDF\r\n\u001a\n");
        file.put(13, (byte) 8).put(14, (byte) 8); // version 0
        file.putLong(24, 0);
        int root = 96;
        int heap = 256;
        int node = 512;
        int names = 1 << 20;
        file.putLong(64, root);
        file.put(root, (byte) 1).putInt(root + 8, 24);
        file.putShort(root + 16, (short) 17).putShort(root + 18, (short) 16);
        file.putLong(root + 24, node).putLong(root + 32, heap);
        file.position(heap);
        mark("HEAP");
        file.putLong(heap + 24, names);
        file.position(node);
        mark("SNOD");
        file.putShort(node + 6, (short) 20_000);
        for (int i = 0; i < 20_000; i++) {
            file.putLong(node + 8 + 40 * i, i + i / 3999).putLong(node + 16 + 40 * i, root);
        }
        var random = new Random(1);
        for (int i = 0; i < 30_000; i++) {
            file.put(names + i, (byte) (i % 4000 == 3999 ? 0 : 'a' + random.nextInt(26)));
        }

        assertRefused("expects content that takes at most twice the size of the file", 36 << 20);
    }
}
