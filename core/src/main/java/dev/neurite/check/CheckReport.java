package dev.neurite.check;

import java.util.Comparator;
import java.util.List;

/// What one check saw.
public sealed interface CheckReport permits FirstLoss, OverfitBatch, GradientFlow, UpdateRatios, DeadUnits {
    /// What was checked, in some words.
    String title();

    /// What is not as it should be; empty if all is well.
    List<Finding> findings();

    /// The worst of the findings' verdicts; [Verdict#OK] without any.
    default Verdict verdict() {
        return findings().stream()
                .map(Finding::verdict)
                .max(Comparator.naturalOrder())
                .orElse(Verdict.OK);
    }
}
