/// Optimizers, [dev.neurite.optim.Optimizer], and learning-rate schedules,
/// [dev.neurite.optim.Schedule]. They work on flat arrays and do not depend on layers or trainers.
/// Depends on `error` and `kernel`.
@NullMarked
package dev.neurite.optim;

import org.jspecify.annotations.NullMarked;
