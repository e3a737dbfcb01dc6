package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rule by which a model of two classes decides: a row is of one class if its probability is at least a threshold,
/// else of the other one. Without a rule the more probable class wins. A model file keeps it as the note `threshold`.
/// @param className the class
/// @param value from 0 to 1
/// @param origin how it was chosen, in words: `recall 0.8 on the validation part`
public record Threshold(String className, double value, String origin) {
    /// The name of the note in a model file.
    public static final String NOTE = "threshold";

    /// @throws ConfigException for a value that is not from 0 to 1
    public Threshold {
        if (!(value >= 0 && value <= 1)) {
            throw new ConfigException("threshold", "expects a number from 0 to 1, got " + value);
        }
    }

    /// The rule that a model file keeps; empty if it keeps none.
    /// @param notes of the file
    /// @param where the name of the model in messages
    /// @throws ModelFormatException for an invalid note
    public static Optional<Threshold> of(Map<String, String> notes, String where) {
        String note = notes.get(NOTE);
        if (note == null) return Optional.empty();
        try {
            if (Json.read(note) instanceof JsonObject(Map<String, Json> members)
                    && members.get("class") instanceof JsonString(String name)
                    && members.get("value") instanceof JsonNumber(String digits)
                    && members.get("origin") instanceof JsonString(String origin)) {
                return Optional.of(new Threshold(name, Double.parseDouble(digits), origin));
            }
        } catch (Json.SyntaxException | ConfigException _) {
            // refused below
        }
        throw new ModelFormatException(
                where + ", note '" + NOTE + "'", "expects a class and a number from 0 to 1, got '" + note + "'");
    }

    /// The label of the class.
    /// @throws ConfigException unless there are two classes, of which this is one
    public int label(List<String> classNames) {
        int label = classNames.indexOf(className);
        if (classNames.size() == 2 && label >= 0) return label;
        throw new ConfigException(
                "threshold", "expects two classes, of which one is '" + className + "', got " + classNames);
    }

    /// The text of the note in a model file.
    public String note() {
        Map<String, Object> note = new LinkedHashMap<>();
        note.put("class", className);
        note.put("value", value);
        note.put("origin", origin);
        return Json.of(note).write();
    }

    /// Keeps the rule in a model file or a checkpoint, whose other content stays. An old rule is replaced.
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ModelFormatException if it is damaged
    /// @throws dev.neurite.error.ResourceException if it cannot be written; the old file then stays
    public void save(Path file) {
        Safetensors content = Safetensors.read(file);
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        metadata.put(ModelFile.NOTE + NOTE, note());
        new Safetensors(metadata, content.tensors()).write(file);
    }
}
