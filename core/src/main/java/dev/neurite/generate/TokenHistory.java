package dev.neurite.generate;

import java.util.Arrays;

/// The tokens of a text so far: those of its prompt and those that were chosen. Grows; not for several threads at once.
public final class TokenHistory {
    private int[] tokens;
    private int size;

    private TokenHistory(int[] tokens) {
        this.tokens = tokens;
        this.size = tokens.length;
    }

    /// A text that begins with these tokens; without any it is empty.
    public static TokenHistory of(int... prompt) {
        return new TokenHistory(prompt.clone());
    }

    /// Adds a token at the end.
    public void add(int token) {
        if (size == tokens.length) tokens = Arrays.copyOf(tokens, Math.max(16, 2 * size));
        tokens[size++] = token;
    }

    /// The number of tokens.
    public int size() {
        return size;
    }

    /// A token.
    /// @param index from 0 to below [#size]
    public int token(int index) {
        if (index >= size) throw new IndexOutOfBoundsException("token " + index + " of " + size);
        return tokens[index];
    }

    /// Copies tokens.
    /// @param from of the first
    public int[] toArray(int from) {
        return Arrays.copyOfRange(tokens, from, size);
    }
}
