package dev.neurite.cli.network;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.io.keras.KerasFile;
import dev.neurite.io.kind.FileKind;
import dev.neurite.model.Model;
import dev.neurite.signature.Input;
import dev.neurite.text.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;

/// Weights of another run, for transfer learning.
/// @param run a run's directory, or a file
/// @param weights by name
/// @param tokenizer that the run has for its texts; empty for one of other inputs, or a file of other software
public record InitialWeights(String run, PretrainedWeights weights, Optional<Tokenizer> tokenizer) {
    /// Reads the weights of a run, a model file, or a file of other software: safetensors, PyTorch's, NumPy's or
    /// Keras's.
    /// @throws dev.neurite.error.DataException if there is none
    /// @throws dev.neurite.error.ModelFormatException if the file is damaged
    public static InitialWeights read(String run) {
        Path file = LoadedModel.file(run);
        return switch (FileKind.of(file)) {
            case KERAS, HDF5 -> new InitialWeights(run, KerasFile.read(file).weights(), Optional.empty());
            case SAFETENSORS -> new InitialWeights(run, PretrainedWeights.read(file), readTokenizer(run));
            case ONNX -> throw ForeignFile.refused(run, "a run or a file of weights", FileKind.ONNX);
            case GGUF ->
                throw new ConfigException(
                        run,
                        "expects a run or a file of weights, got " + FileKind.GGUF.words(),
                        "Language models learn by adapters, in Java: Lora.of(model.scores(), 8)");
            default -> new InitialWeights(run, PretrainedWeights.read(file), Optional.empty());
        };
    }

    private static Optional<Tokenizer> readTokenizer(String run) {
        try {
            LoadedModel model = LoadedModel.read(run);
            return model.signature().input() instanceof Input.Text ? Optional.of(model.tokenizer()) : Optional.empty();
        } catch (ModelFormatException _) {
            return Optional.empty(); // weights of other software
        }
    }

    /// Loads the weights that fit into a model.
    /// @throws ConfigException if none fits
    public Transfer into(Model model) {
        Transfer transfer = weights.into(model);
        if (!transfer.loaded().isEmpty()) return transfer;
        throw new ConfigException(
                "--from " + run,
                "expects weights with the names and shapes of this network, as "
                        + model.parameters().parts().getFirst().name() + ", got " + String.join(", ", weights.names()));
    }
}
