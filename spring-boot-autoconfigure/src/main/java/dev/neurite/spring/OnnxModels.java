package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.TextScorer;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.spring.NeuriteModels.Read;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.Resource;

/// Loads ONNX models; a class of its own, as `neurite-onnx` may be missing.
final class OnnxModels {
    private static final String TEXT = "a few words";

    private final NeuriteModels models;

    OnnxModels(NeuriteModels models) {
        this.models = models;
    }

    /// @throws ConfigException for a model that cannot be loaded, with its property
    OnnxModel model(String name) {
        return models.bean(name, (source, _, kernels) -> {
            OnnxModel model = read(source.model(), kernels);
            return new Read<>(() -> model.run(ones(model.inputs())), model::with);
        });
    }

    /// @throws ConfigException for a model that cannot be loaded, with its property
    TextEmbedder embedder(String name) {
        return models.bean(name, (source, properties, kernels) -> {
            OnnxModel model = read(source.model(), kernels);
            refuseScorer(source, model);
            Tokenizer tokenizer = tokenizer(source);
            var pooling = TextEmbedder.Pooling.valueOf(properties.pooling().name());
            TextEmbedder embedder = TextEmbedder.of(model, tokenizer).withPooling(pooling);
            return new Read<>(
                    () -> embedder.embed(TEXT),
                    interceptor ->
                            TextEmbedder.of(model.with(interceptor), tokenizer).withPooling(pooling));
        });
    }

    /// @throws ConfigException for a model that cannot be loaded, with its property
    TextScorer scorer(String name) {
        return models.bean(name, (source, _, kernels) -> {
            OnnxModel model = read(source.model(), kernels);
            Tokenizer tokenizer = tokenizer(source);
            TextScorer scorer = TextScorer.of(model, tokenizer);
            return new Read<>(
                    () -> scorer.score(TEXT, TEXT), interceptor -> TextScorer.of(model.with(interceptor), tokenizer));
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

    /// A model with one number for a row gives no vectors: a reranker.
    private static void refuseScorer(ConfiguredModel source, OnnxModel model) {
        List<String> extents = model.outputs().getFirst().extents();
        if (extents.size() == 2 && extents.getLast().equals("1")) {
            throw new ConfigException(
                    source.property() + ".type",
                    "expects a model that gives vectors, got one number for each text",
                    "If it is a reranker, set " + source.property() + ".type to scorer");
        }
    }

    /// Ones, which are also ids and masks; extents that are open are 1.
    /// @throws ConfigException for a model that takes sequences or maps
    private static Map<String, Value> ones(List<ValueInfo> inputs) {
        Map<String, Value> ones = new LinkedHashMap<>();
        for (ValueInfo each : inputs) {
            Shape shape = each.shape(Map.of());
            Object array = each.type().newArray(shape.size());
            switch (array) {
                case float[] floats -> Arrays.fill(floats, 1);
                case double[] doubles -> Arrays.fill(doubles, 1);
                case long[] longs -> Arrays.fill(longs, 1);
                case int[] ints -> Arrays.fill(ints, 1);
                case short[] shorts -> Arrays.fill(shorts, (short) 1);
                case byte[] bytes -> Arrays.fill(bytes, (byte) 1);
                case boolean[] truths -> Arrays.fill(truths, true);
                case String[] _ -> {} // empty texts
                default -> throw new ConfigException("warm-up", "expects elements, got " + each);
            }
            ones.put(each.name(), Value.view(each.type(), shape, array, 0));
        }
        return ones;
    }
}
