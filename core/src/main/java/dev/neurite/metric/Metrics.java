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

/// Short names for metrics, to be imported statically, and metrics by name.
///
/// Conventions are scikit-learn's, to about 1e-6, weights of rows included. One differs: a metric that
/// is undefined is empty, and averages over classes leave such classes out (scikit-learn warns and
/// gives 0, NaN or an error).
///
/// The predicted class is that of the highest output, of equal ones the first. So of two classes the
/// second is predicted above a probability of 0.5, and at exactly 0.5 the first: as `argmax` in
/// scikit-learn, and as torchmetrics, which compares `preds > threshold`. A row with a NaN is predicted
/// as no class, and is wrong; metrics of probabilities, of ranks and of values are empty then. Sums are
/// in double precision, in the order of rows.
public final class Metrics {
    private static final List<StandardMetric> STANDARD = List.of(
            new StandardMetric("the share of rows predicted right", accuracy()),
            new StandardMetric("the mean of the classes' recalls", balancedAccuracy()),
            new StandardMetric(
                    "top",
                    "<k>",
                    "5",
                    "the share of rows whose class is among the k likeliest",
                    text -> topK(number(text))),
            family(Figure.PRECISION, "of what was predicted to be of a class, the share that is"),
            family(Figure.RECALL, "of what is of a class, the share predicted to be"),
            family(Figure.F1, "the harmonic mean of precision and recall"),
            ranking("roc-auc", "the share of pairs that are in the right order", text -> rocAuc(Average.named(text))),
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
                    "how far the confidence of predictions is from the share that is right",
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
            new StandardMetric("the same as r2, but without regard to a constant error", explainedVariance()));

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

    /// All metrics with a name, and their parameters.
    public static List<StandardMetric> standard() {
        return STANDARD;
    }

    /// The metric of that name, with or without a parameter: `f1`, `f1-weighted`, `f1-class-2`,
    /// `top-3`. A metric's own [Metric#name()] gives it back.
    /// @throws ConfigException if there is none; the message lists the known ones
    public static Metric named(String name) {
        for (StandardMetric family : STANDARD) if (family.isMeant(name)) return family.named(name);
        List<String> known = STANDARD.stream().map(StandardMetric::name).toList();
        throw new ConfigException(
                "metric",
                "expects one of " + String.join(", ", known) + ", got '" + name + "'",
                Spelling.hint(name, known));
    }

    // -------------------------------------------------------------------------------------- what classes are predicted

    /// The share of rows predicted right. For labels, the share of rows of which every label is: subset
    /// accuracy.
    public static Metric accuracy() {
        return new Accuracy();
    }

    /// The mean of the recalls of the classes that there are rows of.
    public static Metric balancedAccuracy() {
        return new BalancedAccuracy();
    }

    /// The share of rows whose class is among those of the k highest outputs. Of equal outputs the
    /// lower class goes first, as everywhere here, so that the first of one is the accuracy
    /// (scikit-learn: the higher class).
    /// @param k from 1 to the number of classes
    /// @throws ConfigException below 1; later, for predictions of less classes
    public static Metric topK(int k) {
        return new TopK(k);
    }

    /// Of the rows predicted to be of a class, or to have a label, the share that is: TP / (TP + FP). A
    /// class that is never predicted has none.
    public static Metric precision(Average average) {
        return new Averaged(Figure.PRECISION, average);
    }

    /// The precision of one class or label. (1 is what scikit-learn calls `binary`.)
    /// @throws ConfigException below 0; later, for predictions without that class
    public static Metric precision(int label) {
        return new OfClass(Figure.PRECISION, label);
    }

    /// Of the rows of a class, or with a label, the share predicted to be: TP / (TP + FN). A class
    /// without rows has none.
    public static Metric recall(Average average) {
        return new Averaged(Figure.RECALL, average);
    }

    /// The recall of one class or label.
    /// @throws ConfigException below 0; later, for predictions without that class
    public static Metric recall(int label) {
        return new OfClass(Figure.RECALL, label);
    }

    /// The harmonic mean of precision and recall: 2·TP / (2·TP + FP + FN). A class without rows that is
    /// never predicted has none.
    public static Metric f1(Average average) {
        return new Averaged(Figure.F1, average);
    }

    /// F1 of one class or label.
    /// @throws ConfigException below 0; later, for predictions without that class
    public static Metric f1(int label) {
        return new OfClass(Figure.F1, label);
    }

    /// The correlation of predicted and true classes, −1 to 1; Matthews 1975, for more than two classes
    /// Gorodkin 2004. Empty where all rows are of one class or predicted to be (scikit-learn: 0).
    public static Metric mcc() {
        return new MatthewsCorrelation();
    }

    /// κ = (pₒ − pₑ) / (1 − pₑ), the agreement beyond that of chance; Cohen 1960. Empty where all rows
    /// are of one class and predicted to be (scikit-learn: NaN).
    public static Metric kappa() {
        return new CohensKappa();
    }

    /// The share of labels predicted wrong, over all rows and labels. A label whose probability is NaN
    /// is wrong.
    public static Metric hammingLoss() {
        return new HammingLoss();
    }

    // ------------------------------------------------------------------------------------------------- probabilities

    /// The mean of −log p of the true class, where p is kept between 2⁻²³ and 1 − 2⁻²³, as scikit-learn
    /// does for float32. (The loss of an evaluation is exact, and has no such bound.)
    public static Metric logLoss() {
        return new LogLoss();
    }

    /// The mean squared error of probabilities; Brier 1950. Of two classes (p₁ − y₁)², 0 to 1; of more
    /// Σ (pₖ − yₖ)², 0 to 2.
    public static Metric brier() {
        return new Brier();
    }

    /// The expected calibration error with 15 bins, see [#calibrationError(int)].
    public static Metric calibrationError() {
        return new CalibrationError(CalibrationError.BINS);
    }

    /// The expected calibration error: Σ |Bₘ|/n · |acc(Bₘ) − conf(Bₘ)| over bins of equal width of the
    /// predicted class's probability, each with its upper end; Guo et al. 2017, arXiv:1706.04599.
    /// @param bins at least 1
    /// @throws ConfigException below 1
    public static Metric calibrationError(int bins) {
        return new CalibrationError(bins);
    }

    // --------------------------------------------------------------------------------------------------------- ranks

    /// The area under the ROC curve: of two classes the second's, else the mean over classes or labels,
    /// each against the rest.
    public static Metric rocAuc() {
        return new RocAuc(MACRO);
    }

    /// The area under the ROC curve, the share of pairs of a row of the class and another that outputs
    /// put in the right order, equal ones half. A class that no row, or every row, is of has none
    /// (scikit-learn: an error).
    /// @param average macro or weighted, over classes against the rest; without a part if there are two
    /// classes
    /// @throws ConfigException for another average
    public static Metric rocAuc(Average average) {
        return new RocAuc(average);
    }

    /// Average precision: of two classes the second's, else the mean over classes or labels, each
    /// against the rest.
    public static Metric averagePrecision() {
        return new AveragePrecision(MACRO);
    }

    /// Average precision, Σ (Rₙ − Rₙ₋₁)·Pₙ: the area under precision over recall, without
    /// interpolation. A class without rows has none (scikit-learn: 0).
    /// @param average macro or weighted, over classes against the rest; without a part if there are two
    /// classes
    /// @throws ConfigException for another average
    public static Metric averagePrecision(Average average) {
        return new AveragePrecision(average);
    }

    // -------------------------------------------------------------------------------------------------------- values

    /// Mean squared error. Of several outputs the mean.
    public static Metric mse() {
        return new MeanSquaredError();
    }

    /// The root of the mean squared error. Of several outputs the mean of their roots.
    public static Metric rmse() {
        return new RootMeanSquaredError();
    }

    /// Mean absolute error. Of several outputs the mean.
    public static Metric mae() {
        return new MeanAbsoluteError();
    }

    /// Mean absolute error relative to the true values: the mean of |t − y| / max(|t|, 2⁻⁵²), a share
    /// and no percentage. True values of 0 make it huge. Of several outputs the mean.
    public static Metric mape() {
        return new MeanAbsolutePercentageError();
    }

    /// The share of the variance that is explained, R² = 1 − Σ (t − y)² / Σ (t − t̄)²; below 0 for what
    /// is worse than the mean. Of several outputs the mean of those that vary. Empty where none does
    /// (scikit-learn: 0, or 1 if all is right).
    public static Metric r2() {
        return new R2();
    }

    /// The largest absolute error of a row, max |t − y|. Of several outputs the mean of theirs.
    public static Metric maxError() {
        return new MaxError();
    }

    /// Explained variance, 1 − Var(t − y) / Var(t): R² of predictions whose mean error is taken off
    /// first. Of several outputs the mean of those that vary. Empty where none does (scikit-learn: 0,
    /// or 1 if all is right).
    public static Metric explainedVariance() {
        return new ExplainedVariance();
    }
}
