package dev.neurite.llm.chat;

import dev.neurite.llm.chat.TemplateValues.Arguments;
import dev.neurite.llm.chat.TemplateValues.Function;
import dev.neurite.llm.chat.TemplateValues.Namespace;
import dev.neurite.llm.chat.TemplateValues.Tuple;
import dev.neurite.llm.chat.TemplateValues.Undefined;
import dev.neurite.llm.chat.TemplateValues.ValueException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The filters, tests, functions and methods that templates may call. Nothing else can be called: values are data.
final class TemplateBuiltins {
    private static final List<String> ANY = List.of("*");
    private static final long LONGEST_RANGE = 100_000;

    static final Map<String, Builtin> FILTERS = filters();
    static final Map<String, Builtin> TESTS = tests();
    static final Map<String, Builtin> FUNCTIONS = functions();
    private static final Map<String, Builtin> OF_TEXTS = ofTexts();
    private static final Map<String, Builtin> OF_MAPS = ofMaps();
    private static final Map<String, Builtin> OF_LISTS = ofLists();

    private TemplateBuiltins() {}

    /// @param parameters their names; `*` for any
    record Builtin(List<String> parameters, Body body) {
        @Nullable
        Object call(TemplateRun run, String name, @Nullable Object value, Arguments arguments) {
            return body.apply(run, value, new Bound(bind(name, arguments), arguments));
        }

        private List<@Nullable Object> bind(String name, Arguments arguments) {
            if (parameters.equals(ANY)) return List.of();
            return bound(name, parameters, arguments);
        }
    }

    /// Values of parameters; [Undefined] where there is none.
    static List<@Nullable Object> bound(String name, List<String> parameters, Arguments arguments) {
        if (arguments.positional().size() > parameters.size()) {
            throw new ValueException("'" + name + "' expects at most " + parameters.size() + " arguments, got "
                    + arguments.positional().size());
        }
        List<@Nullable Object> values = new ArrayList<>(arguments.positional());
        for (String each : parameters.subList(values.size(), parameters.size())) values.add(new Undefined(each));
        arguments.named().forEach((key, value) -> {
            int index = parameters.indexOf(key);
            if (index < arguments.positional().size()) {
                throw new ValueException("'" + name + "' expects the arguments " + String.join(", ", parameters)
                        + ", each once, got '" + key + "'");
            }
            values.set(index, value);
        });
        return values;
    }

    @FunctionalInterface
    private interface Body {
        @Nullable
        Object apply(TemplateRun run, @Nullable Object value, Bound arguments);
    }

    /// Arguments of a call by the places of their parameters.
    record Bound(List<@Nullable Object> values, Arguments all) {
        boolean has(int index) {
            return !(values.get(index) instanceof Undefined);
        }

        @Nullable
        Object get(int index) {
            if (values.get(index) instanceof Undefined(String name)) {
                throw new ValueException("expects an argument '" + name + "', got none");
            }
            return values.get(index);
        }

        String text(int index) {
            if (get(index) instanceof String text) return text;
            throw TemplateValues.wrong("a text as argument", get(index));
        }

        boolean truth(int index, boolean fallback) {
            return has(index) ? TemplateValues.truth(get(index)) : fallback;
        }

        long whole(int index, long fallback) {
            return has(index) && get(index) != null ? TemplateValues.whole(get(index)) : fallback;
        }
    }

    /// The method of a value; null if it has none of this name.
    static @Nullable Function method(TemplateRun run, @Nullable Object value, String name) {
        Map<String, Builtin> methods = switch (value) {
            case String _ -> OF_TEXTS;
            case Map<?, ?> _ -> OF_MAPS;
            case List<?> _ -> OF_LISTS;
            case null, default -> Map.of();
        };
        Builtin method = methods.get(name);
        return method == null ? null : arguments -> method.call(run, name, value, arguments);
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) return text;
        throw TemplateValues.wrong("a text", value);
    }

    private static Map<String, Builtin> filters() {
        Map<String, Builtin> all = new HashMap<>();
        all.put("abs", new Builtin(List.of(), (_, value, _) -> absolute(value)));
        all.put(
                "capitalize",
                new Builtin(
                        List.of(),
                        (run, value, _) -> capitalized(run, run.values().text(value))));
        all.put("count", new Builtin(List.of(), (run, value, _) -> run.values().length(value)));
        all.put("default", new Builtin(List.of("default_value", "boolean"), TemplateBuiltins::fallback));
        all.put("dictsort", new Builtin(List.of("case_sensitive", "by", "reverse"), TemplateBuiltins::sortedMap));
        all.put(
                "escape",
                new Builtin(
                        List.of(), (run, value, _) -> escaped(run, run.values().text(value))));
        all.put(
                "first",
                new Builtin(List.of(), (run, value, _) -> end(run.values().items(value), true)));
        all.put("float", new Builtin(List.of("default"), TemplateBuiltins::fraction));
        all.put("indent", new Builtin(List.of("width", "first", "blank"), TemplateBuiltins::indented));
        all.put("int", new Builtin(List.of("default"), TemplateBuiltins::whole));
        all.put(
                "items",
                new Builtin(List.of(), (run, value, _) -> value instanceof Undefined ? List.of() : pairs(run, value)));
        all.put("join", new Builtin(List.of("d", "attribute"), TemplateBuiltins::joined));
        all.put(
                "last",
                new Builtin(List.of(), (run, value, _) -> end(run.values().items(value), false)));
        all.put("list", new Builtin(List.of(), (run, value, _) -> run.values().items(value)));
        all.put(
                "lower",
                new Builtin(
                        List.of(), (run, value, _) -> lower(run, run.values().text(value))));
        all.put("map", new Builtin(ANY, TemplateBuiltins::mapped));
        all.put(
                "max",
                new Builtin(
                        List.of("case_sensitive", "attribute"),
                        (run, value, given) -> extreme(run, value, given, true)));
        all.put(
                "min",
                new Builtin(
                        List.of("case_sensitive", "attribute"),
                        (run, value, given) -> extreme(run, value, given, false)));
        all.put("reject", new Builtin(ANY, (run, value, given) -> selected(run, value, given, false, false)));
        all.put("rejectattr", new Builtin(ANY, (run, value, given) -> selected(run, value, given, true, false)));
        all.put(
                "replace",
                new Builtin(
                        List.of("old", "new"),
                        (run, value, given) -> replaced(run, run.values().text(value), given.text(0), given.text(1))));
        all.put(
                "reverse",
                new Builtin(
                        List.of(),
                        (run, value, _) -> run.values()
                                .slice(
                                        value instanceof String
                                                ? value
                                                : run.values().items(value),
                                        null,
                                        null,
                                        -1L)));
        all.put("round", new Builtin(List.of("precision", "method"), TemplateBuiltins::rounded));
        all.put("safe", new Builtin(List.of(), (run, value, _) -> run.values().text(value)));
        all.put("select", new Builtin(ANY, (run, value, given) -> selected(run, value, given, false, true)));
        all.put("selectattr", new Builtin(ANY, (run, value, given) -> selected(run, value, given, true, true)));
        all.put("sort", new Builtin(List.of("reverse", "case_sensitive", "attribute"), TemplateBuiltins::sorted));
        all.put("string", new Builtin(List.of(), (run, value, _) -> run.values().text(value)));
        all.put("sum", new Builtin(List.of("attribute", "start"), TemplateBuiltins::sum));
        all.put(
                "title",
                new Builtin(
                        List.of(),
                        (run, value, _) ->
                                title(run, run.values().text(value), each -> " \t\n\r-({[<".indexOf(each) >= 0)));
        all.put(
                "tojson",
                new Builtin(List.of("ensure_ascii", "indent", "separators", "sort_keys"), TemplateBuiltins::json));
        all.put(
                "trim",
                new Builtin(
                        List.of("chars"),
                        (run, value, given) -> stripped(run, run.values().text(value), given, true, true)));
        all.put("unique", new Builtin(List.of("case_sensitive", "attribute"), TemplateBuiltins::unique));
        all.put(
                "upper",
                new Builtin(
                        List.of(), (run, value, _) -> upper(run, run.values().text(value))));
        all.put("d", all.get("default"));
        all.put("e", all.get("escape"));
        all.put("length", all.get("count"));
        return Map.copyOf(all);
    }

    private static Builtin is(Predicate<@Nullable Object> test) {
        return new Builtin(List.of(), (_, value, _) -> test.test(value));
    }

    private static Builtin compares(IntPredicate test) {
        return new Builtin(
                List.of("other"), (run, value, given) -> test.test(run.values().compare(value, given.get(0))));
    }

    private static Builtin ofCase(BiPredicate<String, TemplateRun> test) {
        return new Builtin(List.of(), (run, value, _) -> test.test(run.values().text(value), run));
    }

    private static Map<String, Builtin> tests() {
        Map<String, Builtin> all = new HashMap<>();
        all.put("boolean", is(value -> value instanceof Boolean));
        all.put("callable", is(value -> value instanceof Function));
        all.put("defined", is(value -> !(value instanceof Undefined)));
        all.put(
                "divisibleby",
                new Builtin(
                        List.of("num"),
                        (run, value, given) ->
                                run.arithmetic(value, "%", given.get(0)) instanceof Long rest && rest == 0));
        all.put(
                "eq",
                new Builtin(
                        List.of("other"), (run, value, given) -> run.values().equal(value, given.get(0))));
        all.put("even", is(value -> TemplateValues.whole(value) % 2 == 0));
        all.put("false", is(value -> Boolean.FALSE.equals(value)));
        all.put("float", is(value -> value instanceof Double));
        all.put("ge", compares(order -> order >= 0));
        all.put("gt", compares(order -> order > 0));
        all.put(
                "in",
                new Builtin(List.of("seq"), (run, value, given) -> run.values().contains(given.get(0), value)));
        all.put("integer", is(value -> value instanceof Long));
        all.put(
                "iterable",
                is(value -> value instanceof String
                        || value instanceof List<?>
                        || value instanceof Map<?, ?>
                        || value instanceof Undefined));
        all.put("le", compares(order -> order <= 0));
        all.put("lower", ofCase((value, run) -> value.equals(lower(run, value)) && !value.equals(upper(run, value))));
        all.put("lt", compares(order -> order < 0));
        all.put("mapping", is(value -> value instanceof Map<?, ?>));
        all.put(
                "ne",
                new Builtin(
                        List.of("other"), (run, value, given) -> !run.values().equal(value, given.get(0))));
        all.put("none", is(value -> value == null));
        all.put("number", is(value -> TemplateValues.number(value) != null));
        all.put("odd", is(value -> TemplateValues.whole(value) % 2 != 0));
        all.put(
                "sequence",
                is(value -> value instanceof String
                        || value instanceof List<?>
                        || value instanceof Map<?, ?>
                        || value instanceof Undefined));
        all.put("string", is(value -> value instanceof String));
        all.put("true", is(value -> Boolean.TRUE.equals(value)));
        all.put("undefined", is(value -> value instanceof Undefined));
        all.put("upper", ofCase((value, run) -> value.equals(upper(run, value)) && !value.equals(lower(run, value))));
        all.put("equalto", all.get("eq"));
        all.put("==", all.get("eq"));
        all.put("!=", all.get("ne"));
        all.put("greaterthan", all.get("gt"));
        all.put(">", all.get("gt"));
        all.put(">=", all.get("ge"));
        all.put("lessthan", all.get("lt"));
        all.put("<", all.get("lt"));
        all.put("<=", all.get("le"));
        return Map.copyOf(all);
    }

    private static Map<String, Builtin> functions() {
        return Map.of(
                "range", new Builtin(List.of("start", "stop", "step"), (run, _, given) -> range(run, given)),
                "dict", new Builtin(ANY, (run, _, given) -> fields(run, "dict", given.all)),
                "namespace", new Builtin(ANY, (run, _, given) -> new Namespace(fields(run, "namespace", given.all))),
                "raise_exception",
                        new Builtin(List.of("message"), (run, _, given) -> {
                            throw new ValueException(run.values().text(given.get(0)));
                        }),
                "strftime_now",
                        new Builtin(
                                List.of("format"), (run, _, given) -> TemplateDates.format(run.now(), given.text(0))));
    }

    private static Map<String, @Nullable Object> fields(TemplateRun run, String name, Arguments given) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (Object each : given.positional()) {
            if (!(each instanceof Map<?, ?> map))
                throw TemplateValues.wrong("a map, or fields with names, in " + name, each);
            run.cost().makeItems(map.size());
            map.forEach((key, value) -> fields.put(text(key), value));
        }
        fields.putAll(given.named());
        return fields;
    }

    private static List<@Nullable Object> range(TemplateRun run, Bound given) {
        boolean one = !given.has(1);
        long from = one ? 0 : TemplateValues.whole(given.get(0));
        long to = TemplateValues.whole(given.get(one ? 0 : 1));
        long step = given.whole(2, 1);
        if (step == 0) throw new ValueException("'range' expects a step that is not 0, got 0");
        double length = Math.ceil(((double) to - from) / step);
        if (length > LONGEST_RANGE) {
            throw new ValueException(
                    "'range' expects at most " + LONGEST_RANGE + " numbers, got " + TemplateValues.shown(length));
        }
        run.cost().makeItems((long) Math.max(0, length));
        List<@Nullable Object> numbers = new ArrayList<>();
        for (int i = 0; i < length; i++) numbers.add(from + i * step);
        return numbers;
    }

    private static @Nullable Object absolute(@Nullable Object value) {
        Number number = TemplateValues.number(value);
        if (number instanceof Long whole) return Math.absExact(whole);
        if (number instanceof Double fraction) return Math.abs(fraction);
        throw TemplateValues.wrong("a number", value);
    }

    private static @Nullable Object fallback(TemplateRun run, @Nullable Object value, Bound given) {
        boolean missing = value instanceof Undefined || (given.truth(1, false) && !TemplateValues.truth(value));
        if (!missing) return value;
        return given.has(0) ? given.get(0) : "";
    }

    private static @Nullable Object end(List<@Nullable Object> items, boolean first) {
        if (items.isEmpty()) return new Undefined(first ? "first" : "last");
        return first ? items.getFirst() : items.getLast();
    }

    private static @Nullable Object whole(TemplateRun run, @Nullable Object value, Bound given) {
        Number number = parsed(value);
        if (number instanceof Double fraction && (Double.isNaN(fraction) || Math.abs(fraction) >= 0x1p63))
            number = null;
        if (number != null) return number.longValue();
        return given.has(0) ? given.get(0) : 0L;
    }

    private static @Nullable Object fraction(TemplateRun run, @Nullable Object value, Bound given) {
        Number number = parsed(value);
        if (number != null) return number.doubleValue();
        return given.has(0) ? given.get(0) : 0.0;
    }

    private static @Nullable Number parsed(@Nullable Object value) {
        if (!(value instanceof String text)) return TemplateValues.number(value);
        String digits = text.strip();
        if (digits.matches("[+-]?\\d{1,18}")) return Long.parseLong(digits);
        boolean number = digits.length() < 100 && digits.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
        return number ? Double.valueOf(digits) : null;
    }

    private static @Nullable Object rounded(TemplateRun run, @Nullable Object value, Bound given) {
        Number number = TemplateValues.number(value);
        if (number == null) throw TemplateValues.wrong("a number", value);
        RoundingMode mode = switch (given.has(1) ? given.text(1) : "common") {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default ->
                throw new ValueException(
                        "'round' expects the method common, ceil or floor, got '" + given.text(1) + "'");
        };
        double exact = number.doubleValue();
        if (!Double.isFinite(exact)) return exact;
        int precision = Math.clamp(given.whole(0, 0), -400, 400);
        return new BigDecimal(exact).setScale(precision, mode).doubleValue();
    }

    private static String lower(TemplateRun run, String text) {
        run.cost().make(text.length());
        return text.toLowerCase(Locale.ROOT);
    }

    private static String upper(TemplateRun run, String text) {
        run.cost().make(text.length());
        return text.toUpperCase(Locale.ROOT);
    }

    private static String capitalized(TemplateRun run, String text) {
        if (text.isEmpty()) return text;
        int first = text.offsetByCodePoints(0, 1);
        return upper(run, text.substring(0, first)) + lower(run, text.substring(first));
    }

    /// Each word with a large first letter.
    private static String title(TemplateRun run, String text, IntPredicate between) {
        run.cost().make(2L * text.length());
        var out = new StringBuilder();
        boolean[] begins = {true};
        text.codePoints().forEach(point -> {
            String each = Character.toString(point);
            out.append(begins[0] ? each.toUpperCase(Locale.ROOT) : each.toLowerCase(Locale.ROOT));
            begins[0] = between.test(point);
        });
        return out.toString();
    }

    private static String escaped(TemplateRun run, String text) {
        run.cost().make(5L * text.length());
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static String replaced(TemplateRun run, String text, String old, String fresh) {
        run.cost().make(text.length());
        long count = occurrences(text, old);
        run.cost().make(count * fresh.length());
        return text.replace(old, fresh);
    }

    /// How often a text has another, without overlaps.
    private static long occurrences(String text, String part) {
        if (part.isEmpty()) return text.codePointCount(0, text.length()) + 1L;
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) count++;
        return count;
    }

    private static String indented(TemplateRun run, @Nullable Object value, Bound given) {
        String text = run.values().text(value);
        long width = given.has(0) && given.get(0) instanceof String mark ? mark.length() : given.whole(0, 4);
        run.cost().make((width + 1) * (1 + occurrences(text, "\n")) + text.length());
        String mark = given.has(0) && given.get(0) instanceof String own ? own : " ".repeat((int) Math.max(0, width));
        boolean blank = given.truth(2, false);
        var out = new StringBuilder();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean marked = i == 0 ? given.truth(1, false) : blank || !lines[i].isEmpty();
            out.append(i == 0 ? "" : "\n").append(marked ? mark : "").append(lines[i]);
        }
        return out.toString();
    }

    private static String stripped(TemplateRun run, String text, Bound given, boolean left, boolean right) {
        run.cost().make(text.length());
        IntPredicate goes = given.has(0) && given.get(0) != null
                ? point -> given.text(0).indexOf(point) >= 0
                : TemplateBuiltins::isSpace;
        int from = 0;
        int to = text.length();
        while (left && from < to && goes.test(text.codePointAt(from)))
            from += Character.charCount(text.codePointAt(from));
        while (right && from < to && goes.test(text.codePointBefore(to)))
            to -= Character.charCount(text.codePointBefore(to));
        return text.substring(from, to);
    }

    /// What Python counts as white space.
    private static boolean isSpace(int point) {
        return Character.isWhitespace(point) || Character.isSpaceChar(point) || point == 0x85;
    }

    private static List<@Nullable Object> pairs(TemplateRun run, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) throw TemplateValues.wrong("a map", value);
        run.cost().makeItems(3L * map.size());
        List<@Nullable Object> pairs = new ArrayList<>();
        for (Map.Entry<?, ?> each : map.entrySet()) pairs.add(pair(each.getKey(), each.getValue()));
        return pairs;
    }

    private static Tuple pair(@Nullable Object first, @Nullable Object second) {
        List<@Nullable Object> items = new ArrayList<>();
        items.add(first);
        items.add(second);
        return new Tuple(items);
    }

    /// The order of items; texts in small letters unless `case_sensitive`.
    private static Comparator<@Nullable Object> order(TemplateRun run, boolean sensitive) {
        return (left, right) -> run.values().compare(folded(run, left, sensitive), folded(run, right, sensitive));
    }

    private static @Nullable Object folded(TemplateRun run, @Nullable Object value, boolean sensitive) {
        return value instanceof String text && !sensitive ? lower(run, text) : value;
    }

    /// The field of an item that a path such as `function.name` says; the item itself without one.
    private static @Nullable Object field(TemplateRun run, @Nullable Object item, @Nullable Object path) {
        if (path == null || path instanceof Undefined) return item;
        Object value = item;
        for (String each : run.values().text(path).split("\\.", -1)) {
            value = each.matches("\\d{1,9}") ? run.item(value, Long.parseLong(each)) : run.item(value, each);
        }
        return value;
    }

    private static List<@Nullable Object> sorted(TemplateRun run, @Nullable Object value, Bound given) {
        List<@Nullable Object> items = run.values().items(value);
        Comparator<@Nullable Object> order = order(run, given.truth(1, false));
        Object path = given.values.get(2);
        Comparator<@Nullable Object> byField =
                (left, right) -> order.compare(field(run, left, path), field(run, right, path));
        List<@Nullable Object> sorted = new ArrayList<>(items);
        sorted.sort(given.truth(0, false) ? byField.reversed() : byField);
        return sorted;
    }

    private static List<@Nullable Object> sortedMap(TemplateRun run, @Nullable Object value, Bound given) {
        String by = given.has(1) ? given.text(1) : "key";
        if (!by.equals("key") && !by.equals("value")) {
            throw new ValueException("'dictsort' expects by 'key' or 'value', got '" + by + "'");
        }
        int place = by.equals("key") ? 0 : 1;
        Comparator<@Nullable Object> order = order(run, given.truth(0, false));
        Comparator<@Nullable Object> byPlace =
                (left, right) -> order.compare(run.item(left, (long) place), run.item(right, (long) place));
        List<@Nullable Object> pairs = pairs(run, value);
        pairs.sort(given.truth(2, false) ? byPlace.reversed() : byPlace);
        return pairs;
    }

    private static @Nullable Object extreme(TemplateRun run, @Nullable Object value, Bound given, boolean largest) {
        List<@Nullable Object> items = run.values().items(value);
        if (items.isEmpty()) return new Undefined("the largest or smallest of nothing");
        Comparator<@Nullable Object> order = order(run, given.truth(0, false));
        Object path = given.values.get(1);
        Object best = items.getFirst();
        for (Object each : items) {
            int compared = order.compare(field(run, each, path), field(run, best, path));
            if (largest ? compared > 0 : compared < 0) best = each;
        }
        return best;
    }

    private static List<@Nullable Object> unique(TemplateRun run, @Nullable Object value, Bound given) {
        List<@Nullable Object> kept = new ArrayList<>();
        List<@Nullable Object> seen = new ArrayList<>();
        for (Object each : run.values().items(value)) {
            Object key = folded(run, field(run, each, given.values.get(1)), given.truth(0, false));
            if (run.values().contains(seen, key)) continue;
            seen.add(key);
            kept.add(each);
        }
        return kept;
    }

    private static @Nullable Object sum(TemplateRun run, @Nullable Object value, Bound given) {
        Object sum = given.has(1) ? given.get(1) : 0L;
        for (Object each : run.values().items(value))
            sum = run.arithmetic(sum, "+", field(run, each, given.values.get(0)));
        return sum;
    }

    private static String joined(TemplateRun run, @Nullable Object value, Bound given) {
        return join(run, given.has(0) ? run.values().text(given.get(0)) : "", value, given.values.get(1), false);
    }

    private static String join(
            TemplateRun run, String mark, @Nullable Object value, @Nullable Object path, boolean strict) {
        var out = new StringBuilder();
        boolean first = true;
        for (Object each : run.values().items(value)) {
            Object item = field(run, each, path);
            String text = strict ? text(item) : run.values().text(item);
            run.cost().make(mark.length() + text.length());
            out.append(first ? "" : mark).append(text);
            first = false;
        }
        return out.toString();
    }

    private static List<@Nullable Object> mapped(TemplateRun run, @Nullable Object value, Bound given) {
        List<@Nullable Object> results = new ArrayList<>();
        Arguments all = given.all;
        if (all.positional().isEmpty()) {
            List<@Nullable Object> bound =
                    bound("map", List.of("attribute", "default"), new Arguments(List.of(), all.named()));
            if (bound.getFirst() instanceof Undefined)
                throw new ValueException("'map' expects a filter or an attribute, got none");
            for (Object each : run.values().items(value)) {
                Object field = field(run, each, bound.getFirst());
                results.add(
                        field instanceof Undefined ? bound.get(1) instanceof Undefined ? field : bound.get(1) : field);
            }
            return results;
        }
        String name = text(all.positional().getFirst());
        for (Object each : run.values().items(value)) results.add(run.filter(name, each, rest(all, 1)));
        return results;
    }

    private static Arguments rest(Arguments all, int from) {
        return new Arguments(all.positional().subList(from, all.positional().size()), all.named());
    }

    /// The items of which themselves, or a field of which, passes a test; without a test those that count as true.
    private static List<@Nullable Object> selected(
            TemplateRun run, @Nullable Object value, Bound given, boolean byField, boolean wanted) {
        Arguments all = given.all;
        int skipped = byField ? 1 : 0;
        if (all.positional().size() < skipped) throw new ValueException("expects an attribute to select by, got none");
        Object path = byField ? all.positional().getFirst() : null;
        List<@Nullable Object> kept = new ArrayList<>();
        for (Object each : run.values().items(value)) {
            Object item = field(run, each, path);
            boolean passes = all.positional().size() == skipped
                    ? TemplateValues.truth(item)
                    : run.test(text(all.positional().get(skipped)), item, rest(all, skipped + 1));
            if (passes == wanted) kept.add(each);
        }
        return kept;
    }

    private static String json(TemplateRun run, @Nullable Object value, Bound given) {
        Object indent = given.has(1) ? given.get(1) : null;
        long width = indent instanceof String mark ? mark.length() : indent == null ? 0 : TemplateValues.whole(indent);
        if (width > 100) throw new ValueException("'tojson' expects an indent of at most 100, got " + width);
        String comma = indent == null ? ", " : ",";
        String colon = ": ";
        if (given.has(2) && given.get(2) != null) {
            if (!(given.get(2) instanceof List<?> pair) || pair.size() != 2) {
                throw TemplateValues.wrong("two separators", given.get(2));
            }
            comma = text(pair.getFirst());
            colon = text(pair.getLast());
        }
        return run.values()
                .json(
                        value,
                        new TemplateValues.JsonStyle(
                                indent instanceof String mark ? mark : " ".repeat((int) Math.max(0, width)),
                                indent != null,
                                comma,
                                colon,
                                given.truth(0, false),
                                given.truth(3, false)));
    }

    private static Map<String, Builtin> ofMaps() {
        return Map.of(
                "items", new Builtin(List.of(), (run, value, _) -> pairs(run, value)),
                "keys", new Builtin(List.of(), (run, value, _) -> run.values().items(value)),
                "values",
                        new Builtin(List.of(), (run, value, _) -> {
                            List<@Nullable Object> all = new ArrayList<>();
                            for (Object each : pairs(run, value)) all.add(run.item(each, 1L));
                            return all;
                        }),
                "get",
                        new Builtin(List.of("key", "default"), (run, value, given) -> {
                            Object found = run.item(value, TemplateValues.key(given.get(0)));
                            if (value instanceof Map<?, ?> map && map.containsKey(given.get(0))) return found;
                            return given.has(1) ? given.get(1) : null;
                        }));
    }

    private static Map<String, Builtin> ofLists() {
        return Map.of(
                "count",
                        new Builtin(
                                List.of("value"),
                                (run, value, given) -> run.values().items(value).stream()
                                        .filter(each -> run.values().equal(each, given.get(0)))
                                        .count()),
                "index",
                        new Builtin(List.of("value"), (run, value, given) -> {
                            List<@Nullable Object> items = run.values().items(value);
                            for (int i = 0; i < items.size(); i++)
                                if (run.values().equal(items.get(i), given.get(0))) return (long) i;
                            throw new ValueException("expects a list with the value to find, got another");
                        }));
    }

    private static Map<String, Builtin> ofTexts() {
        Map<String, Builtin> all = new HashMap<>();
        all.put("capitalize", new Builtin(List.of(), (run, value, _) -> capitalized(run, text(value))));
        all.put("count", new Builtin(List.of("sub"), (run, value, given) -> {
            run.cost().make(text(value).length() / 8);
            return occurrences(text(value), given.text(0));
        }));
        all.put(
                "endswith",
                new Builtin(List.of("suffix"), (_, value, given) -> anyOf(given.get(0), text(value)::endsWith)));
        all.put("find", new Builtin(List.of("sub"), (run, value, given) -> {
            run.cost().make(text(value).length() / 8);
            int at = text(value).indexOf(given.text(0));
            return at < 0 ? -1L : (long) text(value).codePointCount(0, at);
        }));
        all.put(
                "join",
                new Builtin(
                        List.of("iterable"), (run, value, given) -> join(run, text(value), given.get(0), null, true)));
        all.put("lower", new Builtin(List.of(), (run, value, _) -> lower(run, text(value))));
        all.put(
                "lstrip",
                new Builtin(List.of("chars"), (run, value, given) -> stripped(run, text(value), given, true, false)));
        all.put(
                "removeprefix",
                new Builtin(
                        List.of("prefix"),
                        (_, value, given) -> text(value).startsWith(given.text(0))
                                ? text(value).substring(given.text(0).length())
                                : value));
        all.put(
                "removesuffix",
                new Builtin(
                        List.of("suffix"),
                        (_, value, given) -> text(value).endsWith(given.text(0))
                                ? text(value)
                                        .substring(
                                                0,
                                                text(value).length()
                                                        - given.text(0).length())
                                : value));
        all.put(
                "replace",
                new Builtin(
                        List.of("old", "new"),
                        (run, value, given) -> replaced(run, text(value), given.text(0), given.text(1))));
        all.put(
                "rsplit",
                new Builtin(List.of("sep", "maxsplit"), (run, value, given) -> split(run, text(value), given, true)));
        all.put(
                "rstrip",
                new Builtin(List.of("chars"), (run, value, given) -> stripped(run, text(value), given, false, true)));
        all.put(
                "split",
                new Builtin(List.of("sep", "maxsplit"), (run, value, given) -> split(run, text(value), given, false)));
        all.put("splitlines", new Builtin(List.of(), (run, value, _) -> {
            run.cost().makeItems(text(value).length());
            return new ArrayList<@Nullable Object>(text(value).lines().toList());
        }));
        all.put(
                "startswith",
                new Builtin(List.of("prefix"), (_, value, given) -> anyOf(given.get(0), text(value)::startsWith)));
        all.put(
                "strip",
                new Builtin(List.of("chars"), (run, value, given) -> stripped(run, text(value), given, true, true)));
        all.put(
                "title",
                new Builtin(List.of(), (run, value, _) -> title(run, text(value), each -> !Character.isLetter(each))));
        all.put("upper", new Builtin(List.of(), (run, value, _) -> upper(run, text(value))));
        return Map.copyOf(all);
    }

    private static boolean anyOf(@Nullable Object wanted, Predicate<String> test) {
        if (wanted instanceof Tuple any) return any.stream().anyMatch(each -> test.test(text(each)));
        return test.test(text(wanted));
    }

    private static List<@Nullable Object> split(TemplateRun run, String text, Bound given, boolean fromEnd) {
        run.cost().makeItems(text.length());
        String mark = given.has(0) && given.get(0) != null ? given.text(0) : "";
        if (mark.isEmpty() && given.has(0) && given.get(0) != null)
            throw new ValueException("expects a separator, got an empty text");
        long most = given.whole(1, -1);
        List<@Nullable Object> parts = new ArrayList<>();
        if (mark.isEmpty()) {
            if (most >= 0)
                throw new ValueException("expects a separator before the largest number of splits, got none");
            int from = -1;
            for (int i = 0; i <= text.length(); i++) {
                boolean space = i == text.length() || isSpace(text.charAt(i));
                if (space && from >= 0) parts.add(text.substring(from, i));
                if (space) from = -1;
                else if (from < 0) from = i;
            }
            return parts;
        }
        String rest = text;
        while (most < 0 || parts.size() < most) {
            int at = fromEnd ? rest.lastIndexOf(mark) : rest.indexOf(mark);
            if (at < 0) break;
            run.cost().make(rest.length());
            parts.add(fromEnd ? rest.substring(at + mark.length()) : rest.substring(0, at));
            rest = fromEnd ? rest.substring(0, at) : rest.substring(at + mark.length());
        }
        parts.add(rest);
        return fromEnd ? parts.reversed() : parts;
    }
}
