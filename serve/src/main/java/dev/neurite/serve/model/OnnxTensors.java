package dev.neurite.serve.model;

import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// An ONNX model as it is. Of maps, which ZipMap makes of the probabilities of classes, the numbers are given: float
/// `[batch×classes]`, in the order of the classes.
record OnnxTensors(ModelKind.Tensors kind, List<String> classes, Served.Tensors tensors) implements TensorForm {
    OnnxTensors(ModelKind.Tensors kind) {
        this(kind, kind.model().classes(), tensors(kind));
    }

    private static Served.Tensors tensors(ModelKind.Tensors kind) {
        int classes = kind.model().classes().size();
        List<ValueInfo> outputs = kind.model().outputs().stream()
                .map(each -> each.isMaps() && classes > 0
                        ? new ValueInfo(
                                each.name(), ElementType.FLOAT, List.of(BATCH, Integer.toString(classes)), false)
                        : each)
                .toList();
        return new Served.Tensors(kind.model().inputs(), outputs);
    }

    @Override
    public SequencedMap<String, Value> infer(Map<String, Value> inputs, Deadline deadline) {
        SequencedMap<String, Value> outputs = new LinkedHashMap<>();
        Map<String, Value> results =
                kind.queue().compute(List.of(inputs), deadline).getFirst();
        for (ValueInfo each : kind.model().outputs()) {
            Value value = results.get(each.name());
            if (value == null) throw new IllegalStateException("the model gives no '" + each.name() + "'");
            outputs.put(each.name(), each.isMaps() && !classes.isEmpty() ? numbers(value) : value);
        }
        return outputs;
    }

    private Value numbers(Value maps) {
        List<Value> rows = maps.elements();
        float[] all = new float[rows.size() * classes.size()];
        int at = 0;
        for (Value row : rows) {
            Map<String, Double> numbers = row.numbers();
            for (String each : classes)
                all[at++] = numbers.getOrDefault(each, Double.NaN).floatValue();
        }
        return Value.view(ElementType.FLOAT, Shape.of(rows.size(), classes.size()), all, 0);
    }
}
