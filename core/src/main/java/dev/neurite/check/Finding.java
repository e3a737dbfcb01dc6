package dev.neurite.check;

import java.util.List;

/// Something unusual that a check found.
/// @param verdict a warning or a problem
/// @param what what was found, with its numbers
/// @param causes possible causes, the likeliest first
public record Finding(Verdict verdict, String what, List<String> causes) {
    public Finding {
        causes = List.copyOf(causes);
    }

    static Finding warning(String what, String... causes) {
        return new Finding(Verdict.WARNING, what, List.of(causes));
    }

    static Finding problem(String what, String... causes) {
        return new Finding(Verdict.PROBLEM, what, List.of(causes));
    }

    /// What was found, and a line for each cause.
    @Override
    public String toString() {
        return verdict + ": " + what + (causes.isEmpty() ? "" : "\n  perhaps " + String.join("\n  perhaps ", causes));
    }
}
