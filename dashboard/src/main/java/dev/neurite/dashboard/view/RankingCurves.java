package dev.neurite.dashboard.view;

import dev.neurite.charts.Curve;
import dev.neurite.metric.Predictions;

/// One class or label against the rest, over all thresholds. Both curves have its name.
/// @param roc its area is NaN, and it has no points, if all rows or none are of the class
/// @param precisionRecall its area is the average precision; NaN, without points, if no row is of the class
public record RankingCurves(Curve roc, Curve precisionRecall) {
    /// The curves of one class or label. Rows with equal outputs are one point.
    /// @param output the index of the class or label
    static RankingCurves of(String name, Predictions predictions, int output) {
        return new RankingCurves(
                Curve.roc(predictions, output, name), Curve.precisionRecall(predictions, output, name));
    }

    public String name() {
        return roc.line().name();
    }
}
