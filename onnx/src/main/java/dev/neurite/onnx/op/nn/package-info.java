/// Operators of networks: convolutions, pools, norms, attention, recurrent layers, resizing.
@NullMarked
package dev.neurite.onnx.op.nn;

import org.jspecify.annotations.NullMarked;
