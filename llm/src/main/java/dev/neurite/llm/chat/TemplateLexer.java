package dev.neurite.llm.chat;

import dev.neurite.error.ModelFormatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Cuts a template into texts and the words inside `{{ … }}` and `{% … %}`. As in chat templates everywhere, white
/// space before a block on its own line goes (`lstrip_blocks`), and the end of line after a block (`trim_blocks`).
final class TemplateLexer {
    private static final List<String> OPERATORS = List.of(
            "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ",", ":", "|", "(",
            ")", "[", "]", "{", "}");

    /// What a word is.
    enum Kind {
        TEXT,
        /// `{{` or `{%`.
        BEGIN,
        /// `}}` or `%}`.
        END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        /// The end of the template.
        NOTHING
    }

    record Word(Kind kind, String text, int line) {
        boolean is(Kind wanted, String wantedText) {
            return kind == wanted && text.equals(wantedText);
        }
    }

    private final String source;
    private final List<Word> words = new ArrayList<>();
    private int at;
    private int line = 1;

    private TemplateLexer(String source) {
        this.source = source;
    }

    /// The words of a template; the last is [Kind#NOTHING].
    static List<Word> words(String template) {
        String lines = template.replace("\r\n", "\n").replace('\r', '\n');
        var lexer = new TemplateLexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        lexer.texts();
        lexer.add(Kind.NOTHING, "");
        return lexer.words;
    }

    static ModelFormatException wrong(int line, String problem) {
        return new ModelFormatException("chat template, line " + line, problem);
    }

    private void add(Kind kind, String text) {
        words.add(new Word(kind, text, line));
    }

    private boolean sees(String text) {
        return source.startsWith(text, at);
    }

    /// Goes on to a place and counts lines.
    private void moveTo(int to) {
        for (; at < to; at++) if (source.charAt(at) == '\n') line++;
    }

    private void texts() {
        while (at < source.length()) {
            int begin = nextTag();
            text(begin);
            if (begin == source.length()) return;
            char kind = source.charAt(begin + 1);
            moveTo(begin + 2);
            if (kind != '{' && (sees("-") || sees("+"))) moveTo(at + 1);
            else if (sees("-")) moveTo(at + 1);
            if (kind == '#') {
                comment();
            } else if (kind != '%' || !raw()) {
                add(Kind.BEGIN, kind == '{' ? "{{" : "{%");
                tag(kind == '{' ? "}}" : "%}");
            }
        }
    }

    private int nextTag() {
        for (int i = at; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) return i;
        }
        return source.length();
    }

    /// The text up to a tag, without the white space that the tag takes.
    private void text(int end) {
        String text = source.substring(at, end);
        char kind = end < source.length() ? source.charAt(end + 1) : '{';
        char mark = end + 2 < source.length() ? source.charAt(end + 2) : ' ';
        if (end < source.length() && mark == '-') {
            text = text.stripTrailing();
        } else if (kind != '{' && mark != '+') {
            int start = text.lastIndexOf('\n') + 1;
            boolean ofLine = start > 0 || at == 0 || source.charAt(at - 1) == '\n';
            if (ofLine && text.substring(start).isBlank()) text = text.substring(0, start);
        }
        if (!text.isEmpty()) add(Kind.TEXT, text);
        moveTo(end);
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) throw wrong(line, "expects '#}' after '{#', got the end of the template");
        char mark = source.charAt(end - 1);
        moveTo(end + 2);
        after(mark, true);
    }

    /// White space after a tag goes as its last mark says.
    private void after(char mark, boolean trims) {
        if (mark == '-') {
            int to = at;
            while (to < source.length() && Character.isWhitespace(source.charAt(to))) to++;
            moveTo(to);
        } else if (trims && mark != '+' && sees("\n")) {
            moveTo(at + 1);
        }
    }

    /// `{% raw %}` up to `{% endraw %}`, if that is here.
    private boolean raw() {
        int name = skipSpaces(at);
        if (!source.startsWith("raw", name)) return false;
        int close = skipSpaces(name + 3);
        boolean strips = source.startsWith("-%}", close);
        if (!strips && !source.startsWith("%}", close)) return false;
        moveTo(close + (strips ? 3 : 2));
        after(strips ? '-' : ' ', false);
        for (int end = source.indexOf("{%", at); end >= 0; end = source.indexOf("{%", end + 2)) {
            int from = end + 2;
            if (from < source.length() && "-+".indexOf(source.charAt(from)) >= 0) from++;
            from = skipSpaces(from);
            if (!source.startsWith("endraw", from)) continue;
            close = skipSpaces(from + 6);
            char mark = close < source.length() ? source.charAt(close) : ' ';
            if (mark == '-' || mark == '+') close++;
            if (!source.startsWith("%}", close)) continue;
            text(end);
            moveTo(close + 2);
            after(mark, true);
            return true;
        }
        throw wrong(line, "expects '{% endraw %}' after '{% raw %}', got the end of the template");
    }

    private int skipSpaces(int from) {
        int to = from;
        while (to < source.length() && Character.isWhitespace(source.charAt(to))) to++;
        return to;
    }

    /// The words of a tag, and its end.
    private void tag(String end) {
        int begun = line;
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            moveTo(skipSpaces(at));
            if (at == source.length()) {
                throw wrong(begun, "expects '" + end + "', got the end of the template");
            }
            if (open.isEmpty() && (sees(end) || sees("-" + end) || (end.equals("%}") && sees("+" + end)))) {
                char mark = source.charAt(at);
                add(Kind.END, end);
                moveTo(at + end.length() + (sees(end) ? 0 : 1));
                after(mark, end.equals("%}"));
                return;
            }
            word(open);
        }
    }

    private void word(Deque<Character> open) {
        char first = source.charAt(at);
        if (first == '"' || first == '\'') {
            string(first);
        } else if (first >= '0' && first <= '9') {
            number();
        } else if (Character.isUnicodeIdentifierStart(first) || first == '_') {
            int to = at + 1;
            while (to < source.length() && isPartOfName(source.charAt(to))) to++;
            add(Kind.NAME, source.substring(at, to));
            moveTo(to);
        } else {
            String operator = OPERATORS.stream().filter(this::sees).findFirst().orElse("");
            if (operator.isEmpty()) throw wrong(line, "expects an expression, got '" + first + "'");
            if ("([{".contains(operator)) {
                open.push(")]}".charAt("([{".indexOf(operator)));
            } else if (")]}".contains(operator) && (open.isEmpty() || open.pop() != first)) {
                throw wrong(line, "expects brackets in pairs, got '" + first + "' without its other");
            }
            add(Kind.OPERATOR, operator);
            moveTo(at + operator.length());
        }
    }

    private static boolean isPartOfName(char each) {
        return each == '_' || (Character.isUnicodeIdentifierPart(each) && !Character.isIdentifierIgnorable(each));
    }

    private void number() {
        int to = digits(at);
        boolean whole = true;
        if (to + 1 < source.length() && source.charAt(to) == '.' && isDigit(to + 1)) {
            whole = false;
            to = digits(to + 1);
        }
        if (to < source.length() && "eE".indexOf(source.charAt(to)) >= 0) {
            int exponent = to + 1;
            if (exponent < source.length() && "+-".indexOf(source.charAt(exponent)) >= 0) exponent++;
            if (isDigit(exponent)) {
                whole = false;
                to = digits(exponent);
            }
        }
        add(whole ? Kind.INTEGER : Kind.FLOAT, source.substring(at, to).replace("_", ""));
        moveTo(to);
    }

    private boolean isDigit(int index) {
        return index < source.length() && source.charAt(index) >= '0' && source.charAt(index) <= '9';
    }

    private int digits(int from) {
        int to = from;
        while (isDigit(to) || (to < source.length() && source.charAt(to) == '_' && isDigit(to + 1))) to++;
        return to;
    }

    private void string(char quote) {
        int begun = line;
        var text = new StringBuilder();
        int i = at + 1;
        while (i < source.length() && source.charAt(i) != quote) {
            char each = source.charAt(i++);
            if (each != '\\' || i == source.length()) {
                text.append(each);
                continue;
            }
            char escape = source.charAt(i++);
            int plain = "ntrbfav0\\'\"".indexOf(escape);
            int length = switch (escape) {
                case 'x' -> 2;
                case 'u' -> 4;
                case 'U' -> 8;
                default -> 0;
            };
            if (plain >= 0) {
                text.append("\n\t\r\b\f\u0007\u000B\0\\'\"".charAt(plain));
            } else if (length > 0) {
                text.appendCodePoint(codePoint(i, length));
                i += length;
            } else if (escape != '\n') { // as in Python: an unknown escape is itself, the end of a line is nothing
                text.append('\\').append(escape);
            }
        }
        if (i >= source.length()) throw wrong(begun, "expects the end of a string, got the end of the template");
        add(Kind.STRING, text.toString());
        moveTo(i + 1);
    }

    private int codePoint(int from, int length) {
        String digits = source.substring(from, Math.min(source.length(), from + length));
        boolean hexadecimal =
                digits.length() == length && digits.chars().allMatch(each -> Character.digit(each, 16) >= 0);
        long point = hexadecimal ? Long.parseLong(digits, 16) : -1;
        if (point < 0 || point > Character.MAX_CODE_POINT) {
            throw wrong(line, "expects " + length + " hexadecimal digits of a character, got '" + digits + "'");
        }
        return (int) point;
    }
}
