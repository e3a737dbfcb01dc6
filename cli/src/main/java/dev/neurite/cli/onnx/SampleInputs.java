package dev.neurite.cli.onnx;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Inputs for a model whose results nobody looks at: normal random numbers, integers of 1, which are ids of every
/// vocabulary and masks of what is there, truth values that are true, empty texts.
public final class SampleInputs {
    private SampleInputs() {}

    /// A value for each input.
    /// @param shapes of the inputs, by name
    /// @throws ConfigException for an input without a shape
    public static Map<String, Value> of(List<ValueInfo> inputs, Map<String, Shape> shapes) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfo each : inputs) {
            Shape shape = shapes.get(each.name());
            if (shape == null) {
                throw new ConfigException(
                        "input '" + each.name() + "'",
                        "expects its extents, as the model does not say how many axes it has, got none",
                        "Add " + ExtentOptions.NAME + " " + each.name() + "=1x128");
            }
            values.put(each.name(), value(each.type(), shape));
        }
        return values;
    }

    private static Value value(ElementType type, Shape shape) {
        Object array = type.newArray(shape.size());
        var random = new KeyedRandom(1);
        switch (array) {
            case float[] floats -> {
                for (int i = 0; i < floats.length; i++) floats[i] = (float) random.nextGaussian();
            }
            case double[] doubles -> {
                for (int i = 0; i < doubles.length; i++) doubles[i] = random.nextGaussian();
            }
            case long[] longs -> Arrays.fill(longs, 1);
            case int[] ints -> Arrays.fill(ints, 1);
            case byte[] bytes -> Arrays.fill(bytes, (byte) 1);
            case boolean[] truths -> Arrays.fill(truths, true);
            default -> {} // empty texts
        }
        return Value.view(type, shape, array, 0);
    }
}
