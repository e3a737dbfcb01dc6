package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// A rule that changes parameters θ by their gradient g. Implementations are records of settings; what they
/// remember is in an [OptimizerState].
public interface Optimizer {
    /// The learning rate α.
    double rate();

    /// How many numbers are remembered for each parameter.
    int slots();

    /// Changes parameters `from` (inclusive) to `to` (exclusive).
    /// @param step which step this is, from 1
    /// @param rate the learning rate α of this step
    /// @param scale what gradients are multiplied by: 1/N where they are sums over N rows
    /// @param theta θ, changed
    /// @param gradient g, of the same layout as θ; a sum over rows, to be multiplied by `scale`
    /// @param state what is remembered, changed for the same range
    void step(
            long step,
            double rate,
            double scale,
            float[] theta,
            float[] gradient,
            OptimizerState state,
            int from,
            int to,
            Kernels kernels);
}
