package dev.neurite.error;

/// Data that cannot be read or is invalid: a missing or damaged file, a wrong label, a row of the wrong length.
public final class DataException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An exception without a hint.
    public DataException(String where, String problem) {
        super(where, problem, "");
    }

    /// An exception with a hint what to do.
    public DataException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
