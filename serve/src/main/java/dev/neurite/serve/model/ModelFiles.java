package dev.neurite.serve.model;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.kind.FileKind;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.LoadSettings;
import dev.neurite.onnx.OnnxKind;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextScorer;
import dev.neurite.predict.Predictor;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files of a model.
/// @param model a model file of Neurite, an ONNX or GGUF file, or a directory of a language model, as Hugging
/// Face has it
/// @param tokenizer the `tokenizer.json` beside an ONNX file, or above its directory `onnx`; empty if there is none
/// @param kind of an ONNX model, if it is said; otherwise its outputs tell
/// @param language how the model is loaded, which then is a language model; empty for the usual way
public record ModelFiles(
        Path model, Optional<Path> tokenizer, Optional<OnnxKind> kind, Optional<LoadSettings> language) {
    private static final String OF_RUN = "model.safetensors";
    private static final String ONNX = ".onnx";
    private static final String GGUF = ".gguf";
    private static final String OF_GGUF = "model" + GGUF;
    private static final String OF_ONNX = "model" + ONNX;
    private static final String TOKENIZER = "tokenizer.json";
    private static final String CONFIG = "config.json";
    private static final String OF_PARTS = "model.safetensors.index.json";

    /// The model at a path: a file, or a directory with the file of one model: `model.safetensors`, as a run has it,
    /// `model.onnx`, `onnx/model.onnx`, `model.gguf`, or any ONNX file beside a `tokenizer.json`; or that of a
    /// language model: `config.json` beside safetensors, without an ONNX file. Empty if there is none.
    static Optional<ModelFiles> at(Path path, Optional<OnnxKind> kind, Optional<LoadSettings> language) {
        return at(path).map(each -> new ModelFiles(each.model, each.tokenizer, kind, language));
    }

    private static Optional<ModelFiles> at(Path path) {
        if (Files.isRegularFile(path)) return isModel(path) ? Optional.of(file(path)) : Optional.empty();
        List<Path> onnx = List.of(path.resolve(OF_ONNX), path.resolve("onnx", OF_ONNX));
        boolean published =
                Files.isRegularFile(path.resolve(CONFIG)) && onnx.stream().noneMatch(Files::isRegularFile);
        if (published && Stream.of(OF_RUN, OF_PARTS).map(path::resolve).anyMatch(Files::isRegularFile)) {
            return Optional.of(of(path, Optional.empty()));
        }
        Stream<Path> usual = Stream.of(List.of(path.resolve(OF_RUN)), onnx, List.of(path.resolve(OF_GGUF)))
                .flatMap(List::stream);
        Optional<Path> first = usual.filter(Files::isRegularFile).findFirst();
        if (first.isPresent()) return Optional.of(file(first.get()));
        if (!Files.isRegularFile(path.resolve(TOKENIZER))) return Optional.empty();
        List<Path> files = children(path).stream()
                .filter(each -> named(each, ONNX) && Files.isRegularFile(each))
                .toList();
        return files.size() == 1 ? Optional.of(file(files.getFirst())) : Optional.empty();
    }

    /// Whether a file is one of a model, by its name.
    static boolean isModel(Path file) {
        return named(file, ONNX) || named(file, ".safetensors") || named(file, GGUF);
    }

    private static boolean named(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }

    private static ModelFiles of(Path model, Optional<Path> tokenizer) {
        return new ModelFiles(model, tokenizer, Optional.empty(), Optional.empty());
    }

    private static ModelFiles file(Path file) {
        Path beside = file.resolveSibling(TOKENIZER);
        Path directory = file.toAbsolutePath().getParent();
        Path above = directory != null && directory.endsWith("onnx") ? directory.resolveSibling(TOKENIZER) : beside;
        Optional<Path> tokenizer = Stream.of(beside, above)
                .filter(each -> named(file, ONNX) && Files.isRegularFile(each))
                .findFirst();
        return of(file, tokenizer);
    }

    /// What is in a directory, by name, without what is hidden; nothing of what is no directory.
    /// @throws ResourceException if it cannot be read
    static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(each -> !each.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) { // of a directory that goes while it is read
            throw unreadable(directory, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static ResourceException unreadable(Path directory, IOException problem) {
        return new ResourceException(directory.toString(), "cannot be read: " + ResourceException.reason(problem));
    }

    /// A text that changes when one of the files does, or can no longer be read.
    String stamp() {
        try {
            return stamps();
        } catch (ResourceException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String stampOfDirectory(Path directory) {
        return children(directory).stream()
                .filter(Files::isRegularFile)
                .map(ModelFiles::stamp)
                .collect(Collectors.joining());
    }

    private String stamps() {
        String ofAdapter = language.flatMap(LoadSettings::adapter)
                .map(ModelFiles::stampOfDirectory)
                .orElse("");
        if (Files.isDirectory(model)) return stampOfDirectory(model) + ofAdapter;
        if (!named(model, ONNX)) return stamp(model) + ofAdapter;
        String name = model.getFileName().toString();
        Path directory = Optional.ofNullable(model.getParent()).orElse(Path.of(""));
        Path listed = directory.toString().isEmpty() ? Path.of(".") : directory;
        StringBuilder stamp = new StringBuilder();
        for (Path each : children(listed)) {
            boolean own = each.getFileName().toString().startsWith(name); // also external data: model.onnx.data
            if (own && Files.isRegularFile(each)) stamp.append(stamp(each));
        }
        tokenizer.ifPresent(each -> stamp.append(stamp(each)));
        return stamp.toString();
    }

    private static String stamp(Path file) {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return file + " " + attributes.size() + " "
                    + attributes.lastModifiedTime().toInstant() + " " + attributes.fileKey() + "\n";
        } catch (IOException e) {
            return file + " " + ResourceException.reason(e) + "\n"; // it is being replaced, or gone
        }
    }

    // -------------------------------------------------------------------------------------------------------- loading

    /// Loads the model.
    /// @throws DataException if a file is missing, or has another content than its name says
    /// @throws ModelFormatException if a file is damaged, or the model is not of its kind
    ModelSource.Loader load(Kernels kernels) {
        if (named(model, GGUF) || Files.isDirectory(model)) {
            LoadSettings settings = language.orElse(LoadSettings.USUAL).withKernels(kernels);
            return ModelSource.loader(LanguageModel.load(model, settings), true);
        }
        if (language.isPresent()) {
            throw new DataException(
                    model.toString(),
                    "expects a language model for its settings, got "
                            + FileKind.of(model).words());
        }
        if (!named(model, ONNX)) return ModelSource.loader(Predictor.load(model));
        OnnxModel loaded = OnnxModel.load(model).with(kernels);
        OnnxKind chosen = kind.orElseGet(() -> tokenizer.isPresent() ? OnnxKind.of(loaded) : OnnxKind.TENSORS);
        if (chosen == OnnxKind.TENSORS) return ModelSource.loader(loaded);
        Path text = tokenizer.orElseThrow(() -> new DataException(
                model.toString(), "expects a tokenizer.json beside it, got none", "Models of texts need one"));
        Tokenizer read = Tokenizer.load(text);
        return chosen == OnnxKind.EMBEDDINGS
                ? ModelSource.loader(TextEmbedder.of(loaded, read))
                : ModelSource.loader(TextScorer.of(loaded, read));
    }
}
