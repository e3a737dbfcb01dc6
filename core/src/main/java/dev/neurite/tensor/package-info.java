/// [dev.neurite.tensor.Tensor], its two-dimensional view [dev.neurite.tensor.Matrix], and [dev.neurite.tensor.Shape].
/// Arithmetic is in `dev.neurite.kernel`. May use `error` only.
@NullMarked
package dev.neurite.tensor;

import org.jspecify.annotations.NullMarked;
