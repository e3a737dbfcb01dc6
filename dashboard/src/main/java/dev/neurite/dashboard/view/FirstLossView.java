package dev.neurite.dashboard.view;

import dev.neurite.loss.CrossEntropy;
import dev.neurite.loss.Loss;
import dev.neurite.model.TextTable;
import java.util.Optional;

/// The first loss of a training beside that of an uninformed prediction, which is ln C for C classes.
/// Karpathy 2019, "A recipe for training neural networks".
/// @param value the first loss
/// @param expected the loss if all classes are equally likely
/// @param text what to make of it
public record FirstLossView(double value, double expected, String text) {
    private static final double LOW = 0.5;

    /// The first loss of a training with this loss; empty unless the loss is a cross-entropy of
    /// classes.
    public static Optional<FirstLossView> of(double value, Loss loss, int classes) {
        return loss instanceof CrossEntropy && classes > 1 ? Optional.of(ofClasses(value, classes)) : Optional.empty();
    }

    /// The first cross-entropy of a training on classes.
    public static FirstLossView ofClasses(double value, int classes) {
        double expected = Math.log(classes);
        String place = "The first loss was " + TextTable.significant(value) + "; a guess among " + classes
                + " classes has ln " + classes + " = " + TextTable.significant(expected);
        String verdict = switch (level(value, expected)) {
            case GOOD ->
                value < LOW * expected
                        ? ". The network knew something already, as with weights that were trained before."
                        : ", so the training begins as it should.";
            case WATCH ->
                ". The untrained network is surer than it can be: inputs that are not scaled, or initial"
                        + " weights that are too large.";
            case BAD ->
                ". The untrained network is far too sure of wrong answers: scale the inputs to mean 0 and"
                        + " deviation 1, and look at the initial weights.";
        };
        return new FirstLossView(value, expected, place + verdict);
    }

    private static HealthFinding.Level level(double value, double expected) {
        if (!(value <= dev.neurite.check.FirstLoss.EXTREME * expected)) return HealthFinding.Level.BAD; // also NaN
        return value > dev.neurite.check.FirstLoss.HIGH * expected
                ? HealthFinding.Level.WATCH
                : HealthFinding.Level.GOOD;
    }

    HealthFinding finding() {
        return new HealthFinding(level(value, expected), "First loss", text, "");
    }
}
