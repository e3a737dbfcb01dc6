package dev.neurite.error;

/// A model file that is damaged, unsafe, or of a version or content that this library does not know.
public final class ModelFormatException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An error without a hint.
    public ModelFormatException(String where, String problem) {
        super(where, problem, "");
    }

    /// An error that also says what to do.
    public ModelFormatException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
