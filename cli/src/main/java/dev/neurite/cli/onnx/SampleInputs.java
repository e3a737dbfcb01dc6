package dev.neurite.cli.onnx;

import dev.neurite.error.ConfigException;
import dev.neurite.onnx.value.KnownElements;
import dev.neurite.onnx.value.SampleValues;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Inputs for a model whose results nobody looks at, see [SampleValues].
public final class SampleInputs {
    private SampleInputs() {}

    /// A value for each input.
    /// @param shapes of the inputs, by name
    /// @param known which elements the model knows of an input
    /// @throws ConfigException for an input without a shape
    public static Map<String, Value> of(
            List<ValueInfo> inputs, Map<String, Shape> shapes, Function<String, KnownElements> known) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfo each : inputs) {
            Shape shape = shapes.get(each.name());
            if (shape == null) {
                throw new ConfigException(
                        "input '" + each.name() + "'",
                        "expects its extents, as the model does not say how many axes it has, got none",
                        "Add " + ExtentOptions.NAME + " " + each.name() + "=1x128");
            }
            values.put(each.name(), SampleValues.of(each.type(), shape, 1, known.apply(each.name())));
        }
        return values;
    }
}
