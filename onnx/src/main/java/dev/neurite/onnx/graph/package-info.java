/// Graphs as their files have them: nodes, constants, names of values.
@NullMarked
package dev.neurite.onnx.graph;

import org.jspecify.annotations.NullMarked;
