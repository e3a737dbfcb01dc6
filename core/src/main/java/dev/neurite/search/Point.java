package dev.neurite.search;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// The values that one trial of a search tries.
/// @param values by name, in the order in which the search has them
public record Point(SequencedMap<String, Object> values) {
    /// Copies the map.
    public Point {
        values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    }

    /// A value that is a number, such as a learning rate.
    /// @throws ConfigException if there is no such name, or its value is no number
    public double number(String name) {
        return get(name, Number.class).doubleValue();
    }

    /// A value that is a whole number, such as a number of units.
    /// @throws ConfigException if there is no such name, or its value is no whole number of 32 bits
    public int whole(String name) {
        Number value = get(name, Number.class);
        if (value.intValue() == value.doubleValue()) return value.intValue();
        throw new ConfigException("search " + name, "expects a whole number of 32 bits, got " + value);
    }

    /// A value that is a text.
    /// @throws ConfigException if there is no such name, or its value is no text
    public String text(String name) {
        return get(name, String.class);
    }

    /// A value of any type, such as an activation or a list of numbers of units.
    /// @throws ConfigException if there is no such name, or its value has another type
    public <T> T get(String name, Class<T> type) {
        Object value = values.get(name);
        if (value == null) {
            throw new ConfigException(
                    "search",
                    "expects one of the names that it tries, " + Spelling.listed(List.copyOf(values.keySet()))
                            + ", got '" + name + "'",
                    Spelling.hint(name, values.keySet()));
        }
        if (type.isInstance(value)) return type.cast(value);
        throw new ConfigException(
                "search " + name, "expects a value of type " + type.getSimpleName() + ", got " + value);
    }

    /// `rate=0.01 units=32`
    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }
}
