package dev.neurite.io.keras;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// An object of a configuration, with errors that say where it is.
record KerasConfig(String where, Map<String, Json> members) {
    static KerasConfig of(String where, Json json) {
        if (json instanceof JsonObject(Map<String, Json> map)) return new KerasConfig(where, map);
        throw new ModelFormatException(where, "expects an object of a configuration of Keras 3, got " + said(json));
    }

    KerasConfig in(String where) {
        return new KerasConfig(where, members);
    }

    ModelFormatException fault(String problem, String hint) {
        return new ModelFormatException(where, problem, hint);
    }

    private ModelFormatException misfit(String expected, String key) {
        return fault("expects " + expected + " as '" + key + "', got " + said(need(key)), "");
    }

    /// A value as it stands in messages, which are short.
    static String said(Json json) {
        return said(json, 2);
    }

    /// @param levels of lists whose items are said
    private static String said(Json json, int levels) {
        return switch (json) {
            case JsonArray(List<Json> items)
            when levels == 0 || items.size() > 8 -> "a list of " + items.size() + " values";
            case JsonArray(List<Json> items) ->
                items.stream().map(each -> said(each, levels - 1)).collect(Collectors.joining(", ", "[", "]"));
            case JsonObject(Map<String, Json> map) -> "an object of " + map.size() + " members";
            case JsonString(String text) -> "'" + shortened(text) + "'";
            case JsonNumber(String literal) -> shortened(literal);
            case JsonBoolean(boolean value) -> Boolean.toString(value);
            case JsonNull _ -> "null";
        };
    }

    private static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    /// All members that are numbers or lists, as they stand in messages.
    String numbers() {
        return members.entrySet().stream()
                .filter(each -> each.getValue() instanceof JsonNumber || each.getValue() instanceof JsonArray)
                .map(each -> each.getKey() + " " + said(each.getValue()))
                .collect(Collectors.joining(", "));
    }

    /// A member; empty if there is none or it is null.
    Optional<Json> get(String key) {
        return Optional.ofNullable(members.get(key)).filter(value -> !(value instanceof JsonNull));
    }

    private Json need(String key) {
        return get(key).orElseThrow(() -> fault("expects the setting '" + key + "', got none", ""));
    }

    KerasConfig object(String key) {
        return of(where, need(key));
    }

    List<Json> list(String key) {
        if (need(key) instanceof JsonArray(List<Json> items)) return items;
        throw misfit("a list", key);
    }

    String text(String key) {
        if (need(key) instanceof JsonString(String value)) return value;
        throw misfit("a text", key);
    }

    String text(String key, String usual) {
        return get(key).isPresent() ? text(key) : usual;
    }

    boolean flag(String key, boolean usual) {
        if (get(key).isEmpty()) return usual;
        if (need(key) instanceof JsonBoolean(boolean value)) return value;
        throw misfit("true or false", key);
    }

    double number(String key, double usual) {
        return get(key).isPresent() ? number(key, need(key)) : usual;
    }

    int count(String key) {
        return whole(key, need(key));
    }

    int count(String key, int usual) {
        return get(key).isPresent() ? count(key) : usual;
    }

    private double number(String key, Json json) {
        double value = json instanceof JsonNumber(String literal) ? Double.parseDouble(literal) : Double.NaN;
        if (Double.isFinite(value)) return value;
        throw fault("expects a number as '" + key + "', got " + said(json), "");
    }

    private int whole(String key, Json json) {
        double value = number(key, json);
        if (value == (int) value) return (int) value;
        throw fault("expects a whole number as '" + key + "', got " + value, "");
    }

    /// Whole numbers, one or a list of them, −1 for null.
    List<Integer> counts(String key) {
        Json json = need(key);
        if (!(json instanceof JsonArray(List<Json> items))) return List.of(whole(key, json));
        List<Integer> counts = new ArrayList<>();
        for (Json each : items) counts.add(each instanceof JsonNull ? -1 : whole(key, each));
        return counts;
    }

    /// A number for each axis; one stands for all.
    List<Integer> counts(String key, int axes, List<Integer> usual) {
        return get(key).isEmpty() ? usual : counts(key, axes);
    }

    List<Integer> counts(String key, int axes) {
        List<Integer> counts = counts(key);
        if (counts.size() == 1) return List.copyOf(java.util.Collections.nCopies(axes, counts.getFirst()));
        if (counts.size() == axes) return counts;
        throw fault("expects " + axes + " numbers as '" + key + "', got " + counts.size(), "");
    }

    /// Numbers before and after each axis: one for all, one for each axis, or two for each.
    List<List<Integer>> sides(String key, int axes) {
        List<List<Integer>> sides = new ArrayList<>();
        if (need(key) instanceof JsonArray(List<Json> items) && items.size() == axes) {
            for (Json each : items) {
                var one = new KerasConfig(where, new LinkedHashMap<>(Map.of(key, each)));
                sides.add(one.counts(key, 2, List.of()));
            }
            return sides;
        }
        int all = count(key);
        for (int i = 0; i < axes; i++) sides.add(List.of(all, all));
        return sides;
    }
}
