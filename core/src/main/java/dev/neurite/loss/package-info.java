/// Losses, [dev.neurite.loss.Loss], and the targets of batches, [dev.neurite.loss.Targets]. Depends on
/// `model` and what it depends on.
@NullMarked
package dev.neurite.loss;

import org.jspecify.annotations.NullMarked;
