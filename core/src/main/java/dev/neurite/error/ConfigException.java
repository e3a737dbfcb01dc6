package dev.neurite.error;

/// A setting that is out of range, unknown, or contradicts another.
public final class ConfigException extends NeuriteException {
    private static final long serialVersionUID = 1L;

    /// An error without a hint.
    public ConfigException(String where, String problem) {
        super(where, problem, "");
    }

    /// An error that also says what to do.
    public ConfigException(String where, String problem, String hint) {
        super(where, problem, hint);
    }
}
