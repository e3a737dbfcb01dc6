package dev.neurite.train;

import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.optim.Moment;
import dev.neurite.optim.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// The learning-rate range test: a short training whose learning rate grows at each step, with the loss
/// at each rate. Smith 2017, arXiv:1506.01186, section 3.3; exponential growth and smoothing as in
/// fastai. The trainer's model does not change, and the same trainer and data give the same result.
///
/// The loss is that of a step's batch before the step. It is smoothed by an exponential moving average
/// with β = 0.9 and bias correction, as Adam's m̂. (fastai's β = 0.98 would average over half of a
/// hundred steps.) The test ends early when the smoothed loss is above four times its lowest value
/// (fastai's bound), or when training diverges. That bound and the suggestions ignore the first tenth
/// of the steps, where the average has too few losses.
/// @param points the results of the steps, in order of rates; at least one
public record RateRange(List<Point> points) {
    private static final double BETA = 0.9;
    private static final double LIMIT = 4;

    /// The result of one step.
    /// @param rate the learning rate of the step
    /// @param loss the mean loss of its batch, before the step
    /// @param smoothed the exponential moving average of the losses so far
    public record Point(double rate, double loss, double smoothed) {}

    /// Copies the points.
    /// @throws ConfigException without points, for rates that are not above 0 and ascending, or for a
    /// smoothed loss that is not finite
    public RateRange {
        points = List.copyOf(points);
        double before = 0;
        for (Point point : points) {
            if (!(point.rate() > before)) {
                throw new ConfigException("rate range", "expects ascending rates above 0, got " + point.rate());
            }
            if (!Double.isFinite(point.smoothed())) {
                throw new ConfigException("rate range", "expects finite losses, got " + point.smoothed());
            }
            before = point.rate();
        }
        if (points.isEmpty()) throw new ConfigException("rate range", "expects at least one point, got none");
    }

    /// Tests 100 rates from 1e-7 to 10, fastai's range.
    /// @see #of(Trainer, Dataset, double, double, int)
    public static RateRange of(Trainer trainer, Dataset data) {
        return of(trainer, data, 1e-7, 10, 100);
    }

    /// Tests rates on a copy of a trainer's model, with all settings of the trainer except the rate and
    /// its schedule: loss, optimizer, groups as in the first epoch, batch size, order of rows, seed.
    /// Runs through the data as often as the steps need.
    /// @param low the rate of the first step, above 0
    /// @param high the rate of the last step, above `low`
    /// @param steps the number of steps, from 2
    /// @throws ConfigException for a setting out of range
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws DivergedException if the loss of the first step is not finite
    public static RateRange of(Trainer trainer, Dataset data, double low, double high, int steps) {
        if (!(low > 0 && low < high && high < 1e10)) {
            throw new ConfigException("rate range", "expects 0 < low < high < 1e10, got " + low + " and " + high);
        }
        if (steps < 2) throw new ConfigException("rate range", "expects at least 2 steps, got " + steps);
        Schedule rising = (base, at) -> low * StrictMath.pow(high / low, (double) at.now() / (steps - 1));
        TrainerSettings settings = trainer.settings();
        Batches batches = settings.batches(data);
        List<Point> points = new ArrayList<>();
        double mean = 0;
        double best = Double.POSITIVE_INFINITY;
        try (var session = trainer.schedule(rising).begin(batches.batch(0))) {
            for (int i = 0; i < steps; i++) {
                int batch = i % batches.count();
                if (batch == 0) settings.beginEpoch(batches, i / batches.count() + 1);
                double loss = session.step(batches.batch(batch));
                mean = BETA * mean + (1 - BETA) * loss;
                double smoothed = mean / (1 - StrictMath.pow(BETA, i + 1));
                points.add(new Point(rising.rate(0, Moment.of(i, steps)), loss, smoothed));
                if (i < steps / 10) continue; // too few losses for an average
                best = Math.min(best, smoothed);
                if (smoothed - best > (LIMIT - 1) * Math.abs(best))
                    break; // above 4·best; right for negative losses too
            }
        } catch (DivergedException diverged) {
            if (points.isEmpty()) throw diverged; // later it is the end of the test
        }
        return new RateRange(points);
    }

    /// The first point that suggestions use.
    private int first() {
        return points.size() / 10;
    }

    /// The rate at which the smoothed loss falls fastest over the logarithm of the rate, as PyTorch
    /// Lightning suggests; empty if it never falls.
    public OptionalDouble steepest() {
        double least = 0;
        OptionalDouble found = OptionalDouble.empty();
        for (int i = Math.max(1, first()); i + 1 < points.size(); i++) {
            Point before = points.get(i - 1);
            Point after = points.get(i + 1);
            double slope = (after.smoothed() - before.smoothed()) / StrictMath.log(after.rate() / before.rate());
            if (slope < least) {
                least = slope;
                found = OptionalDouble.of(points.get(i).rate());
            }
        }
        return found;
    }

    /// A tenth of the rate with the lowest smoothed loss, as fastai's `minimum`: at the lowest loss the
    /// rate is already too high. Empty if the loss never falls.
    public OptionalDouble tenthOfLowest() {
        Point first = points.get(first());
        Point lowest = first;
        for (Point point : points.subList(first(), points.size())) {
            if (point.smoothed() < lowest.smoothed()) lowest = point;
        }
        return lowest.equals(first) ? OptionalDouble.empty() : OptionalDouble.of(lowest.rate() / 10);
    }

    /// The lower of [#steepest()] and [#tenthOfLowest()]: an initial rate for a schedule that decays
    /// it. Empty if the loss never falls. Then test other rates, or check the model.
    public OptionalDouble suggested() {
        OptionalDouble steepest = steepest();
        OptionalDouble tenth = tenthOfLowest();
        if (steepest.isEmpty() || tenth.isEmpty()) return OptionalDouble.empty();
        return OptionalDouble.of(Math.min(steepest.getAsDouble(), tenth.getAsDouble()));
    }

    /// Draws the smoothed loss over the logarithm of the rate in characters; a triangle marks
    /// [#suggested()].
    /// @param columns the width of the plot without the numbers at its left, 10 to 1000
    /// @param rows the height of the plot without the numbers below it, 2 to 1000
    /// @param ascii whether to use only ASCII; otherwise Braille dots, eight times as fine
    /// @throws ConfigException for a size out of range
    public String plot(int columns, int rows, boolean ascii) {
        return new RatePlot(this, columns, rows, ascii).draw();
    }

    /// The plot, 70 columns in 15 rows, and the suggestions.
    @Override
    public String toString() {
        return plot(70, 15, false) + "smoothed loss in " + points.size() + " steps; falls fastest at "
                + text(steepest()) + ", a tenth of the rate of the lowest: " + text(tenthOfLowest()) + "\n";
    }

    private static String text(OptionalDouble rate) {
        return rate.isEmpty() ? "none" : String.format(Locale.ROOT, "%.1e", rate.getAsDouble());
    }
}
