package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All arithmetic on tensors, used by layers, losses and optimizers.
///
/// Results are written to the last tensor argument. It must not overlap an input, except that it
/// may be the same tensor where a method says so ("y may be x"). All methods check shapes. For the
/// same inputs every method gives the same bits on scalar and vector kernels, on any vector width
/// and with any number of threads (`docs/numerics.md`). Safe to use from many threads.
public interface Kernels extends AutoCloseable {
    /// The implementation of the kernels; all give the same results.
    enum Engine {
        /// Plain Java loops, on any JVM.
        SCALAR,
        /// The Vector API, where the module `jdk.incubator.vector` is present.
        VECTOR
    }

    /// The numerics version (`docs/numerics.md`), raised whenever any bit of any result changes.
    int NUMERICS_VERSION = 5;

    // ------------------------------------------------------------------------------------------------------ engines

    /// The shared kernels, which models predict with by default: the fastest engine available, one
    /// thread per core. Closing them has no effect.
    static Kernels shared() {
        return Backends.Shared.KERNELS;
    }

    /// The default number of threads: one per physical core, but no more than the processors
    /// available to this JVM.
    static int defaultThreads() {
        return Backends.cores();
    }

    /// Kernels on the fastest engine available, with their own threads. The first of them in a JVM, or the
    /// [#shared()] ones, say in the log `dev.neurite.kernel` of [System.Logger] which engine that is, and warn
    /// if the Vector API is missing or a JVMCI compiler replaces C2.
    /// @param threads 1 to 1024, the calling thread included
    static Kernels create(int threads) {
        return Backends.create(threads);
    }

    /// Kernels on the given engine, with their own threads.
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

    /// Measures the peak performance of the calling thread on the engine that [#create(int)]
    /// chooses: a loop of `fma` on registers, the median of many short rounds. The speed of matrix
    /// products is reported as a share of it.
    /// @param seconds how long to measure, above 0, up to 60; at least half a second, so that the
    /// loop is compiled
    /// @return GFLOP/s, two operations for each `fma` and lane
    /// @throws dev.neurite.error.ConfigException for another number of seconds
    static double peakGflops(double seconds) {
        return Backends.peakGflops(seconds);
    }

    /// The name of the engine: `scalar`, `vector 256-bit`.
    String engineName();

    /// The number of threads that share the work, including the caller's.
    int threads();

    /// Stops the worker threads; later calls compute on the caller's thread only.
    @Override
    void close();

    /// Whether [#close] has stopped the threads.
    boolean isClosed();

    // --------------------------------------------------------------------------------------------------- by subject

    /// Convolutions and their gradients.
    Convolutions convolutions();

    /// Pooling and its gradients.
    Pools pools();

    /// Cropping, pasting, permuting and resizing images.
    Planes planes();

    /// Normalization: batch, layer, group, instance and RMS norm.
    Norms norms();

    /// Activations and their gradients.
    ActivationKernels activations();

    /// Losses and their gradients; smoothed and one-hot targets.
    LossKernels losses();

    /// Dropout and noise.
    NoiseKernels noise();

    /// How the elements of a tensor are distributed.
    Distributions distributions();

    /// Recurrent layers and their gradients.
    RecurrentKernels recurrent();

    /// Sums, means and maxima along an axis, and what repeats along one.
    AxisKernels axes();

    /// What counts of padded sequences: their mean, maximum, first or last position.
    SequenceKernels sequences();

    /// Attention and its gradient.
    AttentionKernels attention();

    /// What depends on positions in sequences.
    PositionKernels positions();

    // ------------------------------------------------------------------------------------------- element by element

    /// Sets every element.
    void fill(float value, Tensor y);

    /// y = x; does nothing if y is x.
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

    /// Cᵢ = Aᵢ·Bᵢ for all i: products of one size in one call. Any of the three may be transposed views.
    /// @throws dev.neurite.error.ShapeException if counts or extents do not match
    void products(Matrices a, Matrices b, Matrices c);

    /// A dense layer: y = g(x·Wᵀ + b) for all rows of x. With weights of whole numbers, see [QuantizedMatrix], x is
    /// quantized, too.
    ///
    /// | tensor | shape |
    /// |---|---|
    /// | x | `[rows × in]` (further axes count as one) |
    /// | w | `[out × in]` |
    /// | b | `[out]`, or empty for none |
    /// | y | `[rows × out]` |
    /// @throws dev.neurite.error.ShapeException if they do not fit
    default void dense(Tensor x, PackedWeights w, Tensor b, Elementwise g, Tensor y) {
        dense(x, w, b, null, g, y);
    }

    /// y = g(x·Wᵀ + b + residual), see [#dense(Tensor, PackedWeights, Tensor, Elementwise, Tensor)].
    /// @param residual of y's shape, or null for none
    /// @throws dev.neurite.error.ShapeException if they do not fit
    void dense(Tensor x, PackedWeights w, Tensor b, @Nullable Tensor residual, Elementwise g, Tensor y);

    /// Several dense layers, none of which reads the result of another: the same bits as one after the other. If there
    /// are few rows of x, threads share the weights of all: less time passes between reading one and the next.
    /// @throws dev.neurite.error.ShapeException if the tensors of a layer do not fit
    void dense(List<DenseCall> layers);

    /// A dense layer of inputs that are quantized already: y = g((float) s · (scale of x · scale of w) + b +
    /// residual) with s = Σ (code of x − zero of x) · (code of w − zero of w), exact mod 2³².
    ///
    /// | argument | shape |
    /// |---|---|
    /// | x | `[rows × in]` |
    /// | w | `[out × in]`, of [BlockFormat#INT8] |
    /// | b | `[out]`, or empty for none |
    /// | residual | that of y, or null for none |
    /// | y | `[rows × out]` |
    /// @throws dev.neurite.error.ShapeException if they do not fit, and for another format of w
    void dense(QuantizedRows x, QuantizedMatrix w, Tensor b, @Nullable Tensor residual, Elementwise g, Tensor y);

    /// Y = Σ (code of x − zero of x) · (code of w − zero of w), exact mod 2³². Scales do not count.
    ///
    /// | argument | shape |
    /// |---|---|
    /// | x | `[rows × in]` |
    /// | w | `[out × in]`, of [BlockFormat#INT8] |
    /// | y | `[rows × out]` sums, row by row from `at` on |
    /// @throws dev.neurite.error.ShapeException if they do not fit, and for another format of w
    /// @throws IndexOutOfBoundsException if y has no room for them
    void products(QuantizedRows x, QuantizedMatrix w, int[] y, int at);

    // ----------------------------------------------------------------------------------------- columns and channels

    /// The sum of each column: y_j = Σ_i x_ij, in the order of the rows.
    /// @param x `[rows × columns]`
    /// @param y as many elements as x has columns
    void columnSums(Tensor x, Tensor y);

    /// The sum of each channel over rows and pixels: each plane is summed over sixteen lanes, the
    /// planes in the order of the rows in double precision. The gradient of a convolution's bias.
    /// @param x `[rows × channels × …]`
    /// @param y as many elements as x has channels
    void channelSums(Tensor x, Tensor y);

    /// y = (x − mean) ∘ factor in each row.
    /// @param mean one per column of x
    /// @param factor one per column of x
    void standardize(Tensor x, Tensor mean, Tensor factor, Tensor y);

    /// y = x + shift in each row; y may be x.
    /// @param shift one per column of x
    void shiftColumns(Tensor x, Tensor shift, Tensor y);

    /// y = x ∘ factor in each row; y may be x.
    /// @param factor one per column of x
    void scaleColumns(Tensor x, Tensor factor, Tensor y);

    /// y = (x − mean) · factor in each channel of each row; y may be x.
    /// @param x `[rows × channels × …]`
    /// @param mean one per channel
    /// @param factor one per channel
    void standardizeChannels(Tensor x, Tensor mean, Tensor factor, Tensor y);

    /// y = x · factor in each channel of each row; y may be x.
    /// @param x `[rows × channels × …]`
    /// @param factor one per channel
    void scaleChannels(Tensor x, Tensor factor, Tensor y);

    // --------------------------------------------------------------------------------------------------- row by row

    /// The sum of each row: y_i = Σ_j x_ij, over sixteen lanes.
    /// @param x `[rows × columns]`
    /// @param y as many elements as x has rows
    void rowSums(Tensor x, Tensor y);

    /// The sum of all elements, in order, in double precision.
    double sum(Tensor x);

    /// The index of a row's maximum, the first of equal ones; −1 for a row with NaN or without
    /// elements.
    /// @param row from 0
    /// @throws IndexOutOfBoundsException outside the rows
    int argMax(Tensor x, int row);

    /// Whether every element is finite: neither NaN nor infinite.
    default boolean isFinite(Tensor x) {
        return isFinite(x.array(), x.offset(), x.offset() + x.size());
    }

    /// Whether every element from `from` to `to` is finite: neither NaN nor infinite.
    boolean isFinite(float[] x, int from, int to);

    // ---------------------------------------------------------------------------------------------- rows of a table

    /// y_i = the row of a table that id i names: an embedding.
    /// @param table `[entries × n]`
    /// @param ids whole numbers from 0 to entries − 1, of any shape
    /// @param y n elements for each id
    /// @throws dev.neurite.error.ShapeException if they do not fit
    /// @throws dev.neurite.error.DataException for another number; y is undefined then
    void gather(Tensor table, Tensor ids, Tensor y);

    /// [#gather(Tensor, Tensor, Tensor)] of a table whose elements may have fewer bits; they are decoded.
    /// @param table `[entries × n]`
    /// @param ids whole numbers from 0 to entries − 1, of any shape
    /// @param y n elements for each id
    /// @throws dev.neurite.error.ShapeException if they do not fit
    /// @throws dev.neurite.error.DataException for another number; y is undefined then
    void gather(PackedWeights table, Tensor ids, Tensor y);

    /// The gradient of [#gather(Tensor, Tensor, Tensor)]: row r of a table is Σ dy_i over all i whose id is r,
    /// in order; 0 without any.
    /// @param ids as in [#gather(Tensor, Tensor, Tensor)]
    /// @param dy n elements for each id
    /// @param table `[entries × n]`
    void scatterAdd(Tensor ids, Tensor dy, Tensor table);

    /// Runs code over n units of equal work, on as many threads as it pays for. Each thread takes neighbors.
    /// @param work how long a unit takes, in additions of vectors
    /// @param code called by several threads at once, each with its own range
    void share(int n, long work, Update code);

    // ---------------------------------------------------------------------------------- flat arrays, for optimizers

    /// Runs an update rule over elements `from` to `to`, in blocks, on all threads.
    void update(int from, int to, Update rule);

    /// Runs an update rule over elements `from` to `to`, in blocks, on all threads. Denormals in
    /// the optimizer's state become 0, because they would make later steps many times slower.
    /// @param memory the optimizer's state: arrays that the rule writes, in the same range
    void update(int from, int to, Update rule, float[][] memory);

    /// Σ x² from `from` to `to`, in double precision, in a fixed order.
    default double sumOfSquares(float[] x, int from, int to) {
        return dot(x, x, from, to);
    }

    /// Σ x·y from `from` to `to`, in double precision, in a fixed order.
    double dot(float[] x, float[] y, int from, int to);

    /// Scales each row of w whose Euclidean norm is outside the bounds by bound / (norm + 10⁻⁷).
    /// @param w `[rows × columns]` (further axes count as one)
    void boundRowNorms(Tensor w, double least, double most);
}
