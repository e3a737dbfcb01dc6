package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Adds a learned vector to each position of a sequence: y_t = x_t + W_t.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | `[rows × time × width]` |
/// | `weight` W | `[most × width]` |
/// @param most the largest number of positions, at least 1
/// @param weights the initializer of W; normal with deviation 0.02 by default, as in BERT and GPT-2
public record PositionEmbedding(int most, Initializer weights) implements Layer {
    /// @throws ConfigException for less than 1 position
    public PositionEmbedding {
        if (most < 1) throw new ConfigException("position embedding", "expects at least 1 position, got " + most);
    }

    public PositionEmbedding withWeights(Initializer initializer) {
        return new PositionEmbedding(most, initializer);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != 2 || in.extent(1) == Shape.OPEN || in.extent(0) > most) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects sequences [time×width] of at most " + most + " positions, got " + in,
                    in.rank() == 2 && in.extent(0) > most ? "Cut longer sequences, or give it more positions" : "");
        }
        declare.parameter("weight", Shape.of(most, in.extent(1)), Role.WEIGHT, weights);
        return in;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor y = pass.output(); // whose shape a sequence that is too long does not have
        kernels.positions().addRows(x, pass.parameter("weight"), pass.past(), pass.lengths(x), y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants("weight")) {
                Tensor dw = pass.gradient("weight");
                kernels.fill(0, dw);
                kernels.columnSums(dy, dw.rows(0, dy.shape().extent(1)));
            }
            if (pass.wants(x)) kernels.copy(dy, dx);
        });
    }

    @Override
    public String toString() {
        return "positionEmbedding(" + most + ", weights " + weights + ")";
    }
}
