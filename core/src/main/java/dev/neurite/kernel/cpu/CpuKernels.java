package dev.neurite.kernel.cpu;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.ActivationKernels;
import dev.neurite.kernel.AttentionKernels;
import dev.neurite.kernel.AxisKernels;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.DenseCall;
import dev.neurite.kernel.Distributions;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.LossKernels;
import dev.neurite.kernel.NoiseKernels;
import dev.neurite.kernel.Norms;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Pools;
import dev.neurite.kernel.PositionKernels;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.QuantizedRows;
import dev.neurite.kernel.RecurrentKernels;
import dev.neurite.kernel.SequenceKernels;
import dev.neurite.kernel.Update;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// [Kernels] on the processor: each method checks shapes, fills a [Call], and the threads of a
/// [Team] compute parts of it.
public final class CpuKernels implements Kernels {
    private static final int DECODING = 8; // the time for an element of 8 bits, in additions
    private static final int BLOCK = 2048; // elements that stay in the L1 cache between two loops

    private final Team team;
    private final Subjects subjects;
    private final boolean isShared;
    private final CpuNorms norms;
    private final ActivationKernels activations;
    private final LossKernels losses;
    private final NoiseKernels noise;
    private final AxisKernels axes;

    /// The kernels of subjects that have a package of their own, which this one does not know.
    /// @param sequences pooling of padded sequences
    /// @param positions what depends on positions
    public record Subjects(
            Convolutions convolutions,
            Pools pools,
            Planes planes,
            Distributions distributions,
            RecurrentKernels recurrent,
            SequenceKernels sequences,
            AttentionKernels attention,
            PositionKernels positions) {}

    /// @param subjects on the same team
    /// @param isShared whether [#close] has no effect
    public CpuKernels(Team team, Subjects subjects, boolean isShared) {
        this.team = team;
        this.subjects = subjects;
        this.isShared = isShared;
        this.norms = new CpuNorms(this, team);
        this.activations = new CpuActivationKernels(team);
        this.losses = new CpuLossKernels(team);
        this.noise = new CpuNoiseKernels(team);
        this.axes = new CpuAxisKernels(team);
    }

    @Override
    public String engineName() {
        return team.engine().name();
    }

    @Override
    public int threads() {
        return team.workers().threads();
    }

    @Override
    public void close() {
        if (!isShared) team.workers().close();
    }

    @Override
    public boolean isClosed() {
        return team.workers().isClosed();
    }

    /// `vector 256-bit kernels, 2 threads`.
    @Override
    public String toString() {
        return engineName() + " kernels, " + threads() + (threads() == 1 ? " thread" : " threads");
    }

    @Override
    public Convolutions convolutions() {
        return subjects.convolutions();
    }

    @Override
    public Pools pools() {
        return subjects.pools();
    }

    @Override
    public Planes planes() {
        return subjects.planes();
    }

    @Override
    public Norms norms() {
        return norms;
    }

    @Override
    public ActivationKernels activations() {
        return activations;
    }

    @Override
    public LossKernels losses() {
        return losses;
    }

    @Override
    public NoiseKernels noise() {
        return noise;
    }

    @Override
    public Distributions distributions() {
        return subjects.distributions();
    }

    @Override
    public AxisKernels axes() {
        return axes;
    }

    @Override
    public RecurrentKernels recurrent() {
        return subjects.recurrent();
    }

    @Override
    public SequenceKernels sequences() {
        return subjects.sequences();
    }

    @Override
    public AttentionKernels attention() {
        return subjects.attention();
    }

    @Override
    public PositionKernels positions() {
        return subjects.positions();
    }

    // ------------------------------------------------------------------------------------------- element by element

    @Override
    public void fill(float value, Tensor y) {
        Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), value);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // compares the memory
    public void copy(Tensor x, Tensor y) {
        Checks.same("copy", x, y);
        if (x.array() == y.array() && x.offset() == y.offset()) return;
        team.elements(team.call(x, y), (c, from, n) -> System.arraycopy(c.a, c.aAt + from, c.b, c.bAt + from, n));
    }

    @Override
    public void add(Tensor a, Tensor b, Tensor y) {
        Checks.same("add", a, b);
        Checks.same("add", a, y);
        team.elements(
                team.call(a, b, y),
                (c, from, n) -> c.engine.add(c.a, c.aAt + from, c.b, c.bAt + from, c.c, c.cAt + from, n));
    }

    @Override
    public void addActivated(Tensor a, Tensor b, Elementwise g, Tensor y) {
        Checks.same("addActivated", a, b);
        Checks.same("addActivated", a, y);
        Call call = team.call(a, b, y);
        call.activation = g;
        team.elements(call, (c, from, n) -> {
            int some;
            for (int i = from; i < from + n; i += some) {
                some = Math.min(BLOCK, from + n - i);
                c.engine.add(c.a, c.aAt + i, c.b, c.bAt + i, c.c, c.cAt + i, some);
                c.engine.activate(c.activation, c.c, c.cAt + i, some);
            }
        });
    }

    @Override
    public void multiply(Tensor a, Tensor b, Tensor y) {
        Checks.same("multiply", a, b);
        Checks.same("multiply", a, y);
        team.elements(
                team.call(a, b, y),
                (c, from, n) -> c.engine.multiply(c.a, c.aAt + from, c.b, c.bAt + from, c.c, c.cAt + from, n));
    }

    @Override
    public void scale(float s, Tensor x, Tensor y) {
        Checks.same("scale", x, y);
        Call call = team.call(x, y);
        call.factor = s;
        team.elements(call, (c, from, n) -> c.engine.scale(c.factor, c.a, c.aAt + from, c.b, c.bAt + from, n));
    }

    @Override
    public void addScaled(float s, Tensor x, Tensor y) {
        Checks.same("addScaled", x, y);
        Call call = team.call(x, y);
        call.factor = s;
        team.elements(call, (c, from, n) -> c.engine.addScaled(c.factor, c.a, c.aAt + from, c.b, c.bAt + from, n));
    }

    // ------------------------------------------------------------------------------------------------- matrices

    @Override
    public void product(Matrix a, Matrix b, Matrix c) {
        multiply(a, b, c, false);
    }

    @Override
    public void addProduct(Matrix a, Matrix b, Matrix c) {
        multiply(a, b, c, true);
    }

    private void multiply(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        Checks.product(a, b, c);
        Call call = team.call();
        if (hasRows(c)) call.product.set(a, b, c, accumulate);
        else call.product.set(b.transpose(), a.transpose(), c.transpose(), accumulate);
        team.product(call);
    }

    /// Whether the rows of a result are contiguous; else its columns are.
    private static boolean hasRows(Matrix c) {
        if (c.columnStride() == 1 || c.columns() <= 1) return true;
        if (c.rowStride() == 1) return false;
        throw new ShapeException("matrix product", "expects a result whose rows or columns are contiguous");
    }

    @Override
    public void products(Matrices a, Matrices b, Matrices c) {
        if (a.count() != c.count() || b.count() != c.count()) {
            throw new ShapeException("matrix products", "expects equal counts, got " + a + ", " + b + " and " + c);
        }
        Checks.product(a.first(), b.first(), c.first());
        Call call = team.call();
        if (hasRows(c.first())) call.product.set(a, b, c);
        else call.product.set(b.transpose(), a.transpose(), c.transpose());
        team.product(call);
    }

    @Override
    public void dense(Tensor x, PackedWeights w, Tensor b, @Nullable Tensor residual, Elementwise g, Tensor y) {
        requireDense(x, w, b, residual, y);
        team.product(denseCall(x, w, b, residual, g, y));
    }

    @Override
    public void dense(List<DenseCall> layers) {
        for (DenseCall each : layers) requireDense(each.x(), each.w(), each.b(), null, each.y());
        List<Call> calls = new ArrayList<>(layers.size());
        for (DenseCall each : layers) calls.add(denseCall(each.x(), each.w(), each.b(), null, each.g(), each.y()));
        team.products(calls);
    }

    private Call denseCall(Tensor x, PackedWeights w, Tensor b, @Nullable Tensor residual, Elementwise g, Tensor y) {
        Call call = team.call();
        EncodedMatrix encoded = w.encoded();
        if (encoded != null) {
            call.product.set(x.matrix(), encoded, 0, y.matrix(), false);
        } else {
            call.product.set(x.matrix(), w.matrix().transpose(), y.matrix(), false);
            call.product.panels = team.engine().panels(w);
        }
        setEpilogue(call.product, b, residual, g);
        return call;
    }

    private static void requireDense(Tensor x, PackedWeights w, Tensor b, @Nullable Tensor residual, Tensor y) {
        Matrix rows = x.matrix();
        requireDense(rows.rows(), rows.columns(), w.rows(), w.columns(), b, residual, y);
    }

    private static void requireDense(
            int rows, int columns, int out, int in, Tensor b, @Nullable Tensor residual, Tensor y) {
        if (b.size() != 0 && b.size() != out) {
            throw new ShapeException("dense", "expects a bias of " + out + ", got " + b.shape());
        }
        if (residual != null) Checks.same("dense", residual, y);
        Matrix result = y.matrix();
        if (columns == in && result.rows() == rows && result.columns() == out) return;
        throw new ShapeException(
                "dense",
                "expects x [rows × " + in + "] and y [rows × " + out + "], got [" + rows + "×" + columns + "] and "
                        + result);
    }

    private static void setEpilogue(Product p, Tensor b, @Nullable Tensor residual, Elementwise g) {
        p.bias = b.size() == 0 ? null : b.array();
        p.biasOffset = b.offset();
        p.residual = residual == null ? null : residual.matrix();
        p.activation = g;
    }

    @Override
    public void dense(
            QuantizedRows x, QuantizedMatrix w, Tensor b, @Nullable Tensor residual, Elementwise g, Tensor y) {
        requireProduct(x, w);
        requireDense(x.rows(), x.columns(), w.rows(), w.columns(), b, residual, y);
        Call call = team.call();
        call.product.set(x, w, y.matrix());
        setEpilogue(call.product, b, residual, g);
        team.product(call);
    }

    private static void requireProduct(QuantizedRows x, QuantizedMatrix w) {
        if (w.format() == BlockFormat.INT8 && x.columns() == w.columns()) return;
        throw new ShapeException(
                "quantized product",
                "expects as many columns of x as of " + BlockFormat.INT8 + " weights, got " + x.columns() + " and "
                        + w);
    }

    @Override
    public void products(QuantizedRows x, QuantizedMatrix w, int[] y, int at) {
        requireProduct(x, w);
        Objects.checkFromIndexSize(at, Math.multiplyExact(x.rows(), w.rows()), y.length);
        Call call = team.call();
        call.product.set(x, w, y, at);
        team.product(call);
    }

    @Override
    public void columnSums(Tensor x, Tensor y) {
        if (y.size() != x.matrix().columns()) {
            throw new ShapeException("columnSums", "expects " + x.matrix().columns() + " sums, got " + y.shape());
        }
        Call call = team.call(x, y);
        call.overElements(
                (c, from, n) -> c.engine.columnSums(c.a, c.aAt + from, c.rows, c.columns, c.b, c.bAt + from, n),
                0,
                y.size(),
                team.parts(x.size()),
                team.workers());
        team.done(call);
    }

    @Override
    public void standardize(Tensor x, Tensor mean, Tensor factor, Tensor y) {
        Checks.same("standardize", x, y);
        Checks.columnsLike("standardize", x, mean);
        Checks.columnsLike("standardize", x, factor);
        Call call = team.call(x, mean, factor);
        call.setD(y);
        team.rows(call, (c, i) -> {
            int n = c.columns;
            float[] to = c.d;
            int at = c.dAt + i * n;
            System.arraycopy(c.a, c.aAt + i * n, to, at, n);
            c.engine.addScaled(-1, c.b, c.bAt, to, at, n);
            c.engine.multiply(to, at, c.c, c.cAt, to, at, n);
        });
    }

    @Override
    public void shiftColumns(Tensor x, Tensor shift, Tensor y) {
        Checks.same("shiftColumns", x, y);
        Checks.columnsLike("shiftColumns", x, shift);
        team.rows(team.call(x, shift, y), (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.engine.add(c.a, c.aAt + at, c.b, c.bAt, c.c, c.cAt + at, n);
        });
    }

    @Override
    public void scaleColumns(Tensor x, Tensor factor, Tensor y) {
        Checks.same("scaleColumns", x, y);
        Checks.columnsLike("scaleColumns", x, factor);
        team.rows(team.call(x, factor, y), (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.engine.multiply(c.a, c.aAt + at, c.b, c.bAt, c.c, c.cAt + at, n);
        });
    }

    @Override
    public void standardizeChannels(Tensor x, Tensor mean, Tensor factor, Tensor y) {
        Checks.same("standardizeChannels", x, y);
        Checks.channelsLike("standardizeChannels", x, mean);
        Checks.channelsLike("standardizeChannels", x, factor);
        if (x.layout() == Layout.BLOCKED) {
            norms.standardizeBlocks(x, mean, factor, y);
            return;
        }
        Call call = team.call(x, mean, factor);
        call.setD(y);
        call.channels = mean.size();
        team.rows(call, (c, i) -> {
            int n = c.columns / c.channels;
            for (int j = 0; j < c.channels; j++) {
                int at = i * c.columns + j * n;
                c.engine.standardize(c.a, c.aAt + at, c.b[c.bAt + j], c.c[c.cAt + j], c.d, c.dAt + at, n);
            }
        });
    }

    @Override
    public void scaleChannels(Tensor x, Tensor factor, Tensor y) {
        Checks.same("scaleChannels", x, y);
        Checks.channelsLike("scaleChannels", x, factor);
        norms.scaleChannels(x, factor, Tensor.EMPTY, y);
    }

    // ------------------------------------------------------------------------------------------------ row by row

    @Override
    public void channelSums(Tensor x, Tensor y) {
        if (x.layout() == Layout.BLOCKED) {
            norms.blockChannelSums(x, y);
            return;
        }
        int channels = y.size();
        int columns = x.matrix().columns();
        if (channels == 0 ? columns != 0 : columns % channels != 0) {
            throw new ShapeException(
                    "channelSums", "expects a sum for each channel of " + x.shape() + ", got " + channels);
        }
        Call call = team.call(x, y);
        call.otherRows = call.rows; // the rows of x: those of the call are channels
        call.group = channels == 0 ? 0 : columns / channels;
        call.rows = channels;
        call.overRows(
                (c, channel) -> {
                    double sum = 0;
                    for (int row = 0; row < c.otherRows; row++) {
                        sum += c.engine.sum(c.a, c.aAt + row * c.columns + channel * c.group, c.group);
                    }
                    c.b[c.bAt + channel] = (float) sum;
                },
                team.parts(x.size()),
                team.workers());
        team.done(call);
    }

    @Override
    public void rowSums(Tensor x, Tensor y) {
        Checks.oneEach("rowSums", x, y.size());
        team.rows(team.call(x, y), (c, i) -> c.b[c.bAt + i] = c.engine.sum(c.a, c.aAt + i * c.columns, c.columns));
    }

    @Override
    public double sum(Tensor x) {
        Checks.rowMajor("sum", x);
        double sum = 0;
        for (int i = 0; i < x.size(); i++) sum += x.array()[x.offset() + i];
        return sum;
    }

    @Override
    public int argMax(Tensor x, int row) {
        Objects.checkIndex(row, x.rows());
        int n = x.matrix().columns();
        return team.engine().argMax(x.array(), x.offset() + row * n, n);
    }

    @Override
    public boolean isFinite(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        Call call = team.call();
        call.theta = x;
        call.overElements(
                (c, at, n) -> {
                    if (!c.engine.isFinite(c.theta, at, n)) c.found = true;
                },
                from,
                to,
                team.parts(to - from),
                team.workers());
        boolean finite = !call.found;
        team.done(call);
        return finite;
    }

    // ------------------------------------------------------------------------------------------ rows of a table

    @Override
    public void gather(Tensor table, Tensor ids, Tensor y) {
        Call call = tableCall("gather", table, ids, y);
        call.overElements(
                (c, from, n) -> {
                    for (int i = from; i < from + n; i++) {
                        int row = (int) c.b[c.bAt + i];
                        System.arraycopy(c.a, c.aAt + row * c.columns, c.c, c.cAt + i * c.columns, c.columns);
                    }
                },
                0,
                ids.size(),
                team.parts(y.size()),
                team.workers());
        team.done(call);
    }

    @Override
    public void gather(PackedWeights table, Tensor ids, Tensor y) {
        EncodedMatrix encoded = table.encoded();
        if (encoded == null) {
            gather(table.values(), ids, y);
            return;
        }
        checkTable("gather", encoded.rows(), encoded.columns(), ids, y);
        Call call = team.call(ids, y);
        call.product.encoded = encoded;
        call.overElements(
                (c, from, n) -> {
                    EncodedMatrix of = requireNonNull(c.product.encoded);
                    for (int i = from; i < from + n; i++) {
                        of.decode((int) c.a[c.aAt + i], c.b, c.bAt + i * of.columns());
                    }
                },
                0,
                ids.size(),
                team.parts((long) DECODING * y.size()),
                team.workers());
        team.done(call);
    }

    @Override
    public void scatterAdd(Tensor ids, Tensor dy, Tensor table) {
        Call call = tableCall("scatterAdd", table, ids, dy);
        call.otherRows = ids.size();
        call.overUnits(CpuKernels::addToRows, call.rows, team.parts((long) dy.size() + table.size()), team.workers());
        team.done(call);
    }

    /// Computes some rows of the table. Each thread looks through all ids, so that each row is summed in their order.
    private static void addToRows(Call c, int first, int count) {
        int n = c.columns;
        Arrays.fill(c.a, c.aAt + first * n, c.aAt + (first + count) * n, 0);
        for (int i = 0; i < c.otherRows; i++) {
            int row = (int) c.b[c.bAt + i];
            if (row < first || row >= first + count) continue;
            int at = c.aAt + row * n;
            c.engine.add(c.a, at, c.c, c.cAt + i * n, c.a, at, n);
        }
    }

    /// A call whose rows and columns are those of a table.
    private Call tableCall(String what, Tensor table, Tensor ids, Tensor rows) {
        checkTable(what, table.rows(), table.matrix().columns(), ids, rows);
        return team.call(table, ids, rows);
    }

    private static void checkTable(String what, int entries, int columns, Tensor ids, Tensor rows) {
        Checks.rowMajor(what, ids, rows);
        if ((long) ids.size() * columns != rows.size()) {
            throw new ShapeException(
                    what, "expects " + columns + " elements for each of " + ids.size() + " ids, got " + rows.shape());
        }
        Checks.ids(ids, entries);
    }

    // ------------------------------------------------------------------------------------------- optimizers' updates

    @Override
    public void share(int n, long work, Update code) {
        Call call = team.call();
        call.update = code;
        call.overUnits(
                (c, at, some) -> requireNonNull(c.update).apply(at, at + some),
                n,
                team.parts(n * work),
                team.workers());
        team.done(call);
    }

    @Override
    public void update(int from, int to, Update rule) {
        update(from, to, rule, Call.NO_MEMORY);
    }

    @Override
    public void update(int from, int to, Update rule, float[][] memory) {
        for (float[] array : memory) Objects.checkFromToIndex(from, to, array.length);
        Call call = team.call();
        call.update = rule;
        call.memory = memory;
        team.elements(call, from, to, (c, at, n) -> {
            Update code = requireNonNull(c.update);
            int some;
            for (int i = at; i < at + n; i += some) {
                some = Math.min(BLOCK, at + n - i);
                code.apply(i, i + some);
                for (float[] array : c.memory) c.engine.flush(array, i, some);
            }
        });
    }

    @Override
    public double dot(float[] x, float[] y, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        Objects.checkFromToIndex(from, to, y.length);
        double a = 0; // four independent sums hide the latency of an addition
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

    @Override
    public void boundRowNorms(Tensor w, double least, double most) {
        int n = w.matrix().columns();
        for (int row = 0; row < w.rows(); row++) {
            int at = w.offset() + row * n;
            double norm = Math.sqrt(sumOfSquares(w.array(), at, at + n));
            double bound = norm < least ? least : norm > most ? most : norm;
            if (bound != norm) team.engine().scale((float) (bound / (norm + 1e-7)), w.array(), at, w.array(), at, n);
        }
    }
}
