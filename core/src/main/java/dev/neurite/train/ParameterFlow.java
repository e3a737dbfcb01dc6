package dev.neurite.train;

import dev.neurite.model.Role;
import java.util.OptionalDouble;

/// The effect of one step on one parameter. Norms are Euclidean, sums in double precision.
///
/// The gradient is that of the loss that is minimized, before penalties and clipping.
/// @param name the path of its layer and its own name, `dense1.weight`
/// @param role the purpose of the parameter
/// @param size the number n of its elements
/// @param gradientNorm ‖g‖
/// @param gradientMean (1/n) Σ |gᵢ|
/// @param zeros the share of gᵢ that are exactly 0, from 0 to 1
/// @param valueNorm ‖θ‖ before the step
/// @param updateNorm ‖Δθ‖, constraints included
public record ParameterFlow(
        String name,
        Role role,
        int size,
        double gradientNorm,
        double gradientMean,
        double zeros,
        double valueNorm,
        double updateNorm) {

    /// The root mean square of the gradient, ‖g‖ / √n: the size of a typical element.
    public double gradientSize() {
        return size == 0 ? 0 : gradientNorm / Math.sqrt(size);
    }

    /// The relative change of the parameter, ‖Δθ‖ / ‖θ‖; empty if all its elements were 0.
    public OptionalDouble ratio() {
        return valueNorm == 0 ? OptionalDouble.empty() : OptionalDouble.of(updateNorm / valueNorm);
    }
}
