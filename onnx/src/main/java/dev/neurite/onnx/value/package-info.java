/// Typed arrays with a shape: the inputs and outputs of ONNX models.
@NullMarked
package dev.neurite.onnx.value;

import org.jspecify.annotations.NullMarked;
