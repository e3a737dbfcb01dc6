/// Figures, histograms and columns of zeros on the processor:
/// [dev.neurite.kernel.cpu.distribution.CpuDistributions] divides the work among the threads;
/// `ScalarDistributions` defines the results, `VectorDistributions` computes the same bits faster.
///
/// Not exported. Uses the engine and the threads of `dev.neurite.kernel.cpu`.
@NullMarked
package dev.neurite.kernel.cpu.distribution;

import org.jspecify.annotations.NullMarked;
