package dev.neurite.check;

import java.util.Locale;

/// The verdict of a check, from good to bad.
public enum Verdict {
    /// As it should be.
    OK,
    /// Unusual: worth a look, but it may be intended.
    WARNING,
    /// Training will probably fail.
    PROBLEM;

    /// `ok`, `warning` or `problem`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
