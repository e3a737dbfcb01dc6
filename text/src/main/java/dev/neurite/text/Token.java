package dev.neurite.text;

/// A token of an encoding.
/// @param start where it begins in its text
/// @param end where it ends
/// @param type the number of its segment, for models that tell two texts apart
/// @param sequence 0 for the first text, 1 for the second, or one of the constants
record Token(int id, String text, int start, int end, int type, int sequence) {
    /// No part of a text: added by the post-processor.
    static final int SPECIAL = -1;

    static final int PADDING = -2;

    static Token special(int id, String text, int type) {
        return new Token(id, text, 0, 0, type, SPECIAL);
    }

    Token withType(int other) {
        return type == other ? this : new Token(id, text, start, end, other, sequence);
    }

    Token withRange(int newStart, int newEnd) {
        return new Token(id, text, newStart, newEnd, type, sequence);
    }
}
