package dev.neurite.llm;

/// Gets an answer while it is written.
@FunctionalInterface
public interface PieceListener {
    /// Wants all.
    PieceListener NONE = _ -> true;

    /// Takes a piece of the text.
    /// @param text the next characters; empty after each part of a prompt that was computed, and after a token
    /// that adds no text yet
    /// @return whether the model goes on; false ends the answer as [GeneratedText.End#CANCELLED]
    boolean piece(String text);
}
