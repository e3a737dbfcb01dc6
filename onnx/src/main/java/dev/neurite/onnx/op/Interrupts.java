package dev.neurite.onnx.op;

import dev.neurite.error.ResourceException;

/// Asked before each step of a plan, and before each iteration of a loop, whose body may have no steps.
public final class Interrupts {
    private Interrupts() {}

    /// Refuses to go on.
    /// @param where what would be computed next
    /// @throws ResourceException if the thread is interrupted; it stays so
    public static void check(String where) {
        if (Thread.currentThread().isInterrupted()) {
            throw new ResourceException(where, "expects to run to the end, got an interrupt of its thread");
        }
    }
}
