package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Numbers to compute with, and how results are compared.
public final class Samples {
    /// Half an ulp of 1: the largest relative error of one rounding.
    public static final double U = 0x1p-24;

    private static final float[] SPECIAL = {
        0f,
        -0f,
        1f,
        -1f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        1e-40f,
        -1e-40f,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        Math.nextDown(Float.MIN_NORMAL),
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        1e30f,
        -1e30f,
        1e-20f,
        0.625f,
        Math.nextDown(0.625f),
        -0.625f,
        9.5f,
        -17f,
        43.9f,
        44.6f,
        88.7f,
        88.73f,
        -87.4f,
        -95f,
        -103.9f,
        -104.1f,
        200f,
        -200f
    };

    /// Zeros, ones, infinities, NaN, denormals and extremes.
    public static float[] special() {
        return SPECIAL.clone();
    }

    /// A function of a user's own, whose derivative needs z: z·sigmoid(z).
    public static final Elementwise SWISH = new Swish();

    /// Activations no steeper than 1.5 and within 2 ulp.
    public static final List<Elementwise> EXACT = List.of(
            Activation.IDENTITY,
            Activation.RELU,
            Activation.leakyRelu(),
            Activation.leakyRelu(0),
            Activation.leakyRelu(1.5),
            Activation.TANH,
            Activation.SIGMOID,
            SWISH);

    /// All that there are, some with several settings.
    public static final List<Elementwise> ACTIVATIONS = Stream.concat(
                    EXACT.stream(),
                    Stream.of(
                            Activation.elu(),
                            Activation.elu(0),
                            Activation.elu(0.3),
                            Activation.celu(),
                            Activation.celu(1.5),
                            Activation.SELU,
                            Activation.GELU,
                            Activation.GELU_TANH,
                            Activation.SILU,
                            Activation.MISH,
                            Activation.LOG_SIGMOID,
                            Activation.softplus(),
                            Activation.softplus(1.3, 1),
                            Activation.RELU6,
                            Activation.hardTanh(),
                            Activation.hardTanh(-0.25, 2),
                            Activation.HARD_SIGMOID,
                            Activation.HARD_SWISH,
                            Activation.SOFTSIGN,
                            Activation.TANH_SHRINK,
                            Activation.softShrink(),
                            Activation.softShrink(0),
                            Activation.hardShrink(),
                            Activation.hardShrink(2),
                            Activation.threshold(0.3, -1)))
            .toList();

    public record Swish() implements Elementwise {
        @Override
        public float apply(float z) {
            return z * ScalarMath.sigmoid(z);
        }

        @Override
        public float derivative(float z, float y) {
            float s = ScalarMath.sigmoid(z);
            return s + y * (1 - s);
        }

        @Override
        public boolean derivativeNeedsInput() {
            return true;
        }
    }

    private Samples() {}

    /// Numbers of a normal distribution.
    public static float[] normal(int n, long seed) {
        var random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) x[i] = (float) random.nextGaussian();
        return x;
    }

    /// Numbers of many magnitudes with a special one in every third place or so.
    public static float[] awkward(int n, long seed) {
        var random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextInt(3) == 0
                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-3, 4)));
        }
        return x;
    }

    public static Tensor tensor(long seed, int... extents) {
        Shape shape = Shape.of(extents);
        return Tensor.view(shape, normal(shape.size(), seed), 0);
    }

    /// The bits of numbers; one pattern for every NaN, as its payload differs from one instruction to another.
    public static int[] bits(float[] x) {
        int[] bits = new int[x.length];
        for (int i = 0; i < x.length; i++) bits[i] = Float.floatToIntBits(x[i]);
        return bits;
    }

    public static void assertSameBits(float[] actual, float[] expected, String what) {
        int[] a = bits(actual);
        int[] b = bits(expected);
        int at = java.util.Arrays.mismatch(a, b);
        if (at >= 0) {
            assertThat(at)
                    .as("%s: element %d is %s, expected %s", what, at, actual[at], expected[at])
                    .isEqualTo(-1);
        }
    }
}
