package dev.neurite.onnx.format;

/// How messages name a part of a file.
final class NodePlaces {
    private static final int LONGEST = 100;

    private NodePlaces() {}

    /// A part of something, as `model.onnx, node 'conv1' (Conv)`. Long names are cut: a file may have a name of
    /// megabytes, and thousands of parts in what it names.
    /// @param around the place of the graph or node around it
    /// @param kind `node`, `tensor`
    static String of(String around, String kind, String name) {
        return around + ", " + kind + " '" + cut(name) + "'";
    }

    static String node(String around, String name, String op) {
        return of(around, "node", name) + (op.isEmpty() ? "" : " (" + cut(op) + ")");
    }

    private static String cut(String name) {
        return name.length() <= LONGEST ? name : name.substring(0, LONGEST) + "…";
    }
}
