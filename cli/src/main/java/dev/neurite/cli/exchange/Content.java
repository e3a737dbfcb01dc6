package dev.neurite.cli.exchange;

import dev.neurite.cli.network.LoadedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// What a file holds, between the format that it is read from and the one that it is written to.
/// @param where the file's name, for messages
/// @param model the whole model; empty for a file that has tensors alone
/// @param tensors all parameters and running statistics by name, in the file's order
/// @param notes what could not be kept, in sentences
public record Content(
        String where, Optional<ModelFile> model, SequencedMap<String, Tensor> tensors, List<String> notes) {
    /// Copies the lists.
    public Content {
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
        notes = List.copyOf(notes);
    }

    /// Reads a run, a model file, or a file that `import` reads.
    /// @throws dev.neurite.error.DataException if it does not exist
    /// @throws dev.neurite.error.ModelFormatException for a file that is damaged, or has what cannot be read
    public static Content read(String path) {
        return isFile(path)
                ? PixelScale.noted(Formats.read(path, null))
                : of(path, LoadedModel.read(path).content());
    }

    /// Whether a path is a file that `import` reads.
    public static boolean isFile(String path) {
        return Formats.isFile(path);
    }

    static Content of(String where, ModelFile file) {
        return of(where, file, List.of());
    }

    static Content of(String where, ModelFile file, List<String> notes) {
        return new Content(where, Optional.of(file), tensors(file.model()), notes);
    }

    static Content ofTensors(String where, Map<String, Tensor> tensors) {
        return new Content(where, Optional.empty(), new LinkedHashMap<>(tensors), List.of());
    }

    private static SequencedMap<String, Tensor> tensors(Model model) {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        for (Parameters each : List.of(model.parameters(), model.statistics())) all.putAll(each.asMap());
        return all;
    }

    /// Whether some weights have fewer bits than floats.
    boolean hasEncoded() {
        return model.stream()
                .anyMatch(each -> !each.model().parameters().encoded().isEmpty());
    }

    /// Whether layers round their inputs to whole numbers.
    boolean roundsInputs() {
        return model.stream()
                .flatMap(each -> each.model().parameters().encoded().values().stream())
                .anyMatch(each -> each.format().isQuantized());
    }

    /// The whole model.
    /// @param format that needs it
    /// @throws ConfigException for tensors alone
    ModelFile requireModel(Format format) {
        return requireModel(format.name());
    }

    /// [#requireModel(Format)] for a format by name.
    ModelFile requireModel(String format) {
        return model.orElseThrow(() -> new ConfigException(
                where,
                "expects a whole model for the format " + format + ", got " + tensors.size()
                        + " tensors without layers",
                "Give a network with these names and shapes: --into RUN"));
    }
}
