package dev.neurite.cli.search;

import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.console.Text;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Spec;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The values that a search may try for keys of a configuration.
/// @param dimensions one for each key
record SearchSpace(List<Dimension> dimensions) {
    private static final int MOST = 100_000; // trials of a grid
    private static final double MIDDLE = 0.37; // a share in the middle
    private static final double LAST = Math.nextDown(1.0); // share

    /// Copies the list.
    SearchSpace {
        dimensions = List.copyOf(dimensions);
        for (Dimension each : dimensions) {
            if (dimensions.stream()
                            .filter(other -> other.path().equals(each.path()))
                            .count()
                    > 1) {
                throw new ConfigException(each.place() + " " + each.path(), "expects each key once in a search");
            }
        }
    }

    /// A key and its values.
    /// @param path the key, as `optimizer.rate`
    record Dimension(String path, Place place, Values values) {
        /// Values to check in advance: all of a list, three of a range.
        List<YamlNode> samples() {
            return switch (values) {
                case Choice(List<YamlNode> all) -> all;
                case Range range -> List.of(range.at(place, 0), range.at(place, MIDDLE), range.at(place, LAST));
            };
        }
    }

    /// Values to choose from.
    sealed interface Values {
        /// The value at a share of the list or range.
        /// @param share from 0 to below 1
        YamlNode at(Place place, double share);
    }

    /// A list of values.
    record Choice(List<YamlNode> values) implements Values {
        @Override
        public YamlNode at(Place place, double share) {
            return values.get((int) (share * values.size()));
        }
    }

    /// A range of numbers.
    /// @param logarithmic whether numbers are drawn uniformly on a logarithmic scale
    /// @param whole whether only whole numbers are drawn; then `to` is included
    record Range(double from, double to, boolean logarithmic, boolean whole) implements Values {
        @Override
        public YamlNode at(Place place, double share) {
            double last = whole ? to + 1 : to;
            double value = logarithmic
                    ? Math.exp(Math.log(from) + share * (Math.log(last) - Math.log(from)))
                    : from + share * (last - from);
            String text = whole
                    ? Long.toString((long) Math.clamp(Math.floor(value), from, to))
                    : Spec.number(Double.parseDouble(Text.format("%.4g", value)));
            return new Scalar(place, Kind.NUMBER, text);
        }
    }

    /// The space as text, for the hash of the search.
    String text() {
        List<String> texts = new ArrayList<>();
        for (Dimension each : dimensions) {
            texts.add(each.path() + "="
                    + switch (each.values()) {
                        case Choice(List<YamlNode> values) ->
                            values.stream().map(YamlEdits::text).toList();
                        case Range range -> range;
                    });
        }
        return texts.toString();
    }

    // --------------------------------------------------------------------------------------------------- reading

    /// Parses a key with a list, or if it is drawn, a range.
    /// @throws ConfigException for other values
    static Dimension dimension(Member member, boolean drawn) {
        String where = member.place() + " " + member.key();
        return switch (member.value()) {
            case Sequence(Place _, List<YamlNode> values)
            when !values.isEmpty() -> new Dimension(member.key(), member.place(), new Choice(values));
            case Mapping mapping when drawn -> new Dimension(member.key(), member.place(), range(where, mapping));
            default ->
                throw new ConfigException(
                        where,
                        "expects a list of values" + (drawn ? ", or {from: …, to: …}" : "") + ", got "
                                + member.value().describe());
        };
    }

    private static Range range(String where, Mapping mapping) {
        List<String> known = List.of("from", "to", "scale", "whole");
        for (Member each : mapping.members()) {
            if (known.contains(each.key())) continue;
            throw new ConfigException(
                    where,
                    "expects from, to, scale and whole, got '" + each.spelled() + "'",
                    Spelling.hint(each.key(), known));
        }
        double from = number(where, mapping, "from");
        double to = number(where, mapping, "to");
        String scale =
                mapping.member("scale").map(each -> each.value().describe()).orElse("'linear'");
        boolean logarithmic = scale.equals("'log'");
        if (!logarithmic && !scale.equals("'linear'")) {
            throw new ConfigException(where, "expects scale: linear or log, got " + scale);
        }
        String whole =
                mapping.member("whole").map(each -> each.value().describe()).orElse("'false'");
        if (!whole.equals("'true'") && !whole.equals("'false'")) {
            throw new ConfigException(where, "expects whole: true or false, got " + whole);
        }
        if (!(from < to) || !Double.isFinite(to - from) || (logarithmic && !(from > 0))) {
            String least = logarithmic ? "0 < from < to" : "from < to";
            throw new ConfigException(where, "expects " + least + ", got " + from + " and " + to);
        }
        boolean isWhole = whole.equals("'true'");
        if (isWhole && (from != Math.rint(from) || to != Math.rint(to) || Math.abs(from) + Math.abs(to) > 1e15)) {
            throw new ConfigException(where, "expects whole numbers, got " + from + " and " + to);
        }
        return new Range(from, to, logarithmic, isWhole);
    }

    private static double number(String where, Mapping mapping, String key) {
        YamlNode value = mapping.member(key)
                .map(Member::value)
                .orElseThrow(() -> new ConfigException(where, "expects from and to, got no " + key));
        if (value instanceof Scalar(Place _, Kind kind, String text) && kind == Kind.NUMBER) {
            return Double.parseDouble(text);
        }
        throw new ConfigException(where, "expects a number as " + key + ", got " + value.describe());
    }

    // ------------------------------------------------------------------------------------------------- the trials

    /// All combinations of values; those of the last key change first.
    /// @throws ConfigException if a key has no list of values, or for more than 100,000
    List<SequencedMap<String, YamlNode>> grid() {
        List<SequencedMap<String, YamlNode>> trials = new ArrayList<>(List.of(new LinkedHashMap<>()));
        for (Dimension each : dimensions) {
            if (!(each.values() instanceof Choice(List<YamlNode> values))) {
                throw new ConfigException(
                        each.place() + " " + each.path(), "expects a list of values in a grid, got a range");
            }
            if ((long) trials.size() * values.size() > MOST) {
                throw new ConfigException("grid", "expects at most " + MOST + " trials, got more");
            }
            List<SequencedMap<String, YamlNode>> more = new ArrayList<>();
            for (SequencedMap<String, YamlNode> trial : trials) {
                for (YamlNode value : values) {
                    SequencedMap<String, YamlNode> longer = new LinkedHashMap<>(trial);
                    longer.put(each.path(), value);
                    more.add(longer);
                }
            }
            trials = more;
        }
        return trials;
    }

    /// Draws the values of a trial. They depend on seed and number only, not on other trials.
    SequencedMap<String, YamlNode> draw(long seed, int trial) {
        SequencedMap<String, YamlNode> values = new LinkedHashMap<>();
        long state = mix(seed) + trial;
        for (Dimension each : dimensions) {
            state = mix(state + each.path().hashCode());
            values.put(each.path(), each.values().at(each.place(), (state >>> 11) * 0x1p-53));
        }
        return values;
    }

    /// SplitMix64, of Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
    private static long mix(long state) {
        long z = state + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
