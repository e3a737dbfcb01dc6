package dev.neurite.metric;

import dev.neurite.metric.Predictions.Kind;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Takes the predictions that metrics get, for those who need them besides: give it to an evaluation, then ask it. For
/// one evaluation. As a metric it is undefined.
public final class Collector implements Metric {
    private @Nullable Predictions seen;

    /// A collector that has seen nothing yet.
    public Collector() {}

    @Override
    public String name() {
        return "predictions";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public boolean measures(Kind kind) {
        return true;
    }

    @Override
    public OptionalDouble of(Predictions predictions) {
        seen = predictions;
        return OptionalDouble.empty();
    }

    /// The predictions for all rows that count.
    /// @throws IllegalStateException before the evaluation
    public Predictions predictions() {
        Predictions all = seen;
        if (all == null) throw new IllegalStateException("expects an evaluation with this metric before");
        return all;
    }
}
