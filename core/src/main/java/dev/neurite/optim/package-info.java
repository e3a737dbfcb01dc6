/// Rules that change parameters by their gradients, [dev.neurite.optim.Optimizer], and how their
/// learning rate changes meanwhile, [dev.neurite.optim.Schedule]. They work on flat arrays and know
/// nothing of layers or trainers. Depends on `error` and `kernel`.
@NullMarked
package dev.neurite.optim;

import org.jspecify.annotations.NullMarked;
