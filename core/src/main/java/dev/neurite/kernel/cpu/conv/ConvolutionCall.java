package dev.neurite.kernel.cpu.conv;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.Workers;
import org.jspecify.annotations.Nullable;

/// One call of a convolution, divided into units of work for the threads. It is reused, and its
/// code captures nothing, so that a call allocates nothing.
final class ConvolutionCall {
    /// Computes one unit.
    interface Code {
        void compute(ConvolutionCall call, int unit);
    }

    /// The kernels of tensors in blocks of channels.
    record Blocks(
            BlockedConvolution sums,
            BlockedWinograd winograd,
            BlockedWeightGradient weightGradient,
            BlockedDepthwise depthwise) {
        Blocks(ScalarConvolution code) {
            this(
                    new BlockedConvolution(code),
                    new BlockedWinograd(code),
                    new BlockedWeightGradient(),
                    new BlockedDepthwise(code));
        }
    }

    final ScalarConvolution code;
    final ScalarWinograd winograd;
    private final @Nullable Blocks blocks; // null without vectors
    final Convolution convolution = new Convolution();
    int units;
    boolean blocked; // whether x is in blocks of channels

    private final Parts parts = new Parts(this::compute);
    private @Nullable Code unitCode;

    ConvolutionCall(ScalarConvolution code, ScalarWinograd winograd, @Nullable Blocks blocks) {
        this.code = code;
        this.winograd = winograd;
        this.blocks = blocks;
    }

    Blocks blocks() {
        return requireNonNull(blocks);
    }

    /// Runs the code over all units.
    void run(Code ofUnit, int count, Workers workers) {
        unitCode = ofUnit;
        parts.run(0, units, count, 1, workers);
    }

    private void compute(int begin, int end) {
        Code ofUnit = requireNonNull(unitCode);
        for (int unit = begin; unit < end; unit++) ofUnit.compute(this, unit);
    }

    void reset() {
        convolution.clear();
        unitCode = null;
    }
}
