package dev.neurite.llm.weights;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.Spelling;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The tensors of a model: of a GGUF file, of a safetensors file, or of several. Files are mapped into memory: their
/// bytes are read when they are used. Threads may share it.
///
/// Whoever changes or cuts a file while it is open may make the JVM fail; replace files as a whole, by renaming.
public final class WeightFile implements AutoCloseable {
    private final String source;
    private final Map<String, StoredTensor> tensors;
    private final MappedFiles files;

    private WeightFile(String source, Map<String, StoredTensor> tensors, MappedFiles files) {
        this.source = source;
        this.tensors = tensors;
        this.files = files;
    }

    /// Tensors of mapped files.
    /// @param source what messages call the file
    /// @param tensors in the order of the file
    /// @param files whose bytes they are, which [#close] closes
    /// @throws ModelFormatException for a name that two tensors have
    public static WeightFile of(String source, List<StoredTensor> tensors, MappedFiles files) {
        Map<String, StoredTensor> byName = new LinkedHashMap<>();
        for (StoredTensor each : tensors) {
            StoredTensor other = byName.put(each.name(), each);
            if (other == null) continue;
            String got = other.source().equals(each.source()) ? "two" : "one in " + other.source() + ", too";
            throw new ModelFormatException(
                    each.source() + ", tensor '" + each.name() + "'", "expects each name once, got " + got);
        }
        return new WeightFile(source, byName, files);
    }

    /// Opens weights in the safetensors format.
    /// @param place a file, or a directory with `model.safetensors`, or with `model.safetensors.index.json` and the
    /// files that it names
    /// @throws dev.neurite.error.DataException if there is no such file, or it cannot be read
    /// @throws ModelFormatException if a file is no safetensors file, or the index does not fit the files; with
    /// what is wrong and where
    public static WeightFile openSafetensors(Path place) {
        return SafetensorsFiles.open(place);
    }

    /// What messages call the file: its path.
    public String source() {
        return source;
    }

    /// All tensors, in the order of the file.
    public List<StoredTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    /// The names of all tensors, in the order of the file.
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /// Whether there is a tensor of this name.
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /// The tensor of this name.
    /// @throws ModelFormatException if there is none
    public StoredTensor tensor(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor != null) return tensor;
        throw new ModelFormatException(
                source, "expects a tensor '" + name + "', got none", Spelling.hint(name, tensors.keySet()));
    }

    /// Ends the use of all tensors: reading their elements afterwards is an [IllegalStateException].
    @Override
    public void close() {
        files.close();
    }
}
