package dev.neurite.check;

import dev.neurite.data.Dataset;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;

/// Whether an untrained network costs about what an answer costs that knows nothing: log C for C classes (log 2
/// for two), the variance of the targets for squared errors. Karpathy 2019, "A recipe for training neural
/// networks": verify loss at init.
///
/// A figure far above says that the network is sure of wrong answers, and will spend its first steps on
/// unlearning them.
/// @param rows how many were looked at
/// @param expected the mean loss where every class is equally likely; where answers are numbers, that of their
/// mean
/// @param frequencies the mean loss where each class is as likely as it is often: the entropy of the classes for
/// cross-entropy; where answers are numbers, the same as `expected`
/// @param got the mean loss of the network
/// @param findings what is not as it should be
public record FirstLoss(int rows, double expected, double frequencies, double got, List<Finding> findings)
        implements CheckReport {
    /// The most rows that are looked at, at even distances.
    public static final int ROWS = 10_000;

    /// A network with a loss of more than so many times the expected one is warned of.
    public static final double HIGH = 3;

    /// A network with a loss of more than so many times the expected one is a problem.
    public static final double EXTREME = 10;

    private static final double LOW = 0.5;

    /// Keeps a copy.
    public FirstLoss {
        findings = List.copyOf(findings);
    }

    /// Evaluates the trainer's model, as it is, with its loss.
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
                    "a constant answer is right for every row, so that there is nothing to learn",
                    "labels that were not read",
                    "data of one class alone"));
        }
        // What there is to learn is what counts: some losses are not 0 where answers are right, or below.
        double ignorance = (got - baseline.perfect()) / (expected - baseline.perfect());
        String figures = TextTable.number(got) + " instead of about " + TextTable.number(expected);
        if (!Double.isFinite(got)) {
            findings.add(Finding.problem(
                    "the loss of the untrained network is no number, " + got,
                    "weights that are NaN or infinite",
                    "inputs so large that sums overflow"));
        } else if (ignorance > HIGH) {
            String what = "the untrained network is surer than it can be, its loss is " + figures;
            String[] causes = {
                "inputs that are not scaled to mean 0 and deviation 1",
                "initial weights that are too large",
                "targets that are not scaled, or a last bias far from their mean",
                "answers in another order than the outputs"
            };
            findings.add(ignorance > EXTREME ? Finding.problem(what, causes) : Finding.warning(what, causes));
        } else if (got - baseline.perfect() < LOW * spread) {
            findings.add(Finding.warning(
                    "the network knows more than an untrained one can, its loss is " + figures,
                    "weights that were trained before",
                    "inputs that contain the answers"));
        }
        return findings;
    }

    @Override
    public String title() {
        return "first loss";
    }

    /// The report.
    @Override
    public String toString() {
        return Page.of(
                this,
                "expected about " + TextTable.number(expected) + " (an answer that knows nothing), "
                        + TextTable.number(frequencies) + " (that knows the mean answer); got "
                        + TextTable.number(got) + " on " + rows + " rows");
    }
}
