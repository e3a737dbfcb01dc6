package dev.neurite.cli.search;

import dev.neurite.cli.config.YamlEdits;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Spec;
import dev.neurite.search.Candidates;
import dev.neurite.search.Choice;
import dev.neurite.search.Point;
import dev.neurite.search.Range;
import dev.neurite.search.Search;
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
import java.util.stream.DoubleStream;

/// The values that a search may try for keys of a configuration.
/// @param dimensions one for each key
record SearchSpace(List<Dimension> dimensions) {
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

    /// A key and its values: nodes of a list, or a range.
    /// @param path the key, as `optimizer.rate`
    record Dimension(String path, Place place, Candidates values) {
        /// Values to check in advance: all of a list, three of a range.
        List<YamlNode> samples() {
            return switch (values) {
                case Choice(List<Object> all) -> all.stream().map(this::node).toList();
                case Range range ->
                    DoubleStream.of(0, MIDDLE, LAST)
                            .mapToObj(share -> node(range.at(share)))
                            .toList();
            };
        }

        /// A value of the list or range, as it would be in a configuration.
        YamlNode node(Object value) {
            return switch (value) {
                case YamlNode node -> node;
                case Integer _, Long _ -> new Scalar(place, Kind.NUMBER, value.toString());
                case Double number -> new Scalar(place, Kind.NUMBER, Spec.number(number));
                default -> throw new IllegalArgumentException("a value that no search draws: " + value);
            };
        }
    }

    /// The space as text, for the hash of the search.
    String text() {
        List<String> texts = new ArrayList<>();
        for (Dimension each : dimensions) {
            texts.add(each.path() + "="
                    + switch (each.values()) {
                        case Choice(List<Object> values) ->
                            values.stream().map(each::node).map(YamlEdits::text).toList();
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
            when !values.isEmpty() -> new Dimension(member.key(), member.place(), new Choice(List.copyOf(values)));
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
        try {
            return new Range(from, to, logarithmic, whole.equals("'true'"));
        } catch (ConfigException e) {
            throw new ConfigException(where, e.problem());
        }
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

    /// This space in a search.
    Search in(Search search) {
        Search with = search;
        for (Dimension each : dimensions) with = with.over(each.path(), each.values());
        return with;
    }

    /// Whether all values are lists.
    boolean isGrid() {
        return dimensions.stream().allMatch(each -> each.values() instanceof Choice);
    }

    /// Refuses ranges.
    void requireGrid() {
        for (Dimension each : dimensions) {
            if (each.values() instanceof Choice) continue;
            throw new ConfigException(
                    each.place() + " " + each.path(), "expects a list of values in a grid, got a range");
        }
    }

    /// The values of a point as they would be in a configuration, by key.
    SequencedMap<String, YamlNode> nodes(Point point) {
        SequencedMap<String, YamlNode> nodes = new LinkedHashMap<>();
        for (Dimension each : dimensions) {
            nodes.put(each.path(), each.node(point.get(each.path(), Object.class)));
        }
        return nodes;
    }
}
