package dev.neurite.text;

import dev.neurite.io.json.Json;

/// Splits words into tokens of a vocabulary.
sealed interface TokenModel permits WordPiece, WordLevel, Bpe, Unigram {
    Vocabulary vocabulary();

    /// The id of the token for what the vocabulary lacks, or −1.
    int unknownId();

    /// Splits a word that is not empty.
    void tokenize(String word, TokenSink out);

    Json json();

    /// Takes the tokens of a word.
    interface TokenSink {
        /// Takes the next token.
        /// @param token the text of the token, which for an unknown one may be that of the word
        /// @param from where it begins in the word
        /// @param to where it ends
        void add(int id, String token, int from, int to);
    }
}
