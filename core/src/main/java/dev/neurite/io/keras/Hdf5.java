package dev.neurite.io.keras;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.limit.Budget;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The arrays of an HDF5 file, as h5py writes it: groups in either of the format's two forms, and arrays of floats
/// that are stored in one piece, without compression. Nothing outside of the file is followed, and nothing is
/// allocated that the file has no bytes for.
final class Hdf5 {
    private static final int DEEPEST = 32;
    private static final int OBJECT = 256; // bytes in memory
    private static final int MOST_AXES = 32;

    private final Hdf5Bytes bytes;
    private final Map<String, Hdf5Object> arrays = new LinkedHashMap<>();
    private final Set<Long> seen = new HashSet<>(); // headers
    private long unread; // bytes that the arrays which are still to be found may have

    /// @param where the file, for messages
    /// @param budget pays for its description, and for each array once
    Hdf5(String where, MemorySegment file, Budget budget) {
        this.bytes = new Hdf5Bytes(where, file, budget);
        this.unread = file.byteSize();
        walk("", root(), 0);
    }

    private long root() {
        if (bytes.left(0) < 48 || !bytes.has(0, "\u0089HDF\r\n\u001a\n")) {
            throw new ModelFormatException(bytes.where(), "expects an HDF5 file, got another one");
        }
        int version = bytes.one(8);
        boolean old = version < 2;
        if (version > 3) throw bytes.fault(8, "expects version 0 to 3 of the format, got " + version);
        if (bytes.one(old ? 13 : 9) != 8 || bytes.one(old ? 14 : 10) != 8) {
            throw bytes.fault(9, "expects addresses of 8 bytes, got " + bytes.one(old ? 13 : 9));
        }
        int base = old ? 24 + 4 * version : 12;
        if (bytes.eight(base) != 0)
            throw bytes.fault(base, "expects addresses from the file's first byte, got byte " + bytes.eight(base));
        return bytes.address(old ? base + 40 : 36);
    }

    private void walk(String path, long header, int depth) {
        if (depth > DEEPEST) throw bytes.fault(header, "expects groups in at most 32 others, got more");
        if (!seen.add(header)) throw bytes.fault(header, "expects each object at one path, got '" + path + "' again");
        bytes.budget().spend(OBJECT + 2L * path.length());
        Hdf5Object object = Hdf5Object.read(bytes, header);
        if (object.isArray()) {
            if (object.data() >= 0) unread -= Math.max(0, object.size());
            if (unread < 0)
                throw bytes.fault(header, "expects arrays beside each other, got '" + path + "' over others");
            if (object.kind() != Hdf5Object.Kind.OTHER) {
                bytes.budget()
                        .spend(Float.BYTES
                                * Math.max(0, object.size() / object.kind().width()));
            }
            arrays.put(path, object);
            return;
        }
        new Hdf5Group(bytes, object).links().forEach((name, address) -> {
            walk(path.isEmpty() ? name : path + "/" + name, address, depth + 1);
        });
    }

    String where() {
        return bytes.where();
    }

    /// The paths of all arrays, such as `layers/dense/vars/0`, in the order of the file.
    Set<String> paths() {
        return arrays.keySet();
    }

    boolean has(String path) {
        return arrays.containsKey(path);
    }

    /// Whether an array has floats, of any width.
    boolean isFloat(String path) {
        Hdf5Object object = arrays.get(path);
        return object != null && object.kind() != Hdf5Object.Kind.OTHER;
    }

    /// Reads an array; wide floats are rounded.
    /// @throws ModelFormatException if there is none of that path, or it is not stored in one piece, as floats
    Tensor read(String path) {
        Hdf5Object object = arrays.get(path);
        if (object == null) throw new ModelFormatException(bytes.where(), "expects weights at " + path + ", got none");
        String where = bytes.where() + ", " + path;
        if (object.kind() == Hdf5Object.Kind.OTHER) {
            throw new ModelFormatException(where, "expects floats, got other values", "Save the model unquantized");
        }
        long count = 1;
        int[] extents = new int[object.extents().size()];
        if (extents.length > MOST_AXES)
            throw new ModelFormatException(where, "expects up to 32 axes, got " + extents.length);
        for (int i = 0; i < extents.length; i++) {
            long extent = object.extents().get(i);
            if (extent < 0 || extent > Integer.MAX_VALUE || count > Integer.MAX_VALUE / Math.max(1, extent)) {
                throw new ModelFormatException(where, "expects up to 2^31 numbers, got " + object.extents());
            }
            extents[i] = (int) extent;
            count *= extent;
        }
        if (count == 0) throw new ModelFormatException(where, "expects numbers, got none");
        long size = count * object.kind().width();
        if (!object.isWhole()) {
            throw new ModelFormatException(where, "expects numbers in one piece, uncompressed, got chunks");
        }
        if (size > object.size()) {
            throw new ModelFormatException(where, "expects " + size + " bytes for its shape, got " + object.size());
        }
        bytes.require(object.data(), size);
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) values[i] = number(object, i);
        return Tensor.of(Shape.of(extents), values);
    }

    private float number(Hdf5Object object, int index) {
        long at = object.data() + (long) index * object.kind().width();
        return switch (object.kind()) {
            case HALF -> Float.float16ToFloat((short) swapped(bytes.two(at), 2, object.bigEndian()));
            case BRAIN -> Float.intBitsToFloat((int) swapped(bytes.two(at), 2, object.bigEndian()) << 16);
            case FLOAT -> Float.intBitsToFloat((int) swapped(bytes.four(at), 4, object.bigEndian()));
            case DOUBLE -> (float) Double.longBitsToDouble(swapped(bytes.eight(at), 8, object.bigEndian()));
            case OTHER -> throw new IllegalStateException("hdf5: expects floats");
        };
    }

    private static long swapped(long value, int width, boolean swap) {
        return swap ? Long.reverseBytes(value) >>> (64 - 8 * width) : value;
    }
}
