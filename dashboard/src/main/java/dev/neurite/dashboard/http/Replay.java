package dev.neurite.dashboard.http;

import java.io.IOException;

/// Sends a client of an event stream what it has not seen.
@FunctionalInterface
public interface Replay {
    /// Sends nothing. A client that fell behind goes on with the newest event, as suits events of
    /// which each says all.
    Replay NONE = (_, _) -> {};

    /// Sends the past. Called in the client's own thread before the live events, and again when the
    /// client fell behind by more events than the hub keeps.
    ///
    /// No event is lost if whoever publishes one has stored it before, so that it can be replayed.
    /// None comes twice: live events are left out whose id is not larger than the last one sent
    /// here.
    /// @param after the id of the last event that the client saw, or [EventHub#NO_ID]: send all
    /// from the beginning
    /// @throws IOException if the client is gone; let it pass
    void replay(long after, EventSink sink) throws IOException;
}
