package dev.neurite.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Numbers in arrays of bytes, in little-endian order, and several in a number.
final class Bytes {
    static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    /// The lower halves of four bytes, one after the other in 16 bits.
    static int lowNibbles(int four) {
        int x = four & 0x0f0f_0f0f;
        x = (x | x >>> 4) & 0x00ff_00ff;
        return (x | x >>> 8) & 0xffff;
    }

    /// The lower 16 bits as the lower halves of four bytes.
    static int nibbles(int bits) {
        int x = bits & 0xffff;
        x = (x | x << 8) & 0x00ff_00ff;
        return (x | x << 4) & 0x0f0f_0f0f;
    }
}
