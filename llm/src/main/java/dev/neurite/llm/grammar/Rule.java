package dev.neurite.llm.grammar;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a grammar over bytes. Rules are compared by their number in the grammar, so that they may be recursive.
abstract sealed class Rule {
    /// Of a rule of which no value is known.
    static final int ENDLESS = Integer.MAX_VALUE;

    final int number;
    int height = ENDLESS; // the least number of levels of arrays and objects in a value

    private Rule(int number) {
        this.number = number;
    }

    /// The height by those of the rules in it.
    abstract int heightNow();

    /// One of several texts, as a tree of their bytes: node n continues with byte b to node `next.get(n)[b]`.
    static final class Literals extends Rule {
        private final Tree tree = new Tree();

        Literals(int number, Collection<String> texts) {
            super(number);
            for (String text : texts) tree.add(text.getBytes(StandardCharsets.UTF_8));
        }

        /// The node after a byte, −1 if there is none.
        int next(int node, int value) {
            return tree.next(node, value);
        }

        boolean isEnd(int node) {
            return tree.isEnd(node);
        }

        boolean hasMore(int node) {
            return tree.hasMore(node);
        }

        @Override
        int heightNow() {
            return 0;
        }
    }

    /// One byte of a set.
    static final class Bytes extends Rule {
        private final BitSet set;

        Bytes(int number, BitSet set) {
            super(number);
            this.set = set;
        }

        boolean has(int value) {
            return set.get(value);
        }

        @Override
        int heightNow() {
            return set.isEmpty() ? ENDLESS : 0;
        }
    }

    /// One rule after the other; at least one.
    static final class Sequence extends Rule {
        final List<Rule> rules;

        Sequence(int number, List<Rule> rules) {
            super(number);
            this.rules = rules;
        }

        @Override
        int heightNow() {
            return rules.stream().mapToInt(rule -> rule.height).max().orElse(0);
        }
    }

    /// One of several rules.
    static final class Choice extends Rule {
        final List<Rule> rules;

        Choice(int number, List<Rule> rules) {
            super(number);
            this.rules = rules;
        }

        @Override
        int heightNow() {
            return rules.stream().mapToInt(rule -> rule.height).min().orElse(ENDLESS);
        }
    }

    /// A rule several times.
    static final class Repeat extends Rule {
        /// No largest number.
        static final int UNBOUNDED = Integer.MAX_VALUE;

        final Rule rule;
        final int least;
        final int most;
        final boolean text; // any characters of a string

        Repeat(int number, Rule rule, int least, int most, boolean text) {
            super(number);
            this.rule = rule;
            this.least = least;
            this.most = most;
            this.text = text;
        }

        @Override
        int heightNow() {
            return least == 0 ? 0 : rule.height;
        }
    }

    /// A rule one level deeper: an array or object.
    static final class Nested extends Rule {
        final Rule rule;

        Nested(int number, Rule rule) {
            super(number);
            this.rule = rule;
        }

        @Override
        int heightNow() {
            return rule.height == ENDLESS ? ENDLESS : rule.height + 1;
        }
    }

    /// A rule that is made later.
    static final class Reference extends Rule {
        @Nullable
        Rule target;

        Reference(int number) {
            super(number);
        }

        Rule target() {
            if (target == null) throw new IllegalStateException("rule " + number + " has no target");
            return target;
        }

        @Override
        int heightNow() {
            return target().height;
        }
    }
}
