package dev.neurite.cli.config;

import dev.neurite.cli.config.ConfigFile.Said;
import dev.neurite.cli.config.ConfigKeys.OptionKey;
import dev.neurite.cli.config.YamlNode.Kind;
import dev.neurite.cli.config.YamlNode.Mapping;
import dev.neurite.cli.config.YamlNode.Member;
import dev.neurite.cli.config.YamlNode.Place;
import dev.neurite.cli.config.YamlNode.Scalar;
import dev.neurite.cli.config.YamlNode.Sequence;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.cli.option.OptimizerOptions;
import dev.neurite.cli.option.RateOption;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes options of a configuration. Only its form is looked at here: what a value has to be says the check of the
/// option.
public final class ConfigReader {
    private final ConfigKeys keys;
    private final CatalogValues things;
    private final Set<String> left = new HashSet<>();
    private final List<Said> said = new ArrayList<>();

    private ConfigReader(ConfigKeys keys, Set<String> given) {
        this.keys = keys;
        for (String option : given) left.addAll(ConfigKeys.replacedBy(option));
        this.things =
                new CatalogValues(keys, given.stream().map(ConfigKeys::setting).collect(Collectors.toSet()));
    }

    /// What a configuration says, but for what a command line says.
    /// @param given the options of the command line
    /// @throws ConfigException for an unknown key, or a value of another form; with file and line
    public static ConfigFile read(ConfigKeys keys, String file, Mapping tree, Set<String> given) {
        return new ConfigReader(keys, given).read(file, tree);
    }

    private ConfigFile read(String file, Mapping tree) {
        Optional<String> source = Optional.empty();
        for (Member member : tree.members()) {
            switch (member.key()) {
                case ConfigKeys.DATA -> source = data(member);
                case ConfigKeys.NETWORK -> network(member);
                case ConfigKeys.LOSS, ConfigKeys.OPTIMIZER -> thing(member);
                case ConfigKeys.SEARCH -> {} // for the command of that name
                default -> option(ConfigKeys.TOP, member);
            }
        }
        return new ConfigFile(
                file,
                source.orElseThrow(
                        () -> new ConfigException(file, "expects data with a source, as in 'data: iris', got none")),
                said);
    }

    private Optional<String> data(Member member) {
        if (!(member.value() instanceof Mapping section)) {
            return Optional.of(CatalogValues.plain(member.place(), ConfigKeys.DATA, member.value()));
        }
        Optional<String> source = Optional.empty();
        for (Member each : section.members()) {
            if (each.key().equals(ConfigKeys.SOURCE)) {
                source = Optional.of(CatalogValues.plain(each.place(), "data.source", each.value()));
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

    /// A section that is a thing of the catalog, with options beside its settings.
    private void thing(Member member) {
        String section = member.key();
        OptionKey key = keys.thing(section);
        if (!(member.value() instanceof Mapping mapping)) {
            say(key, member.place(), List.of(things.text(key, member.value())), Map.of());
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
        String text = things.text(key, named(section, spec));
        Map<String, Place> places = new HashMap<>();
        settings.forEach(each -> places.put(each.key(), each.place()));
        Place place = mapping.member(ConfigKeys.NAME).map(Member::place).orElse(member.place());
        say(key, place, List.of(text), places);
    }

    /// What stands under a section without a name is about what is usual.
    private static Mapping named(String section, Mapping spec) {
        if (spec.member(ConfigKeys.NAME).isPresent()) return spec;
        if (!section.equals(ConfigKeys.OPTIMIZER)) {
            throw new ConfigException(
                    spec.members().getFirst().place() + " " + section, "expects a name beside its settings, got none");
        }
        List<Member> members = new ArrayList<>(spec.members());
        members.addFirst(
                new Member(ConfigKeys.NAME, spec.place(), new Scalar(spec.place(), Kind.TEXT, OptimizerOptions.USUAL)));
        return new Mapping(spec.place(), members);
    }

    /// A key that is both is the setting, but for a word: only the option knows words.
    private boolean isOption(String section, Mapping thing, Member member) {
        Optional<OptionKey> option = keys.at(section, member.key());
        if (option.isEmpty() || option.get().optionName().equals(RateOption.NAME)) return false;
        boolean word = member.value() instanceof Scalar(Place _, Kind kind, String text)
                && kind == Kind.TEXT
                && !text.equals("none");
        return word || !things.has(keys.thing(section), thing, member.key());
    }

    // -------------------------------------------------------------------------------------------------- options

    private void option(String section, Member member) {
        OptionKey key =
                keys.at(section, member.key()).orElseThrow(() -> things.unknown(section, member, keys.names(section)));
        Place place = member.place();
        YamlNode value = member.value();
        if (key.option().typeInfo().isBoolean()) {
            flag(key, place, value);
            return;
        }
        if (!(value instanceof Sequence(Place _, List<YamlNode> items))) {
            say(key, place, List.of(text(key, place, value)), settings(value));
        } else if (key.option().isMultiValue()) {
            say(
                    key,
                    place,
                    items.stream().map(each -> text(key, each.place(), each)).toList(),
                    Map.of());
        } else if (!key.things().isEmpty()) {
            if (!items.isEmpty()) say(key, place, List.of(things.text(key, value)), Map.of());
        } else if (!items.isEmpty() || key.optionName().equals(NetworkOptions.LAYERS)) {
            String joined =
                    items.stream().map(each -> text(key, each.place(), each)).collect(Collectors.joining(","));
            say(key, place, List.of(items.isEmpty() ? NetworkOptions.NO_LAYERS : joined), Map.of());
        }
    }

    private static Map<String, Place> settings(YamlNode value) {
        if (!(value instanceof Mapping mapping)) return Map.of();
        return mapping.members().stream().collect(Collectors.toMap(Member::key, Member::place));
    }

    private String text(OptionKey key, Place place, YamlNode value) {
        return key.things().isEmpty() ? CatalogValues.plain(place, key.path(), value) : things.text(key, value);
    }

    private void flag(OptionKey key, Place place, YamlNode value) {
        if (!(value instanceof Scalar(Place _, Kind kind, String text)) || kind != Kind.TRUTH) {
            throw new ConfigException(place + " " + key.path(), "expects true or false, got " + value.describe());
        }
        String option = key.optionName();
        if (text.equals("true")) add(key, place, List.of(option), Map.of());
        else if (key.option().negatable()) add(key, place, List.of(option.replaceFirst("--", "--no-")), Map.of());
    }

    private void say(OptionKey key, Place place, List<String> values, Map<String, Place> settings) {
        add(
                key,
                place,
                values.stream().map(each -> key.optionName() + "=" + each).toList(),
                settings);
    }

    private void add(OptionKey key, Place place, List<String> words, Map<String, Place> settings) {
        if (words.isEmpty() || left.contains(key.optionName())) return;
        said.add(new Said(key.optionName(), key.path(), place, words, settings));
    }
}
