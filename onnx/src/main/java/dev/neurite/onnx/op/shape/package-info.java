/// Operators that make, move and choose elements.
@NullMarked
package dev.neurite.onnx.op.shape;

import org.jspecify.annotations.NullMarked;
