package dev.neurite.serve.model;

import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.signature.Signature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A model of Neurite as one of tensors, with the names and shapes of its ONNX export: [RowReader] says what it takes,
/// [TensorOutputs] what it gives.
record PredictorTensors(
        ModelKind.Predictions kind,
        SequencedMap<String, RowReader> readers,
        TensorOutputs outputs,
        Served.Tensors tensors)
        implements TensorForm {
    PredictorTensors(ModelKind.Predictions kind) {
        this(kind, RowReader.all(kind.predictor()), TensorOutputs.of(kind.predictor()));
    }

    private PredictorTensors(
            ModelKind.Predictions kind, SequencedMap<String, RowReader> readers, TensorOutputs outputs) {
        this(kind, readers, outputs, new Served.Tensors(infos(readers), outputs.infos()));
    }

    private static List<ValueInfo> infos(SequencedMap<String, RowReader> readers) {
        List<ValueInfo> infos = new ArrayList<>();
        readers.values().forEach(each -> infos.addAll(each.infos()));
        return infos;
    }

    @Override
    public SequencedMap<String, Value> infer(Map<String, Value> inputs, Deadline deadline) {
        int count = TensorForm.rows(tensors.inputs(), inputs);
        Signature signature = kind.predictor().signature();
        List<Object> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            if (signature.inputs().size() == 1) {
                rows.add(readers.firstEntry().getValue().row(inputs, row));
            } else {
                Map<String, Object> values = new LinkedHashMap<>();
                for (var each : readers.entrySet())
                    values.put(each.getKey(), each.getValue().row(inputs, row));
                rows.add(values);
            }
        }
        return outputs.values(kind.queue().compute(rows, deadline));
    }
}
