package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// One vector for a sequence: the mean of its positions, or one of them. Padding does not count.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × time × width]` |
/// | y | `[rows × width]` |
/// @param result what stands for the sequence
public record SequencePool(Result result) implements Layer {
    /// What stands for a sequence.
    public enum Result {
        /// The mean of all positions.
        MEAN,
        /// The first position, where encoders have a token for the whole text.
        FIRST,
        /// The last position.
        LAST
    }

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

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor lengths = pass.lengths(x);
        Tensor y = pass.output();
        for (int row = 0; row < x.rows(); row++) {
            Tensor positions = read(x, lengths, row);
            Tensor to = y.rows(row, row + 1);
            if (result == Result.MEAN) {
                kernels.columnSums(positions, to);
                kernels.scale(1f / positions.rows(), to, to);
            } else {
                kernels.copy(positions, to);
            }
        }
        return pass.backward(x, y, (dy, dx) -> {
            if (!pass.wants(x)) return;
            kernels.fill(0, dx);
            for (int row = 0; row < x.rows(); row++) {
                Tensor positions = read(dx, lengths, row);
                float share = 1f / positions.rows();
                Tensor from = dy.rows(row, row + 1);
                for (int t = 0; t < positions.rows(); t++) kernels.scale(share, from, positions.rows(t, t + 1));
            }
        });
    }

    /// The positions of a row that count, `[positions × width]`; a view.
    private Tensor read(Tensor x, Tensor lengths, int row) {
        Shape shape = x.shape().row();
        int length = lengths.size() == 0 ? shape.extent(0) : (int) lengths.get(row);
        Tensor all = x.rows(row, row + 1).reshape(shape);
        return switch (result) {
            case MEAN -> all.rows(0, length);
            case FIRST -> all.rows(0, 1);
            case LAST -> all.rows(length - 1, length);
        };
    }

    @Override
    public String toString() {
        return "sequencePool(" + result + ")";
    }
}
