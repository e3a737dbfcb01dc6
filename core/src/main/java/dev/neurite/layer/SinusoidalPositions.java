package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Adds sines and cosines of its position to each position of a sequence: feature 2i of position t gets sin(t ·
/// base^(−2i/width)), feature 2i + 1 the cosine. Has no parameters and no longest sequence. Vaswani et al.
/// 2017, arXiv:1706.03762.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | `[rows × time × width]`, of an even width |
/// @param base more than 1; 10000 by default
public record SinusoidalPositions(double base) implements Layer {
    /// @throws ConfigException for a base of 1 or less
    public SinusoidalPositions {
        if (!(base > 1 && base < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("sinusoidal positions", "expects a base above 1, got " + base);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != 2 || in.extent(1) < 1 || in.extent(1) % 2 != 0) {
            throw new ShapeException(
                    declare.path(), this + " expects sequences [time×width] of an even width, got " + in);
        }
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
        Tensor y = pass.output();
        pass.kernels().positions().addSinusoids(x, base, pass.past(), y);
        return pass.backward(x, y, Dx.MAY_BE_DY, (dy, dx) -> {
            if (pass.wants(x)) pass.kernels().copy(dy, dx);
        });
    }

    @Override
    public String toString() {
        return "sinusoidalPositions(" + (base == 10_000 ? "" : "base " + base) + ")";
    }
}
