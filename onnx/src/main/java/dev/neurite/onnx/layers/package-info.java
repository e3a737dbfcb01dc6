/// Makes a model of layers of an ONNX graph, where each operator has one.
@NullMarked
package dev.neurite.onnx.layers;

import org.jspecify.annotations.NullMarked;
