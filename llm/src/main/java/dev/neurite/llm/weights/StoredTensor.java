package dev.neurite.llm.weights;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;

/// A tensor of a file, of which nothing is read until it is asked for. Immutable.
///
/// It is valid until its file is closed; afterwards reading its elements is an [IllegalStateException].
public final class StoredTensor {
    private static final int CHUNK = 1 << 20; // bytes

    private final String source;
    private final String name;
    private final StoredType type;
    private final Shape shape;
    private final MemorySegment bytes;

    private StoredTensor(String source, String name, StoredType type, Shape shape, MemorySegment bytes) {
        this.source = source;
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.bytes = bytes;
    }

    /// A tensor of these bytes, which are not copied.
    /// @param source what messages call the file
    /// @param bytes row-major, little-endian, as the type has them
    /// @throws ConfigException for a row that is no whole number of blocks, and for more or fewer bytes than
    /// the shape has
    public static StoredTensor of(String source, String name, StoredType type, Shape shape, MemorySegment bytes) {
        requireRows(name, type, shape);
        long expected = type.bytes(shape.size());
        if (bytes.byteSize() != expected) {
            throw new ConfigException(
                    name, "expects " + expected + " bytes for " + type + " " + shape + ", got " + bytes.byteSize());
        }
        return new StoredTensor(source, name, type, shape, bytes.asReadOnly());
    }

    /// @throws ConfigException for a row that is no whole number of blocks
    static void requireRows(String name, StoredType type, Shape shape) {
        int columns = shape.rank() == 0 ? 1 : shape.extent(shape.rank() - 1);
        if (columns % type.block() == 0) return;
        throw new ConfigException(
                name, "expects rows of a multiple of " + type.block() + " elements for " + type + ", got " + shape);
    }

    /// What messages call the file.
    public String source() {
        return source;
    }

    /// The name in the file.
    public String name() {
        return name;
    }

    /// How elements are stored.
    public StoredType type() {
        return type;
    }

    /// The shape, outermost axis first: that of a matrix is `[rows × columns]`, of which a row lies together.
    /// (GGUF has the axes in the other order.)
    public Shape shape() {
        return shape;
    }

    /// The length in the file, bytes.
    public long byteSize() {
        return bytes.byteSize();
    }

    /// The bytes in the file, row-major, little-endian: a part of the mapped file, not a copy. Read only.
    /// @throws ModelFormatException for a type that is not [supported][StoredType#isSupported]
    public MemorySegment bytes() {
        if (type.isSupported()) return bytes;
        throw wrongType(StoredType.supported());
    }

    /// Asks the system to take back the memory of this part of a mapped file; what is read again comes from the
    /// file. Memory that is locked stays.
    public void unload() {
        if (!bytes.isMapped() || bytes.byteSize() == 0) return;
        try {
            bytes.unload();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception _) {
            // the JDK throws an IOException that it does not declare if the system refuses; nothing is lost
        }
    }

    /// All elements as float32: a copy.
    /// @throws ModelFormatException for a type other than [StoredType#F32], [StoredType#F16] or
    /// [StoredType#BF16]
    public Tensor floats() {
        requireFloats();
        float[] all = new float[shape.size()];
        read(0, all, 0, all.length);
        return Tensor.view(shape, all, 0);
    }

    /// Reads some elements as float32.
    /// @param first the first element, row-major, from 0
    /// @param to gets `count` floats
    /// @param at where they begin
    /// @throws ModelFormatException for a type other than [StoredType#F32], [StoredType#F16] or
    /// [StoredType#BF16]
    /// @throws IndexOutOfBoundsException if there are not so many, or no room for them
    public void read(long first, float[] to, int at, int count) {
        requireFloats();
        Objects.checkFromIndexSize(first, count, shape.size());
        Objects.checkFromIndexSize(at, count, to.length);
        NumberType number = NumberType.valueOf(type.name());
        int width = number.bytes();
        for (int done = 0; done < count; ) {
            int some = Math.min(CHUNK / width, count - done);
            var part = bytes.asSlice((first + done) * width, (long) some * width)
                    .asByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN);
            number.read(part, to, at + done, some);
            done += some;
        }
    }

    private void requireFloats() {
        if (!type.isFloat()) throw wrongType("F32, F16 or BF16");
    }

    private ModelFormatException wrongType(String expected) {
        return new ModelFormatException(
                source + ", tensor '" + name + "'",
                "expects elements of type " + expected + ", got " + type,
                type.isSupported() ? "" : "Take a file of the same model in another format, such as Q8_0 or Q4_K_M");
    }

    /// `blk.0.attn_q.weight Q8_0 [4096×4096]`.
    @Override
    public String toString() {
        return name + " " + type + " " + shape;
    }
}
