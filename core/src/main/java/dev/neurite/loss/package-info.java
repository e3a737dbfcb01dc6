/// What a network is trained to make small: [dev.neurite.loss.Loss], and the targets it compares with,
/// [dev.neurite.loss.Targets]. Depends on `model` and what it depends on.
@NullMarked
package dev.neurite.loss;

import org.jspecify.annotations.NullMarked;
