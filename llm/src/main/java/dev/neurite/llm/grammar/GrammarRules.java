package dev.neurite.llm.grammar;

import dev.neurite.error.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/// Makes the rules of a grammar, and checks them as a whole.
final class GrammarRules {
    /// The most rules of a grammar.
    static final int MOST = 50_000;

    private final List<Rule> all = new ArrayList<>();

    private <R extends Rule> R added(R rule) {
        if (all.size() >= MOST) {
            throw new ConfigException("schema", "expects a grammar of at most " + MOST + " rules, got more");
        }
        all.add(rule);
        return rule;
    }

    private int number() {
        return all.size() + 1; // 0 is no rule
    }

    Rule text(String text) {
        return texts(List.of(text));
    }

    Rule texts(Collection<String> texts) {
        return added(new Rule.Literals(number(), texts));
    }

    Rule bytes(BitSet set) {
        return added(new Rule.Bytes(number(), set));
    }

    /// One of these ASCII characters.
    Rule oneOf(String characters) {
        BitSet set = new BitSet();
        for (byte each : characters.getBytes(StandardCharsets.US_ASCII)) set.set(each);
        return bytes(set);
    }

    Rule sequence(Rule... rules) {
        return sequence(List.of(rules));
    }

    Rule sequence(List<Rule> rules) {
        return rules.size() == 1 ? rules.getFirst() : added(new Rule.Sequence(number(), List.copyOf(rules)));
    }

    Rule choice(Rule... rules) {
        return choice(List.of(rules));
    }

    Rule choice(List<Rule> rules) {
        return rules.size() == 1 ? rules.getFirst() : added(new Rule.Choice(number(), List.copyOf(rules)));
    }

    Rule repeat(Rule rule, int least, int most) {
        return added(new Rule.Repeat(number(), rule, least, most, false));
    }

    /// Any characters of a string.
    Rule characters(Rule character, int least, int most) {
        return added(new Rule.Repeat(number(), character, least, most, true));
    }

    Rule optional(Rule rule) {
        return repeat(rule, 0, 1);
    }

    Rule nested(Rule rule) {
        return added(new Rule.Nested(number(), rule));
    }

    Rule.Reference reference() {
        return added(new Rule.Reference(number()));
    }

    /// One character, in UTF-8, with a code point from the first to the last that is no surrogate.
    Rule character(int first, int last) {
        List<Rule> parts = new ArrayList<>();
        int[] limits = {0x7F, 0x7FF, 0xD7FF, 0xDFFF, 0xFFFF, 0x10FFFF};
        int from = first;
        for (int limit : limits) {
            if (from > last) break;
            int to = Math.min(last, limit);
            if (to < from) continue;
            if (limit != 0xDFFF) encoded(from, to, parts);
            from = to + 1;
        }
        return choice(parts);
    }

    /// Code points whose encodings have the same length, divided until the bytes of each part are a product of ranges.
    private void encoded(int from, int to, List<Rule> parts) {
        byte[] low = Character.toString(from).getBytes(StandardCharsets.UTF_8);
        byte[] high = Character.toString(to).getBytes(StandardCharsets.UTF_8);
        for (int i = 1, span = 1 << (6 * (low.length - 1)); i < low.length; i++, span >>= 6) {
            int mask = span - 1;
            boolean sameBefore = (from & ~mask) == (to & ~mask);
            if (sameBefore) continue;
            if ((from & mask) != 0) {
                encoded(from, from | mask, parts);
                encoded((from | mask) + 1, to, parts);
                return;
            }
            if ((to & mask) != mask) {
                encoded(from, (to & ~mask) - 1, parts);
                encoded(to & ~mask, to, parts);
                return;
            }
        }
        List<Rule> bytes = new ArrayList<>();
        for (int i = 0; i < low.length; i++) {
            BitSet set = new BitSet();
            set.set(low[i] & 0xFF, (high[i] & 0xFF) + 1);
            bytes.add(bytes(set));
        }
        parts.add(sequence(bytes));
    }

    /// The grammar from this rule on.
    /// @param deepest the most levels of arrays and objects
    /// @throws ConfigException if no value can be, or a value would begin with itself
    Grammar grammar(Rule root, int deepest) {
        refuseLoops();
        for (boolean changed = true; changed; ) {
            changed = false;
            for (Rule rule : all) {
                int height = rule.heightNow();
                if (height >= rule.height || height > deepest) continue;
                rule.height = height;
                changed = true;
            }
        }
        if (root.height > deepest) {
            throw new ConfigException(
                    "schema",
                    "expects that some value of at most " + deepest + " levels is right, got none that can be");
        }
        return new Grammar(root, deepest);
    }

    /// Refuses rules that begin with themselves. Only references lead back, as all else is made of rules before it; a
    /// part that may be empty is always a repetition of something that is not a reference.
    private void refuseLoops() {
        byte[] seen = new byte[all.size() + 1]; // 1: on the way, 2: done
        for (Rule start : all) {
            List<Rule> way = new ArrayList<>(List.of(start));
            while (!way.isEmpty()) {
                Rule rule = way.getLast();
                if (seen[rule.number] == 0) {
                    seen[rule.number] = 1;
                    for (Rule first : firsts(rule)) {
                        if (seen[first.number] == 1) {
                            throw new ConfigException(
                                    "schema",
                                    "expects values that begin with something of their own, got a $ref that leads to"
                                            + " itself");
                        }
                        if (seen[first.number] == 0) way.add(first);
                    }
                } else {
                    seen[rule.number] = 2;
                    way.removeLast();
                }
            }
        }
    }

    /// The rules with which a rule may begin.
    private static List<Rule> firsts(Rule rule) {
        return switch (rule) {
            case Rule.Literals _, Rule.Bytes _ -> List.of();
            case Rule.Sequence sequence -> {
                List<Rule> firsts = new ArrayList<>();
                for (Rule each : sequence.rules) {
                    firsts.add(each);
                    if (!(each instanceof Rule.Repeat)) break;
                }
                yield firsts;
            }
            case Rule.Choice choice -> choice.rules;
            case Rule.Repeat repeat -> List.of(repeat.rule);
            case Rule.Nested nested -> List.of(nested.rule);
            case Rule.Reference reference -> List.of(reference.target());
        };
    }
}
