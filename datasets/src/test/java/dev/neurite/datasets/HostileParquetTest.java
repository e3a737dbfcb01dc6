package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Parquet files that would ask for much memory, never end, or lead out of themselves, each a good one of one column
/// with something changed: each is refused with a message that names it, at once, in at most twice its size of
/// memory and 16 MB.
@Timeout(120)
final class HostileParquetTest {
    private static final long FREE = 16 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int MOST = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    /// A file, and what its refusal must say.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Attack(String name, String message, byte[] file) {}

    /// Writes Thrift's compact protocol.
    private static final class Thrift {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int last;

        Thrift varint(long value) {
            long left = value;
            for (; (left & ~0x7fL) != 0; left >>>= 7) out.write((int) (left & 0x7f) | 0x80);
            out.write((int) left);
            return this;
        }

        Thrift raw(int... bytes) {
            for (int each : bytes) out.write(each);
            return this;
        }

        Thrift raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Thrift field(int id, int type) {
            out.write(((id - last) << 4) | type);
            last = id;
            return this;
        }

        Thrift number(int id, long value) {
            return field(id, 6).varint((value << 1) ^ (value >> 63));
        }

        Thrift text(int id, String value) {
            byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
            return field(id, 8).varint(bytes.length).raw(bytes);
        }

        Thrift struct(int id, Thrift value) {
            return field(id, 12).raw(value.end());
        }

        Thrift list(int id, long count, byte[] elements) {
            return field(id, 9).raw(0xfc).varint(count).raw(elements);
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        byte[] end() {
            return raw(0).bytes();
        }
    }

    /// A file of one column, to be changed.
    private static final class Made {
        private byte[] page = plain(1, 2);
        private byte[] before = {}; // pages before it
        private int kind;
        private long values = 2; // of the page
        private long encoding;
        private long levelEncoding = 3;
        private long size = -2; // of the page; −2 for what it is
        private long packed = -2;
        private long sum = -2; // none
        private long levels; // of version 2
        private long rows = 2;
        private long groupRows = -2; // −2 for the rows
        private long columnRows = -2;
        private long type = 1; // int32
        private long width;
        private long repetition; // 0 required, 1 optional, 2 repeated
        private String name = "a";
        private long children; // of the column
        private long columns = 1; // of the root
        private long converted = -2;
        private long scale;
        private long codec;
        private long start = 4;
        private long chunk = -2; // bytes of the column
        private long dictionary = -2;
        private String elsewhere = "";
        private byte[] more = {}; // of the footer
        private byte[] element = {}; // after the column
        private int copies = 1; // of the column, all in the same place
        private int groups = 1; // of rows, all in the same place

        private byte[] header() {
            return pageHeader(
                    kind,
                    size == -2 ? page.length : size,
                    packed == -2 ? page.length : packed,
                    sum,
                    values,
                    encoding,
                    levelEncoding,
                    levels);
        }

        private byte[] footer(int length) {
            var out = new Thrift().number(1, 1);
            var elements = new Thrift();
            elements.raw(new Thrift().text(4, "schema").number(5, columns).end());
            for (int i = 0; i < copies; i++) {
                var column = new Thrift().number(1, type).number(2, width).number(3, repetition);
                column.text(4, copies == 1 ? name : name + i).number(5, children);
                if (converted != -2) column.number(6, converted).number(7, scale);
                elements.raw(column.end());
            }
            elements.raw(element);
            out.list(2, copies + 1 + (element.length > 0 ? 1 : 0), elements.bytes());
            out.number(3, rows);
            var meta = new Thrift().number(1, type).number(4, codec).number(5, columnRows == -2 ? rows : columnRows);
            meta.number(7, chunk == -2 ? length : chunk).number(9, start);
            if (dictionary != -2) meta.number(11, dictionary);
            var column = new Thrift();
            if (!elsewhere.isEmpty()) column.text(1, elsewhere);
            byte[] one = column.struct(3, meta).end();
            var chunks = new Thrift();
            for (int i = 0; i < copies; i++) chunks.raw(one);
            var group = new Thrift().list(1, copies, chunks.bytes()).number(3, groupRows == -2 ? rows : groupRows);
            byte[] each = group.end();
            var all = new Thrift();
            for (int i = 0; i < groups; i++) all.raw(each);
            return out.list(4, groups, all.bytes()).raw(more).end();
        }

        byte[] file() {
            var body = new ByteArrayOutputStream();
            body.writeBytes(before);
            body.writeBytes(header());
            body.writeBytes(page);
            return withFooter(body.toByteArray(), footer(body.size()));
        }
    }

    private static byte[] pageHeader(
            int kind, long size, long packed, long sum, long values, long encoding, long levelEncoding, long levels) {
        var out = new Thrift().number(1, kind).number(2, size).number(3, packed);
        if (sum != -2) out.number(4, sum);
        if (kind == 3) {
            var of = new Thrift()
                    .number(1, values)
                    .number(4, encoding)
                    .number(5, levels)
                    .number(6, 0);
            return out.struct(8, of).end();
        }
        var of = new Thrift().number(1, values).number(2, encoding).number(3, levelEncoding);
        return out.struct(kind == 2 ? 7 : 5, of).end();
    }

    private static byte[] dictionary(long count, byte[] content) {
        return join(pageHeader(2, content.length, content.length, -2, count, 0, 0, 0), content);
    }

    private static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] each : parts) out.writeBytes(each);
        return out.toByteArray();
    }

    private static byte[] little(int width, long value) {
        return Arrays.copyOf(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array(),
                width);
    }

    private static byte[] plain(int... values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int each : values) out.putInt(each);
        return out.array();
    }

    private static byte[] bytes(int... values) {
        return new Thrift().raw(values).bytes();
    }

    private static byte[] withFooter(byte[] body, byte[] footer) {
        byte[] magic = {'P', 'A', 'R', '1'};
        return join(magic, body, footer, little(4, footer.length), magic);
    }

    private static Attack made(String name, String message, Consumer<Made> change) {
        var made = new Made();
        change.accept(made);
        return new Attack(name, message, made.file());
    }

    // ----------------------------------------------------------------------------------------------------- the file

    private static List<Attack> files() {
        byte[] good = new Made().file();
        byte[] length = good.clone();
        Arrays.fill(length, good.length - 8, good.length - 4, (byte) 0xff);
        byte[] beyond = join(Arrays.copyOf(good, good.length - 8), little(4, good.length), bytes('P', 'A', 'R', '1'));
        byte[] encrypted = join(Arrays.copyOf(good, good.length - 4), bytes('P', 'A', 'R', 'E'));
        byte[] start = good.clone();
        start[0] = 'p';
        return List.of(
                new Attack("empty", "expects a Parquet file, got one of 0 bytes", new byte[0]),
                new Attack("the mark alone", "got one of 4 bytes", Arrays.copyOf(good, 4)),
                new Attack("another beginning", "which begins with PAR1", start),
                new Attack("another end", "which ends with PAR1", Arrays.copyOf(good, good.length - 1)),
                new Attack("encrypted", "not encrypted, got an encrypted one", encrypted),
                new Attack("a footer of −1 bytes", "a description within the file, got one of -1 bytes", length),
                new Attack("a footer beyond the file", "a description within the file", beyond),
                new Attack("an empty footer", "more bytes", withFooter(new byte[8], new byte[0])),
                new Attack(
                        "a footer without fields", "a description of its columns", withFooter(new byte[8], bytes(0))),
                new Attack("a footer of zeros", "a description of its columns", withFooter(bytes(), new byte[1 << 20])),
                new Attack(
                        "a footer of text",
                        "byte 4",
                        withFooter(bytes(), "{\"a\": 1}".getBytes(StandardCharsets.UTF_8))));
    }

    /// Fields of a footer that nothing reads, or that say more than there is.
    private static List<Attack> footers() {
        byte[] structs = new byte[100_000];
        Arrays.fill(structs, (byte) 0x1c);
        byte[] lists = new byte[100_000];
        Arrays.fill(lists, (byte) 0x19);
        var maps = new Thrift().field(9, 11);
        for (int i = 0; i < 50_000; i++) maps.raw(1, 0xbb);
        byte[] million = new byte[1 << 20];
        byte[] root = new Thrift().text(4, "schema").number(5, 199_999).end();
        byte[] many = join(root, empties(199_999));
        return List.of(
                footer(
                        "structures in 100,000 others",
                        "in at most 32 others",
                        new Thrift().field(9, 12).raw(structs)),
                footer(
                        "lists in 100,000 others",
                        "in at most 32 others",
                        new Thrift().field(9, 9).raw(lists)),
                footer("maps in 50,000 others", "in at most 32 others", maps),
                footer("a list of 2³¹ elements", "as its bytes have room for", new Thrift().list(9, 1L << 31, bytes())),
                footer("a list of −1 elements", "as its bytes have room for", new Thrift().list(9, -1, bytes())),
                footer("2⁶² columns", "as its bytes have room for", new Thrift().list(2, 1L << 62, bytes())),
                footer("a million columns", "at most 200000 elements", new Thrift().list(2, 1 << 20, million)),
                footer("two million groups", "at most 1048576", new Thrift().list(4, 1 << 21, new byte[1 << 21])),
                footer(
                        "a map of 2⁴⁰ entries",
                        "as its bytes have room for",
                        new Thrift().field(9, 11).varint(1L << 40)),
                footer(
                        "a text of 2⁶² bytes",
                        "more bytes",
                        new Thrift().field(9, 8).varint(1L << 62)),
                footer(
                        "a text of −1 bytes",
                        "more bytes",
                        new Thrift().field(9, 8).varint(-1)),
                footer(
                        "a number of 11 bytes",
                        "at most 10 bytes",
                        new Thrift().field(3, 6).raw(filled(11, 0xff))),
                footer("a type 13", "a type from 1 to 12, got 13", new Thrift().field(9, 13)),
                footer("rows as a text", "expects a number", new Thrift().text(3, "2")),
                footer("columns as a number", "expects a list", new Thrift().number(2, 7)),
                footer("−1 rows", "expects a number of rows, got -1", new Thrift().number(3, -1)),
                footer("encrypted columns", "not encrypted", new Thrift().struct(8, new Thrift())),
                footer(
                        "200,000 columns in 1 MB",
                        "columns and pages that take at most",
                        new Thrift().list(2, 200_000, many)));
    }

    private static byte[] empties(int count) {
        var out = new Thrift();
        byte[] one = new Thrift().text(4, "").end();
        for (int i = 0; i < count; i++) out.raw(one);
        return out.bytes();
    }

    private static Attack footer(String name, String message, Thrift footer) {
        return new Attack("footer: " + name, message, withFooter(new byte[8], footer.end()));
    }

    private static List<Attack> columns() {
        return List.of(
                made("a type 8", "a type from 0 to 7, got 8", m -> m.type = 8),
                made("a type −1", "a type from 0 to 7, got -1", m -> m.type = -1),
                made("a type 2³²", "a number of 32 bits", m -> m.type = 1L << 32),
                made("2³¹ − 1 children", "as many columns as it says", m -> m.children = MOST),
                made("−1 children", "a number of columns, got -1", m -> m.children = -1),
                made("2³¹ − 1 columns", "as many columns as it says", m -> m.columns = MOST),
                made("−1 columns", "a number of columns, got -1", m -> m.columns = -1),
                made("no column", "as many columns as it says", m -> m.columns = 0),
                made(
                        "a column too many",
                        "as many columns as it says",
                        m -> m.element = new Thrift().text(4, "b").end()),
                made("a list", "one value a row, got a nested column", m -> m.repetition = 2),
                made("values of 0 bytes", "1 to 1,048,576 bytes, got 0", m -> m.type = 7),
                made("values of −1 bytes", "1 to 1,048,576 bytes, got -1", m -> {
                    m.type = 7;
                    m.width = -1;
                }),
                made("values of 2 GB", "1 to 1,048,576 bytes", m -> {
                    m.type = 7;
                    m.width = MOST;
                }),
                made("2³¹ − 1 digits", "0 to 1,000 digits", m -> {
                    m.converted = 5;
                    m.scale = MOST;
                }),
                made("−1 digits", "0 to 1,000 digits", m -> {
                    m.converted = 5;
                    m.scale = -1;
                }),
                made("a date in floats", "stored as their type says", m -> {
                    m.type = 4;
                    m.converted = 6;
                }),
                made("a type that nobody knows", "got other bytes", m -> m.converted = 77),
                made("rows that the group lacks", "expects 3 rows in all groups", m -> {
                    m.rows = 3;
                    m.groupRows = 2;
                    m.columnRows = 2;
                }),
                made("2⁴⁰ rows", "rows of 1 columns in its", m -> m.rows = 1L << 40),
                made("2⁶³ − 1 rows", "rows of 1 columns in its", m -> m.rows = Long.MAX_VALUE),
                made("−1 rows of a group", "groups with rows and columns", m -> m.groupRows = -1),
                made("2⁶³ − 1 rows of a group", "2 rows in all groups", m -> m.groupRows = Long.MAX_VALUE),
                made("a thousand groups in one place", "columns beside each other", m -> {
                    m.groups = 1_000;
                    m.groupRows = 2;
                    m.columnRows = 2;
                    m.rows = 2_000;
                }),
                made("other rows of a column", "a value for each of 2 rows, got 5", m -> m.columnRows = 5),
                made("a million rows of a thousand columns", "rows of 1,000 columns", HostileParquetTest::manyColumns));
    }

    /// A few bytes say that all values of all columns are the same.
    private static void manyColumns(Made m) {
        m.copies = 1_000;
        m.columns = 1_000;
        m.rows = 1 << 20;
        m.values = 1 << 20;
        m.before = dictionary(1, plain(7));
        m.encoding = 8;
        m.page = new Thrift().raw(1).varint(2L << 20).raw(0).bytes();
    }

    private static List<Attack> chunks() {
        return List.of(
                made("a column in another file", "in this file, got those in another one", m -> m.elsewhere = "../x"),
                made("a column at −1", "within the file", m -> m.start = -1),
                made("a column beyond the file", "within the file", m -> m.start = 1L << 40),
                made("a column at 2⁶³ − 1", "within the file", m -> m.start = Long.MAX_VALUE),
                made("a column of 2⁴⁰ bytes", "within the file", m -> m.chunk = 1L << 40),
                made("a column of 2⁶³ − 1 bytes", "within the file", m -> m.chunk = Long.MAX_VALUE),
                made("a column of −1 bytes", "within the file", m -> m.chunk = -1),
                made("a column of 0 bytes", "2 more values, got the end of the column", m -> m.chunk = 0),
                made("a column of 1 byte", "expects 1 more bytes", m -> m.chunk = 1),
                made("a column in the footer", "byte", m -> m.start = 60),
                made("a dictionary before the file", "byte 3, column 'a'", m -> m.dictionary = 3),
                made("compression 99", "a known compression", m -> m.codec = 99),
                made("compression −1", "a known compression", m -> m.codec = -1),
                made("LZO", "got LZO", m -> m.codec = 3),
                made("Brotli", "got BROTLI", m -> m.codec = 4));
    }

    // -------------------------------------------------------------------------------------------------------- pages

    private static List<Attack> pages() {
        return List.of(
                made("a page of 2 GB", "that take at most", m -> m.size = MOST),
                made("a page of −1 bytes", "sizes of at least 0", m -> m.size = -1),
                made("a packed page of 2 GB", "a page within its column", m -> m.packed = MOST),
                made("a packed page of −1 bytes", "sizes of at least 0", m -> m.packed = -1),
                made("a page of another size", "expects a page of 9 bytes, got 8", m -> m.size = 9),
                made("another checksum", "the checksum of the page", m -> m.sum = 7),
                made("2³¹ − 1 values", "2 more values, got a page of 2147483647", m -> m.values = MOST),
                made("−1 values", "sizes of at least 0", m -> m.values = -1),
                made("no values", "2 more values, got the end", m -> m.values = 0),
                made("fewer bytes than values", "expects 4 more bytes, got 3", m -> m.page = new byte[7]),
                made("a page of another kind", "2 more values, got the end", m -> m.kind = 1),
                made("a page of kind 99", "2 more values, got the end", m -> m.kind = 99),
                made("encoding 99", "a known encoding, got number 99", m -> m.encoding = 99),
                made("runs of numbers", "expects runs of booleans", m -> m.encoding = 3),
                made("levels in bits", "missing values in runs, got encoding 4", m -> {
                    m.repetition = 1;
                    m.levelEncoding = 4;
                }),
                levels("levels of 2 GB", "more bytes", plain(MOST, 0)),
                levels("levels of −1 bytes", "more bytes", plain(-1, 0)),
                levels("a run of no levels", "a run of numbers, got one of 0", join(plain(2), bytes(0, 1))),
                levels(
                        "a run of 2⁶² levels",
                        "a run of numbers",
                        join(plain(10), new Thrift().varint(1L << 62).raw(1).bytes())),
                levels("levels that end", "expects 1 more bytes", join(plain(1), bytes(4))),
                made("version 2: levels of 2 GB", "levels within a page", m -> {
                    m.kind = 3;
                    m.levels = MOST;
                }),
                made("version 2: levels of −1 bytes", "sizes of at least 0", m -> {
                    m.kind = 3;
                    m.levels = -1;
                }),
                made("10,000 pages of nothing", "more values, got the end of the column", m -> {
                    byte[] one = pageHeader(0, 0, 0, -2, 0, 0, 3, 0);
                    var all = new Thrift();
                    for (int i = 0; i < 10_000; i++) all.raw(one);
                    m.before = all.bytes();
                    m.values = 0;
                }),
                made("a header of 1 MB", "byte 4, column 'a'", m -> {
                    byte[] deep = new byte[1 << 20];
                    Arrays.fill(deep, (byte) 0x1c);
                    m.before = deep;
                }));
    }

    private static Attack levels(String name, String message, byte[] page) {
        return made(name, message, m -> {
            m.repetition = 1;
            m.page = page;
        });
    }

    private static List<Attack> dictionaries() {
        byte[] one = dictionary(1, plain(7));
        byte[] index9 = bytes(4, 4, 9); // of 4 bits, twice number 9
        return List.of(
                indexed("no dictionary", "a dictionary before the values, got none", new byte[0], index9),
                indexed("an index beyond", "one of 1 values of the dictionary, got number 9", one, index9),
                indexed("a negative index", "got number -1", one, bytes(32, 4, 255, 255, 255, 255)),
                indexed("indices of 33 bits", "numbers of 0 to 32 bits, got 33", one, bytes(33, 4, 0)),
                indexed("indices of 255 bits", "numbers of 0 to 32 bits, got 255", one, bytes(255, 4, 0)),
                indexed(
                        "an endless run",
                        "a run of numbers",
                        one,
                        new Thrift().raw(1).varint(-2).raw(0).bytes()),
                indexed("no index", "more bytes", one, bytes(1)),
                indexed("two dictionaries", "one dictionary, got another one", join(one, one), index9),
                indexed("a dictionary of 2³¹ − 1", "as its bytes have room for", dictionary(MOST, plain(7)), index9),
                indexed("a dictionary of −1", "sizes of at least 0", dictionary(-1, plain(7)), index9),
                indexed("an empty dictionary", "one of 0 values", dictionary(0, new byte[0]), index9),
                made("a dictionary of booleans", "no dictionary of booleans", m -> {
                    m.type = 0;
                    m.before = one;
                }),
                made("a long text many times", "got the same long ones many times", m -> {
                    m.type = 6;
                    m.rows = 1 << 20;
                    m.values = m.rows;
                    byte[] text = new byte[5 << 20];
                    Arrays.fill(text, (byte) 'x');
                    byte[] content = gzip(join(plain(text.length), text));
                    m.codec = 2;
                    m.before = join(pageHeader(2, text.length + 4, content.length, -2, 1, 0, 0, 0), content);
                    m.encoding = 8;
                    byte[] page = new Thrift().raw(1).varint(2L << 20).raw(0).bytes();
                    m.size = page.length;
                    m.page = gzip(page);
                }));
    }

    private static Attack indexed(String name, String message, byte[] before, byte[] page) {
        return made(name, message, m -> {
            m.before = before;
            m.encoding = 8;
            m.page = page;
        });
    }

    // ----------------------------------------------------------------------------------------------------- values

    private static List<Attack> values() {
        return List.of(
                text("a text of −1 bytes", "more bytes", plain(-1, 0)),
                text("a text of 2 GB", "more bytes", plain(MOST, 0)),
                text("a text that is not UTF-8", "a text in UTF-8", join(plain(2), bytes(0xff, 0xfe))),
                text("half of a letter", "a text in UTF-8", join(plain(1), bytes(0xc3))),
                typed("a time of −1 ms", "a date or time", 1, 7, plain(-1, 0)),
                typed("a time of 2³¹ ms", "a date or time", 1, 7, plain(MOST, MOST)),
                typed("a decimal without bytes", "a decimal of 1 to 64 bytes, got 0", 6, 5, plain(0, 0)),
                typed(
                        "a decimal of 65 bytes",
                        "a decimal of 1 to 64 bytes, got 65",
                        6,
                        5,
                        join(plain(65), new byte[65])),
                made("half a moment", "more bytes", m -> m.type = 3),
                delta(
                        "blocks of 0",
                        "expects blocks of differences",
                        new Thrift().varint(0).varint(0).varint(2)),
                delta(
                        "2³¹ blocks",
                        "as its bytes have room for",
                        new Thrift().varint(128).varint(1L << 31).varint(2)),
                delta(
                        "blocks of 2⁶² values",
                        "blocks of differences",
                        new Thrift().varint(1L << 62).varint(1).varint(2)),
                delta(
                        "2⁴⁰ differences",
                        "up to 2^31 values",
                        new Thrift().varint(128).varint(4).varint(1L << 40).varint(0)),
                delta(
                        "differences of 255 bits",
                        "differences of at most 64 bits",
                        delta128().raw(255, 255, 255, 255)),
                delta("differences that end", "more bytes", delta128().raw(64, 64, 64, 64)),
                delta(
                        "a difference too few",
                        "more values, got the end",
                        new Thrift().varint(128).varint(4).varint(1).raw(0, 0, 0, 0, 0)),
                made("bytes in streams that end", "more values, got the end of its bytes", m -> {
                    m.encoding = 9;
                    m.page = new byte[7];
                }),
                made("streams of booleans", "numbers in streams of their bytes", m -> {
                    m.encoding = 9;
                    m.type = 0;
                }),
                made("2³¹ lengths for two values", "expects 2 lengths, got 2147483647", m -> {
                    m.type = 6;
                    m.encoding = 6;
                    m.page = new Thrift()
                            .varint(1 << 24)
                            .varint(1)
                            .varint(MOST)
                            .raw(filled(300, 0))
                            .bytes();
                }),
                made("lengths of −1", "more bytes", m -> {
                    m.type = 6;
                    m.encoding = 6;
                    m.page = run(2, -1, 0);
                }),
                made("a beginning that is not there", "a beginning of the text before", m -> {
                    m.type = 6;
                    m.encoding = 7;
                    m.page = join(run(2, 5, 0), run(2, 0, 0));
                }),
                made("texts that each begin with all before", "got the same long ones many times", m -> {
                    m.type = 6;
                    m.encoding = 7;
                    m.rows = 1 << 14;
                    m.values = m.rows;
                    byte[] letters = new byte[1 << 14];
                    Arrays.fill(letters, (byte) 'x');
                    m.page = join(run(1 << 14, 0, 1), run(1 << 14, 1, 0), letters);
                }));
    }

    /// Differences: numbers that begin with one and grow by the same.
    private static byte[] run(int count, long first, long step) {
        var out = new Thrift().varint(128).varint(4).varint(count).varint((first << 1) ^ (first >> 63));
        for (int at = 1; at < count; at += 128) out.varint(step << 1).raw(0, 0, 0, 0);
        return out.bytes();
    }

    private static Thrift delta128() {
        return new Thrift().varint(128).varint(4).varint(2).varint(0).varint(0);
    }

    private static Attack delta(String name, String message, Thrift page) {
        return made(name, message, m -> {
            m.encoding = 5;
            m.page = page.bytes();
        });
    }

    private static Attack text(String name, String message, byte[] page) {
        return made(name, message, m -> {
            m.type = 6;
            m.page = page;
        });
    }

    private static Attack typed(String name, String message, int type, int converted, byte[] page) {
        return made(name, message, m -> {
            m.type = type;
            m.converted = converted;
            m.page = page;
        });
    }

    // -------------------------------------------------------------------------------------------------- compression

    private static List<Attack> packed() {
        byte[] gzip = gzip(plain(1, 2));
        byte[] sum = gzip.clone();
        sum[gzip.length - 8] ^= 1;
        byte[] zeros = gzip(new byte[32 << 20]);
        return List.of(
                packed("Snappy of another size", "of the size of its page", 1, bytes(9, 0)),
                packed(
                        "Snappy of 2⁶³ bytes",
                        "of the size of its page",
                        1,
                        new Thrift().varint(-1).bytes()),
                packed("Snappy: a literal of 4 GB", "expects", 1, bytes(8, 63 << 2, 255, 255, 255, 255)),
                packed("Snappy: a literal that ends", "more bytes", 1, bytes(8, 7 << 2, 1)),
                packed("Snappy: a copy from before", "a copy of up to 1 bytes back", 1, bytes(8, 0, 1, 0x0d, 9)),
                packed("Snappy: a copy of itself", "a copy of up to 1 bytes back, got 0", 1, bytes(8, 0, 1, 0x0d, 0)),
                packed("Snappy: more than its page", "got a larger one", 1, bytes(8, 0, 1, 0xfe, 1, 0)),
                packed("Snappy: less than its page", "a page of 8 bytes, got 1", 1, bytes(8, 0, 1)),
                packed("LZ4: a run without an end", "more bytes", 7, filled(1 << 20, 255)),
                packed("LZ4: a copy of itself", "bytes back, got 0", 7, bytes(0x10, 1, 0, 0)),
                packed("LZ4: more than its page", "got a larger one", 7, bytes(0x1f, 1, 1, 0, 255, 0)),
                packed("gzip: other data", "expects gzip data", 2, new byte[20]),
                packed("gzip: cut", "expects", 2, Arrays.copyOf(gzip, gzip.length - 9)),
                packed("gzip: another checksum", "the checksum of gzip data", 2, sum),
                packed(
                        "gzip: a name without an end",
                        "more bytes",
                        2,
                        join(bytes(31, 139, 8, 8), filled(1 << 16, 'n'))),
                packed("gzip: an extra of 64 KB", "more bytes", 2, bytes(31, 139, 8, 4, 0, 0, 0, 0, 0, 0, 255, 255)),
                packed("gzip: more than its page", "got a larger one", 2, zeros),
                made("gzip: a bomb", "that take at most", m -> {
                    m.codec = 2;
                    m.size = 32 << 20;
                    m.page = zeros;
                }));
    }

    private static byte[] filled(int count, int value) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] gzip(byte[] content) {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private static Attack packed(String name, String message, int codec, byte[] page) {
        return made(name, message, m -> {
            m.codec = codec;
            m.size = 8;
            m.page = page;
        });
    }

    // ---------------------------------------------------------------------------------------------------- the judge

    @TestFactory
    List<DynamicTest> eachIsRefusedWithAMessageInLittleMemory() {
        List<Attack> all = new ArrayList<>(files());
        all.addAll(footers());
        all.addAll(columns());
        all.addAll(chunks());
        all.addAll(pages());
        all.addAll(dictionaries());
        all.addAll(values());
        all.addAll(packed());
        assertThat(all).hasSizeGreaterThan(100);
        return all.stream()
                .map(each -> DynamicTest.dynamicTest(each.name, () -> refused(each)))
                .toList();
    }

    private void refused(Attack attack) throws IOException {
        Path file = Files.write(folder.resolve("attack.parquet"), attack.file);
        long start = System.nanoTime();
        long before = AllocatedBytes.soFar();
        Throwable thrown = catchThrowable(() -> Parquet.read(file).close());
        long taken = AllocatedBytes.soFar() - before;
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as(attack.name).isLessThan(LONGEST);
        assertThat(thrown)
                .as(attack.name)
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(attack.message);
        assertThat(thrown.getMessage()).as(attack.name).hasSizeLessThan(4_100);
        assertThat(taken).as(attack.name).isLessThan(2L * attack.file.length + FREE);
    }

    @Test
    void theGoodFileOfTheAttacksIsRead() throws IOException {
        Path file = Files.write(folder.resolve("good.parquet"), new Made().file());
        try (Table table = Parquet.read(file)) {
            assertThat(table.rows()).isEqualTo(2);
            assertThat(table.value(1, 0)).isEqualTo(2);
        }
    }
}
