package dev.neurite.llm.grammar;

import dev.neurite.error.ConfigException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rules of a JSON schema.
final class SchemaRules {
    private static final Set<String> DESCRIBING = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "$schema",
            "$id",
            "$comment",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$defs",
            "definitions");
    private static final Set<String> TYPED = Set.of(
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "pattern");
    private static final List<String> TYPES =
            List.of("object", "array", "string", "number", "integer", "boolean", "null");

    private final GrammarRules rules;
    private final JsonRules values;
    private final Json whole;
    private final Map<String, Rule.Reference> references = new LinkedHashMap<>();
    private final Deque<String> open = new ArrayDeque<>(); // references without a rule yet

    SchemaRules(GrammarRules rules, Json schema) {
        this.rules = rules;
        this.values = new JsonRules(rules);
        this.whole = schema;
    }

    Rule root() {
        Rule root = reference("#", "#");
        while (!open.isEmpty()) {
            String pointer = open.removeFirst();
            Rule.Reference reference = references.get(pointer);
            if (reference == null) throw new IllegalStateException(pointer);
            reference.target = rule(resolved(pointer), pointer);
        }
        return root;
    }

    private Rule reference(String pointer, String where) {
        if (!pointer.equals("#") && !pointer.startsWith("#/")) {
            throw wrong(where, "expects a $ref within the schema, such as #/$defs/name, got '" + pointer + "'");
        }
        return references.computeIfAbsent(pointer, _ -> {
            open.add(pointer);
            return rules.reference();
        });
    }

    private Json resolved(String pointer) {
        Json at = whole;
        if (pointer.equals("#")) return at;
        for (String part : pointer.substring(2).split("/", -1)) {
            String key = part.replace("~1", "/").replace("~0", "~");
            Json next = at instanceof JsonObject(Map<String, Json> map) ? map.get(key) : item(at, key);
            if (next == null) throw wrong(pointer, "expects a part of the schema, got nothing at '" + key + "'");
            at = next;
        }
        return at;
    }

    private static @Nullable Json item(Json array, String key) {
        boolean index = array instanceof JsonArray && key.matches("0|[1-9][0-9]{0,8}");
        if (!index) return null;
        List<Json> items = ((JsonArray) array).list();
        int at = Integer.parseInt(key);
        return at < items.size() ? items.get(at) : null;
    }

    private static ConfigException wrong(String where, String problem) {
        return new ConfigException("schema " + where, problem);
    }

    private Rule rule(Json schema, String where) {
        if (schema instanceof JsonBoolean(boolean all)) {
            if (all) return values.any();
            throw wrong(where, "expects a schema that allows a value, got false");
        }
        if (!(schema instanceof JsonObject(Map<String, Json> keys))) {
            throw wrong(where, "expects an object or true, got " + schema.write());
        }
        for (String alone : List.of("$ref", "anyOf", "enum", "const")) {
            if (keys.containsKey(alone)) return alone(alone, keys, where);
        }
        for (String key : keys.keySet()) {
            if (!DESCRIBING.contains(key) && !TYPED.contains(key)) {
                throw wrong(where, "expects keywords that are known here, got '" + key + "'");
            }
        }
        List<Rule> choices = new ArrayList<>();
        List<String> types = types(keys, where);
        if (types.isEmpty()) return values.any();
        for (String type : types) choices.add(ofType(type, keys, where));
        return rules.choice(choices);
    }

    /// A keyword that says all, beside which there may be a type only.
    private Rule alone(String keyword, Map<String, Json> keys, String where) {
        boolean typed = keyword.equals("enum") || keyword.equals("const");
        for (String key : keys.keySet()) {
            boolean fits = key.equals(keyword) || DESCRIBING.contains(key) || (typed && key.equals("type"));
            if (!fits) throw wrong(where, "expects " + keyword + " without '" + key + "' beside it");
        }
        Json value = keys.getOrDefault(keyword, new JsonNull());
        String at = where + "/" + keyword;
        return switch (keyword) {
            case "$ref" -> reference(text(value, at), where);
            case "const" -> literals(List.of(value), keys, at);
            case "enum" -> literals(list(value, at), keys, at);
            default -> {
                List<Rule> choices = new ArrayList<>();
                List<Json> all = list(value, at);
                for (int i = 0; i < all.size(); i++) choices.add(rule(all.get(i), at + "/" + i));
                yield rules.choice(choices);
            }
        };
    }

    private Rule literals(List<Json> all, Map<String, Json> keys, String where) {
        List<String> types = types(keys, where);
        Set<String> texts = new LinkedHashSet<>();
        for (Json each : all) {
            if (types.isEmpty() || types.stream().anyMatch(type -> isOf(each, type))) texts.add(each.write());
        }
        if (texts.isEmpty()) throw wrong(where, "expects a value of type " + types + ", got none");
        return rules.texts(texts);
    }

    private static boolean isOf(Json value, String type) {
        return switch (value) {
            case JsonObject _ -> type.equals("object");
            case JsonArray _ -> type.equals("array");
            case JsonString _ -> type.equals("string");
            case JsonBoolean _ -> type.equals("boolean");
            case JsonNull _ -> type.equals("null");
            case JsonNumber(String digits) ->
                type.equals("number") || (type.equals("integer") && digits.matches("-?[0-9]+"));
        };
    }

    /// The types; none if none is given and no keyword tells it.
    private static List<String> types(Map<String, Json> keys, String where) {
        Json given = keys.get("type");
        if (given == null) {
            List<String> told = new ArrayList<>();
            if (keys.containsKey("properties")
                    || keys.containsKey("required")
                    || keys.containsKey("additionalProperties")) {
                told.add("object");
            }
            if (keys.containsKey("items") || keys.containsKey("minItems") || keys.containsKey("maxItems")) {
                told.add("array");
            }
            if (keys.containsKey("pattern") || keys.containsKey("minLength") || keys.containsKey("maxLength")) {
                told.add("string");
            }
            return told;
        }
        List<String> types = new ArrayList<>();
        for (Json each : given instanceof JsonString ? List.of(given) : list(given, where + "/type")) {
            String type = text(each, where + "/type");
            if (!TYPES.contains(type)) {
                throw wrong(where + "/type", "expects one of " + String.join(", ", TYPES) + ", got '" + type + "'");
            }
            if (!types.contains(type)) types.add(type);
        }
        return types;
    }

    private Rule ofType(String type, Map<String, Json> keys, String where) {
        return switch (type) {
            case "object" -> object(keys, where);
            case "array" -> array(keys, where);
            case "string" -> string(keys, where);
            case "number" -> values.number();
            case "integer" -> values.integer();
            case "boolean" -> rules.choice(values.word("true"), values.word("false"));
            default -> values.word("null");
        };
    }

    private Rule object(Map<String, Json> keys, String where) {
        Set<String> required = new LinkedHashSet<>();
        Json names = keys.get("required");
        if (names != null) {
            for (Json each : names instanceof JsonArray(List<Json> all) ? all : List.of(names)) {
                required.add(text(each, where + "/required"));
            }
        }
        Json additional = keys.getOrDefault("additionalProperties", new JsonBoolean(true));
        boolean closed = additional instanceof JsonBoolean(boolean any) && !any;
        Map<String, Rule> properties = new LinkedHashMap<>();
        Json given = keys.get("properties");
        if (given != null) {
            if (!(given instanceof JsonObject(Map<String, Json> all))) {
                throw wrong(where + "/properties", "expects an object, got " + given.write());
            }
            all.forEach((key, schema) -> properties.put(
                    key,
                    rule(schema, where + "/properties/" + key.replace("~", "~0").replace("/", "~1"))));
        }
        for (String name : required) {
            if (properties.containsKey(name)) continue;
            if (closed) {
                throw wrong(
                        where + "/required",
                        "expects names of properties, as there are no additional ones, got '" + name + "'");
            }
            properties.put(name, rule(additional, where + "/additionalProperties"));
        }
        boolean map = properties.isEmpty() && !closed && !keys.containsKey("properties");
        if (map) return values.map(rule(additional, where + "/additionalProperties"));
        if (!(additional instanceof JsonBoolean)) rule(additional, where + "/additionalProperties"); // is checked
        return values.object(properties, required);
    }

    private Rule array(Map<String, Json> keys, String where) {
        int least = count(keys, "minItems", 0, where);
        int most = count(keys, "maxItems", Rule.Repeat.UNBOUNDED, where);
        if (most < least) throw wrong(where + "/maxItems", "expects at least minItems, " + least + ", got " + most);
        Json items = keys.get("items");
        return values.array(items == null ? values.any() : rule(items, where + "/items"), least, most);
    }

    private Rule string(Map<String, Json> keys, String where) {
        int least = count(keys, "minLength", 0, where);
        int most = count(keys, "maxLength", Rule.Repeat.UNBOUNDED, where);
        if (most < least) throw wrong(where + "/maxLength", "expects at least minLength, " + least + ", got " + most);
        Json pattern = keys.get("pattern");
        if (pattern == null) return values.string(least, most);
        String at = where + "/pattern";
        if (keys.containsKey("minLength") || keys.containsKey("maxLength")) {
            throw wrong(at, "expects no minLength or maxLength beside it: say {least,most} in the pattern");
        }
        return values.string(new PatternRules(rules, text(pattern, at), at).rule());
    }

    private static int count(Map<String, Json> keys, String key, int usual, String where) {
        Json value = keys.get(key);
        if (value == null) return usual;
        if (value instanceof JsonNumber(String digits) && digits.matches("0|[1-9][0-9]{0,8}")) {
            return Integer.parseInt(digits);
        }
        throw wrong(where + "/" + key, "expects a whole number from 0 to 999999999, got " + value.write());
    }

    private static String text(Json value, String where) {
        if (value instanceof JsonString(String text)) return text;
        throw wrong(where, "expects a string, got " + value.write());
    }

    private static List<Json> list(Json value, String where) {
        if (value instanceof JsonArray(List<Json> list) && !list.isEmpty()) return list;
        throw wrong(where, "expects a list that is not empty, got " + value.write());
    }
}
