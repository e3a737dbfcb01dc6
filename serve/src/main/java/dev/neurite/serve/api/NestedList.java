package dev.neurite.serve.api;

import dev.neurite.http.HttpProblem;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A JSON value as an array of numbers or texts: lists in lists, as `[[1, 2], [3, 4]]`.
/// @param path of the value in the request
/// @param extents the lengths of the lists, the outermost first; empty for one value
/// @param leaves the values that are no lists, row-major
record NestedList(String path, List<Integer> extents, List<Json> leaves) {
    private static final int MOST_AXES = 16;

    /// How many lists are around the first value that is none.
    static int depth(Json json) {
        int depth = 0;
        for (Json at = json; at instanceof JsonArray(List<Json> list); depth++) {
            if (list.isEmpty()) return depth + 1;
            at = list.getFirst();
        }
        return depth;
    }

    /// The first value that is no list; the list itself if it is empty.
    static Json first(Json json) {
        Json at = json;
        while (at instanceof JsonArray(List<Json> list) && !list.isEmpty()) at = list.getFirst();
        return at;
    }

    /// The array of a value.
    /// @throws HttpProblem 400 for lists of different lengths, or objects in them
    static NestedList of(Json json, String path) {
        List<Integer> extents = new ArrayList<>();
        for (Json at = json; at instanceof JsonArray(List<Json> list); ) {
            extents.add(list.size());
            if (extents.size() > MOST_AXES) throw HttpProblem.bad(path, "expects at most " + MOST_AXES + " axes");
            if (list.isEmpty()) break;
            at = list.getFirst();
        }
        List<Json> leaves = new ArrayList<>();
        add(json, path, extents, 0, leaves);
        return new NestedList(path, extents, leaves);
    }

    private static void add(Json json, String path, List<Integer> extents, int axis, List<Json> leaves) {
        if (axis == extents.size()) {
            if (json instanceof JsonArray || json instanceof JsonObject) {
                throw HttpProblem.bad(path, "expects one value, got " + JsonPaths.described(json));
            }
            leaves.add(json);
            return;
        }
        int expected = extents.get(axis);
        if (!(json instanceof JsonArray(List<Json> list)) || list.size() != expected) {
            String got =
                    json instanceof JsonArray(List<Json> other) ? "one of " + other.size() : JsonPaths.described(json);
            throw HttpProblem.bad(path, "expects a list of " + expected + ", as beside it, got " + got);
        }
        for (int i = 0; i < list.size(); i++) add(list.get(i), path + "[" + i + "]", extents, axis + 1, leaves);
    }

    /// Its extents, as `[2×3]`; of no list the value.
    String described() {
        if (extents.isEmpty()) return JsonPaths.described(leaves.getFirst());
        return extents.stream().map(String::valueOf).collect(Collectors.joining("×", "[", "]"));
    }

    /// The path of a leaf.
    String path(int leaf) {
        var text = new StringBuilder();
        int rest = leaf;
        for (int axis = extents.size() - 1; axis >= 0; axis--) {
            text.insert(0, "[" + rest % extents.get(axis) + "]");
            rest /= extents.get(axis);
        }
        return path + text;
    }

    /// The leaves as numbers of float32.
    /// @throws HttpProblem 400 for others
    float[] floats() {
        float[] floats = new float[leaves.size()];
        for (int i = 0; i < floats.length; i++) {
            boolean number = leaves.get(i) instanceof JsonNumber;
            floats[i] = JsonPaths.number(leaves.get(i), number ? "" : path(i));
            if (!Float.isFinite(floats[i])) throw JsonPaths.infinite(leaves.get(i), path(i));
        }
        return floats;
    }
}
