package dev.neurite.serve.model;

/// How it is with a version of a model.
/// @param reason why it is not ready, or why it is not the file that is there now; empty if there is nothing to say
public record ModelState(String name, String version, State state, String reason) {
    /// Whether it answers.
    public enum State {
        /// It is being loaded or warmed up for the first time.
        LOADING,
        /// It answers.
        READY,
        /// It could not be loaded, or was unloaded.
        UNAVAILABLE
    }
}
