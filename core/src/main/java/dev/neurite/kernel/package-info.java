/// The interfaces of all arithmetic, for layers, losses, optimizers and users:
/// [dev.neurite.kernel.Kernels] and the kernels by subject (convolutions, pools, planes, norms,
/// activations, losses, noise, distributions); activations; random numbers; and the records that describe a
/// computation (windows, padding, rectangles, permutations).
///
/// The implementation is in packages that are not exported: `dev.neurite.kernel.cpu` for the
/// processor. Another backend, such as a GPU, would be another package with its own `Kernels`,
/// created by `Backends`. May use `error` and `tensor`.
@NullMarked
package dev.neurite.kernel;

import org.jspecify.annotations.NullMarked;
