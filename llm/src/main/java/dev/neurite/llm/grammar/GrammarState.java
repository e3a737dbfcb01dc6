package dev.neurite.llm.grammar;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// How far a text has come in a grammar. Immutable.
public final class GrammarState {
    private final Grammar grammar;
    private final long number;
    private final List<Grammar.Stack> tops;
    private final int room;
    private final boolean complete;
    private final AtomicReferenceArray<GrammarState> next =
            new AtomicReferenceArray<>(256); // those that were asked for

    /// @param number of the state in its grammar
    /// @param room the characters of a string that may follow, whichever they are
    GrammarState(Grammar grammar, long number, List<Grammar.Stack> tops, int room) {
        this.grammar = grammar;
        this.number = number;
        this.tops = tops;
        this.room = room;
        this.complete = tops.stream().anyMatch(stack -> stack.number() == 0);
    }

    /// The state after a token.
    /// @param token its bytes, which may be a part of a character
    /// @return empty if no right text goes on with it
    public Optional<GrammarState> accept(byte... token) {
        GrammarState state = this;
        for (byte each : token) state = state.after(each & 0xFF);
        return state.isDead() ? Optional.empty() : Optional.of(state);
    }

    /// Whether the text may end here.
    public boolean isComplete() {
        return complete;
    }

    /// Whether something may follow.
    public boolean goesOn() {
        return tops.size() > (complete ? 1 : 0);
    }

    boolean isDead() {
        return tops.isEmpty();
    }

    /// The state after a byte, which is dead if no right text has it here.
    GrammarState after(int value) {
        GrammarState known = next.get(value);
        if (known != null) return known;
        GrammarState state = tops.isEmpty() ? this : grammar.next(tops, value);
        next.set(value, state);
        return state;
    }

    long number() {
        return number;
    }

    int room() {
        return room;
    }

    Grammar grammar() {
        return grammar;
    }
}
