package dev.neurite.onnx.format;

import java.util.Map;

/// What a file says of itself.
/// @param irVersion the version of the format
/// @param opsets the version of each set of operators, by domain; ONNX's own domain is empty
/// @param producer the software that wrote it; texts are empty if there are none
/// @param producerVersion its version
/// @param domain the model's name space, as `org.example`
/// @param version the model's version
/// @param description its documentation
public record ModelInfo(
        int irVersion,
        Map<String, Integer> opsets,
        String producer,
        String producerVersion,
        String domain,
        long version,
        String description) {
    public ModelInfo {
        opsets = Map.copyOf(opsets);
    }
}
