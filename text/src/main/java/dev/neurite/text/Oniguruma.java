package dev.neurite.text;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Translates regular expressions in the syntax of Oniguruma, as the reference has them (Ruby's), to Java's. What has
/// another meaning in Java is rewritten, and what Java lacks is refused.
final class Oniguruma {
    private static final int FLAGS = Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES;

    private static final int DEEPEST = 100; // groups or sets in each other

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
    private void alternatives(int depth) {
        if (depth > DEEPEST) throw wrong("more than " + DEEPEST + " groups in each other");
        int start = out.length();
        while (at < source.length() && source.charAt(at) != ')') {
            int atom = out.length();
            switch (source.charAt(at)) {
                case '(' -> group(depth, atom == start);
                case '[' -> set(depth);
                case '\\' -> escape(false);
                default -> copy(Character.charCount(source.codePointAt(at)));
            }
            quantifiers(atom);
        }
    }

    private void copy(int length) {
        out.append(source, at, at + length);
        at += length;
    }

    private void group(int depth, boolean first) {
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
        alternatives(depth + 1);
        if (at == source.length()) throw wrong("a '(' without its ')'");
        copy(1);
    }

    /// Ruby reads `x{1,3}+` as `(?:x{1,3})+`, Java as a possessive quantifier, `x{3}?` as
    /// `(?:x{3})?`, Java as a reluctant one, and `{,3}` as `{0,3}`.
    private void quantifiers(int atom) {
        while (at < source.length() && source.charAt(at) == '{') {
            int end = source.indexOf('}', at);
            if (end < 0 || !source.substring(at + 1, end).matches("\\d*,?\\d*")) throw wrong("a '{' without a count");
            String counts = source.substring(at + 1, end);
            out.append('{')
                    .append(counts.startsWith(",") ? "0" : "")
                    .append(counts)
                    .append('}');
            at = end + 1;
            boolean again = sees("+") || sees("{") || (sees("?") && !counts.contains(","));
            if (again) out.insert(atom, "(?:").append(')');
        }
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

    private void escape(boolean inSet) {
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
