package dev.neurite.check;

import java.util.List;

/// Something that is not as it should be.
/// @param verdict how bad it is, a warning or a problem
/// @param what what was seen, with its figures
/// @param causes what it may come from, the likeliest first
public record Finding(Verdict verdict, String what, List<String> causes) {
    /// Keeps a copy.
    public Finding {
        causes = List.copyOf(causes);
    }

    static Finding warning(String what, String... causes) {
        return new Finding(Verdict.WARNING, what, List.of(causes));
    }

    static Finding problem(String what, String... causes) {
        return new Finding(Verdict.PROBLEM, what, List.of(causes));
    }

    /// What was seen, and a line for each cause.
    @Override
    public String toString() {
        return verdict + ": " + what + (causes.isEmpty() ? "" : "\n  perhaps " + String.join("\n  perhaps ", causes));
    }
}
