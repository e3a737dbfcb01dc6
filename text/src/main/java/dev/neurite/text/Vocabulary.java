package dev.neurite.text;

import dev.neurite.io.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/// The tokens of a model. Their ids are 0, 1, 2 and so on. Immutable.
final class Vocabulary {
    static final int MOST = 1 << 24; // tensors of float32 have no larger whole numbers without gaps

    private final Map<String, Integer> ids;
    private final String[] tokens;

    /// @param ids each token once, each id below their number once
    Vocabulary(Map<String, Integer> ids) {
        this.ids = ids;
        this.tokens = new String[ids.size()];
        ids.forEach((token, id) -> tokens[id] = token);
    }

    int size() {
        return tokens.length;
    }

    /// The id of a token, or −1.
    int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    String token(int id) {
        return tokens[id];
    }

    Json json() {
        Map<String, Integer> ordered = new LinkedHashMap<>();
        for (int id = 0; id < tokens.length; id++) ordered.put(tokens[id], id);
        return Json.of(ordered);
    }
}
