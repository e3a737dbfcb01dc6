package dev.neurite.model;

import dev.neurite.model.Profile.Phase;

/// Measures where the time of training goes. Each nanosecond between [#start] and [#stop] counts once,
/// for a layer or for a phase of the step. Also makes the events `neurite.Layer` of Java Flight
/// Recorder, while a recording wants them.
///
/// [Executor#profile] makes the executor measure its layers. The driver marks the other phases of a
/// step with [#enter] and [#leave]. Belongs to the thread of its executor.
public interface Profiler {
    /// Starts the clock: time counts as [Phase#OTHER] until a phase or a layer begins.
    void start();

    /// Stops the clock.
    void stop();

    /// Begins a phase that belongs to no layer, such as [Phase#LOSS]. It lasts until [#leave].
    void enter(Phase phase);

    /// Ends the phase that [#enter] began. Time counts as [Phase#OTHER] again.
    /// @param rows rows of the batch
    /// @param flops floating-point operations of the phase
    /// @param bytes bytes that the phase read and wrote
    void leave(int rows, long flops, long bytes);

    /// The times so far.
    Profile profile();
}
