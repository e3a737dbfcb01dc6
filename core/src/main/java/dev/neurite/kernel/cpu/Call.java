package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.Pointwise;
import dev.neurite.kernel.Rowwise;
import dev.neurite.kernel.Update;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One call of a kernel: its arguments, and its division into parts for the threads. Calls are
/// reused, and the code of a part is a lambda that captures nothing, so that a call allocates
/// nothing.
final class Call {
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
    private static final int ALL = -1;

    final ScalarKernels engine;
    final Product product = new Product();
    final Norm norm = new Norm();

    // The tensors: arrays and offsets. Rows and columns are those of the first tensor.
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
    boolean rowMajor = true; // the first tensor's layout

    Noise noise = NO_NOISE;
    int cut;
    int channels;

    float factor;
    float shift;
    float otherwise;
    int group; // the number of neighboring columns that belong together
    Elementwise activation = Activation.IDENTITY;
    int[] labels = NO_LABELS;
    int ignored; // the label of rows that are left out
    int otherRows; // rows of the second tensor, or of the first if `rows` counts channels
    int otherColumns; // columns of the second tensor

    @Nullable
    Pointwise pointwise;

    @Nullable
    Rowwise rowwise;

    float[] theta = NO_NUMBERS;

    @Nullable
    Update update;

    float[][] memory = NO_MEMORY;

    /// Set by a part that has found an element that is not finite.
    volatile boolean found;

    private final Parts parts = new Parts(this::compute);
    private @Nullable Elements elements;
    private @Nullable Row row;
    private int one; // the product whose rows or columns are the parts, or ALL if products are

    Call(ScalarKernels engine) {
        this.engine = engine;
    }

    void reset() {
        product.clear();
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
        rowMajor = true;
        elements = null;
        row = null;
    }

    /// Sets the first two tensors; rows and columns are those of the first.
    void set(Tensor first, Tensor second) {
        a = first.array();
        aAt = first.offset();
        b = second.array();
        bAt = second.offset();
        rowMajor = first.layout() == Layout.ROW_MAJOR;
        rows = first.rows();
        columns = rows == 0 ? first.matrix().columns() : first.size() / rows;
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

    /// Runs the code over elements `start` to `end`.
    void overElements(Elements code, int start, int end, int count, Workers workers) {
        elements = code;
        parts.run(start, end, count, ScalarKernels.LANES, workers);
    }

    /// Runs the code over the rows of the first tensor.
    void overRows(Row code, int count, Workers workers) {
        row = code;
        parts.run(0, rows, count, 1, workers);
    }

    /// Runs the code over n units of equal work.
    void overUnits(Elements code, int n, int count, Workers workers) {
        elements = code;
        parts.run(0, n, count, 1, workers);
    }

    /// Computes one of the products by rows or by columns.
    void overProduct(int which, int count, Workers workers) {
        one = which;
        if (product.byRows()) parts.run(0, product.c.rows(), count, engine.rowStep(product), workers);
        else parts.run(0, product.c.columns(), count, engine.columnStep(product), workers);
    }

    /// Computes all products, each on one thread.
    void overProducts(int count, Workers workers) {
        one = ALL;
        parts.run(0, product.count, count, 1, workers);
    }

    /// The groups of columns of the product that threads do not divide.
    int groups() {
        return Math.ceilDiv(product.c.columns(), engine.columnStep(product));
    }

    /// Computes those of these groups of columns of the product that it has.
    void computeGroups(int begin, int end) {
        int step = engine.columnStep(product);
        int j0 = Math.max(begin, 0) * step;
        int j1 = Math.min(product.c.columns(), Math.min(end, groups()) * step);
        if (j0 < j1) engine.gemm(product, 0, 0, product.c.rows(), j0, j1);
    }

    /// Computes a part: elements, rows of a tensor, or rows or columns of a product.
    private void compute(int begin, int end) {
        Elements elementCode = elements;
        Row rowCode = row;
        if (elementCode != null) {
            elementCode.compute(this, begin, end - begin);
        } else if (rowCode != null) {
            for (int i = begin; i < end; i++) rowCode.compute(this, i);
        } else if (one == ALL) {
            for (int i = begin; i < end; i++) {
                engine.gemm(product, i, 0, product.c.rows(), 0, product.c.columns());
            }
        } else if (product.byRows()) {
            engine.gemm(product, one, begin, end, 0, product.c.columns());
        } else {
            engine.gemm(product, one, 0, product.c.rows(), begin, end);
        }
    }
}
