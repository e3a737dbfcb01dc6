package dev.neurite.dashboard.http;

import java.io.IOException;

/// Takes the events that a [Replay] sends to one client.
@FunctionalInterface
public interface EventSink {
    /// Sends an event; waits while the client is slow.
    /// @throws IOException if the client is gone or takes nothing
    void send(Event event) throws IOException;

    /// Sends an event; waits while the client is slow.
    /// @param event its name: small letters and hyphens
    /// @param id its number, or [EventHub#NO_ID]
    /// @param data its text, usually JSON
    /// @throws IOException if the client is gone or takes nothing
    default void send(String event, long id, String data) throws IOException {
        send(Event.of(event, id, data));
    }
}
