package dev.neurite.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToIntFunction;

/// The tokens of a text or of two. Immutable.
///
/// Each array has an element for each token. Arrays are copies, made at each call.
public final class Encoding {
    private final List<Token> tokens;

    Encoding(List<Token> tokens) {
        this.tokens = List.copyOf(tokens);
    }

    /// The number of tokens.
    public int length() {
        return tokens.size();
    }

    public int[] ids() {
        return each(Token::id);
    }

    /// The texts of the tokens, as the vocabulary has them. That of an added token is what was found in the text, with
    /// white space that it took.
    public List<String> tokens() {
        return tokens.stream().map(Token::text).toList();
    }

    /// Where each token begins in its text, in chars; 0 for tokens that were added around the texts.
    public int[] starts() {
        return each(Token::start);
    }

    /// Where each token ends in its text, in chars; 0 for tokens that were added around the texts.
    ///
    /// Tokens that are parts of one character, such as bytes, have its whole range.
    public int[] ends() {
        return each(Token::end);
    }

    /// The type of each token: for models such as BERT, 0 in the first text and 1 in the second.
    public int[] typeIds() {
        return each(Token::type);
    }

    /// The text of each token: 0 for the first, 1 for the second, −1 for a token that was added around them.
    public int[] sequences() {
        return each(token -> Math.max(token.sequence(), -1));
    }

    /// 1 for tokens that were added around the texts, padding included, 0 for others.
    public int[] specialTokensMask() {
        return each(token -> token.sequence() < 0 ? 1 : 0);
    }

    /// 0 for padding, 1 for others.
    public int[] attentionMask() {
        return each(token -> token.sequence() == Token.PADDING ? 0 : 1);
    }

    private int[] each(ToIntFunction<Token> property) {
        return tokens.stream().mapToInt(property).toArray();
    }

    /// The same with padding up to a length.
    Encoding padded(int length, TokenPadding padding) {
        int missing = length - tokens.size();
        if (missing <= 0) return this;
        var token = new Token(padding.id(), padding.token(), 0, 0, padding.type(), Token.PADDING);
        List<Token> padded = new ArrayList<>(tokens);
        padded.addAll(padding.side() == Side.LEFT ? 0 : tokens.size(), Collections.nCopies(missing, token));
        return new Encoding(padded);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Encoding encoding && tokens.equals(encoding.tokens);
    }

    @Override
    public int hashCode() {
        return tokens.hashCode();
    }

    /// The tokens, for debugging.
    @Override
    public String toString() {
        return "Encoding" + tokens();
    }
}
