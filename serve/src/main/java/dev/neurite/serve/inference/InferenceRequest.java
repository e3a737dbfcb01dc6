package dev.neurite.serve.inference;

import dev.neurite.onnx.value.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a client asks of a model.
/// @param id what the answer has to name, too; empty for none
/// @param timeout how long the client waits; empty if it does not say
/// @param inputs all inputs of the model, by name
/// @param outputs what is wanted, in this order
public record InferenceRequest(
        Optional<String> id, Optional<Duration> timeout, Map<String, Value> inputs, List<Wanted> outputs) {
    /// Map and list are copied.
    public InferenceRequest {
        inputs = Map.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// An output that a client wants.
    /// @param name one of the model's
    /// @param binary whether as bytes behind the JSON
    /// @param classes how many classes with the highest values instead of the values; 0 for the values
    public record Wanted(String name, boolean binary, int classes) {}
}
