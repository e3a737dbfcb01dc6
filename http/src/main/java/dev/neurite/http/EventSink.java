package dev.neurite.http;

import java.io.IOException;

/// Takes the events that a [Feed] sends to its client.
@FunctionalInterface
public interface EventSink {
    /// Sends an event; waits while the client is slow.
    /// @param event its name: small letters and hyphens
    /// @param id its number, by which a client that comes again says what it saw last; or [#NO_ID]
    /// @param data its text, usually JSON
    /// @throws IOException if the client is gone or takes nothing
    void send(String event, long id, String data) throws IOException;

    /// The id of an event without one.
    long NO_ID = -1;
}
