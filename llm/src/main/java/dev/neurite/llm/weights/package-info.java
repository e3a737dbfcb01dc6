/// The tensors of model files, mapped into memory: those of GGUF and of safetensors have the same classes.
@NullMarked
package dev.neurite.llm.weights;

import org.jspecify.annotations.NullMarked;
