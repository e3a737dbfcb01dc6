/// All arithmetic on tensors. [dev.neurite.kernel.Kernels] checks shapes once and is what layers call;
/// behind it `ScalarKernels` is the definition of every result, and `VectorKernels` gives the same bits
/// faster through the Vector API, where that module is present. Depends on `error` and `tensor`.
@NullMarked
package dev.neurite.kernel;

import org.jspecify.annotations.NullMarked;
