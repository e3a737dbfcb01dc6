/// What layers, losses, optimizers and users call and pass: [dev.neurite.kernel.Kernels], all arithmetic on tensors,
/// with the kernels by subject that it hands out (convolutions, pools, norms, losses, noise); activations; random
/// numbers; and the values that describe a computation (windows, rectangles, permutations).
///
/// What computes stands behind these interfaces, in packages that are not exported: `dev.neurite.kernel.cpu` on the
/// processor. Another backend, such as a GPU, is a package beside it with its own `Kernels`; `Backends` is the one
/// class that knows them. Depends on `error` and `tensor`.
@NullMarked
package dev.neurite.kernel;

import org.jspecify.annotations.NullMarked;
