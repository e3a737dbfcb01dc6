package dev.neurite.onnx.value;

import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;

/// What a model says of an input or output.
/// @param name its name
/// @param type the type of its elements; a sequence, map or optional value has values
/// @param content the type of those values; `type` again for elements that are none, and if it is not known
/// @param extents its extents as texts: numbers, or names for those that may differ between calls; [#NAMELESS]
/// without a name
/// @param anyRank whether the model does not say the number of axes; there are no extents then
public record ValueInfo(String name, ElementType type, ElementType content, List<String> extents, boolean anyRank) {
    /// What [#extents] have for one that may differ between calls and has no name.
    public static final String NAMELESS = "?";

    /// Extents are copied.
    public ValueInfo {
        extents = List.copyOf(extents);
    }

    /// Of elements that are no values.
    public ValueInfo(String name, ElementType type, List<String> extents, boolean anyRank) {
        this(name, type, type, extents, anyRank);
    }

    /// Whether it is a sequence of maps, as ZipMap gives for a classifier: a map for each row.
    public boolean isMaps() {
        return type == ElementType.SEQUENCE && content == ElementType.MAP;
    }

    /// Whether an extent of [#extents] is a number, the same in each call.
    public static boolean isFixed(String extent) {
        for (int i = 0; i < extent.length(); i++) if (extent.charAt(i) < '0' || extent.charAt(i) > '9') return false;
        return true;
    }

    /// A shape that fits: extents that may differ between calls are taken from the map, by name.
    /// @param open by name; 1 for those that are not there
    /// @throws ConfigException for an extent below 1
    /// @throws dev.neurite.error.ShapeException for more than 2³¹−1 elements
    public Shape shape(Map<String, Integer> open) {
        int[] known = new int[extents.size()];
        for (int i = 0; i < known.length; i++) {
            String extent = extents.get(i);
            known[i] = isFixed(extent) ? Integer.parseInt(extent) : open.getOrDefault(extent, 1);
            if (known[i] < 1 && !isFixed(extent)) {
                throw new ConfigException("extent of '" + extent + "'", "expects at least 1, got " + known[i]);
            }
        }
        return Shape.of(known);
    }

    /// Whether a value has the type, the number of axes, and the extents that are numbers.
    public boolean fits(Value value) {
        if (value.type() != type) return false;
        if (anyRank) return true;
        Shape shape = value.shape();
        boolean fits = shape.rank() == extents.size();
        for (int i = 0; fits && i < extents.size(); i++) {
            String extent = extents.get(i);
            fits = !isFixed(extent) || extent.equals(Integer.toString(shape.extent(i)));
        }
        return fits;
    }

    /// As `x: float [batch×3×224×224]` or `probabilities: sequence of maps`.
    @Override
    public String toString() {
        String form;
        if (!type.hasValues()) form = anyRank ? " of any shape" : " [" + String.join("×", extents) + "]";
        else if (content == type) form = "";
        else form = " of " + content + (content.hasValues() ? "s" : "");
        return name + ": " + type + form;
    }
}
