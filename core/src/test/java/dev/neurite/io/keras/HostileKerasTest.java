package dev.neurite.io.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.neurite.AllocatedBytes;
import dev.neurite.error.ModelFormatException;
import dev.neurite.model.Model;
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
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files of Keras and HDF5 that would ask for much memory, never end, or lead out of themselves, each made of a good
/// one: each is refused with a message that names it, at once, in at most twice its size of memory and 16 MB.
@Timeout(120)
final class HostileKerasTest {
    private static final long FREE = 16 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final AllocatedBytes ALLOCATED = new AllocatedBytes();
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.weights.h5";

    @TempDir
    private Path folder;

    /// A file, and what its refusal must say.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Attack(String name, String message, byte[] file) {}

    private static byte[] entry(String name, String entry) throws IOException {
        try (var zip = new ZipFile(KerasFileTest.file(name + ".keras").toFile())) {
            return zip.getInputStream(zip.getEntry(entry)).readAllBytes();
        }
    }

    private static byte[] zip(boolean packed, Object... namesAndContents) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                byte[] content = (byte[]) namesAndContents[i + 1];
                var entry = new ZipEntry((String) namesAndContents[i]);
                if (!packed) {
                    var sum = new CRC32();
                    sum.update(content);
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(content.length);
                    entry.setCrc(sum.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(content);
            }
        }
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Where a mark begins, the first being number 0; 0 without a mark.
    private static int place(byte[] bytes, String mark, int number) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = mark.isEmpty() ? 0 : text.indexOf(mark);
        for (int i = 0; i < number; i++) at = text.indexOf(mark, at + 1);
        if (at < 0) throw new IllegalArgumentException("expects " + mark + ", got none");
        return at;
    }

    /// A copy with a little-endian number at a distance from a mark.
    private static byte[] with(byte[] bytes, int at, int width, long value) {
        byte[] changed = bytes.clone();
        for (int i = 0; i < width; i++) changed[at + i] = (byte) (value >>> (8 * i));
        return changed;
    }

    // ----------------------------------------------------------------------------- the first form: trees of symbols

    /// The root's header is at byte 96, its tree at 136, its heap at 680.
    private static List<Attack> firstForm() throws IOException {
        byte[] good = entry("mlp", WEIGHTS);
        int node = place(good, "SNOD", 0);
        int tree = place(good, "TREE", 0);
        int heap = place(good, "HEAP", 0);
        int inner = place(good, "TREE", 1);
        int root = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(64);
        List<Attack> all = new ArrayList<>(List.of(
                new Attack("empty", "got an empty file", new byte[0]),
                new Attack("a text", "got a web page (HTML)", ascii("<!DOCTYPE html>".repeat(10))),
                new Attack("the signature alone", "expects an HDF5 file", Arrays.copyOf(good, 8)),
                new Attack("another signature", "expects an HDF5 file", with(good, 1, 1, 'h')),
                new Attack("version 4", "version 0 to 3 of the format, got 4", with(good, 8, 1, 4)),
                new Attack("addresses of 4 bytes", "addresses of 8 bytes, got 4", with(good, 13, 1, 4)),
                new Attack("a base address", "addresses from the file's first byte", with(good, 24, 8, 512)),
                new Attack("the root at −1", "an address in the file, got -1", with(good, 64, 8, -1)),
                new Attack("the root at the end", "an address in the file", with(good, 64, 8, good.length)),
                new Attack("the root at 2⁶³ − 1", "an address in the file", with(good, 64, 8, Long.MAX_VALUE)),
                new Attack("the root in the signature", "the header of an object", with(good, 64, 8, 0)),
                new Attack("the root in a tree", "the header of an object", with(good, 64, 8, tree)),
                new Attack("a header of 4 GB", "a range beyond", with(good, root + 8, 4, -1)),
                new Attack("a message of 64 KB beyond", "a range beyond", with(good, root + 18, 2, 0xffff)),
                new Attack(
                        "a header that goes on in itself", "parts of a header", continued(good, root, root + 16, 24)),
                new Attack(
                        "a header that goes on for −1 bytes",
                        "the rest of a header in the file",
                        continued(good, root, root, -1)),
                new Attack(
                        "a header that goes on for no byte",
                        "the rest of a header in the file",
                        continued(good, root, root, 0)),
                new Attack(
                        "a header that goes on outside",
                        "an address in the file",
                        continued(good, root, good.length, 24)),
                new Attack("a tree of chunks", "a tree of names, got another", with(good, tree + 4, 1, 1)),
                new Attack("a tree of 65,535 children", "expects", with(good, tree + 6, 2, 0xffff)),
                new Attack("a tree that holds itself", "a node of the level below", with(good, tree + 32, 8, tree)),
                new Attack(
                        "a tree at level 200 that holds one at 0",
                        "a node of the level below",
                        with(with(good, tree + 5, 1, 200), tree + 32, 8, inner)),
                new Attack("a child at −1", "an address in the file, got -1", with(good, tree + 32, 8, -1)),
                new Attack("a child that is none", "expects TREE, got other bytes", with(good, tree + 32, 8, 1)),
                new Attack(
                        "a child twice",
                        "each node of a tree once",
                        with(with(good, tree + 6, 2, 2), tree + 48, 8, node)),
                new Attack("another mark of a heap", "expects HEAP", with(good, heap, 1, 'h')),
                new Attack("names beyond the file", "an address in the file", with(good, heap + 24, 8, 1L << 40)),
                new Attack("names at −1", "an address in the file, got -1", with(good, heap + 24, 8, -1)),
                new Attack("65,535 symbols", "expects", with(good, node + 6, 2, 0xffff)),
                new Attack("a name 4 GB further", "a range beyond", with(good, node + 8, 4, -1)),
                new Attack("an empty name", "names of their own, got ''", with(good, node + 8, 8, 0)),
                new Attack("a name twice", "names of their own", doubled(good, node)),
                new Attack("a member at −1", "an address in the file, got -1", with(good, node + 16, 8, -1)),
                new Attack("a member that is its group", "each object at one path", with(good, node + 16, 8, root)),
                new Attack("a path as a name", "names of their own, got 'layers/'", slash(good)),
                new Attack("groups in 40 others", "groups in at most 32 others", deep(40)),
                new Attack("a name without an end", "a name of up to 4,096 bytes", endless(good, heap))));
        int data = layout(good);
        int shape = data - shapeBefore(good, data);
        all.addAll(List.of(
                new Attack("a layout of version 1", "version 3 or 4 of a layout, got 1", with(good, data, 1, 1)),
                new Attack("chunks", "in one piece, uncompressed, got chunks", with(good, data + 1, 1, 2)),
                new Attack("a virtual array", "in one piece, uncompressed, got chunks", with(good, data + 1, 1, 3)),
                new Attack("numbers beyond the file", "a range beyond", with(good, data + 2, 8, good.length - 3)),
                new Attack("numbers at 2⁶³ − 8", "a range beyond", with(good, data + 2, 8, Long.MAX_VALUE - 7)),
                new Attack("numbers nowhere", "a range beyond", with(good, data + 2, 8, -1)),
                new Attack("numbers of 2⁶³ bytes", "arrays beside each other", with(good, data + 10, 8, -1L >>> 1)),
                new Attack("numbers of −8 bytes", "bytes for its shape, got -8", with(good, data + 10, 8, -8)),
                new Attack("fewer bytes than numbers", "bytes for its shape, got 3", with(good, data + 10, 8, 3)),
                new Attack("a shape of version 9", "version 1 or 2 of a shape", with(good, shape, 1, 9)),
                new Attack("255 axes", "up to 32 axes, got 255", with(good, shape + 1, 1, 255)),
                new Attack("2³¹ rows", "expects up to 2^31 numbers", with(good, shape + 8, 8, 1L << 31)),
                new Attack("2³⁰ rows", "bytes for its shape", with(good, shape + 8, 8, 1L << 27)),
                new Attack("2⁶³ rows", "expects up to 2^31 numbers", with(good, shape + 8, 8, Long.MIN_VALUE)),
                new Attack("no rows", "expects numbers, got none", with(good, shape + 8, 8, 0))));
        for (String mark : List.of("HEAP", "SNOD", "TREE")) {
            for (int number : new int[] {0, 1}) {
                byte[] cut = Arrays.copyOf(good, place(good, mark, number) + 5);
                all.add(new Attack("cut in " + mark + " " + number, "expects", cut));
            }
        }
        all.add(new Attack("cut in the numbers", "expects", Arrays.copyOf(good, good.length - 200)));
        return all;
    }

    /// The root's first message becomes one that says where its header goes on.
    private static byte[] continued(byte[] good, int header, long at, long size) {
        byte[] changed = with(with(good, header + 16, 2, 16), header + 18, 2, 16);
        return with(with(changed, header + 24, 8, at), header + 32, 8, size);
    }

    private static byte[] doubled(byte[] good, int node) {
        byte[] changed = with(good, node + 6, 2, 2);
        System.arraycopy(changed, node + 8, changed, node + 48, 40);
        return changed;
    }

    private static byte[] slash(byte[] good) {
        return with(good, place(good, "layers\0", 0) + 6, 2, '/');
    }

    private static byte[] endless(byte[] good, int heap) {
        byte[] changed = Arrays.copyOf(good, good.length + 10_000);
        Arrays.fill(changed, good.length, changed.length, (byte) 'n');
        return with(changed, heap + 24, 8, good.length);
    }

    /// Where a message of an array in one piece begins: version 3, class 1, an address in the file.
    private static int layout(byte[] good) {
        ByteBuffer in = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 8; at < good.length - 18; at += 8) {
            boolean here =
                    in.getShort(at - 8) == 8 && in.get(at) == 3 && in.get(at + 1) == 1 && in.getLong(at + 10) > 16;
            if (here && in.getLong(at + 2) < good.length) return at;
        }
        throw new IllegalStateException("expects an array, got none");
    }

    /// How far before the layout the message of its shape is.
    private static int shapeBefore(byte[] good, int data) {
        ByteBuffer in = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = data - 8; at > 8; at -= 8) if (in.getShort(at - 8) == 1 && in.get(at) == 1) return data - at;
        throw new IllegalStateException("expects a shape, got none");
    }

    // --------------------------------------------------------------- the second form: links in headers and in heaps

    private static List<Attack> secondForm() throws IOException {
        byte[] good = entry("latest", WEIGHTS);
        int root = place(good, "OHDR", 0);
        int heap = place(good, "FRHP", 0);
        int tree = place(good, "BTHD", 0);
        int inner = place(good, "BTIN", 0);
        int leaf = place(good, "BTLF", 0);
        List<Attack> all = new ArrayList<>(List.of(
                new Attack("v3: the root at −1", "an address in the file", with(good, 36, 8, -1)),
                new Attack("v3: a header of 2⁶⁴ − 1 bytes", "expects", with(good, root + 5, 9, -1)),
                new Attack("v3: another mark", "the header of an object", with(good, root, 1, 'o')),
                new Attack("v3: a compressed heap", "names that are not compressed", with(good, heap + 7, 2, 1)),
                new Attack("v3: another mark of a heap", "expects FRHP", with(good, heap, 1, 'f')),
                new Attack("v3: no width", "a heap with blocks", with(good, heap + 110, 2, 0)),
                new Attack("v3: blocks of 0 bytes", "a heap with blocks", with(good, heap + 112, 8, 0)),
                new Attack("v3: blocks of −1 bytes", "a heap with blocks", with(good, heap + 112, 8, -1)),
                new Attack("v3: offsets of 8 KB", "a heap with blocks", with(good, heap + 128, 2, 0xffff)),
                new Attack("v3: a heap at −1", "an address in the file", with(good, heap + 132, 8, -1)),
                new Attack("v3: a heap of one block", "expects", with(good, heap + 140, 2, 0)),
                new Attack("v3: a heap of 65,535 rows", "expects", with(good, heap + 112, 8, 1L << 40)),
                new Attack("v3: a block elsewhere", "expects FHIB", with(good, heap + 132, 8, 8)),
                new Attack("v3: a tree of others", "a tree of names of at most two levels", with(good, tree + 5, 1, 6)),
                new Attack(
                        "v3: a tree of 65,535 levels",
                        "a tree of names of at most two levels",
                        with(good, tree + 12, 2, 0xffff)),
                new Attack("v3: 65,535 records", "expects", with(good, tree + 24, 2, 0xffff)),
                new Attack("v3: the root of a tree at −2", "expects BTIN", with(good, tree + 16, 8, -2)),
                new Attack("v3: another mark of a tree", "expects BTHD", with(good, tree, 1, 'b')),
                new Attack("v3: an inner node elsewhere", "expects BTIN", with(good, tree + 16, 8, leaf)),
                new Attack("v3: another mark of a leaf", "expects BTLF", with(good, leaf, 1, 'b')),
                new Attack("v3: huge offsets in a block", "expects", hugeOffsets(good, heap, inner)),
                new Attack("v3: cut in a leaf", "expects", Arrays.copyOf(good, leaf + 20)),
                new Attack("v3: cut in a heap", "expects", Arrays.copyOf(good, heap + 20)),
                new Attack("v3: members without an end", "expects", linkLength(good, root))));
        int rest = place(good, "OCHK", 0);
        all.add(new Attack("v3: another mark of a rest", "expects OCHK", with(good, rest, 1, 'o')));
        return all;
    }

    /// The sum of the heap's place and an offset in it is beyond 2⁶³.
    private static byte[] hugeOffsets(byte[] good, int heap, int inner) {
        byte[] changed = with(with(good, heap + 128, 2, 64), heap + 140, 2, 0);
        return with(changed, inner + 6 + 5, 8, Long.MAX_VALUE);
    }

    /// The first name of the root is 2⁶² bytes long.
    private static byte[] linkLength(byte[] good, int root) {
        int name = place(good, "layers", 0);
        byte[] changed = with(good, name - 2, 1, good[name - 2] | 3); // eight bytes of a length
        if (name < root) throw new IllegalStateException("expects the link in the root, got another place");
        return with(changed, name - 1, 8, 1L << 62);
    }

    /// Groups in each other, byte by byte.
    private static byte[] deep(int count) {
        return chain(64 * (count + 1), Collections.nCopies(count, "one")).array();
    }

    /// Groups that each hold one member, the first at byte 64, and 64 bytes after each the next.
    private static ByteBuffer chain(int bytes, List<String> names) {
        ByteBuffer file = ByteBuffer.allocate(64 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("\u0089HDF\r\n\u001a\n")).put((byte) 2).put((byte) 8).put((byte) 8);
        file.putLong(12, 0).putLong(36, 64);
        for (int i = 0; i < names.size(); i++) {
            byte[] name = ascii(names.get(i));
            file.position(64 + 64 * i);
            file.put(ascii("OHDR")).put((byte) 2).put((byte) 0).put((byte) (15 + name.length));
            file.put((byte) 6).putShort((short) (11 + name.length)).put((byte) 0);
            file.put((byte) 1).put((byte) 0).put((byte) name.length).put(name).putLong(64 + 64 * (i + 1));
        }
        return file;
    }

    /// The kernel of a Dense layer with as many inputs as units.
    private static byte[] kernel(int units) {
        int size = Float.BYTES * units * units;
        ByteBuffer file = chain(5 * 64 + 128 + size, List.of("layers", "dense", "vars", "0"));
        file.position(64 + 4 * 64);
        file.put(ascii("OHDR")).put((byte) 2).put((byte) 0).put((byte) (24 + 24 + 22));
        file.put((byte) 1).putShort((short) 20).put((byte) 0);
        file.put(new byte[] {2, 2, 0, 1}).putLong(units).putLong(units);
        file.put((byte) 3).putShort((short) 20).put((byte) 0);
        file.put(new byte[] {0x11, 0x20, 31, 0})
                .putInt(4)
                .put(new byte[] {0, 0, 32, 0, 23, 8, 0, 23})
                .putInt(127);
        file.put((byte) 8).putShort((short) 18).put((byte) 0);
        file.put((byte) 3).put((byte) 1).putLong(file.capacity() - size).putLong(size);
        return file.array();
    }

    // -------------------------------------------------------------------------------------------------- the archive

    private static List<Attack> archives() throws IOException {
        byte[] config = entry("mlp", CONFIG);
        byte[] weights = entry("mlp", WEIGHTS);
        byte[] good = zip(false, CONFIG, config, WEIGHTS, weights);
        byte[] packed = zip(true, CONFIG, config, WEIGHTS, weights);
        int directory = place(good, "PK\1\2", 0);
        int second = place(good, "PK\1\2", 1);
        int end = place(good, "PK\5\6", 0);
        int packedSecond = place(packed, "PK\1\2", 1);
        byte[] zeros = new byte[100 << 20];
        return List.of(
                new Attack("zip: the mark alone", "expects a file of Keras", ascii("PK")),
                new Attack("zip: without a directory", "it is cut short", Arrays.copyOf(good, end - 1)),
                new Attack("zip: cut in half", "it is cut short", Arrays.copyOf(good, good.length / 2)),
                new Attack("zip: empty", "with config.json, got none", zip(false)),
                new Attack("zip: without weights", "with model.weights.h5, got none", zip(false, CONFIG, config)),
                new Attack(
                        "zip: shards of weights",
                        "Save the weights in one file",
                        zip(false, CONFIG, config, "model.weights.json", config)),
                new Attack("zip: a bomb of weights", "twice the size", zip(true, CONFIG, config, WEIGHTS, zeros)),
                new Attack("zip: a bomb of a configuration", "twice the size", zip(true, CONFIG, zeros)),
                new Attack(
                        "zip: a part of 4 GB",
                        "the size of 'model.weights.h5' once",
                        with(good, second + 24, 4, 0xffff_fff0L)),
                new Attack(
                        "zip: a packed part of 3 GB", "twice the size", with(packed, packedSecond + 24, 4, 3L << 30)),
                new Attack(
                        "zip: packed, longer", "bytes, got another size", with(packed, packedSecond + 24, 4, 30_000)),
                new Attack("zip: packed, shorter", "bytes, got another size", with(packed, packedSecond + 24, 4, 3)),
                new Attack(
                        "zip: packed, other data",
                        "expects compressed data",
                        with(packed, place(packed, WEIGHTS, 0) + WEIGHTS.length(), 8, -1)),
                new Attack("zip: another method", "packed by method 12", with(packed, packedSecond + 10, 2, 12)),
                new Attack("zip: another checksum", "its CRC-32 is not", with(good, second + 16, 4, 1)),
                new Attack("zip: encrypted", "parts that are not encrypted", with(good, second + 8, 2, 1)),
                new Attack("zip: a part twice", "names of their own", renamed(good, second)),
                new Attack("zip: a part in another", "a place within or outside", with(good, second + 42, 4, 0)),
                new Attack("zip: a part outside", "a place within or outside", with(good, second + 42, 4, -1)),
                new Attack("zip: a directory outside", "a directory of its parts", with(good, end + 16, 4, end)),
                new Attack("zip: 65,534 parts", "a directory of its parts", with(good, end + 10, 2, 0xfffe)),
                new Attack("zip: 64 bits without them", "an end record of 64 bits", with(good, end + 10, 2, 0xffff)),
                new Attack("zip: another mark", "part 1 in its directory", with(good, directory, 1, 0)),
                new Attack("zip: a name of 64 KB", "within its directory", with(good, directory + 28, 2, 0xffff)));
    }

    private static byte[] renamed(byte[] good, int second) {
        byte[] changed = good.clone();
        byte[] name = ascii("config.json");
        System.arraycopy(name, 0, changed, second + 46, name.length);
        changed[second + 28] = (byte) name.length;
        changed[second + 32] = (byte) (WEIGHTS.length() - name.length); // the rest of the name is a comment
        return changed;
    }

    // -------------------------------------------------------------------------------------------- the configuration

    private static Attack config(String name, String message, String text) throws IOException {
        byte[] weights = entry("mlp", WEIGHTS);
        return new Attack(
                "config: " + name,
                message,
                zip(false, CONFIG, text.getBytes(StandardCharsets.UTF_8), WEIGHTS, weights));
    }

    /// A configuration of `mlp` with a part exchanged.
    private static Attack changed(String name, String message, String from, String to) throws IOException {
        String good = new String(entry("mlp", CONFIG), StandardCharsets.UTF_8);
        assertThat(good).contains(from);
        return config(name, message, good.replace(from, to));
    }

    /// A model of one layer.
    private static Attack layer(String shape, String type, String settings, String message) throws IOException {
        return config(
                type + " " + settings,
                message,
                "{'class_name': 'Sequential', 'config': {'layers': [{'module': 'keras.layers', 'class_name': '"
                                .replace('\'', '"')
                        + type
                        + "', 'config': {'name': 'a', ".replace('\'', '"')
                        + settings.replace('\'', '"')
                        + "}}], 'build_input_shape': ".replace('\'', '"') + shape + "}}");
    }

    private static List<Attack> configurations() throws IOException {
        String many = IntStream.range(0, 1_000_000).mapToObj(_ -> "{}").collect(Collectors.joining(",", "[", "]"));
        return List.of(
                config("empty", "expects JSON", ""),
                config("a list", "an object of a configuration of Keras 3", "[]"),
                config("no JSON", "expects JSON", "\0".repeat(100)),
                config("lists in 100,000 others", "levels", "[".repeat(100_000)),
                config("objects in 100,000 others", "levels", "{\"a\":".repeat(100_000)),
                config("a million members", "expects at most", many.replace("{}", "{\"a\":0}")),
                config("a million objects", "expects at most", many),
                config("a million numbers", "expects at most", many.replace("{}", "0")),
                config("a text without an end", "expects the end of a string", "{\"a\": \"" + "x".repeat(3 << 20)),
                config("a key twice", "expects each key once", "{\"class_name\": 1, \"class_name\": 2}"),
                config("no class", "the setting 'class_name', got none", "{}"),
                config("another class", "no Sequential or functional model", "{\"class_name\": \"java.lang.Runtime\"}"),
                changed("a Lambda", "layers that Neurite has, got Lambda", "\"Dropout\"", "\"Lambda\""),
                changed("a class of one's own", "layers that Neurite has, got", "\"keras.layers\"", "\"os\""),
                changed("units of 150 million", "by its configuration, got", "\"units\": 8", "\"units\": 150000000"),
                changed("units of 2³¹", "expects a whole number", "\"units\": 8", "\"units\": 2147483648"),
                changed("units of −8", "expects", "\"units\": 8", "\"units\": -8"),
                changed("no units", "expects", "\"units\": 8", "\"units\": 0"),
                changed("units of 1e999", "expects a number as 'units'", "\"units\": 8", "\"units\": 1e999"),
                changed("a text as units", "expects a number as 'units'", "\"units\": 8", "\"units\": \"8\""),
                changed("a momentum of 1e999", "expects a number as 'momentum'", "0.99", "1e999"),
                changed("a rate of 2", "expects", "\"rate\": 0.3", "\"rate\": 2"),
                changed("an input of 2³¹ − 1", "expects", "[null, 4]", "[null, 2147483647]"),
                changed("an input without axes", "expects an input with at least one axis", "[null, 4]", "[]"),
                layer("[null, 2147483647, 2147483647]", "Flatten", "'x': 0", "expects"),
                layer("[null, 65536, 65536, 65536]", "ReLU", "'x': 0", "expects"),
                layer("[null, 4]", "UpSampling2D", "'size': 2", "an input of 3 axes, got [4]"),
                layer("[null, 4, 4, 1]", "UpSampling2D", "'size': 2147483647", "expects"),
                layer("[null, 4, 4, 1]", "UpSampling2D", "'size': []", "2 numbers as 'size', got 0"),
                layer("[null, 4, 2]", "Conv1D", "'filters': 1, 'kernel_size': []", "1 numbers as 'kernel_size', got 0"),
                layer("[null, 4, 2]", "Conv1D", "'filters': 1, 'kernel_size': 2147483647", "expects"),
                layer("[null, 4, 4, 2]", "Conv2D", "'filters': 1, 'kernel_size': [2147483647, 2]", "expects"),
                layer("[null, 4, 4, 2]", "MaxPooling2D", "'pool_size': 0", "expects"),
                layer("[null, 4, 4, 2]", "MaxPooling2D", "'pool_size': 2, 'strides': 0", "expects"),
                layer("[null, 4, 4, 2]", "ZeroPadding2D", "'padding': 2147483647", "expects"),
                layer("[null, 4, 4, 2]", "Cropping2D", "'cropping': 2147483647", "expects"),
                layer("[null, 4]", "Reshape", "'target_shape': [65536, 65536, 65536]", "expects"),
                layer("[null, 4]", "Reshape", "'target_shape': [-1, -2]", "expects"),
                layer("[null, 4, 2]", "Permute", "'dims': [1, 1]", "each of 2 axes once"),
                layer("[null, 4]", "Embedding", "'input_dim': 2147483647, 'output_dim': 2147483647", "expects"),
                layer("[null, 4, 2]", "Bidirectional", "'layer': {}", "expects the setting 'config'"),
                layer("[null, 4]", "Concatenate", "'axis': 9", "one of their axes, got axis 9"),
                functional("a cycle", "expects inputs from layers before it", "b", "a"),
                functional("a layer that is not there", "expects inputs from layers before it", "x", "none"));
    }

    /// Two layers `a` and `b`, each after another one.
    private static Attack functional(String name, String message, String beforeA, String beforeB) throws IOException {
        String history = "[{'args': [{'class_name': '__keras_tensor__', 'config': {'keras_history': ['%s', 0, 0]}}]}]";
        String layers = Stream.of(new String[] {"a", beforeA}, new String[] {"b", beforeB})
                .map(each -> ", {'module': 'keras.layers', 'class_name': 'ReLU', 'name': '" + each[0]
                        + "', 'config': {}, 'inbound_nodes': " + history.formatted(each[1]) + "}")
                .collect(Collectors.joining());
        String text = "{'class_name': 'Functional', 'config': {'layers': [{'module': 'keras.layers', 'class_name':"
                + " 'InputLayer', 'name': 'x', 'config': {'batch_shape': [null, 4]}, 'inbound_nodes': []}" + layers
                + "], 'input_layers': [['x', 0, 0]], 'output_layers': [['b', 0, 0]]}}";
        return config(name, message, text.replace('\'', '"'));
    }

    // ---------------------------------------------------------------------------------------------------- the judge

    @TestFactory
    List<DynamicTest> eachIsRefusedWithAMessageInLittleMemory() throws IOException {
        List<Attack> all = new ArrayList<>(firstForm());
        all.addAll(secondForm());
        assertThat(all).hasSizeGreaterThan(60);
        all.addAll(archives());
        all.addAll(configurations());
        return all.stream()
                .map(each -> DynamicTest.dynamicTest(each.name, () -> refused(each)))
                .toList();
    }

    private void refused(Attack attack) throws IOException {
        Path file = Files.write(folder.resolve("attack.keras"), attack.file);
        long start = System.nanoTime();
        var thrown = new Throwable[1];
        long taken = ALLOCATED.of(1, () -> thrown[0] = catchThrowable(() -> read(file)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        assertThat(thrown[0])
                .as(attack.name)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(attack.message);
        assertThat(thrown[0].getMessage()).hasSizeLessThan(4_100);
        assertThat(taken).isLessThan(2L * attack.file.length + FREE);
    }

    /// One kernel of 1 MB, which 500 calls would read 500 times.
    @Test
    void aLayerThatIsUsedOftenIsReadOnce() throws IOException {
        String call = "{'args': [{'class_name': '__keras_tensor__', 'config': {'keras_history': ['x', 0, 0]}}]}";
        String text = "{'class_name': 'Functional', 'config': {'layers': [{'module': 'keras.layers', 'class_name':"
                + " 'InputLayer', 'name': 'x', 'config': {'batch_shape': [null, 512]}, 'inbound_nodes': []},"
                + " {'module': 'keras.layers', 'class_name': 'Dense', 'name': 'a', 'config': {'units': 512,"
                + " 'use_bias': false, 'activation': 'relu'}, 'inbound_nodes': ["
                + String.join(",", Collections.nCopies(500, call))
                + "]}], 'input_layers': [['x', 0, 0]], 'output_layers': [['a', 499, 0]]}}";
        byte[] bytes = zip(false, CONFIG, ascii(text.replace('\'', '"')), WEIGHTS, kernel(512));
        Path file = Files.write(folder.resolve("often.keras"), bytes);
        var model = new Model[1];
        long taken = ALLOCATED.of(1, () -> model[0] = KerasFile.read(file).toModel());
        assertThat(model[0].graph().applications()).hasSize(500);
        assertThat(taken).isLessThan(32 << 20);
    }

    private static void read(Path file) {
        KerasFile read = KerasFile.read(file);
        if (read.isModel()) read.toModel();
        else read.weights();
    }
}
