/// Numbers with a shape: [dev.neurite.tensor.Tensor], its two-dimensional view [dev.neurite.tensor.Matrix] and
/// [dev.neurite.tensor.Shape]. Arithmetic lives in `dev.neurite.kernel`. Depends on `error` alone.
@NullMarked
package dev.neurite.tensor;

import org.jspecify.annotations.NullMarked;
