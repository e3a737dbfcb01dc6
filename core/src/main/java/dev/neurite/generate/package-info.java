/// Generates sequences of tokens with a model of language: [dev.neurite.generate.Generator], and how it
/// chooses tokens, [dev.neurite.generate.Sampling].
@NullMarked
package dev.neurite.generate;

import org.jspecify.annotations.NullMarked;
