package dev.neurite.metric;

import static dev.neurite.metric.Average.MACRO;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.metric.Decisions.Accuracy;
import dev.neurite.metric.Decisions.Averaged;
import dev.neurite.metric.Decisions.BalancedAccuracy;
import dev.neurite.metric.Decisions.CohensKappa;
import dev.neurite.metric.Decisions.HammingLoss;
import dev.neurite.metric.Decisions.MatthewsCorrelation;
import dev.neurite.metric.Decisions.OfClass;
import dev.neurite.metric.Decisions.TopK;
import dev.neurite.metric.Deviations.ExplainedVariance;
import dev.neurite.metric.Deviations.MaxError;
import dev.neurite.metric.Deviations.MeanAbsoluteError;
import dev.neurite.metric.Deviations.MeanAbsolutePercentageError;
import dev.neurite.metric.Deviations.MeanSquaredError;
import dev.neurite.metric.Deviations.R2;
import dev.neurite.metric.Deviations.RootMeanSquaredError;
import dev.neurite.metric.Probabilities.Brier;
import dev.neurite.metric.Probabilities.CalibrationError;
import dev.neurite.metric.Probabilities.LogLoss;
import dev.neurite.metric.Ranking.AveragePrecision;
import dev.neurite.metric.Ranking.RocAuc;
import dev.neurite.metric.Tally.Figure;
import java.util.List;
import java.util.function.Function;

/// Short names for metrics, for static imports, and metrics by name.
///
/// <!-- Snippets#metrics -->
/// ```java
/// Run run = Trainer.of(model)
///         .metrics(Metrics.balancedAccuracy(), Metrics.rocAuc())
///         .fit(train, train);
/// ```
///
/// Definitions are scikit-learn's, including row weights; values agree to about 1e-6. One convention
/// differs: undefined metrics are empty and excluded from averages over classes (scikit-learn warns and
/// returns 0, NaN or an error).
///
/// The predicted class is the one with the largest output, of equal ones the first.
/// So of two classes, the second is predicted above a probability of 0.5, and the first at exactly 0.5,
/// as with `argmax` in scikit-learn and `preds > threshold` in torchmetrics. A row with a NaN has no
/// predicted class and counts as wrong; metrics of probabilities, rankings and values are then empty.
/// Sums are in double precision, in the order of rows.
public final class Metrics {
    private static final List<StandardMetric> STANDARD = List.of(
            new StandardMetric("the share of rows predicted correctly", accuracy()),
            new StandardMetric("the mean of the classes' recalls", balancedAccuracy()),
            new StandardMetric(
                    "top",
                    "<k>",
                    "5",
                    "the share of rows whose class is among the k most probable",
                    text -> topK(number(text))),
            family(Figure.PRECISION, "TP / (TP + FP): the share of predictions of a class that are correct"),
            family(Figure.RECALL, "TP / (TP + FN): the share of rows of a class that are found"),
            family(Figure.F1, "the harmonic mean of precision and recall"),
            ranking(
                    "roc-auc",
                    "area under the ROC curve: the share of pairs in the right order",
                    text -> rocAuc(Average.named(text))),
            ranking(
                    "average-precision",
                    "the mean precision over all levels of recall",
                    text -> averagePrecision(Average.named(text))),
            new StandardMetric("the mean of −log p of the true class", logLoss()),
            new StandardMetric("the mean squared error of probabilities", brier()),
            new StandardMetric(
                    "calibration-error",
                    "<bins>",
                    Integer.toString(CalibrationError.BINS),
                    "the mean difference of confidence and accuracy over bins",
                    text -> calibrationError(number(text))),
            new StandardMetric("Matthews' correlation of predictions and truth", mcc()),
            new StandardMetric("Cohen's κ: agreement beyond chance", kappa()),
            new StandardMetric("the share of labels predicted wrong", hammingLoss()),
            new StandardMetric("mean squared error", mse()),
            new StandardMetric("the root of the mean squared error", rmse()),
            new StandardMetric("mean absolute error", mae()),
            new StandardMetric("mean absolute error, relative to the true values", mape()),
            new StandardMetric("the largest absolute error", maxError()),
            new StandardMetric("R²: the share of the variance that is explained", r2()),
            new StandardMetric("as r2, but ignoring a constant error", explainedVariance()));

    private Metrics() {}

    private static StandardMetric family(Figure figure, String meaning) {
        String name = Decisions.lower(figure);
        return new StandardMetric(name, "macro|micro|weighted|samples|class-<number>", "macro", meaning, text -> {
            String label = text.startsWith("class-") ? text.substring("class-".length()) : "";
            return label.isEmpty() ? new Averaged(figure, Average.named(text)) : new OfClass(figure, number(label));
        });
    }

    private static StandardMetric ranking(String name, String meaning, Function<String, Metric> maker) {
        return new StandardMetric(name, "macro|weighted", "macro", meaning, maker);
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,9}")) throw new NumberFormatException(text);
        return Integer.parseInt(text);
    }

    // ----------------------------------------------------------------------------------------------------- by name

    /// All named metrics, with their parameters.
    public static List<StandardMetric> standard() {
        return STANDARD;
    }

    /// The metric with a name, with or without a parameter: `f1`, `f1-weighted`, `f1-class-2`, `top-3`.
    /// Accepts each [Metric#name()].
    /// @throws ConfigException for an unknown name; the message lists the known ones
    public static Metric named(String name) {
        for (StandardMetric family : STANDARD) if (family.isMeant(name)) return family.named(name);
        List<String> known = STANDARD.stream().map(StandardMetric::name).toList();
        throw new ConfigException(
                "metric",
                "expects one of " + String.join(", ", known) + ", got '" + name + "'",
                Spelling.hint(name, known));
    }

    // -------------------------------------------------------------------------------------- what classes are predicted

    /// The share of rows predicted correctly. For labels, the share of rows with all labels correct
    /// (subset accuracy).
    public static Metric accuracy() {
        return new Accuracy();
    }

    /// The mean recall of the classes that have rows.
    public static Metric balancedAccuracy() {
        return new BalancedAccuracy();
    }

    /// The share of rows whose class is among the k largest outputs. Of equal outputs, the lower class
    /// ranks first, so that k = 1 is the accuracy (scikit-learn: the higher class).
    /// @param k from 1 to the number of classes
    /// @throws ConfigException for k below 1; [Metric#check] refuses predictions of fewer classes
    public static Metric topK(int k) {
        return new TopK(k);
    }

    /// Precision, TP / (TP + FP): the share of predictions of a class, or label, that are correct.
    /// Undefined for a class that is never predicted.
    public static Metric precision(Average average) {
        return new Averaged(Figure.PRECISION, average);
    }

    /// The precision of one class or label. (1 is scikit-learn's `binary`.)
    /// @throws ConfigException for a label below 0; [Metric#check] refuses predictions without that class
    public static Metric precision(int label) {
        return new OfClass(Figure.PRECISION, label);
    }

    /// Recall, TP / (TP + FN): the share of rows of a class, or with a label, that are predicted so.
    /// Undefined for a class without rows.
    public static Metric recall(Average average) {
        return new Averaged(Figure.RECALL, average);
    }

    /// The recall of one class or label.
    /// @throws ConfigException for a label below 0; [Metric#check] refuses predictions without that class
    public static Metric recall(int label) {
        return new OfClass(Figure.RECALL, label);
    }

    /// F1, the harmonic mean of precision and recall: 2·TP / (2·TP + FP + FN). Undefined for a class
    /// without rows that is never predicted.
    public static Metric f1(Average average) {
        return new Averaged(Figure.F1, average);
    }

    /// F1 of one class or label.
    /// @throws ConfigException for a label below 0; [Metric#check] refuses predictions without that class
    public static Metric f1(int label) {
        return new OfClass(Figure.F1, label);
    }

    /// Matthews' correlation of predicted and true classes, −1 to 1 (Matthews 1975; for more than two
    /// classes Gorodkin 2004). Empty if all rows have one class or one predicted class (scikit-learn:
    /// 0).
    public static Metric mcc() {
        return new MatthewsCorrelation();
    }

    /// Cohen's κ = (pₒ − pₑ) / (1 − pₑ), the agreement beyond chance (Cohen 1960). Empty if all rows
    /// have one class and are predicted so (scikit-learn: NaN).
    public static Metric kappa() {
        return new CohensKappa();
    }

    /// The share of wrong labels over all rows and labels. A label with a NaN probability is wrong.
    public static Metric hammingLoss() {
        return new HammingLoss();
    }

    // ------------------------------------------------------------------------------------------------- probabilities

    /// The mean of −log p of the true class, with p clipped to 2⁻²³ and 1 − 2⁻²³, as scikit-learn does
    /// for float32. (The loss of an evaluation is not clipped.)
    public static Metric logLoss() {
        return new LogLoss();
    }

    /// The mean squared error of probabilities (Brier 1950): (p₁ − y₁)² for two classes, 0 to 1; Σ (pₖ
    /// − yₖ)² for more, 0 to 2.
    public static Metric brier() {
        return new Brier();
    }

    /// The expected calibration error with 15 bins, see [#calibrationError(int)].
    public static Metric calibrationError() {
        return new CalibrationError(CalibrationError.BINS);
    }

    /// The expected calibration error Σ |Bₘ|/n · |acc(Bₘ) − conf(Bₘ)| over bins of equal width of the
    /// predicted class's probability, closed at their upper ends (Guo et al. 2017, arXiv:1706.04599).
    /// @param bins at least 1
    /// @throws ConfigException for fewer than 1
    public static Metric calibrationError(int bins) {
        return new CalibrationError(bins);
    }

    // --------------------------------------------------------------------------------------------------------- ranks

    /// The area under the ROC curve: of the second of two classes, else the mean over classes or
    /// labels, each against the rest.
    public static Metric rocAuc() {
        return new RocAuc(MACRO);
    }

    /// The area under the ROC curve: the share of pairs of a positive and a negative row that the
    /// outputs order correctly; ties count half. Undefined for a class with no row or with all rows
    /// (scikit-learn: an error).
    /// @param average macro or weighted, over classes against the rest; not used for two classes
    /// @throws ConfigException for another average
    public static Metric rocAuc(Average average) {
        return new RocAuc(average);
    }

    /// Average precision: of the second of two classes, else the mean over classes or labels, each
    /// against the rest.
    public static Metric averagePrecision() {
        return new AveragePrecision(MACRO);
    }

    /// Average precision, Σ (Rₙ − Rₙ₋₁)·Pₙ: the area under the precision-recall curve, without
    /// interpolation. Undefined for a class without rows (scikit-learn: 0).
    /// @param average macro or weighted, over classes against the rest; without a part if there are two
    /// classes
    /// @throws ConfigException for another average
    public static Metric averagePrecision(Average average) {
        return new AveragePrecision(average);
    }

    // -------------------------------------------------------------------------------------------------------- values

    /// Mean squared error; for several outputs, their mean.
    public static Metric mse() {
        return new MeanSquaredError();
    }

    /// The root of the mean squared error; for several outputs, the mean of their roots.
    public static Metric rmse() {
        return new RootMeanSquaredError();
    }

    /// Mean absolute error; for several outputs, their mean.
    public static Metric mae() {
        return new MeanAbsoluteError();
    }

    /// Mean absolute percentage error: the mean of |t − y| / max(|t|, 2⁻⁵²), as a fraction. Targets of
    /// 0 make it huge. For several outputs, their mean.
    public static Metric mape() {
        return new MeanAbsolutePercentageError();
    }

    /// The coefficient of determination, R² = 1 − Σ (t − y)² / Σ (t − t̄)²; below 0 if predictions are
    /// worse than the mean. For several outputs, the mean of those with varying targets; empty if there
    /// are none (scikit-learn: 0, or 1 for exact predictions).
    public static Metric r2() {
        return new R2();
    }

    /// The largest absolute error, max |t − y|; for several outputs, the mean of theirs.
    public static Metric maxError() {
        return new MaxError();
    }

    /// Explained variance, 1 − Var(t − y) / Var(t): R² after subtracting the mean error. For several
    /// outputs, the mean of those with varying targets; empty if there are none (scikit-learn: 0, or 1
    /// for exact predictions).
    public static Metric explainedVariance() {
        return new ExplainedVariance();
    }
}
