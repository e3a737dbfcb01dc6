package dev.neurite.kernel.cpu;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// An engine, its threads, and a pool of [Call]s: shared by all kernels of one [CpuKernels].
public final class Team {
    private static final int GRAIN = 16_384; // the elements per thread below which another thread does not pay
    private static final long PRODUCT_GRAIN = 100_000; // the same for the multiplications of a matrix product

    private final ScalarKernels engine;
    private final Workers workers;
    private final WorkspacePool<Call> calls;

    /// @param vectors whether to use the vector engine
    /// @param threads the number of threads, including the caller's
    public Team(boolean vectors, int threads) {
        engine = vectors ? new VectorKernels() : new ScalarKernels();
        workers = new Workers(threads);
        calls = new WorkspacePool<>(() -> new Call(engine));
    }

    public ScalarKernels engine() {
        return engine;
    }

    /// The threads.
    public Workers workers() {
        return workers;
    }

    /// The number of parts that work on this many elements is divided into.
    public int parts(long elements) {
        return (int) Math.min(workers.threads(), 1 + elements / GRAIN);
    }

    // -------------------------------------------------------------------------------------------------------- calls

    Call call() {
        return calls.take();
    }

    Call call(Tensor a, Tensor b) {
        Call call = call();
        call.set(a, b);
        return call;
    }

    Call call(Tensor a, Tensor b, Tensor c) {
        Call call = call(a, b);
        call.setC(c);
        return call;
    }

    /// The floats of a vector of the engine that has them.
    public static int lanes() {
        return VectorKernels.L;
    }

    /// Returns a call to the pool after it has succeeded; a failed one is dropped.
    void done(Call call) {
        call.reset();
        calls.release(call);
    }

    // ------------------------------------------------------------------------------------------------- sharing work

    /// Runs the code over the elements of the first tensor.
    void elements(Call call, Call.Elements code) {
        elements(call, 0, call.size(), code);
    }

    void elements(Call call, int from, int to, Call.Elements code) {
        call.overElements(code, from, to, parts(to - from), workers);
        done(call);
    }

    /// Runs the code over the rows of the first tensor. An element is assumed to take eight times
    /// as long as an addition.
    /// @throws ShapeException for channels in blocks, whose rows have another order
    void rows(Call call, Call.Row code) {
        if (!call.rowMajor)
            throw new ShapeException("kernel over rows", "expects row-major order, got channels in blocks");
        call.overRows(code, parts(8L * call.size()), workers);
        done(call);
    }

    /// Each thread computes whole products, or if that would leave threads idle, they share the rows or columns of
    /// each.
    void product(Call call) {
        Product p = call.product;
        int ofOne = (int) Math.min(workers.threads(), 1 + p.multiplications() / PRODUCT_GRAIN);
        int ofAll = (int) Math.min(workers.threads(), 1 + p.count * p.multiplications() / PRODUCT_GRAIN);
        long ofWhole = Math.ceilDiv(p.count, ofAll); // products, one after another; shared, count / ofOne
        boolean shares = p.count == 1 || 5L * p.count < 4L * ofOne * ofWhole; // sharing costs about a fifth
        p.way = engine.way(p, shares ? ofOne : 1);
        if (!shares) {
            call.overProducts(ofAll, workers);
        } else {
            if (ofOne > 1) engine.prepare(p, null);
            for (int i = 0; i < p.count; i++) call.overProduct(i, ofOne, workers);
        }
        done(call);
    }

    /// Products that do not read each other's results. If each reads its weights once, threads divide those of all
    /// among them.
    void products(List<Call> calls) {
        long multiplications = 0;
        for (Call each : calls) multiplications += each.product.multiplications();
        int threads = (int) Math.min(workers.threads(), 1 + multiplications / PRODUCT_GRAIN);
        boolean joint = calls.size() > 1;
        for (Call each : calls) {
            each.product.way = engine.way(each.product, threads);
            joint &= each.product.readsWeightsOnce();
        }
        if (!joint) {
            for (Call each : calls) product(each);
            return;
        }
        int groups = 0;
        for (Call each : calls) {
            engine.prepare(each.product, calls.getFirst().product);
            groups += each.groups();
        }
        Parts.Code code = (begin, end) -> {
            int first = 0;
            for (Call each : calls) {
                each.computeGroups(begin - first, end - first);
                first += each.groups();
            }
        };
        new Parts(code).run(0, groups, threads, 1, workers);
        for (Call each : calls) done(each);
    }
}
