/// What the definition of a function and every engine's copy of it share: coefficients, and the hash behind random
/// numbers. Not exported; depends on nothing.
@NullMarked
package dev.neurite.kernel.math;

import org.jspecify.annotations.NullMarked;
