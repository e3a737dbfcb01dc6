package dev.neurite.kernel.cpu.conv;

import org.jspecify.annotations.Nullable;

/// Remembers which convolution a thread's memory was prepared for.
final class LastCall {
    private @Nullable Convolution call;
    private long number;

    /// Whether this call is another than the last one asked for.
    @SuppressWarnings("ReferenceEquality") // the same object is meant
    boolean isNot(Convolution p) {
        boolean other = call != p || number != p.number;
        call = p;
        number = p.number;
        return other;
    }
}
