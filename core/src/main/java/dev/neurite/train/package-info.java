/// Training and evaluation: [dev.neurite.train.Trainer], what it reports, and
/// [dev.neurite.train.Evaluation]. Depends on everything above it but knows no particular layer.
@NullMarked
package dev.neurite.train;

import org.jspecify.annotations.NullMarked;
