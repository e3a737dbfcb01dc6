package dev.neurite.error;

/// Shapes that do not fit together, found when a model is built or when a tensor is handed to it.
public final class ShapeException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An error without a hint.
    public ShapeException(String where, String problem) {
        super(where, problem, "");
    }

    /// An error that also says what to do.
    public ShapeException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
