/// Rules that change parameters by their gradients: [dev.neurite.optim.Optimizer]. They work on flat arrays
/// and know nothing of layers. Depends on `error` and `kernel`.
@NullMarked
package dev.neurite.optim;

import org.jspecify.annotations.NullMarked;
