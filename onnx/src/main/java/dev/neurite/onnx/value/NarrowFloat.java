package dev.neurite.onnx.value;

import java.util.Optional;

/// The floats of 16 and 8 bits that models may have. They are read as floats of 32 bits, which hold all of them.
public enum NarrowFloat {
    FLOAT16(10, 5, 10, 15, 65504, Special.INFINITIES),
    BFLOAT16(16, 8, 7, 127, 0x1.fep127, Special.INFINITIES),
    FLOAT8E4M3FN(17, 4, 3, 7, 448, Special.NAN),
    FLOAT8E4M3FNUZ(18, 4, 3, 8, 240, Special.NAN_AS_MINUS_ZERO),
    FLOAT8E5M2(19, 5, 2, 15, 57344, Special.INFINITIES),
    FLOAT8E5M2FNUZ(20, 5, 2, 16, 57344, Special.NAN_AS_MINUS_ZERO);

    /// What the greatest exponents mean.
    private enum Special {
        /// Infinities and NaN, as in floats of 32 bits.
        INFINITIES,
        /// Numbers, and NaN if all bits are 1.
        NAN,
        /// Numbers; NaN is what would be −0.
        NAN_AS_MINUS_ZERO
    }

    private final int code;
    private final int exponentBits;
    private final int fractionBits;
    private final int bias;
    private final double greatest;
    private final Special special;

    NarrowFloat(int code, int exponentBits, int fractionBits, int bias, double greatest, Special special) {
        this.code = code;
        this.exponentBits = exponentBits;
        this.fractionBits = fractionBits;
        this.bias = bias;
        this.greatest = greatest;
        this.special = special;
    }

    /// The type with this code in ONNX files; empty for another type.
    public static Optional<NarrowFloat> ofCode(int code) {
        for (NarrowFloat each : values()) if (each.code == code) return Optional.of(each);
        return Optional.empty();
    }

    /// The bytes of an element in a file: 1 or 2.
    public int bytes() {
        return (1 + exponentBits + fractionBits) / Byte.SIZE;
    }

    /// The number that bits mean.
    public float number(int bits) {
        int sign = bits >> (exponentBits + fractionBits) & 1;
        int exponent = bits >> fractionBits & ((1 << exponentBits) - 1);
        int fraction = bits & ((1 << fractionBits) - 1);
        int all = bits & ((1 << (exponentBits + fractionBits)) - 1);
        boolean last = exponent == (1 << exponentBits) - 1;
        if (special == Special.NAN_AS_MINUS_ZERO && sign == 1 && all == 0) return Float.NaN;
        if (special == Special.NAN && all == (1 << (exponentBits + fractionBits)) - 1) return Float.NaN;
        if (special == Special.INFINITIES && last && fraction > 0) return Float.NaN;
        double size = special == Special.INFINITIES && last
                ? Double.POSITIVE_INFINITY
                : exponent == 0
                        ? Math.scalb((double) fraction, 1 - bias - fractionBits)
                        : Math.scalb((double) (fraction + (1 << fractionBits)), exponent - bias - fractionBits);
        return (float) (sign == 1 ? -size : size);
    }

    /// The nearest number of this type; of two, that with an even last bit.
    /// @param saturates whether a float of 8 bits that would be too large becomes the greatest. Else it is
    /// infinite, or NaN if the type has no infinity, as floats of 16 bits always are
    public float nearest(float x, boolean saturates) {
        if (Float.isNaN(x)) return x;
        if (x == 0) return special == Special.NAN_AS_MINUS_ZERO ? 0 : x;
        double near = x;
        if (!Float.isInfinite(x)) {
            int exponent = Math.max(Math.getExponent(x), 1 - bias);
            double last = Math.scalb(1.0, exponent - fractionBits);
            near = Math.rint(x / last) * last;
        }
        if (near == 0 && special == Special.NAN_AS_MINUS_ZERO) return 0;
        if (Math.abs(near) <= greatest) return (float) near;
        if (saturates && bytes() == 1) return (float) Math.copySign(greatest, near);
        return special == Special.INFINITIES ? Math.copySign(Float.POSITIVE_INFINITY, x) : Float.NaN;
    }
}
