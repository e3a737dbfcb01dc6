package dev.neurite.onnx.op;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.ref.SoftReference;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Arrays that a step needs while it runs, and leaves to later runs: new ones would have to be filled with zeros, and
/// would not be in the caches. Runs at once have arrays of their own. Thread-safe.
public final class Scratch {
    private final Shape shape;
    private final ConcurrentLinkedQueue<SoftReference<float[]>> idle = new ConcurrentLinkedQueue<>();

    /// @param shape of the tensors
    public Scratch(Shape shape) {
        this.shape = shape;
    }

    /// A tensor with any elements, to be given back.
    public Tensor take() {
        for (SoftReference<float[]> each = idle.poll(); each != null; each = idle.poll()) {
            float[] array = each.get();
            if (array != null) return Tensor.view(shape, array, 0);
        }
        return Tensor.view(shape, new float[shape.size()], 0);
    }

    /// Takes a tensor back that nobody uses any more.
    public void release(Tensor tensor) {
        idle.add(new SoftReference<>(tensor.array()));
    }
}
