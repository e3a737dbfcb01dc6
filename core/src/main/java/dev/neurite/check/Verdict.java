package dev.neurite.check;

import java.util.Locale;

/// What a check thinks of what it saw, from good to bad.
public enum Verdict {
    /// As it should be.
    OK,
    /// Unusual: worth a look, and sometimes meant so.
    WARNING,
    /// Training will hardly succeed like this.
    PROBLEM;

    /// `ok`, `warning` or `problem`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
