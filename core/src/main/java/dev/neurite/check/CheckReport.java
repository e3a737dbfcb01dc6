package dev.neurite.check;

import java.util.Comparator;
import java.util.List;

/// The result of one check.
public sealed interface CheckReport permits FirstLoss, OverfitBatch, GradientFlow, UpdateRatios, DeadUnits {
    /// The name of the check.
    String title();

    /// Warnings and problems; empty if all is well.
    List<Finding> findings();

    /// The worst of the findings' verdicts; [Verdict#OK] without any.
    default Verdict verdict() {
        return findings().stream()
                .map(Finding::verdict)
                .max(Comparator.naturalOrder())
                .orElse(Verdict.OK);
    }
}
