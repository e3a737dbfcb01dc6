package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Initializer;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/// Initializers: the values that parameters have before training.
///
/// `fan in` is the number of inputs that one output sums over, `fan out` the number of outputs that one
/// input reaches. For a dense weight `[out×in]` they are `in` and `out`; for more axes, `[out×in×…]`,
/// each is multiplied by the product of the further axes.
///
/// Weights with standard deviation √(gain / fan) keep the variance of activations from layer to layer
/// if the gain compensates for the activation function. PyTorch's gain multiplies the deviation, so it
/// is the square root of ours. Its `calculate_gain` recommends
///
/// | activation | PyTorch's gain | here |
/// |---|---|---|
/// | none, sigmoid | 1 | [#lecunNormal()], or [#xavierNormal()] |
/// | tanh | 5/3 | `xavierNormal().times(5.0 / 3)` |
/// | ReLU | √2 | [#heNormal()] |
/// | leaky ReLU of slope a | √(2 / (1 + a²)) | `heNormal().forSlope(a)` |
/// | SELU | 3/4 (1 in the paper and in `dense(…, SELU)`) | `lecunNormal().times(0.75)` |
///
/// `kaiming_uniform_(w, mode="fan_out")` is `heUniform().fanOut()`. Pass one to a layer by
/// `withWeights(…)`.
public final class Initializers {
    private Initializers() {}

    public static Initializer zeros() {
        return new Constant(0);
    }

    /// The same value for all elements.
    public static Initializer constant(double value) {
        return new Constant((float) value);
    }

    /// These values, of the parameter's shape.
    public static Initializer given(Tensor values) {
        return new Given(values);
    }

    /// Uniform from `low` to `high`.
    public static Initializer uniform(double low, double high) {
        return new Uniform(low, high);
    }

    /// Uniform within ±1/√units, as PyTorch begins recurrent layers.
    /// @param gates the rows of the parameter for each unit: 4 of an LSTM, 3 of a GRU, 1 of a simple layer
    /// @throws ConfigException for less than 1
    public static Initializer recurrent(int gates) {
        return new Recurrent(gates);
    }

    /// Normal with this mean and standard deviation.
    public static Initializer normal(double mean, double deviation) {
        return new Normal(mean, deviation);
    }

    /// Uniform within ±√(6 / (fan in + fan out)). Glorot and Bengio 2010, "Understanding the difficulty of
    /// training deep feedforward neural networks".
    public static Scaled xavierUniform() {
        return new Scaled(Scaled.Fan.AVERAGE, 1, Scaled.Distribution.UNIFORM);
    }

    /// Normal with deviation √(2 / (fan in + fan out)). Glorot and Bengio 2010.
    public static Scaled xavierNormal() {
        return new Scaled(Scaled.Fan.AVERAGE, 1, Scaled.Distribution.NORMAL);
    }

    /// Uniform within ±√(6 / fan in). He et al. 2015, arXiv:1502.01852.
    public static Scaled heUniform() {
        return new Scaled(Scaled.Fan.IN, 2, Scaled.Distribution.UNIFORM);
    }

    /// Normal with deviation √(2 / fan in). He et al. 2015, arXiv:1502.01852.
    public static Scaled heNormal() {
        return new Scaled(Scaled.Fan.IN, 2, Scaled.Distribution.NORMAL);
    }

    /// Uniform within ±√(3 / fan in). LeCun et al. 1998, "Efficient BackProp".
    public static Scaled lecunUniform() {
        return new Scaled(Scaled.Fan.IN, 1, Scaled.Distribution.UNIFORM);
    }

    /// Normal with deviation √(1 / fan in). LeCun et al. 1998, "Efficient BackProp".
    public static Scaled lecunNormal() {
        return new Scaled(Scaled.Fan.IN, 1, Scaled.Distribution.NORMAL);
    }

    /// [#truncatedNormal(double, double, double)] within ±2 deviations, Keras's default.
    public static Initializer truncatedNormal(double mean, double deviation) {
        return truncatedNormal(mean, deviation, 2);
    }

    /// Normal, drawn again until the value is within mean ± bound·deviation. This makes the deviation
    /// smaller: 0.88 times for a bound of 2. PyTorch's `trunc_normal_` has absolute bounds `a` and `b`:
    /// its defaults of ±2 with `std=0.02` truncate at 100 deviations, which is never.
    /// @param deviation of the normal distribution before truncation, at least 0
    /// @param bound in deviations, finite, at least 0.1
    public static Initializer truncatedNormal(double mean, double deviation, double bound) {
        return new TruncatedNormal(mean, deviation, bound);
    }

    /// [#orthogonal(double)] with gain 1.
    public static Initializer orthogonal() {
        return orthogonal(1);
    }

    /// A random matrix with orthogonal rows of length `gain`, or columns if there are fewer columns.
    /// Weights `[out×in×…]` of more than 2 axes count as `[out × rest]`. Saxe et al. 2014,
    /// arXiv:1312.6120; computed as in PyTorch, from the QR decomposition of normal numbers with a
    /// positive diagonal of R.
    /// @param gain the factor of all values, above 0
    public static Initializer orthogonal(double gain) {
        return new Orthogonal(gain);
    }

    private static void requireWeight(Initializer who, Shape shape) {
        if (shape.rank() < 2) {
            throw new ShapeException("initializer", who + " expects a weight of 2 axes or more, got " + shape);
        }
    }

    private static void requirePositive(String who, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new ConfigException(who, "expects a finite number above 0, got " + value);
        }
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
        /// Copies the tensor.
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

    /// See [#recurrent].
    public record Recurrent(int gates) implements Initializer {
        /// @throws ConfigException for less than 1 gate
        public Recurrent {
            if (gates < 1) throw new ConfigException("recurrent", "expects at least 1 gate, got " + gates);
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            double bound = 1 / Math.sqrt(Math.max(1, shape.extent(0) / gates));
            return uniform(-bound, bound).values(shape, random);
        }

        @Override
        public String toString() {
            return "recurrent(" + gates + ")";
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

    /// See [#truncatedNormal(double, double, double)].
    public record TruncatedNormal(double mean, double deviation, double bound) implements Initializer {
        /// @throws ConfigException unless all are finite, the deviation is at least 0 and the bound at
        /// least 0.1
        public TruncatedNormal {
            boolean finite = Double.isFinite(mean) && Double.isFinite(deviation) && Double.isFinite(bound);
            if (!(finite && deviation >= 0 && bound >= 0.1)) {
                throw new ConfigException(
                        "truncated normal",
                        "expects a finite mean, deviation ≥ 0 and bound ≥ 0.1, got " + mean + ", " + deviation + " and "
                                + bound);
            }
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            return drawn(shape, () -> {
                double z = random.nextGaussian();
                while (Math.abs(z) > bound) z = random.nextGaussian();
                return mean + deviation * z;
            });
        }

        @Override
        public String toString() {
            return "truncated-normal(" + mean + ", " + deviation + ", within " + bound + " deviations)";
        }
    }

    /// See [#orthogonal(double)].
    public record Orthogonal(double gain) implements Initializer {
        /// @throws ConfigException unless the gain is above 0 and finite
        public Orthogonal {
            requirePositive("orthogonal initializer's gain", gain);
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            requireWeight(this, shape);
            int rows = shape.extent(0);
            int columns = rows == 0 ? 0 : shape.size() / rows;
            int vectors = Math.min(rows, columns);
            double[][] q = new double[Math.max(rows, columns)][vectors];
            for (double[] line : q) {
                for (int j = 0; j < vectors; j++) line[j] = random.nextGaussian();
            }
            orthonormalize(q, vectors);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                int row = i / columns;
                int column = i % columns;
                values[i] = (float) (gain * (rows >= columns ? q[row][column] : q[column][row]));
            }
            return values;
        }

        /// Orthonormalizes the columns by modified Gram-Schmidt: the Q of a QR decomposition whose R
        /// has a positive diagonal. Inner loops run along rows, which are contiguous.
        private static void orthonormalize(double[][] q, int vectors) {
            double[] products = new double[vectors];
            for (int k = 0; k < vectors; k++) {
                double square = 0;
                for (double[] line : q) square += line[k] * line[k];
                double length = StrictMath.sqrt(square);
                Arrays.fill(products, 0);
                for (double[] line : q) {
                    line[k] /= length;
                    for (int j = k + 1; j < vectors; j++) products[j] += line[k] * line[j];
                }
                for (double[] line : q) {
                    for (int j = k + 1; j < vectors; j++) line[j] -= line[k] * products[j];
                }
            }
        }

        @Override
        public String toString() {
            return gain == 1 ? "orthogonal" : "orthogonal(" + gain + ")";
        }
    }

    /// Values of variance `gain / fan`: the Xavier, He and LeCun initializers. Keras's
    /// `VarianceScaling`, except that its normal distribution is truncated.
    /// @param fan fan in, fan out or their mean
    /// @param gain of the variance: 2 before a ReLU, which halves the variance, else 1; the square of
    /// PyTorch's gain
    /// @param distribution uniform or normal
    public record Scaled(Fan fan, double gain, Distribution distribution) implements Initializer {
        /// The fan that the variance is divided by.
        public enum Fan {
            /// Fan in: keeps the variance of activations in the forward pass.
            IN,
            /// Fan out: keeps the variance of gradients in the backward pass.
            OUT,
            /// The mean of fan in and fan out.
            AVERAGE
        }

        /// The distribution of the values.
        public enum Distribution {
            /// Uniform within ±√3 deviations.
            UNIFORM,
            NORMAL
        }

        /// @throws ConfigException unless the gain is above 0 and finite
        public Scaled {
            requirePositive("initializer's gain", gain);
        }

        /// A copy whose values are multiplied by a factor, and the gain by factor²: PyTorch's `gain`.
        /// @param factor above 0
        public Scaled times(double factor) {
            requirePositive("initializer's factor", factor);
            return new Scaled(fan, gain * factor * factor, distribution);
        }

        /// A copy with the gain of a leaky ReLU, 2 / (1 + slope²).
        /// @param slope finite; 0 for a ReLU
        public Scaled forSlope(double slope) {
            if (!Double.isFinite(slope)) throw new ConfigException("slope", "expects a finite number, got " + slope);
            return new Scaled(fan, 2 / (1 + slope * slope), distribution);
        }

        /// A copy that uses fan in.
        public Scaled fanIn() {
            return new Scaled(Fan.IN, gain, distribution);
        }

        /// A copy that uses fan out.
        public Scaled fanOut() {
            return new Scaled(Fan.OUT, gain, distribution);
        }

        /// A copy that uses the mean of fan in and fan out.
        public Scaled fanAverage() {
            return new Scaled(Fan.AVERAGE, gain, distribution);
        }

        /// The standard deviation √(gain / fan) of a weight's values; uniform values are within ±√3
        /// times it.
        /// @param shape of 2 axes or more
        public double deviation(Shape shape) {
            requireWeight(this, shape);
            int out = shape.extent(0);
            int receptive = out == 0 || shape.extent(1) == 0 ? 0 : shape.size() / out / shape.extent(1);
            double fanIn = (double) receptive * shape.extent(1);
            double fanOut = (double) receptive * out;
            double connections = switch (fan) {
                case IN -> fanIn;
                case OUT -> fanOut;
                case AVERAGE -> (fanIn + fanOut) / 2;
            };
            return StrictMath.sqrt(gain / Math.max(1, connections));
        }

        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            double deviation = deviation(shape);
            double bound = StrictMath.sqrt(3) * deviation;
            return switch (distribution) {
                case UNIFORM -> drawn(shape, () -> bound * (2 * random.nextDouble() - 1));
                case NORMAL -> drawn(shape, () -> deviation * random.nextGaussian());
            };
        }

        @Override
        public String toString() {
            String kind = distribution == Distribution.UNIFORM ? "-uniform" : "-normal";
            if (fan == Fan.AVERAGE && gain == 1) return "xavier" + kind;
            if (fan == Fan.IN && gain == 1) return "lecun" + kind;
            if (fan == Fan.IN && gain == 2) return "he" + kind;
            return "scaled" + kind + "(gain " + gain + ", fan " + fan.name().toLowerCase(Locale.ROOT) + ")";
        }
    }
}
