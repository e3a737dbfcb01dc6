/// Event files of TensorBoard.
@org.jspecify.annotations.NullMarked
package dev.neurite.tensorboard;
