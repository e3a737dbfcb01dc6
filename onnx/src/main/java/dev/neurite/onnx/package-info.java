/// ONNX models: load one with [OnnxModel#load], run it with [OnnxModel#run].
@NullMarked
package dev.neurite.onnx;

import org.jspecify.annotations.NullMarked;
