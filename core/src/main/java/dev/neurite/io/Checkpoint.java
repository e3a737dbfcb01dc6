package dev.neurite.io;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A checkpoint of a training, for [dev.neurite.train.Trainer#resume]: a model file (`docs/format.md`)
/// with the current model, which loads like any other, and the state of the training.
/// @param model the current model
/// @param state the state of the training between two steps
public record Checkpoint(ModelFile model, TrainingState state) {
    /// The prefix of names of tensors that are no parameters.
    static final String PREFIX = "training:";

    private static final String SETTINGS = "training.settings";
    private static final String MEMORY = "training.memory";

    static boolean isOne(Map<String, String> metadata) {
        return metadata.containsKey(MEMORY);
    }

    /// Writes a file atomically: an old file stays until the new one is complete on the disk.
    /// @throws dev.neurite.error.ConfigException if a layer is not in the catalog
    /// @throws dev.neurite.error.ResourceException if the file cannot be written
    public void write(Path file, Catalog catalog) {
        content(catalog).write(file);
    }

    /// Writes it to a stream, such as that of a file in a cluster.
    /// @param out flushed, not closed
    /// @throws dev.neurite.error.ConfigException if a layer is not in the catalog
    /// @throws IOException if it cannot be written
    public void write(OutputStream out, Catalog catalog) throws IOException {
        content(catalog).write(out);
    }

    Safetensors content(Catalog catalog) {
        Safetensors content = model.content(catalog);
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        metadata.put(SETTINGS, Json.of(state.settings()).write());
        metadata.put(MEMORY, Json.of(state.memory().texts()).write());
        Map<String, Tensor> tensors = new LinkedHashMap<>(content.tensors());
        state.memory().arrays().forEach((name, array) -> tensors.put(PREFIX + name, array));
        return new Safetensors(metadata, tensors, content.types());
    }

    /// Reads a file.
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ModelFormatException for a file that is no checkpoint, damaged, or of a newer version
    public static Checkpoint read(Path file, Catalog catalog) {
        return of(Safetensors.reading(file), catalog, file.toString());
    }

    /// Reads it from a stream.
    /// @param in read as far as the checkpoint goes, not closed
    /// @param bytes the length of the checkpoint; decides how much memory it may ask for
    /// @param where the name of the checkpoint, for messages
    /// @throws ModelFormatException for content that is no checkpoint, damaged, or of a newer version
    /// @throws IOException if it cannot be read
    public static Checkpoint read(InputStream in, long bytes, String where, Catalog catalog) throws IOException {
        return of(Safetensors.reading(in, bytes, where), catalog, where);
    }

    private static Checkpoint of(Safetensors.Reading reading, Catalog catalog, String where) {
        ModelFile model = ModelFile.of(reading, catalog, where);
        Map<String, String> metadata = reading.content().metadata();
        if (!isOne(metadata)) {
            throw new ModelFormatException(
                    where,
                    "expects a checkpoint of a training, got a model only",
                    "Begin a new training with it, Trainer.of(model)");
        }
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        reading.content().tensors().forEach((name, tensor) -> {
            if (name.startsWith(PREFIX)) arrays.put(name.substring(PREFIX.length()), tensor);
        });
        Snapshot memory = Snapshot.of(texts(metadata, MEMORY, where), arrays);
        return new Checkpoint(model, new TrainingState(texts(metadata, SETTINGS, where), memory));
    }

    private static Map<String, String> texts(Map<String, String> metadata, String name, String where) {
        try {
            return Json.read(metadata.getOrDefault(name, "")).strings();
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(where + ", " + name, e.problem());
        }
    }
}
