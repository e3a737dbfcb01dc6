package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Initializer;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.function.DoubleSupplier;

/// What parameters can start as.
///
/// `fan in` is the number of inputs that one output sums over, `fan out` the number of outputs that one
/// input reaches: for a dense weight `[out×in]` just these two.
public final class Initializers {
    private Initializers() {}

    /// All zeros.
    public static Initializer zeros() {
        return new Constant(0);
    }

    /// All one number.
    public static Initializer constant(double value) {
        return new Constant((float) value);
    }

    /// These values.
    public static Initializer given(Tensor values) {
        return new Given(values);
    }

    /// Uniform from `low` to `high`.
    public static Initializer uniform(double low, double high) {
        return new Uniform(low, high);
    }

    /// Normal with this mean and standard deviation.
    public static Initializer normal(double mean, double deviation) {
        return new Normal(mean, deviation);
    }

    /// Uniform within ±√(6 / (fan in + fan out)). Glorot and Bengio 2010, "Understanding the difficulty of
    /// training deep feedforward neural networks".
    public static Initializer xavierUniform() {
        return new Scaled(Scaled.Fan.AVERAGE, 1, Scaled.Distribution.UNIFORM);
    }

    /// Normal with deviation √(2 / (fan in + fan out)). Glorot and Bengio 2010.
    public static Initializer xavierNormal() {
        return new Scaled(Scaled.Fan.AVERAGE, 1, Scaled.Distribution.NORMAL);
    }

    /// Uniform within ±√(6 / fan in). He et al. 2015, arXiv:1502.01852.
    public static Initializer heUniform() {
        return new Scaled(Scaled.Fan.IN, 2, Scaled.Distribution.UNIFORM);
    }

    /// Normal with deviation √(2 / fan in). He et al. 2015, arXiv:1502.01852.
    public static Initializer heNormal() {
        return new Scaled(Scaled.Fan.IN, 2, Scaled.Distribution.NORMAL);
    }

    /// Uniform within ±√(3 / fan in). LeCun et al. 1998, "Efficient BackProp".
    public static Initializer lecunUniform() {
        return new Scaled(Scaled.Fan.IN, 1, Scaled.Distribution.UNIFORM);
    }

    /// Normal with deviation √(1 / fan in). LeCun et al. 1998, "Efficient BackProp".
    public static Initializer lecunNormal() {
        return new Scaled(Scaled.Fan.IN, 1, Scaled.Distribution.NORMAL);
    }

    private static float[] drawn(Shape shape, DoubleSupplier next) {
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) values[i] = (float) next.getAsDouble();
        return values;
    }

    /// See [#constant].
    public record Constant(float value) implements Initializer {
        /// @throws ConfigException if the value is not finite
        public Constant {
            if (!Float.isFinite(value)) throw new ConfigException("constant", "expects a finite number, got " + value);
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            return drawn(shape, () -> value);
        }

        @Override
        public String toString() {
            return value == 0 ? "zeros" : "constant(" + value + ")";
        }
    }

    /// See [#given].
    public record Given(Tensor values) implements Initializer {
        /// Keeps a copy.
        /// @throws ConfigException if a value is not finite
        public Given {
            values = values.copy();
            if (!values.isFinite()) throw new ConfigException("given values", "expects finite numbers");
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            if (!values.shape().equals(shape)) {
                throw new ShapeException("given values", "expect a parameter " + values.shape() + ", got " + shape);
            }
            return values.toArray();
        }

        @Override
        public String toString() {
            return "given " + values.shape();
        }
    }

    /// See [#uniform].
    public record Uniform(double low, double high) implements Initializer {
        /// @throws ConfigException unless both are finite and low ≤ high
        public Uniform {
            if (!(low <= high && Double.isFinite(low) && Double.isFinite(high))) {
                throw new ConfigException("uniform", "expects finite low ≤ high, got " + low + " and " + high);
            }
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            return drawn(shape, () -> low + (high - low) * random.nextDouble());
        }

        @Override
        public String toString() {
            return "uniform(" + low + ", " + high + ")";
        }
    }

    /// See [#normal].
    public record Normal(double mean, double deviation) implements Initializer {
        /// @throws ConfigException unless both are finite and the deviation is at least 0
        public Normal {
            if (!(deviation >= 0 && Double.isFinite(mean) && Double.isFinite(deviation))) {
                throw new ConfigException(
                        "normal", "expects a finite mean and deviation ≥ 0, got " + mean + " and " + deviation);
            }
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            return drawn(shape, () -> mean + deviation * random.nextGaussian());
        }

        @Override
        public String toString() {
            return "normal(" + mean + ", " + deviation + ")";
        }
    }

    /// Variance `gain / fan`: the Xavier, He and LeCun initializers.
    /// @param fan which fan counts
    /// @param gain 2 before a ReLU, which halves the variance, else 1
    /// @param distribution uniform or normal
    public record Scaled(Fan fan, double gain, Distribution distribution) implements Initializer {
        /// Which connections are counted.
        public enum Fan {
            /// Fan in.
            IN,
            /// The mean of fan in and fan out.
            AVERAGE
        }

        /// How values are spread.
        public enum Distribution {
            /// Evenly, within ±√3 deviations.
            UNIFORM,
            /// By the bell curve.
            NORMAL
        }

        /// @throws ConfigException unless the gain is above 0 and finite
        public Scaled {
            if (!(gain > 0 && gain < Double.POSITIVE_INFINITY)) {
                throw new ConfigException("initializer", "expects a gain above 0, got " + gain);
            }
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            if (shape.rank() < 2) {
                throw new ShapeException("initializer", this + " expects a weight of 2 axes or more, got " + shape);
            }
            int out = shape.extent(0);
            int receptive = out == 0 || shape.extent(1) == 0 ? 0 : shape.size() / out / shape.extent(1);
            double in = (double) receptive * shape.extent(1);
            double connections = fan == Fan.IN ? in : (in + (double) receptive * out) / 2;
            double deviation = StrictMath.sqrt(gain / Math.max(1, connections));
            double bound = StrictMath.sqrt(3) * deviation;
            return switch (distribution) {
                case UNIFORM -> drawn(shape, () -> bound * (2 * random.nextDouble() - 1));
                case NORMAL -> drawn(shape, () -> deviation * random.nextGaussian());
            };
        }

        @Override
        public String toString() {
            String scheme = fan == Fan.AVERAGE ? "xavier" : gain == 2 ? "he" : "lecun";
            boolean usual = fan == Fan.AVERAGE ? gain == 1 : gain == 1 || gain == 2;
            String name = scheme + (distribution == Distribution.UNIFORM ? "-uniform" : "-normal");
            return usual ? name : name + " with gain " + gain;
        }
    }
}
