package dev.neurite.dashboard.view;

/// A sentence about the health of a training.
/// @param level how serious it is
/// @param title what it is about, in a few words
/// @param text the finding, with its figures and what to do
/// @param layer the layer or parameter concerned; empty for the whole training
public record Finding(Level level, String title, String text, String layer) {
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
    }

    static Finding good(String title, String text) {
        return new Finding(Level.GOOD, title, text, "");
    }

    static Finding watch(String title, String text) {
        return new Finding(Level.WATCH, title, text, "");
    }

    static Finding bad(String title, String text) {
        return new Finding(Level.BAD, title, text, "");
    }
}
