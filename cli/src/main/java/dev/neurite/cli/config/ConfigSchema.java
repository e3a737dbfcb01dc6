package dev.neurite.cli.config;

import dev.neurite.cli.config.ConfigKeys.OptionKey;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.io.json.Json;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Generates the JSON schema (2020-12) of configurations from the options of `train` and the entries of the catalog.
public final class ConfigSchema {
    private static final String REFERENCE = "#/$defs/";
    private static final Map<String, Object> TEXT = type("string");
    private static final Map<String, Object> NUMBER = type("number");
    private static final Map<String, Object> WHOLE = type("integer");

    private final ConfigKeys keys;
    private final Map<String, Object> definitions = new TreeMap<>(); // by name

    private final CommandSpec search;
    private final List<String> searchKeys;

    private ConfigSchema(ConfigKeys keys, CommandSpec search, List<String> searchKeys) {
        this.keys = keys;
        this.search = search;
        this.searchKeys = searchKeys;
    }

    /// The schema as text.
    /// @param search the command `search`
    /// @param searchKeys the keys of the section `search`, each the name of an option
    public static String text(ConfigKeys keys, CommandSpec search, List<String> searchKeys) {
        return Json.of(new ConfigSchema(keys, search, searchKeys).schema()).pretty();
    }

    private Map<String, Object> schema() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(ConfigKeys.DATA, anyOf(TEXT, section(ConfigKeys.DATA, ConfigKeys.SOURCE)));
        properties.put(ConfigKeys.NETWORK, network());
        properties.put(ConfigKeys.LOSS, catalogValue(keys.sectionKey(ConfigKeys.LOSS)));
        properties.put(ConfigKeys.OPTIMIZER, catalogValue(keys.sectionKey(ConfigKeys.OPTIMIZER)));
        properties.putAll(options(ConfigKeys.TOP));
        properties.put(ConfigKeys.SEARCH, search());
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "A configuration of Neurite");
        schema.putAll(object(properties));
        schema.put("required", List.of(ConfigKeys.DATA));
        schema.put("$defs", definitions);
        return schema;
    }

    private Map<String, Object> section(String name, String first) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(first, TEXT);
        properties.putAll(options(name));
        Map<String, Object> section = object(properties);
        section.put("required", List.of(first));
        return section;
    }

    private Map<String, Object> network() {
        OptionKey stack = keys.at(ConfigKeys.NETWORK, ConfigKeys.STACK).orElseThrow();
        return anyOf(List.of(TEXT, list(catalogValue(stack)), object(options(ConfigKeys.NETWORK))));
    }

    /// The section `search`: a grid has lists by key, random draws also ranges.
    private Map<String, Object> search() {
        Map<String, Object> range = new LinkedHashMap<>();
        range.put("from", NUMBER);
        range.put("to", NUMBER);
        range.put("scale", Map.of("enum", List.of("linear", "log")));
        range.put("whole", type("boolean"));
        Map<String, Object> drawn = object(range);
        drawn.put("required", List.of("from", "to"));
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String name : searchKeys) {
            OptionSpec option = search.findOption("--" + name);
            Map<String, Object> property = new LinkedHashMap<>();
            property.put("description", String.join(" ", option.description()));
            property.putAll(
                    switch (name) {
                        case "grid" -> byKey(type("array"));
                        case "random" -> byKey(anyOf(type("array"), drawn));
                        default -> scalar(option);
                    });
            properties.put(name, property);
        }
        return object(spelled(properties));
    }

    private static Map<String, Object> byKey(Map<String, Object> values) {
        Map<String, Object> byKey = new LinkedHashMap<>(type("object"));
        byKey.put("additionalProperties", values);
        return byKey;
    }

    private Map<String, Object> options(String section) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (OptionKey key : keys.all()) {
            if (!key.section().equals(section) || key.name().isEmpty()) continue;
            if (key.path().equals(ConfigKeys.OPTIMIZER + "." + ConfigKeys.RATE)) continue; // a setting
            Map<String, Object> property = new LinkedHashMap<>();
            property.put(
                    "description", String.join(" ", key.option().description()).replace("%n", " "));
            property.putAll(option(key));
            properties.put(key.name(), property);
        }
        return spelled(properties);
    }

    private Map<String, Object> option(OptionKey key) {
        if (key.option().typeInfo().isBoolean()) return type("boolean");
        if (!key.kinds().isEmpty()) {
            Map<String, Object> one = catalogValue(key);
            boolean several = key.option().isMultiValue() || !key.between().isEmpty();
            return several ? anyOf(one, list(one)) : one;
        }
        return scalar(key.option());
    }

    private Map<String, Object> scalar(OptionSpec option) {
        Class<?> type = option.type();
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) return WHOLE;
        return type == Double.class || type == double.class ? NUMBER : values();
    }

    // ------------------------------------------------------------------------------------- catalog entries

    /// A catalog entry: a text, a name with settings, or, except for a section, the name as key of its settings.
    private Map<String, Object> catalogValue(OptionKey key) {
        if (!key.name().isEmpty()) {
            return anyOf(key.kinds().stream().map(this::reference).toList());
        }
        String section = key.section();
        String options = section + "-options";
        definitions.put(options, open(options(section)));
        List<Map<String, Object>> forms = new ArrayList<>(List.of(TEXT));
        for (Class<?> kind : key.kinds()) {
            for (Entry entry : Catalog.standard().entries(kind)) {
                boolean usual = entry.name().equals(ConfigKeys.USUAL_OPTIMIZER);
                forms.add(form(kind, entry, List.of(to(options)), usual));
            }
        }
        forms.add(closed(List.of(to(options))));
        return anyOf(forms);
    }

    /// A catalog entry of a type.
    private Map<String, Object> reference(Class<?> kind) {
        String name = name(kind);
        if (definitions.putIfAbsent(name, Map.of()) != null)
            return to(name); // also for an entry that contains others of its type
        List<Map<String, Object>> forms = new ArrayList<>(List.of(TEXT));
        Map<String, Object> byName = new LinkedHashMap<>();
        for (Entry entry : Catalog.standard().entries(kind)) {
            forms.add(form(kind, entry, List.of(), false));
            byName.put(entry.name(), anyOf(type("null"), closed(List.of(settings(kind, entry)))));
        }
        Map<String, Object> one = object(byName);
        one.put("minProperties", 1);
        one.put("maxProperties", 1);
        forms.add(one);
        definitions.put(name, anyOf(forms));
        return to(name);
    }

    private static String name(Class<?> kind) {
        return kind.getSimpleName().toLowerCase(Locale.ROOT);
    }

    /// A name with its settings.
    private Map<String, Object> form(Class<?> kind, Entry entry, List<Map<String, Object>> beside, boolean usual) {
        List<Map<String, Object>> parts = new ArrayList<>(beside);
        parts.addFirst(settings(kind, entry));
        Map<String, Object> form = closed(parts);
        Map<String, Object> named = anyOf(Map.of("const", entry.name()), Map.of("pattern", "^" + entry.name() + ":"));
        form.put("properties", Map.of(ConfigKeys.NAME, named));
        if (!usual) form.put("required", List.of(ConfigKeys.NAME));
        return form;
    }

    private Map<String, Object> settings(Class<?> kind, Entry entry) {
        String name = name(kind) + "-" + entry.name();
        if (definitions.containsKey(name)) return to(name);
        Map<String, Object> settings = new LinkedHashMap<>();
        Map<String, Object> definition = open(settings);
        definition.put("description", entry.meaning());
        definitions.put(name, definition);
        for (Setting each : entry.settings()) {
            Map<String, Object> setting = new LinkedHashMap<>();
            String usual = Catalog.standard().usual(each);
            if (!usual.isEmpty()) setting.put("description", usual + " by default");
            setting.putAll(value(each.type()));
            settings.put(each.name(), setting);
        }
        definition.put("properties", spelled(settings));
        return to(name);
    }

    private Map<String, Object> value(Type type) {
        if (type == boolean.class) return type("boolean");
        if (type instanceof Class<?> kind && kind.isEnum()) return enumOf(kind);
        boolean isKind = type instanceof Class<?> kind
                && kind != Record.class
                && !Catalog.standard().entries(kind).isEmpty();
        if (isKind) return reference((Class<?>) type);
        return type instanceof Class<?> number && number.isPrimitive()
                ? shared("number", List.of(NUMBER, TEXT))
                : values();
    }

    private static Map<String, Object> enumOf(Class<?> kind) {
        List<String> names = Arrays.stream(kind.getEnumConstants())
                .map(each -> ((Enum<?>) each).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
        return Map.of("enum", names);
    }

    /// A number, a text, or a list of them.
    private Map<String, Object> values() {
        return shared("values", List.of(NUMBER, TEXT, list(anyOf(NUMBER, TEXT))));
    }

    private Map<String, Object> shared(String name, List<Map<String, Object>> forms) {
        definitions.putIfAbsent(name, anyOf(forms));
        return to(name);
    }

    // ---------------------------------------------------------------------------------------- parts of a schema

    /// Each key in both spellings: with hyphens and with underscores.
    private static Map<String, Object> spelled(Map<String, Object> properties) {
        Map<String, Object> both = new LinkedHashMap<>(properties);
        properties.forEach((name, value) -> {
            if (!name.contains("-")) return;
            Map<String, Object> bare = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, each) -> bare.put(String.valueOf(key), each));
            bare.remove("description");
            both.put(name.replace('-', '_'), bare);
        });
        return both;
    }

    private static Map<String, Object> type(String name) {
        return Map.of("type", name);
    }

    private static Map<String, Object> to(String definition) {
        return Map.of("$ref", REFERENCE + definition);
    }

    private static Map<String, Object> list(Map<String, Object> items) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("type", "array");
        list.put("items", items);
        return list;
    }

    /// An object with these keys and no others.
    private static Map<String, Object> object(Map<String, Object> properties) {
        Map<String, Object> object = open(properties);
        object.put("additionalProperties", false);
        return object;
    }

    /// An object with these keys, among others.
    private static Map<String, Object> open(Map<String, Object> properties) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "object");
        object.put("properties", properties);
        return object;
    }

    /// An object with the keys of all these and no others.
    private static Map<String, Object> closed(List<Map<String, Object>> parts) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("allOf", parts);
        object.put("unevaluatedProperties", false);
        return object;
    }

    private static Map<String, Object> anyOf(List<Map<String, Object>> forms) {
        return forms.size() == 1 ? forms.getFirst() : Map.of("anyOf", forms);
    }

    private static Map<String, Object> anyOf(Map<String, Object> one, Map<String, Object> other) {
        return anyOf(List.of(one, other));
    }
}
