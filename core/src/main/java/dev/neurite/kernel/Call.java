package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// What one call of a kernel works on, and how it is cut into parts for threads. Calls are used again and
/// again, and the code of a part is a lambda that captures nothing, so that computing allocates nothing.
final class Call implements IntConsumer {
    /// Computes n neighboring elements.
    interface Elements {
        void compute(Call call, int from, int n);
    }

    /// Computes one row.
    interface Row {
        void compute(Call call, int row);
    }

    private static final int[] NO_LABELS = {};
    private static final float[] NO_NUMBERS = {};
    private static final Noise NO_NOISE = new Noise(0, 0);
    static final float[][] NO_MEMORY = {};

    final ScalarKernels engine;
    final Product product = new Product();
    final Convolution convolution = new Convolution();
    final Norm norm = new Norm();

    // The tensors: their arrays, and where in them they begin. Rows and columns are those of the first.
    float[] a = NO_NUMBERS;
    float[] b = NO_NUMBERS;
    float[] c = NO_NUMBERS;
    float[] d = NO_NUMBERS;
    int aAt;
    int bAt;
    int cAt;
    int dAt;
    int rows;
    int columns;

    Noise noise = NO_NOISE;
    int cut;
    int channels;

    float factor;
    float shift;
    float otherwise;
    int group; // how many neighboring columns belong together
    Elementwise activation = Activation.IDENTITY;
    int[] labels = NO_LABELS;
    int ignored; // among the labels
    int otherColumns; // those of the second tensor

    @Nullable
    Pointwise pointwise;

    @Nullable
    Rowwise rowwise;

    float[] theta = NO_NUMBERS;

    @Nullable
    Update update;

    float[][] memory = NO_MEMORY;

    /// Set by a part that has found what was looked for.
    volatile boolean found;

    private int from;
    private int to;
    private int step;
    private @Nullable Elements elements;
    private @Nullable Row row;
    private boolean ofRows; // whether parts of a product are rows

    Call(ScalarKernels engine) {
        this.engine = engine;
    }

    void reset() {
        product.clear();
        convolution.clear();
        norm.clear();
        a = NO_NUMBERS;
        b = NO_NUMBERS;
        c = NO_NUMBERS;
        d = NO_NUMBERS;
        activation = Activation.IDENTITY;
        labels = NO_LABELS;
        pointwise = null;
        rowwise = null;
        noise = NO_NOISE;
        theta = NO_NUMBERS;
        update = null;
        memory = NO_MEMORY;
        found = false;
        elements = null;
        row = null;
    }

    /// Sets the first two tensors.
    void set(Tensor first, Tensor second) {
        a = first.array();
        aAt = first.offset();
        b = second.array();
        bAt = second.offset();
        rows = first.rows();
        columns = first.matrix().columns();
    }

    void setC(Tensor third) {
        c = third.array();
        cAt = third.offset();
    }

    void setD(Tensor fourth) {
        d = fourth.array();
        dAt = fourth.offset();
    }

    /// The number of elements of the first tensor.
    int size() {
        return rows * columns;
    }

    /// Runs over elements `start` to `end`.
    void overElements(Elements code, int start, int end, int parts, Workers workers) {
        elements = code;
        spread(start, end, parts, ScalarKernels.LANES, workers);
    }

    /// Runs over the rows of the first tensor.
    void overRows(Row code, int parts, Workers workers) {
        row = code;
        spread(0, rows, parts, 1, workers);
    }

    /// Runs over the rows or columns of [#product].
    void overProduct(boolean rows, int parts, Workers workers) {
        ofRows = rows;
        if (rows) spread(0, product.c.rows(), parts, engine.rowStep(product), workers);
        else spread(0, product.c.columns(), parts, engine.columnStep(product), workers);
    }

    private void spread(int start, int end, int parts, int multiple, Workers workers) {
        from = start;
        to = end;
        int even = Math.ceilDiv(end - start, parts);
        step = Math.max(multiple, Math.ceilDiv(even, multiple) * multiple);
        if (step < end - start) workers.run(Math.ceilDiv(end - start, step), this);
        else if (start < end) accept(0);
    }

    @Override
    public void accept(int part) {
        int begin = from + part * step;
        int end = Math.min(to, begin + step);
        Elements elementCode = elements;
        Row rowCode = row;
        if (elementCode != null) {
            elementCode.compute(this, begin, end - begin);
        } else if (rowCode != null) {
            for (int i = begin; i < end; i++) rowCode.compute(this, i);
        } else if (ofRows) {
            engine.gemm(product, begin, end, 0, product.c.columns());
        } else {
            engine.gemm(product, 0, product.c.rows(), begin, end);
        }
    }
}
