package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.SequenceKernels;
import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// One vector for a sequence: the mean or the maximum of its positions, or one of them. Padding does not count.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × time × width]` |
/// | y | `[rows × width]` |
/// @param result what stands for the sequence
public record SequencePool(Summary result) implements Layer {
    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != 2 || in.extent(1) == Shape.OPEN || in.extent(0) == 0) {
            throw new ShapeException(declare.path(), this + " expects sequences [time×width], got " + in);
        }
        return Shape.of(in.extent(1));
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    /// True for the last position, which is that of the part.
    @Override
    public boolean acceptsParts() {
        return result == Summary.LAST;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        SequenceKernels kernels = pass.kernels().sequences();
        Tensor lengths = pass.lengths(x);
        Tensor y = pass.output();
        kernels.summarize(result, x, lengths, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) kernels.summarizeGradient(result, x, lengths, dy, dx);
        });
    }

    @Override
    public String toString() {
        return "sequencePool(" + result + ")";
    }
}
