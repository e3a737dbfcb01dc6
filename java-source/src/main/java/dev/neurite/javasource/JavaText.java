package dev.neurite.javasource;

import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Pieces of Java text. All of them are ASCII, so that no compiler's default encoding matters.
final class JavaText {
    private static final int WIDE = 112;
    private static final int LINE = 90; //           characters of a text
    private static final int CONSTANT = 200 * LINE; // characters of a text constant, of at most 65,535 bytes
    private static final Set<String> RESERVED = Set.of(
            ("abstract assert boolean break byte case catch char class const continue default do double else enum"
                + " extends false final finally float for goto if implements import instanceof int interface long"
                + " native new null package private protected public return short static strictfp super switch"
                + " synchronized this throw throws transient true try void volatile while _")
                    .split(" "));

    private JavaText() {}

    /// Whether a text may be a name, in ASCII.
    static boolean isName(String text) {
        return text.matches("[A-Za-z_$][A-Za-z0-9_$]*") && !RESERVED.contains(text);
    }

    /// A name of a text: `sepal length (cm)` is `sepalLengthCm`.
    static String name(String text) {
        var name = new StringBuilder();
        boolean upper = false;
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            boolean fits = (each >= 'A' && each <= 'Z') || (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9');
            if (fits) name.append(upper && each >= 'a' && each <= 'z' ? (char) (each - 32) : each);
            upper = !fits && !name.isEmpty();
        }
        if (name.isEmpty() || Character.isDigit(name.charAt(0))) name.insert(0, "n");
        char first = name.charAt(0);
        if (first >= 'A' && first <= 'Z') name.setCharAt(0, (char) (first + 32));
        return name.toString();
    }

    static String string(String text) {
        var literal = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            switch (each) {
                case '"' -> literal.append("\\\"");
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                case '\r' -> literal.append("\\r");
                case '\t' -> literal.append("\\t");
                default -> {
                    if (each < ' ') literal.append('\\').append(octal(each));
                    else ascii(each, literal);
                }
            }
        }
        return literal.append('"').toString();
    }

    /// The arguments of the method `texts`, and the end of its call: how many there are, what each ends with,
    /// and all of them, in constants that are cut anywhere.
    static List<String> joined(List<String> texts) {
        String end = Character.toString(IntStream.concat(IntStream.of('\n'), IntStream.range(1, Character.MAX_VALUE))
                .filter(each -> texts.stream().noneMatch(text -> text.indexOf(each) >= 0))
                .findFirst()
                .orElseThrow());
        String all = texts.stream().map(text -> text + end).collect(Collectors.joining());
        List<String> lines = new ArrayList<>(List.of("        " + texts.size() + ", " + string(end)));
        for (int from = 0; from < all.length(); from += LINE) {
            String line = string(all.substring(from, Math.min(from + LINE, all.length())));
            if (from % CONSTANT == 0) lines.set(lines.size() - 1, lines.getLast() + ",");
            lines.add("        " + (from % CONSTANT == 0 ? "" : "+ ") + line);
        }
        lines.set(lines.size() - 1, lines.getLast() + ");");
        return lines;
    }

    /// Three digits: a digit after it is none of it then.
    private static String octal(char each) {
        return "" + (each >> 6) + (each >> 3 & 7) + (each & 7);
    }

    private static void ascii(char each, StringBuilder to) {
        if (each < 127) to.append(each);
        else to.append("\\u").append(Integer.toHexString(0x10000 | each).substring(1));
    }

    /// A text in a comment: nothing in it ends the comment or begins an escape.
    static String comment(String text) {
        var safe = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            switch (each) {
                case '×' -> safe.append('x');
                case '·' -> safe.append('*');
                case '−' -> safe.append('-');
                case '\\' -> safe.append("\\\\");
                case '@' -> safe.append("(at)");
                default -> {
                    if (each < ' ') safe.append(' ');
                    else ascii(each, safe);
                }
            }
        }
        return safe.toString().replace("*/", "* /");
    }

    static String comment(Shape shape) {
        return comment(shape.toString().replace("-1", "steps"));
    }

    static String number(float number) {
        return number + "f";
    }

    /// A comment of sentences, in lines of moderate length.
    static List<String> javadoc(String... paragraphs) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : paragraphs) {
            boolean tags = paragraph.startsWith("@")
                    && !lines.isEmpty()
                    && lines.getLast().startsWith("@");
            if (!lines.isEmpty() && !tags) lines.add("");
            lines.addAll(wrapped(paragraph));
        }
        if (lines.size() == 1 && lines.getFirst().length() < WIDE) return List.of("/** " + lines.getFirst() + " */");
        List<String> comment = new ArrayList<>(List.of("/**"));
        for (String line : lines) comment.add(line.isEmpty() ? " *" : " * " + line);
        comment.add(" */");
        return comment;
    }

    /// A call, in lines of moderate length.
    static List<String> call(String method, List<String> arguments) {
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder(method).append('(');
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i) + (i < arguments.size() - 1 ? "," : ");");
            boolean first = line.isEmpty() || line.charAt(line.length() - 1) == '(';
            if (!first && line.length() + argument.length() >= WIDE - 16) {
                lines.add(line.toString());
                line = new StringBuilder("        ").append(argument);
            } else {
                line.append(first ? "" : " ").append(argument);
            }
        }
        lines.add(line + (arguments.isEmpty() ? ");" : ""));
        return lines;
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > WIDE) {
            int end = rest.lastIndexOf(' ', WIDE);
            if (end <= 0) end = rest.indexOf(' ', WIDE);
            if (end <= 0) break;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end + 1);
        }
        lines.add(rest);
        return lines;
    }

    /// Each line behind four spaces for each level.
    static void indent(List<String> lines, int levels, StringBuilder to) {
        for (String line : lines) {
            if (!line.isEmpty()) to.append("    ".repeat(levels)).append(line);
            to.append('\n');
        }
    }
}
