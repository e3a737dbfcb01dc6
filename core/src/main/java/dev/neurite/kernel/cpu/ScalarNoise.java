package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Noise;
import java.util.Arrays;

/// The definition of dropout, in plain loops: what [VectorNoise] computes equals it bit for bit.
public sealed class ScalarNoise permits VectorNoise {
    private final ScalarKernels engine;

    ScalarNoise(ScalarKernels engine) {
        this.engine = engine;
    }

    /// The least random bits, signed, of an element that dropout keeps.
    public static int cut(double rate) {
        return (int) Math.min(Integer.MAX_VALUE, Math.rint(rate * 0x1p32) - 0x1p31);
    }

    /// y = scale·x + shift if the element's random bits are at least `cut`, else `otherwise`.
    public void dropout(
            long row, int cut, float scale, float shift, float otherwise, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = kept(Noise.draw(row, i), cut, Math.fma(scale, x[xo + i], shift), otherwise);
        }
    }

    /// The value if the random bits are at least `cut`, else `otherwise`; without a branch, which
    /// would often be mispredicted.
    private static float kept(int draw, int cut, float value, float otherwise) {
        int bits = Float.floatToRawIntBits(value);
        int dropped = (int) (((long) draw - cut) >> 63);
        return Float.intBitsToFloat(bits ^ ((bits ^ Float.floatToRawIntBits(otherwise)) & dropped));
    }

    /// y = scale·x in the channels whose random bits are at least `cut`, else 0; a channel has n
    /// elements.
    final void channelDropout(
            long row, int cut, float scale, float[] x, int xo, float[] y, int yo, int channels, int n) {
        for (int channel = 0; channel < channels; channel++) {
            int at = channel * n;
            if (Noise.draw(row, channel) >= cut) engine.scale(scale, x, xo + at, y, yo + at, n);
            else Arrays.fill(y, yo + at, yo + at + n, 0);
        }
    }
}
