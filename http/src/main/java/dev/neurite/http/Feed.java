package dev.neurite.http;

import java.io.IOException;

/// What one client of an event stream is sent. It knows what the client has seen.
@FunctionalInterface
public interface Feed {
    /// Sends what is new since the last call. Called again and again, in the thread of the client; waits while
    /// the client is slow.
    /// @return whether more may come; if not, the stream ends
    /// @throws IOException if the client is gone; let it pass
    boolean send(EventSink sink) throws IOException;
}
