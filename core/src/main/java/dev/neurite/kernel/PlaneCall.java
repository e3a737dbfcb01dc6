package dev.neurite.kernel;

import static java.util.Objects.requireNonNull;

import dev.neurite.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// What one call of a kernel on planes works on, and how it is cut into runs of planes for threads. As with [Call],
/// calls are used again and again, and their code captures nothing, so that computing allocates nothing.
final class PlaneCall implements IntConsumer {
    /// Computes neighboring planes.
    interface Code {
        void compute(PlaneCall call, int from, int count);
    }

    /// Calls that wait to be used again.
    static final class Idle {
        private final ArrayDeque<PlaneCall> idle = new ArrayDeque<>();
        private final ScalarKernels engine;
        private final ScalarPools pools;

        Idle(ScalarKernels engine) {
            this.engine = engine;
            this.pools = engine.pools();
        }

        /// A call on so many planes of two tensors.
        PlaneCall take(int planes, Tensor first, int firstArea, Tensor second, int secondArea) {
            PlaneCall call = take();
            call.planes = planes;
            call.a = first.array();
            call.aAt = first.offset();
            call.aArea = firstArea;
            call.b = second.array();
            call.bAt = second.offset();
            call.bArea = secondArea;
            return call;
        }

        private synchronized PlaneCall take() {
            PlaneCall call = idle.poll();
            return call == null ? new PlaneCall(engine, pools) : call;
        }

        /// Only calls that ended well come back.
        synchronized void give(PlaneCall call) {
            call.forget();
            idle.push(call);
        }
    }

    private static final int GRAIN = 8_192; // elements below which a second thread costs more than it saves
    private static final float[] NO_NUMBERS = {};

    final ScalarKernels engine;
    final ScalarPools pools;

    // The tensors: their arrays, where in them they begin, and how many elements a plane of theirs has.
    float[] a = NO_NUMBERS;
    float[] b = NO_NUMBERS;
    float[] c = NO_NUMBERS;
    int aAt;
    int bAt;
    int cAt;
    int aArea;
    int bArea;

    boolean flag;
    private @Nullable Object settings;

    private int planes;
    private int step;
    private @Nullable Code code;

    private PlaneCall(ScalarKernels engine, ScalarPools pools) {
        this.engine = engine;
        this.pools = pools;
    }

    void setC(Tensor third) {
        c = third.array();
        cAt = third.offset();
    }

    void set(Object ofThisKernel) {
        settings = ofThisKernel;
    }

    Pooling pooling() {
        return (Pooling) requireNonNull(settings);
    }

    Region region() {
        return (Region) requireNonNull(settings);
    }

    Resizing resizing() {
        return (Resizing) requireNonNull(settings);
    }

    Permutation permutation() {
        return (Permutation) requireNonNull(settings);
    }

    /// Runs over all planes.
    void run(Code ofPlanes, Workers workers) {
        code = ofPlanes;
        long elements = (long) planes * Math.max(aArea, bArea);
        int parts = (int) Math.min(workers.threads(), 1 + elements / GRAIN);
        step = Math.max(1, Math.ceilDiv(planes, parts));
        if (step < planes) workers.run(Math.ceilDiv(planes, step), this);
        else if (planes > 0) accept(0);
    }

    @Override
    public void accept(int part) {
        int from = part * step;
        requireNonNull(code).compute(this, from, Math.min(planes - from, step));
    }

    private void forget() {
        a = NO_NUMBERS;
        b = NO_NUMBERS;
        c = NO_NUMBERS;
        settings = null;
        code = null;
    }
}
