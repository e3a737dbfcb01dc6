package dev.neurite.predict;

import java.util.function.Supplier;

/// What is around each prediction of a model: a timer, a trace, a limit of how many run at once. `timer::record` of
/// Micrometer is one: `predictor.with(timer::record)`. Safe to use from many threads.
@FunctionalInterface
public interface Interceptor {
    /// Computes a prediction, on the calling thread.
    /// @param prediction to be called once; what it throws is the caller's
    /// @return what it gives
    <T> T around(Supplier<T> prediction);
}
