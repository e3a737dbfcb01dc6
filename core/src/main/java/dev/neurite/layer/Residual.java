package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A residual connection: y = g(body(x) + shortcut(x)). He et al. 2015, arXiv:1512.03385.
///
/// ```
/// x ──┬── body ─────── + ── g ── y
///     └── shortcut ────┘
/// ```
/// @param body the layers that learn the residual
/// @param shortcut the identity by default; often a 1×1 convolution where the body changes the shape
/// @param activation g, none by default
public record Residual(Node body, Node shortcut, Elementwise activation) implements Layer {
    public Residual withShortcut(Node other) {
        return new Residual(body, other, activation);
    }

    /// A copy with this activation of the sum.
    public Residual withActivation(Elementwise g) {
        return new Residual(body, shortcut, g);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        List<Shape> out = declare.child("body", body, List.of(in));
        List<Shape> around = declare.child("shortcut", shortcut, List.of(in));
        if (out.size() != 1 || !out.equals(around)) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects one output of one shape from body and shortcut, got " + out + " and " + around,
                    "Keep the shape in the body, for example withPadding(SAME), or change it in the shortcut too:"
                            + " withShortcut");
        }
        return out.getFirst();
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
    public Tensor forward(Tensor x, Pass pass) {
        Tensor y = pass.apply(0, x);
        Tensor around = pass.apply(1, x);
        Layout layout = y.layout() == around.layout() ? y.layout() : Layout.ROW_MAJOR;
        List<Tensor> both = List.of(pass.inLayout(y, layout), pass.inLayout(around, layout));
        return new Add(activation).forward(both, pass).getFirst();
    }

    @Override
    public List<String> replaceable() {
        List<String> paths = Node.replaceable("body", body);
        paths.addAll(Node.replaceable("shortcut", shortcut));
        return paths;
    }

    @Override
    public Node replace(String path, Node other) {
        int dot = path.indexOf('.');
        String inside = dot < 0 ? "" : path.substring(dot + 1);
        return switch (dot < 0 ? path : path.substring(0, dot)) {
            case "body" -> new Residual(Node.replaced(body, inside, other), shortcut, activation);
            case "shortcut" -> new Residual(body, Node.replaced(shortcut, inside, other), activation);
            default -> throw new ConfigException("layer '" + path + "'", "expects body or shortcut of " + this);
        };
    }

    @Override
    public Activation outputActivation() {
        return Activate.detachable(activation) ? activation : Activation.IDENTITY;
    }

    @Override
    public Residual withoutOutputActivation() {
        return Activate.detachable(activation) ? withActivation(Activation.IDENTITY) : this;
    }

    @Override
    public String toString() {
        return "residual(" + body + (isIdentity(shortcut) ? "" : ", shortcut " + shortcut)
                + (activation.equals(Activation.IDENTITY) ? "" : ", " + activation) + ")";
    }

    private static boolean isIdentity(Node shortcut) {
        return shortcut.equals(new Activate(Activation.IDENTITY));
    }
}
