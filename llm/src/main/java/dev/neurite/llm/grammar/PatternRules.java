package dev.neurite.llm.grammar;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The rule of a regular expression for the content of a JSON string: characters, classes, groups, alternatives and
/// quantifiers. Characters that JSON escapes are escaped.
final class PatternRules {
    private static final int LONGEST = 1000; // characters
    private static final int MOST_TIMES = 1000;
    private static final int MOST_WAYS = 10_000;
    private static final int DEEPEST = 32;
    private static final String ESCAPED = "\"\\\b\f\n\r\t";
    private static final String ESCAPES = "\"\\bfnrt";

    private final Rules rules;
    private final String pattern;
    private final String where;
    private int at;
    private int end;

    PatternRules(Rules rules, String pattern, String where) {
        this.rules = rules;
        this.pattern = pattern;
        this.where = "schema " + where;
    }

    /// @param ways in which a text may be read at the same time, at most
    private record Part(Rule rule, long ways) {}

    Rule rule() {
        if (pattern.length() > LONGEST) throw wrong("at most " + LONGEST + " characters");
        boolean ends = pattern.length() > 1 && pattern.endsWith("$") && pattern.charAt(pattern.length() - 2) != '\\';
        if (!pattern.startsWith("^") || !ends) throw wrong("^ at its begin and $ at its end");
        at = 1;
        end = pattern.length() - 1;
        Part whole = alternatives(0);
        if (at < end) throw wrong("no ')' without '('");
        return whole.rule;
    }

    private ConfigException wrong(String expected) {
        return new ConfigException(
                where, "expects " + expected + ", got '" + pattern + "', at its character " + Math.min(at, LONGEST));
    }

    private boolean skip(char c) {
        boolean here = at < end && pattern.charAt(at) == c;
        if (here) at++;
        return here;
    }

    private int next() {
        if (at >= end) throw wrong("more characters");
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private Part alternatives(int depth) {
        if (depth > DEEPEST) throw wrong("at most " + DEEPEST + " groups within each other");
        List<Rule> all = new ArrayList<>();
        long ways = 0;
        do {
            Part part = sequence(depth);
            all.add(part.rule);
            ways += part.ways;
        } while (skip('|'));
        if (depth == 0 && all.size() > 1) throw wrong("alternatives within a group");
        return new Part(rules.choice(all), ways);
    }

    private Part sequence(int depth) {
        List<Rule> all = new ArrayList<>();
        long ways = 1;
        while (at < end && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            Part part = quantified(atom(depth));
            all.add(part.rule);
            ways += part.ways;
        }
        return new Part(all.isEmpty() ? rules.text("") : rules.sequence(all), ways);
    }

    private Part atom(int depth) {
        if (skip('(')) {
            if (skip('?') && !skip(':')) throw wrong("groups ( ) and (?: ) only");
            Part group = alternatives(depth + 1);
            if (!skip(')')) throw wrong("a ')' for each '('");
            return group;
        }
        return new Part(characters(set()), 1);
    }

    private BitSet set() {
        int c = next();
        if (c == '\\') return escape();
        if (c == '[') return characterClass();
        if (c == '.') return others("\n\r\u2028\u2029");
        if ("^$*+?]{}".indexOf(c) >= 0) throw wrong("a character, class or group");
        return one(c);
    }

    private static BitSet one(int c) {
        BitSet set = new BitSet();
        set.set(c);
        return set;
    }

    /// All characters but these and control characters.
    private static BitSet others(String characters) {
        BitSet set = new BitSet();
        characters.codePoints().forEach(set::set);
        return negated(set);
    }

    private static BitSet negated(BitSet set) {
        BitSet all = new BitSet();
        all.set(' ', Character.MAX_CODE_POINT + 1);
        all.andNot(set);
        return all;
    }

    private BitSet escape() {
        int c = next();
        BitSet set = new BitSet();
        switch (c) {
            case 'd', 'D' -> set.set('0', '9' + 1);
            case 'w', 'W' -> {
                set.set('0', '9' + 1);
                set.set('A', 'Z' + 1);
                set.set('a', 'z' + 1);
                set.set('_');
            }
            case 's', 'S' ->
                " \t\n\r\u000B\f\u00A0\uFEFF\u2028\u2029".codePoints().forEach(set::set);
            case 'n' -> set.set('\n');
            case 'r' -> set.set('\r');
            case 't' -> set.set('\t');
            default -> {
                if (c >= 0x7F || Character.isLetterOrDigit(c))
                    throw wrong("\\d \\w \\s \\D \\W \\S \\n \\r \\t or an escaped sign");
                set.set(c);
            }
        }
        return c == 'D' || c == 'W' || c == 'S' ? negated(set) : set;
    }

    private BitSet characterClass() {
        boolean negative = skip('^');
        BitSet set = new BitSet();
        while (!skip(']')) {
            int c = next();
            BitSet some = c == '\\' ? escape() : one(c);
            boolean range = some.cardinality() == 1
                    && at + 1 < end
                    && pattern.charAt(at) == '-'
                    && pattern.charAt(at + 1) != ']';
            if (range) {
                at++;
                int first = some.nextSetBit(0);
                int to = next();
                BitSet last = to == '\\' ? escape() : one(to);
                if (last.cardinality() != 1 || last.nextSetBit(0) < first) throw wrong("ranges that go up");
                some.set(first, last.nextSetBit(0) + 1);
            }
            set.or(some);
        }
        return negative ? negated(set) : set;
    }

    /// One character of a set.
    private Rule characters(BitSet set) {
        set.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
        List<Rule> all = new ArrayList<>();
        List<String> escapes = new ArrayList<>();
        for (int i = 0; i < ESCAPED.length(); i++) {
            if (!set.get(ESCAPED.charAt(i))) continue;
            escapes.add("\\" + ESCAPES.charAt(i));
            set.clear(ESCAPED.charAt(i));
        }
        for (int c = set.nextSetBit(0); c >= 0 && c < ' '; c = set.nextSetBit(c + 1)) {
            escapes.add("\\u00" + Character.forDigit(c >> 4, 16) + Character.forDigit(c & 15, 16));
        }
        if (!escapes.isEmpty()) all.add(rules.texts(escapes));
        for (int from = set.nextSetBit(' '); from >= 0; ) {
            int to = set.nextClearBit(from);
            all.add(rules.character(from, to - 1));
            from = set.nextSetBit(to);
        }
        if (all.isEmpty()) throw wrong("classes with a character");
        return rules.choice(all);
    }

    private Part quantified(Part part) {
        int least;
        int most;
        if (skip('*')) {
            least = 0;
            most = Rule.Repeat.UNBOUNDED;
        } else if (skip('+')) {
            least = 1;
            most = Rule.Repeat.UNBOUNDED;
        } else if (skip('?')) {
            least = 0;
            most = 1;
        } else if (skip('{')) {
            least = times();
            most = least;
            if (skip(',')) most = at < end && pattern.charAt(at) == '}' ? Rule.Repeat.UNBOUNDED : times();
            if (!skip('}') || most < least) throw wrong("{times} or {least,most}");
        } else {
            return part;
        }
        if (at < end && "*+?{".indexOf(pattern.charAt(at)) >= 0) throw wrong("one quantifier");
        long ways = part.ways * ((most == Rule.Repeat.UNBOUNDED ? least : most) + 1L);
        if (ways > MOST_WAYS) throw wrong("repetitions with at most " + MOST_WAYS + " places");
        return new Part(rules.repeat(part.rule, least, most), ways);
    }

    private int times() {
        int start = at;
        int times = 0;
        while (at < end && Character.digit(pattern.charAt(at), 10) >= 0 && times <= MOST_TIMES) {
            times = 10 * times + Character.digit(pattern.charAt(at++), 10);
        }
        if (at == start || times > MOST_TIMES) throw wrong("a number from 0 to " + MOST_TIMES);
        return times;
    }
}
