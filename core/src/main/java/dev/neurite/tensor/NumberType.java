package dev.neurite.tensor;

import dev.neurite.error.ConfigException;
import java.nio.ByteBuffer;

/// How a number is stored in a file of tensors, by the names of the safetensors format. Neurite computes with
/// [#F32]; all others are rounded to it when they are read.
public enum NumberType {
    /// float32.
    F32(4),
    /// float64.
    F64(8),
    /// float16: up to 65504, 11 bits of precision.
    F16(2),
    /// bfloat16: the range of float32, 8 bits of precision.
    BF16(2),
    /// An 8-bit float with 4 exponent and 3 mantissa bits, without infinities (Micikevicius et al. 2022,
    /// arXiv:2209.05433).
    F8_E4M3(1),
    /// An 8-bit float with 5 exponent and 2 mantissa bits.
    F8_E5M2(1),
    /// int64.
    I64(8),
    /// int32.
    I32(4),
    /// int16.
    I16(2),
    /// int8.
    I8(1),
    /// uint64.
    U64(8),
    /// uint32.
    U32(4),
    /// uint16.
    U16(2),
    /// uint8.
    U8(1),
    /// A truth value: 0 and 1.
    BOOL(1);

    private final int bytes;

    NumberType(int bytes) {
        this.bytes = bytes;
    }

    /// The size of a number, bytes.
    public int bytes() {
        return bytes;
    }

    /// Reads a number, rounded to the nearest float32.
    /// @param buffer with the byte order of the file
    /// @param at the index of its first byte
    public float read(ByteBuffer buffer, int at) {
        return switch (this) {
            case F32 -> buffer.getFloat(at);
            case F64 -> (float) buffer.getDouble(at);
            case F16 -> Float.float16ToFloat(buffer.getShort(at));
            case BF16 -> Float.intBitsToFloat(buffer.getShort(at) << 16);
            case F8_E5M2 -> Float.float16ToFloat((short) (buffer.get(at) << 8)); // the high byte of an F16
            case F8_E4M3 -> e4m3(buffer.get(at));
            case I64 -> buffer.getLong(at);
            case I32 -> buffer.getInt(at);
            case I16 -> buffer.getShort(at);
            case I8 -> buffer.get(at);
            case U64 -> unsigned(buffer.getLong(at));
            case U32 -> Integer.toUnsignedLong(buffer.getInt(at));
            case U16 -> Short.toUnsignedInt(buffer.getShort(at));
            case U8, BOOL -> Byte.toUnsignedInt(buffer.get(at));
        };
    }

    /// Reads numbers that follow one another, from the first byte of a buffer on.
    /// @param buffer with the byte order of the file
    /// @param to takes `count` numbers from index `at` on
    public void read(ByteBuffer buffer, float[] to, int at, int count) {
        if (this == F32) {
            buffer.slice(0, count * bytes).order(buffer.order()).asFloatBuffer().get(to, at, count);
            return;
        }
        for (int i = 0; i < count; i++) to[at + i] = read(buffer, i * bytes);
    }

    /// Writes numbers that follow one another, rounded to this type, from the first byte of a buffer on.
    /// @param from has `count` numbers from index `at` on
    /// @param buffer with the byte order of the file
    /// @throws ConfigException for a type other than [#F32], [#F16], [#BF16], and, for whole numbers that they
    /// have, [#I8] and [#U8]
    public void write(float[] from, int at, int count, ByteBuffer buffer) {
        if (this == F32) {
            buffer.slice(0, count * bytes).order(buffer.order()).asFloatBuffer().put(from, at, count);
            return;
        }
        if (this == I8 || this == U8) {
            for (int i = 0; i < count; i++) buffer.put(i, wholeByte(from[at + i]));
            return;
        }
        for (int i = 0; i < count; i++) buffer.putShort(2 * i, half(from[at + i]));
    }

    private byte wholeByte(float number) {
        byte code = (byte) (int) number;
        if ((this == I8 ? code : Byte.toUnsignedInt(code)) == number) return code;
        throw new ConfigException("type", "expects whole numbers that " + this + " has, got " + number);
    }

    /// The nearest number of this type, of two the one whose last bit is 0; infinite beyond its range.
    /// @throws ConfigException for a type that cannot be written, see [#write]
    public float rounded(float number) {
        if (this == F32) return number;
        if (this == I8 || this == U8) return this == I8 ? wholeByte(number) : Byte.toUnsignedInt(wholeByte(number));
        short bits = half(number);
        return this == F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }

    private short half(float number) {
        return switch (this) {
            case F16 -> Float.floatToFloat16(number);
            case BF16 -> bfloat16(number);
            default -> throw new ConfigException("type", "expects F32, F16, BF16, I8 or U8 to write, got " + this);
        };
    }

    private static short bfloat16(float number) {
        int bits = Float.floatToRawIntBits(number);
        if (Float.isNaN(number))
            return (short) (bits >>> 16 | 0x40); // quiet: its lower bits may be all that made it NaN
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }

    /// An unsigned 64-bit integer, rounded to the nearest float.
    public static float unsigned(long bits) {
        if (bits >= 0) return bits;
        return ((bits >>> 1) | (bits & 1)) * 2f; // the lowest bit still decides how to round
    }

    private static float e4m3(byte bits) {
        int exponent = bits >> 3 & 15;
        int mantissa = bits & 7;
        if (exponent == 15 && mantissa == 7) return Float.NaN;
        float size = exponent == 0 ? Math.scalb((float) mantissa, -9) : Math.scalb(8f + mantissa, exponent - 10);
        return bits < 0 ? -size : size;
    }
}
