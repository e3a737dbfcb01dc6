/// Convolutions on the processor: [dev.neurite.kernel.cpu.conv.CpuConvolutions] divides the work
/// among the threads; `ScalarConvolution` and `ScalarWinograd` define the results,
/// `VectorConvolution` and the `Blocked…` classes compute the same bits faster.
///
/// Not exported. Uses the engine, the threads and the micro-kernels of `dev.neurite.kernel.cpu`.
@NullMarked
package dev.neurite.kernel.cpu.conv;

import org.jspecify.annotations.NullMarked;
