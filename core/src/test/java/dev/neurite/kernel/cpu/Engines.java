package dev.neurite.kernel.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.kernel.Kernels;

/// Engines to compare.
final class Engines {
    private Engines() {}

    /// The vectors; skips a test where they are not there.
    static ScalarKernels vectors() {
        assumeTrue(Kernels.vectorsPresent(), "the Vector API module is present");
        return new VectorKernels();
    }
}
