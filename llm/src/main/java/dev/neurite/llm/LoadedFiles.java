package dev.neurite.llm;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.family.Config;
import dev.neurite.llm.family.Family;
import dev.neurite.llm.family.Family.Source;
import dev.neurite.llm.family.StoredParameters;
import dev.neurite.llm.gguf.GgufFile;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.Decoder;
import dev.neurite.llm.tokenizer.ModelTokenizer;
import dev.neurite.llm.weights.WeightFile;
import dev.neurite.model.Network;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/// The files of a language model: its description, tokenizer and weights, which stay open until they are read.
final class LoadedFiles implements AutoCloseable {
    private static final long LONGEST_CONFIG = 1 << 22; // bytes

    private final Decoder decoder;
    private final ModelTokenizer tokenizer;
    private final WeightFile weights;
    private final Function<String, Source> sources;

    private LoadedFiles(
            Decoder decoder, ModelTokenizer tokenizer, WeightFile weights, Function<String, Source> sources) {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
        this.weights = weights;
        this.sources = sources;
    }

    /// @param path a GGUF file, or a directory of Hugging Face
    static LoadedFiles open(Path path) {
        return Files.isDirectory(path) ? ofDirectory(path) : ofGguf(path);
    }

    private static LoadedFiles ofGguf(Path file) {
        GgufFile gguf = GgufFile.open(file);
        try {
            Family family = Family.ofGguf(gguf.metadata());
            Decoder decoder = family.ofGguf(gguf.metadata(), gguf.weights());
            ModelTokenizer tokenizer = ModelTokenizer.of(gguf.metadata());
            return new LoadedFiles(decoder, tokenizer, gguf.weights(), name -> family.ggufSource(decoder, name));
        } catch (RuntimeException | Error e) {
            gguf.close();
            throw e;
        }
    }

    private static LoadedFiles ofDirectory(Path directory) {
        Metadata config = Config.members(directory.resolve("config.json").toString(), json(directory));
        Family family = Family.familyOf(config);
        Decoder decoder = family.ofConfig(config);
        ModelTokenizer tokenizer = ModelTokenizer.load(directory);
        WeightFile weights = WeightFile.openSafetensors(directory);
        return new LoadedFiles(decoder, tokenizer, weights, name -> family.source(decoder, name));
    }

    private static Json json(Path directory) {
        Path file = directory.resolve("config.json");
        if (!Files.exists(file)) throw DataException.missing(file, "the description of a model");
        try {
            if (Files.size(file) > LONGEST_CONFIG) {
                throw new ModelFormatException(
                        file.toString(), "expects at most " + LONGEST_CONFIG + " bytes, got " + Files.size(file));
            }
            return Json.read(Files.readString(file));
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(file.toString(), "expects JSON: " + e.getMessage());
        }
    }

    Decoder decoder() {
        return decoder;
    }

    ModelTokenizer tokenizer() {
        return tokenizer;
    }

    Parameters parameters(Kernels kernels) {
        var network =
                new Network(decoder.graph(Decoder.Output.LAST_SCORES_AND_FEATURES), List.of(Shape.of(Shape.OPEN)));
        return StoredParameters.read(network, weights, sources, kernels);
    }

    @Override
    public void close() {
        weights.close();
    }
}
