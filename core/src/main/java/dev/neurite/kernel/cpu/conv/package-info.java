/// Convolutions on the processor: [dev.neurite.kernel.cpu.conv.CpuConvolutions] shares the work;
/// `ScalarConvolution` and `ScalarWinograd` are the definition, `VectorConvolution` and `VectorWinograd`
/// compute the same bits faster.
///
/// Not exported. Uses the engine, the threads and the micro-kernels of `dev.neurite.kernel.cpu`.
@NullMarked
package dev.neurite.kernel.cpu.conv;

import org.jspecify.annotations.NullMarked;
