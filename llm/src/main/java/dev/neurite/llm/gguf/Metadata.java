package dev.neurite.llm.gguf;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.Spelling;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The metadata of a GGUF file: keys as `llama.block_count` and their values, in the order of the file. Immutable.
///
/// A value is a [String], a [Boolean], a [Long] for all whole numbers, a [Double] for all others, or a [List] of
/// these.
public final class Metadata {
    private final String source;
    private final Map<String, Object> values;
    private final Map<String, ValueType> types; // of lists: of their elements

    private Metadata(String source, Map<String, Object> values, Map<String, ValueType> types) {
        this.source = source;
        this.values = values;
        this.types = types;
    }

    /// Metadata with these values, of the types that [#with(String, Object)] chooses.
    /// @param source what messages call the file: its path
    /// @throws ConfigException for a value that GGUF does not have
    public static Metadata of(String source, Map<String, Object> values) {
        var all = new Metadata(source, new LinkedHashMap<>(), new LinkedHashMap<>());
        values.forEach(all::add);
        return all;
    }

    /// Metadata as they were read, whose values have these types.
    static Metadata read(String source, Map<String, Object> values, Map<String, ValueType> types) {
        return new Metadata(source, values, types);
    }

    /// These metadata with another value. In a file a whole number is UINT32, below 0 INT32, beyond these INT64; in a
    /// list INT32 or INT64. Other numbers are FLOAT32. An empty list is one of texts.
    /// @param value a text, truth value or number, or a list of one kind of them
    /// @throws ConfigException for another value
    public Metadata with(String key, Object value) {
        Metadata copy = copy();
        copy.add(key, value);
        return copy;
    }

    /// These metadata with another value of this type.
    /// @param type in the file; of a list, that of its elements
    /// @param value a text, truth value or number, or a list of them
    /// @throws ConfigException for a value that the type does not have
    public Metadata with(String key, ValueType type, Object value) {
        Metadata copy = copy();
        copy.add(key, type, plain(key, value));
        return copy;
    }

    private Metadata copy() {
        return new Metadata(source, new LinkedHashMap<>(values), new LinkedHashMap<>(types));
    }

    private void add(String key, Object value) {
        Object plain = plain(key, value);
        add(key, ValueType.of(plain), plain);
    }

    private void add(String key, ValueType type, Object value) {
        requireType(key, type, value instanceof List<?> list ? list : List.of(value));
        values.put(key, value);
        types.put(key, type);
    }

    private void requireType(String key, ValueType type, List<?> values) {
        for (Object each : values) {
            if (!type.holds(each)) {
                throw new ConfigException(
                        source + ", key '" + key + "'", "expects values of type " + type + ", got " + each);
            }
            if (each instanceof List<?> inner) requireType(key, ValueType.of(inner), inner);
        }
    }

    /// A value as the class has them: whole numbers as [Long], others as [Double].
    private Object plain(String key, Object value) {
        return switch (value) {
            case String text -> text;
            case Boolean truth -> truth;
            case Long whole -> whole;
            case Integer whole -> whole.longValue();
            case Double number -> number;
            case Float number -> number.doubleValue();
            case List<?> list ->
                list.stream().map(each -> plain(key, requireNonNull(each))).toList();
            default ->
                throw new ConfigException(
                        source + ", key '" + key + "'",
                        "expects a text, number, truth value or list, got " + Spelling.classOf(value));
        };
    }

    /// What messages call the file.
    public String source() {
        return source;
    }

    /// All keys, in the order of the file.
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /// Whether there is a value of this key.
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /// A value of any kind.
    /// @throws ModelFormatException if there is none of this key
    public Object value(String key) {
        return require(key, Object.class, "a value");
    }

    /// How a value is stored in the file; a list, how its elements are.
    /// @throws ModelFormatException if there is none of this key
    public ValueType type(String key) {
        ValueType type = types.get(key);
        if (type == null) throw wrong(key, "a value", null);
        return type;
    }

    /// A text.
    /// @throws ModelFormatException if there is none of this key, or something else
    public String text(String key) {
        return require(key, String.class, "a text");
    }

    /// A text; if there is none of this key, another value.
    /// @throws ModelFormatException if there is something else
    public String textOr(String key, String otherwise) {
        return has(key) ? text(key) : otherwise;
    }

    /// A whole number.
    /// @throws ModelFormatException if there is none of this key, or something else
    public long integer(String key) {
        return require(key, Long.class, "a whole number");
    }

    /// A whole number; if there is none of this key, another value.
    /// @throws ModelFormatException if there is something else
    public long integerOr(String key, long otherwise) {
        return has(key) ? integer(key) : otherwise;
    }

    /// A number that may have a fraction; a whole one is one, too.
    /// @throws ModelFormatException if there is none of this key, or something else
    public double number(String key) {
        Object value = values.get(key);
        if (value instanceof Double || value instanceof Long) return ((Number) value).doubleValue();
        throw wrong(key, "a number", value);
    }

    /// A number that may have a fraction; if there is none of this key, another value.
    /// @throws ModelFormatException if there is something else
    public double numberOr(String key, double otherwise) {
        return has(key) ? number(key) : otherwise;
    }

    /// Yes or no.
    /// @throws ModelFormatException if there is none of this key, or something else
    public boolean flag(String key) {
        return require(key, Boolean.class, "true or false");
    }

    /// Yes or no; if there is none of this key, another value.
    /// @throws ModelFormatException if there is something else
    public boolean flagOr(String key, boolean otherwise) {
        return has(key) ? flag(key) : otherwise;
    }

    /// Texts.
    /// @throws ModelFormatException if there are none of this key, or something else
    public List<String> texts(String key) {
        return list(key, String.class, "texts");
    }

    /// Whole numbers.
    /// @throws ModelFormatException if there are none of this key, or something else
    public List<Long> integers(String key) {
        return list(key, Long.class, "whole numbers");
    }

    /// Numbers that may have fractions.
    /// @throws ModelFormatException if there are none of this key, or something else
    public List<Double> numbers(String key) {
        return list(key, Double.class, "numbers");
    }

    private <T> T require(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (type.isInstance(value)) return type.cast(value);
        throw wrong(key, expected, value);
    }

    @SuppressWarnings("unchecked") // each element is checked
    private <T> List<T> list(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (value instanceof List<?> list && list.stream().allMatch(type::isInstance)) return (List<T>) list;
        throw wrong(key, "a list of " + expected, value);
    }

    private ModelFormatException wrong(String key, String expected, @Nullable Object value) {
        String got = value == null ? "none" : value instanceof List<?> list ? "a list of " + list.size() : "" + value;
        return new ModelFormatException(source + ", key '" + key + "'", "expects " + expected + ", got " + got);
    }

    /// Equal keys and values of equal types, in the same order, whatever the file is called.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Metadata same
                && values.equals(same.values)
                && types.equals(same.types)
                && List.copyOf(values.keySet()).equals(List.copyOf(same.values.keySet()));
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }
}
