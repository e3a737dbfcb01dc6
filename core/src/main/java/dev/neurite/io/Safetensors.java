package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.io.kind.FileKind;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Named tensors of a file in the safetensors format: 8 bytes with the header's length, a JSON header,
/// the values.
///
/// Reads files of other software, too: F32, F64, F16, BF16, F8, integers and BOOL,
/// which are rounded to F32. The header is checked before memory is allocated: at most 10 MB, and
/// tensors that cover the values without gap or overlap.
///
/// The metadata of files written here begin with `sha256`, the SHA-256 of the whole file with zeros in
/// its place. A file with a checksum is verified.
/// @param metadata texts by name, without the checksum
/// @param tensors tensors by name, in the order of the file
/// @param types the types that tensors have in the file, by name: F16, BF16, I8 or U8; F32, too, but that is
/// left out, as it is the type of all tensors that are not there, also of one that was read from a file of
/// another type
public record Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors, Map<String, NumberType> types) {
    private static final int CHUNK = 1 << 20;
    private static final Set<NumberType> WRITTEN =
            EnumSet.of(NumberType.F16, NumberType.BF16, NumberType.I8, NumberType.U8); // besides F32

    /// Tensors of type [NumberType#F32].
    /// @throws ConfigException for a reserved name
    public Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
        this(metadata, tensors, Map.of());
    }

    /// Copies the types.
    /// @throws ConfigException for a reserved name, and for a type of no tensor, or one that cannot be written
    public Safetensors {
        if (metadata.containsKey("sha256") || tensors.containsKey("__metadata__")) {
            throw new ConfigException("safetensors", "expects no metadata 'sha256' and no tensor '__metadata__'");
        }
        Map<String, NumberType> others = new HashMap<>();
        types.forEach((name, type) -> {
            if (!tensors.containsKey(name)) {
                throw new ConfigException(name, "expects a tensor of type " + type + ", got none of this name");
            }
            if (type == NumberType.F32) return;
            if (!WRITTEN.contains(type)) {
                throw new ConfigException(name, "expects F32, F16, BF16, I8 or U8 to write, got " + type);
            }
            others.put(name, type);
        });
        types = Map.copyOf(others);
    }

    // ------------------------------------------------------------------------------------------------------ writing

    /// Writes a file atomically: an old file stays until the new one is complete on the disk. See [AtomicFile].
    /// @throws ConfigException for a number that its type does not have
    /// @throws ResourceException if it cannot be written
    public void write(Path file) {
        requireRange();
        byte[] header = header();
        AtomicFile.write(file, channel -> writeAll(channel, header));
    }

    /// [#write(Path)] with all numbers of this type.
    /// @param type [NumberType#F32]; with half the size [NumberType#F16] or [NumberType#BF16], to which numbers are
    /// rounded (of two, to the even one); of whole numbers that they have, [NumberType#I8] or [NumberType#U8]
    /// @throws ConfigException for another type, or a number that it does not have or beyond its range
    /// @throws ResourceException if it cannot be written
    public void write(Path file, NumberType type) {
        Map<String, NumberType> same = new HashMap<>();
        for (String name : tensors.keySet()) same.put(name, type);
        new Safetensors(metadata, tensors, same).write(file);
    }

    private NumberType type(String name) {
        return types.getOrDefault(name, NumberType.F32);
    }

    private void requireRange() {
        tensors.forEach((name, tensor) -> {
            NumberType type = type(name);
            if (type == NumberType.F32) return;
            for (int i = 0; i < tensor.size(); i++) {
                float number = tensor.array()[tensor.offset() + i];
                if (!Float.isInfinite(rounded(name, type, number)) || Float.isInfinite(number)) continue;
                throw new ConfigException(
                        name,
                        "expects numbers in the range of " + type + ", got " + number,
                        type == NumberType.F16 ? "Take BF16, whose range is that of F32" : "");
            }
        });
    }

    /// [NumberType#rounded] with an error that names the tensor.
    private static float rounded(String name, NumberType type, float number) {
        try {
            return type.rounded(number);
        } catch (ConfigException none) {
            throw new ConfigException(name, none.problem(), none.hint());
        }
    }

    /// Writes what [#write(Path)] writes to a stream, such as that of a file in a cluster.
    /// @param out flushed, not closed
    /// @throws IOException if it cannot be written
    public void write(OutputStream out) throws IOException {
        requireRange();
        writeAll(Channels.newChannel(out), header());
        out.flush();
    }

    private byte[] header() {
        Map<String, Json> texts = new LinkedHashMap<>();
        texts.put("sha256", new JsonString(SafetensorsHeader.NO_DIGEST));
        metadata.forEach((key, value) -> texts.put(key, new JsonString(value)));
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("__metadata__", new JsonObject(texts));
        long at = 0;
        for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
            Shape shape = each.getValue().shape();
            NumberType type = type(each.getKey());
            long end = at + (long) type.bytes() * shape.size();
            Map<String, Json> tensor = new LinkedHashMap<>();
            tensor.put("dtype", new JsonString(type.name()));
            tensor.put("shape", numbers(shape.extents()));
            tensor.put("data_offsets", numbers(List.of(at, end)));
            members.put(each.getKey(), new JsonObject(tensor));
            at = end;
        }
        byte[] json = new JsonObject(members).write().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8;
        if (padded > SafetensorsHeader.LONGEST) {
            throw new ResourceException(
                    "model",
                    "has a header of " + padded + " bytes, more than the format allows",
                    "Set large given(…) values with model.with(…) instead");
        }
        ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(json);
        while (header.hasRemaining()) header.put((byte) ' ');
        byte[] digest = HexFormat.of().formatHex(digest(header.array())).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digest, 0, header.array(), 8 + SafetensorsHeader.DIGEST_START.length(), digest.length);
        return header.array();
    }

    private static Json numbers(List<? extends Number> list) {
        return new JsonArray(
                list.stream().map(n -> (Json) new JsonNumber(n.toString())).toList());
    }

    private byte[] digest(byte[] header) {
        MessageDigest sha = sha256();
        sha.update(header);
        tensors.forEach((name, tensor) -> chunks(tensor, type(name), sha::update));
        return sha.digest();
    }

    private void writeAll(WritableByteChannel channel, byte[] header) throws IOException {
        writeFully(channel, ByteBuffer.wrap(header));
        for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
            chunks(each.getValue(), type(each.getKey()), buffer -> writeFully(channel, buffer));
        }
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) channel.write(buffer);
    }

    private interface Sink<E extends Exception> {
        void accept(ByteBuffer buffer) throws E;
    }

    private static <E extends Exception> void chunks(Tensor tensor, NumberType type, Sink<E> sink) throws E {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        int most = CHUNK / type.bytes();
        for (int from = 0; from < tensor.size(); from += most) {
            int count = Math.min(most, tensor.size() - from);
            buffer.clear();
            type.write(tensor.array(), tensor.offset() + from, count, buffer);
            sink.accept(buffer.limit(type.bytes() * count));
        }
    }

    // ------------------------------------------------------------------------------------------------------ reading

    /// Reads a file.
    /// @throws DataException if there is no such file, or it cannot be read
    /// @throws ModelFormatException if it is no complete safetensors file, with what is wrong and where
    public static Safetensors read(Path file) {
        return reading(file).content();
    }

    /// Reads what [#write(OutputStream)] or other software wrote.
    /// @param in read as far as the content goes, not closed
    /// @param bytes the length of the content; decides how much memory it may ask for
    /// @param where the name of the content, for messages
    /// @throws ModelFormatException if it is no complete safetensors content, with what is wrong and where
    /// @throws IOException if it cannot be read
    public static Safetensors read(InputStream in, long bytes, String where) throws IOException {
        return reading(in, bytes, where).content();
    }

    static Reading reading(InputStream in, long bytes, String where) throws IOException {
        if (bytes < 0) throw new ModelFormatException(where, "expects a length from 0, got " + bytes);
        return read(Channels.newChannel(in), bytes, where, true);
    }

    /// The content of a file, and whether it has a checksum, which was verified.
    record Reading(Safetensors content, boolean checked) {}

    static Reading reading(Path file) {
        return reading(file, true);
    }

    /// Reads a file that was just written and verifies its checksum.
    /// @throws ResourceException if it differs from what was written
    static void verify(Path file) {
        try {
            if (reading(file, false).checked()) return;
            throw new ResourceException(file.toString(), "was written, but its checksum is missing");
        } catch (DataException | ModelFormatException e) {
            throw new ResourceException(
                    file.toString(), "was written, but cannot be read again: " + e.problem(), "Is the disk failing?");
        }
    }

    /// Reads content that was just written and verifies its checksum.
    /// @param in read as far as the content goes, not closed
    /// @param bytes the length of the content
    /// @param where the name of the content, for messages
    /// @throws ResourceException if it differs from what was written
    /// @throws IOException if it cannot be read
    public static void verify(InputStream in, long bytes, String where) throws IOException {
        try {
            if (read(Channels.newChannel(in), bytes, where, false).checked()) return;
            throw new ResourceException(where, "was written, but its checksum is missing");
        } catch (ModelFormatException e) {
            throw new ResourceException(where, "was written, but cannot be read again: " + e.problem());
        }
    }

    /// Reads the metadata of a file, without the checksum, from its header alone: what it says of itself. Nothing is
    /// verified but the header.
    /// @throws DataException if there is no such file, or it cannot be read
    /// @throws ModelFormatException if it is no safetensors file, or cut short
    public static Map<String, String> readMetadata(Path file) {
        return opened(
                file,
                (channel, size) ->
                        SafetensorsHeader.read(channel, size, file.toString()).metadata());
    }

    /// @param keep whether to return the values
    private static Reading reading(Path file, boolean keep) {
        return opened(file, (channel, size) -> read(channel, size, file.toString(), keep));
    }

    /// What reads an open file.
    private interface Reader<T> {
        T read(ReadableByteChannel channel, long size) throws IOException;
    }

    private static <T> T opened(Path file, Reader<T> reader) {
        if (Files.isDirectory(file)) {
            Path model = file.resolve("model.safetensors");
            String hint = Files.exists(model) ? "The model is in " + model : "";
            throw new DataException(file.toString(), "expects a file, got a directory", hint);
        }
        FileKind.require(file, "a safetensors file", FileKind.SAFETENSORS);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return reader.read(channel, channel.size());
        } catch (NoSuchFileException e) {
            throw DataException.missing(file, "a safetensors file");
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static Reading read(ReadableByteChannel channel, long size, String where, boolean keep) throws IOException {
        SafetensorsHeader header = SafetensorsHeader.read(channel, size, where);
        MessageDigest sha = sha256();
        header.addTo(sha);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, NumberType> types = new HashMap<>();
        for (SafetensorsHeader.Entry entry : header.entries()) {
            if (keep && WRITTEN.contains(entry.type())) types.put(entry.name(), entry.type());
            if (keep) tensors.put(entry.name(), numbers(channel, entry, sha, where, size));
            else skim(channel, entry, sha, where, size);
        }
        boolean checked = !header.digest().isEmpty();
        if (checked && !header.digest().equals(HexFormat.of().formatHex(sha.digest()))) {
            throw new ModelFormatException(
                    where, "is damaged: its checksum is not that of its content", "Use another copy of the file");
        }
        return new Reading(new Safetensors(header.metadata(), tensors, types), checked);
    }

    private static Tensor numbers(
            ReadableByteChannel channel, SafetensorsHeader.Entry entry, MessageDigest sha, String where, long size)
            throws IOException {
        float[] values = new float[entry.shape().size()];
        int width = entry.type().bytes();
        for (int from = 0; from < values.length; from += CHUNK / width) {
            int count = Math.min(CHUNK / width, values.length - from);
            byte[] bytes = SafetensorsHeader.readFully(channel, where, count * width, size);
            sha.update(bytes);
            entry.type().read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), values, from, count);
        }
        return Tensor.view(entry.shape(), values, 0);
    }

    private static void skim(
            ReadableByteChannel channel, SafetensorsHeader.Entry entry, MessageDigest sha, String where, long size)
            throws IOException {
        for (long left = entry.to() - entry.from(); left > 0; left -= CHUNK) {
            sha.update(SafetensorsHeader.readFully(channel, where, (int) Math.min(left, CHUNK), size));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
