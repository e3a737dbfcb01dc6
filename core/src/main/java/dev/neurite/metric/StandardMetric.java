package dev.neurite.metric;

import dev.neurite.error.ConfigException;
import java.util.function.Function;

/// A metric, or a family of them, that has a name: an entry of [Metrics#standard()].
/// @param name the name without a parameter
/// @param parameter what may follow after a hyphen; empty if there is no parameter
/// @param byDefault the parameter where none is given
/// @param meaning one line that says what it is
/// @param maker makes the metric of a parameter; throws `IllegalArgumentException` for one that is none
public record StandardMetric(
        String name, String parameter, String byDefault, String meaning, Function<String, Metric> maker) {

    /// An entry without a parameter.
    StandardMetric(String meaning, Metric metric) {
        this(metric.name(), "", "", meaning, _ -> metric);
    }

    /// The metric with its default parameter.
    public Metric metric() {
        return maker.apply(byDefault);
    }

    /// Whether this name is of the family: its own, or with a parameter.
    boolean isMeant(String text) {
        return text.equals(name) || (!parameter.isEmpty() && text.startsWith(name + "-"));
    }

    /// The metric of that name.
    /// @throws ConfigException for a parameter that is none
    Metric named(String text) {
        if (text.equals(name)) return metric();
        String value = text.substring(name.length() + 1);
        try {
            return maker.apply(value);
        } catch (IllegalArgumentException _) {
            throw new ConfigException(
                    "metric '" + text + "'", "expects " + name + "-" + parameter + ", got '" + value + "'");
        }
    }
}
