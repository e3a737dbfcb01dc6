/// The operators of the domain `ai.onnx.ml`: trees, linear models, support vectors, and what prepares columns for
/// them.
@NullMarked
package dev.neurite.onnx.op.ml;

import org.jspecify.annotations.NullMarked;
