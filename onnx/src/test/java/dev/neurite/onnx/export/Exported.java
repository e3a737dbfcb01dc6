package dev.neurite.onnx.export;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model, its file, and rows for both.
/// @param inputs for the model
/// @param expected what the model gives
record Exported(String name, Model model, List<Tensor> inputs, List<Tensor> expected) {
    private static final int ROWS = 3;
    private static final int STEPS = 7; // of what is open

    /// With random running statistics, rows and ids.
    /// @param vocabulary of the ids that are the first input; 0 for other inputs
    static Exported of(String name, Model given, int vocabulary) {
        var random = new KeyedRandom(7, name.hashCode());
        Model model = given.initialize(3).withStatistics(given.statistics());
        for (String each : model.statistics().names()) {
            Tensor old = model.statistics().get(each);
            float[] values = new float[old.size()];
            for (int i = 0; i < values.length; i++) values[i] = 0.5f + (float) random.nextDouble();
            model = model.with(each, Tensor.of(old.shape(), values));
        }
        for (String each : model.parameters().names()) {
            if (!each.contains("bias") && !each.endsWith("slope")) continue;
            Tensor old = model.parameters().get(each);
            float[] values = new float[old.size()];
            for (int i = 0; i < values.length; i++) values[i] = (float) random.nextDouble() - 0.5f;
            model = model.with(each, Tensor.of(old.shape(), values));
        }
        List<Tensor> inputs = new ArrayList<>();
        for (Shape each : model.network().inputs()) {
            Shape row = each.withOpen(inputs.isEmpty() ? STEPS : STEPS - 2);
            float[] values = new float[row.forRows(ROWS).size()];
            boolean ids = vocabulary > 0 && inputs.isEmpty();
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        ids ? (int) ((float) random.nextDouble() * vocabulary) : 3 * (float) random.nextDouble() - 1.5f;
            }
            inputs.add(Tensor.of(row.forRows(ROWS), values));
        }
        return new Exported(name, model, inputs, model.predict(inputs));
    }

    /// The rows as the file takes them.
    static Map<String, Value> values(List<ValueInfo> infos, List<Tensor> inputs) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            Tensor x = inputs.get(i);
            if (infos.get(i).type() == ElementType.INT64) {
                long[] ids = new long[x.size()];
                for (int j = 0; j < ids.length; j++) ids[j] = (long) x.toArray()[j];
                values.put(infos.get(i).name(), Value.of(x.shape(), ids));
            } else {
                values.put(infos.get(i).name(), Value.of(x));
            }
        }
        return values;
    }

    /// The largest difference between what the model and what the file in the library's own engine give, relative to
    /// numbers above 1.
    double difference(byte[] file) {
        OnnxModel read = OnnxModel.read(file);
        Map<String, Value> given = read.run(values(read.inputs(), inputs));
        double largest = given.size() == expected.size() ? 0 : Double.POSITIVE_INFINITY;
        int i = 0;
        for (Value each : given.values()) {
            Tensor wanted = expected.get(i++);
            if (!each.shape().equals(wanted.shape())) return Double.POSITIVE_INFINITY;
            float[] got = each.floats();
            float[] numbers = wanted.toArray();
            for (int j = 0; j < got.length; j++) {
                double difference = Math.abs(got[j] - numbers[j]) / Math.max(1, Math.abs(numbers[j]));
                if (!(difference <= largest))
                    largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
            }
        }
        return largest;
    }
}
