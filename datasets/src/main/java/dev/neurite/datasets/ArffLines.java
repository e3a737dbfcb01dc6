package dev.neurite.datasets;

import dev.neurite.error.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads the lines of an ARFF file, and their parts: values, commas and braces. Lines that are blank or comments
/// are passed over.
final class ArffLines implements AutoCloseable {
    /// The longest line, characters.
    static final int LONGEST = 1 << 22;

    /// A value.
    /// @param quoted whether it was in quotes, so that it is a text even if it is `?`
    record Value(String text, boolean quoted) {
        boolean isMissing() {
            return !quoted && text.equals("?");
        }
    }

    private final String where;
    private final BufferedReader in;
    private final StringBuilder text = new StringBuilder();
    private long line;
    private int at;
    private long room = 1 << 24; // bytes in memory for what the header declares
    private int ahead = -2; // a character after a line end; −2 for none

    ArffLines(String where, InputStream in) {
        this.where = where;
        this.in = new BufferedReader(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    /// Goes to the next line with a value.
    /// @return false at the end of the file
    boolean next() throws IOException {
        while (readLine()) {
            at = line == 1 && !text.isEmpty() && text.charAt(0) == '\ufeff' ? 1 : 0;
            if (!isAtEnd()) return true;
        }
        return false;
    }

    private boolean readLine() throws IOException {
        text.setLength(0);
        line++;
        try {
            int each = ahead == -2 ? in.read() : ahead;
            ahead = -2;
            if (each < 0) return false;
            while (each >= 0 && each != '\n' && each != '\r') {
                if (text.length() >= LONGEST)
                    throw fault("expects a line of at most 4,194,304 characters, got a longer one", "");
                text.append((char) each);
                each = in.read();
            }
            if (each == '\r') {
                int after = in.read();
                if (after != '\n') ahead = after;
            }
            return true;
        } catch (CharacterCodingException _) {
            throw fault("expects text in UTF-8, got other bytes", "Convert the file to UTF-8");
        }
    }

    /// The number of the line, from 1.
    long line() {
        return line;
    }

    /// Characters of the line.
    int length() {
        return text.length();
    }

    DataException fault(String problem, String hint) {
        return new DataException(where + ", line " + line, problem, hint);
    }

    /// Takes memory for what the header declares; a few bytes of a compressed file may declare much.
    /// @param bytes of memory; those that are below 0 are given back
    void pay(long bytes) {
        room -= bytes;
        if (room < 0) throw fault("expects attributes and values that take at most 16 MB in memory, got more", "");
    }

    /// Whether nothing follows in the line but a comment.
    boolean isAtEnd() {
        while (at < text.length() && text.charAt(at) <= ' ') at++;
        return at >= text.length() || text.charAt(at) == '%';
    }

    void requireEnd() {
        if (isAtEnd()) return;
        if (text.charAt(at) == '{') throw weight();
        throw fault("expects the end of the line, got '" + rest() + "'", "A value with spaces needs quotes");
    }

    private DataException weight() {
        return fault(
                "expects the end of the row, got a weight in braces",
                "Make the weight an attribute, and say so (on the command line --weight)");
    }

    private String rest() {
        return text.substring(at, Math.min(text.length(), at + 40));
    }

    /// Takes a comma or brace, if it is the next part.
    boolean take(char symbol) {
        if (isAtEnd() || text.charAt(at) != symbol) return false;
        at++;
        return true;
    }

    /// Takes a value.
    /// @param expected what it should be, for messages
    Value value(String expected) {
        if (isAtEnd()) throw fault("expects " + expected + ", got the end of the line", "");
        char first = text.charAt(at);
        if (first == '\'' || first == '"') return quoted(first);
        int from = at;
        while (at < text.length() && isPlain(text.charAt(at))) at++;
        if (at == from) throw fault("expects " + expected + ", got '" + first + "'", "A missing value is ?");
        return new Value(text.substring(from, at), false);
    }

    private static boolean isPlain(char each) {
        return each > ' ' && each != ',' && each != '{' && each != '}' && each != '%';
    }

    private Value quoted(char quote) {
        var value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char each = text.charAt(at);
            if (each == quote) {
                at++;
                return new Value(value.toString(), true);
            }
            if (each != '\\') value.append(each);
            else if (at + 1 < text.length()) value.append(escaped());
        }
        throw fault("expects a closing " + quote + " in the line, got none", "");
    }

    /// The character that a backslash stands before.
    private char escaped() {
        char each = text.charAt(++at);
        return switch (each) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'u' -> {
                String digits = text.substring(at + 1, Math.min(text.length(), at + 5));
                if (!digits.matches("[0-9a-fA-F]{4}")) yield each;
                at += 4;
                yield (char) Integer.parseInt(digits, 16);
            }
            default -> each;
        };
    }

    /// Takes the values of a row, between commas or spaces.
    /// @param most after which no more are taken
    List<Value> values(int most) {
        List<Value> values = new ArrayList<>();
        while (!isAtEnd() && values.size() < most) {
            if (text.charAt(at) == '{') throw weight();
            values.add(value("a value"));
            if (take(',') && isAtEnd())
                throw fault("expects a value after the comma, got none", "A missing value is ?");
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
