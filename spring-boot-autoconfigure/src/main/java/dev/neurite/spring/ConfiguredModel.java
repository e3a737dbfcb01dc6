package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;
import org.springframework.util.ResourceUtils;

/// Where a model is, and what bean it becomes.
/// @param property the beginning of its properties: `neurite.models.NAME`
/// @param kind never AUTO
/// @param tokenizer of a model of texts
record ConfiguredModel(String property, BeanKind kind, Resource model, Optional<Resource> tokenizer) {
    private static final String SAFETENSORS = ".safetensors";
    private static final String ONNX = ".onnx";
    private static final String TOKENIZER = "tokenizer.json";
    private static final List<String> IN_FOLDERS = List.of("model" + SAFETENSORS, "model" + ONNX);

    /// @throws ConfigException for a location without a model, a model whose kind cannot be told, a tokenizer that is
    /// missing, or an ONNX model without `neurite-onnx`
    static ConfiguredModel of(String name, ModelProperties properties, ResourceLoader loader) {
        String property = "neurite.models." + name;
        Resource model = model(property, properties.location(), loader);
        BeanKind kind = properties.kind() == BeanKind.AUTO ? byFile(property, model) : properties.kind();
        if (kind == BeanKind.PREDICTIONS) return new ConfiguredModel(property, kind, model, Optional.empty());
        if (!ClassUtils.isPresent("dev.neurite.onnx.OnnxModel", loader.getClassLoader())) {
            throw new ConfigException(
                    property + ".kind",
                    "expects predictions, as neurite-onnx is not on the class path, got "
                            + kind.name().toLowerCase(Locale.ROOT),
                    "Add the artifact dev.neurite:neurite-onnx");
        }
        boolean said = !properties.tokenizer().isBlank();
        if (properties.kind() == BeanKind.AUTO && (said || beside(model).exists())) {
            kind = byOutputs(property, model);
            if (said && !kind.isOfTexts()) {
                throw new ConfigException(
                        property + ".kind",
                        "expects embeddings, scores or tensors, as the model's outputs do not tell, got none",
                        "A classifier gives tensors, and takes no tokenizer");
            }
        }
        if (!kind.isOfTexts()) return new ConfiguredModel(property, kind, model, Optional.empty());
        return new ConfiguredModel(property, kind, model, Optional.of(tokenizer(property, properties, model, loader)));
    }

    private static Resource model(String property, String location, ResourceLoader loader) {
        String where = property + ".location";
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
        for (String each : IN_FOLDERS) {
            Resource inside = resource(location + (location.endsWith("/") ? "" : "/") + each, loader);
            if (inside.exists()) return inside;
        }
        throw missing(where, "a folder with " + String.join(" or ", IN_FOLDERS), given, location);
    }

    private static boolean isFile(Resource given, String location) {
        if (location.endsWith(SAFETENSORS) || location.endsWith(ONNX)) return true;
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

    /// Predictions or tensors.
    private static BeanKind byFile(String property, Resource model) {
        String file = String.valueOf(model.getFilename());
        if (file.endsWith(SAFETENSORS)) return BeanKind.PREDICTIONS;
        if (file.endsWith(ONNX)) return BeanKind.TENSORS;
        throw new ConfigException(
                property + ".kind",
                "expects the kind of " + file + ", as its name does not say it, got none",
                "Set it to predictions, tensors, embeddings or scores");
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
