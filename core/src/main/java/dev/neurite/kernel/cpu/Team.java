package dev.neurite.kernel.cpu;

import dev.neurite.tensor.Tensor;

/// An engine, the threads that share its work, and [Call]s that are used again and again: what the kernels of one
/// [CpuKernels] have in common.
public final class Team {
    private static final int GRAIN = 16_384; // elements below which a second thread costs more than it saves
    private static final long PRODUCT_GRAIN = 100_000; // the same for multiplications of a matrix product

    private final ScalarKernels engine;
    private final Workers workers;
    private final WorkspacePool<Call> calls;

    /// @param vectors whether the engine is the Vector API
    /// @param threads the calling thread included
    public Team(boolean vectors, int threads) {
        engine = vectors ? new VectorKernels() : new ScalarKernels();
        workers = new Workers(threads);
        calls = new WorkspacePool<>(() -> new Call(engine));
    }

    /// The code that computes.
    public ScalarKernels engine() {
        return engine;
    }

    /// The threads.
    public Workers workers() {
        return workers;
    }

    /// In how many parts work on so many elements is shared.
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

    /// Takes a call back that ended well; one that failed is dropped.
    void done(Call call) {
        call.reset();
        calls.release(call);
    }

    // ------------------------------------------------------------------------------------------------- sharing work

    /// Runs over the elements of the first tensor.
    void elements(Call call, Call.Elements code) {
        elements(call, 0, call.size(), code);
    }

    void elements(Call call, int from, int to, Call.Elements code) {
        call.overElements(code, from, to, parts(to - from), workers);
        done(call);
    }

    /// Runs over the rows of the first tensor, where an element takes about eight times as long as an addition.
    void rows(Call call, Call.Row code) {
        call.overRows(code, parts(8L * call.size()), workers);
        done(call);
    }

    void product(Call call) {
        int parts = (int) Math.min(workers.threads(), 1 + call.product.multiplications() / PRODUCT_GRAIN);
        call.overProduct(engine.sharesRows(call.product, parts), parts, workers);
        done(call);
    }
}
