/// GGUF files, version 2 and 3: metadata and tensors, as ggml's `docs/gguf.md` describes them.
@NullMarked
package dev.neurite.llm.gguf;

import org.jspecify.annotations.NullMarked;
