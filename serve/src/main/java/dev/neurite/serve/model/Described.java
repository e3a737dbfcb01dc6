package dev.neurite.serve.model;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.io.json.Json.SyntaxException;
import dev.neurite.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the metadata of an ONNX file that the library wrote says of an input or output.
record Described(Map<String, Json> members) {
    /// All that is described.
    /// @param key of the metadata: `inputs` or `outputs`
    /// @return empty for files of other software, which may mean something else by it
    static List<Described> of(OnnxModel model, String key) {
        List<Described> all = new ArrayList<>();
        try {
            if (!(Json.read(model.metadata().getOrDefault(key, "[]")) instanceof JsonArray(List<Json> items)))
                return List.of();
            for (Json each : items) {
                if (!(each instanceof JsonObject(Map<String, Json> members))) return List.of();
                all.add(new Described(members));
            }
        } catch (SyntaxException _) {
            return List.of();
        }
        return all;
    }

    String name() {
        return text("name");
    }

    /// A text; empty if it is not there.
    String text(String key) {
        return members.get(key) instanceof JsonString(String text) ? text : "";
    }

    /// A list of texts; empty if it is not there.
    Optional<List<String>> texts(String key) {
        if (!(members.get(key) instanceof JsonArray(List<Json> items))) return Optional.empty();
        List<String> texts = new ArrayList<>();
        for (Json each : items) {
            if (!(each instanceof JsonString(String text))) return Optional.empty();
            texts.add(text);
        }
        return Optional.of(texts);
    }
}
