package dev.neurite.llm.gguf;

import dev.neurite.error.ModelFormatException;
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

    private Metadata(String source, Map<String, Object> values) {
        this.source = source;
        this.values = values;
    }

    /// Metadata with these values.
    /// @param source what messages call the file: its path
    public static Metadata of(String source, Map<String, Object> values) {
        return new Metadata(source, new LinkedHashMap<>(values));
    }

    /// What messages call the file.
    public String source() {
        return source;
    }

    public Set<String> keys() {
        return Set.copyOf(values.keySet());
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /// A text.
    /// @throws ModelFormatException if there is none of this key, or something else
    public String text(String key) {
        return require(key, String.class, "a text");
    }

    /// A whole number.
    /// @throws ModelFormatException if there is none of this key, or something else
    public long integer(String key) {
        return require(key, Long.class, "a whole number");
    }

    /// A number that may have a fraction; a whole one is one, too.
    /// @throws ModelFormatException if there is none of this key, or something else
    public double number(String key) {
        Object value = values.get(key);
        if (value instanceof Double || value instanceof Long) return ((Number) value).doubleValue();
        throw wrong(key, "a number", value);
    }

    /// Yes or no.
    /// @throws ModelFormatException if there is none of this key, or something else
    public boolean flag(String key) {
        return require(key, Boolean.class, "true or false");
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
}
