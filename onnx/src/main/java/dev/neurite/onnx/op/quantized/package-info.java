/// Operators of quantized numbers.
@NullMarked
package dev.neurite.onnx.op.quantized;

import org.jspecify.annotations.NullMarked;
