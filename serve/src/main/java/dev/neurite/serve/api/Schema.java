package dev.neurite.serve.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A JSON schema (2020-12) with an example that fits it.
/// @param json the schema
/// @param example as `Json.of` takes it
record Schema(SequencedMap<String, Object> json, Object example) {
    static Schema of(Object example, Object... keysAndValues) {
        return new Schema(json(keysAndValues), example);
    }

    /// An object of keys and values in this order.
    static SequencedMap<String, Object> json(Object... keysAndValues) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) json.put((String) keysAndValues[i], keysAndValues[i + 1]);
        return json;
    }

    /// A schema of a type, with no example.
    static SequencedMap<String, Object> type(String type) {
        return json("type", type);
    }

    /// An object with all of these members, and perhaps others.
    static Schema object(SequencedMap<String, Schema> members) {
        Map<String, Object> properties = new LinkedHashMap<>();
        Map<String, Object> example = new LinkedHashMap<>();
        members.forEach((name, each) -> {
            properties.put(name, each.json);
            example.put(name, each.example);
        });
        return of(example, "type", "object", "required", List.copyOf(members.keySet()), "properties", properties);
    }

    /// A list of equal items.
    /// @param least its smallest length
    Schema list(int least, int most, int exampleLength) {
        List<Object> examples = new ArrayList<>();
        for (int i = 0; i < exampleLength; i++) examples.add(example);
        return of(examples, "type", "array", "minItems", least, "maxItems", most, "items", json);
    }

    /// Either of several, with the example of the first.
    static Schema any(Schema... some) {
        List<Object> all = new ArrayList<>();
        for (Schema each : some) all.add(each.json);
        return of(some[0].example, "anyOf", all);
    }

    /// This schema with a description.
    Schema described(String description) {
        SequencedMap<String, Object> more = new LinkedHashMap<>(json);
        more.put("description", description);
        return new Schema(more, example);
    }
}
