/// All operators.
@NullMarked
package dev.neurite.onnx.registry;

import org.jspecify.annotations.NullMarked;
