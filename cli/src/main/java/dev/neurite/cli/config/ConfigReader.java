package dev.neurite.cli.config;

import dev.neurite.cli.config.ConfigFile.OptionUse;
import dev.neurite.cli.config.ConfigKeys.OptionKey;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Converts a configuration to options of `train`. It checks the form only; the options check their values.
public final class ConfigReader {
    private final ConfigKeys keys;
    private final CatalogValues values;
    private final Set<String> overridden = new HashSet<>();
    private final List<OptionUse> options = new ArrayList<>();

    private ConfigReader(ConfigKeys keys, Set<String> given) {
        this.keys = keys;
        for (String option : given) overridden.addAll(ConfigKeys.replacedBy(option));
        this.values =
                new CatalogValues(keys, given.stream().map(ConfigKeys::part).collect(Collectors.toSet()));
    }

    /// Reads a configuration without the options that the command line overrides.
    /// @param given the options on the command line
    /// @throws ConfigException for an unknown key or a value of another form; with file and line
    public static ConfigFile read(ConfigKeys keys, String file, Mapping tree, Set<String> given) {
        return new ConfigReader(keys, given).read(file, tree);
    }

    private ConfigFile read(String file, Mapping tree) {
        Optional<String> source = Optional.empty();
        for (Member member : tree.members()) {
            switch (member.key()) {
                case ConfigKeys.DATA -> source = data(member);
                case ConfigKeys.NETWORK -> network(member);
                case ConfigKeys.LOSS, ConfigKeys.OPTIMIZER -> catalogSection(member);
                case ConfigKeys.SEARCH -> {} // for the command search
                default -> option(ConfigKeys.TOP, member);
            }
        }
        return new ConfigFile(
                file,
                source.orElseThrow(
                        () -> new ConfigException(file, "expects data with a source, as in 'data: iris', got none")),
                options);
    }

    private Optional<String> data(Member member) {
        if (!(member.value() instanceof Mapping section)) {
            return Optional.of(member.value().plain(member.place(), ConfigKeys.DATA));
        }
        Optional<String> source = Optional.empty();
        for (Member each : section.members()) {
            if (each.key().equals(ConfigKeys.SOURCE)) {
                source = Optional.of(each.value().plain(each.place(), "data.source"));
            } else {
                option(ConfigKeys.DATA, each);
            }
        }
        return source;
    }

    private void network(Member member) {
        String section = ConfigKeys.NETWORK;
        switch (member.value()) {
            case Mapping mapping -> mapping.members().forEach(each -> option(section, each));
            case Sequence list -> option(section, new Member(ConfigKeys.STACK, member.place(), list));
            case Scalar text -> option(section, new Member(ConfigKeys.MODEL, member.place(), text));
        }
    }

    /// Reads a section that is a catalog entry: its settings, and options in the same section.
    private void catalogSection(Member member) {
        String section = member.key();
        OptionKey key = keys.sectionKey(section);
        if (!(member.value() instanceof Mapping mapping)) {
            put(key, member.place(), List.of(values.text(key, member.value())), Map.of());
            return;
        }
        List<Member> settings = new ArrayList<>(mapping.members());
        List<Member> options = settings.stream()
                .filter(each -> !each.key().equals(ConfigKeys.NAME) && isOption(section, mapping, each))
                .toList();
        settings.removeAll(options);
        options.forEach(each -> option(section, each));
        if (settings.isEmpty()) return;
        var spec = new Mapping(mapping.place(), settings);
        String text = values.text(key, named(section, spec));
        Map<String, Place> places = new HashMap<>();
        settings.forEach(each -> places.put(each.key(), each.place()));
        Place place = mapping.member(ConfigKeys.NAME).map(Member::place).orElse(member.place());
        put(key, place, List.of(text), places);
    }

    /// The settings of a section with a name; without one they are for the default optimizer.
    private static Mapping named(String section, Mapping spec) {
        if (spec.member(ConfigKeys.NAME).isPresent()) return spec;
        if (!section.equals(ConfigKeys.OPTIMIZER)) {
            throw new ConfigException(
                    spec.members().getFirst().place() + " " + section, "expects a name and its settings, got no name");
        }
        List<Member> members = new ArrayList<>(spec.members());
        members.addFirst(new Member(
                ConfigKeys.NAME, spec.place(), new Scalar(spec.place(), Kind.TEXT, ConfigKeys.USUAL_OPTIMIZER)));
        return new Mapping(spec.place(), members);
    }

    /// Whether a key is an option of the section. A key that is a setting too is the setting, unless
    /// its value is a word: only options take words.
    private boolean isOption(String section, Mapping thing, Member member) {
        Optional<OptionKey> option = keys.at(section, member.key());
        if (option.isEmpty() || option.get().optionName().equals(ConfigKeys.LEARNING_RATE)) return false;
        boolean word = member.value() instanceof Scalar(Place _, Kind kind, String text)
                && kind == Kind.TEXT
                && !text.equals("none");
        return word || !values.has(keys.sectionKey(section), thing, member.key());
    }

    // -------------------------------------------------------------------------------------------------- options

    private void option(String section, Member member) {
        OptionKey key =
                keys.at(section, member.key()).orElseThrow(() -> values.unknown(section, member, keys.names(section)));
        Place place = member.place();
        YamlNode value = member.value();
        if (key.option().typeInfo().isBoolean()) {
            flag(key, place, value);
            return;
        }
        if (!(value instanceof Sequence(Place _, List<YamlNode> items))) {
            put(key, place, List.of(text(key, place, value)), settings(value));
        } else if (key.option().isMultiValue()) {
            put(
                    key,
                    place,
                    items.stream().map(each -> text(key, each.place(), each)).toList(),
                    Map.of());
        } else if (!key.kinds().isEmpty()) {
            if (!items.isEmpty()) put(key, place, List.of(values.text(key, value)), Map.of());
        } else if (!items.isEmpty() || key.optionName().equals(NetworkOptions.LAYERS)) {
            String joined =
                    items.stream().map(each -> text(key, each.place(), each)).collect(Collectors.joining(","));
            put(key, place, List.of(items.isEmpty() ? NetworkOptions.NO_LAYERS : joined), Map.of());
        }
    }

    private static Map<String, Place> settings(YamlNode value) {
        if (!(value instanceof Mapping mapping)) return Map.of();
        return mapping.members().stream().collect(Collectors.toMap(Member::key, Member::place));
    }

    private String text(OptionKey key, Place place, YamlNode value) {
        return key.kinds().isEmpty() ? value.plain(place, key.path()) : values.text(key, value);
    }

    private void flag(OptionKey key, Place place, YamlNode value) {
        if (!(value instanceof Scalar(Place _, Kind kind, String text)) || kind != Kind.TRUTH) {
            throw new ConfigException(place + " " + key.path(), "expects true or false, got " + value.describe());
        }
        String option = key.optionName();
        if (text.equals("true")) add(key, place, List.of(option), Map.of());
        else if (key.option().negatable()) add(key, place, List.of(option.replaceFirst("--", "--no-")), Map.of());
    }

    private void put(OptionKey key, Place place, List<String> values, Map<String, Place> settings) {
        add(
                key,
                place,
                values.stream().map(each -> key.optionName() + "=" + each).toList(),
                settings);
    }

    private void add(OptionKey key, Place place, List<String> words, Map<String, Place> settings) {
        if (words.isEmpty() || overridden.contains(key.optionName())) return;
        options.add(new OptionUse(key.optionName(), key.path(), place, words, settings));
    }
}
