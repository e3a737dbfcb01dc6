package dev.neurite.error;

/// A model file that is damaged or unsafe, or whose version or content this library does not know.
public final class ModelFormatException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An exception without a hint.
    public ModelFormatException(String where, String problem) {
        super(where, problem, "");
    }

    /// An exception with a hint what to do.
    public ModelFormatException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
