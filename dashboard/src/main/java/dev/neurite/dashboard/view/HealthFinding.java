package dev.neurite.dashboard.view;

import dev.neurite.check.Advice;
import dev.neurite.check.Verdict;

/// A sentence about the health of a training.
/// @param level how serious it is
/// @param title what it is about, in a few words
/// @param text the finding, with its figures and what to do
/// @param layer the layer or parameter concerned; empty for the whole training
/// @param command a command line that answers it; empty if none is known
public record HealthFinding(Level level, String title, String text, String layer, String command) {
    /// How serious a finding is.
    public enum Level {
        /// As it should be.
        GOOD,
        /// Worth a look.
        WATCH,
        /// The training is unlikely to succeed like this.
        BAD;

        /// In lower case.
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        public static Level of(Verdict verdict) {
            return switch (verdict) {
                case OK -> GOOD;
                case WARNING -> WATCH;
                case PROBLEM -> BAD;
            };
        }
    }

    /// A finding without a command.
    HealthFinding(Level level, String title, String text, String layer) {
        this(level, title, text, layer, "");
    }

    static HealthFinding of(Advice advice) {
        return new HealthFinding(
                Level.of(advice.verdict()), advice.topic().toString(), advice.text(), advice.layer(), advice.command());
    }

    static HealthFinding good(String title, String text) {
        return new HealthFinding(Level.GOOD, title, text, "");
    }

    static HealthFinding watch(String title, String text) {
        return new HealthFinding(Level.WATCH, title, text, "");
    }

    static HealthFinding bad(String title, String text) {
        return new HealthFinding(Level.BAD, title, text, "");
    }
}
