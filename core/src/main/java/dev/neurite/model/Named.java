package dev.neurite.model;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A node with a name of its own: `named("head", dense(10))`. A graph numbers nodes without one. Two
/// equal nodes of one name are one node used twice.
/// @param name without dots
/// @param node the node
public record Named(String name, Node node) implements Node {
    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        return declare.child(name, node, in);
    }

    @Override
    public List<String> replaceable() {
        return Node.replaceable(name, node);
    }

    @Override
    public Node replace(String path, Node other) {
        if (!path.equals(name) && !path.startsWith(name + ".")) return Node.super.replace(path, other);
        String inside = path.length() == name.length() ? "" : path.substring(name.length() + 1);
        return new Named(name, Node.replaced(node, inside, other));
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        return pass.apply(0, in);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.apply(0, x);
    }
}
