package dev.neurite.kernel.cpu.conv;

import org.jspecify.annotations.Nullable;

/// Remembers the call that a thread's workspace was prepared for.
final class LastCall {
    private @Nullable Convolution call;
    private long number;

    /// Whether this is another call than the last one passed here.
    @SuppressWarnings("ReferenceEquality") // the same object is meant
    boolean isNot(Convolution p) {
        boolean other = call != p || number != p.number;
        call = p;
        number = p.number;
        return other;
    }
}
