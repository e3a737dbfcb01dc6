package dev.neurite.serve.model;

import dev.neurite.onnx.value.ValueInfo;
import java.util.List;

/// One version of a model, ready for requests.
/// @param name the name of the model
/// @param version a text, such as `1`
/// @param kind what it can do
/// @param tensors what it takes and gives as tensors
public record Served(String name, String version, Kind kind, Tensors tensors) {
    /// The inputs and outputs of a model as tensors, for the Open Inference Protocol. An extent that requests
    /// choose is no number, see [ValueInfo#extents].
    public record Tensors(List<ValueInfo> inputs, List<ValueInfo> outputs) {
        /// Lists are copied.
        public Tensors {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }
}
