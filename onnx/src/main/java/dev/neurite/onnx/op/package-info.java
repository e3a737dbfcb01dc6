/// The operators: what each computes, and the shapes of its results.
@NullMarked
package dev.neurite.onnx.op;

import org.jspecify.annotations.NullMarked;
