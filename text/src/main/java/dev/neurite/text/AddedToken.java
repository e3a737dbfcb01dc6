package dev.neurite.text;

import dev.neurite.io.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/// A token that is found in texts before the model sees them.
/// @param singleWord whether it counts only where no letter or digit is beside it
/// @param left whether it takes the white space before it
/// @param right whether it takes the white space after it
/// @param normalized whether it is looked for, normalized, in normalized texts
/// @param special whether decoding can leave it out
record AddedToken(
        int id, String content, boolean singleWord, boolean left, boolean right, boolean normalized, boolean special) {
    Json json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put("content", content);
        members.put("single_word", singleWord);
        members.put("lstrip", left);
        members.put("rstrip", right);
        members.put("normalized", normalized);
        members.put("special", special);
        return Json.of(members);
    }
}
