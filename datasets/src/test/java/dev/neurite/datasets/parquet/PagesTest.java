package dev.neurite.datasets.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.datasets.parquet.ColumnType.Form;
import dev.neurite.datasets.parquet.ColumnType.Physical;
import dev.neurite.datasets.parquet.Footer.Chunk;
import dev.neurite.datasets.parquet.Footer.Column;
import dev.neurite.error.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pages that are written here byte by byte, by the format's description.
final class PagesTest {
    private static final int PLAIN = 0;
    private static final int GZIP = 2;
    private static final int DELTA_BYTE_ARRAY = 7;

    @TempDir
    Path temporary;

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = value;
        for (; (left & ~0x7fL) != 0; left >>>= 7) out.write((int) (left & 0x7f) | 0x80);
        out.write((int) left);
    }

    private static void zigzag(ByteArrayOutputStream out, long value) {
        varint(out, (value << 1) ^ (value >> 63));
    }

    /// Members of a structure that are numbers, the first with the number `first`.
    private static void numbers(ByteArrayOutputStream out, int... values) {
        for (int each : values) {
            out.write(0x15);
            zigzag(out, each);
        }
    }

    /// A block of 128 differences in four of 32 with this number of bits; the first two of the values.
    private static byte[] differences(long first, long least, int bits, long... packed) {
        var out = new ByteArrayOutputStream();
        varint(out, 128);
        varint(out, 4);
        varint(out, packed.length + 1);
        zigzag(out, first);
        zigzag(out, least);
        for (int i = 0; i < 4; i++) out.write(i == 0 ? bits : 0);
        var whole = new byte[bits * 4]; // 32 numbers
        for (int i = 0; i < packed.length; i++) {
            for (int bit = 0; bit < bits; bit++) {
                if ((packed[i] >>> bit & 1) == 0) continue;
                int at = i * bits + bit;
                whole[at / 8] |= (byte) (1 << at % 8);
            }
        }
        out.writeBytes(whole);
        return out.toByteArray();
    }

    /// From the largest int to the smallest it is one step, which wraps; so does the way back.
    @Test
    void differencesOfIntsWrapInTheirWidth() {
        int back = -2_147_483_643; // 5 less the smallest int, wrapped
        byte[] bytes = differences(Integer.MAX_VALUE, back, 31, 1L - back, 0);

        var narrow = new Delta(new Bytes(bytes), true);

        assertThat(List.of(narrow.next(), narrow.next(), narrow.next()))
                .containsExactly((long) Integer.MAX_VALUE, (long) Integer.MIN_VALUE, 5L);
    }

    @Test
    void differencesOfLongsDoNot() {
        byte[] bytes = differences(Integer.MAX_VALUE, 1, 31, 0, 7);

        var wide = new Delta(new Bytes(bytes), false);

        assertThat(List.of(wide.next(), wide.next(), wide.next()))
                .containsExactly((long) Integer.MAX_VALUE, 1L << 31, (1L << 31) + 8);
    }

    private ColumnCursor cursor(byte[] page, int codec, int rows, Room room, boolean optional) throws IOException {
        return cursor(page, codec, rows, room, optional, new ColumnType(Physical.INT64, Form.WHOLE, 0, 0, false));
    }

    private ColumnCursor cursor(byte[] page, int codec, int rows, Room room, boolean optional, ColumnType type)
            throws IOException {
        Path file = Files.write(temporary.resolve("a.parquet"), page);
        FileChannel channel = FileChannel.open(file);
        return new ColumnCursor(
                new FileBytes("a.parquet", channel, page.length),
                new Column("x", type, 0, optional),
                new Chunk(codec, rows, 0, page.length, false, false),
                rows,
                room);
    }

    /// Counts what it gets, and the letters of texts.
    private static final class Counting implements Cells {
        private long wholes;
        private long letters;

        @Override
        public void number(int column, double value) {}

        @Override
        public void whole(int column, long value) {
            wholes++;
        }

        @Override
        public void text(int column, String text) {
            letters += text.length();
        }
    }

    private static final Cells NOWHERE = new Counting();

    private static byte[] zeros(int rows) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(packed)) {
            zip.write(new byte[8 * rows]);
        }
        var out = new ByteArrayOutputStream();
        numbers(out, 0, 8 * rows, packed.size());
        out.write(0x2c);
        numbers(out, rows, PLAIN, 3, 3);
        out.write(0);
        out.write(0);
        packed.writeTo(out);
        return out.toByteArray();
    }

    /// Each page alone would fit; what counts is what all columns hold at a time.
    @Test
    void allColumnsShareTheRoomForTheirPages() throws IOException {
        byte[] page = zeros(1 << 18); // 2 MB
        var room = new Room(20L * page.length, 1);
        List<ColumnCursor> cursors = new ArrayList<>();
        for (int i = 0; i < 20; i++) cursors.add(cursor(page, GZIP, 1 << 18, room, false));

        for (int i = 0; i < 5; i++) cursors.get(i).next(i, NOWHERE);

        assertThatThrownBy(() -> {
                    for (int i = 5; i < 20; i++) cursors.get(i).next(i, NOWHERE);
                })
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a.parquet, byte ")
                .hasMessageContaining("column 'x': expects columns and pages that take at most ")
                .hasMessageContaining("data_page_size");
    }

    @Test
    void aPageThatWasReadGivesItsRoomBack() throws IOException {
        byte[] page = zeros(1 << 18);
        var many = new ByteArrayOutputStream();
        for (int i = 0; i < 10; i++) many.writeBytes(page);
        int rows = 10 << 18;
        ColumnCursor cursor = cursor(many.toByteArray(), GZIP, rows, new Room(many.size(), 1), false);
        var counting = new Counting();

        for (int i = 0; i < rows; i++) cursor.next(0, counting);

        assertThat(counting.wholes).isEqualTo(rows);
    }

    @Test
    void levelsBeyondTheNumbersOfAPageAreRefused() throws IOException {
        var out = new ByteArrayOutputStream();
        numbers(out, 3, 8, 8);
        out.write(0x5c); // member 8
        numbers(out, 1, 0, 1, PLAIN, Integer.MAX_VALUE, Integer.MAX_VALUE);
        out.write(0);
        out.write(0);
        out.writeBytes(new byte[8]);
        ColumnCursor cursor = cursor(out.toByteArray(), 0, 1, new Room(100, 1), true);

        assertThatThrownBy(() -> cursor.next(0, NOWHERE))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects levels within a page of 8 bytes, got 4294967294");
    }

    /// Texts of 100 letters that each are the one before: few bytes, as a sorted column has.
    @Test
    void sortedTextsThatBeginAlikeAreRead() throws IOException {
        int rows = 400_000;
        var texts = new ByteArrayOutputStream();
        texts.writeBytes(equal(rows, 0, 100));
        texts.writeBytes(equal(rows, 100, 0));
        texts.writeBytes(new byte[100]);
        var out = new ByteArrayOutputStream();
        numbers(out, 0, texts.size(), texts.size());
        out.write(0x2c);
        numbers(out, rows, DELTA_BYTE_ARRAY, 3, 3);
        out.write(0);
        out.write(0);
        texts.writeTo(out);
        var counting = new Counting();
        var type = new ColumnType(Physical.BYTE_ARRAY, Form.TEXT, 0, 0, false);
        var room = new Room(out.size(), 1);
        ColumnCursor cursor = cursor(out.toByteArray(), PLAIN, rows, room, false, type);

        for (int i = 0; i < rows; i++) cursor.next(0, counting);

        assertThat(counting.letters).isEqualTo(100L * rows);
    }

    /// Lengths: the first, and another that all others are.
    private static byte[] equal(int count, int first, int others) {
        var out = new ByteArrayOutputStream();
        varint(out, 128);
        varint(out, 4);
        varint(out, count);
        zigzag(out, first);
        int least = Math.min(0, others - first);
        for (int at = 1; at < count; at += 128) {
            zigzag(out, at == 1 ? least : 0);
            for (int i = 0; i < 4; i++) out.write(at == 1 ? 8 : 0); // bits
            for (int i = 0; at == 1 && i < 128; i++) out.write((i == 0 ? others - first : 0) - least);
        }
        return out.toByteArray();
    }
}
