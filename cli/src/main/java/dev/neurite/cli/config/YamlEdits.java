package dev.neurite.cli.config;

import dev.neurite.cli.option.ConfigOption;
import dev.neurite.error.ConfigException;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
import dev.neurite.yaml.YamlReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// Changes configurations: `--set`, and values of a search.
public final class YamlEdits {
    private YamlEdits() {}

    /// Reads a file and applies the changes of `--set`.
    public static Mapping read(String file, List<String> changes) {
        Mapping tree = YamlReader.file(file).asMapping();
        for (String change : changes) tree = with(tree, change);
        return tree;
    }

    /// Applies a change of `--set`.
    /// @param change `optimizer.rate=3e-4`; `time-limit=null` removes a key
    /// @throws ConfigException if it is not key=value
    public static Mapping with(Mapping tree, String change) {
        int equal = change.indexOf('=');
        if (equal < 1) {
            throw new ConfigException(
                    ConfigOption.SET, "expects key=value, as in optimizer.rate=3e-4, got '" + change + "'");
        }
        String path = change.substring(0, equal).strip();
        var place = new Place(ConfigOption.SET, 0);
        YamlNode value = YamlReader.text(place, change.substring(equal + 1));
        boolean nothing = value instanceof Scalar(Place _, Kind kind, String _) && kind == Kind.NOTHING;
        return nothing ? without(tree, keys(path)) : with(tree, path, value);
    }

    /// Sets a key.
    /// @param path `optimizer.rate`
    public static Mapping with(Mapping tree, String path, YamlNode value) {
        return with(tree, keys(path), value);
    }

    private static Mapping with(Mapping tree, List<String> path, YamlNode value) {
        String key = path.getFirst();
        YamlNode before = tree.member(key).map(Member::value).orElse(new Mapping(value.place(), List.of()));
        YamlNode after = path.size() == 1
                ? value
                : with(expanded(key, before, value.place()), path.subList(1, path.size()), value);
        List<Member> members = new ArrayList<>(tree.members());
        members.removeIf(each -> each.key().equals(key));
        Place place = path.size() == 1
                ? value.place()
                : tree.member(key).map(Member::place).orElse(value.place());
        members.add(new Member(key, place, after));
        return new Mapping(tree.place(), members);
    }

    /// The long form of a section: `adam` as `{name: adam}`.
    private static Mapping expanded(String section, YamlNode value, Place change) {
        return switch (value) {
            case Mapping mapping -> mapping;
            case Scalar(Place place, Kind kind, String _) when kind == Kind.NOTHING -> new Mapping(place, List.of());
            case Scalar scalar -> of(shortKey(section), scalar);
            case Sequence list when section.equals(ConfigKeys.NETWORK) -> of(ConfigKeys.STACK, list);
            case Sequence _ -> throw new ConfigException(change + " " + section, "expects a mapping, got a list");
        };
    }

    private static Mapping of(String key, YamlNode value) {
        return new Mapping(value.place(), List.of(new Member(key, value.place(), value)));
    }

    private static List<String> keys(String path) {
        return Arrays.asList(path.replace('_', '-').split("\\.", -1));
    }

    /// Removes a key at the top level.
    public static Mapping without(Mapping tree, String key) {
        return without(tree, List.of(key));
    }

    private static Mapping without(Mapping tree, List<String> path) {
        List<Member> members = new ArrayList<>();
        for (Member each : tree.members()) {
            if (!each.key().equals(path.getFirst())) {
                members.add(each);
            } else if (path.size() > 1) {
                Mapping rest = without(expanded(each.key(), each.value(), each.place()), path.subList(1, path.size()));
                members.add(new Member(each.key(), each.place(), rest));
            }
        }
        return new Mapping(tree.place(), members);
    }

    /// A value on one line, as YAML: `[32, 16]`, `{name: sgd, momentum: 0.9}`.
    public static String text(YamlNode value) {
        return switch (value) {
            case Scalar scalar -> scalar.text();
            case Sequence list ->
                list.items().stream().map(YamlEdits::text).collect(Collectors.joining(", ", "[", "]"));
            case Mapping mapping ->
                mapping.members().stream()
                        .map(each -> each.key() + ": " + text(each.value()))
                        .collect(Collectors.joining(", ", "{", "}"));
        };
    }

    /// All values by path, as `optimizer.rate`; a list is one value.
    public static SequencedMap<String, String> values(Mapping tree) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        for (Member each : tree.members()) {
            if (each.value() instanceof Mapping inner) {
                values(inner).forEach((path, value) -> values.put(each.key() + "." + path, value));
            } else {
                values.put(each.key(), text(each.value()));
            }
        }
        return values;
    }

    /// The key that a section without keys sets: `data: iris` sets `source`.
    static String shortKey(String section) {
        return switch (section) {
            case ConfigKeys.DATA -> ConfigKeys.SOURCE;
            case ConfigKeys.NETWORK -> ConfigKeys.MODEL;
            default -> ConfigKeys.NAME;
        };
    }
}
