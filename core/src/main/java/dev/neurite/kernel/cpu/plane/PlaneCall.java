package dev.neurite.kernel.cpu.plane;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.Permutation;
import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Rectangle;
import dev.neurite.kernel.Resizing;
import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.kernel.cpu.Workers;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One call of a kernel on planes: its arguments, and its division into runs of planes for the
/// threads. They are reused, and their code captures nothing, so that a call allocates
/// nothing.
final class PlaneCall {
    /// Computes neighboring planes.
    interface Code {
        void compute(PlaneCall call, int from, int count);
    }

    private static final int GRAIN = 8_192; // elements below which a second thread costs more than it saves
    private static final float[] NO_NUMBERS = {};

    final ScalarKernels engine;

    // The tensors: arrays, offsets, and elements per plane.
    float[] a = NO_NUMBERS;
    float[] b = NO_NUMBERS;
    float[] c = NO_NUMBERS;
    int aAt;
    int bAt;
    int cAt;
    int aArea;
    int bArea;

    final ScalarLayouts layouts;
    ScalarPools pools; // for the layout of this call
    boolean flag;
    private @Nullable Object settings;

    private int planes;
    int pieces = 1; // of a plane
    private final Parts parts = new Parts(this::compute);
    private @Nullable Code code;

    PlaneCall(ScalarKernels engine, ScalarPools pools, ScalarLayouts layouts) {
        this.engine = engine;
        this.pools = pools;
        this.layouts = layouts;
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

    Rectangle region() {
        return (Rectangle) requireNonNull(settings);
    }

    Resizing resizing() {
        return (Resizing) requireNonNull(settings);
    }

    Permutation permutation() {
        return (Permutation) requireNonNull(settings);
    }

    /// Sets the first two tensors, with `count` planes each.
    void set(int count, Tensor first, int firstArea, Tensor second, int secondArea) {
        planes = count;
        a = first.array();
        aAt = first.offset();
        aArea = firstArea;
        b = second.array();
        bAt = second.offset();
        bArea = secondArea;
    }

    /// Divides planes into pieces, if they are fewer than threads.
    void cut(Workers workers) {
        pieces = Math.ceilDiv(workers.threads(), Math.max(1, planes));
    }

    /// Runs the code over all planes, or their pieces.
    void run(Code ofPlanes, Workers workers) {
        code = ofPlanes;
        long elements = (long) planes * Math.max(aArea, bArea);
        parts.run(0, planes * pieces, (int) Math.min(workers.threads(), 1 + elements / GRAIN), 1, workers);
    }

    private void compute(int begin, int end) {
        requireNonNull(code).compute(this, begin, end - begin);
    }

    void reset() {
        a = NO_NUMBERS;
        b = NO_NUMBERS;
        c = NO_NUMBERS;
        settings = null;
        pieces = 1;
        code = null;
    }
}
