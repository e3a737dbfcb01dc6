package dev.neurite.http;

import java.time.Duration;

/// How long a server waits, and how much it takes. Tests use shorter times.
/// @param head from the first byte of a request to the end of its headers; then the connection is
/// closed
/// @param body to read a body; then the answer is 408
/// @param write to write 64 KB of an answer, or one event; then the connection is closed
/// @param ping between events of a stream; then a comment is sent, which finds out whether the
/// client is still there
/// @param drain for requests that run when the server closes
/// @param linger to read on after an answer to a request whose body was not read, so that the
/// client gets the answer
/// @param exchanges requests at the same time, including those that are still being read; more
/// connections are closed
/// @param working requests that are being answered at the same time; more get 503
/// @param streams event streams at the same time; more get 503
public record Limits(
        Duration head,
        Duration body,
        Duration write,
        Duration ping,
        Duration drain,
        Duration linger,
        int exchanges,
        int working,
        int streams) {
    /// The limits of every server.
    public static final Limits USUAL = new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(8),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(4),
            Duration.ofSeconds(2),
            512,
            64,
            32);

    /// Bytes of a JSON body.
    static final int JSON = 1 << 20;

    /// Bytes of a body that is read and thrown away after a refusal.
    static final int DISCARDED = 16 << 20;

    /// Characters of a path with its query.
    static final int TARGET = 4096;

    /// Bytes of all headers of a request.
    static final int HEADERS = 16 << 10;

    /// Number of headers of a request.
    static final int HEADER_COUNT = 100;

    /// Handlers that compute at the same time, and how many wait for that.
    static final int HEAVY = 2;

    static final int HEAVY_WAITING = 16;

    /// These limits with another number of requests that are answered at the same time.
    public Limits working(int working) {
        return new Limits(head, body, write, ping, drain, linger, exchanges, working, streams);
    }

    /// These limits with another number of requests at the same time, those that are still read included.
    public Limits exchanges(int exchanges) {
        return new Limits(head, body, write, ping, drain, linger, exchanges, working, streams);
    }

    /// These limits with another time to read a body.
    public Limits body(Duration body) {
        return new Limits(head, body, write, ping, drain, linger, exchanges, working, streams);
    }

    /// These limits with another time for what runs when the server closes.
    public Limits drain(Duration drain) {
        return new Limits(head, body, write, ping, drain, linger, exchanges, working, streams);
    }
}
