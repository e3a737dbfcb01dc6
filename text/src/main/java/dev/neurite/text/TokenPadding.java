package dev.neurite.text;

import dev.neurite.error.ConfigException;
import java.util.OptionalInt;

/// How encodings are made longer, so that those of a batch have one length.
/// @param length the length; up to 1,048,576; empty for that of the longest encoding of the
/// batch. Longer encodings stay
/// @param multiple the length is rounded up to a multiple of this, from 1 to 1,048,576
/// @param side where padding is added
/// @param id the id of the padding token
/// @param type its type, at least 0
/// @param token its text, such as `[PAD]`
public record TokenPadding(OptionalInt length, int multiple, Side side, int id, int type, String token) {
    private static final int LONGEST = 1 << 20;

    /// @throws ConfigException for a setting out of range
    public TokenPadding {
        int least = Math.min(Math.min(length.orElse(0), id), type);
        if (least < 0) throw new ConfigException("padding", "expects length, id and type from 0, got " + least);
        if (length.orElse(0) > LONGEST || multiple < 1 || multiple > LONGEST) {
            throw new ConfigException(
                    "padding",
                    "expects a length up to " + LONGEST + " and a multiple from 1 to " + LONGEST + ", got " + length
                            + " and " + multiple);
        }
    }

    /// Pads at the end, to the length of the longest encoding of a batch.
    /// @param id the id of the padding token
    /// @param token its text, such as `[PAD]`
    public TokenPadding(int id, String token) {
        this(OptionalInt.empty(), 1, Side.RIGHT, id, 0, token);
    }

    /// The same for a fixed length.
    public TokenPadding withLength(int tokens) {
        return new TokenPadding(OptionalInt.of(tokens), multiple, side, id, type, token);
    }

    /// The same at another end.
    public TokenPadding withSide(Side other) {
        return new TokenPadding(length, multiple, other, id, type, token);
    }
}
