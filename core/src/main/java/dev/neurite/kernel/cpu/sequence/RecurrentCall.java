package dev.neurite.kernel.cpu.sequence;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.PackedWeights;
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
    Tensor before = Tensor.EMPTY;
    Tensor candidates = Tensor.EMPTY;
    Tensor c0 = Tensor.EMPTY;
    Tensor c = Tensor.EMPTY;
    Tensor y = Tensor.EMPTY; // or dy
    Tensor hn = Tensor.EMPTY; // or dhn
    Tensor cn = Tensor.EMPTY;
    Tensor h0 = Tensor.EMPTY; // or dh0
    Tensor dc0 = Tensor.EMPTY;
    int units;

    private Tensor lengths = Tensor.EMPTY;
    private boolean reversed;
    private int rows;
    private int steps;

    /// The gradients of the state and the cells, `[rows × units]`.
    float[] dh = {};

    float[] dc = {};

    private float[] zeros = {};
    private float[] temporary = {};
    private float[] packed = {};
    private float[] packedCandidates = {};
    private final Parts parts = new Parts(this::compute);
    private @Nullable Code code;

    RecurrentCall(ScalarKernels engine) {
        this.engine = engine;
    }

    /// Sets what all kernels have.
    /// @param ofGates `[rows × time × count·units]`
    void set(Tensor ofGates, int count, Tensor ofLengths, boolean backwards) {
        gates = ofGates;
        lengths = ofLengths;
        reversed = backwards;
        rows = ofGates.rows();
        steps = ofGates.shape().extent(1);
        units = ofGates.shape().extent(2) / count;
        zeros = Workspace.atLeast(zeros, units);
        temporary = Workspace.atLeast(temporary, TEMPORARY * rows * units);
    }

    int steps() {
        return steps;
    }

    /// Makes room for the gradients of states.
    void needGradients() {
        dh = Workspace.atLeast(dh, rows * units);
        dc = Workspace.atLeast(dc, rows * units);
    }

    /// Shows some columns of a tensor `[rows × time × width]` at the first time.
    void show(Operand operand, Tensor tensor, int width, int firstColumn, int columns) {
        operand.set(tensor.array(), tensor.offset() + firstColumn, rows, columns, steps * width, 1);
    }

    /// Shows the gradients of states.
    void showGradients(Operand operand) {
        operand.set(dh, 0, rows, units, units, 1);
    }

    /// Shows the weights of some gates, `[gates·units × units]`, or their transpose.
    void showWeights(Operand operand, Matrix w, int fromGate, int toGate, boolean transposed) {
        int at = w.offset() + fromGate * units * w.rowStride();
        int n = (toGate - fromGate) * units;
        if (transposed) operand.set(w.array(), at, units, n, 1, w.rowStride());
        else operand.set(w.array(), at, n, units, w.rowStride(), 1);
    }

    /// Packs the weights for all steps of a product, where that makes it faster.
    /// @param constant the weights whose transpose B is, if a packed copy may be kept; null for none
    void pack(Product p, @Nullable PackedWeights constant) {
        float[] kept = constant == null ? null : engine.panels(constant);
        if (kept == null) {
            Operand b = p.b;
            float[] into = p == product ? packed : packedCandidates;
            kept = engine.pack(b.array(), b.offset(), b.rowStride(), b.columnStride(), b.rows(), b.columns(), into);
            if (kept != null && p == product) packed = kept;
            else if (kept != null) packedCandidates = kept;
        }
        p.panels = kept;
        p.way = engine.way(p, 1);
    }

    /// Runs the code over all rows.
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
        before = Tensor.EMPTY;
        candidates = Tensor.EMPTY;
        c0 = Tensor.EMPTY;
        c = Tensor.EMPTY;
        y = Tensor.EMPTY;
        hn = Tensor.EMPTY;
        cn = Tensor.EMPTY;
        h0 = Tensor.EMPTY;
        dc0 = Tensor.EMPTY;
        lengths = Tensor.EMPTY;
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

    /// Writes the states before the first step.
    void begin(int from, int to) {
        for (int row = from; row < to; row++) {
            copyRow(h0, row, before.array(), at(before, row, time(0), units));
        }
    }

    /// Writes the state h after a step of a row.
    void emit(int row, int step, float[] h, int at) {
        int time = time(step);
        if (y.size() != 0) System.arraycopy(h, at, y.array(), at(y, row, time, units), units);
        if (step + 1 < steps) {
            System.arraycopy(h, at, before.array(), at(before, row, time(step + 1), units), units);
        }
        if (hn.size() != 0 && isLast(row, time)) {
            System.arraycopy(h, at, hn.array(), hn.offset() + row * units, units);
        }
    }

    /// Passes the state of a row on that does not have this step.
    void skip(int row, int step) {
        int time = time(step);
        if (y.size() != 0) {
            int at = at(y, row, time, units);
            Arrays.fill(y.array(), at, at + units, 0);
        }
        if (step + 1 < steps) {
            int from = at(before, row, time, units);
            System.arraycopy(before.array(), from, before.array(), at(before, row, time(step + 1), units), units);
        }
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
        if (isLast(row, time)) copyRow(hn, row, dh, at);
        if (y.size() != 0) engine.add(dh, at, y.array(), at(y, row, time, units), dh, at, units);
    }

    /// Writes the gradients of the states before the first step, for rows of which this is the first.
    void endGradients(int from, int to, int time) {
        for (int row = from; row < to; row++) {
            if (!isFirst(row, time)) continue;
            int at = row * units;
            if (h0.size() != 0) System.arraycopy(dh, at, h0.array(), h0.offset() + at, units);
            if (dc0.size() != 0) System.arraycopy(dc, at, dc0.array(), dc0.offset() + at, units);
        }
    }
}
