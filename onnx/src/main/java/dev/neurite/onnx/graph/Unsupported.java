package dev.neurite.onnx.graph;

import java.util.List;
import java.util.stream.Collectors;

/// An operator of a model that is not supported.
/// @param operator with its domain, as `com.acme.Bar`
/// @param nodes the names of the nodes that have it
public record Unsupported(String operator, List<String> nodes) {
    private static final int MOST_NAMED = 3;

    public Unsupported {
        nodes = List.copyOf(nodes);
    }

    /// As `2 × com.acme.Bar (nodes 'a', 'b')`.
    @Override
    public String toString() {
        String names =
                nodes.stream().limit(MOST_NAMED).map(each -> "'" + each + "'").collect(Collectors.joining(", "));
        return nodes.size() + " × " + operator + (nodes.size() == 1 ? " (node " : " (nodes ") + names
                + (nodes.size() > MOST_NAMED ? ", …)" : ")");
    }
}
