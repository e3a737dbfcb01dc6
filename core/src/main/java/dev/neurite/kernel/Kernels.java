package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

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
    public static final int NUMERICS_VERSION = 2;

    private static final int GRAIN = 16_384; // elements below which a second thread costs more than it saves
    private static final long PRODUCT_GRAIN = 100_000; // the same for multiplications of a matrix product

    private final ScalarKernels engine;
    private final Workers workers;

    private final boolean isShared;

    private Kernels(ScalarKernels engine, Workers workers, boolean isShared) {
        this.engine = engine;
        this.workers = workers;
        this.isShared = isShared;
    }

    private static final class Shared {
        private static final Kernels INSTANCE =
                create(fastest(), Runtime.getRuntime().availableProcessors(), true);
    }

    /// The kernels that models predict with unless told otherwise: the fastest engine here, a thread for
    /// each processor. Closing them has no effect.
    public static Kernels shared() {
        return Shared.INSTANCE;
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

    /// Ends the helping threads; later calls compute on their caller's thread.
    @Override
    public void close() {
        if (!isShared) workers.close();
    }

    // ------------------------------------------------------------------------------------------- element by element

    /// Sets every element.
    public void fill(float value, Tensor y) {
        Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), value);
    }

    /// y = x.
    public void copy(Tensor x, Tensor y) {
        same("copy", x, y);
        System.arraycopy(x.array(), x.offset(), y.array(), y.offset(), x.size());
    }

    /// y = a + b; y may be a or b.
    public void add(Tensor a, Tensor b, Tensor y) {
        same("add", a, b);
        same("add", a, y);
        split(
                y.size(),
                (from, n) -> engine.add(
                        a.array(), a.offset() + from, b.array(), b.offset() + from, y.array(), y.offset() + from, n));
    }

    /// y = a ∘ b, element by element; y may be a or b.
    public void multiply(Tensor a, Tensor b, Tensor y) {
        same("multiply", a, b);
        same("multiply", a, y);
        split(
                y.size(),
                (from, n) -> engine.multiply(
                        a.array(), a.offset() + from, b.array(), b.offset() + from, y.array(), y.offset() + from, n));
    }

    /// y = s·x; y may be x.
    public void scale(float s, Tensor x, Tensor y) {
        same("scale", x, y);
        split(y.size(), (from, n) -> engine.scale(s, x.array(), x.offset() + from, y.array(), y.offset() + from, n));
    }

    /// y = s·x + y.
    public void addScaled(float s, Tensor x, Tensor y) {
        same("addScaled", x, y);
        split(
                y.size(),
                (from, n) -> engine.addScaled(s, x.array(), x.offset() + from, y.array(), y.offset() + from, n));
    }

    /// y = g(z); y may be z.
    public void activate(Elementwise g, Tensor z, Tensor y) {
        same("activate", z, y);
        split(y.size(), (from, n) -> engine.activate(g, z.array(), z.offset() + from, y.array(), y.offset() + from, n));
    }

    /// dz = dy ∘ g′(z); dz may be dy.
    /// @param z what went into g; only read if `g.derivativeNeedsInput()`, pass y otherwise
    /// @param y what came out
    public void activationGradient(Elementwise g, Tensor z, Tensor y, Tensor dy, Tensor dz) {
        same("activationGradient", z, y);
        same("activationGradient", y, dy);
        same("activationGradient", y, dz);
        split(
                y.size(),
                (from, n) -> engine.activationGradient(
                        g,
                        z.array(),
                        z.offset() + from,
                        y.array(),
                        y.offset() + from,
                        dy.array(),
                        dy.offset() + from,
                        dz.array(),
                        dz.offset() + from,
                        n));
    }

    // ------------------------------------------------------------------------------------------------- matrices

    /// C = A·B. Any of the three may be a transposed view.
    public void product(Matrix a, Matrix b, Matrix c) {
        gemm(new Product(a, b, c, false, null, 0, Activation.IDENTITY));
    }

    /// C = A·B + C.
    public void addProduct(Matrix a, Matrix b, Matrix c) {
        gemm(new Product(a, b, c, true, null, 0, Activation.IDENTITY));
    }

    /// y = g(x·Wᵀ + b), rows of x at once.
    ///
    /// | tensor | shape |
    /// |---|---|
    /// | x | `[rows × in]` (further axes count as one) |
    /// | w | `[out × in]` |
    /// | b | `[out]`, or empty for none |
    /// | y | `[rows × out]` |
    public void dense(Tensor x, Tensor w, Tensor b, Elementwise g, Tensor y) {
        if (b.size() != 0 && b.size() != w.rows()) {
            throw new ShapeException("dense", "expects a bias of " + w.rows() + ", got " + b.shape());
        }
        gemm(new Product(
                x.matrix(),
                w.matrix().transpose(),
                y.matrix(),
                false,
                b.size() == 0 ? null : b.array(),
                b.offset(),
                g));
    }

    private void gemm(Product p) {
        Matrix a = p.a();
        Matrix b = p.b();
        Matrix c = p.c();
        if (a.columns() != b.rows() || c.rows() != a.rows() || c.columns() != b.columns()) {
            throw new ShapeException("matrix product", "expects [m×k]·[k×n] = [m×n], got " + a + "·" + b + " = " + c);
        }
        if (c.columnStride() != 1 && c.columns() > 1) {
            if (p.hasEpilogue() || c.rowStride() != 1) {
                throw new ShapeException("matrix product", "expects a result whose rows or columns are contiguous");
            }
            gemm(new Product(b.transpose(), a.transpose(), c.transpose(), p.accumulate(), null, 0, p.activation()));
            return;
        }
        int m = c.rows();
        int n = c.columns();
        long work = (long) m * n * Math.max(1, a.columns());
        int threads = (int) Math.min(workers.threads(), 1 + work / PRODUCT_GRAIN);
        if (threads == 1) {
            engine.gemm(p, 0, m, 0, n);
        } else if (m > n) {
            int step = partSize(m, threads, engine.tileRows());
            workers.run((m + step - 1) / step, i -> engine.gemm(p, i * step, Math.min(m, (i + 1) * step), 0, n));
        } else {
            int step = partSize(n, threads, engine.tileColumns());
            workers.run((n + step - 1) / step, j -> engine.gemm(p, 0, m, j * step, Math.min(n, (j + 1) * step)));
        }
    }

    /// y_j = Σ_i x_ij over the rows, in their order.
    /// @param x `[rows × columns]`
    /// @param y as many elements as x has columns
    public void columnSums(Tensor x, Tensor y) {
        Matrix m = x.matrix();
        if (y.size() != m.columns()) {
            throw new ShapeException("columnSums", "expects " + m.columns() + " sums, got " + y.shape());
        }
        int parts = x.size() < 2 * GRAIN ? 1 : workers.threads();
        int step = partSize(m.columns(), parts, engine.tileColumns());
        spread(m.columns(), step, j -> {
            int n = Math.min(step, m.columns() - j);
            engine.columnSums(m.array(), m.offset() + j, m.rows(), m.rowStride(), y.array(), y.offset() + j, n);
        });
    }

    /// y = (x − mean) ∘ factor in each row.
    /// @param mean one a column of x
    /// @param factor one a column of x
    public void standardize(Tensor x, Tensor mean, Tensor factor, Tensor y) {
        same("standardize", x, y);
        int n = columnsLike("standardize", x, mean);
        columnsLike("standardize", x, factor);
        rows(x, i -> {
            int at = y.offset() + i * n;
            System.arraycopy(x.array(), x.offset() + i * n, y.array(), at, n);
            engine.addScaled(-1, mean.array(), mean.offset(), y.array(), at, n);
            engine.multiply(y.array(), at, factor.array(), factor.offset(), y.array(), at, n);
        });
    }

    /// y = x ∘ factor in each row; y may be x.
    /// @param factor one a column of x
    public void scaleColumns(Tensor x, Tensor factor, Tensor y) {
        same("scaleColumns", x, y);
        int n = columnsLike("scaleColumns", x, factor);
        rows(
                x,
                i -> engine.multiply(
                        x.array(),
                        x.offset() + i * n,
                        factor.array(),
                        factor.offset(),
                        y.array(),
                        y.offset() + i * n,
                        n));
    }

    private static int columnsLike(String what, Tensor x, Tensor row) {
        int n = x.matrix().columns();
        if (row.size() != n) throw new ShapeException(what, "expects " + n + " numbers, got " + row.shape());
        return n;
    }

    // ------------------------------------------------------------------------------------------------ row by row

    /// y = eᶻ / Σ eᶻ over each row; y may be z.
    public void softmax(Tensor z, Tensor y) {
        same("softmax", z, y);
        int n = z.matrix().columns();
        rows(z, i -> engine.softmaxRow(z.array(), z.offset() + i * n, y.array(), y.offset() + i * n, n));
    }

    /// dz = y ∘ (dy − Σ dy·y) over each row; dz may be dy.
    public void softmaxGradient(Tensor y, Tensor dy, Tensor dz) {
        same("softmaxGradient", y, dy);
        same("softmaxGradient", y, dz);
        int n = y.matrix().columns();
        rows(
                y,
                i -> engine.softmaxGradientRow(
                        y.array(),
                        y.offset() + i * n,
                        dy.array(),
                        dy.offset() + i * n,
                        dz.array(),
                        dz.offset() + i * n,
                        n));
    }

    /// y = z − log Σ eᶻ over each row, the logarithm of its softmax.
    public void logSoftmax(Tensor z, Tensor y) {
        same("logSoftmax", z, y);
        int n = z.matrix().columns();
        rows(z, i -> engine.logSoftmaxRow(z.array(), z.offset() + i * n, y.array(), y.offset() + i * n, n));
    }

    /// dz = dy − eʸ · Σ dy over each row, from y = log-softmax(z); dz may be dy.
    public void logSoftmaxGradient(Tensor y, Tensor dy, Tensor dz) {
        same("logSoftmaxGradient", y, dy);
        same("logSoftmaxGradient", y, dz);
        int n = y.matrix().columns();
        rows(
                y,
                i -> engine.logSoftmaxGradientRow(
                        y.array(),
                        y.offset() + i * n,
                        dy.array(),
                        dy.offset() + i * n,
                        dz.array(),
                        dz.offset() + i * n,
                        n));
    }

    /// Cross-entropy of each row's softmax with its class: L = −log ŷ_label, and δ = ŷ − one-hot(label).
    /// @param z logits, `[rows × classes]`
    /// @param labels a class for each row
    /// @param losses L, `[rows]`
    /// @param delta δ, like z
    public void softmaxCrossEntropy(Tensor z, int[] labels, Tensor losses, Tensor delta) {
        same("softmaxCrossEntropy", z, delta);
        oneEach("softmaxCrossEntropy", z, losses.size());
        checkLabels(z, labels, z.matrix().columns());
        int n = z.matrix().columns();
        rows(z, i -> {
            int zo = z.offset() + i * n;
            int at = delta.offset() + i * n;
            double logSum = engine.softmaxWithLogSum(z.array(), zo, delta.array(), at, n);
            losses.array()[losses.offset() + i] = (float) (logSum - z.array()[zo + labels[i]]);
            delta.array()[at + labels[i]] -= 1;
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
        int n = z.matrix().columns();
        rows(z, i -> {
            int zo = z.offset() + i * n;
            int to = t.offset() + i * n;
            int at = delta.offset() + i * n;
            double logSum = engine.softmaxWithLogSum(z.array(), zo, delta.array(), at, n);
            float total = engine.sum(t.array(), to, n);
            double loss = 0;
            for (int j = 0; j < n; j++) loss += t.array()[to + j] * (logSum - z.array()[zo + j]);
            losses.array()[losses.offset() + i] = (float) loss;
            engine.scale(total, delta.array(), at, delta.array(), at, n);
            engine.addScaled(-1, t.array(), to, delta.array(), at, n);
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
        int n = z.matrix().columns();
        rows(
                z,
                i -> losses.array()[losses.offset() + i] = engine.sigmoidCrossEntropyRow(
                        z.array(),
                        z.offset() + i * n,
                        t.array(),
                        t.offset() + i * n,
                        delta.array(),
                        delta.offset() + i * n,
                        n));
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
        int n = y.matrix().columns();
        rows(
                y,
                i -> losses.array()[losses.offset() + i] = engine.squaredErrorRow(
                        y.array(),
                        y.offset() + i * n,
                        t.array(),
                        t.offset() + i * n,
                        delta.array(),
                        delta.offset() + i * n,
                        n));
    }

    /// Each row's class as numbers: a 1 at the label among zeros, or the label itself where y has one column.
    public void oneHot(int[] labels, Tensor y) {
        int n = y.matrix().columns();
        checkLabels(y, labels, n > 1 ? n : 2);
        rows(y, i -> {
            int at = y.offset() + i * n;
            if (n > 1) Arrays.fill(y.array(), at, at + n, 0);
            y.array()[n > 1 ? at + labels[i] : at] = n > 1 ? 1 : labels[i];
        });
    }

    /// The sum of all elements in double precision, in their order.
    public double sum(Tensor x) {
        double sum = 0;
        for (int i = 0; i < x.size(); i++) sum += x.array()[x.offset() + i];
        return sum;
    }

    /// For each row the place of its largest element, the first of equals; −1 for a row with NaN or without
    /// elements.
    public void argMax(Tensor x, int[] places) {
        oneEach("argMax", x, places.length);
        int n = x.matrix().columns();
        rows(x, i -> places[i] = engine.argMax(x.array(), x.offset() + i * n, n));
    }

    /// Whether every element is a number: neither NaN nor infinite.
    public boolean isFinite(Tensor x) {
        return isFinite(x.array(), x.offset(), x.offset() + x.size());
    }

    /// Whether every element from `from` to `to` is a number: neither NaN nor infinite.
    public boolean isFinite(float[] x, int from, int to) {
        var finite = new AtomicBoolean(true);
        split(to - from, (at, n) -> {
            if (!engine.isFinite(x, from + at, n)) finite.set(false);
        });
        return finite.get();
    }

    // ------------------------------------------------------------------------------------------- optimizers' updates

    /// A step of stochastic gradient descent on elements `from` to `to`, see [SgdStep].
    /// @param gradient of the same layout as theta
    /// @param velocity of the same layout; empty without momentum
    public void sgd(SgdStep step, float[] theta, float[] gradient, float[] velocity, int from, int to) {
        range("sgd", theta, gradient, from, to);
        split(to - from, (at, n) -> engine.sgd(step, theta, gradient, 0, velocity, from + at, from + at + n));
    }

    /// A step of Adam on elements `from` to `to`, see [AdamStep].
    /// @param gradient of the same layout as theta
    /// @param m the first moment, of the same layout
    /// @param v the second moment, of the same layout
    public void adam(AdamStep step, float[] theta, float[] gradient, float[] m, float[] v, int from, int to) {
        range("adam", theta, gradient, from, to);
        range("adam", m, v, from, to);
        split(to - from, (at, n) -> engine.adam(step, theta, gradient, 0, m, v, from + at, from + at + n));
    }

    private static void oneEach(String what, Tensor rows, int count) {
        if (count != rows.rows()) {
            throw new ShapeException(what, "expects one place for each of " + rows.rows() + " rows, got " + count);
        }
    }

    private static void checkLabels(Tensor rows, int[] labels, int classes) {
        oneEach("labels", rows, labels.length);
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] < 0 || labels[row] >= classes) {
                throw new DataException(
                        "labels, row " + row + " of the batch",
                        "expects a class from 0 to " + (classes - 1) + ", got " + labels[row]);
            }
        }
    }

    private static void range(String what, float[] theta, float[] gradient, int from, int to) {
        if (from < 0 || to < from || to > theta.length || to > gradient.length) {
            throw new ShapeException(
                    what,
                    "expects a range inside " + theta.length + " parameters and " + gradient.length + " gradients, got "
                            + from + " to " + to);
        }
    }

    // ------------------------------------------------------------------------------------------------- sharing work

    private interface Part {
        void compute(int from, int n);
    }

    private void split(int size, Part part) {
        int parts = (int) Math.min(workers.threads(), 1 + (long) size / GRAIN);
        int step = partSize(size, parts, ScalarKernels.LANES);
        spread(size, step, from -> part.compute(from, Math.min(step, size - from)));
    }

    private void rows(Tensor x, IntConsumer row) {
        int rows = x.rows();
        int parts = (int) Math.min(workers.threads(), 1 + (long) x.size() * 8 / GRAIN);
        int step = partSize(rows, parts, 1);
        spread(rows, step, from -> {
            for (int i = from; i < Math.min(rows, from + step); i++) row.accept(i);
        });
    }

    private void spread(int size, int step, IntConsumer fromHere) {
        if (step >= size) {
            if (size > 0) fromHere.accept(0);
        } else {
            workers.run((size + step - 1) / step, i -> fromHere.accept(i * step));
        }
    }

    private static int partSize(int size, int parts, int multiple) {
        int even = (size + parts - 1) / parts;
        return Math.max(multiple, (even + multiple - 1) / multiple * multiple);
    }

    private static void same(String what, Tensor a, Tensor b) {
        if (a.size() != b.size() || a.rows() != b.rows()) {
            throw new ShapeException(what, "expects tensors of one shape, got " + a.shape() + " and " + b.shape());
        }
    }
}
