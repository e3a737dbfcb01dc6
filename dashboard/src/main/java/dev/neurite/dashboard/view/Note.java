package dev.neurite.dashboard.view;

import java.util.LinkedHashMap;
import java.util.Map;

/// A line for people: what happened in a run.
/// @param seconds the time, in seconds since 1970
/// @param level `info`, `warning` or `error`
public record Note(double seconds, String level, String text) {
    /// A note of this moment.
    public static Note now(String level, String text) {
        return new Note(System.currentTimeMillis() / 1000.0, level, text);
    }

    /// As the API sends it.
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("t", seconds);
        json.put("level", level);
        json.put("text", text);
        return json;
    }
}
