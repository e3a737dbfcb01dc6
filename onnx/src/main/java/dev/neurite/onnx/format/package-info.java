/// Reads files.
@NullMarked
package dev.neurite.onnx.format;

import org.jspecify.annotations.NullMarked;
