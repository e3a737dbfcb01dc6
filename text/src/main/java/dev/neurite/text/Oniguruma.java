package dev.neurite.text;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Translates regular expressions in the syntax of Oniguruma, as the reference has them (Ruby's), to Java's. What has
/// another meaning in Java is rewritten, and what Java lacks is refused.
///
/// [Steps] end expressions that read a text without end. At the end of a text there is nothing to read, so
/// expressions that can match nothing in many ways, such as `(a?|b?){60}`, are refused here.
final class Oniguruma {
    private static final int FLAGS = Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES;

    private static final int DEEPEST = 100; // groups or sets in each other
    private static final int LONGEST = 10_000; // chars: ten times the longest expressions in use
    private static final int MOST_WAYS = 1_000; // to match nothing

    /// What `\w` matches; of other numbers only those in Latin-1.
    private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xB2\\xB3\\xB9\\xBC-\\xBE";
    private static final String HEXADECIMAL = "0-9a-fA-F";

    /// Escapes with the same meaning in both, beside those of punctuation and digits.
    private static final String COMMON = "sSdDbBAzZGnrtfaexuRX";

    private static final Set<String> CATEGORIES = Set.of(
            "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd",
            "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp",
            "Zs");

    /// Long names of categories and names of properties, without spaces, underscores and capitals.
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("letter", "L"),
            Map.entry("mark", "M"),
            Map.entry("number", "N"),
            Map.entry("punctuation", "P"),
            Map.entry("symbol", "S"),
            Map.entry("separator", "Z"),
            Map.entry("other", "C"),
            Map.entry("uppercaseletter", "Lu"),
            Map.entry("lowercaseletter", "Ll"),
            Map.entry("decimalnumber", "Nd"),
            Map.entry("digit", "Nd"),
            Map.entry("alpha", "IsAlphabetic"),
            Map.entry("alphabetic", "IsAlphabetic"),
            Map.entry("upper", "IsUppercase"),
            Map.entry("uppercase", "IsUppercase"),
            Map.entry("lower", "IsLowercase"),
            Map.entry("lowercase", "IsLowercase"),
            Map.entry("space", "IsWhite_Space"),
            Map.entry("whitespace", "IsWhite_Space"),
            Map.entry("ideographic", "IsIdeographic"),
            Map.entry("emoji", "IsEmoji"));

    private final String source;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private Oniguruma(String source) {
        this.source = source;
    }

    /// The expression in Java.
    /// @throws PatternSyntaxException for an expression that is wrong, or that has no equal in Java
    static Pattern compile(String source) {
        var translation = new Oniguruma(source);
        if (source.length() > LONGEST) throw translation.wrong("more than " + LONGEST + " characters");
        translation.alternatives(0);
        if (translation.at < source.length()) throw translation.wrong("a ')' without its '('");
        return Pattern.compile(translation.out.toString(), FLAGS);
    }

    private PatternSyntaxException wrong(String problem) {
        return new PatternSyntaxException(problem, source, Math.min(at, source.length()));
    }

    private boolean sees(String text) {
        return source.startsWith(text, at);
    }

    /// Everything up to a closing parenthesis or the end.
    /// @return in how many ways it can match nothing, 0 if it cannot, as for all parts of an expression here
    private long alternatives(int depth) {
        if (depth > DEEPEST) throw wrong("more than " + DEEPEST + " groups in each other");
        int start = out.length();
        long before = 0; // of the alternatives before this one
        long ways = 1;
        while (at < source.length() && source.charAt(at) != ')') {
            int atom = out.length();
            switch (source.charAt(at)) {
                case '|' -> {
                    copy(1);
                    before += ways;
                    ways = 1;
                }
                case '(' -> ways *= quantified(atom, group(depth, atom == start));
                case '[' -> {
                    set(depth);
                    ways *= quantified(atom, 0);
                }
                case '\\' -> ways *= quantified(atom, escape(false));
                case '^', '$' -> {
                    copy(1);
                    ways *= quantified(atom, 1);
                }
                default -> {
                    copy(Character.charCount(source.codePointAt(at)));
                    ways *= quantified(atom, 0);
                }
            }
            if (before + ways > MOST_WAYS) throw wrong("more than " + MOST_WAYS + " ways to match nothing");
        }
        return before + ways;
    }

    private void copy(int length) {
        out.append(source, at, at + length);
        at += length;
    }

    private long group(int depth, boolean first) {
        boolean looks = sees("(?=") || sees("(?!") || sees("(?<=") || sees("(?<!");
        boolean atomic = sees("(?>");
        if (sees("(?#") || sees("(?~") || sees("(?(") || sees("(?@")) throw wrong("a group that Java lacks");
        copy(1);
        if (sees("?")) {
            copy(1);
            // In Ruby, m lets the point match line ends; Java calls this s.
            while (at < source.length() && (Character.isLetter(source.charAt(at)) || source.charAt(at) == '-')) {
                char option = source.charAt(at++);
                if ("im-".indexOf(option) < 0) throw wrong("an option that Java lacks");
                out.append(option == 'm' ? 's' : option);
            }
            // To Ruby it would begin a group: in a(?i)b|c, c follows a.
            if (sees(")") && !first) throw wrong("an option that does not begin its group");
            if (sees("<") || sees(":") || sees("=") || sees("!") || sees(">")) copy(1);
        }
        long ways = alternatives(depth + 1);
        if (at == source.length()) throw wrong("a '(' without its ')'");
        copy(1);
        if (looks) return 1;
        return atomic ? Math.min(1, ways) : ways;
    }

    /// Ruby reads `x{1,3}+` as `(?:x{1,3})+`, Java as a possessive quantifier, `x{3}?` as
    /// `(?:x{3})?`, Java as a reluctant one, and `{,3}` as `{0,3}`.
    /// @param atom where what they belong to begins
    /// @param once in how many ways that can match nothing
    /// @return in how many ways it can, repeated
    private long quantified(int atom, long once) {
        long ways = once;
        while (at < source.length() && "?*+{".indexOf(source.charAt(at)) >= 0) {
            if (sees("{")) {
                ways = counted(atom, ways);
            } else {
                if (!sees("+")) ways++;
                copy(1);
                if (sees("+")) ways = Math.min(1, ways); // possessive
                if (sees("+") || sees("?")) copy(1);
            }
        }
        return ways;
    }

    private long counted(int atom, long once) {
        int end = source.indexOf('}', at);
        String counts = end < 0 ? "" : source.substring(at + 1, end);
        if (!counts.matches("\\d{1,6}(,\\d{0,6})?|,\\d{1,6}")) throw wrong("a '{' without a count below a million");
        out.append('{').append(counts.startsWith(",") ? "0" : "").append(counts).append('}');
        at = end + 1;
        boolean again = sees("+") || sees("{") || (sees("?") && !counts.contains(","));
        if (again) out.insert(atom, "(?:").append(')');
        else if (sees("?")) copy(1);
        String[] bounds = counts.split(",", -1);
        int least = bounds[0].isEmpty() ? 0 : Integer.parseInt(bounds[0]);
        String last = bounds[bounds.length - 1];
        int most = last.isEmpty() ? least + 1 : Integer.parseInt(last);
        if (once == 0) return least == 0 ? 1 : 0;
        double ways = once == 1 ? most + 1.0 : Math.pow((double) once, most);
        return (long) Math.min(ways, MOST_WAYS + 1.0);
    }

    private void set(int depth) {
        if (depth > DEEPEST) throw wrong("more than " + DEEPEST + " sets in each other");
        copy(1);
        if (sees("^")) copy(1);
        while (at < source.length() && source.charAt(at) != ']') {
            if (sees("[:")) throw wrong("a POSIX class, which Java lacks");
            switch (source.charAt(at)) {
                case '[' -> set(depth + 1);
                case '\\' -> escape(true);
                default -> copy(Character.charCount(source.codePointAt(at)));
            }
        }
        if (at == source.length()) throw wrong("a '[' without its ']'");
        copy(1);
    }

    private long escape(boolean inSet) {
        if (at + 1 == source.length()) throw wrong("a '\\' at the end");
        char letter = source.charAt(at + 1);
        switch (letter) {
            case 'p', 'P' -> property(letter == 'P');
            case 'w' -> replace(inSet ? WORD : "[" + WORD + "]");
            case 'W' -> replace("[^" + WORD + "]");
            case 'h' -> replace(inSet ? HEXADECIMAL : "[" + HEXADECIMAL + "]");
            case 'H' -> replace("[^" + HEXADECIMAL + "]");
            case 'v' -> replace("\\x0B");
            case 'k' -> copy(2);
            default -> {
                boolean letterOrOther = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
                if (letterOrOther && COMMON.indexOf(letter) < 0) throw wrong("an escape that Java lacks");
                copy(1 + Character.charCount(source.codePointAt(at + 1)));
                if (letter == 'x' && sees("{")) copy(Math.max(0, source.indexOf('}', at) + 1 - at));
            }
        }
        return "bBAzZGk123456789".indexOf(letter) >= 0 ? 1 : 0;
    }

    private void replace(String text) {
        out.append(text);
        at += 2;
    }

    private void property(boolean not) {
        int end = source.indexOf('}', at);
        if (!source.startsWith("{", at + 2) || end < 0) throw wrong("a property without a name in braces");
        String name = source.substring(at + 3, end);
        boolean inverse = name.startsWith("^");
        String known = known(inverse ? name.substring(1) : name)
                .orElseThrow(() -> wrong("the unknown property '" + name + "'"));
        out.append(not == inverse ? "\\p{" : "\\P{").append(known).append('}');
        at = end + 1;
    }

    private static Optional<String> known(String name) {
        if (CATEGORIES.contains(name)) return Optional.of(name);
        String plain = name.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT);
        if (NAMES.containsKey(plain)) return Optional.ofNullable(NAMES.get(plain));
        try {
            return Optional.of("Is" + Character.UnicodeScript.forName(name).name());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
