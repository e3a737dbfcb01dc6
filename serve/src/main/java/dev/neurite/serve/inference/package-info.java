/// The Open Inference Protocol's requests and answers: tensors as JSON and as bytes.
@NullMarked
package dev.neurite.serve.inference;

import org.jspecify.annotations.NullMarked;
