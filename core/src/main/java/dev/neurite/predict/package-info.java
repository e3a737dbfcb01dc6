/// Predictions from raw values: a [Predictor] has a model with its signature. May use `io` and what is below it.
@NullMarked
package dev.neurite.predict;

import org.jspecify.annotations.NullMarked;
