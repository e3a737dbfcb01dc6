package dev.neurite.llm.gguf;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.kind.FileKind;
import dev.neurite.llm.weights.MappedFiles;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.llm.weights.WeightFile;
import dev.neurite.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A GGUF file of version 2 or 3, little-endian: metadata and tensors, of which nothing is read until it is
/// used. The file is mapped into memory; see [WeightFile].
///
/// All that stands before the tensors is checked when the file is opened: lengths and counts against the size
/// of the file, texts, types, shapes, and that each tensor is aligned, in the file and overlaps no other.
public final class GgufFile implements AutoCloseable {
    private static final int LEAST_KEY = 14; // bytes of a key and its value: length, letter, type, truth value
    private static final int LEAST_TENSOR =
            33; // bytes of what describes a tensor: length, letter, number of axes, axis, type, offset

    private final Metadata metadata;
    private final WeightFile weights;
    private final int version;

    private GgufFile(Metadata metadata, WeightFile weights, int version) {
        this.metadata = metadata;
        this.weights = weights;
        this.version = version;
    }

    /// What the file says of a tensor.
    /// @param offset from the first byte after the header's end, aligned
    /// @param bytes its length
    private record Entry(String name, StoredType type, Shape shape, long offset, long bytes) {}

    /// Opens a file.
    /// @param file a whole model; parts of one that was split have to be merged first
    /// @throws DataException if there is no such file, or it cannot be read
    /// @throws ModelFormatException if it is no GGUF file of these versions, or damaged; with what is wrong and
    /// where
    public static GgufFile open(Path file) {
        var files = new MappedFiles();
        try {
            return files.read(file, FileKind.GGUF, (_, content) -> read(file.toString(), content, files));
        } catch (RuntimeException | Error e) {
            files.close();
            throw e;
        }
    }

    private static GgufFile read(String source, MemorySegment content, MappedFiles files) {
        var reader = new GgufReader(source, content);
        int version = version(reader);
        int tensors = reader.count("the number of tensors", LEAST_TENSOR);
        int keys = reader.count("the number of keys", LEAST_KEY);
        Metadata metadata = metadata(reader, source, keys);
        long parts = metadata.integerOr("split.count", 1);
        if (parts > 1) {
            throw reader.wrong(
                    "key 'split.count'",
                    "expects a whole model, got a part of one that was split into " + parts,
                    "Merge them: llama-gguf-split --merge FIRST-PART.gguf MODEL.gguf");
        }
        int alignment = alignment(reader, metadata);
        List<Entry> entries = entries(reader, tensors, alignment);
        long begin = Gguf.aligned(reader.position(), alignment);
        requirePlaces(reader, entries, content.byteSize() - begin);
        List<StoredTensor> stored = new ArrayList<>(tensors);
        for (Entry each : entries) {
            var bytes = content.asSlice(begin + each.offset(), each.bytes());
            stored.add(StoredTensor.of(source, each.name(), each.type(), each.shape(), bytes));
        }
        return new GgufFile(metadata, WeightFile.of(source, stored, files), version);
    }

    private static int version(GgufReader reader) {
        if (reader.uint32("its first bytes") != Gguf.MAGIC) {
            throw reader.wrong("its first bytes", "expects 'GGUF', got others", "This is no GGUF file");
        }
        long version = reader.uint32("version");
        if (version == 2 || version == Gguf.NEWEST) return (int) version;
        if (version != 0 && (version & 0xffff) == 0) {
            throw reader.wrong(
                    "version",
                    "expects a little-endian file, got a big-endian one",
                    "Convert it with gguf_convert_endian.py of llama.cpp");
        }
        throw reader.wrong(
                "version",
                "expects 2 or 3, got " + version,
                version < 2 ? "Make it again with a newer llama.cpp" : "Use a newer Neurite");
    }

    private static Metadata metadata(GgufReader reader, String source, int keys) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, ValueType> types = new LinkedHashMap<>();
        for (int i = 0; i < keys; i++) {
            String key = reader.name("key " + i);
            String where = "key '" + key + "'";
            ValueType type = reader.type(where);
            boolean single = type != ValueType.ARRAY;
            if (!single) type = reader.type(where);
            Object value = single ? reader.value(where, type) : reader.list(where, type);
            types.put(key, type);
            if (values.put(key, value) != null) {
                throw reader.wrong(where, "expects each key once, got it twice", "The file is damaged");
            }
        }
        return Metadata.read(source, values, types);
    }

    private static int alignment(GgufReader reader, Metadata metadata) {
        long alignment = metadata.integerOr(Gguf.ALIGNMENT, Gguf.USUAL_ALIGNMENT);
        if (Gguf.isAlignment(alignment)) return (int) alignment;
        throw reader.wrong(
                "key '" + Gguf.ALIGNMENT + "'",
                "expects a power of two up to " + Gguf.MOST_ALIGNMENT + ", got " + alignment,
                "The file is damaged");
    }

    // ------------------------------------------------------------------------------------------------------- tensors

    private static List<Entry> entries(GgufReader reader, int tensors, int alignment) {
        List<Entry> all = new ArrayList<>(tensors);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tensors; i++) {
            String name = reader.name("tensor " + i);
            String where = "tensor '" + name + "'";
            if (!names.add(name)) throw reader.wrong(where, "expects each name once, got it twice", "");
            long[] axes = axes(reader, where);
            StoredType type = type(reader, where);
            Shape shape = shape(reader, where, type, axes);
            long offset = reader.uint64(where);
            if (offset % alignment != 0) {
                throw reader.wrong(
                        where, "expects an offset that is a multiple of " + alignment + ", got " + offset, "");
            }
            all.add(new Entry(name, type, shape, offset, type.bytes(shape.size())));
        }
        return all;
    }

    private static long[] axes(GgufReader reader, String where) {
        long count = reader.uint32(where);
        if (count < 1 || count > Gguf.MOST_AXES) {
            throw reader.wrong(where, "expects 1 to " + Gguf.MOST_AXES + " axes, got " + count, "The file is damaged");
        }
        long[] axes = new long[(int) count];
        for (int i = 0; i < axes.length; i++) axes[i] = reader.uint64(where);
        return axes;
    }

    private static StoredType type(GgufReader reader, String where) {
        long id = reader.uint32(where);
        return GgmlTypes.type(id)
                .orElseThrow(() -> reader.wrong(
                        where,
                        "expects a type of ggml, got the number " + id,
                        "If it is of an older llama.cpp, make the file again; if of a newer one, use a newer Neurite"));
    }

    /// A shape, which has the axes in the other order.
    private static Shape shape(GgufReader reader, String where, StoredType type, long[] axes) {
        int[] extents = new int[axes.length];
        long size = 1;
        for (int i = 0; i < axes.length; i++) {
            if (axes[i] < 1 || axes[i] > Integer.MAX_VALUE / size) {
                throw reader.wrong(
                        where,
                        "expects 1 to 2³¹−1 elements, got axis " + i + " of " + axes[i] + " after " + size,
                        axes[i] < 1 ? "The file is damaged" : "Larger tensors are not supported");
            }
            size *= axes[i];
            extents[axes.length - 1 - i] = (int) axes[i];
        }
        if (axes[0] % type.block() != 0) {
            throw reader.wrong(
                    where,
                    "expects rows of a multiple of " + type.block() + " elements for " + type + ", got " + axes[0],
                    "The file is damaged");
        }
        return Shape.of(extents);
    }

    /// @param bytes of all tensors
    private static void requirePlaces(GgufReader reader, List<Entry> entries, long bytes) {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::offset));
        String last = "";
        long end = 0;
        for (Entry each : sorted) {
            String where = "tensor '" + each.name() + "'";
            if (each.offset() < end) {
                throw reader.wrong(
                        where,
                        "expects to begin at byte " + end + " or later, where '" + last + "' ends, got "
                                + each.offset(),
                        "The file is damaged");
            }
            if (each.bytes() > bytes - each.offset()) {
                throw reader.wrong(
                        where,
                        "expects " + each.bytes() + " bytes from byte " + each.offset() + " of the tensors, of which"
                                + " the file has " + Math.max(0, bytes),
                        "It is cut short, or damaged");
            }
            end = each.offset() + each.bytes();
            last = each.name();
        }
    }

    /// The version of the format: 2 or 3.
    public int version() {
        return version;
    }

    /// Keys and values, such as `llama.block_count`.
    public Metadata metadata() {
        return metadata;
    }

    /// The tensors, valid until this file is closed.
    public WeightFile weights() {
        return weights;
    }

    /// Ends the use of its tensors; see [WeightFile#close].
    @Override
    public void close() {
        weights.close();
    }
}
