package dev.neurite.metric;

import dev.neurite.error.ConfigException;
import java.util.function.Function;

/// A named metric or family of metrics: an entry of [Metrics#standard()].
/// @param name the name without a parameter
/// @param parameter the form of the parameter, which follows a hyphen; empty for none
/// @param byDefault the default parameter
/// @param meaning a description in one line
/// @param maker makes the metric with a parameter; throws `IllegalArgumentException` for an invalid one
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

    /// Whether a name belongs to this family, with or without a parameter.
    boolean isMeant(String text) {
        return text.equals(name) || (!parameter.isEmpty() && text.startsWith(name + "-"));
    }

    /// The metric with a name of this family.
    /// @throws ConfigException for an invalid parameter
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
