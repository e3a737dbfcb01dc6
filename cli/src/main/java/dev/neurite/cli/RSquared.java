package dev.neurite.cli;

import dev.neurite.data.Dataset;
import dev.neurite.train.Evaluation;
import java.util.OptionalDouble;

/// The share of the answers' variance that a model explains: R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)².
final class RSquared {
    private RSquared() {}

    /// From a mean squared error; empty for classes, or where all answers are the same.
    static OptionalDouble of(Evaluation evaluation, Dataset data) {
        if (data.isLabeled() || evaluation.confusion().isPresent()) return OptionalDouble.empty();
        double variance = TargetScale.of(data).variance();
        return variance > 0 ? OptionalDouble.of(1 - evaluation.loss() / variance) : OptionalDouble.empty();
    }
}
