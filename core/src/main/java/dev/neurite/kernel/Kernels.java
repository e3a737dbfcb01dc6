package dev.neurite.kernel;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// All arithmetic on tensors: what layers, losses and optimizers compute with.
///
/// Results go to the last tensor named, which must not overlap an input unless it is the same tensor and
/// the method says "in place". Shapes are checked here, once. For the same inputs every method gives the
/// same bits on scalar and vector kernels, on any vector width and with any number of threads
/// (`docs/numerics.md`). Safe to use from many threads.
public final class Kernels implements AutoCloseable {
    /// Which code computes; the results are the same.
    public enum Engine {
        /// Plain Java loops, on any JVM.
        SCALAR,
        /// The Vector API, where the module `jdk.incubator.vector` is present.
        VECTOR
    }

    /// The version of the results' bits (`docs/numerics.md`): raised whenever a kernel gives other bits
    /// than before.
    public static final int NUMERICS_VERSION = 3;

    private static final int GRAIN = 16_384; // elements below which a second thread costs more than it saves
    private static final int BLOCK = 2048; // elements that stay in the first cache between two sweeps
    private static final long PRODUCT_GRAIN = 100_000; // the same for multiplications of a matrix product

    private final ScalarKernels engine;
    private final Workers workers;
    private final boolean isShared;
    private final ArrayDeque<Call> idle = new ArrayDeque<>();
    private final Convolutions convolutions = new Convolutions(this);
    private final Norms norms = new Norms(this);
    private final Pools pools;
    private final Planes planes;

    private Kernels(ScalarKernels engine, Workers workers, boolean isShared) {
        this.engine = engine;
        this.workers = workers;
        this.isShared = isShared;
        this.pools = new Pools(engine, workers);
        this.planes = new Planes(engine, workers);
    }

    private static final class Shared {
        private static final Kernels INSTANCE = create(fastest(), defaultThreads(), true);
    }

    /// The kernels that models predict with unless told otherwise: the fastest engine here, a thread for
    /// each core. Closing them has no effect.
    public static Kernels shared() {
        return Shared.INSTANCE;
    }

    /// The number of threads that compute unless told otherwise: one for each physical core, but no more than
    /// the processors that this JVM was given.
    public static int defaultThreads() {
        return Cores.available();
    }

    /// Kernels on the fastest engine here, with their own team of threads.
    /// @param threads 1 to 1024, the calling thread included
    public static Kernels create(int threads) {
        return create(fastest(), threads);
    }

    /// Kernels on this engine, with their own team of threads.
    /// @param threads 1 to 1024, the calling thread included
    /// @throws ConfigException for [Engine#VECTOR] without the module, or a number of threads out of range
    public static Kernels create(Engine engine, int threads) {
        return create(engine, threads, false);
    }

    private static Kernels create(Engine engine, int threads, boolean isShared) {
        if (threads < 1 || threads > 1024) {
            throw new ConfigException("threads", "expects 1 to 1024, got " + threads);
        }
        if (engine == Engine.VECTOR && !vectorsPresent()) {
            throw new ConfigException(
                    "vector kernels",
                    "expect the module jdk.incubator.vector, which is not in this JVM",
                    "Start java with --add-modules jdk.incubator.vector");
        }
        ScalarKernels code = engine == Engine.VECTOR ? new VectorKernels() : new ScalarKernels();
        return new Kernels(code, new Workers(threads), isShared);
    }

    private static Engine fastest() {
        return vectorsPresent() ? Engine.VECTOR : Engine.SCALAR;
    }

    /// Whether this JVM was started with the Vector API (`--add-modules jdk.incubator.vector`).
    public static boolean vectorsPresent() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /// What computes, for people: `scalar`, `vector 256-bit`.
    public String engineName() {
        return engine.name();
    }

    /// The number of threads that share the work, the caller included.
    public int threads() {
        return workers.threads();
    }

    /// Convolutions over the planes of images.
    public Convolutions convolutions() {
        return convolutions;
    }

    /// Pooling.
    public Pools pools() {
        return pools;
    }

    /// Cutting, joining, turning and resizing images.
    public Planes planes() {
        return planes;
    }

    /// Ends the helping threads; later calls compute on their caller's thread.
    @Override
    public void close() {
        if (!isShared) workers.close();
    }

    // -------------------------------------------------------------------------------------------------------- themes

    /// Normalizations: batch, layer and group norms.
    public Norms norms() {
        return norms;
    }

    // ------------------------------------------------------------------------------------------- element by element

    /// Sets every element.
    public void fill(float value, Tensor y) {
        Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), value);
    }

    /// y = x; nothing happens where y is x.
    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    public void copy(Tensor x, Tensor y) {
        same("copy", x, y);
        if (x.array() == y.array() && x.offset() == y.offset()) return;
        elements(call(x, y), (c, from, n) -> System.arraycopy(c.a, c.aAt + from, c.b, c.bAt + from, n));
    }

    /// y = a + b; y may be a or b.
    public void add(Tensor a, Tensor b, Tensor y) {
        same("add", a, b);
        same("add", a, y);
        elements(
                call(a, b, y),
                (c, from, n) -> c.engine.add(c.a, c.aAt + from, c.b, c.bAt + from, c.c, c.cAt + from, n));
    }

    /// y = g(a + b); y may be a or b.
    public void addActivated(Tensor a, Tensor b, Elementwise g, Tensor y) {
        same("addActivated", a, b);
        same("addActivated", a, y);
        Call call = call(a, b, y);
        call.activation = g;
        elements(call, (c, from, n) -> {
            int some;
            for (int i = from; i < from + n; i += some) {
                some = Math.min(BLOCK, from + n - i);
                c.engine.add(c.a, c.aAt + i, c.b, c.bAt + i, c.c, c.cAt + i, some);
                c.engine.activate(c.activation, c.c, c.cAt + i, some);
            }
        });
    }

    /// y = a ∘ b, element by element; y may be a or b.
    public void multiply(Tensor a, Tensor b, Tensor y) {
        same("multiply", a, b);
        same("multiply", a, y);
        elements(
                call(a, b, y),
                (c, from, n) -> c.engine.multiply(c.a, c.aAt + from, c.b, c.bAt + from, c.c, c.cAt + from, n));
    }

    /// y = s·x; y may be x.
    public void scale(float s, Tensor x, Tensor y) {
        same("scale", x, y);
        Call call = call(x, y);
        call.factor = s;
        elements(call, (c, from, n) -> c.engine.scale(c.factor, c.a, c.aAt + from, c.b, c.bAt + from, n));
    }

    /// y = s·x + y.
    public void addScaled(float s, Tensor x, Tensor y) {
        same("addScaled", x, y);
        Call call = call(x, y);
        call.factor = s;
        elements(call, (c, from, n) -> c.engine.addScaled(c.factor, c.a, c.aAt + from, c.b, c.bAt + from, n));
    }

    /// y = g(z); y may be z.
    public void activate(Elementwise g, Tensor z, Tensor y) {
        same("activate", z, y);
        Call call = call(z, y);
        call.activation = g;
        elements(call, (c, from, n) -> c.engine.activate(c.activation, c.a, c.aAt + from, c.b, c.bAt + from, n));
    }

    /// dz = dy ∘ g′(z), with 0 in place of denormals; dz may be dy.
    /// @param z what went into g; only read if `g.derivativeNeedsInput()`, pass y otherwise
    /// @param y what came out
    public void activationGradient(Elementwise g, Tensor z, Tensor y, Tensor dy, Tensor dz) {
        same("activationGradient", z, y);
        same("activationGradient", y, dy);
        same("activationGradient", y, dz);
        Call call = call(z, y, dy);
        call.setD(dz);
        call.activation = g;
        elements(call, (c, from, n) -> {
            int at = c.dAt + from;
            c.engine.activationGradient(
                    c.activation, c.a, c.aAt + from, c.b, c.bAt + from, c.c, c.cAt + from, c.d, at, n);
            c.engine.flush(c.d, at, n);
        });
    }

    /// y = z above 0, slope·z elsewhere.
    /// @param slopes as many as divide a row of z into equal parts of neighbors, which share a slope
    public void prelu(Tensor z, Tensor slopes, Tensor y) {
        same("prelu", z, y);
        Call call = call(z, slopes, y);
        call.group = group("prelu", z, slopes);
        rows(call, (c, i) -> {
            int at = i * c.columns;
            c.engine.preluRow(c.b, c.bAt, c.group, c.a, c.aAt + at, c.c, c.cAt + at, c.columns);
        });
    }

    /// dz = dy where z > 0, slope·dy elsewhere, with 0 in place of denormals; dz may be dy.
    /// @param slopes as [#prelu] takes them
    public void preluGradient(Tensor z, Tensor slopes, Tensor dy, Tensor dz) {
        same("preluGradient", z, dy);
        same("preluGradient", z, dz);
        Call call = call(z, slopes, dy);
        call.setD(dz);
        call.group = group("preluGradient", z, slopes);
        rows(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            int to = c.dAt + at;
            c.engine.preluGradientRow(c.b, c.bAt, c.group, c.a, c.aAt + at, c.c, c.cAt + at, c.d, to, n);
            c.engine.flush(c.d, to, n);
        });
    }

    private static int group(String what, Tensor z, Tensor slopes) {
        int columns = z.matrix().columns();
        int count = slopes.size();
        if (count == 0 ? columns != 0 : columns % count != 0) {
            throw new ShapeException(what, "expects slopes whose number divides " + columns + ", got " + count);
        }
        return count == 0 ? 0 : columns / count;
    }

    /// y = 0 where z > 0, z ∘ dy elsewhere: what each element adds to the gradient of its slope in [#prelu]; y may
    /// be dy.
    public void multiplyBelowZero(Tensor z, Tensor dy, Tensor y) {
        same("multiplyBelowZero", z, dy);
        same("multiplyBelowZero", z, y);
        elements(
                call(z, dy, y),
                (c, from, n) -> c.engine.multiplyBelowZero(c.a, c.aAt + from, c.b, c.bAt + from, c.c, c.cAt + from, n));
    }

    /// y = a ∘ sigmoid(b): each block of neighbors in a row of x is a half a and a half b, and becomes a half block.
    /// @param block even; divides a row
    /// @param y as many rows, half as long
    public void glu(Tensor x, int block, Tensor y) {
        halved("glu", x, block, y);
        Call call = call(x, y);
        call.group = block;
        rows(call, (c, i) -> {
            int n = c.columns;
            c.engine.gluRow(c.group, c.a, c.aAt + i * n, c.b, c.bAt + i * (n / 2), n);
        });
    }

    /// The gradient of [#glu]: da = dy ∘ s and db = dy ∘ a ∘ s ∘ (1 − s) with s = sigmoid(b), with 0 in place of
    /// denormals.
    /// @param dx like x
    public void gluGradient(Tensor x, int block, Tensor dy, Tensor dx) {
        halved("gluGradient", x, block, dy);
        same("gluGradient", x, dx);
        Call call = call(x, dy, dx);
        call.group = block;
        rows(call, (c, i) -> {
            int n = c.columns;
            int to = c.cAt + i * n;
            c.engine.gluGradientRow(c.group, c.a, c.aAt + i * n, c.b, c.bAt + i * (n / 2), c.c, to, n);
            c.engine.flush(c.c, to, n);
        });
    }

    private static void halved(String what, Tensor x, int block, Tensor y) {
        int columns = x.matrix().columns();
        if (block < 2 || block % 2 != 0 || columns % block != 0) {
            throw new ShapeException(what, "expects even blocks that divide rows of " + columns + ", got " + block);
        }
        if (y.rows() != x.rows() || 2L * y.size() != x.size()) {
            throw new ShapeException(what, "expects rows half as long as " + x.shape() + ", got " + y.shape());
        }
    }

    // ------------------------------------------------------------------------------------------------- matrices

    /// C = A·B. Any of the three may be a transposed view.
    public void product(Matrix a, Matrix b, Matrix c) {
        multiply(a, b, c, false);
    }

    /// C = A·B + C.
    public void addProduct(Matrix a, Matrix b, Matrix c) {
        multiply(a, b, c, true);
    }

    private void multiply(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        checkProduct(a, b, c);
        Call call = call();
        if (c.columnStride() == 1 || c.columns() <= 1) {
            call.product.set(a, b, c, accumulate);
        } else if (c.rowStride() == 1) {
            call.product.set(b.transpose(), a.transpose(), c.transpose(), accumulate);
        } else {
            throw new ShapeException("matrix product", "expects a result whose rows or columns are contiguous");
        }
        product(call);
    }

    /// y = g(x·Wᵀ + b), rows of x at once.
    ///
    /// | tensor | shape |
    /// |---|---|
    /// | x | `[rows × in]` (further axes count as one) |
    /// | w | `[out × in]` |
    /// | b | `[out]`, or empty for none |
    /// | y | `[rows × out]` |
    public void dense(Tensor x, Weights w, Tensor b, Elementwise g, Tensor y) {
        dense(x, w, b, null, g, y);
    }

    /// y = g(x·Wᵀ + b + residual), see [#dense(Tensor, Weights, Tensor, Elementwise, Tensor)].
    /// @param residual of y's shape, or null for none
    public void dense(Tensor x, Weights w, Tensor b, @Nullable Tensor residual, Elementwise g, Tensor y) {
        Matrix weights = w.matrix();
        if (b.size() != 0 && b.size() != weights.rows()) {
            throw new ShapeException("dense", "expects a bias of " + weights.rows() + ", got " + b.shape());
        }
        if (residual != null) same("dense", residual, y);
        checkProduct(x.matrix(), weights.transpose(), y.matrix());
        Call call = call();
        Product p = call.product;
        p.set(x.matrix(), weights.transpose(), y.matrix(), false);
        p.panels = engine.panels(w);
        p.bias = b.size() == 0 ? null : b.array();
        p.biasOffset = b.offset();
        p.residual = residual == null ? null : residual.matrix();
        p.activation = g;
        product(call);
    }

    private static void checkProduct(Matrix a, Matrix b, Matrix c) {
        if (a.columns() != b.rows() || c.rows() != a.rows() || c.columns() != b.columns()) {
            throw new ShapeException("matrix product", "expects [m×k]·[k×n] = [m×n], got " + a + "·" + b + " = " + c);
        }
    }

    /// y_j = Σ_i x_ij over the rows, in their order.
    /// @param x `[rows × columns]`
    /// @param y as many elements as x has columns
    public void columnSums(Tensor x, Tensor y) {
        if (y.size() != x.matrix().columns()) {
            throw new ShapeException("columnSums", "expects " + x.matrix().columns() + " sums, got " + y.shape());
        }
        Call call = call(x, y);
        call.overElements(
                (c, from, n) -> c.engine.columnSums(c.a, c.aAt + from, c.rows, c.columns, c.b, c.bAt + from, n),
                0,
                y.size(),
                parts(x.size()),
                workers);
        done(call);
    }

    /// y = (x − mean) ∘ factor in each row.
    /// @param mean one a column of x
    /// @param factor one a column of x
    public void standardize(Tensor x, Tensor mean, Tensor factor, Tensor y) {
        same("standardize", x, y);
        columnsLike("standardize", x, mean);
        columnsLike("standardize", x, factor);
        Call call = call(x, mean, factor);
        call.setD(y);
        rows(call, (c, i) -> {
            int n = c.columns;
            float[] to = c.d;
            int at = c.dAt + i * n;
            System.arraycopy(c.a, c.aAt + i * n, to, at, n);
            c.engine.addScaled(-1, c.b, c.bAt, to, at, n);
            c.engine.multiply(to, at, c.c, c.cAt, to, at, n);
        });
    }

    /// y = x ∘ factor in each row; y may be x.
    /// @param factor one a column of x
    public void scaleColumns(Tensor x, Tensor factor, Tensor y) {
        same("scaleColumns", x, y);
        columnsLike("scaleColumns", x, factor);
        rows(call(x, factor, y), (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.engine.multiply(c.a, c.aAt + at, c.b, c.bAt, c.c, c.cAt + at, n);
        });
    }

    /// y = (x − mean) · factor in each channel of each row; y may be x.
    /// @param x `[rows × channels × …]`
    /// @param mean one a channel
    /// @param factor one a channel
    public void standardizeChannels(Tensor x, Tensor mean, Tensor factor, Tensor y) {
        same("standardizeChannels", x, y);
        channelsLike("standardizeChannels", x, mean);
        channelsLike("standardizeChannels", x, factor);
        Call call = call(x, mean, factor);
        call.setD(y);
        call.channels = mean.size();
        rows(call, (c, i) -> {
            int n = c.columns / c.channels;
            for (int j = 0; j < c.channels; j++) {
                int at = i * c.columns + j * n;
                c.engine.standardize(c.a, c.aAt + at, c.b[c.bAt + j], c.c[c.cAt + j], c.d, c.dAt + at, n);
            }
        });
    }

    /// y = x · factor in each channel of each row; y may be x.
    /// @param x `[rows × channels × …]`
    /// @param factor one a channel
    public void scaleChannels(Tensor x, Tensor factor, Tensor y) {
        same("scaleChannels", x, y);
        channelsLike("scaleChannels", x, factor);
        Call call = call(x, factor, y);
        call.channels = factor.size();
        rows(call, (c, i) -> {
            int n = c.columns / c.channels;
            for (int j = 0; j < c.channels; j++) {
                int at = i * c.columns + j * n;
                c.engine.scale(c.b[c.bAt + j], c.a, c.aAt + at, c.c, c.cAt + at, n);
            }
        });
    }

    private static void channelsLike(String what, Tensor x, Tensor channels) {
        if (x.shape().rank() < 2 || x.shape().extent(1) != channels.size() || channels.size() == 0) {
            throw new ShapeException(
                    what, "expects a number for each channel of " + x.shape() + ", got " + channels.shape());
        }
    }

    private static void columnsLike(String what, Tensor x, Tensor row) {
        int n = x.matrix().columns();
        if (row.size() != n) throw new ShapeException(what, "expects " + n + " numbers, got " + row.shape());
    }

    // ---------------------------------------------------------------------------------------------------- noise

    /// y = x / (1 − rate) where the mask keeps an element, else 0; y may be x. The mask is a function of the
    /// noise alone, so the same call takes x to y and, going back, dy to dx. Srivastava et al. 2014, "Dropout:
    /// a simple way to prevent neural networks from overfitting", in the inverted form.
    /// @param rate the probability of 0, from 0 to below 1
    public void dropout(Noise noise, double rate, Tensor x, Tensor y) {
        dropout(noise, rate, 1 / (1 - rate), 0, 0, x, y);
    }

    /// y = scale·x + shift where the mask keeps an element, else `otherwise`; y may be x. The mask is that of
    /// [#dropout(Noise, double, Tensor, Tensor)].
    /// @param rate the probability of `otherwise`, from 0 to below 1
    public void dropout(Noise noise, double rate, double scale, double shift, double otherwise, Tensor x, Tensor y) {
        Call call = call("dropout", noise, rate, x, y);
        call.factor = (float) scale;
        call.shift = (float) shift;
        call.otherwise = (float) otherwise;
        noise(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.engine.dropout(
                    c.noise.row(i), c.cut, c.factor, c.shift, c.otherwise, c.a, c.aAt + at, c.b, c.bAt + at, n);
        });
    }

    /// y = x / (1 − rate) in the channels that the mask keeps, else 0; y may be x. As with
    /// [#dropout(Noise, double, Tensor, Tensor)] the same call goes forward and back.
    /// @param rate the probability that a row's channel becomes 0, from 0 to below 1
    /// @param x `[rows × channels × …]`
    public void channelDropout(Noise noise, double rate, Tensor x, Tensor y) {
        if (x.shape().rank() < 2) {
            throw new ShapeException("channelDropout", "expects [rows × channels × …], got " + x.shape());
        }
        Call call = call("channelDropout", noise, rate, x, y);
        call.factor = (float) (1 / (1 - rate));
        call.channels = x.shape().extent(1);
        noise(call, (c, i) -> {
            int at = i * c.columns;
            int n = c.channels == 0 ? 0 : c.columns / c.channels;
            c.engine.channelDropout(c.noise.row(i), c.cut, c.factor, c.a, c.aAt + at, c.b, c.bAt + at, c.channels, n);
        });
    }

    /// y = x + deviation·n with n of the standard normal distribution; y may be x.
    /// @param deviation finite, from 0
    public void addNoise(Noise noise, double deviation, Tensor x, Tensor y) {
        Call call = call("addNoise", noise, 0, x, y);
        call.factor = (float) deviation;
        noise(call, (c, i) -> {
            int at = i * c.columns;
            Gaussian.add(c.noise.row(i), c.factor, false, c.a, c.aAt + at, c.b, c.bAt + at, c.columns);
        });
    }

    /// y = x·(1 + deviation·n) with n of the standard normal distribution; y may be x. The same call takes x to
    /// y and, going back, dy to dx.
    /// @param deviation finite, from 0
    public void multiplyNoise(Noise noise, double deviation, Tensor x, Tensor y) {
        Call call = call("multiplyNoise", noise, 0, x, y);
        call.factor = (float) deviation;
        noise(call, (c, i) -> {
            int at = i * c.columns;
            Gaussian.add(c.noise.row(i), c.factor, true, c.a, c.aAt + at, c.b, c.bAt + at, c.columns);
        });
    }

    private Call call(String what, Noise noise, double rate, Tensor x, Tensor y) {
        same(what, x, y);
        if (!(rate >= 0 && rate < 1)) throw new ConfigException(what, "expects a rate from 0 to below 1, got " + rate);
        Call call = call(x, y);
        call.noise = noise;
        call.cut = (int) Math.min(Integer.MAX_VALUE, Math.rint(rate * 0x1p32) - 0x1p31); // of draws, signed
        return call;
    }

    private void noise(Call call, Call.Row code) {
        call.overRows(code, parts(call.size()), workers);
        done(call);
    }

    // ------------------------------------------------------------------------------------------------ row by row

    /// y_i = Σ_j x_ij over the columns, each row's sum over sixteen lanes.
    /// @param x `[rows × columns]`
    /// @param y as many elements as x has rows
    public void rowSums(Tensor x, Tensor y) {
        oneEach("rowSums", x, y.size());
        rows(call(x, y), (c, i) -> c.b[c.bAt + i] = c.engine.sum(c.a, c.aAt + i * c.columns, c.columns));
    }

    /// y = eᶻ / Σ eᶻ over each row; y may be z.
    public void softmax(Tensor z, Tensor y) {
        same("softmax", z, y);
        rows(call(z, y), (c, i) -> {
            int n = c.columns;
            c.engine.softmaxRow(c.a, c.aAt + i * n, c.b, c.bAt + i * n, n);
        });
    }

    /// dz = y ∘ (dy − Σ dy·y) over each row; dz may be dy.
    public void softmaxGradient(Tensor y, Tensor dy, Tensor dz) {
        same("softmaxGradient", y, dy);
        same("softmaxGradient", y, dz);
        rows(call(y, dy, dz), (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.engine.softmaxGradientRow(c.a, c.aAt + at, c.b, c.bAt + at, c.c, c.cAt + at, n);
        });
    }

    /// y = z − log Σ eᶻ over each row, the logarithm of its softmax.
    public void logSoftmax(Tensor z, Tensor y) {
        same("logSoftmax", z, y);
        rows(call(z, y), (c, i) -> {
            int at = i * c.columns;
            c.engine.logSoftmaxRow(c.a, c.aAt + at, c.b, c.bAt + at, c.columns);
        });
    }

    /// dz = dy − eʸ · Σ dy over each row, from y = log-softmax(z); dz may be dy.
    public void logSoftmaxGradient(Tensor y, Tensor dy, Tensor dz) {
        same("logSoftmaxGradient", y, dy);
        same("logSoftmaxGradient", y, dz);
        rows(call(y, dy, dz), (c, i) -> {
            int at = i * c.columns;
            c.engine.logSoftmaxGradientRow(c.a, c.aAt + at, c.b, c.bAt + at, c.c, c.cAt + at, c.columns);
        });
    }

    /// Cross-entropy of each row's softmax with its class: L = −log ŷ_label, and δ = ŷ − one-hot(label).
    /// @param z logits, `[rows × classes]`
    /// @param labels a class for each row; more than that many are not looked at
    /// @param losses L, `[rows]`
    /// @param delta δ, like z
    public void softmaxCrossEntropy(Tensor z, int[] labels, Tensor losses, Tensor delta) {
        same("softmaxCrossEntropy", z, delta);
        oneEach("softmaxCrossEntropy", z, losses.size());
        checkLabels(z, labels, z.matrix().columns());
        Call call = call(z, losses, delta);
        call.labels = labels;
        rows(call, (c, i) -> {
            int n = c.columns;
            int zo = c.aAt + i * n;
            int at = c.cAt + i * n;
            double logSum = c.engine.softmaxWithLogSum(c.a, zo, c.c, at, n);
            c.b[c.bAt + i] = (float) (logSum - c.a[zo + c.labels[i]]);
            c.c[at + c.labels[i]] -= 1;
            c.engine.flush(c.c, at, n);
        });
    }

    /// Cross-entropy of each row's softmax with target probabilities t: L = −Σ t·log ŷ, and δ = ŷ·Σt − t.
    /// @param z logits, `[rows × classes]`
    /// @param t targets, like z
    /// @param losses L, `[rows]`
    /// @param delta δ, like z
    public void softmaxCrossEntropy(Tensor z, Tensor t, Tensor losses, Tensor delta) {
        oneEach("softmaxCrossEntropy", z, losses.size());
        same("softmaxCrossEntropy", z, t);
        same("softmaxCrossEntropy", z, delta);
        Call call = call(z, t, losses);
        call.setD(delta);
        rows(call, (c, i) -> {
            int n = c.columns;
            int zo = c.aAt + i * n;
            int to = c.bAt + i * n;
            int at = c.dAt + i * n;
            double logSum = c.engine.softmaxWithLogSum(c.a, zo, c.d, at, n);
            float total = c.engine.sum(c.b, to, n);
            double loss = 0;
            for (int j = 0; j < n; j++) loss += c.b[to + j] * (logSum - c.a[zo + j]);
            c.c[c.cAt + i] = (float) loss;
            c.engine.scale(total, c.d, at, c.d, at, n);
            c.engine.addScaled(-1, c.b, to, c.d, at, n);
            c.engine.flush(c.d, at, n);
        });
    }

    /// Binary cross-entropy of each output's sigmoid with its target: L = −Σ (t·log ŷ + (1−t)·log(1−ŷ)),
    /// and δ = ŷ − t.
    /// @param z logits, `[rows × outputs]`
    /// @param t targets from 0 to 1, like z
    /// @param losses L, `[rows]`
    /// @param delta δ, like z
    public void sigmoidCrossEntropy(Tensor z, Tensor t, Tensor losses, Tensor delta) {
        oneEach("sigmoidCrossEntropy", z, losses.size());
        same("sigmoidCrossEntropy", z, t);
        same("sigmoidCrossEntropy", z, delta);
        Call call = call(z, t, losses);
        call.setD(delta);
        rows(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.c[c.cAt + i] = c.engine.sigmoidCrossEntropyRow(c.a, c.aAt + at, c.b, c.bAt + at, c.d, c.dAt + at, n);
            c.engine.flush(c.d, c.dAt + at, n);
        });
    }

    /// Mean of squared errors over each row's outputs: L = (1/n) Σ (y − t)², and δ = (2/n)·(y − t).
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, like y
    /// @param losses L, `[rows]`
    /// @param delta δ, like y
    public void squaredError(Tensor y, Tensor t, Tensor losses, Tensor delta) {
        oneEach("squaredError", y, losses.size());
        same("squaredError", y, t);
        same("squaredError", y, delta);
        Call call = call(y, t, losses);
        call.setD(delta);
        rows(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.c[c.cAt + i] = c.engine.squaredErrorRow(c.a, c.aAt + at, c.b, c.bAt + at, c.d, c.dAt + at, n);
        });
    }

    /// Any loss that looks at each output by itself: L = (1/n) Σ f(y, t) over each row's n outputs, and
    /// δ = f′(y, t) / n.
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, like y
    /// @param losses L, `[rows]`
    /// @param delta δ, like y
    public void pointwiseLoss(Pointwise f, Tensor y, Tensor t, Tensor losses, Tensor delta) {
        oneEach("pointwiseLoss", y, losses.size());
        same("pointwiseLoss", y, t);
        same("pointwiseLoss", y, delta);
        Call call = call(y, t, losses);
        call.setD(delta);
        call.pointwise = f;
        rows(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            var of = requireNonNull(c.pointwise);
            c.c[c.cAt + i] = c.engine.pointwiseLossRow(of, c.a, c.aAt + at, c.b, c.bAt + at, c.d, c.dAt + at, n);
            c.engine.flush(c.d, c.dAt + at, n);
        });
    }

    /// Any loss that looks at each row by itself.
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, `[rows × as many as f wants]`
    /// @param losses L, `[rows]`
    /// @param delta δ, like y
    public void rowLoss(Rowwise f, Tensor y, Tensor t, Tensor losses, Tensor delta) {
        oneEach("rowLoss", y, losses.size());
        oneEach("rowLoss", y, t.rows());
        same("rowLoss", y, delta);
        Call call = call(y, t, losses);
        call.setD(delta);
        call.rowwise = f;
        call.otherColumns = t.matrix().columns();
        rows(call, (c, i) -> {
            int n = c.columns;
            int at = c.dAt + i * n;
            var of = requireNonNull(c.rowwise);
            c.c[c.cAt + i] = of.compute(c.a, c.aAt + i * n, n, c.b, c.bAt + i * c.otherColumns, c.d, at);
            c.engine.flush(c.d, at, n);
        });
    }

    /// What rows count: x = (factor·weight)·x in each row, with 0 in place of denormals.
    /// @param weights one a row; empty for 1 each
    public void weigh(float factor, Tensor weights, Tensor x) {
        if (weights.size() != 0) oneEach("weigh", x, weights.size());
        Call call = call(x, weights);
        call.factor = factor;
        call.otherColumns = Math.min(1, weights.size());
        rows(call, (c, i) -> {
            int n = c.columns;
            int at = c.aAt + i * n;
            float s = c.otherColumns == 0 ? c.factor : c.factor * c.b[c.bAt + i];
            c.engine.scale(s, c.a, at, c.a, at, n);
            c.engine.flush(c.a, at, n);
        });
    }

    /// Smoothed and weighted probabilities of classes: q = w ∘ ((1 − ε)·t + ε/n) in each row of n.
    /// @param t probabilities, `[rows × classes]`; q may be t
    /// @param w a weight for each class; empty for 1 each
    public void smooth(float epsilon, Tensor w, Tensor t, Tensor q) {
        same("smooth", t, q);
        if (w.size() != 0) columnsLike("smooth", t, w);
        Call call = call(t, w, q);
        call.factor = epsilon;
        call.otherColumns = w.size();
        rows(call, (c, i) -> {
            int at = i * c.columns;
            System.arraycopy(c.a, c.aAt + at, c.c, c.cAt + at, c.columns);
            c.engine.smoothRow(c.factor, c.b, c.bAt, c.otherColumns, c.c, c.cAt + at, c.columns);
        });
    }

    /// The same for labels: t is 1 at a row's label and 0 elsewhere. A row with the label that is to be ignored
    /// becomes zeros.
    /// @param labels a class for each row; more than that many are not looked at
    /// @param ignored a label that stands for no answer
    /// @param w a weight for each class; empty for 1 each
    public void smooth(float epsilon, Tensor w, int[] labels, int ignored, Tensor q) {
        checkLabels(q, labels, q.matrix().columns(), ignored);
        if (w.size() != 0) columnsLike("smooth", q, w);
        Call call = call(q, w);
        call.factor = epsilon;
        call.otherColumns = w.size();
        call.labels = labels;
        call.ignored = ignored;
        rows(call, (c, i) -> {
            int n = c.columns;
            int at = c.aAt + i * n;
            int label = c.labels[i];
            Arrays.fill(c.a, at, at + n, 0);
            if (label == c.ignored) return;
            c.a[at + label] = 1;
            c.engine.smoothRow(c.factor, c.b, c.bAt, c.otherColumns, c.a, at, n);
        });
    }

    /// Each row's class as numbers: a 1 at the label among zeros, or the label itself where y has one column.
    /// @param labels a class for each row; more than that many are not looked at
    public void oneHot(int[] labels, Tensor y) {
        int columns = y.matrix().columns();
        checkLabels(y, labels, columns > 1 ? columns : 2);
        Call call = call(y, y);
        call.labels = labels;
        rows(call, (c, i) -> {
            int n = c.columns;
            int at = c.aAt + i * n;
            if (n > 1) Arrays.fill(c.a, at, at + n, 0);
            c.a[n > 1 ? at + c.labels[i] : at] = n > 1 ? 1 : c.labels[i];
        });
    }

    /// The sum of all elements in double precision, in their order.
    public double sum(Tensor x) {
        double sum = 0;
        for (int i = 0; i < x.size(); i++) sum += x.array()[x.offset() + i];
        return sum;
    }

    /// The place of a row's largest element, the first of equals; −1 for a row with NaN or without elements.
    /// @param row from 0
    /// @throws IndexOutOfBoundsException outside the rows
    public int argMax(Tensor x, int row) {
        Objects.checkIndex(row, x.rows());
        int n = x.matrix().columns();
        return engine.argMax(x.array(), x.offset() + row * n, n);
    }

    /// Whether every element is a number: neither NaN nor infinite.
    public boolean isFinite(Tensor x) {
        return isFinite(x.array(), x.offset(), x.offset() + x.size());
    }

    /// Whether every element from `from` to `to` is a number: neither NaN nor infinite.
    public boolean isFinite(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        Call call = call();
        call.theta = x;
        call.overElements(
                (c, at, n) -> {
                    if (!c.engine.isFinite(c.theta, at, n)) c.found = true;
                },
                from,
                to,
                parts(to - from),
                workers);
        boolean finite = !call.found;
        done(call);
        return finite;
    }

    // ------------------------------------------------------------------------------------------- optimizers' updates

    /// Lets a rule change elements `from` to `to`, in blocks and on many threads.
    public void update(int from, int to, Update rule) {
        update(from, to, rule, Call.NO_MEMORY);
    }

    /// Lets a rule change elements `from` to `to`, in blocks and on many threads. Denormals in what it
    /// remembers become 0: they would make later steps many times slower and mean nothing.
    /// @param memory arrays that the rule writes to beside its result, flushed in the same range
    public void update(int from, int to, Update rule, float[][] memory) {
        for (float[] array : memory) Objects.checkFromToIndex(from, to, array.length);
        Call call = call();
        call.update = rule;
        call.memory = memory;
        update(call, from, to, (c, at, n) -> {
            Update code = requireNonNull(c.update);
            for (int i = at; i < at + n; i += BLOCK) {
                int end = Math.min(at + n, i + BLOCK);
                code.apply(i, end);
                for (float[] array : c.memory) c.engine.flush(array, i, end - i);
            }
        });
    }

    /// Σ x² from `from` to `to`, in double precision, in an order that is always the same.
    public double sumOfSquares(float[] x, int from, int to) {
        return dot(x, x, from, to);
    }

    /// Σ x·y from `from` to `to`, in double precision, in an order that is always the same.
    public double dot(float[] x, float[] y, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        Objects.checkFromToIndex(from, to, y.length);
        double a = 0; // four sums: one would wait for itself
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i <= to - 4; i += 4) {
            a += (double) x[i] * y[i];
            b += (double) x[i + 1] * y[i + 1];
            c += (double) x[i + 2] * y[i + 2];
            d += (double) x[i + 3] * y[i + 3];
        }
        for (; i < to; i++) a += (double) x[i] * y[i];
        return (a + b) + (c + d);
    }

    /// Multiplies each row of w whose Euclidean norm is outside bounds by bound / (norm + 10⁻⁷).
    /// @param w `[rows × columns]` (further axes count as one)
    public void boundRowNorms(Tensor w, double least, double most) {
        int n = w.matrix().columns();
        for (int row = 0; row < w.rows(); row++) {
            int at = w.offset() + row * n;
            double norm = Math.sqrt(sumOfSquares(w.array(), at, at + n));
            double bound = norm < least ? least : norm > most ? most : norm;
            if (bound != norm) engine.scale((float) (bound / (norm + 1e-7)), w.array(), at, w.array(), at, n);
        }
    }

    private static void oneEach(String what, Tensor rows, int count) {
        if (count != rows.rows()) {
            throw new ShapeException(what, "expects one place for each of " + rows.rows() + " rows, got " + count);
        }
    }

    private static void checkLabels(Tensor rows, int[] labels, int classes) {
        checkLabels(rows, labels, classes, Long.MIN_VALUE); // which is no label
    }

    private static void checkLabels(Tensor rows, int[] labels, int classes, long ignored) {
        oneEach("labels", rows, Math.min(labels.length, rows.rows()));
        for (int row = 0; row < rows.rows(); row++) {
            if ((labels[row] < 0 || labels[row] >= classes) && labels[row] != ignored) {
                throw new DataException(
                        "labels, row " + row + " of the batch",
                        "expects a class from 0 to " + (classes - 1) + ", got " + labels[row]);
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- sharing work

    Workers workers() {
        return workers;
    }

    int parts(int size) {
        return (int) Math.min(workers.threads(), 1 + (long) size / GRAIN);
    }

    private void elements(Call call, Call.Elements code) {
        update(call, 0, call.size(), code);
    }

    private void update(Call call, int from, int to, Call.Elements code) {
        call.overElements(code, from, to, parts(to - from), workers);
        done(call);
    }

    private void rows(Call call, Call.Row code) {
        call.overRows(code, (int) Math.min(workers.threads(), 1 + (long) call.size() * 8 / GRAIN), workers);
        done(call);
    }

    private void product(Call call) {
        int parts = (int) Math.min(workers.threads(), 1 + call.product.multiplications() / PRODUCT_GRAIN);
        call.overProduct(engine.sharesRows(call.product, parts), parts, workers);
        done(call);
    }

    Call call(Tensor a, Tensor b) {
        Call call = call();
        call.set(a, b);
        return call;
    }

    private Call call(Tensor a, Tensor b, Tensor c) {
        Call call = call(a, b);
        call.setC(c);
        return call;
    }

    Call call() {
        synchronized (idle) {
            Call call = idle.poll();
            return call == null ? new Call(engine) : call;
        }
    }

    /// Only calls that ended well come back.
    void done(Call call) {
        call.reset();
        synchronized (idle) {
            idle.push(call);
        }
    }

    static void same(String what, Tensor a, Tensor b) {
        if (a.size() != b.size() || a.rows() != b.rows()) {
            throw new ShapeException(what, "expects tensors of one shape, got " + a.shape() + " and " + b.shape());
        }
    }
}
