package dev.neurite.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Numbers in arrays of bytes, in little-endian order, and a few bits of each byte of a number.
final class LittleEndian {
    static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    /// The lowest four bits of four bytes, one after the other.
    static int lowestFour(int bytes) {
        int x = bytes & 0x0f0f_0f0f;
        x = (x | x >>> 4) & 0x00ff_00ff;
        return (x | x >>> 8) & 0xffff;
    }

    /// Each half as a matrix of 4×4 bits, transposed: bit 4·i + k becomes bit 4·k + i.
    static int transposed(int halves) {
        int moved = (halves ^ halves >>> 3) & 0x0a0a_0a0a;
        int x = halves ^ moved ^ moved << 3;
        moved = (x ^ x >>> 6) & 0x00cc_00cc;
        return x ^ moved ^ moved << 6;
    }
}
