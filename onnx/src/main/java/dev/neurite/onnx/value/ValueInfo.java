package dev.neurite.onnx.value;

import java.util.List;
import java.util.stream.Collectors;

/// What a model says of an input or output.
/// @param name its name
/// @param type the type of its elements
/// @param extents its extents as texts: numbers, or names for those that may differ between calls; `?` without a
/// name
/// @param anyRank whether the model does not say the number of axes; there are no extents then
public record ValueInfo(String name, ElementType type, List<String> extents, boolean anyRank) {
    /// Extents are copied.
    public ValueInfo {
        extents = List.copyOf(extents);
    }

    /// As `x: float [batch×3×224×224]`.
    @Override
    public String toString() {
        return name + ": " + type + " "
                + (anyRank ? "of any shape" : extents.stream().collect(Collectors.joining("×", "[", "]")));
    }
}
