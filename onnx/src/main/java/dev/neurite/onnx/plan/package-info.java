/// Plans: a graph for inputs of known shapes, made simpler and faster step by step, with buffers.
@NullMarked
package dev.neurite.onnx.plan;

import org.jspecify.annotations.NullMarked;
