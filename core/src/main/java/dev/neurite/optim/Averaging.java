package dev.neurite.optim;

import dev.neurite.error.ConfigException;

/// An average of the parameters over training steps, often better than the last ones. The trained model
/// and its validation use the average; the run also has the parameters of the last step. Running
/// statistics of batch norms are not averaged: both models have the current ones. (PyTorch recomputes
/// them with `update_bn`.)
public sealed interface Averaging {
    /// No averaging.
    Averaging NONE = new None();

    /// See [#NONE].
    record None() implements Averaging {}

    /// An exponential moving average: first the parameters of the first step, then θ̄ ← d·θ̄ + (1−d)·θ
    /// after each step, as PyTorch's `get_ema_multi_avg_fn`. Polyak and Juditsky 1992, "Acceleration of
    /// stochastic approximation by averaging".
    /// @param decay d, 0 to below 1; PyTorch's default is 0.999
    record Ema(double decay) implements Averaging {
        /// @throws ConfigException for a decay out of range
        public Ema {
            if (!(decay >= 0 && decay < 1)) {
                throw new ConfigException("EMA decay", "expects a number from 0 to below 1, got " + decay);
            }
        }
    }

    /// Stochastic weight averaging: the mean of the parameters at the ends of epochs. Izmailov et al. 2018,
    /// arXiv:1803.05407.
    /// @param firstEpoch the first epoch that is averaged, from 1
    record Swa(int firstEpoch) implements Averaging {
        /// @throws ConfigException for an epoch below 1
        public Swa {
            if (firstEpoch < 1) throw new ConfigException("SWA", "expects an epoch from 1, got " + firstEpoch);
        }
    }

    /// See [Ema].
    static Averaging ema(double decay) {
        return new Ema(decay);
    }

    /// See [Swa].
    static Averaging swa(int firstEpoch) {
        return new Swa(firstEpoch);
    }
}
