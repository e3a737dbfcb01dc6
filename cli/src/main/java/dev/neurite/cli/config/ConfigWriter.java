package dev.neurite.cli.config;

import dev.neurite.cli.config.ConfigFile.OptionUse;
import dev.neurite.cli.config.ConfigKeys.OptionKey;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.data.augment.Augmentation;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Writes the values of options as a configuration, which sets the same options again.
/// @param keys of configurations
public record ConfigWriter(ConfigKeys keys) {
    private static final int WIDTH = 110;
    private static final String NUMBER = "[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?";

    /// A configuration as YAML.
    /// @param values of options by name, with underscores, and `data`
    public String write(Map<String, Object> values) {
        return yaml(tree(values));
    }

    /// The values of a configuration by path, as [YamlEdits#values]. An entry of the catalog, such as a schedule, has
    /// all of its settings: one that the file does not have, as from an earlier version, has its default.
    /// @param file the file, for messages
    public SequencedMap<String, String> values(String file, Mapping tree) {
        SequencedMap<String, String> values = YamlEdits.values(tree);
        ConfigFile configuration = ConfigReader.read(keys, file, tree, Set.of());
        for (OptionUse use : configuration.options()) {
            List<Class<?>> kinds = keys.of(use.option()).orElseThrow().kinds();
            if (kinds.isEmpty() || use.option().equals(NetworkOptions.STACK)) continue;
            String text = use.words().getFirst().substring(use.option().length() + 1);
            String whole = Catalog.standard().text(entry(use, kinds, text));
            String section = write(
                    Map.of(ConfigKeys.DATA, configuration.source(), use.option().substring(2), whole));
            SequencedMap<String, String> all =
                    YamlEdits.values(YamlReader.text(use.place(), section).asMapping());
            all.keySet().removeIf(path -> !isIn(use.key(), path));
            values.keySet().removeIf(path -> sets(use, path) && !all.containsKey(path));
            values.putAll(all);
        }
        return values;
    }

    private static Object entry(OptionUse use, List<Class<?>> kinds, String text) {
        String where = use.place() + " " + use.key();
        if (kinds.contains(Augmentation.class)) return Catalog.standard().read(where, Augmentations.class, text);
        String name = text.split("[:+]", 2)[0];
        Class<?> kind = kinds.stream()
                .filter(each -> Catalog.standard().entries(each).stream()
                        .anyMatch(entry -> entry.name().equals(name)))
                .findFirst()
                .orElse(kinds.getFirst());
        return Catalog.standard().read(where, kind, text);
    }

    /// Whether the value at this path belongs to the entry: in its section there may be other options, too.
    private static boolean sets(OptionUse use, String path) {
        return path.equals(use.key())
                || use.settings().keySet().stream().anyMatch(each -> isIn(use.key() + "." + each, path));
    }

    private static boolean isIn(String key, String path) {
        return path.equals(key) || path.startsWith(key + ".");
    }

    /// A configuration as maps and lists of texts, numbers and truth values.
    public Map<String, Object> tree(Map<String, Object> values) {
        Map<String, Object> tree = new LinkedHashMap<>();
        section(tree, ConfigKeys.DATA).put(ConfigKeys.SOURCE, String.valueOf(values.get(ConfigKeys.DATA)));
        values.forEach((name, value) -> {
            String option = "--" + name.replace('_', '-');
            if (!name.equals(ConfigKeys.DATA)) keys.of(option).ifPresent(key -> put(tree, key, value));
        });
        return tree;
    }

    private static void put(Map<String, Object> tree, OptionKey key, Object value) {
        if (value instanceof List<?> list && list.isEmpty() && !key.optionName().equals(NetworkOptions.LAYERS)) return;
        if (value instanceof String text && text.isEmpty()) return;
        Object written = key.kinds().isEmpty() ? number(value) : catalogValue(key, value);
        if (key.name().isEmpty()) {
            Map<String, Object> section = section(tree, key.section());
            if (written instanceof Map<?, ?> settings)
                settings.forEach((name, each) -> section.put((String) name, each));
            else section.put(ConfigKeys.NAME, written);
        } else if (key.section().isEmpty()) {
            tree.put(key.name(), written);
        } else {
            section(tree, key.section()).put(key.name(), written);
        }
    }

    @SuppressWarnings("unchecked") // only this method creates sections
    private static Map<String, Object> section(Map<String, Object> tree, String name) {
        return (Map<String, Object>) tree.computeIfAbsent(name, _ -> new LinkedHashMap<String, Object>());
    }

    /// Numbers, also in lists, as literals, so that they are written with the digits of the options.
    private static Object number(Object value) {
        return switch (value) {
            case Double number -> new JsonNumber(Spec.number(number));
            case List<?> list -> list.stream().map(ConfigWriter::number).toList();
            default -> value;
        };
    }

    private static Object catalogValue(OptionKey key, Object value) {
        if (value instanceof List<?> list)
            return list.stream().map(each -> catalogValue(key, each)).toList();
        String text = (String) value;
        List<String> parts = switch (key.between()) {
            case "+" -> Arrays.asList(text.split("\\+(?![0-9])", -1));
            case "," -> augmentations(text);
            default -> List.of(text);
        };
        List<Object> values = parts.stream().map(ConfigWriter::spec).toList();
        return values.size() == 1 ? values.getFirst() : values;
    }

    /// Splits `flip,crop:padding=4,fill=0.5` at its names: a part that is a setting belongs to the name before it.
    private static List<String> augmentations(String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split(",(?![^(]*\\))", -1)) {
            boolean setting = part.matches("[a-z0-9-]+=.*");
            if (!setting || parts.isEmpty()) parts.add(part);
            else parts.add(parts.removeLast() + "," + part);
        }
        return parts;
    }

    private static Object spec(String text) {
        Spec spec = Spec.parse("configuration", text);
        if (spec.settings().isEmpty()) return spec.name();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(ConfigKeys.NAME, spec.name());
        spec.settings().forEach((name, value) -> map.put(name, setting(value)));
        return map;
    }

    private static Object setting(String text) {
        if (text.matches(NUMBER)) return new JsonNumber(text);
        if (text.matches(NUMBER + "(/" + NUMBER + ")+")) {
            return Arrays.stream(text.split("/", -1)).map(JsonNumber::new).toList();
        }
        if (text.equals("true") || text.equals("false")) return Boolean.valueOf(text);
        return text;
    }

    private static String yaml(Map<String, Object> tree) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.AUTO)
                .setSchema(new CoreSchema())
                .setWidth(WIDTH)
                .setDereferenceAliases(true)
                .setUseUnicodeEncoding(true)
                .build();
        return new Dump(settings, new YamlNumbers(settings)).dumpToString(tree);
    }
}
