/// Operators on texts, and those that make numbers of them.
@NullMarked
package dev.neurite.onnx.op.text;

import org.jspecify.annotations.NullMarked;
