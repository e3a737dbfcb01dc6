package dev.neurite.search;

import dev.neurite.error.ConfigException;
import java.util.List;

/// A list of values, each drawn equally often.
/// @param values the values, at least one
public record Choice(List<Object> values) implements Candidates {
    /// Copies the list.
    /// @throws ConfigException for an empty list
    public Choice {
        values = List.copyOf(values);
        if (values.isEmpty()) throw new ConfigException("search", "expects values to choose from, got none");
    }

    @Override
    public Object at(double share) {
        return values.get((int) (share * values.size()));
    }
}
