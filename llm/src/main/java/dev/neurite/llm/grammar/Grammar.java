package dev.neurite.llm.grammar;

import dev.neurite.error.ResourceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Which texts are right, as bytes of UTF-8: an automaton with stacks. Made by [JsonGrammar]. May be used by several
/// threads.
public final class Grammar {
    /// The most ways in which a text may have been read, at the same time.
    static final int MOST_STACKS = 20_000;

    private static final int MOST_KEPT = 50_000; // stacks and states, each

    private final Rule root;
    private final int deepest;
    private final AtomicLong numbers = new AtomicLong(1);
    private final Map<StackKey, Stack> stacks = new ConcurrentHashMap<>();
    private final Map<List<Long>, GrammarState> states = new ConcurrentHashMap<>();
    private final Stack bottom;

    Grammar(Rule root, int deepest) {
        this.root = root;
        this.deepest = deepest;
        this.bottom = new Stack(0, root, 0, 0, null);
    }

    /// What is to be read: a rule from a place in it, then what is below. Equal stacks have equal numbers.
    record Stack(
            long number,
            Rule rule,
            int at,
            int depth,
            @Nullable Stack below) {
        Stack next() {
            if (below == null) throw new IllegalStateException("the bottom has nothing below");
            return below;
        }
    }

    private record StackKey(int rule, int at, int depth, long below) {}

    /// The state before the first byte.
    public GrammarState start() {
        return state(List.of(stack(root, 0, 0, bottom)));
    }

    private Stack stack(Rule rule, int at, int depth, Stack below) {
        if (stacks.size() > MOST_KEPT) stacks.clear(); // equal ones may then have other numbers, which costs time only
        return stacks.computeIfAbsent(
                new StackKey(rule.number, at, depth, below.number),
                _ -> new Stack(numbers.getAndIncrement(), rule, at, depth, below));
    }

    /// The state after a byte, without stacks if no right text has it here.
    GrammarState next(List<Stack> tops, int value) {
        List<Stack> seeds = new ArrayList<>();
        for (Stack top : tops) {
            if (top.rule instanceof Rule.Literals literals) {
                int node = literals.next(top.at, value);
                if (node >= 0) seeds.add(stack(literals, node, top.depth, top.next()));
            } else if (top.rule instanceof Rule.Bytes bytes && bytes.has(value)) {
                seeds.add(top.next());
            }
        }
        return state(seeds);
    }

    /// The state with these stacks, of which each begins with a byte.
    private GrammarState state(List<Stack> seeds) {
        Map<Long, Stack> tops = new TreeMap<>();
        Set<Long> seen = new HashSet<>();
        Deque<Stack> open = new ArrayDeque<>(seeds);
        int room = 0;
        while (!open.isEmpty()) {
            Stack stack = open.removeLast();
            if (!seen.add(stack.number)) continue;
            if (seen.size() > MOST_STACKS) {
                throw new ResourceException(
                        "grammar",
                        "expects texts that can be read in at most " + MOST_STACKS + " ways at once, got more",
                        "Alternatives that begin alike, such as those of anyOf, make them");
            }
            if (stack.number == 0) {
                tops.put(0L, stack);
            } else {
                if (expand(stack, open)) tops.put(stack.number, stack);
                room = Math.max(room, room(stack));
            }
        }
        if (states.size() > MOST_KEPT) states.clear();
        int ofText = room;
        return states.computeIfAbsent(
                List.copyOf(tops.keySet()),
                _ -> new GrammarState(this, numbers.getAndIncrement(), List.copyOf(tops.values()), ofText));
    }

    /// The characters of a string that may follow, whichever they are.
    private static int room(Stack stack) {
        if (!(stack.rule instanceof Rule.Repeat repeat) || !repeat.text) return 0;
        return repeat.most == Rule.Repeat.UNBOUNDED ? Integer.MAX_VALUE : repeat.most - stack.at;
    }

    /// Opens a rule, up to its first bytes.
    /// @return whether a byte comes next
    private boolean expand(Stack stack, Deque<Stack> open) {
        int at = stack.at;
        int depth = stack.depth;
        Stack below = stack.next();
        switch (stack.rule) {
            case Rule.Literals literals -> {
                if (literals.isEnd(at)) open.add(below);
                return literals.hasMore(at);
            }
            case Rule.Bytes _ -> {
                return true;
            }
            case Rule.Sequence sequence -> {
                boolean last = at + 1 == sequence.rules.size();
                open(sequence.rules.get(at), depth, last ? below : stack(sequence, at + 1, depth, below), open);
            }
            case Rule.Choice choice -> {
                for (Rule each : choice.rules) open(each, depth, below, open);
            }
            case Rule.Repeat repeat -> {
                if (at >= repeat.least) open.add(below);
                if (at < repeat.most) {
                    boolean counted = repeat.most != Rule.Repeat.UNBOUNDED || at < repeat.least;
                    open(repeat.rule, depth, stack(repeat, counted ? at + 1 : at, depth, below), open);
                }
            }
            case Rule.Nested nested -> open(nested.rule, depth + 1, below, open);
            case Rule.Reference reference -> open(reference.target(), depth, below, open);
        }
        return false;
    }

    /// Adds a rule, unless its values have too many levels for this place.
    private void open(Rule rule, int depth, Stack below, Deque<Stack> open) {
        if (rule.height <= deepest - depth) open.add(stack(rule, 0, depth, below));
    }
}
