package dev.neurite.onnx.export;

import dev.neurite.onnx.value.ValueInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What an exported model takes and gives: collected while the graph is built.
/// @param inputs in their order
/// @param outputs in their order
/// @param describedInputs what inputs are, for the metadata
/// @param describedOutputs what outputs are
/// @param notes what could not be kept, in sentences
record Interface(
        List<ValueInfo> inputs,
        List<ValueInfo> outputs,
        List<Map<String, Object>> describedInputs,
        List<Map<String, Object>> describedOutputs,
        List<String> notes) {
    Interface() {
        this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /// Describes an input.
    /// @param kind a word
    /// @param more what else is to be known
    void describe(String name, String kind, Map<String, ?> more) {
        describedInputs.add(about(name, kind, more));
    }

    /// Describes an output, as [#describe] does an input.
    void describeOutput(String name, String kind, Map<String, ?> more) {
        describedOutputs.add(about(name, kind, more));
    }

    private static Map<String, Object> about(String name, String kind, Map<String, ?> more) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("name", name);
        about.put("kind", kind);
        about.putAll(new TreeMap<>(more));
        return about;
    }

    void note(String sentence) {
        if (!notes.contains(sentence)) notes.add(sentence);
    }
}
