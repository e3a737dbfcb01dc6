package dev.neurite.charts;

import dev.neurite.charts.ParallelFigure.Column;
import dev.neurite.charts.ParallelFigure.Tick;
import dev.neurite.charts.PlotFigure.Mark;
import dev.neurite.charts.PlotFigure.Series;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metrics;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.model.TextTable;
import dev.neurite.optim.Moment;
import dev.neurite.optim.Schedule;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Charts of trainings and evaluations.
public final class Charts {
    /// The largest number of classes of a confusion matrix.
    public static final int MOST_CLASSES = 200;

    private static final int WIDTH = 760; // in points
    private static final int HEIGHT = 430;
    private static final int SQUARE = 560;
    private static final int MOST_CURVES = 8;
    private static final int MOST_SCATTERED = 2_000;
    private static final int MOST_RATES = 1_000;

    private Charts() {}

    /// Loss, accuracy and metrics of the epochs of a training, of the training and the validation data; a panel each.
    /// @throws DataException without epochs
    public static Chart history(History history) {
        return history(history, Scale.LINEAR);
    }

    /// Loss, accuracy and metrics of the epochs of a training, of the training and the validation data; a panel each.
    /// @param losses the scale of the losses
    /// @throws DataException without epochs
    public static Chart history(History history, Scale losses) {
        List<EpochResult> epochs = history.epochs();
        if (epochs.isEmpty()) throw new DataException("history", "expects at least one epoch, got none");
        double[] x = epochs.stream().mapToDouble(EpochResult::epoch).toArray();
        List<Figure> panels = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        panel(
                panels,
                texts,
                "Loss",
                losses,
                x,
                figures(epochs, each -> OptionalDouble.of(each.loss())),
                ofValidation(epochs, each -> OptionalDouble.of(each.loss())));
        panel(
                panels,
                texts,
                "Accuracy",
                Scale.LINEAR,
                x,
                figures(epochs, EpochResult::accuracy),
                ofValidation(epochs, Evaluation::accuracy));
        SequencedSet<String> names = new LinkedHashSet<>();
        epochs.forEach(epoch ->
                epoch.validation().ifPresent(each -> names.addAll(each.metrics().keySet())));
        for (String name : names) {
            double[] values = ofValidation(epochs, each -> each.metrics().getOrDefault(name, OptionalDouble.empty()));
            panel(panels, texts, name, Scale.LINEAR, x, new double[0], values);
        }
        int rows = PanelsFigure.rows(panels.size());
        int width = panels.size() == 1 ? WIDTH : 960;
        return new Chart(
                "Training history",
                String.join(" ", texts),
                new PanelsFigure(panels),
                width,
                panels.size() == 1 ? HEIGHT : 360 * rows);
    }

    private static double[] figures(List<EpochResult> epochs, Function<EpochResult, OptionalDouble> figure) {
        return epochs.stream()
                .mapToDouble(each -> figure.apply(each).orElse(Double.NaN))
                .toArray();
    }

    private static double[] ofValidation(List<EpochResult> epochs, Function<Evaluation, OptionalDouble> figure) {
        return figures(epochs, epoch -> epoch.validation().map(figure).orElse(OptionalDouble.empty()));
    }

    private static void panel(
            List<Figure> panels,
            List<String> texts,
            String name,
            Scale scale,
            double[] x,
            double[] training,
            double[] validation) {
        List<Line> lines = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        if (hasFinite(training)) {
            lines.add(new Line("training", x, training));
            numbers.add(0);
        }
        if (hasFinite(validation)) {
            lines.add(new Line("validation", x, validation));
            numbers.add(1);
        }
        if (lines.isEmpty() && !name.equals("Loss")) return;
        List<Series> series = IntStream.range(0, lines.size())
                .mapToObj(i -> new Series(lines.get(i), numbers.get(i), Mark.LINE_AND_DOTS))
                .toList();
        panels.add(plot(name, List.of(), "epoch", "", scale, series));
        texts.add(name + ": " + text(lines) + ".");
    }

    private static boolean hasFinite(double[] values) {
        return Arrays.stream(values).anyMatch(Double::isFinite);
    }

    private static PlotFigure plot(
            String title, List<String> notes, String across, String up, Scale scale, List<Series> series) {
        List<double[]> x = series.stream().map(Series::x).toList();
        List<double[]> y = series.stream().map(Series::y).toList();
        return new PlotFigure(title, notes, Axis.tight(across, x), Axis.of(up, scale, y), series);
    }

    /// Where lines begin and end, and their lowest and highest values, in words.
    private static String text(List<Line> lines) {
        List<String> texts = new ArrayList<>();
        for (Line line : lines) {
            double[] y = line.y();
            int[] finite = IntStream.range(0, y.length)
                    .filter(i -> Double.isFinite(y[i]))
                    .toArray();
            if (finite.length == 0) {
                texts.add(line.name() + " has no finite values");
                continue;
            }
            double low = Arrays.stream(finite).mapToDouble(i -> y[i]).min().orElseThrow();
            double high = Arrays.stream(finite).mapToDouble(i -> y[i]).max().orElseThrow();
            String text = line.name() + " from " + TextTable.number(y[finite[0]]) + " to "
                    + TextTable.number(y[finite[finite.length - 1]]);
            texts.add(text + ", lowest " + TextTable.number(low) + ", highest " + TextTable.number(high)
                    + (finite.length < y.length ? ", " + (y.length - finite.length) + " values not finite" : ""));
        }
        return texts.isEmpty() ? "no values" : String.join("; ", texts);
    }

    /// Lines over one axis: losses by step, rates, whatever a program measures.
    /// @param title the title
    /// @param across the quantity of the lines' `x`
    /// @param up the quantity of the lines' `y`
    /// @param scale of the axis upwards
    /// @param lines at least one
    /// @throws DataException without lines
    public static Chart lines(String title, String across, String up, Scale scale, List<Line> lines) {
        if (lines.isEmpty()) throw new DataException("lines", "expects at least one, got none");
        List<Series> series = IntStream.range(0, lines.size())
                .mapToObj(i -> new Series(lines.get(i), i, Mark.LINE))
                .toList();
        String text = up + " over " + across + ": " + text(lines) + ".";
        return new Chart(title, text, plot(title, List.of(), across, up, scale, series), WIDTH, HEIGHT);
    }

    /// Lines over one axis of which the first matters, such as the best of many trainings: it is drawn in color over
    /// the others, which are grey.
    /// @param title the title
    /// @param across the quantity of the lines' `x`
    /// @param up the quantity of the lines' `y`
    /// @param scale of the axis upwards
    /// @param lines at least one
    /// @throws DataException without lines
    public static Chart highlighted(String title, String across, String up, Scale scale, List<Line> lines) {
        if (lines.isEmpty()) throw new DataException("lines", "expects at least one, got none");
        Line best = lines.getFirst();
        List<Line> others = lines.subList(1, lines.size());
        List<Series> series = new ArrayList<>();
        for (Line each : others) {
            String name = series.isEmpty() ? others.size() + (others.size() == 1 ? " other" : " others") : "";
            series.add(new Series(name, each.x(), each.y(), Ink.FAINT, List.of(), Mark.LINE));
        }
        series.add(new Series(best, 0, Mark.LINE));
        String text =
                up + " over " + across + ": " + text(List.of(best)) + (others.isEmpty() ? "" : ends(others)) + ".";
        return new Chart(title, text, plot(title, List.of(), across, up, scale, series), WIDTH, HEIGHT);
    }

    /// Where many lines end, in words.
    private static String ends(List<Line> lines) {
        double[] last = lines.stream()
                .map(Line::y)
                .filter(each -> each.length > 0)
                .mapToDouble(each -> each[each.length - 1])
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        String count = "; " + lines.size() + (lines.size() == 1 ? " other" : " others");
        if (last.length == 0) return count + " without a finite last value";
        return count + ", with last values from " + TextTable.number(last[0]) + " to "
                + TextTable.number(last[last.length - 1]);
    }

    /// A confusion matrix: true classes in rows, predicted ones in columns; the shade of a cell is its share of the
    /// row. Up to about 20 classes cells show their counts, up to about 10 also the share.
    /// @throws DataException for more than 200 classes
    public static Chart confusion(Confusion confusion) {
        List<String> names = confusion.classNames();
        if (names.size() > MOST_CLASSES) {
            throw new DataException(
                    "confusion matrix", "expects at most " + MOST_CLASSES + " classes, got " + names.size());
        }
        List<String> worst = confusion.cells().stream()
                .filter(each -> each.truth() != each.prediction())
                .sorted(Comparator.comparingLong(Confusion.Cell::count).reversed())
                .limit(3)
                .map(each -> String.format(
                        Locale.ROOT,
                        "%s predicted as %s: %,d rows",
                        names.get(each.truth()),
                        names.get(each.prediction()),
                        each.count()))
                .toList();
        long unclassified = IntStream.range(0, names.size())
                .mapToLong(confusion::unclassified)
                .sum();
        String text = String.format(
                Locale.ROOT,
                "%,d rows of %d classes, accuracy %s. %s.",
                confusion.total(),
                names.size(),
                Confusion.show(confusion.accuracy()),
                worst.isEmpty()
                        ? "No row is of another class than predicted"
                        : "Most confused: " + String.join(", ", worst));
        List<String> notes = new ArrayList<>();
        notes.add(String.format(
                Locale.ROOT, "%,d rows, accuracy %s", confusion.total(), Confusion.show(confusion.accuracy())));
        if (unclassified > 0) {
            notes.add(String.format(Locale.ROOT, "%,d rows without a prediction are not shown", unclassified));
        }
        var figure = new MatrixFigure("Confusion matrix", notes, names, confusion.counts());
        int side = Math.clamp(200 + 52L * names.size(), 360, 760);
        return new Chart("Confusion matrix", text, figure, side + 60, side + 40);
    }

    /// ROC curves: of the second of two classes, of each label, or of each class against the others; of more than
    /// eight those with the smallest area.
    /// @param names of the classes
    /// @throws DataException for predictions of values, or another number of names
    public static Chart roc(Predictions predictions, List<String> names) {
        return roc(curves(predictions, names, Curve::roc));
    }

    /// ROC curves; of more than eight those with the smallest area.
    /// @throws DataException without curves
    public static Chart roc(List<Curve> curves) {
        List<Series> guess = List.of(new Series(
                "guessing", new double[] {0, 1}, new double[] {0, 1}, Ink.AXIS, List.of(3.0, 4.0), Mark.LINE));
        return curves("ROC", "false-positive rate", "true-positive rate", "AUC", curves, guess);
    }

    /// Precision-recall curves: of the second of two classes, of each label, or of each class against the others; of
    /// more than eight those with the smallest area.
    /// @param names of the classes
    /// @throws DataException for predictions of values, or another number of names
    public static Chart precisionRecall(Predictions predictions, List<String> names) {
        return precisionRecall(curves(predictions, names, Curve::precisionRecall));
    }

    /// Precision-recall curves; of more than eight those with the smallest area.
    /// @throws DataException without curves
    public static Chart precisionRecall(List<Curve> curves) {
        return curves("Precision and recall", "recall", "precision", "AP", curves, List.of());
    }

    private interface CurveMaker {
        Curve of(Predictions predictions, int output, String name);
    }

    private static List<Curve> curves(Predictions predictions, List<String> names, CurveMaker maker) {
        if (names.size() != predictions.outputs()) {
            throw new DataException("names", "expects " + predictions.outputs() + ", got " + names.size());
        }
        int first = predictions.kind().isClasses() && names.size() == 2 ? 1 : 0;
        return IntStream.range(first, names.size())
                .mapToObj(i -> maker.of(predictions, i, names.get(i)))
                .toList();
    }

    private static Chart curves(
            String title, String across, String up, String area, List<Curve> curves, List<Series> others) {
        if (curves.isEmpty()) throw new DataException(title, "expects at least one curve, got none");
        List<Curve> defined =
                curves.stream().filter(each -> Double.isFinite(each.area())).toList();
        List<Curve> shown = defined.size() <= MOST_CURVES
                ? defined
                : defined.stream()
                        .sorted(Comparator.comparingDouble(Curve::area))
                        .limit(MOST_CURVES)
                        .toList();
        List<String> notes = new ArrayList<>();
        if (shown.size() < defined.size()) {
            notes.add("the " + MOST_CURVES + " of " + defined.size() + " classes with the smallest " + area);
        }
        if (defined.size() < curves.size()) {
            notes.add((curves.size() - defined.size())
                    + " classes have no curve: they lack rows, or predictions are NaN");
        }
        List<Series> series = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            Line line = shown.get(i).line();
            String name = String.format(
                    Locale.ROOT, "%s: %s %.4f", line.name(), area, shown.get(i).area());
            series.add(new Series(new Line(name, line.x(), line.y()), i, Mark.LINE));
            texts.add(name);
        }
        series.addAll(others);
        var x = new Axis(across, Scale.LINEAR, 0, 1);
        var y = new Axis(up, Scale.LINEAR, 0, 1);
        String text = title + ". " + (texts.isEmpty() ? "No curve is defined" : String.join("; ", texts)) + ".";
        return new Chart(title, text, new PlotFigure(title, notes, x, y, series), SQUARE, SQUARE + 40);
    }

    /// A reliability diagram: the accuracy of rows over the confidence of their predictions, in 10 bins.
    /// @throws DataException unless the predictions are probabilities of classes
    public static Chart calibration(Predictions predictions) {
        if (predictions.kind() != Kind.PROBABILITIES) {
            throw new DataException("calibration", "expects " + Kind.PROBABILITIES + ", got " + predictions.kind());
        }
        int bins = 10;
        double[] confidence = new double[bins];
        double[] correct = new double[bins];
        double[] count = new double[bins];
        for (int row = 0; row < predictions.rows(); row++) {
            int predicted = predictions.predicted(row);
            if (predicted == Confusion.NO_CLASS) continue;
            double p = predictions.output(row, predicted);
            int bin = Math.clamp((int) Math.ceil(p * bins) - 1, 0, bins - 1);
            double weight = predictions.weight(row);
            confidence[bin] += weight * p;
            count[bin] += weight;
            if (predicted == predictions.label(row)) correct[bin] += weight;
        }
        for (int i = 0; i < bins; i++) {
            confidence[i] = count[i] == 0 ? Double.NaN : confidence[i] / count[i];
            correct[i] = count[i] == 0 ? Double.NaN : correct[i] / count[i];
        }
        return calibration(
                confidence, correct, count, Metrics.calibrationError(bins).of(predictions));
    }

    /// A reliability diagram of bins, ascending; a bin without rows is NaN.
    /// @param confidence the mean confidence of each bin
    /// @param accuracy the accuracy of each bin
    /// @param counts the number of rows of each bin
    /// @param error the expected calibration error; empty if it is undefined
    /// @throws DataException if the counts differ
    public static Chart calibration(double[] confidence, double[] accuracy, double[] counts, OptionalDouble error) {
        if (accuracy.length != confidence.length || counts.length != confidence.length) {
            throw new DataException("calibration", "expects as many accuracies and counts as confidences");
        }
        double total = Math.max(1e-300, Arrays.stream(counts).sum());
        int[] filled =
                IntStream.range(0, counts.length).filter(i -> counts[i] > 0).toArray();
        double[] x = Arrays.stream(filled).mapToDouble(i -> confidence[i]).toArray();
        double[] y = Arrays.stream(filled).mapToDouble(i -> accuracy[i]).toArray();
        double[] edges = IntStream.rangeClosed(0, counts.length)
                .mapToDouble(i -> (double) i / Math.max(1, counts.length))
                .toArray();
        double[] shares = Arrays.stream(counts).map(each -> each / total).toArray();
        List<Series> series = List.of(
                new Series("share of the rows", edges, shares, Ink.GRID, List.of(), Mark.BARS),
                new Series("perfect", new double[] {0, 1}, new double[] {0, 1}, Ink.AXIS, List.of(3.0, 4.0), Mark.LINE),
                new Series("model", x, y, Ink.series(0), List.of(), Mark.LINE_AND_DOTS));
        List<String> notes = List.of("expected calibration error " + Confusion.show(error));
        List<String> texts = Arrays.stream(filled)
                .mapToObj(i -> String.format(
                        Locale.ROOT,
                        "confidence %.2f accuracy %.2f (%,.0f rows)",
                        confidence[i],
                        accuracy[i],
                        counts[i]))
                .toList();
        var figure = new PlotFigure(
                "Calibration",
                notes,
                new Axis("confidence", Scale.LINEAR, 0, 1),
                new Axis("accuracy", Scale.LINEAR, 0, 1),
                series);
        String text = "Calibration: " + notes.getFirst() + ". " + String.join("; ", texts) + ".";
        return new Chart("Calibration", text, figure, SQUARE, SQUARE + 40);
    }

    /// A histogram of numbers. Those that are not finite are counted in a note.
    /// @param title the title
    /// @param quantity what the numbers are
    /// @param bins the number of bars, from 1 to 1,000
    /// @throws ConfigException for a number of bins out of range
    public static Chart histogram(String title, String quantity, double[] numbers, int bins) {
        if (bins < 1 || bins > 1_000) throw new ConfigException("bins", "expects 1 to 1,000, got " + bins);
        double[] finite = Arrays.stream(numbers).filter(Double::isFinite).toArray();
        double low = Arrays.stream(finite).min().orElse(0);
        double high = Arrays.stream(finite).max().orElse(0);
        if (low == high) {
            double half = low == 0 ? 0.5 : Math.abs(low) / 2;
            low -= half;
            high += half;
        }
        double[] edges = new double[bins + 1];
        for (int i = 0; i <= bins; i++) edges[i] = low + (high - low) * i / bins;
        double[] counts = new double[bins];
        for (double each : finite) {
            counts[Math.clamp((int) ((each - low) / (high - low) * bins), 0, bins - 1)]++;
        }
        return histogram(title, quantity, edges, counts, numbers.length - finite.length);
    }

    /// A histogram of counts.
    /// @param title the title
    /// @param quantity what was counted
    /// @param edges of the bars, ascending; one more than counts
    /// @param counts of the bars
    /// @throws DataException if the numbers of edges and counts do not fit
    public static Chart histogram(String title, String quantity, double[] edges, double[] counts) {
        return histogram(title, quantity, edges, counts, 0);
    }

    private static Chart histogram(String title, String quantity, double[] edges, double[] counts, int others) {
        if (edges.length != counts.length + 1 || counts.length == 0) {
            throw new DataException(
                    "histogram", "expects one edge more than counts, got " + edges.length + " and " + counts.length);
        }
        int most = 0;
        for (int i = 1; i < counts.length; i++) if (counts[i] > counts[most]) most = i;
        List<String> notes = others == 0 ? List.of() : List.of(others + " numbers that are not finite are not shown");
        Axis up = Axis.of("count", Scale.LINEAR, List.of(counts, new double[] {0}));
        var series = new Series("", edges.clone(), counts.clone(), Ink.series(0), List.of(), Mark.BARS);
        String text = String.format(
                Locale.ROOT,
                "%,.0f numbers from %s to %s, most of them, %,.0f, from %s to %s.%s",
                Arrays.stream(counts).sum(),
                TextTable.number(edges[0]),
                TextTable.number(edges[counts.length]),
                counts[most],
                TextTable.number(edges[most]),
                TextTable.number(edges[most + 1]),
                notes.isEmpty() ? "" : " " + notes.getFirst() + ".");
        var across = new Axis(quantity, Scale.LINEAR, edges[0], edges[counts.length]);
        return new Chart(title, text, new PlotFigure(title, notes, across, up, List.of(series)), WIDTH, HEIGHT);
    }

    /// The learning rate of each step, or of each epoch for a schedule that counts epochs.
    /// @param rate the optimizer's learning rate
    /// @param epochs the number of epochs, at least 1
    /// @param batches the number of steps of an epoch, at least 1
    /// @throws ConfigException for a schedule that watches a metric, or numbers out of range
    public static Chart schedule(Schedule schedule, double rate, int epochs, int batches) {
        if (epochs < 1 || batches < 1) {
            throw new ConfigException(
                    "schedule", "expects at least 1 epoch and batch, got " + epochs + " and " + batches);
        }
        if (schedule.monitors() != Schedule.Monitors.NOTHING) {
            throw new ConfigException("schedule", "expects one that does not watch a metric, got " + schedule);
        }
        boolean steps = schedule.unit() == Schedule.Unit.STEP;
        long total = steps ? (long) epochs * batches : epochs;
        int points = (int) Math.min(total, MOST_RATES);
        double[] x = new double[points];
        double[] y = new double[points];
        for (int i = 0; i < points; i++) {
            long now = points == 1 ? 0 : Math.round((double) i * (total - 1) / (points - 1));
            x[i] = now + 1;
            y[i] = schedule.rate(rate, Moment.of(now, total));
        }
        return lines(
                "Learning rate",
                steps ? "step" : "epoch",
                "learning rate",
                Scale.LINEAR,
                List.of(new Line("learning rate", x, y)));
    }

    /// Predicted over true values of a regression, of at most 2,000 rows, evenly chosen.
    /// @param output the number of the value, from 0
    /// @param name of the value
    /// @throws DataException unless the predictions are values
    public static Chart predicted(Predictions predictions, int output, String name) {
        if (predictions.kind() != Kind.VALUES) {
            throw new DataException("values", "expects " + Kind.VALUES + ", got " + predictions.kind());
        }
        int rows = predictions.rows();
        int count = Math.min(rows, MOST_SCATTERED);
        double[] x = new double[count];
        double[] y = new double[count];
        for (int i = 0; i < count; i++) {
            int row = (int) ((long) i * rows / count);
            x[i] = predictions.target(row, output);
            y[i] = predictions.output(row, output);
        }
        return predicted(name, x, y);
    }

    /// Predicted over true values.
    /// @param name of the value
    /// @throws DataException if the counts differ
    public static Chart predicted(String name, double[] truth, double[] predicted) {
        var points = new Line("a row", truth, predicted);
        Axis across = Axis.of("true " + name, Scale.LINEAR, List.of(truth, predicted));
        Axis up = new Axis("predicted " + name, Scale.LINEAR, across.from(), across.to());
        double[] diagonal = {across.from(), across.to()};
        List<Series> series = List.of(
                new Series("perfect", diagonal, diagonal, Ink.AXIS, List.of(3.0, 4.0), Mark.LINE),
                new Series("a row", points.x(), points.y(), Ink.series(0).withOpacity(0.5), List.of(), Mark.DOTS));
        String title = "Predicted and true values";
        String text = String.format(
                Locale.ROOT,
                "%,d rows. True %s from %s to %s; predictions from %s to %s.",
                truth.length,
                name,
                TextTable.number(Arrays.stream(truth).min().orElse(Double.NaN)),
                TextTable.number(Arrays.stream(truth).max().orElse(Double.NaN)),
                TextTable.number(Arrays.stream(predicted).min().orElse(Double.NaN)),
                TextTable.number(Arrays.stream(predicted).max().orElse(Double.NaN)));
        return new Chart(title, text, new PlotFigure(title, List.of(), across, up, series), SQUARE, SQUARE + 20);
    }

    /// Parallel coordinates of the trials of a search: a line for each, over an axis for each setting and one for the
    /// score. The best trial is drawn thick. An axis of numbers is logarithmic if they span two powers of ten.
    /// @param settings the value that each trial has, by setting
    /// @param metric the name of the score
    /// @param scores of the trials; NaN for a failed one
    /// @param higherIsBetter whether the best score is the highest
    /// @throws DataException without settings or trials, or if the counts differ
    public static Chart parallel(
            SequencedMap<String, List<String>> settings, String metric, double[] scores, boolean higherIsBetter) {
        if (settings.isEmpty() || scores.length == 0) {
            throw new DataException("parallel coordinates", "expects settings and trials, got none");
        }
        List<Column> columns = new ArrayList<>();
        settings.forEach((name, values) -> {
            if (values.size() != scores.length) {
                throw new DataException(name, "expects " + scores.length + " values, got " + values.size());
            }
            columns.add(column(name, values));
        });
        columns.add(ofNumbers(metric, scores.clone()));
        int best = IntStream.range(0, scores.length)
                .filter(i -> Double.isFinite(scores[i]))
                .boxed()
                .min(Comparator.comparingDouble(i -> higherIsBetter ? -scores[i] : scores[i]))
                .orElse(-1);
        List<String> texts = new ArrayList<>();
        if (best >= 0) settings.forEach((name, values) -> texts.add(name + " " + values.get(best)));
        String text = scores.length + " trials. "
                + (best < 0
                        ? "None succeeded."
                        : "The best has " + metric + " " + TextTable.number(scores[best]) + " with "
                                + String.join(", ", texts) + ".");
        List<String> notes = List.of("a line for each trial; the thick one is the best, dashed ones failed");
        int width = Math.clamp(150L * columns.size() + 100, WIDTH, 1400);
        return new Chart("Trials", text, new ParallelFigure("Trials", notes, columns, best), width, HEIGHT);
    }

    private static Column column(String name, List<String> values) {
        double[] numbers = new double[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            try {
                numbers[i] = Double.parseDouble(values.get(i));
            } catch (NumberFormatException _) {
                return ofTexts(name, values);
            }
        }
        return ofNumbers(name, numbers);
    }

    private static Column ofTexts(String name, List<String> values) {
        List<String> distinct = values.stream().distinct().sorted().toList();
        double[] places = values.stream()
                .mapToDouble(each -> place(distinct.indexOf(each), distinct.size()))
                .toArray();
        List<Tick> ticks = IntStream.range(0, distinct.size())
                .mapToObj(i -> new Tick(place(i, distinct.size()), distinct.get(i)))
                .toList();
        return new Column(name, places, ticks);
    }

    private static double place(int number, int count) {
        return count == 1 ? 0.5 : (double) number / (count - 1);
    }

    private static Column ofNumbers(String name, double[] numbers) {
        double low = Arrays.stream(numbers).filter(Double::isFinite).min().orElse(0);
        double high = Arrays.stream(numbers).filter(Double::isFinite).max().orElse(0);
        Scale scale = low > 0 && high / low >= 100 ? Scale.LOGARITHMIC : Scale.LINEAR;
        Axis axis = Axis.of(name, scale, List.of(numbers));
        return new Column(
                name,
                Arrays.stream(numbers).map(axis::place).toArray(),
                axis.ticks(8).stream()
                        .map(tick -> new Tick(axis.place(tick), axis.text(tick)))
                        .toList());
    }
}
