package dev.neurite.io.keras;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.kind.FileKind;
import dev.neurite.io.limit.Budget;
import dev.neurite.io.limit.ZipParts;
import dev.neurite.model.Model;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A model that Keras 3 has saved, `model.save("model.keras")`, or its weights, `save_weights("model.weights.h5")`.
///
/// <!-- OtherFormats#keras -->
/// ```java
/// KerasFile keras = KerasFile.read(file);
/// Model model = keras.toModel();
/// keras.notes().forEach(out::println); // what is not kept
/// ```
///
/// Sequential and functional models of layers that Neurite has become a [Model] with their weights; the page
/// docs/keras.md lists them. Images are `[channels×height×width]` in Neurite: so are inputs and outputs of three
/// axes. Sequences `[time×features]` are as in Keras. Names of layers are Keras's.
public final class KerasFile {
    private static final String EXPECTED = "a file of Keras (.keras, .weights.h5)";
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.weights.h5";
    private static final int BYTES_A_VALUE = 224; // of a configuration, in memory

    private final String where;
    private final KerasWeights weights;
    private final @Nullable KerasConfig config;
    private @Nullable List<String> notes; // of the model, when it was made

    private KerasFile(String where, Hdf5 arrays, @Nullable KerasConfig config) {
        this.where = where;
        this.weights = new KerasWeights(arrays.where(), arrays);
        this.config = config;
    }

    /// Reads a `.keras` file, or a `.weights.h5` file. Nothing in it is executed or looked up by name.
    /// @throws DataException if it is missing or cannot be read
    /// @throws ModelFormatException if it is damaged, or no such file
    public static KerasFile read(Path file) {
        String name = file.toString();
        if (!Files.exists(file)) throw DataException.missing(file, EXPECTED);
        if (Files.isDirectory(file)) throw new DataException(name, "expects " + EXPECTED + ", got a directory");
        FileKind.require(file, EXPECTED, FileKind.KERAS, FileKind.HDF5, FileKind.ZIP);
        try {
            MemorySegment bytes = mapped(file);
            return isZip(bytes)
                    ? archive(name, bytes)
                    : new KerasFile(name, new Hdf5(name, bytes, budget(name, bytes)), null);
        } catch (IOException e) {
            throw new DataException(name, "cannot be read: " + e.getMessage());
        }
    }

    private static boolean isZip(MemorySegment bytes) {
        return bytes.byteSize() >= 2
                && bytes.get(ValueLayout.JAVA_BYTE, 0) == 'P'
                && bytes.get(ValueLayout.JAVA_BYTE, 1) == 'K';
    }

    private static MemorySegment mapped(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
    }

    private static KerasFile archive(String where, MemorySegment bytes) {
        Budget budget = budget(where, bytes);
        Map<String, ZipParts.Part> parts = ZipParts.of(where, bytes, budget);
        MemorySegment text = part(where, parts, CONFIG, budget);
        budget.spend(2 * text.byteSize());
        KerasConfig config = config(where, text, budget);
        String place = where + ", " + WEIGHTS;
        MemorySegment weights = part(where, parts, WEIGHTS, budget);
        if (!weights.isMapped()) budget.allowPart(weights.byteSize());
        return new KerasFile(where, new Hdf5(place, weights, budget), config);
    }

    private static Budget budget(String where, MemorySegment bytes) {
        return new Budget(where, bytes.byteSize(), "It is damaged, or not one that Keras wrote");
    }

    private static MemorySegment part(String where, Map<String, ZipParts.Part> parts, String name, Budget budget) {
        ZipParts.Part part = parts.get(name);
        if (part != null) return part.unpacked(where + ", " + name, budget);
        boolean others = parts.keySet().stream().anyMatch(each -> each.startsWith("model.weights"));
        throw new ModelFormatException(
                where,
                "expects a file of Keras 3 with " + name + ", got none in it",
                others ? "Save the weights in one file of HDF5, which is Keras's default" : "");
    }

    private static KerasConfig config(String where, MemorySegment text, Budget budget) {
        String place = where + ", " + CONFIG;
        try {
            String all = new String(text.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            Json read = Json.read(all, budget.most(BYTES_A_VALUE));
            budget.spend(BYTES_A_VALUE * values(read));
            return KerasConfig.of(place, read);
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(place, "expects JSON, got an error: " + e.problem());
        }
    }

    private static long values(Json json) {
        return switch (json) {
            case JsonArray(List<Json> items) ->
                1 + items.stream().mapToLong(KerasFile::values).sum();
            case JsonObject(Map<String, Json> members) ->
                1 + members.values().stream().mapToLong(KerasFile::values).sum();
            default -> 1;
        };
    }

    /// Whether there is a model, not its weights alone.
    public boolean isModel() {
        return config != null;
    }

    /// The model with its weights.
    /// @throws ModelFormatException if the file has weights alone, or a layer that Neurite lacks or cannot set up
    /// as Keras did; the message names all such layers
    public Model toModel() {
        KerasConfig of = Optional.ofNullable(config)
                .orElseThrow(() -> new ModelFormatException(
                        where,
                        "expects a model, got weights alone",
                        "Save the model, as in model.save('model.keras'), or use weights()"));
        List<String> said = new ArrayList<>();
        Model model = new KerasGraph(where, weights, said::add).model(of);
        notes = List.copyOf(said);
        return model;
    }

    /// What [#toModel] does not keep, such as penalties of weights, in sentences; none for weights alone.
    /// @throws ModelFormatException as [#toModel], which makes the model if that was not done before
    public List<String> notes() {
        if (config == null) return List.of();
        if (notes == null) toModel();
        return Objects.requireNonNull(notes);
    }

    /// All weights by name, `dense_1.weight`: names are those of the groups in the file, `dense`, `dense_1` and so on
    /// for the layers of a class in their order; layouts are those of our layers.
    /// @throws ModelFormatException if some are damaged
    public PretrainedWeights weights() {
        return PretrainedWeights.of(weights.byName());
    }
}
