/// The kernels of the processor. [dev.neurite.kernel.cpu.CpuKernels] and its like check shapes, fill a call,
/// and let the threads of a team compute parts of it. `ScalarKernels` is the definition of every result, in
/// plain loops; `VectorKernels` computes the same bits faster through the Vector API, where that module is present.
///
/// Not exported. Only `Backends` and `KernelMemory` of `dev.neurite.kernel` use this package, and only this one and
/// `conv` below it use the Vector API.
@NullMarked
package dev.neurite.kernel.cpu;

import org.jspecify.annotations.NullMarked;
