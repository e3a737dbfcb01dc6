package dev.neurite.error;

/// Training left the numbers: a loss became infinite or NaN. Thrown before the update, so the parameters
/// are still good.
public final class DivergedException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An error without a hint.
    public DivergedException(String where, String problem) {
        super(where, problem, "");
    }

    /// An error that also says what to do.
    public DivergedException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
