package dev.neurite.train;

import dev.neurite.model.Role;
import java.util.OptionalDouble;

/// What one step did to one parameter. Norms are Euclidean, sums in double precision.
///
/// The gradient is that of what is trained, the mean loss of the batch, before penalties and clipping: what the
/// network gives, not what the optimizer makes of it.
/// @param name the path of its layer and its own name, `dense1.weight`
/// @param role what the parameter does
/// @param size the number n of its elements
/// @param gradientNorm ‖g‖
/// @param gradientMean (1/n) Σ |gᵢ|
/// @param zeros the share of gᵢ that are exactly 0, from 0 to 1
/// @param valueNorm ‖θ‖ before the step
/// @param updateNorm ‖Δθ‖: how far the step moved it, constraints included
public record ParameterFlow(
        String name,
        Role role,
        int size,
        double gradientNorm,
        double gradientMean,
        double zeros,
        double valueNorm,
        double updateNorm) {

    /// The size of a typical element of the gradient, its root mean square ‖g‖ / √n.
    public double gradientSize() {
        return size == 0 ? 0 : gradientNorm / Math.sqrt(size);
    }

    /// How far the step moved the parameter, relative to its size: ‖Δθ‖ / ‖θ‖; empty while all its elements
    /// are 0.
    public OptionalDouble ratio() {
        return valueNorm == 0 ? OptionalDouble.empty() : OptionalDouble.of(updateNorm / valueNorm);
    }
}
