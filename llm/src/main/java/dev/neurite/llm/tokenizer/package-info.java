/// Tokenizers of language models, from GGUF or from a folder of Hugging Face's library, with what the model says about
/// its tokens.
package dev.neurite.llm.tokenizer;
