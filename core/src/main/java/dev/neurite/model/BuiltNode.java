package dev.neurite.model;

import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A node in its place in a built network: its shapes, and what its build declared. A node that is used twice has two
/// of these, which name the same parameters and statistics.
final class BuiltNode {
    final String path;
    final Node node;
    final List<Shape> in;
    final List<BuiltNode> children = new ArrayList<>();
    final Map<String, Parameter> parameters = new LinkedHashMap<>();
    final Map<String, Parameter> statistics = new LinkedHashMap<>();
    List<Shape> out = List.of();
    boolean frozen;
    long multiplications;

    BuiltNode(String path, Node node, List<Shape> in, boolean frozen) {
        this.path = path;
        this.node = node;
        this.in = in;
        this.frozen = frozen;
    }
}
