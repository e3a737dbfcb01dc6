package dev.neurite.io;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Settings of layers as earlier versions wrote them, in model files and configurations, made those of today. What
/// is not listed here has kept its names.
///
/// | layer | then | now |
/// |---|---|---|
/// | `prelu` | `perChannel` true or false | `slopePer` channel or layer |
/// | recurrent layers | `units` … `biases` beside `type` | in `settings`, with `states` false; for `gru`, `resetAfter` true |
/// | `self-attention` | neither `dropout` nor `positions` | 0 and none |
final class OlderSettings {
    private static final String SETTINGS = "settings";
    private static final List<String> RECURRENT = List.of("simple-rnn", "lstm", "gru");
    private static final List<String> IN_SETTINGS =
            List.of("units", "sequences", "reversed", "weights", "recurrentWeights", "biases");

    private OlderSettings() {}

    /// @param type the name of a layer in a model file
    /// @param then its members
    /// @return today's members; the same map if it has them
    static Map<String, Json> today(String type, Map<String, Json> then) {
        if (type.equals("prelu") && then.get("perChannel") instanceof JsonBoolean(boolean perChannel)) {
            return replaced(then, "perChannel", "slopePer", new JsonString(slopePer(perChannel)));
        }
        if (RECURRENT.contains(type) && !then.containsKey(SETTINGS) && then.keySet().containsAll(IN_SETTINGS)) {
            return recurrent(type, then);
        }
        if (type.equals("self-attention") && !then.containsKey("positions") && !then.containsKey("dropout")) {
            return attention(then);
        }
        return then;
    }

    /// @param then the settings of a layer in a configuration
    /// @return today's; the same if it has them
    static Spec today(Spec then) {
        String perChannel = then.settings().getOrDefault("per-channel", "");
        if (!then.name().equals("prelu") || !(perChannel.equals("true") || perChannel.equals("false"))) return then;
        return new Spec(
                then.name(),
                replaced(then.settings(), "per-channel", "slope-per", slopePer(Boolean.parseBoolean(perChannel))));
    }

    private static String slopePer(boolean channel) {
        return channel ? "channel" : "layer";
    }

    private static <T> Map<String, T> replaced(Map<String, T> then, String older, String newer, T value) {
        Map<String, T> now = new LinkedHashMap<>(then);
        now.remove(older);
        now.put(newer, value);
        return now;
    }

    private static Map<String, Json> recurrent(String type, Map<String, Json> then) {
        Map<String, Json> now = new LinkedHashMap<>(then);
        Map<String, Json> settings = new LinkedHashMap<>();
        for (String name : IN_SETTINGS) {
            Json value = now.remove(name);
            if (value != null) settings.put(name, value);
        }
        settings.put("states", new JsonBoolean(false));
        now.put(SETTINGS, new JsonObject(settings));
        if (type.equals("gru")) now.put("resetAfter", new JsonBoolean(true));
        return now;
    }

    private static Map<String, Json> attention(Map<String, Json> then) {
        Map<String, Json> positions = new LinkedHashMap<>();
        positions.put("positions", new JsonString("none"));
        positions.put("base", new JsonNumber("10000"));
        positions.put("rotated", new JsonNumber("0"));
        Map<String, Json> now = new LinkedHashMap<>(then);
        now.put("dropout", new JsonNumber("0"));
        now.put("positions", new JsonObject(positions));
        return now;
    }
}
