package dev.neurite.cli.config;

import dev.neurite.cli.config.ConfigKeys.OptionKey;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.io.Spec;
import dev.neurite.yaml.EntryReader;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
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
            if (key.between().isEmpty()) {
                throw new ConfigException(place + " " + key.path(), "expects one, got a list");
            }
            return items.stream().map(each -> text(key, each)).collect(Collectors.joining(key.between()));
        }
        String text =
                new EntryReader(key.path(), (entry, member) -> unknown(key, entry, member)).text(key.kinds(), value);
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
                .map(each ->
                        Spec.parse(each.place() + " " + key.path(), each.value().plain(each.place(), key.path())))
                .filter(spec -> key.kinds().stream()
                        .flatMap(kind -> Catalog.standard().entries(kind).stream())
                        .anyMatch(entry -> entry.name().equals(spec.name()) && entry.has(setting)))
                .isPresent();
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
}
