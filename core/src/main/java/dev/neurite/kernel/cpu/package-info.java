/// Kernels on the processor. [dev.neurite.kernel.cpu.CpuKernels] and the other `Cpu…` classes check
/// shapes, fill a call, and let the threads of a team compute parts of it. `ScalarKernels` and the
/// other `Scalar…` classes define every result in plain loops; `VectorKernels` and the other
/// `Vector…` classes compute the same bits faster through the Vector API, if that module is
/// present.
///
/// Not exported. Only `Backends` and `KernelMemory` of `dev.neurite.kernel` use this package, and only this one and
/// `conv` below it use the Vector API.
@NullMarked
package dev.neurite.kernel.cpu;

import org.jspecify.annotations.NullMarked;
