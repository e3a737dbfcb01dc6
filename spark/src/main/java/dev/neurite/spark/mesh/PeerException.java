package dev.neurite.spark.mesh;

import java.io.IOException;

/// A worker that another one waits for does not answer, or answers something else than was agreed.
public final class PeerException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean echo;

    /// An exception.
    /// @param echo whether it only says that another worker has failed
    public PeerException(String message, boolean echo) {
        super(message);
        this.echo = echo;
    }

    /// Whether it only says that another worker has failed: who looks for the cause looks there.
    public boolean isEcho() {
        return echo;
    }
}
