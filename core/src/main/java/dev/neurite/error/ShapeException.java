package dev.neurite.error;

/// Shapes that do not fit together, detected when a model is built or when it gets a tensor.
public final class ShapeException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An exception without a hint.
    public ShapeException(String where, String problem) {
        super(where, problem, "");
    }

    /// An exception with a hint what to do.
    public ShapeException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
