package dev.neurite.io.keras;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.json.Json;
import dev.neurite.model.Model;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
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
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.weights.h5";
    private static final long FREE = 16 << 20;
    private static final long FREE_CONFIG = 4 << 20; // its text is in memory twice
    private static final int FREE_VALUES = 10_000;
    private static final int BYTES_A_VALUE = 4; // of the file
    private static final int MOST_VALUES = 2_000_000;

    private final String where;
    private final KerasWeights weights;
    private final @Nullable KerasConfig config;

    private KerasFile(String where, KerasWeights weights, @Nullable KerasConfig config) {
        this.where = where;
        this.weights = weights;
        this.config = config;
    }

    /// Reads a `.keras` file, or a `.weights.h5` file. Nothing in it is executed or looked up by name.
    /// @throws DataException if it is missing or cannot be read
    /// @throws ModelFormatException if it is damaged, or no such file
    public static KerasFile read(Path file) {
        String name = file.toString();
        if (!Files.exists(file))
            throw new DataException(name, "expects a file of Keras, got nothing: it does not exist");
        if (Files.isDirectory(file)) throw new DataException(name, "expects a file of Keras, got a directory");
        try {
            return isZip(file) ? archive(file) : new KerasFile(name, weights(name, mapped(file)), null);
        } catch (IOException e) {
            throw new DataException(name, "cannot be read: " + e.getMessage());
        }
    }

    private static boolean isZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(2);
            return start.length == 2 && start[0] == 'P' && start[1] == 'K';
        }
    }

    private static MemorySegment mapped(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
    }

    private static KerasWeights weights(String where, MemorySegment bytes) {
        return new KerasWeights(where, new Hdf5(where, bytes));
    }

    private static KerasFile archive(Path file) throws IOException {
        String where = file.toString();
        try (var zip = new ZipFile(file.toFile())) {
            long size = Files.size(file);
            int values = (int) Math.min(MOST_VALUES, FREE_VALUES + size / BYTES_A_VALUE);
            KerasConfig config = config(where, entry(zip, where, CONFIG, limit(size + FREE_CONFIG)), values);
            byte[] arrays = entry(zip, where, WEIGHTS, limit(2 * size + FREE));
            return new KerasFile(where, weights(where + ", " + WEIGHTS, MemorySegment.ofArray(arrays)), config);
        } catch (java.util.zip.ZipException e) {
            throw new ModelFormatException(where, "expects a zip file, got a damaged one: " + e.getMessage());
        }
    }

    private static long limit(long bytes) {
        return Math.min(Integer.MAX_VALUE - 16, bytes);
    }

    private static byte[] entry(ZipFile zip, String where, String name, long most) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            boolean others = zip.stream().anyMatch(each -> each.getName().startsWith("model.weights"));
            throw new ModelFormatException(
                    where,
                    "expects a file of Keras 3 with " + name + ", got none in it",
                    others ? "Save the weights in one file of HDF5, which is Keras's default" : "");
        }
        var sum = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
            byte[] bytes = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8));
            if (bytes.length > most) {
                throw new ModelFormatException(where, "expects at most " + most + " bytes of " + name + ", got more");
            }
            if (sum.getValue() != entry.getCrc()) {
                throw new ModelFormatException(
                        where,
                        "expects " + name + " with the checksum of the file, got another one",
                        "Get the file again");
            }
            return bytes;
        }
    }

    private static KerasConfig config(String where, byte[] text, int most) {
        String place = where + ", " + CONFIG;
        try {
            return KerasConfig.of(place, Json.read(new String(text, StandardCharsets.UTF_8), most));
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(place, "expects JSON, got an error: " + e.problem());
        }
    }

    /// Whether there is a model, not its weights alone.
    public boolean isModel() {
        return config != null;
    }

    /// The model with its weights.
    /// @throws ModelFormatException if the file has weights alone, or a layer that Neurite lacks or cannot set up
    /// as Keras did; the message names all such layers
    public Model toModel() {
        return toModel(_ -> {});
    }

    /// What [#toModel] does not keep, such as penalties of weights, in sentences.
    /// @throws ModelFormatException as [#toModel]
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        toModel(notes::add);
        return List.copyOf(notes);
    }

    private Model toModel(Consumer<String> notes) {
        KerasConfig of = Optional.ofNullable(config)
                .orElseThrow(() -> new ModelFormatException(
                        where,
                        "expects a model, got weights alone",
                        "Save the model, as in model.save('model.keras'), or use weights()"));
        return new KerasGraph(where, weights, notes).model(of);
    }

    /// All weights by name, `dense_1.weight`: names are those of the groups in the file, `dense`, `dense_1` and so on
    /// for the layers of a class in their order; layouts are those of our layers.
    /// @throws ModelFormatException if some are damaged
    public PretrainedWeights weights() {
        return PretrainedWeights.of(weights.byName());
    }
}
