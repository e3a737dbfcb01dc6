package dev.neurite.error;

/// Something outside the program ran out or refused: memory, disk, permissions, a port.
public final class ResourceException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An error without a hint.
    public ResourceException(String where, String problem) {
        super(where, problem, "");
    }

    /// An error that also says what to do.
    public ResourceException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
