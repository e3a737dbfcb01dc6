package dev.neurite.error;

import java.nio.file.Path;

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

    /// The exception for a file that does not exist; for a relative path it says where it was looked for.
    /// @param expected what the file should be: `a safetensors file`
    public static DataException missing(Path file, String expected) {
        return missing(file, expected, "");
    }

    /// [#missing(Path, String)] with what to do.
    /// @param hint a sentence without its period
    public static DataException missing(Path file, String expected, String hint) {
        String looked = file.isAbsolute() ? "" : "Looked in " + Path.of("").toAbsolutePath();
        return new DataException(
                file.toString(),
                "expects " + expected + ", got nothing: it does not exist",
                looked + (looked.isEmpty() || hint.isEmpty() ? "" : ". ") + hint);
    }
}
