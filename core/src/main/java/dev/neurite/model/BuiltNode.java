package dev.neurite.model;

import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One place in a built network where a node is applied: what its build declared. A node used twice has two
/// sites that name the same parameters and statistics.
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
