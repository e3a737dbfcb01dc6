package dev.neurite.llm.gguf;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Writes GGUF files of version 3, as llama.cpp reads them. Values are taken row by row while the file is written, so
/// that it may be larger than the memory.
///
/// ```java
/// var metadata = Metadata.of("small", Map.of("general.architecture", "llama"));
/// new GgufWriter(metadata)
///         .add("output_norm.weight", StoredType.F32, norm)
///         .add("output.weight", StoredType.Q8_0, weights)
///         .write(Path.of("small.gguf"));
/// ```
public final class GgufWriter {
    private static final int CHUNK = 1 << 16; // floats that are encoded at a time, or one row
    private static final int LONGEST_TENSOR_NAME = 63; // bytes, for ggml
    private static final Set<StoredType> WRITTEN =
            EnumSet.of(StoredType.F32, StoredType.F16, StoredType.BF16, StoredType.Q8_0, StoredType.Q4_0);

    /// Gives the values of a tensor row by row.
    @FunctionalInterface
    public interface Rows {
        /// Reads a row.
        /// @param row from 0; a tensor of one axis has one row
        /// @param to gets as many floats as the last axis has
        /// @param at where they begin
        void read(int row, float[] to, int at);
    }

    private interface Content {
        void writeTo(GgufOutput out, Kernels kernels) throws IOException;
    }

    private record Part(String name, StoredType type, Shape shape, Content content) {
        long bytes() {
            return type.bytes(shape.size());
        }
    }

    private final Metadata metadata;
    private final int alignment;
    private final List<Part> parts = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /// Begins a file with these metadata. Tensors begin at multiples of `general.alignment` bytes, 32 if it is
    /// not there.
    /// @throws ConfigException for an alignment that is no power of two up to 65536
    public GgufWriter(Metadata metadata) {
        long bytes = metadata.integerOr(Gguf.ALIGNMENT, Gguf.USUAL_ALIGNMENT);
        if (!Gguf.isAlignment(bytes)) {
            throw new ConfigException(
                    Gguf.ALIGNMENT, "expects a power of two up to " + Gguf.MOST_ALIGNMENT + ", got " + bytes);
        }
        this.metadata = metadata;
        this.alignment = (int) bytes;
    }

    // ------------------------------------------------------------------------------------------------- what is in it

    /// Adds a tensor of another file, of any supported type, with the same name and bytes.
    /// @throws ConfigException for a name or shape that GGUF does not have, or a name that is already there
    public GgufWriter add(StoredTensor tensor) {
        return add(tensor.name(), tensor.type(), tensor.shape(), (out, _) -> out.bytes(tensor.bytes()));
    }

    /// Adds a tensor with values of this type, to which they are rounded as [EncodedMatrix#of] does.
    /// @param name 1 to 63 bytes
    /// @param type F32, F16, BF16, Q8_0 or Q4_0
    /// @param values of 1 to 4 axes; for Q8_0 and Q4_0 the last one is a multiple of 32
    /// @throws ConfigException for another name, type or shape, or a name that is already there
    public GgufWriter add(String name, StoredType type, Tensor values) {
        int columns = columns(name, values.shape());
        return add(
                name,
                type,
                values.shape(),
                (row, to, at) -> System.arraycopy(values.array(), values.offset() + row * columns, to, at, columns));
    }

    /// Adds a tensor of which rows are asked for while the file is written, in their order.
    /// @param name 1 to 63 bytes
    /// @param type F32, F16, BF16, Q8_0 or Q4_0
    /// @param shape 1 to 4 axes; for Q8_0 and Q4_0 the last one is a multiple of 32
    /// @throws ConfigException for another name, type or shape, or a name that is already there
    public GgufWriter add(String name, StoredType type, Shape shape, Rows rows) {
        if (!WRITTEN.contains(type)) {
            throw new ConfigException(
                    name, "expects F32, F16, BF16, Q8_0 or Q4_0 to write, got " + type, "Take Q8_0, or F16");
        }
        return add(name, type, shape, (out, kernels) -> encode(name, type, shape, rows, out, kernels));
    }

    /// Adds weights in fewer bits, with the very codes and scales that they have.
    /// @param matrix of a format that GGUF has, of whole blocks in a row
    /// @throws ConfigException for another format, a name that GGUF does not have or one that is already there
    public GgufWriter add(String name, EncodedMatrix matrix) {
        if (!matrix.format().isStored()) {
            throw new ConfigException(name, "expects weights of a format that GGUF has, got " + matrix.format());
        }
        StoredType type = StoredType.valueOf(matrix.format().name());
        Shape shape = Shape.of(matrix.rows(), matrix.columns());
        return add(name, type, shape, (out, kernels) -> store(matrix, out, kernels));
    }

    private GgufWriter add(String name, StoredType type, Shape shape, Content content) {
        int length = GgufOutput.utf8(name).remaining();
        if (length < 1 || length > LONGEST_TENSOR_NAME) {
            throw new ConfigException(name, "expects a name of 1 to " + LONGEST_TENSOR_NAME + " bytes, got " + length);
        }
        if (columns(name, shape) % type.block() != 0) {
            throw new ConfigException(
                    name,
                    "expects rows of a multiple of " + type.block() + " elements for " + type + ", got " + shape,
                    "Take F16");
        }
        if (!names.add(name)) throw new ConfigException(name, "expects each name once, got it twice");
        parts.add(new Part(name, type, shape, content));
        return this;
    }

    private static int columns(String name, Shape shape) {
        if (shape.rank() < 1 || shape.rank() > Gguf.MOST_AXES || !shape.isKnown() || shape.size() == 0) {
            throw new ConfigException(
                    name, "expects 1 to " + Gguf.MOST_AXES + " axes with 1 or more elements, got " + shape);
        }
        return shape.extent(shape.rank() - 1);
    }

    // ------------------------------------------------------------------------------------------------------- writing

    /// Writes the file atomically: an old file stays until the new one is complete on the disk. See [AtomicFile].
    /// @throws ConfigException for half a surrogate pair in a text, and for a number beyond the range of F16
    /// @throws DataException for numbers that Q8_0 and Q4_0 do not have: those that are not finite or too large
    /// @throws ResourceException if it cannot be written
    public void write(Path file) {
        try (Kernels kernels = Kernels.create(1)) {
            AtomicFile.write(file, channel -> writeTo(channel, kernels));
        }
    }

    private void writeTo(FileChannel channel, Kernels kernels) throws IOException {
        var out = new GgufOutput(channel);
        out.int32(Gguf.MAGIC);
        out.int32(Gguf.NEWEST);
        out.int64(parts.size());
        out.int64(metadata.keys().size());
        for (String key : metadata.keys()) {
            out.text(key);
            out.value(metadata.type(key), metadata.value(key));
        }
        long offset = 0;
        for (Part each : parts) {
            describe(each, offset, out);
            offset = Gguf.aligned(offset + each.bytes(), alignment);
        }
        out.align(alignment);
        for (Part each : parts) {
            long begin = out.position();
            each.content().writeTo(out, kernels);
            if (out.position() - begin != each.bytes()) {
                throw new IllegalStateException(each.name() + " has " + (out.position() - begin) + " bytes");
            }
            out.align(alignment);
        }
        out.flush();
    }

    private static void describe(Part part, long offset, GgufOutput out) throws IOException {
        out.text(part.name());
        out.int32(part.shape().rank());
        for (int axis = part.shape().rank() - 1; axis >= 0; axis--) {
            out.int64(part.shape().extent(axis));
        }
        out.int32(GgmlTypes.id(part.type()));
        out.int64(offset);
    }

    private static void encode(String name, StoredType type, Shape shape, Rows rows, GgufOutput out, Kernels kernels)
            throws IOException {
        int columns = columns(name, shape);
        int count = shape.size() / columns;
        int most = Math.min(count, Math.max(1, CHUNK / columns));
        float[] values = new float[most * columns];
        for (int from = 0; from < count; from += most) {
            int some = Math.min(most, count - from);
            for (int i = 0; i < some; i++) rows.read(from + i, values, i * columns);
            if (type.isFloat()) {
                floats(name, type, values, some * columns, out);
            } else {
                var chunk = Tensor.view(Shape.of(some, columns), values, 0);
                store(EncodedMatrix.of(BlockFormat.valueOf(type.name()), chunk), out, kernels);
            }
        }
    }

    private static void floats(String name, StoredType type, float[] values, int count, GgufOutput out)
            throws IOException {
        NumberType number = NumberType.valueOf(type.name());
        for (int from = 0; from < count; from += CHUNK) {
            int some = Math.min(CHUNK, count - from);
            ByteBuffer buffer = out.room(some * number.bytes());
            int begin = buffer.position();
            var part = buffer.slice(begin, some * number.bytes()).order(buffer.order());
            number.write(values, from, some, part);
            for (int i = 0; i < some; i++) requireRange(name, number, values[from + i], part, i);
            buffer.position(begin + some * number.bytes());
        }
    }

    private static void requireRange(String name, NumberType type, float value, ByteBuffer written, int index) {
        if (!Float.isInfinite(type.read(written, index * type.bytes())) || Float.isInfinite(value)) return;
        throw new ConfigException(
                name, "expects numbers in the range of " + type + ", got " + value, "Take BF16 or F32");
    }

    private static void store(EncodedMatrix matrix, GgufOutput out, Kernels kernels) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            var bytes = arena.allocate(matrix.rows() * matrix.format().storedBytes(matrix.columns()));
            matrix.store(bytes, kernels);
            out.bytes(bytes);
        }
    }
}
