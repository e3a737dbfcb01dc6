package dev.neurite.onnx.op;

/// Says that a step cannot be made before the elements of an input are there. Nobody but planners sees it.
public final class NotYetKnown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// For one input of a node.
    public NotYetKnown(String input) {
        super("the elements of " + input + " are not known yet", null, false, false);
    }
}
