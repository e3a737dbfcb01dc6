package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// All arithmetic on tensors: what layers, losses and optimizers compute with.
///
/// Results go to the last tensor named, which must not overlap an input unless it is the same tensor and
/// the method says "in place". Shapes are checked here, once. For the same inputs every method gives the
/// same bits on scalar and vector kernels, on any vector width and with any number of threads
/// (`docs/numerics.md`). Safe to use from many threads.
public interface Kernels extends AutoCloseable {
    /// Which code computes; the results are the same.
    enum Engine {
        /// Plain Java loops, on any JVM.
        SCALAR,
        /// The Vector API, where the module `jdk.incubator.vector` is present.
        VECTOR
    }

    /// The version of the results' bits (`docs/numerics.md`): raised whenever a kernel gives other bits
    /// than before.
    int NUMERICS_VERSION = 3;

    // ------------------------------------------------------------------------------------------------------ engines

    /// The kernels that models predict with by default: the fastest engine here, a thread for each core. Closing
    /// them has no effect.
    static Kernels shared() {
        return Backends.Shared.KERNELS;
    }

    /// The number of threads that compute by default: one for each physical core, but no more than the processors
    /// that this JVM was given.
    static int defaultThreads() {
        return Backends.cores();
    }

    /// Kernels on the fastest engine here, with their own team of threads.
    /// @param threads 1 to 1024, the calling thread included
    static Kernels create(int threads) {
        return create(Backends.fastest(), threads);
    }

    /// Kernels on this engine, with their own team of threads.
    /// @param threads 1 to 1024, the calling thread included
    /// @throws dev.neurite.error.ConfigException for [Engine#VECTOR] without the module, or a number of threads
    /// out of range
    static Kernels create(Engine engine, int threads) {
        return Backends.create(engine, threads);
    }

    /// Whether this JVM was started with the Vector API (`--add-modules jdk.incubator.vector`).
    static boolean vectorsPresent() {
        return Backends.vectorsPresent();
    }

    /// Measures the most that the calling thread can compute on the engine that [#create(int)] takes: a loop of
    /// nothing but `fma` on registers, the best of many short rounds. What a matrix product reaches is reported
    /// as a share of this.
    /// @param seconds how long to try, above 0 and up to 60; half a second or more, so that the loop is compiled
    /// @return GFLOP/s, two operations for each `fma` and lane
    /// @throws dev.neurite.error.ConfigException for another number of seconds
    static double peakGflops(double seconds) {
        return Backends.peakGflops(seconds);
    }

    /// What computes, for people: `scalar`, `vector 256-bit`.
    String engineName();

    /// The number of threads that share the work, the caller included.
    int threads();

    /// Ends the helping threads; later calls compute on their caller's thread.
    @Override
    void close();

    /// Whether [#close] has ended the threads.
    boolean isClosed();

    // --------------------------------------------------------------------------------------------------- by subject

    /// Convolutions over the planes of images.
    Convolutions convolutions();

    /// Pooling.
    Pools pools();

    /// Cropping, pasting, permuting and resizing images.
    Planes planes();

    /// Normalizations: batch, layer and group norms.
    Norms norms();

    /// Activations and their gradients.
    ActivationKernels activations();

    /// Losses and their gradients, and what their targets are made into.
    LossKernels losses();

    /// Dropout and noise.
    NoiseKernels noise();

    // ------------------------------------------------------------------------------------------- element by element

    /// Sets every element.
    void fill(float value, Tensor y);

    /// y = x; nothing happens where y is x.
    void copy(Tensor x, Tensor y);

    /// y = a + b; y may be a or b.
    void add(Tensor a, Tensor b, Tensor y);

    /// y = g(a + b); y may be a or b.
    void addActivated(Tensor a, Tensor b, Elementwise g, Tensor y);

    /// y = a ∘ b, element by element; y may be a or b.
    void multiply(Tensor a, Tensor b, Tensor y);

    /// y = s·x; y may be x.
    void scale(float s, Tensor x, Tensor y);

    /// y = s·x + y.
    void addScaled(float s, Tensor x, Tensor y);

    // ---------------------------------------------------------------------------------------------- matrix products

    /// C = A·B. Any of the three may be a transposed view.
    void product(Matrix a, Matrix b, Matrix c);

    /// C = A·B + C.
    void addProduct(Matrix a, Matrix b, Matrix c);

    /// y = g(x·Wᵀ + b), rows of x at once.
    ///
    /// | tensor | shape |
    /// |---|---|
    /// | x | `[rows × in]` (further axes count as one) |
    /// | w | `[out × in]` |
    /// | b | `[out]`, or empty for none |
    /// | y | `[rows × out]` |
    default void dense(Tensor x, PackedWeights w, Tensor b, Elementwise g, Tensor y) {
        dense(x, w, b, null, g, y);
    }

    /// y = g(x·Wᵀ + b + residual), see [#dense(Tensor, PackedWeights, Tensor, Elementwise, Tensor)].
    /// @param residual of y's shape, or null for none
    void dense(Tensor x, PackedWeights w, Tensor b, @Nullable Tensor residual, Elementwise g, Tensor y);

    // ----------------------------------------------------------------------------------------- columns and channels

    /// y_j = Σ_i x_ij over the rows, in their order.
    /// @param x `[rows × columns]`
    /// @param y as many elements as x has columns
    void columnSums(Tensor x, Tensor y);

    /// y_c = Σ over rows and pixels of channel c: each plane's sum over sixteen lanes, and these in the rows' order in
    /// double precision. The gradient of a bias.
    /// @param x `[rows × channels × …]`
    /// @param y as many elements as x has channels
    void channelSums(Tensor x, Tensor y);

    /// y = (x − mean) ∘ factor in each row.
    /// @param mean one a column of x
    /// @param factor one a column of x
    void standardize(Tensor x, Tensor mean, Tensor factor, Tensor y);

    /// y = x ∘ factor in each row; y may be x.
    /// @param factor one a column of x
    void scaleColumns(Tensor x, Tensor factor, Tensor y);

    /// y = (x − mean) · factor in each channel of each row; y may be x.
    /// @param x `[rows × channels × …]`
    /// @param mean one a channel
    /// @param factor one a channel
    void standardizeChannels(Tensor x, Tensor mean, Tensor factor, Tensor y);

    /// y = x · factor in each channel of each row; y may be x.
    /// @param x `[rows × channels × …]`
    /// @param factor one a channel
    void scaleChannels(Tensor x, Tensor factor, Tensor y);

    // --------------------------------------------------------------------------------------------------- row by row

    /// y_i = Σ_j x_ij over the columns, each row's sum over sixteen lanes.
    /// @param x `[rows × columns]`
    /// @param y as many elements as x has rows
    void rowSums(Tensor x, Tensor y);

    /// The sum of all elements in double precision, in their order.
    double sum(Tensor x);

    /// The place of a row's largest element, the first of equals; −1 for a row with NaN or without elements.
    /// @param row from 0
    /// @throws IndexOutOfBoundsException outside the rows
    int argMax(Tensor x, int row);

    /// Whether every element is a number: neither NaN nor infinite.
    default boolean isFinite(Tensor x) {
        return isFinite(x.array(), x.offset(), x.offset() + x.size());
    }

    /// Whether every element from `from` to `to` is a number: neither NaN nor infinite.
    boolean isFinite(float[] x, int from, int to);

    // ---------------------------------------------------------------------------------- flat arrays, for optimizers

    /// Lets a rule change elements `from` to `to`, in blocks and on many threads.
    void update(int from, int to, Update rule);

    /// Lets a rule change elements `from` to `to`, in blocks and on many threads. Denormals in what it
    /// remembers become 0: they would make later steps many times slower and mean nothing.
    /// @param memory arrays that the rule writes to beside its result, flushed in the same range
    void update(int from, int to, Update rule, float[][] memory);

    /// Σ x² from `from` to `to`, in double precision, in an order that is always the same.
    default double sumOfSquares(float[] x, int from, int to) {
        return dot(x, x, from, to);
    }

    /// Σ x·y from `from` to `to`, in double precision, in an order that is always the same.
    double dot(float[] x, float[] y, int from, int to);

    /// Multiplies each row of w whose Euclidean norm is outside bounds by bound / (norm + 10⁻⁷).
    /// @param w `[rows × columns]` (further axes count as one)
    void boundRowNorms(Tensor w, double least, double most);
}
