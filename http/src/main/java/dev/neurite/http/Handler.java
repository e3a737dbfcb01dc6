package dev.neurite.http;

import java.io.IOException;

/// Answers the requests of a [Route].
@FunctionalInterface
public interface Handler {
    /// Answers a request. Many threads call this at the same time.
    /// @throws HttpProblem to be told to the client. Exceptions of Neurite are told too; any other
    /// is a status of 500 without details
    Answer handle(Request request) throws IOException;
}
