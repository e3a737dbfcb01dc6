package dev.neurite.kernel.cpu.plane;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Distributions;
import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Tensor;

/// [Distributions] on the processor.
public final class CpuDistributions implements Distributions {
    private static final int BLOCK = 4096; // elements

    /// One call. As other calls of kernels, they are reused, so that a call allocates nothing.
    private static final class Work {
        private static final float[] NO_NUMBERS = {};

        private final ScalarDistributions engine;
        private final Parts blocks = new Parts(this::figures);
        private final Parts shares = new Parts(this::count);
        private final Parts columnShares = new Parts(this::zeros);
        private float factor;
        private float[] x = NO_NUMBERS;
        private int xAt;
        private int size;
        private double[] results = {}; // of each block
        private double from;
        private double to;
        private int bins;
        private int shareSize; // the elements of a share
        private int[] counts = {}; // of each share
        private int rows;
        private int columns;
        private int inner; // elements of a column in a row

        Work(ScalarDistributions engine) {
            this.engine = engine;
        }

        void set(float s, Tensor of) {
            factor = s;
            x = of.array();
            xAt = of.offset();
            size = of.size();
        }

        void reset() {
            x = NO_NUMBERS;
        }

        private void figures(int begin, int end) {
            for (int block = begin; block < end; block++) {
                int at = block * BLOCK;
                int n = Math.min(BLOCK, size - at);
                engine.figures(factor, x, xAt + at, n, results, block * ScalarDistributions.RESULTS);
            }
        }

        private void count(int begin, int end) {
            for (int share = begin; share < end; share++) {
                int at = share * shareSize;
                int n = Math.min(shareSize, size - at);
                int co = share * ScalarDistributions.TURNS * bins;
                ScalarDistributions.histogram(factor, x, xAt + at, n, from, to, bins, counts, co);
            }
        }

        private void zeros(int begin, int end) {
            for (int share = begin; share < end; share++) {
                int first = share * shareSize;
                int last = Math.min(columns, first + shareSize);
                counts[share] = ScalarDistributions.zeroColumns(factor, x, xAt, rows, columns, inner, first, last);
            }
        }
    }

    private final Team team;
    private final WorkspacePool<Work> pool;

    /// Kernels on the engine and the threads of this team.
    public CpuDistributions(Team team) {
        this.team = team;
        ScalarDistributions engine = team.engine().isVector() ? new VectorDistributions() : new ScalarDistributions();
        pool = new WorkspacePool<>(() -> new Work(engine));
    }

    @Override
    public void figures(float s, Tensor x, double[] y) {
        if (y.length != FIGURES) {
            throw new ShapeException("figures", "expects " + FIGURES + " places, got " + y.length);
        }
        Work work = pool.take();
        work.set(s, x);
        int blocks = Math.ceilDiv(work.size, BLOCK);
        int length = Math.multiplyExact(blocks, ScalarDistributions.RESULTS);
        if (work.results.length < length) work.results = new double[length];
        work.blocks.run(0, blocks, team.parts(work.size), 1, team.workers());
        sum(work.results, blocks, work.size, y);
        work.reset();
        pool.release(work);
    }

    private static void sum(double[] results, int blocks, int size, double[] y) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        double zeros = 0;
        double notFinite = 0;
        for (int block = 0; block < blocks; block++) {
            int at = block * ScalarDistributions.RESULTS;
            min = Math.min(min, results[at + ScalarDistributions.MIN]);
            max = Math.max(max, results[at + ScalarDistributions.MAX]);
            sum += ScalarDistributions.tree(results, at);
            squares += ScalarDistributions.tree(results, at + ScalarDistributions.SQUARES);
            zeros += results[at + ScalarDistributions.ZEROS];
            notFinite += results[at + ScalarDistributions.NOT_FINITE];
        }
        boolean none = notFinite == size;
        y[MIN] = none ? Double.NaN : min;
        y[MAX] = none ? Double.NaN : max;
        y[SUM] = sum;
        y[SQUARES] = squares;
        y[ZEROS] = zeros;
        y[NOT_FINITE] = notFinite;
    }

    @Override
    public void histogram(float s, Tensor x, double from, double to, int[] counts) {
        double width = to - from;
        if (counts.length == 0 || !(width >= 0 && width <= Double.MAX_VALUE)) {
            throw new ShapeException(
                    "histogram",
                    "expects intervals between finite bounds, got " + counts.length + " from " + from + " to " + to);
        }
        Work work = pool.take();
        work.set(s, x);
        work.from = from;
        work.to = to;
        work.bins = counts.length;
        int shares = team.parts(work.size);
        int each = ScalarDistributions.TURNS * counts.length;
        work.shareSize = Math.max(1, Math.ceilDiv(work.size, shares));
        shares = Math.ceilDiv(work.size, work.shareSize);
        int length = Math.multiplyExact(shares, each);
        if (work.counts.length < length) work.counts = new int[length];
        work.shares.run(0, shares, Math.max(1, shares), 1, team.workers());
        for (int bin = 0; bin < counts.length; bin++) {
            int sum = 0;
            for (int at = bin; at < length; at += counts.length) sum += work.counts[at];
            counts[bin] = sum;
        }
        work.reset();
        pool.release(work);
    }

    @Override
    public int zeroColumns(float s, Tensor x) {
        if (x.shape().rank() < 2) {
            throw new ShapeException("zeroColumns", "expects rows and columns, got " + x.shape());
        }
        if (x.size() == 0) return 0;
        Work work = pool.take();
        work.set(s, x);
        work.rows = x.shape().extent(0);
        work.columns = x.shape().extent(1);
        work.inner = x.size() / work.rows / work.columns;
        int shares = Math.min(work.columns, team.parts(work.size));
        work.shareSize = Math.ceilDiv(work.columns, shares);
        shares = Math.ceilDiv(work.columns, work.shareSize);
        if (work.counts.length < shares) work.counts = new int[shares];
        work.columnShares.run(0, shares, shares, 1, team.workers());
        int sum = 0;
        for (int share = 0; share < shares; share++) sum += work.counts[share];
        work.reset();
        pool.release(work);
        return sum;
    }
}
