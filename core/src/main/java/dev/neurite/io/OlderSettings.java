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
/// | recurrent layers | `units` … `biases` beside `type` | in `settings`, with `states` false; for `gru`, `resetAfter`
/// true |
/// | recurrent layers | no `recurrentDropout` in `settings` | 0 |
/// | `self-attention`, `cross-attention`, `transformer-block` | no `outWeights` | as `weights` |
/// | `self-attention` | neither `dropout` nor `positions` | 0 and none |
final class OlderSettings {
    private static final String SETTINGS = "settings";
    private static final String RECURRENT_DROPOUT = "recurrentDropout";
    private static final List<String> RECURRENT = List.of("simple-rnn", "lstm", "gru");
    private static final List<String> WITH_OUT_WEIGHTS =
            List.of("self-attention", "cross-attention", "transformer-block");
    private static final String OUT_WEIGHTS = "outWeights";
    private static final List<String> IN_SETTINGS =
            List.of("units", "sequences", "reversed", "weights", "recurrentWeights", "biases");

    private OlderSettings() {}

    /// The members of a layer in a model file, as today.
    /// @param type its name
    /// @param then its members as they were written
    /// @return today's members; the same map if it has them
    static Map<String, Json> today(String type, Map<String, Json> then) {
        if (type.equals("prelu") && then.get("perChannel") instanceof JsonBoolean(boolean perChannel)) {
            return replaced(then, "perChannel", "slopePer", new JsonString(slopePer(perChannel)));
        }
        if (RECURRENT.contains(type)) {
            boolean besideType = !then.containsKey(SETTINGS) && then.keySet().containsAll(IN_SETTINGS);
            return withRecurrentDropout(besideType ? recurrent(type, then) : then);
        }
        if (!WITH_OUT_WEIGHTS.contains(type)) return then;
        boolean first = type.equals("self-attention") && !then.containsKey("positions") && !then.containsKey("dropout");
        return withOutWeights(first ? attention(then) : then);
    }

    /// The settings of a layer in a configuration, as today.
    /// @param then as they were written
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

    private static Map<String, Json> withRecurrentDropout(Map<String, Json> then) {
        if (!(then.get(SETTINGS) instanceof JsonObject(Map<String, Json> settings))
                || settings.containsKey(RECURRENT_DROPOUT)) return then;
        Map<String, Json> all = new LinkedHashMap<>(settings);
        all.put(RECURRENT_DROPOUT, new JsonNumber("0"));
        Map<String, Json> now = new LinkedHashMap<>(then);
        now.put(SETTINGS, new JsonObject(all));
        return now;
    }

    private static Map<String, Json> withOutWeights(Map<String, Json> then) {
        Json weights = then.get("weights");
        if (weights == null || then.containsKey(OUT_WEIGHTS)) return then;
        Map<String, Json> now = new LinkedHashMap<>(then);
        now.put(OUT_WEIGHTS, weights);
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
