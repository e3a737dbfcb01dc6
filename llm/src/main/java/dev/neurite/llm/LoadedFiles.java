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
import dev.neurite.llm.network.CacheType;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.tokenizer.ModelTokenizer;
import dev.neurite.llm.weights.WeightFile;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/// The files of a language model: its description, tokenizer and weights, which stay open until they are read.
final class LoadedFiles implements AutoCloseable {
    private static final long LONGEST_CONFIG = 1 << 22; // bytes

    private final Metadata description;
    private final Family family;
    private final DecoderSettings decoder;
    private final CompletableFuture<ModelTokenizer> tokenizer;
    private final WeightFile weights;
    private final Function<String, Source> sources;
    private final boolean gguf;

    private LoadedFiles(
            Metadata description,
            Family family,
            DecoderSettings decoder,
            Supplier<ModelTokenizer> tokenizer,
            WeightFile weights,
            Function<String, Source> sources,
            boolean gguf) {
        this.description = description;
        this.family = family;
        this.decoder = decoder;
        this.tokenizer = CompletableFuture.supplyAsync(
                tokenizer,
                task -> Thread.ofPlatform().daemon().name("neurite-tokenizer").start(task));
        this.weights = weights;
        this.sources = sources;
        this.gguf = gguf;
    }

    /// @param path a GGUF file, or a directory of Hugging Face
    static LoadedFiles open(Path path) {
        if (!Files.exists(path)) {
            throw DataException.missing(
                    path,
                    "a language model, a GGUF file or a directory of Hugging Face",
                    "Neurite downloads nothing: copy the model there");
        }
        return Files.isDirectory(path) ? ofDirectory(path) : ofGguf(path);
    }

    private static LoadedFiles ofGguf(Path file) {
        GgufFile gguf = GgufFile.open(file);
        try {
            Family family = Family.ofGguf(gguf.metadata());
            DecoderSettings decoder = family.ofGguf(gguf.metadata(), gguf.weights());
            return new LoadedFiles(
                    gguf.metadata(),
                    family,
                    decoder,
                    () -> ModelTokenizer.of(gguf.metadata()),
                    gguf.weights(),
                    name -> family.ggufSource(decoder, name),
                    true);
        } catch (RuntimeException | Error e) {
            gguf.close();
            throw e;
        }
    }

    static LoadedFiles ofDirectory(Path directory) {
        Metadata config = Config.members(directory.resolve("config.json").toString(), json(directory));
        Family family = Family.familyOf(config);
        DecoderSettings decoder = family.ofConfig(config);
        Path tokenizer = directory.resolve("tokenizer.json");
        if (!Files.exists(tokenizer)) throw DataException.missing(tokenizer, "a tokenizer.json");
        WeightFile weights = WeightFile.openSafetensors(directory);
        return new LoadedFiles(
                config,
                family,
                decoder,
                () -> ModelTokenizer.load(directory),
                weights,
                name -> {
                    Source source = family.source(decoder, name);
                    return source.named(Family.inFile(weights::has, source.tensor()));
                },
                false);
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

    /// The metadata of a GGUF file, or the members of a `config.json`.
    Metadata description() {
        return description;
    }

    Family family() {
        return family;
    }

    DecoderSettings decoder() {
        return decoder;
    }

    /// Waits until it is read, which a thread does meanwhile.
    ModelTokenizer tokenizer() {
        try {
            return tokenizer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            if (e.getCause() instanceof Error cause) throw cause;
            throw e;
        }
    }

    WeightFile weights() {
        return weights;
    }

    /// Where the files have a parameter.
    Source source(Parameter parameter) {
        return sources.apply(parameter.name());
    }

    /// Of how many neighboring rows of a parameter the files change the order, see [Family#halves].
    int reordered(String parameter) {
        return gguf ? family.reordered(decoder, parameter) : 0;
    }

    /// The network that predicts.
    Network network() {
        return new Network(
                decoder.graph(DecoderSettings.Output.LAST_SCORES_AND_FEATURES, CacheType.F32),
                List.of(Shape.of(Shape.OPEN)));
    }

    Parameters parameters(Kernels kernels) {
        return StoredParameters.read(network(), weights, sources, kernels);
    }

    @Override
    public void close() {
        tokenizer.handle((_, _) -> true).join(); // its thread reads files, too
        weights.close();
    }
}
