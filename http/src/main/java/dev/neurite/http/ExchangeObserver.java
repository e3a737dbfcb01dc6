package dev.neurite.http;

import java.net.InetAddress;
import java.time.Duration;

/// Sees each request that was answered, or whose client left before: for a log, and for figures.
@FunctionalInterface
public interface ExchangeObserver {
    /// A request and its answer.
    /// @param client who asked
    /// @param method the method, as it came: any text
    /// @param target path and query, as they came: any text, and possibly private
    /// @param route the path of its route, such as `/predict/{name}`; empty if it has none
    /// @param status the status of the answer; 0 if the client got none
    /// @param bytes of the body that were sent
    /// @param time from the end of the headers to the last byte of the answer
    record Answered(
            InetAddress client, String method, String target, String route, int status, long bytes, Duration time) {}

    /// Called in the thread of the exchange, which waits for it.
    void answered(Answered exchange);
}
