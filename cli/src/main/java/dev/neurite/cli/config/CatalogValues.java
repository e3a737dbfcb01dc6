package dev.neurite.cli.config;

import dev.neurite.cli.config.ConfigKeys.OptionKey;
import dev.neurite.cli.config.YamlNode.Kind;
import dev.neurite.cli.config.YamlNode.Mapping;
import dev.neurite.cli.config.YamlNode.Member;
import dev.neurite.cli.config.YamlNode.Place;
import dev.neurite.cli.config.YamlNode.Scalar;
import dev.neurite.cli.config.YamlNode.Sequence;
import dev.neurite.cli.option.DataOptions;
import dev.neurite.cli.option.ScheduleOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.io.Spec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Converts catalog entries in a configuration to the text that their option takes: `{name: sgd,
/// momentum: 0.9}`, or in lists `{sgd: {momentum: 0.9}}`, becomes `sgd:momentum=0.9`.
/// @param overridden settings, as `optimizer.rate`, that options on the command line override
public record CatalogValues(ConfigKeys keys, Set<String> overridden) {

    /// The text of an entry, or of a list of entries.
    /// @throws ConfigException for an unknown name or setting; with file and line
    String text(OptionKey key, YamlNode value) {
        if (value instanceof Sequence(Place place, List<YamlNode> items)) {
            String between = switch (key.optionName()) {
                case DataOptions.AUGMENT -> ",";
                case ScheduleOptions.SCHEDULE -> "+";
                default -> throw new ConfigException(place + " " + key.path(), "expects one, got a list");
            };
            return items.stream().map(each -> text(key, each)).collect(Collectors.joining(between));
        }
        if (value instanceof Mapping mapping)
            return spec(key, key.kinds(), mapping).toString();
        String text = plain(value.place(), key.path(), value);
        if (overridden.stream().noneMatch(each -> each.startsWith(key.path() + "."))) return text;
        return withoutOverridden(key.path(), Spec.parse(value.place() + " " + key.path(), text))
                .toString();
    }

    private Spec withoutOverridden(String path, Spec spec) {
        Map<String, String> settings = new LinkedHashMap<>(spec.settings());
        settings.keySet().removeIf(each -> overridden.contains(path + "." + each));
        return new Spec(spec.name(), settings);
    }

    /// Whether the entry that a mapping names has a setting.
    boolean has(OptionKey key, Mapping entryMapping, String setting) {
        return entryMapping
                .member(ConfigKeys.NAME)
                .filter(each -> each.value() instanceof Scalar)
                .map(each -> Spec.parse(each.place() + " " + key.path(), plain(each.place(), key.path(), each.value())))
                .filter(spec -> key.kinds().stream()
                        .flatMap(kind -> Catalog.standard().entries(kind).stream())
                        .anyMatch(entry -> entry.name().equals(spec.name()) && entry.has(setting)))
                .isPresent();
    }

    private Spec spec(OptionKey key, List<Class<?>> kinds, Mapping mapping) {
        String path = key.path();
        if (mapping.member(ConfigKeys.NAME).isEmpty() && mapping.members().size() == 1) {
            return byKey(key, kinds, mapping.members().getFirst());
        }
        Member name = mapping.member(ConfigKeys.NAME)
                .orElseThrow(() -> new ConfigException(
                        mapping.place() + " " + path, "expects a name and its settings, got no name"));
        String text = plain(name.place(), path, name.value());
        List<Member> settings = new ArrayList<>(mapping.members());
        settings.remove(name);
        return with(key, kinds, name.place(), Spec.parse(name.place() + " " + path, text), settings);
    }

    /// Converts `conv2d: {channels: 8}`, with the name as key.
    private Spec byKey(OptionKey key, List<Class<?>> kinds, Member member) {
        List<Member> settings = switch (member.value()) {
            case Mapping(Place _, List<Member> members) -> members;
            case Scalar(Place _, Kind kind, String _) when kind == Kind.NOTHING -> List.of();
            default ->
                throw new ConfigException(
                        member.place() + " " + key.path(),
                        "expects settings of " + member.key() + ", got "
                                + member.value().describe());
        };
        return with(key, kinds, member.place(), new Spec(member.key(), Map.of()), settings);
    }

    private Spec with(OptionKey key, List<Class<?>> kinds, Place place, Spec base, List<Member> settings) {
        Entry entry = kinds.stream()
                .flatMap(kind -> Catalog.standard().entries(kind).stream())
                .filter(each -> each.name().equals(base.name()))
                .findFirst()
                .orElseGet(() -> Catalog.standard().entry(place + " " + key.path(), kinds.getFirst(), base.name()));
        Spec spec = base;
        for (Member each : settings) {
            Setting setting = entry.settings().stream()
                    .filter(known -> known.name().equals(each.key()))
                    .findFirst()
                    .orElseThrow(() -> unknown(key, entry, each));
            spec = spec.with(each.key(), value(key, setting, each));
        }
        return withoutOverridden(key.path(), spec);
    }

    private ConfigException unknown(OptionKey key, Entry entry, Member member) {
        List<String> known =
                new ArrayList<>(entry.settings().stream().map(Setting::name).toList());
        boolean section = key.name().isEmpty();
        if (section) known.addAll(keys.names(key.section()));
        return unknown(
                section ? key.section() : key.path(),
                member,
                known.stream().distinct().toList());
    }

    /// The error for an unknown key.
    /// @param section the section; empty for the top level
    ConfigException unknown(String section, Member member, List<String> known) {
        String hint = keys.hint(section, member.key(), known);
        String expected = hint.isEmpty() ? "one of " + String.join(", ", known) : "a known key";
        String where = section.isEmpty() ? "" : " under " + section;
        return new ConfigException(
                member.place().toString(), "expects " + expected + where + ", got '" + member.spelled() + "'", hint);
    }

    private String value(OptionKey key, Setting setting, Member member) {
        String where = member.place() + " " + key.path() + "." + member.key();
        return switch (member.value()) {
            case Scalar(Place _, Kind kind, String text) -> kind == Kind.NOTHING ? "none" : single(where, text);
            case Sequence(Place _, List<YamlNode> items) when items.isEmpty() -> "none";
            case Sequence(Place _, List<YamlNode> items) ->
                items.stream()
                        .map(each -> single(where, plain(each.place(), key.path() + "." + member.key(), each)))
                        .collect(Collectors.joining("/"));
            case Mapping mapping -> {
                if (!(setting.type() instanceof Class<?> kind)
                        || Catalog.standard().entries(kind).isEmpty()) {
                    throw new ConfigException(where, "expects a value, got a mapping");
                }
                yield "(" + spec(key, List.of(kind), mapping) + ")";
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

    /// The text of a scalar.
    /// @throws ConfigException for a list, a mapping or nothing
    public static String plain(Place place, String path, YamlNode value) {
        if (value instanceof Scalar(Place _, Kind kind, String text) && kind != Kind.NOTHING) return text;
        throw new ConfigException(place + " " + path, "expects a value, got " + value.describe());
    }
}
