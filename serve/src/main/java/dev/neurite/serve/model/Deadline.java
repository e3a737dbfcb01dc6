package dev.neurite.serve.model;

import dev.neurite.http.HttpProblem;
import java.time.Duration;

/// Until when a request wants its answer.
/// @param nanos of [System#nanoTime]
public record Deadline(long nanos) {
    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /// The time that is left; zero or less if it is over.
    public Duration left() {
        return Duration.ofNanos(nanos - System.nanoTime());
    }

    public boolean isOver() {
        return nanos - System.nanoTime() <= 0;
    }

    /// @throws HttpProblem 504 if it is over
    public void check() {
        if (isOver()) throw over();
    }

    /// The problem of a request whose time is over.
    static HttpProblem over() {
        return new HttpProblem(504, "deadline", "", "the time of the request is over");
    }
}
