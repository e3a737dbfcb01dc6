/// Operators of numbers: element by element, products, reductions.
@NullMarked
package dev.neurite.onnx.op.math;

import org.jspecify.annotations.NullMarked;
