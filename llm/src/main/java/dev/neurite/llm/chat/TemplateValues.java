package dev.neurite.llm.chat;

import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Values of templates as Python shows and compares them. A value is null, a boolean, a long, a double, a string, a
/// list or [Tuple], a map with strings and numbers as keys, [Undefined], a [Namespace], or a [Function].
final class TemplateValues {
    private final TemplateCost cost;

    TemplateValues(TemplateCost cost) {
        this.cost = cost;
    }

    /// What a name or a field stands for that is not there.
    record Undefined(String name) {}

    /// An object whose fields templates may set.
    record Namespace(Map<String, @Nullable Object> fields) {}

    /// A macro, a function, or a method of a value.
    @FunctionalInterface
    interface Function {
        @Nullable
        Object call(Arguments arguments);
    }

    /// Values of arguments.
    record Arguments(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {}

    /// A list that Python writes with round brackets.
    static final class Tuple extends AbstractList<@Nullable Object> {
        private final List<@Nullable Object> items;

        Tuple(List<@Nullable Object> items) {
            this.items = items;
        }

        @Override
        public @Nullable Object get(int index) {
            return items.get(index);
        }

        @Override
        public int size() {
            return items.size();
        }
    }

    /// A problem with values; who evaluates the expression adds the line.
    static final class ValueException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ValueException(String problem) {
            super(problem, null, false, false);
        }

        String problem() {
            return String.valueOf(getMessage());
        }
    }

    static ValueException wrong(String expected, @Nullable Object got) {
        return new ValueException("expects " + expected + ", got " + kind(got));
    }

    static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "none";
            case Boolean truth -> truth ? "true" : "false";
            case Long number -> "the number " + number;
            case Double number -> "the number " + number;
            case String _ -> "a text";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a map";
            case Undefined(String name) -> "'" + name + "', which is undefined";
            case Namespace _ -> "a namespace";
            default -> "a function";
        };
    }

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case Undefined _ -> false;
            default -> true;
        };
    }

    /// A number of a number or a boolean, as Python has them; null for others.
    static @Nullable Number number(@Nullable Object value) {
        return switch (value) {
            case Boolean truth -> truth ? 1L : 0L;
            case Number number -> number;
            case null, default -> null;
        };
    }

    boolean equal(@Nullable Object left, @Nullable Object right) {
        cost.enter();
        boolean equal = equalInside(left, right);
        cost.leave();
        return equal;
    }

    private boolean equalInside(@Nullable Object left, @Nullable Object right) {
        Number one = number(left);
        Number other = number(right);
        if (one instanceof Long first && other instanceof Long second) return first.equals(second);
        if (one != null && other != null) return one.doubleValue() == other.doubleValue();
        if (left instanceof List<?> first && right instanceof List<?> second) {
            if (first.size() != second.size() || first instanceof Tuple != second instanceof Tuple) return false;
            Iterator<?> others = second.iterator();
            for (Object each : first) if (!equal(each, others.next())) return false;
            return true;
        }
        if (left instanceof Map<?, ?> first && right instanceof Map<?, ?> second) {
            if (first.size() != second.size()) return false;
            for (Map.Entry<?, ?> each : first.entrySet()) {
                if (!second.containsKey(each.getKey()) || !equal(each.getValue(), second.get(each.getKey()))) {
                    return false;
                }
            }
            return true;
        }
        if (left instanceof Undefined && right instanceof Undefined) return true;
        if (left instanceof String text && right instanceof String second) return text.equals(second);
        return left == null && right == null;
    }

    private static int compareNumbers(Number left, Number right) {
        if (left instanceof Long one && right instanceof Long other) return Long.compare(one, other);
        // Not a number is above all, so that sorting ends. Adding 0 makes −0 equal to 0.
        return Double.compare(left.doubleValue() + 0.0, right.doubleValue() + 0.0);
    }

    /// Below, at or above 0 as the left value is smaller than, equal to or greater than the right.
    int compare(@Nullable Object left, @Nullable Object right) {
        cost.enter();
        int order = compareInside(left, right);
        cost.leave();
        return order;
    }

    private int compareInside(@Nullable Object left, @Nullable Object right) {
        Number one = number(left);
        Number other = number(right);
        if (one != null && other != null) return compareNumbers(one, other);
        if (left instanceof String text && right instanceof String second) return compareTexts(text, second);
        if (left instanceof List<?> first && right instanceof List<?> second) {
            for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
                int order = compare(first.get(i), second.get(i));
                if (order != 0) return order;
            }
            return Integer.compare(first.size(), second.size());
        }
        throw new ValueException(
                "expects two numbers, texts or lists to compare, got " + kind(left) + " and " + kind(right));
    }

    /// By code points, as Python has it.
    private static int compareTexts(String left, String right) {
        int at = 0;
        while (at < left.length() && at < right.length() && left.charAt(at) == right.charAt(at)) at++;
        if (at == left.length() || at == right.length()) return Integer.compare(left.length(), right.length());
        return Integer.compare(fixed(left.charAt(at)), fixed(right.charAt(at)));
    }

    /// Puts surrogates behind all other characters.
    private static int fixed(char each) {
        return Character.isSurrogate(each) ? each + 0x10000 : each;
    }

    /// What a value is as text.
    String text(@Nullable Object value) {
        if (value instanceof String text) return text;
        if (value instanceof Undefined) return "";
        var out = new StringBuilder();
        show(value, out);
        return out.toString();
    }

    private void append(StringBuilder out, String text) {
        cost.make(text.length());
        out.append(text);
    }

    /// Writes a value as it is inside of a list.
    private void show(@Nullable Object value, StringBuilder out) {
        cost.enter();
        switch (value) {
            case null -> append(out, "None");
            case Boolean truth -> append(out, truth ? "True" : "False");
            case Double number -> append(out, shown(number));
            case String text -> quote(text, out);
            case List<?> list -> {
                boolean tuple = list instanceof Tuple;
                append(out, tuple ? "(" : "[");
                String before = "";
                for (Object each : list) {
                    append(out, before);
                    show(each, out);
                    before = ", ";
                }
                append(out, !tuple ? "]" : list.size() == 1 ? ",)" : ")");
            }
            case Map<?, ?> map -> {
                append(out, "{");
                String before = "";
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    append(out, before);
                    show(each.getKey(), out);
                    append(out, ": ");
                    show(each.getValue(), out);
                    before = ", ";
                }
                append(out, "}");
            }
            case Long number -> append(out, number.toString());
            default -> throw wrong("a value that has a text", value);
        }
        cost.leave();
    }

    /// The shortest digits of a number, with an exponent below 10⁻⁴ and from 10¹⁶.
    static String shown(double number) {
        if (Double.isNaN(number)) return "nan";
        if (Double.isInfinite(number)) return number > 0 ? "inf" : "-inf";
        var decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        String sign = number < 0 || 1 / number < 0 ? "-" : "";
        if (decimal.signum() == 0) return sign + "0.0";
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.abs().toPlainString();
            return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
        }
        String digits = decimal.unscaledValue().abs().toString();
        String rest = digits.length() > 1 ? "." + digits.substring(1) : "";
        String power = Integer.toString(Math.abs(exponent));
        return sign + digits.charAt(0) + rest + "e" + (exponent < 0 ? "-" : "+") + (power.length() < 2 ? "0" : "")
                + power;
    }

    private void quote(String text, StringBuilder out) {
        cost.make(text.length());
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (point == quote) out.append('\\').append(quote);
                    else if (isPrintable(point)) out.appendCodePoint(point);
                    else escape(point, out);
                }
            }
        });
        out.append(quote);
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> point == ' ';
            default -> true;
        };
    }

    private static void escape(int point, StringBuilder out) {
        HexFormat hex = HexFormat.of();
        if (point < 0x100) out.append("\\x").append(hex.toHexDigits((byte) point));
        else if (point < 0x10000) out.append("\\u").append(hex.toHexDigits((char) point));
        else out.append("\\U").append(hex.toHexDigits(point));
    }

    /// How JSON is written.
    /// @param indent of each level; empty for one line
    record JsonStyle(String indent, boolean lines, String comma, String colon, boolean ascii, boolean sorted) {}

    /// JSON as Python's `json.dumps` writes it.
    String json(@Nullable Object value, JsonStyle style) {
        var out = new StringBuilder();
        json(value, style, "\n", out);
        return out.toString();
    }

    private void json(@Nullable Object value, JsonStyle style, String line, StringBuilder out) {
        cost.enter();
        switch (value) {
            case null -> append(out, "null");
            case Boolean truth -> append(out, truth.toString());
            case Long number -> append(out, number.toString());
            case Double number -> append(out, jsonNumber(number));
            case String text -> jsonText(text, style.ascii, out);
            case List<?> list -> {
                String inner = line + style.indent;
                String before = "";
                append(out, "[");
                for (Object each : list) {
                    append(out, before + (style.lines ? inner : ""));
                    json(each, style, inner, out);
                    before = style.comma;
                }
                append(out, (style.lines && !list.isEmpty() ? line : "") + "]");
            }
            case Map<?, ?> map -> {
                String inner = line + style.indent;
                String before = "";
                append(out, "{");
                for (Map.Entry<String, Object> each : members(map, style.sorted).entrySet()) {
                    append(out, before + (style.lines ? inner : ""));
                    jsonText(each.getKey(), style.ascii, out);
                    append(out, style.colon);
                    json(each.getValue(), style, inner, out);
                    before = style.comma;
                }
                append(out, (style.lines && !map.isEmpty() ? line : "") + "}");
            }
            default -> throw wrong("a value that JSON has", value);
        }
        cost.leave();
    }

    private Map<String, Object> members(Map<?, ?> map, boolean sorted) {
        Map<String, Object> members = sorted ? new TreeMap<>(TemplateValues::compareTexts) : new LinkedHashMap<>();
        map.forEach((key, value) -> {
            cost.make(1);
            members.put(
                    key instanceof String text ? text : json(key, new JsonStyle("", false, "", "", false, false)),
                    value);
        });
        return members;
    }

    private static String jsonNumber(double number) {
        if (Double.isNaN(number)) return "NaN";
        if (Double.isInfinite(number)) return number > 0 ? "Infinity" : "-Infinity";
        return shown(number);
    }

    private void jsonText(String text, boolean ascii, StringBuilder out) {
        cost.make(text.length() + 2L);
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            int plain = "\"\\\n\r\t\b\f".indexOf(each);
            if (plain >= 0) out.append('\\').append("\"\\nrtbf".charAt(plain));
            else if (each < ' ' || (ascii && each > '~'))
                out.append("\\u").append(HexFormat.of().toHexDigits(each));
            else out.append(each);
        }
        out.append('"');
    }

    /// The items that a loop visits: those of a list, the characters of a text, the keys of a map.
    List<@Nullable Object> items(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> {
                cost.makeItems(list.size());
                yield new ArrayList<>(list);
            }
            case Map<?, ?> map -> {
                cost.makeItems(map.size());
                yield new ArrayList<>(map.keySet());
            }
            case String text -> {
                cost.makeItems(text.length());
                List<@Nullable Object> characters = new ArrayList<>();
                text.codePoints().forEach(point -> characters.add(Character.toString(point)));
                yield characters;
            }
            case Undefined _ -> List.of();
            case null, default -> throw wrong("a list, a map or a text", value);
        };
    }

    /// Whether a list, map or text has something.
    boolean contains(@Nullable Object container, @Nullable Object wanted) {
        return switch (container) {
            case String text -> {
                if (!(wanted instanceof String part)) throw wrong("a text to look for in a text", wanted);
                cost.make(text.length() / 8);
                yield text.contains(part);
            }
            case Map<?, ?> map -> map.containsKey(key(wanted));
            case List<?> list -> {
                for (Object each : list) if (equal(each, wanted)) yield true;
                yield false;
            }
            case Undefined _ -> false;
            case null, default -> throw wrong("a list, a map or a text", container);
        };
    }

    /// A value that may be the key of a map.
    static @Nullable Object key(@Nullable Object value) {
        if (value == null || value instanceof String || number(value) != null) return value;
        throw wrong("a text or a number as key of a map", value);
    }

    /// The number of items.
    long length(@Nullable Object value) {
        return switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Undefined _ -> 0;
            case null, default -> throw wrong("a list, a map or a text", value);
        };
    }

    /// The items or characters from one place to another.
    @Nullable
    Object slice(@Nullable Object value, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        if (!(value instanceof String) && !(value instanceof List<?>)) throw wrong("a list or a text", value);
        List<@Nullable Object> items = items(value);
        long stride = step == null ? 1 : whole(step);
        if (stride == 0) throw new ValueException("expects a step that is not 0, got 0");
        int size = items.size();
        long first = stride > 0 ? 0 : size - 1;
        long end = stride > 0 ? size : -1;
        if (from != null) first = place(whole(from), size, stride);
        if (to != null) end = place(whole(to), size, stride);
        List<@Nullable Object> part = new ArrayList<>();
        for (long i = first; stride > 0 ? i < end : i > end; i += stride) {
            part.add(items.get((int) i));
            if (Math.abs(stride) > size) break;
        }
        if (value instanceof List<?>) return value instanceof Tuple ? new Tuple(part) : part;
        var text = new StringBuilder();
        for (Object each : part) text.append(each);
        return text.toString();
    }

    private static long place(long index, int size, long stride) {
        long least = stride > 0 ? 0 : -1;
        long most = stride > 0 ? size : size - 1;
        long counted = index < 0 ? Math.max(index, -size - 1L) + size : index;
        return Math.clamp(counted, least, most);
    }

    static long whole(@Nullable Object value) {
        if (number(value) instanceof Long number) return number;
        throw wrong("a whole number", value);
    }
}
