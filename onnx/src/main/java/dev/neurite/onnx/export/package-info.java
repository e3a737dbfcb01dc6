/// Writes models of the library as ONNX files: the network, what makes its inputs of raw values, and what its
/// outputs mean.
@NullMarked
package dev.neurite.onnx.export;

import org.jspecify.annotations.NullMarked;
