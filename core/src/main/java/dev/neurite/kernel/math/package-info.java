/// Coefficients of mathematical functions and the hash of random numbers, shared by the scalar and
/// the vector engine. Not exported. Uses no other package.
@NullMarked
package dev.neurite.kernel.math;

import org.jspecify.annotations.NullMarked;
