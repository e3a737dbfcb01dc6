package dev.neurite.check;

import dev.neurite.data.Dataset;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;

/// Whether the loss of an untrained network is about that of an uninformed prediction: log C for C classes (log 2 for
/// two), the variance of the targets for squared errors. Karpathy 2019, "A recipe for training neural networks":
/// verify loss at init.
///
/// A much higher loss means that the network is confident in wrong predictions and will spend its first steps on
/// unlearning them.
/// @param rows the number of rows examined
/// @param expected the mean loss if all classes are equally likely; for regression, the loss of the mean target
/// @param frequencies the mean loss of predicting the frequencies of the classes, which for cross-entropy is their
/// entropy; for regression, the same as `expected`
/// @param got the mean loss of the network
/// @param findings warnings and problems
public record FirstLoss(int rows, double expected, double frequencies, double got, List<Finding> findings)
        implements CheckReport {
    /// The maximum number of rows examined, evenly spaced.
    public static final int ROWS = 10_000;

    /// A loss above this multiple of the expected one is a warning.
    public static final double HIGH = 3;

    /// A loss above this multiple of the expected one is a problem.
    public static final double EXTREME = 10;

    private static final double LOW = 0.5;

    public FirstLoss {
        findings = List.copyOf(findings);
    }

    /// Evaluates the trainer's model with its loss, without training.
    /// @throws dev.neurite.error.NeuriteException if data, model and loss do not fit
    public static FirstLoss of(Trainer trainer, Dataset data) {
        Dataset rows = Rows.spread(data, ROWS);
        double got = Evaluation.of(trainer.model(), rows, trainer.loss()).loss();
        Baseline baseline = Baseline.of(trainer.model(), rows, trainer.loss());
        return new FirstLoss(rows.size(), baseline.uniform(), baseline.mean(), got, findings(baseline, got));
    }

    private static List<Finding> findings(Baseline baseline, double got) {
        List<Finding> findings = new ArrayList<>();
        double expected = baseline.uniform();
        double spread = baseline.mean() - baseline.perfect();
        if (spread <= 1e-5 * Math.max(1e-3, Math.abs(expected))) {
            findings.add(Finding.warning(
                    "a constant prediction is right for every row, so there is nothing to learn",
                    "labels that were not read",
                    "data of a single class"));
        }
        // Losses count from that of perfect predictions, which is not 0 for every loss.
        double ignorance = (got - baseline.perfect()) / (expected - baseline.perfect());
        String figures = TextTable.number(got) + " instead of about " + TextTable.number(expected);
        if (!Double.isFinite(got)) {
            findings.add(Finding.problem(
                    "the loss of the untrained network is not a finite number: " + got,
                    "weights that are NaN or infinite",
                    "inputs so large that sums overflow"));
        } else if (ignorance > HIGH) {
            String what = "the untrained network is more confident than it can be, its loss is " + figures;
            String[] causes = {
                "inputs that are not scaled to mean 0 and deviation 1",
                "initial weights that are too large",
                "targets that are not scaled, or a last bias far from their mean",
                "targets in another order than the outputs"
            };
            findings.add(ignorance > EXTREME ? Finding.problem(what, causes) : Finding.warning(what, causes));
        } else if (got - baseline.perfect() < LOW * spread) {
            findings.add(Finding.warning(
                    "the network predicts better than an untrained one can, its loss is " + figures,
                    "weights that were trained before",
                    "inputs that contain the targets"));
        }
        return findings;
    }

    @Override
    public String title() {
        return "first loss";
    }

    @Override
    public String toString() {
        return Page.of(
                this,
                "expected about " + TextTable.number(expected) + " (uninformed prediction), "
                        + TextTable.number(frequencies) + " (prediction of the mean); got "
                        + TextTable.number(got) + " on " + rows + " rows");
    }
}
