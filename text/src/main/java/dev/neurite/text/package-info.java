/// Tokenizers, as the library tokenizers of Hugging Face has them: [dev.neurite.text.Tokenizer] reads and writes
/// `tokenizer.json`, [dev.neurite.text.BpeTrainer] trains one.
///
/// A text goes through five stages. The added tokens are cut out of it; a `Normalizer` changes its characters; a
/// `PreTokenizer` splits it into words; a `TokenModel` splits words into tokens; a `PostProcessor` adds tokens such as
/// `[CLS]`. A `Decoder` leads back. Each stage is a sealed interface with a record for each type of the file.
@org.jspecify.annotations.NullMarked
package dev.neurite.text;
