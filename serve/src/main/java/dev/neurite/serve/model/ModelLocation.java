package dev.neurite.serve.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.kind.FileKind;
import dev.neurite.llm.LoadSettings;
import dev.neurite.onnx.OnnxKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// A place with a model, with versions of one, or with several models:
///
/// | path | models |
/// |---|---|
/// | `model.safetensors`, `model.onnx`, `model.gguf` | one, named as the file |
/// | a directory with such a file, as that of a run, or of a language model of Hugging Face | one, named as the
/// directory |
/// | `NAME/1`, `NAME/2` …, files or directories of a model | the versions of one |
/// | a directory of those | all of them, also files such as `NAME.onnx` |
///
/// @param path a file or directory
/// @param name of the model, if it is not that of the file or directory
/// @param kind of an ONNX model, if its outputs shall not decide
/// @param language how a language model is loaded, if not in the usual way
public record ModelLocation(
        Path path, Optional<String> name, Optional<OnnxKind> kind, Optional<LoadSettings> language) {
    private static final String VERSION = "[0-9]{1,18}";

    /// Checks the name.
    /// @throws ConfigException for an empty name, or one with a slash
    public ModelLocation {
        if (name.isPresent() && !isName(name.get())) {
            throw new ConfigException(
                    "model '" + name.get() + "'", "expects a name of letters, digits, '.', '_' and '-', got another");
        }
    }

    /// A place whose models have the names of their files.
    public static ModelLocation of(Path path) {
        return new ModelLocation(path, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static boolean isName(String name) {
        return name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N}._ -]{0,199}");
    }

    /// The models that are there now, the versions of a model in their order.
    /// @param notices is told of those that are left out, in words
    /// @throws DataException if there is nothing, or a directory without models
    /// @throws ModelFormatException for another file
    List<ModelSource> models(Consumer<String> notices) {
        List<ModelSource> one = versions(name.orElseGet(this::ownName), path, notices);
        if (!one.isEmpty()) return one;
        if (!Files.exists(path)) throw DataException.missing(path, "a model, or a directory of models");
        List<ModelSource> all = several(notices);
        if (all.isEmpty()) {
            String expected =
                    "expects a run, a model file (.safetensors, .onnx, .gguf), or a directory of models, got ";
            if (Files.isDirectory(path)) throw new DataException(path.toString(), expected + "a directory without any");
            throw new ModelFormatException(
                    path.toString(), expected + FileKind.of(path).words());
        }
        if (name.isPresent()) {
            throw new ConfigException(
                    "model '" + name.get() + "'",
                    "expects a path with one model, got " + path + " with several: their names are those of their"
                            + " directories");
        }
        return all;
    }

    private List<ModelSource> several(Consumer<String> notices) {
        List<ModelSource> all = new ArrayList<>();
        Map<String, Path> names = new HashMap<>();
        for (Path each : ModelFiles.children(path)) {
            String own = nameOf(each);
            List<ModelSource> there = versions(own, each, notices);
            if (there.isEmpty()) continue;
            Path first = names.putIfAbsent(own, each);
            if (!isName(own)) {
                notices.accept(each + " is left out: expects a name of letters, digits, '.', '_' and '-', got another");
            } else if (first != null) {
                notices.accept(each + " is left out: the name '" + own + "' is that of " + first);
            } else {
                there.forEach(version -> all.add(version.optional()));
            }
        }
        return all;
    }

    private String ownName() {
        String own = nameOf(path.toAbsolutePath().normalize());
        boolean usual = own.equals("model") && Files.isRegularFile(path);
        Path directory = path.toAbsolutePath().normalize().getParent();
        return usual && directory != null && directory.getFileName() != null
                ? directory.getFileName().toString()
                : own;
    }

    private static String nameOf(Path path) {
        Path last = path.getFileName();
        String name = last == null ? "model" : last.toString();
        return Files.isDirectory(path) ? name : name.replaceFirst("\\.[^.]*$", "");
    }

    /// The versions of a model at a path; one for the model itself; empty if there is none.
    private List<ModelSource> versions(String named, Path at, Consumer<String> notices) {
        Optional<ModelFiles> itself = ModelFiles.at(at, kind, language);
        if (itself.isPresent()) return List.of(source(named, ModelSource.FIRST, itself.get()));
        Map<Long, Path> paths = new HashMap<>();
        List<ModelSource> versions = new ArrayList<>();
        for (Path each : ModelFiles.children(at)) {
            String version = nameOf(each);
            Optional<ModelFiles> files =
                    version.matches(VERSION) ? ModelFiles.at(each, kind, language) : Optional.empty();
            if (files.isEmpty()) continue;
            Path first = paths.putIfAbsent(Long.parseLong(version), each);
            if (first == null) versions.add(source(named, version, files.get()));
            else notices.accept(each + " is left out: the version " + version + " is that of " + first);
        }
        versions.sort(Comparator.comparingLong(each -> Long.parseLong(each.version())));
        return versions;
    }

    private static ModelSource source(String named, String version, ModelFiles files) {
        return new ModelSource(
                named,
                version,
                Optional.of(files),
                true,
                (own, setup) -> files.load(setup.kernels()).load(own, setup));
    }
}
