package dev.neurite.cli.report;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Text;
import dev.neurite.model.TextTable;
import dev.neurite.train.Evaluation;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.Started;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Shows the progress of a training: on a terminal a bar that is redrawn in place, elsewhere one line an epoch.
public final class Progress implements Consumer<TrainingEvent>, AutoCloseable {
    static final String TO_LINE_END = "\u001b[K";

    private static final long REDRAW_NANOS = 100_000_000;

    private final Console io;
    private final LongSupplier clock;
    private final String measured;
    private final boolean steps;
    private Started plan = new Started(1, 1, 1, 0, 0, false);
    private long firstStepEnded;
    private long drawn;
    private boolean onScreen;
    private double loss;
    private double correct;
    private long rows;

    /// Shows progress on a console.
    /// @param clock the time in nanoseconds
    /// @param measured the name of the data that is evaluated after each epoch: `val` or `test`
    public Progress(Console io, LongSupplier clock, String measured) {
        this(io, clock, measured, true);
    }

    /// The same.
    /// @param steps whether to show steps; false if they are taken elsewhere and reported afterwards
    public Progress(Console io, LongSupplier clock, String measured, boolean steps) {
        this.io = io;
        this.clock = clock;
        this.measured = measured;
        this.steps = steps;
    }

    @Override
    public synchronized void accept(TrainingEvent event) {
        switch (event) {
            case Started started -> {
                plan = started;
                await((int) (started.steps() / started.batches()) + 1);
            }
            case StepEnded step -> {
                if (io.animated() && steps) step(step);
            }
            case EpochEnded(EpochResult result) -> {
                epoch(result);
                await(result.epoch() + 1);
            }
            case TrainingEvent.StepSkipped skipped -> skipped(skipped);
            case TrainingEvent.UpdatesMeasured _,
                    TrainingEvent.RateChanged _,
                    TrainingEvent.Validated _,
                    TrainingEvent.Ended _,
                    TrainingEvent.Failed _ -> {}
        }
    }

    private void step(StepEnded step) {
        if (step.batch() == 1) {
            loss = 0;
            correct = 0;
            rows = 0;
        }
        loss += step.loss() * step.rows();
        correct += step.accuracy().orElse(0) * step.rows();
        rows += step.rows();
        long now = clock.getAsLong();
        boolean first = step.step() == plan.steps() + 1;
        if (first)
            firstStepEnded = now; // the first step is slow: code is compiled, memory is touched for the first time
        if (!first && now - drawn < REDRAW_NANOS) return;
        drawn = now;
        OptionalDouble accuracy =
                step.accuracy().isPresent() ? OptionalDouble.of(correct / rows) : OptionalDouble.empty();
        long more = step.step() - plan.steps() - 1; // after the first
        double secondsAStep = more > 0 ? (now - firstStepEnded) * 1e-9 / (double) more : 0;
        var state = new ProgressLine(
                step.epoch(), plan.epochs(), step.batch(), plan.batches(), loss / rows, accuracy, secondsAStep);
        io.err().print("\r" + state.render(io.columns() - 1, io.unicode()) + TO_LINE_END);
        io.err().flush();
        onScreen = true;
    }

    /// Shows that an epoch is computed elsewhere.
    private void await(int epoch) {
        if (steps || !io.animated() || epoch > plan.epochs()) return;
        io.err()
                .print(Text.format("\repoch %d/%d  its steps are taken on the cluster", epoch, plan.epochs())
                        + TO_LINE_END);
        io.err().flush();
        onScreen = true;
    }

    private void epoch(EpochResult result) {
        close();
        io.err().println(io.animated() ? result.line(plan.epochs(), measured) : forPrograms(result));
        io.err().flush();
    }

    private void skipped(TrainingEvent.StepSkipped skipped) {
        close();
        String line = "skipped " + skipped.problem().where() + ": "
                + skipped.problem().problem();
        io.err().println(Console.printable(line));
        io.err().flush();
    }

    /// Wraps a printer of lines so that it erases the bar first. It may be called from any thread.
    public Consumer<String> wiping(Consumer<String> lines) {
        return line -> {
            synchronized (this) {
                close();
                lines.accept(line);
            }
        };
    }

    /// Erases the bar.
    @Override
    public synchronized void close() {
        if (!onScreen) return;
        io.err().print("\r" + TO_LINE_END);
        io.err().flush();
        onScreen = false;
    }

    private String forPrograms(EpochResult result) {
        var line = new StringBuilder("epoch=" + result.epoch());
        line.append(figures(" ", result.loss(), result.accuracy()));
        if (result.validation().isPresent()) {
            Evaluation validation = result.validation().get();
            line.append(figures(" " + measured + "_", validation.loss(), validation.accuracy()));
            validation
                    .metrics()
                    .forEach((name, figure) ->
                            line.append(" " + measured + "_" + name + "=" + MetricNames.show(figure)));
        }
        return line.append(Text.format(" sec=%.2f", result.seconds())).toString();
    }

    private static String figures(String prefix, double loss, OptionalDouble accuracy) {
        String text = prefix + "loss=" + TextTable.number(loss);
        return accuracy.isEmpty() ? text : text + prefix + "acc=" + TextTable.number(accuracy.getAsDouble());
    }
}
