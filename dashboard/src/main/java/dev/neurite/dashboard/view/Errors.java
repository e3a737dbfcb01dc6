package dev.neurite.dashboard.view;

import dev.neurite.data.series.NaiveForecast;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.signature.Output;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// How a model errs on its data.
/// @param part the name of the data
/// @param rows the number of rows, or of positions that have a target each, that count
/// @param sampled whether only a part of the rows was used
/// @param loss the mean loss
/// @param accuracy the share of rows predicted correctly; NaN for values
/// @param interval the 95 % Wilson interval of the accuracy; empty for values, and for positions, which
/// depend on each other
/// @param classes a line for each class or label; empty for values, and for more than 200 tokens at
/// each position
/// @param confusion counts, rows are true classes; empty for values, labels and more than 200 classes
/// @param rankings a curve for each class or label, of two classes the second, of more than 20 the most
/// frequent ones; empty for values and for tokens
/// @param calibration how often predictions of a confidence are right; empty unless there are
/// probabilities of classes
/// @param regression how far values are off; empty for classes and labels
@SuppressWarnings("ArrayRecordComponent") // nobody changes it
public record Errors(
        String part,
        int rows,
        boolean sampled,
        double loss,
        double accuracy,
        double[] interval,
        List<OfClass> classes,
        long[][] confusion,
        List<RankingCurves> rankings,
        Optional<Calibration> calibration,
        Optional<Regression> regression) {
    private static final int MOST_IN_MATRIX = 200; // classes
    private static final int MOST_CURVES = 20;
    private static final double Z = 1.959963984540054; // the 97.5 % quantile of the normal distribution
    private static final int BINS = 15; // as the metric calibration-error
    private static final int MOST_POINTS = 2_000;
    private static final int RESIDUAL_BINS = 30;

    /// The figures of one class; those that are undefined are NaN.
    /// @param support the number of its rows
    /// @param predicted the number of rows that were predicted as it
    public record OfClass(String name, double precision, double recall, double f1, long support, long predicted) {}

    /// How often predictions are right, by their confidence.
    /// @param bins of equal width from 0 to 1
    /// @param error the expected calibration error, Σ |Bₘ|/n · |acc(Bₘ) − conf(Bₘ)|. Guo et al. 2017,
    /// arXiv:1706.04599
    public record Calibration(List<Bin> bins, double error) {
        /// The rows of a confidence above `from` and up to `to`.
        /// @param confidence their mean confidence; NaN without rows
        /// @param accuracy the share of them that is right; NaN without rows
        public record Bin(double from, double to, double confidence, double accuracy, int count) {}
    }

    /// How far predicted values are off. Of several values for each row, all count in the figures.
    /// @param points truth and prediction of the first value of at most 2,000 evenly spaced rows
    /// @param residuals prediction − truth of the first value
    /// @param naive the mean absolute error of naive forecasts by their names; empty for other values
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    public record Regression(
            double mae,
            double rmse,
            double r2,
            double[][] points,
            Histogram residuals,
            SequencedMap<String, Double> naive) {}

    /// Counts of numbers in bins of equal width.
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    public record Histogram(double min, double max, long[] counts) {
        /// The histogram of finite numbers; others are left out.
        static Histogram of(double[] numbers, int bins) {
            double[] finite = Arrays.stream(numbers).filter(Double::isFinite).toArray();
            double min = Arrays.stream(finite).min().orElse(0);
            double max = Arrays.stream(finite).max().orElse(0);
            long[] counts = new long[bins];
            for (double each : finite) {
                int bin = max > min ? (int) ((each - min) / (max - min) * bins) : 0;
                counts[Math.min(bins - 1, bin)]++;
            }
            return new Histogram(min, max, counts);
        }
    }

    public static Errors of(Outcomes outcomes) {
        Predictions p = outcomes.predictions();
        boolean continues = outcomes.description() instanceof Output.Continuation;
        boolean tokens = continues || (outcomes.atPositions() && p.outputs() > MOST_IN_MATRIX);
        boolean classes = p.kind().isClasses() && !(tokens && p.outputs() > MOST_IN_MATRIX);
        double accuracy = p.kind() == Kind.VALUES ? Double.NaN : outcomes.accuracy();
        return new Errors(
                outcomes.subject().part(),
                outcomes.count(),
                outcomes.isSampled(),
                loss(outcomes),
                accuracy,
                Double.isNaN(accuracy) || outcomes.atPositions() ? new double[0] : wilson(accuracy, outcomes.count()),
                classes ? ofClasses(outcomes) : p.kind() == Kind.LABELS ? ofLabels(outcomes) : List.of(),
                classes ? matrix(outcomes) : new long[0][],
                p.kind() == Kind.VALUES || tokens ? List.of() : rankings(outcomes),
                p.kind() == Kind.PROBABILITIES && !tokens ? Optional.of(calibration(outcomes)) : Optional.empty(),
                p.kind() == Kind.VALUES ? Optional.of(regression(outcomes)) : Optional.empty());
    }

    private static double loss(Outcomes outcomes) {
        List<String> outputs =
                List.copyOf(outcomes.subject().file().signature().outputs().keySet());
        return outcomes.evaluation().losses().get(outputs.indexOf(outcomes.output()));
    }

    /// The 95 % interval of a share. Wilson 1927.
    /// @param share from 0 to 1
    /// @param n the number of trials
    static double[] wilson(double share, long n) {
        if (n == 0) return new double[0];
        double z2 = Z * Z / n;
        double center = (share + z2 / 2) / (1 + z2);
        double half = Z / (1 + z2) * Math.sqrt(share * (1 - share) / n + z2 / (4 * n));
        return new double[] {Math.max(0, center - half), Math.min(1, center + half)};
    }

    private static Confusion confusion(Outcomes outcomes) {
        Predictions p = outcomes.predictions();
        var confusion = new Confusion(outcomes.classNames());
        for (int i = 0; i < p.rows(); i++) confusion.add(p.label(i), p.predicted(i));
        return confusion;
    }

    private static List<OfClass> ofClasses(Outcomes outcomes) {
        Confusion confusion = confusion(outcomes);
        long[] predicted = new long[outcomes.classNames().size()];
        for (Confusion.Cell each : confusion.cells()) predicted[each.prediction()] += each.count();
        List<OfClass> classes = new ArrayList<>();
        for (int label = 0; label < predicted.length; label++) {
            classes.add(new OfClass(
                    outcomes.classNames().get(label),
                    figure(confusion.precision(label)),
                    figure(confusion.recall(label)),
                    figure(confusion.f1(label)),
                    confusion.support(label),
                    predicted[label]));
        }
        return classes;
    }

    private static List<OfClass> ofLabels(Outcomes outcomes) {
        Predictions p = outcomes.predictions();
        List<OfClass> labels = new ArrayList<>();
        for (int label = 0; label < p.outputs(); label++) {
            int output = label;
            labels.add(new OfClass(
                    name(outcomes, label),
                    outcomes.metric(Metrics.precision(label)),
                    outcomes.metric(Metrics.recall(label)),
                    outcomes.metric(Metrics.f1(label)),
                    IntStream.range(0, p.rows())
                            .filter(row -> p.target(row, output) == 1)
                            .count(),
                    IntStream.range(0, p.rows())
                            .filter(row -> p.predicts(row, output))
                            .count()));
        }
        return labels;
    }

    private static double figure(OptionalDouble figure) {
        return figure.orElse(Double.NaN);
    }

    private static long[][] matrix(Outcomes outcomes) {
        return outcomes.classNames().size() > MOST_IN_MATRIX
                ? new long[0][]
                : confusion(outcomes).counts();
    }

    private static List<RankingCurves> rankings(Outcomes outcomes) {
        Predictions p = outcomes.predictions();
        boolean pair = p.kind().isClasses() && p.outputs() == 2;
        long[] support = new long[p.outputs()];
        for (int row = 0; row < p.rows(); row++) {
            for (int c = 0; c < support.length; c++) support[c] += p.target(row, c) == 1 ? 1 : 0;
        }
        return IntStream.range(pair ? 1 : 0, p.outputs())
                .boxed()
                .sorted(Comparator.comparingLong((Integer c) -> -support[c]))
                .limit(MOST_CURVES)
                .sorted()
                .map(c -> RankingCurves.of(name(outcomes, c), p, c))
                .toList();
    }

    private static String name(Outcomes outcomes, int output) {
        List<String> names = outcomes.classNames();
        return output < names.size() ? names.get(output) : Integer.toString(output);
    }

    private static Calibration calibration(Outcomes outcomes) {
        Predictions p = outcomes.predictions();
        double[] confidence = new double[BINS];
        int[] right = new int[BINS];
        int[] count = new int[BINS];
        for (int row = 0; row < p.rows(); row++) {
            double sure = outcomes.sureness(row);
            if (Double.isNaN(sure)) continue;
            int bin = Math.clamp((int) Math.ceil(sure * BINS) - 1, 0, BINS - 1);
            confidence[bin] += sure;
            count[bin]++;
            if (p.predicted(row) == p.label(row)) right[bin]++;
        }
        List<Calibration.Bin> bins = new ArrayList<>();
        double error = 0;
        int n = Arrays.stream(count).sum();
        for (int bin = 0; bin < BINS; bin++) {
            double mean = confidence[bin] / count[bin]; // NaN without rows
            double accuracy = (double) right[bin] / count[bin];
            if (count[bin] > 0) error += Math.abs(accuracy - mean) * count[bin] / n;
            bins.add(new Calibration.Bin((double) bin / BINS, (double) (bin + 1) / BINS, mean, accuracy, count[bin]));
        }
        return new Calibration(bins, error);
    }

    private static Regression regression(Outcomes outcomes) {
        Predictions p = outcomes.predictions();
        int count = Math.min(MOST_POINTS, p.rows());
        double[][] points = IntStream.range(0, count)
                .map(i -> (int) ((long) p.rows() * i / count))
                .mapToObj(row -> new double[] {p.target(row, 0), p.output(row, 0)})
                .toArray(double[][]::new);
        double[] residuals = IntStream.range(0, p.rows())
                .mapToDouble(row -> (double) p.output(row, 0) - p.target(row, 0))
                .toArray();
        return new Regression(
                outcomes.metric(Metrics.mae()),
                outcomes.metric(Metrics.rmse()),
                outcomes.metric(Metrics.r2()),
                points,
                Histogram.of(residuals, RESIDUAL_BINS),
                naive(outcomes));
    }

    /// How far the plainest forecasts are off, for the same windows.
    private static SequencedMap<String, Double> naive(Outcomes outcomes) {
        SequencedMap<String, Double> errors = new LinkedHashMap<>();
        Optional<SeriesWindows> windows = outcomes.subject().windows();
        if (windows.isEmpty()) return errors;
        SeriesWindows all = windows.get();
        int season = ForecastCurve.season(outcomes.subject());
        errors.put("last value", mae(outcomes, NaiveForecast.LAST_VALUE.of(all)));
        boolean known = IntStream.range(0, all.size()).allMatch(row -> all.stepOf(row) >= season);
        if (season > 1 && known) errors.put("season of " + season, mae(outcomes, new NaiveForecast(season).of(all)));
        return errors;
    }

    /// @param forecasts of all rows of the data
    private static double mae(Outcomes outcomes, Tensor forecasts) {
        Predictions p = outcomes.predictions();
        float[] values = forecasts.toArray();
        double sum = 0;
        for (int i = 0; i < p.rows(); i++) {
            int first = outcomes.row(i) * p.outputs();
            for (int c = 0; c < p.outputs(); c++) sum += Math.abs((double) values[first + c] - p.target(i, c));
        }
        return sum / p.rows() / p.outputs();
    }
}
