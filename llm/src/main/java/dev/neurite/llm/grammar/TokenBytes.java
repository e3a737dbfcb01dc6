package dev.neurite.llm.grammar;

import org.jspecify.annotations.Nullable;

/// The texts of the tokens of a vocabulary.
public interface TokenBytes {
    /// The number of tokens.
    int size();

    /// The bytes that a token adds to a text: characters in UTF-8, or parts of them.
    /// @param token from 0 to below [#size]
    /// @return null for a special token, which no grammar allows, such as those that begin or end a message
    byte @Nullable [] bytes(int token);
}
