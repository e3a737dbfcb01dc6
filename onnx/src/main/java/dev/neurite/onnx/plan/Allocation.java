package dev.neurite.onnx.plan;

import dev.neurite.error.ResourceException;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;
import java.util.function.Supplier;

/// Makes values, unless they would fill the memory.
final class Allocation {
    private static final int BYTES_OF_REFERENCE = 8; // to a text or value

    private Allocation() {}

    static long bytes(ElementType type, long elements) {
        return elements * (type.bytes() == 0 ? BYTES_OF_REFERENCE : type.bytes());
    }

    /// Refuses what is larger than the heap.
    /// @param what names it in the message
    /// @throws ResourceException if it is
    static void requireRoom(Supplier<String> what, long bytes) {
        long most = Runtime.getRuntime().maxMemory();
        if (bytes <= most / 4 * 3) return;
        throw new ResourceException(
                what.get(),
                "expects " + (bytes >> 20) + " MB, got a heap of " + (most >> 20) + " MB",
                "Give Java more memory, as in -Xmx8g, or take smaller inputs");
    }

    /// A value whose elements are to be written.
    static Value make(String name, Fact fact) {
        requireRoom(
                () -> "value '" + name + "' " + fact,
                bytes(fact.type(), fact.shape().size()));
        return over(fact, fact.type().newArray(fact.shape().size()));
    }

    /// A value over an array that is long enough.
    static Value over(Fact fact, Object array) {
        if (fact.layout() == Layout.ROW_MAJOR) return Value.view(fact.type(), fact.shape(), array, 0);
        return Value.of(Tensor.view(fact.shape(), (float[]) array, 0, fact.layout()));
    }
}
