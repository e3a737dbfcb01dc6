package dev.neurite.io;

import dev.neurite.error.DataException;
import java.nio.ByteBuffer;

/// The elements of `.npy` files in arrays of Java: floats for F2 and F4, doubles for F8, booleans for B1, and for
/// integers of each width, with or without a sign, the integers of that width.
final class NpyElements {
    private NpyElements() {}

    static Object newArray(Npy.Type type, int size) {
        return switch (type) {
            case F2, F4 -> new float[size];
            case F8 -> new double[size];
            case I1, U1 -> new byte[size];
            case I2, U2 -> new short[size];
            case I4, U4 -> new int[size];
            case I8, U8 -> new long[size];
            case B1 -> new boolean[size];
        };
    }

    /// The size of an element in such an array, bytes.
    static int width(Npy.Type type) {
        return type == Npy.Type.F2 ? Float.BYTES : type.width();
    }

    /// @param bytes with its byte order and position 0
    /// @param to takes `count` elements from index `at` on
    /// @throws DataException for a truth value that is neither 0 nor 1
    static void read(String where, Npy.Type type, ByteBuffer bytes, Object to, int at, int count) {
        switch (type) {
            case F2 -> {
                float[] floats = (float[]) to;
                for (int i = 0; i < count; i++) floats[at + i] = Float.float16ToFloat(bytes.getShort(2 * i));
            }
            case F4 -> bytes.asFloatBuffer().get((float[]) to, at, count);
            case F8 -> bytes.asDoubleBuffer().get((double[]) to, at, count);
            case I1, U1 -> bytes.get(0, (byte[]) to, at, count);
            case I2, U2 -> bytes.asShortBuffer().get((short[]) to, at, count);
            case I4, U4 -> bytes.asIntBuffer().get((int[]) to, at, count);
            case I8, U8 -> bytes.asLongBuffer().get((long[]) to, at, count);
            case B1 -> {
                boolean[] truths = (boolean[]) to;
                for (int i = 0; i < count; i++) truths[at + i] = truth(where, bytes.get(i), (long) at + i) == 1;
            }
        }
    }

    /// @param bytes with its byte order and position 0
    static void write(Npy.Type type, Object from, int at, int count, ByteBuffer bytes) {
        switch (type) {
            case F2 -> {
                float[] floats = (float[]) from;
                for (int i = 0; i < count; i++) bytes.putShort(2 * i, Float.floatToFloat16(floats[at + i]));
            }
            case F4 -> bytes.asFloatBuffer().put((float[]) from, at, count);
            case F8 -> bytes.asDoubleBuffer().put((double[]) from, at, count);
            case I1, U1 -> bytes.put(0, (byte[]) from, at, count);
            case I2, U2 -> bytes.asShortBuffer().put((short[]) from, at, count);
            case I4, U4 -> bytes.asIntBuffer().put((int[]) from, at, count);
            case I8, U8 -> bytes.asLongBuffer().put((long[]) from, at, count);
            case B1 -> {
                boolean[] truths = (boolean[]) from;
                for (int i = 0; i < count; i++) bytes.put(i, (byte) (truths[at + i] ? 1 : 0));
            }
        }
    }

    /// @param index its place in the file, for the message
    /// @throws DataException if it is neither 0 nor 1
    static byte truth(String where, byte value, long index) {
        if (value == 0 || value == 1) return value;
        throw new DataException(where + ", number " + index, "expects 0 or 1 for a truth value, got " + value);
    }
}
