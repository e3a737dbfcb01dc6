package dev.neurite.error;

/// Training diverged: a loss became infinite or NaN. Thrown before the update, so the parameters are still finite.
public final class DivergedException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An exception without a hint.
    public DivergedException(String where, String problem) {
        super(where, problem, "");
    }

    /// An exception with a hint what to do.
    public DivergedException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
