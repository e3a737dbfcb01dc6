package dev.neurite.kernel.cpu.sequence;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.RecurrentKernels.StateGradients;
import dev.neurite.kernel.RecurrentKernels.Steps;
import dev.neurite.kernel.cpu.Operand;
import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.Product;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.kernel.cpu.Workers;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One call of a recurrent kernel: its arguments, and its division among threads. Each thread computes all steps of
/// some rows, so that threads do not wait for each other. Reused for each call.
final class RecurrentCall {
    /// Computes all steps of some rows.
    interface Code {
        void compute(RecurrentCall call, int from, int to);
    }

    private static final int TEMPORARY = 3; // vectors of units that a row needs at a time

    final ScalarKernels engine;

    /// The products with the weights in each step, or with those of some gates.
    final Product product = new Product();

    /// The products with the weights of a GRU's candidates in each step.
    final Product candidateProduct = new Product();

    Elementwise activation = Activation.IDENTITY;
    Tensor gates = Tensor.EMPTY;
    Tensor candidates = Tensor.EMPTY; // of a GRU; with the reset before, r∘h
    Tensor c0 = Tensor.EMPTY;
    Tensor c = Tensor.EMPTY;
    Tensor cn = Tensor.EMPTY; // or dcn
    Tensor dc0 = Tensor.EMPTY;
    int units;

    private @Nullable PackedWeights w;
    private Tensor before = Tensor.EMPTY;
    private Tensor y = Tensor.EMPTY; // or dy
    private Tensor hn = Tensor.EMPTY; // or dhn
    private Tensor h0 = Tensor.EMPTY; // or dh0
    private Tensor lengths = Tensor.EMPTY;
    private Tensor mask = Tensor.EMPTY;
    private boolean reversed;
    private int rows;
    private int steps;
    private int count; // of gates

    // What a step works on, one row after the other: in the tensors, the rows of a step are so far apart that a cache
    // keeps few of them.

    /// The gates of a step, `[rows × count·units]`; backwards their δ.
    float[] z = {};

    /// The states before a step, `[rows × units]`; backwards their gradients.
    float[] h = {};

    /// Of a GRU's candidates, `[rows × units]`: h·Wᵀ + b, or r∘h with the reset before; backwards its gradient.
    float[] u = {};

    /// The cells before a step, `[rows × units]`; backwards their gradients.
    float[] cells = {};

    private float[] masked = {}; // h∘mask; backwards the gradient of it
    private float[] zeros = {};
    private float[] temporary = {};
    private float[] packed = {};
    private float[] packedCandidates = {};
    private final Parts parts = new Parts(this::compute);
    private @Nullable Code code;

    RecurrentCall(ScalarKernels engine) {
        this.engine = engine;
    }

    /// Sets the arguments that all kernels have.
    /// @param gatesOfUnit the number of gates
    void set(Steps of, int gatesOfUnit) {
        gates = of.gates();
        w = of.w();
        lengths = of.lengths();
        reversed = of.reversed();
        h0 = of.h0();
        before = of.before();
        y = of.y();
        hn = of.hn();
        mask = of.mask();
        count = gatesOfUnit;
        rows = gates.rows();
        steps = gates.shape().extent(1);
        units = gates.shape().extent(2) / count;
        z = Workspace.atLeast(z, rows * count * units);
        h = Workspace.atLeast(h, rows * units);
        if (isMasked()) masked = Workspace.atLeast(masked, rows * units);
        zeros = Workspace.atLeast(zeros, units);
        temporary = Workspace.atLeast(temporary, TEMPORARY * rows * units);
    }

    /// Sets the arguments that all gradients have.
    void set(StateGradients d) {
        y = d.dy();
        hn = d.dhn();
        h0 = d.dh0();
    }

    /// Makes room for the cells of an LSTM.
    void needCells() {
        cells = Workspace.atLeast(cells, rows * units);
    }

    /// Makes room for a GRU's candidates.
    void needCandidates(Tensor of) {
        candidates = of;
        u = Workspace.atLeast(u, rows * units);
    }

    int steps() {
        return steps;
    }

    /// Whether there is dropout of states.
    boolean isMasked() {
        return mask.size() != 0;
    }

    /// What the weights multiply, `[rows × units]`: the states before a step, masked; backwards the gradient of it.
    float[] operand() {
        return isMasked() ? masked : h;
    }

    /// y = x∘mask, for a row of `[rows × units]`; nothing without a mask.
    void mask(float[] x, float[] y, int row) {
        int at = row * units;
        if (isMasked()) engine.multiply(x, at, mask.array(), mask.offset() + at, y, at, units);
    }

    /// Sets the gradients of the states of some rows from those of [#operand()], or adds them.
    void unmask(boolean adds, int from, int to) {
        if (!isMasked()) return;
        for (int row = from; row < to; row++) {
            int at = row * units;
            mask(masked, adds ? masked : h, row);
            if (adds) engine.add(h, at, masked, at, h, at, units);
        }
    }

    // ------------------------------------------------------------------------------------------------- products

    /// Sets a product of each step, C = x·Wᵀ with the weights of some gates.
    /// @param adds whether it is added to C
    /// @param x `[rows × units]`
    /// @param into [#z], of which C is the columns of these gates, or `[rows × units]`
    void forward(Product p, boolean adds, float[] x, int fromGate, int toGate, float[] into) {
        p.begin(adds);
        show(p.a, x, fromGate, toGate);
        show(p.c, into, fromGate, toGate);
        EncodedMatrix encoded = requireNonNull(w).encoded();
        if (encoded != null) {
            p.setEncoded(encoded, fromGate * units);
            p.way = engine.way(p, 1);
            return;
        }
        showWeights(p.b, fromGate, toGate, true);
        pack(p, toGate - fromGate == count ? engine.panels(requireNonNull(w)) : null);
    }

    /// Sets a product of each step, C = δ·W with the weights of some gates.
    /// @param adds whether it is added to C
    /// @param delta [#z], of which the columns of these gates count, or `[rows × units]`
    /// @param into `[rows × units]`
    void backward(Product p, boolean adds, float[] delta, int fromGate, int toGate, float[] into) {
        p.begin(adds);
        show(p.a, delta, fromGate, toGate);
        showWeights(p.b, fromGate, toGate, false);
        show(p.c, into, fromGate, toGate);
        pack(p, null);
    }

    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    private void show(Operand operand, float[] x, int fromGate, int toGate) {
        if (x == z) operand.set(z, fromGate * units, rows, (toGate - fromGate) * units, count * units, 1);
        else operand.set(x, 0, rows, units, units, 1);
    }

    private void showWeights(Operand operand, int fromGate, int toGate, boolean transposed) {
        Matrix all = requireNonNull(w).matrix();
        int at = all.offset() + fromGate * units * all.rowStride();
        int n = (toGate - fromGate) * units;
        if (transposed) operand.set(all.array(), at, units, n, 1, all.rowStride());
        else operand.set(all.array(), at, n, units, all.rowStride(), 1);
    }

    /// Packs the weights for all steps of a product, where that makes it faster.
    /// @param kept a packed copy that is there
    private void pack(Product p, float @Nullable [] kept) {
        p.panels = kept;
        if (kept == null) {
            Operand b = p.b;
            float[] into = p == product ? packed : packedCandidates;
            p.panels = engine.pack(b.array(), b.offset(), b.rowStride(), b.columnStride(), b.rows(), b.columns(), into);
            if (p.panels != null && p == product) packed = p.panels;
            else if (p.panels != null) packedCandidates = p.panels;
        }
        p.way = engine.way(p, 1);
    }

    /// Computes a product for some rows.
    void multiply(Product p, int from, int to) {
        engine.gemm(p, 0, from, to, 0, p.c.columns());
    }

    void run(Code ofRows, int count, Workers workers) {
        code = ofRows;
        parts.run(0, rows, count, 1, workers);
    }

    private void compute(int from, int to) {
        requireNonNull(code).compute(this, from, to);
    }

    void reset() {
        product.clear();
        candidateProduct.clear();
        activation = Activation.IDENTITY;
        gates = Tensor.EMPTY;
        candidates = Tensor.EMPTY;
        c0 = Tensor.EMPTY;
        c = Tensor.EMPTY;
        cn = Tensor.EMPTY;
        dc0 = Tensor.EMPTY;
        w = null;
        before = Tensor.EMPTY;
        y = Tensor.EMPTY;
        hn = Tensor.EMPTY;
        h0 = Tensor.EMPTY;
        lengths = Tensor.EMPTY;
        mask = Tensor.EMPTY;
        code = null;
    }

    // --------------------------------------------------------------------------------------------------- steps

    /// The index on the time axis of a step.
    int time(int step) {
        return reversed ? steps - 1 - step : step;
    }

    private int length(int row) {
        return lengths.size() == 0 ? steps : (int) lengths.array()[lengths.offset() + row];
    }

    /// Whether a row has this step.
    boolean has(int row, int time) {
        return time < length(row);
    }

    /// Whether this is the first step of a row.
    boolean isFirst(int row, int time) {
        return time == (reversed ? length(row) - 1 : 0);
    }

    /// Whether this is the last step of a row.
    boolean isLast(int row, int time) {
        return time == (reversed ? 0 : length(row) - 1);
    }

    /// The index of a row's step in a tensor `[rows × time × width]`.
    int at(Tensor tensor, int row, int time, int width) {
        return tensor.offset() + (row * steps + time) * width;
    }

    /// The room of a thread whose first row is this: three vectors of units.
    int temporaryAt(int firstRow) {
        return TEMPORARY * firstRow * units;
    }

    float[] temporary() {
        return temporary;
    }

    /// Zeros, a vector of units.
    float[] zeros() {
        return zeros;
    }

    /// Begins the steps of some rows with the states before the first.
    void begin(int from, int to) {
        for (int row = from; row < to; row++) copyRow(h0, row, h, row * units);
    }

    /// Begins a step of some rows: takes what the inputs add to the gates, and writes the states before it.
    void beginStep(int from, int to, int time) {
        int n = count * units;
        for (int row = from; row < to; row++) {
            System.arraycopy(gates.array(), at(gates, row, time, n), z, row * n, n);
            keep(h, row, before, time);
            mask(h, masked, row);
        }
    }

    /// Writes a row of `[rows × units]` for the gradient, if there will be one.
    void keep(float[] from, int row, Tensor to, int time) {
        if (to.size() != 0) System.arraycopy(from, row * units, to.array(), at(to, row, time, units), units);
    }

    /// The array of the activated gates: those that the gradient needs, or [#z] if there will be none.
    float[] activated() {
        return before.size() == 0 ? z : gates.array();
    }

    /// The index of the activated gates of a step of a row.
    int activatedAt(int row, int time) {
        int n = count * units;
        return before.size() == 0 ? row * n : at(gates, row, time, n);
    }

    /// The array of the states before steps.
    float[] before() {
        return before.array();
    }

    /// The index of the state before a step of a row.
    int beforeAt(int row, int time) {
        return at(before, row, time, units);
    }

    /// Writes the state after a step of a row.
    void emit(int row, int time) {
        if (y.size() != 0) System.arraycopy(h, row * units, y.array(), at(y, row, time, units), units);
        if (hn.size() != 0 && isLast(row, time)) {
            System.arraycopy(h, row * units, hn.array(), hn.offset() + row * units, units);
        }
    }

    /// Passes by a row that does not have this step.
    void skip(int row, int time) {
        if (y.size() == 0) return;
        int at = at(y, row, time, units);
        Arrays.fill(y.array(), at, at + units, 0);
    }

    /// Writes the δ of a step of a row.
    void emitDelta(int row, int time) {
        int n = count * units;
        System.arraycopy(z, row * n, gates.array(), at(gates, row, time, n), n);
    }

    /// Writes that a row does not have this step: δ is 0.
    void skipDelta(int row, int time) {
        int n = count * units;
        Arrays.fill(z, row * n, (row + 1) * n, 0);
        emitDelta(row, time);
    }

    /// Copies a row of `[rows × units]`, zeros if it is empty.
    void copyRow(Tensor from, int row, float[] to, int at) {
        if (from.size() == 0) Arrays.fill(to, at, at + units, 0);
        else System.arraycopy(from.array(), from.offset() + row * units, to, at, units);
    }

    /// Sets the gradients of the state after a step of a row: that of the next step, or after the last that of the
    /// final state, and that of y.
    void beginGradient(int row, int time) {
        int at = row * units;
        if (isLast(row, time)) copyRow(hn, row, h, at);
        if (y.size() != 0) engine.add(h, at, y.array(), at(y, row, time, units), h, at, units);
    }

    /// Writes the gradients of the states before the first step, for rows of which this is the first, and masks the
    /// states before the step.
    void endGradients(int from, int to, int time) {
        for (int row = from; row < to; row++) {
            if (isMasked()) {
                int step = beforeAt(row, time);
                int factors = mask.offset() + row * units;
                engine.multiply(before(), step, mask.array(), factors, before(), step, units);
            }
            if (!isFirst(row, time)) continue;
            int at = row * units;
            if (h0.size() != 0) System.arraycopy(h, at, h0.array(), h0.offset() + at, units);
            if (dc0.size() != 0) System.arraycopy(cells, at, dc0.array(), dc0.offset() + at, units);
        }
    }
}
