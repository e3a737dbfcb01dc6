package dev.neurite.kernel.cpu.conv;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.Workspace;
import org.jspecify.annotations.Nullable;

/// One call of a convolution, divided into units of work for the threads. It is reused, and its
/// code captures nothing, so that a call allocates nothing.
final class ConvolutionCall {
    /// Computes one unit.
    interface Code {
        void compute(ConvolutionCall call, int unit);
    }

    private static final long GRAIN = 100_000; // the multiplications per thread below which another thread does not pay

    private final Team team;
    final ScalarConvolution code;
    final ScalarWinograd winograd;
    private final @Nullable Blocks blocks; // null without vectors
    final Convolution convolution = new Convolution();

    /// What is being copied to another layout, `[images × channels × pixels]` or blocks of it.
    float[] copied = Convolution.NONE;

    int copiedAt;
    int copiedChannels;
    int copiedPixels;
    float[] copy = Convolution.NONE;
    int copyAt;

    private float[] ownPacked = {};
    private final Parts parts = new Parts(this::compute);
    private @Nullable Code unitCode;

    ConvolutionCall(Team team, ScalarConvolution code, ScalarWinograd winograd, @Nullable Blocks blocks) {
        this.team = team;
        this.code = code;
        this.winograd = winograd;
        this.blocks = blocks;
    }

    Blocks blocks() {
        return requireNonNull(blocks);
    }

    /// The number of threads that share the multiplications.
    int threads() {
        return (int) Math.min(team.workers().threads(), 1 + convolution.multiplications() / GRAIN);
    }

    /// Divides units of work into pieces of their channels, or of other things, if there are fewer units than threads.
    /// @param step the channels of a piece are a multiple of this
    /// @param least the least channels of a piece
    /// @return the number of pieces of all units
    int cut(int units, int channels, int step, int least) {
        int threads = threads();
        int most = Math.max(1, channels / Math.max(step, least));
        convolution.cut(units >= threads || units == 0 ? 1 : Math.min(most, threads / units), channels, step);
        return units * convolution.pieces;
    }

    /// Runs the code over n units, which share the multiplications.
    void run(int n, Code ofUnit) {
        run(n, threads(), ofUnit);
    }

    /// Runs the code over n units, which move this many elements.
    void move(int n, long elements, Code ofUnit) {
        run(n, team.parts(elements), ofUnit);
    }

    private void run(int n, int count, Code ofUnit) {
        unitCode = ofUnit;
        parts.run(0, n, count, 1, team.workers());
    }

    private void compute(int begin, int end) {
        Code ofUnit = requireNonNull(unitCode);
        for (int unit = begin; unit < end; unit++) ofUnit.compute(this, unit);
    }

    /// Finds [Convolution#packed], the weights in the order of a kernel: kept ones, if they are constant.
    /// @param order identifies the order; null for one that is not kept
    /// @param size the packed floats
    /// @param n the units that the code packs
    void pack(PackedWeights w, @Nullable Object order, int size, int n, Code ofUnit) {
        if (order == null || !w.isConstant() || convolution.images == 0) { // without images there is no size yet
            ownPacked = Workspace.aligned(ownPacked, size);
            convolution.packed = ownPacked;
            move(n, size, ofUnit);
            return;
        }
        float[] kept = w.packed(order);
        convolution.packed = kept == null ? new float[Workspace.START + size] : kept;
        if (kept != null) return;
        move(n, size, ofUnit);
        w.keep(order, convolution.packed);
    }

    /// Adds the slots of the gradient of the weights.
    void sumSlots() {
        Convolution p = convolution;
        long elements = (long) p.slots * p.outputs * p.depth();
        move(p.outputs, elements, (c, channel) -> c.code.sumSlots(c.convolution, channel));
    }

    void reset() {
        convolution.clear();
        copied = Convolution.NONE;
        copy = Convolution.NONE;
        unitCode = null;
    }
}
