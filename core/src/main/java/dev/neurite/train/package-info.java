/// Training and evaluation: [dev.neurite.train.Trainer], its callbacks and results, and
/// [dev.neurite.train.Evaluation]. Depends on all packages above it, but on no particular layer.
@NullMarked
package dev.neurite.train;

import org.jspecify.annotations.NullMarked;
