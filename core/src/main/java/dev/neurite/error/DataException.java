package dev.neurite.error;

/// Data that cannot be read or does not say what it should: a missing or damaged file, a wrong label, a
/// ragged row.
public final class DataException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An error without a hint.
    public DataException(String where, String problem) {
        super(where, problem, "");
    }

    /// An error that also says what to do.
    public DataException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
