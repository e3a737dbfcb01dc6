/// Models and weights of Keras 3.
@NullMarked
package dev.neurite.io.keras;

import org.jspecify.annotations.NullMarked;
