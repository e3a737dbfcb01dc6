package dev.neurite.io;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.io.kind.FileKind;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What stands before the numbers of a safetensors file: its metadata, and where each tensor is. For readers that take
/// single tensors of a large file; [Safetensors#read] reads all.
public final class SafetensorsHeader {
    static final int LONGEST = 10_000_000; // bytes
    static final String NO_DIGEST = "0".repeat(64);
    static final String DIGEST_START = "{\"__metadata__\":{\"sha256\":\"";

    /// A tensor of the file.
    /// @param from where its first byte is, counted from the end of the header
    /// @param to where its last byte ends
    public record Entry(String name, NumberType type, Shape shape, long from, long to) {}

    private final byte[] length;
    private final byte[] json; // with zeros in place of the checksum
    private final Map<String, String> metadata;
    private final List<Entry> entries;
    private final String digest; // empty for none

    private SafetensorsHeader(
            byte[] length, byte[] json, Map<String, String> metadata, List<Entry> entries, String digest) {
        this.length = length;
        this.json = json;
        this.metadata = metadata;
        this.entries = entries;
        this.digest = digest;
    }

    /// Texts by name, without the checksum.
    public Map<String, String> metadata() {
        return metadata;
    }

    /// The tensors in the order of their bytes, which they cover without gap or overlap.
    public List<Entry> entries() {
        return entries;
    }

    /// Where the numbers begin, counted from the beginning of the file.
    public long end() {
        return (long) length.length + json.length;
    }

    /// The checksum that the file says it has; empty for none.
    String digest() {
        return digest;
    }

    /// Adds the header to a checksum.
    void addTo(MessageDigest sha) {
        sha.update(length);
        sha.update(json);
    }

    /// Reads and checks the header of a file.
    /// @param channel at the beginning of the file; stands where the numbers begin, afterwards
    /// @param size of the file, bytes; nothing is allocated that does not fit into it
    /// @param where the name of the file, for messages
    /// @throws ModelFormatException if it is no safetensors file, with what is wrong and where
    /// @throws IOException if it cannot be read
    public static SafetensorsHeader read(ReadableByteChannel channel, long size, String where) throws IOException {
        byte[] length = readFully(channel, where, 8, size);
        long promised = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (promised < 2 || promised > LONGEST || promised > size - 8) {
            FileKind kind = FileKind.of(length);
            if (kind != FileKind.UNKNOWN || promised < 2 || promised > Integer.MAX_VALUE) {
                throw new ModelFormatException(
                        where, "expects a safetensors file, got " + FileKind.described(length), kind.inJava());
            }
            throw new ModelFormatException(
                    where,
                    "expects a header of at most " + Math.min(LONGEST, size - 8) + " bytes, the file says " + promised,
                    "It is cut short, or no safetensors file");
        }
        byte[] header = readFully(channel, where, (int) promised, size);
        JsonObject json = parse(header, where);
        Map<String, String> metadata = metadata(json, where);
        List<Entry> entries = entries(json, where, size - 8 - promised);

        String digest = metadata.remove("sha256");
        if (digest != null) {
            String start = new String(header, 0, DIGEST_START.length(), StandardCharsets.ISO_8859_1);
            if (digest.length() != 64 || !start.equals(DIGEST_START)) {
                throw new ModelFormatException(where, "expects a checksum at the beginning of its header");
            }
            byte[] zeros = NO_DIGEST.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(zeros, 0, header, DIGEST_START.length(), zeros.length);
        }
        return new SafetensorsHeader(length, header, metadata, entries, digest == null ? "" : digest);
    }

    private static JsonObject parse(byte[] header, String where) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header))
                    .toString();
            if (text.startsWith("{") && Json.read(text) instanceof JsonObject members) return members;
            throw new ModelFormatException(where, "expects a header that begins with '{'");
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(where, "expects a header in UTF-8");
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(where + ", header", e.problem());
        }
    }

    private static Map<String, String> metadata(JsonObject header, String where) {
        Map<String, String> metadata = new LinkedHashMap<>();
        Json json = header.map().getOrDefault("__metadata__", new JsonObject(Map.of()));
        if (!(json instanceof JsonObject(Map<String, Json> map))) {
            throw new ModelFormatException(where, "expects an object as __metadata__");
        }
        map.forEach((key, value) -> {
            if (!(value instanceof JsonString(String text))) {
                throw new ModelFormatException(where, "expects a text as metadata '" + key + "'");
            }
            metadata.put(key, text);
        });
        return metadata;
    }

    /// The tensors in the order of their offsets; checks that they cover the values without gap or overlap.
    private static List<Entry> entries(JsonObject header, String where, long bytes) {
        List<Entry> entries = new ArrayList<>();
        header.map().forEach((name, json) -> {
            if (!name.equals("__metadata__")) entries.add(entry(name, json, where + ", tensor '" + name + "'"));
        });
        entries.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
        long at = 0;
        for (Entry entry : entries) {
            if (entry.from() != at) {
                throw new ModelFormatException(
                        where + ", tensor '" + entry.name() + "'",
                        "expects to begin at byte " + at + ", where the one before ends, got " + entry.from());
            }
            at = entry.to();
        }
        if (at != bytes) {
            throw new ModelFormatException(where, "expects " + at + " bytes of numbers, got " + bytes);
        }
        return entries;
    }

    private static Entry entry(String name, Json json, String where) {
        if (!(json instanceof JsonObject(Map<String, Json> map))
                || !(map.get("dtype") instanceof JsonString(String type))
                || !(map.get("shape") instanceof JsonArray(List<Json> extents))
                || !(map.get("data_offsets") instanceof JsonArray(List<Json> offsets))
                || offsets.size() != 2
                || extents.size() > 16) {
            throw new ModelFormatException(where, "expects dtype, shape and two data_offsets");
        }
        NumberType number = type(type, where);
        try {
            int[] shape = new int[extents.size()];
            for (int i = 0; i < shape.length; i++) shape[i] = Math.toIntExact(whole(extents.get(i), where));
            long from = whole(offsets.get(0), where);
            long to = whole(offsets.get(1), where);
            Shape known = Shape.of(shape);
            if (to < from || to - from != (long) number.bytes() * known.size()) {
                throw new ModelFormatException(
                        where,
                        "expects " + (long) number.bytes() * known.size() + " bytes for " + known + ", got " + from
                                + " to " + to);
            }
            return new Entry(name, number, known, from, to);
        } catch (ModelFormatException e) {
            throw e;
        } catch (ArithmeticException | NeuriteException e) {
            throw new ModelFormatException(
                    where, "expects a shape of at most 2³¹−1 elements, got " + extents.size() + " axes");
        }
    }

    private static NumberType type(String name, String where) {
        for (NumberType each : NumberType.values()) if (each.name().equals(name)) return each;
        throw new ModelFormatException(
                where,
                "expects numbers of type F32, F64, F16, BF16, F8_E4M3, F8_E5M2, I8 to I64, U8 to U64 or BOOL, got "
                        + name);
    }

    private static long whole(Json json, String where) {
        if (json instanceof JsonNumber(String literal) && literal.matches("\\d{1,18}")) return Long.parseLong(literal);
        throw new ModelFormatException(where, "expects a whole number from 0, got " + json.write());
    }

    static byte[] readFully(ReadableByteChannel channel, String where, int count, long size) throws IOException {
        byte[] bytes = new byte[count];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new ModelFormatException(
                        where, "expects more than " + size + " bytes, where it ends", "It is cut short");
            }
        }
        return bytes;
    }
}
