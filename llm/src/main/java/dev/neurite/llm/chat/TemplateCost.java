package dev.neurite.llm.chat;

import dev.neurite.error.DataException;

/// What rendering may cost, whatever a template says. Counts; not thread-safe.
final class TemplateCost {
    private static final long STEPS = 5_000_000;
    private static final long MOST_CHARACTERS = 10_000_000;
    private static final long PER_CHARACTER = 50; // texts made of each character of the messages
    private static final int PER_ITEM = 8; // an item takes the memory of some characters
    private static final int DEEPEST = 300; // expressions, blocks and macros in each other

    private final long most;
    private long steps;
    private long characters;
    private int depth;

    /// @param given the characters of the messages
    TemplateCost(long given) {
        this.most = MOST_CHARACTERS + PER_CHARACTER * given;
    }

    void step() {
        if (steps++ >= STEPS) throw wrong("at most " + STEPS + " steps", "Its loops are too long");
    }

    /// Pays for a text or a list before it is made.
    void make(long length) {
        step();
        characters += length;
        if (length > most || characters > most) {
            throw wrong("texts of at most " + most + " characters in all", "It repeats texts too often");
        }
    }

    /// Pays for a list or a map before it is made.
    void makeItems(long size) {
        make(PER_ITEM * size);
    }

    void enter() {
        step();
        if (++depth > DEEPEST) throw wrong("at most " + DEEPEST + " levels", "A macro calls itself without end");
    }

    void leave() {
        depth--;
    }

    private static DataException wrong(String expected, String hint) {
        return new DataException("chat template", "expects " + expected + ", got more", hint);
    }
}
