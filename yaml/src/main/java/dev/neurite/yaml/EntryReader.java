package dev.neurite.yaml;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.io.Spec;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Reads entries of the [Catalog] in a configuration. An entry is a text, `sgd:momentum=0.9`, a mapping,
/// `{name: sgd, momentum: 0.9}`, or a mapping with its name as the only key, `{sgd: {momentum: 0.9}}`.
/// @param path of the key that has the entry, as `network.stack`, for messages
/// @param unknown makes the error for a setting that the entry does not have
public record EntryReader(String path, UnknownSetting unknown) {
    public static final String NAME = "name";

    /// Makes the error for a setting that an entry does not have.
    @FunctionalInterface
    public interface UnknownSetting {
        /// @param member the setting
        ConfigException error(Entry entry, Member member);
    }

    /// The text of an entry, as [Catalog#read] takes it. Name and settings of a mapping are those of the
    /// catalog; their values are not checked, nor is a text.
    /// @param kinds the kinds that the entry may be of
    /// @throws ConfigException for a list or nothing, an unknown name, or a setting that is unknown or has
    /// more than one value; with the place
    public String text(List<Class<?>> kinds, YamlNode value) {
        return value instanceof Mapping mapping ? spec(kinds, mapping).toString() : value.plain(value.place(), path);
    }

    private Spec spec(List<Class<?>> kinds, Mapping mapping) {
        if (mapping.member(NAME).isEmpty() && mapping.members().size() == 1) {
            return byKey(kinds, mapping.members().getFirst());
        }
        Member name = mapping.member(NAME)
                .orElseThrow(() -> new ConfigException(
                        mapping.place() + " " + path, "expects a name and its settings, got no name"));
        String text = name.value().plain(name.place(), path);
        List<Member> settings = new ArrayList<>(mapping.members());
        settings.remove(name);
        return with(kinds, name.place(), Spec.parse(name.place() + " " + path, text), settings);
    }

    /// Converts `conv2d: {channels: 8}`, with the name as key.
    private Spec byKey(List<Class<?>> kinds, Member member) {
        List<Member> settings = switch (member.value()) {
            case Mapping(Place _, List<Member> members) -> members;
            case Scalar(Place _, Kind kind, String _) when kind == Kind.NOTHING -> List.of();
            default ->
                throw new ConfigException(
                        member.place() + " " + path,
                        "expects settings of " + member.key() + ", got "
                                + member.value().describe());
        };
        return with(kinds, member.place(), new Spec(Spec.hyphenated(member.key()), Map.of()), settings);
    }

    private Spec with(List<Class<?>> kinds, Place place, Spec base, List<Member> settings) {
        Entry entry = kinds.stream()
                .flatMap(kind -> Catalog.standard().entries(kind).stream())
                .filter(each -> each.name().equals(base.name()))
                .findFirst()
                .orElseGet(() -> Catalog.standard().entry(place + " " + path, kinds.getFirst(), base.name()));
        Spec spec = base;
        for (Member each : settings) {
            Setting setting = entry.settings().stream()
                    .filter(known -> known.name().equals(each.key()))
                    .findFirst()
                    .orElseThrow(() -> unknown.error(entry, each));
            spec = spec.with(each.key(), value(setting, each));
        }
        return spec;
    }

    private String value(Setting setting, Member member) {
        String setPath = path + "." + member.key();
        String where = member.place() + " " + setPath;
        return switch (member.value()) {
            case Scalar(Place _, Kind kind, String text) -> kind == Kind.NOTHING ? "none" : single(where, text);
            case Sequence(Place _, List<YamlNode> items) when items.isEmpty() -> "none";
            case Sequence(Place _, List<YamlNode> items) ->
                items.stream()
                        .map(each -> single(where, each.plain(each.place(), setPath)))
                        .collect(Collectors.joining("/"));
            case Mapping mapping -> {
                if (!(setting.type() instanceof Class<?> kind)
                        || Catalog.standard().entries(kind).isEmpty()) {
                    throw new ConfigException(where, "expects a value, got a mapping");
                }
                yield "(" + spec(List.of(kind), mapping) + ")";
            }
        };
    }

    /// Refuses a text that would be more than one value in a spec.
    private static String single(String where, String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(') depth++;
            if (c == ')') depth--;
            if (depth < 0 || (depth == 0 && c == ',')) break;
            if (i == text.length() - 1 && depth == 0) return text;
        }
        throw new ConfigException(where, "expects one value, got '" + text + "'");
    }
}
