/// GGUF files, version 2 and 3: metadata and tensors, as ggml's `docs/gguf.md` describes them.
package dev.neurite.llm.gguf;
