package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.OnnxKind;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.value.SampleValues;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.WarmUp;
import dev.neurite.spring.NeuriteModels.Read;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.core.io.Resource;

/// Loads ONNX models; a class of its own, as `neurite-onnx` may be missing.
final class OnnxModels {
    private static final String QUERY = "a query";

    private final NeuriteModels models;

    OnnxModels(NeuriteModels models) {
        this.models = models;
    }

    /// @throws ConfigException for a model that cannot be loaded, with its property
    OnnxModel model(String name) {
        return models.bean(name, BeanKind.TENSORS, (source, _, kernels) -> {
            OnnxModel model = read(source.model(), kernels);
            return new Read<>(_ -> model.run(samples(model)), model::with);
        });
    }

    /// @throws ConfigException for a model that cannot be loaded, with its property
    TextEmbedder embedder(String name) {
        return models.bean(name, BeanKind.EMBEDDINGS, (source, properties, kernels) -> {
            OnnxModel model = read(source.model(), kernels);
            refuseScorer(source, model);
            Tokenizer tokenizer = tokenizer(source);
            var pooling = TextEmbedder.Pooling.valueOf(properties.pooling().name());
            TextEmbedder embedder = TextEmbedder.of(model, tokenizer).withPooling(pooling);
            return new Read<>(
                    WarmUp.ofTexts(embedder::vectors),
                    interceptor ->
                            TextEmbedder.of(model.with(interceptor), tokenizer).withPooling(pooling));
        });
    }

    /// @throws ConfigException for a model that cannot be loaded, with its property
    TextScorer scorer(String name) {
        return models.bean(name, BeanKind.SCORES, (source, _, kernels) -> {
            OnnxModel model = read(source.model(), kernels);
            Tokenizer tokenizer = tokenizer(source);
            TextScorer scorer = TextScorer.of(model, tokenizer);
            return new Read<>(
                    WarmUp.ofTexts(texts -> scorer.score(QUERY, texts)),
                    interceptor -> TextScorer.of(model.with(interceptor), tokenizer));
        });
    }

    private static OnnxModel read(Resource model, Kernels kernels) throws IOException {
        if (model.isFile()) return OnnxModel.load(model.getFilePath()).with(kernels);
        return OnnxModel.read(model.getContentAsByteArray()).with(kernels);
    }

    private static Tokenizer tokenizer(ConfiguredModel source) throws IOException {
        Resource file = source.tokenizer().orElseThrow();
        if (file.isFile()) return Tokenizer.load(file.getFilePath());
        try (InputStream in = file.getInputStream()) {
            return Tokenizer.read(in);
        }
    }

    /// The kind of a model with a tokenizer.
    static BeanKind kind(Resource file) throws IOException {
        OnnxModel model = read(file, Kernels.shared());
        return switch (OnnxKind.of(model)) {
            case TENSORS -> BeanKind.TENSORS;
            case EMBEDDINGS -> BeanKind.EMBEDDINGS;
            case SCORES -> BeanKind.SCORES;
        };
    }

    /// A model with one number for a row gives no vectors: a reranker.
    private static void refuseScorer(ConfiguredModel source, OnnxModel model) {
        if (OnnxKind.of(model) == OnnxKind.SCORES) {
            throw new ConfigException(
                    source.property() + ".kind",
                    "expects a model that gives vectors, got one number for each text",
                    "If it is a reranker, set " + source.property() + ".kind to scores");
        }
    }

    /// Values for inputs; extents that are open are 1.
    /// @throws ConfigException for a model that takes sequences or maps
    private static Map<String, Value> samples(OnnxModel model) {
        Map<String, Value> samples = new LinkedHashMap<>();
        for (ValueInfo each : model.inputs()) {
            if (each.type().hasValues()) throw new ConfigException("warm-up", "expects elements, got " + each);
            samples.put(each.name(), SampleValues.of(each.type(), each.shape(Map.of()), 1, model.known(each.name())));
        }
        return samples;
    }
}
