package dev.neurite.serve.model;

import dev.neurite.error.ShapeException;
import dev.neurite.onnx.TextPair;
import dev.neurite.onnx.TextScore;
import dev.neurite.onnx.TextVector;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Models of texts: `text` string `[batch]` gives `embedding` float `[batch×size]`, or with `query` string `[batch]` or
/// `[1]` it gives `score` float `[batch]`.
/// @param compute the output of texts
record TextTensors(Served.Tensors tensors, Compute compute) implements TensorForm {
    private static final String TEXT = "text";
    private static final String QUERY = "query";
    private static final String EMBEDDING = "embedding";
    private static final String SCORE = "score";

    private interface Compute {
        Value of(Map<String, Value> inputs, Deadline deadline);
    }

    static TextTensors of(ModelKind.Vectors kind) {
        int size = kind.dimension();
        var output = new ValueInfo(EMBEDDING, ElementType.FLOAT, List.of(BATCH, Integer.toString(size)), false);
        return new TextTensors(new Served.Tensors(List.of(texts(TEXT)), List.of(output)), (inputs, deadline) -> {
            TensorForm.rows(List.of(texts(TEXT)), inputs);
            String[] texts = texts(TEXT, inputs);
            List<TextVector> vectors = kind.vectors(List.of(texts), deadline);
            float[] all = new float[Math.multiplyExact(texts.length, size)];
            for (int i = 0; i < texts.length; i++)
                System.arraycopy(vectors.get(i).vector(), 0, all, i * size, size);
            return Value.view(ElementType.FLOAT, Shape.of(texts.length, size), all, 0);
        });
    }

    static TextTensors of(ModelKind.Scores kind) {
        var output = new ValueInfo(SCORE, ElementType.FLOAT, List.of(BATCH), false);
        var inputs = List.of(texts(QUERY), texts(TEXT));
        return new TextTensors(new Served.Tensors(inputs, List.of(output)), (given, deadline) -> {
            Map<String, Value> same = new LinkedHashMap<>(given);
            Value query = given.get(QUERY);
            boolean once = query != null && query.shape().equals(Shape.of(1));
            if (once) same.put(QUERY, given.getOrDefault(TEXT, query)); // one for all texts
            TensorForm.rows(inputs, same);
            String[] texts = texts(TEXT, given);
            String[] queries = texts(QUERY, given);
            List<TextPair> pairs = new ArrayList<>();
            for (int i = 0; i < texts.length; i++) pairs.add(new TextPair(queries[once ? 0 : i], texts[i]));
            List<TextScore> scores = kind.queue().compute(pairs, deadline);
            float[] all = new float[scores.size()];
            for (int i = 0; i < all.length; i++) all[i] = scores.get(i).score();
            return Value.view(ElementType.FLOAT, Shape.of(all.length), all, 0);
        });
    }

    private static ValueInfo texts(String name) {
        return new ValueInfo(name, ElementType.STRING, List.of(BATCH), false);
    }

    private static String[] texts(String name, Map<String, Value> inputs) {
        Value value = inputs.get(name);
        if (value == null) throw new ShapeException(TensorForm.where(name), "expects texts, got none");
        return TensorForm.texts(name, value);
    }

    @Override
    public SequencedMap<String, Value> infer(Map<String, Value> inputs, Deadline deadline) {
        SequencedMap<String, Value> outputs = new LinkedHashMap<>();
        outputs.put(tensors.outputs().getFirst().name(), compute.of(inputs, deadline));
        return outputs;
    }
}
