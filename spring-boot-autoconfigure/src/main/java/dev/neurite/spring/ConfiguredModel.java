package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;
import org.springframework.util.ResourceUtils;

/// Where a model is, and what bean it becomes.
/// @param property the beginning of its properties: `neurite.models.NAME`
/// @param kind never AUTO
/// @param model a file; of a language model in a folder its `config.json`
/// @param tokenizer of an ONNX model of texts
/// @param adapter of a language model, a directory
record ConfiguredModel(
        String property, BeanKind kind, Resource model, Optional<Resource> tokenizer, Optional<Path> adapter) {
    private static final String SAFETENSORS = ".safetensors";
    private static final String ONNX = ".onnx";
    private static final String GGUF = ".gguf";
    private static final String TOKENIZER = "tokenizer.json";
    private static final List<String> IN_FOLDERS = List.of("model" + SAFETENSORS, "model" + ONNX, "model" + GGUF);

    /// The description of a language model as Hugging Face has it.
    static final String CONFIG = "config.json";

    /// @throws ConfigException for a location without a model, a model whose kind cannot be told, a tokenizer that is
    /// missing, an ONNX model without `neurite-onnx`, or a language model without `neurite-llm`
    static ConfiguredModel of(String name, ModelProperties properties, ResourceLoader loader) {
        String property = "neurite.models." + name;
        Resource model = model(property, properties, loader);
        BeanKind kind = properties.kind() == BeanKind.AUTO ? byFile(property, model) : properties.kind();
        requireContext(property, kind, properties.context());
        requireCache(property, kind, properties.cache());
        requireAdapter(property, kind, properties.adapter());
        if (kind == BeanKind.PREDICTIONS)
            return new ConfiguredModel(property, kind, model, Optional.empty(), Optional.empty());
        if (kind == BeanKind.TEXTS) return language(property, properties, model, loader);
        if (!ClassUtils.isPresent("dev.neurite.onnx.OnnxModel", loader.getClassLoader())) {
            throw lacking(property, "predictions", "neurite-onnx", kind);
        }
        boolean said = !properties.tokenizer().isBlank();
        if (properties.kind() == BeanKind.AUTO && (said || beside(model).exists())) {
            kind = byOutputs(property, model);
            if (said && !kind.hasTokenizer()) {
                throw new ConfigException(
                        property + ".kind",
                        "expects embeddings, scores or tensors, as the model's outputs do not tell, got none",
                        "A classifier gives tensors, and takes no tokenizer");
            }
        }
        if (!kind.hasTokenizer()) return new ConfiguredModel(property, kind, model, Optional.empty(), Optional.empty());
        Resource tokenizer = tokenizer(property, properties, model, loader);
        return new ConfiguredModel(property, kind, model, Optional.of(tokenizer), Optional.empty());
    }

    private static ConfigException lacking(String property, String expected, String artifact, BeanKind got) {
        return new ConfigException(
                property + ".kind",
                "expects " + expected + ", as " + artifact + " is not on the class path, got "
                        + got.name().toLowerCase(Locale.ROOT),
                "Add the artifact dev.neurite:" + artifact);
    }

    private static void requireContext(String property, BeanKind kind, int context) {
        if (context == 0 || (context > 0 && kind == BeanKind.TEXTS)) return;
        throw new ConfigException(
                property + ".context",
                "expects the most tokens of a language model, or 0 for as many as it was trained for, got " + context);
    }

    private static void requireCache(String property, BeanKind kind, ModelProperties.Cached cache) {
        if (cache == ModelProperties.Cached.F32 || kind == BeanKind.TEXTS) return;
        throw new ConfigException(
                property + ".cache",
                "expects a language model, which keeps keys and values, got another with " + cache);
    }

    private static void requireAdapter(String property, BeanKind kind, String adapter) {
        if (adapter.isBlank() || kind == BeanKind.TEXTS) return;
        throw new ConfigException(
                property + ".adapter",
                "expects a language model for its adapters, got a model of kind "
                        + kind.name().toLowerCase(Locale.ROOT));
    }

    /// The directory of adapters that a property names, as a path or `file:…`; empty if it names none.
    private static Optional<Path> adapter(String property, String adapter) {
        if (adapter.isBlank()) return Optional.empty();
        boolean scheme = adapter.startsWith(ResourceUtils.FILE_URL_PREFIX);
        try {
            Path directory = scheme ? ResourceUtils.getFile(adapter).toPath() : Path.of(adapter);
            if (Files.isDirectory(directory)) return Optional.of(directory);
        } catch (IOException | InvalidPathException _) {
            // no directory either
        }
        throw new ConfigException(
                property + ".adapter",
                "expects a directory of PEFT, outside of a jar, got " + adapter,
                "Set it to a directory with adapter_config.json");
    }

    private static ConfiguredModel language(
            String property, ModelProperties properties, Resource model, ResourceLoader loader) {
        Optional<Path> adapter = adapter(property, properties.adapter());
        if (!ClassUtils.isPresent("dev.neurite.llm.LanguageModel", loader.getClassLoader())) {
            throw lacking(property, "predictions or a kind of ONNX models", "neurite-llm", BeanKind.TEXTS);
        }
        if (!properties.tokenizer().isBlank()) {
            throw new ConfigException(
                    property + ".tokenizer",
                    "expects none, as a language model has its own, got " + properties.tokenizer());
        }
        if (!model.isFile()) {
            throw new ConfigException(
                    property + ".location",
                    "expects a language model outside of a jar, got " + model.getDescription(),
                    "Its weights are read from a file. Copy it beside the program");
        }
        return new ConfiguredModel(property, BeanKind.TEXTS, model, Optional.empty(), adapter);
    }

    private static Resource model(String property, ModelProperties properties, ResourceLoader loader) {
        String where = property + ".location";
        String location = properties.location();
        boolean mayWrite = properties.kind() == BeanKind.AUTO || properties.kind() == BeanKind.TEXTS;
        if (location.isBlank()) {
            throw new ConfigException(
                    where,
                    "expects a model file or a folder with one, got nothing",
                    "Set it to a path, such as models/fruit/model.safetensors, or classpath:fruit/model.safetensors");
        }
        Resource given = resource(location, loader);
        if (isFile(given, location)) {
            if (given.exists()) return given;
            throw missing(where, "a model file", given, location);
        }
        if (mayWrite && isLanguageModel(location, loader)) return inside(location, CONFIG, loader);
        for (String each : IN_FOLDERS) {
            Resource inside = inside(location, each, loader);
            if (inside.exists()) return inside;
        }
        throw missing(where, "a folder with " + String.join(" or ", IN_FOLDERS), given, location);
    }

    private static Resource inside(String folder, String file, ResourceLoader loader) {
        return resource(folder + (folder.endsWith("/") ? "" : "/") + file, loader);
    }

    /// A run has no description beside its weights; an embedder in ONNX has one, too.
    private static boolean isLanguageModel(String folder, ResourceLoader loader) {
        return inside(folder, CONFIG, loader).exists()
                && !inside(folder, "model" + ONNX, loader).exists()
                && Stream.of("model" + SAFETENSORS, "model" + SAFETENSORS + ".index.json")
                        .anyMatch(each -> inside(folder, each, loader).exists());
    }

    private static boolean isFile(Resource given, String location) {
        if (location.endsWith(SAFETENSORS) || location.endsWith(ONNX) || location.endsWith(GGUF)) return true;
        try {
            return given.isFile() && given.getFile().isFile();
        } catch (IOException _) {
            return false; // then a folder is looked for, and named if there is none
        }
    }

    /// A path without a scheme is one of the file system, also in a web application.
    private static Resource resource(String location, ResourceLoader loader) {
        return loader.getResource(ResourceUtils.isUrl(location) ? location : "file:" + location);
    }

    private static ConfigException missing(String where, String expected, Resource got, String location) {
        String hint = "Build or copy it there, or set " + where;
        if (location.startsWith(ResourceUtils.CLASSPATH_URL_PREFIX)) {
            hint = "Put it below src/main/resources, or set " + where;
        } else if (isRelative(location)) {
            hint = "Looked in " + Path.of("").toAbsolutePath() + ". " + hint;
        }
        return new ConfigException(where, "expects " + expected + ", got none at " + got.getDescription(), hint);
    }

    private static boolean isRelative(String location) {
        String path = location.startsWith(ResourceUtils.FILE_URL_PREFIX)
                ? location.substring(ResourceUtils.FILE_URL_PREFIX.length())
                : location;
        return !ResourceUtils.isUrl(path) && !Path.of(path).isAbsolute();
    }

    /// Predictions, tensors or texts.
    private static BeanKind byFile(String property, Resource model) {
        String file = String.valueOf(model.getFilename());
        if (file.endsWith(SAFETENSORS)) return BeanKind.PREDICTIONS;
        if (file.endsWith(ONNX)) return BeanKind.TENSORS;
        if (file.endsWith(GGUF) || file.equals(CONFIG)) return BeanKind.TEXTS;
        throw new ConfigException(
                property + ".kind",
                "expects the kind of " + file + ", as its name does not say it, got none",
                "Set it to predictions, tensors, embeddings, scores or texts");
    }

    /// Of an ONNX model with a tokenizer, which is read for it.
    private static BeanKind byOutputs(String property, Resource model) {
        try {
            return OnnxModels.kind(model);
        } catch (NeuriteException e) {
            throw cannotBeLoaded(property, e.where() + ": " + e.problem(), e.hint(), e);
        } catch (IOException e) {
            throw cannotBeLoaded(property, ResourceException.reason(e), "", e);
        }
    }

    static ConfigException cannotBeLoaded(String property, String reason, String hint, Exception cause) {
        String where = property + ".location";
        var exception = new ConfigException(where, "expects a model that can be loaded, got " + reason, hint);
        exception.initCause(cause);
        return exception;
    }

    private static Resource tokenizer(
            String property, ModelProperties properties, Resource model, ResourceLoader loader) {
        String where = property + ".tokenizer";
        boolean said = !properties.tokenizer().isBlank();
        Resource tokenizer = said ? resource(properties.tokenizer(), loader) : beside(model);
        if (tokenizer.exists()) return tokenizer;
        throw missing(where, "a " + TOKENIZER, tokenizer, said ? properties.tokenizer() : properties.location());
    }

    private static Resource beside(Resource model) {
        try {
            return model.createRelative(TOKENIZER);
        } catch (IOException e) {
            throw new IllegalStateException(e); // the model's own address is fine
        }
    }
}
