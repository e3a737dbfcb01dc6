package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.Ended;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.Failed;
import dev.neurite.train.TrainingEvent.RateChanged;
import dev.neurite.train.TrainingEvent.Started;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.StepSkipped;
import dev.neurite.train.TrainingEvent.UpdatesMeasured;
import dev.neurite.train.TrainingEvent.Validated;
import org.jspecify.annotations.Nullable;

/// Where a training is, and how fast it goes. Only the thread of the training changes it, without
/// waiting; every thread may read it. Times are readings of [System#nanoTime()].
final class TrainingProgress {
    private static final double SMOOTHING = 0.05; // share of the newest step in the mean time of a step
    private static final int COMPILING = 3; // first steps, which are slower than those that follow

    private volatile Phase phase = Phase.TRAINING;
    private volatile Started plan = new Started(1, 1, 1, 0, 0, false);
    private volatile @Nullable StepEnded last;
    private volatile double stepSeconds = Double.NaN;
    private volatile double rowsPerSecond = Double.NaN;
    private volatile double afterEpoch; // seconds of what follows the steps of an epoch
    private volatile UnpausedTime watch = UnpausedTime.begin(System.nanoTime());
    private volatile double rate;
    private volatile double firstLoss = Double.NaN;
    private long stepEnded;

    /// @param rate the learning rate from which the schedule starts; NaN with a minimizer
    TrainingProgress(double rate) {
        this.rate = rate;
    }

    void on(TrainingEvent event, long now) {
        switch (event) {
            case Started started -> {
                plan = started;
                watch = UnpausedTime.begin(now);
                stepEnded = now;
            }
            case StepEnded step -> step(step, now);
            case EpochEnded _ -> {
                afterEpoch = (now - stepEnded) * 1e-9;
                stepEnded = now;
            }
            case Validated _ -> stepEnded = now;
            case RateChanged changed -> rate = changed.after();
            case Ended _, Failed _ -> watch = watch.stop(now);
            case StepSkipped _, UpdatesMeasured _ -> {}
        }
    }

    private void step(StepEnded step, long now) {
        double seconds = (now - stepEnded) * 1e-9;
        stepEnded = now;
        double before = stepSeconds;
        boolean compiles = step.step() - plan.steps() <= COMPILING;
        stepSeconds = Double.isNaN(before) || compiles ? seconds : before + SMOOTHING * (seconds - before);
        rowsPerSecond = step.rows() / stepSeconds;
        if (last == null && step.step() == 1) firstLoss = step.loss();
        last = step;
    }

    /// Time stands still from now on.
    void pause(long now) {
        watch = watch.stop(now);
        phase = Phase.PAUSED;
    }

    /// Ends a pause.
    void goOn(long now) {
        watch = watch.goOn(now);
        stepEnded = now;
        phase = Phase.TRAINING;
    }

    void enter(Phase next) {
        phase = next;
    }

    Phase phase() {
        return phase;
    }

    void setRate(double next) {
        rate = next;
    }

    /// The number of steps taken.
    long steps() {
        StepEnded step = last;
        return step == null ? plan.steps() : step.step();
    }

    /// The number of rows of an epoch.
    int rows() {
        return plan.rows();
    }

    /// The loss of step 1; NaN before it, and for a training that was resumed.
    double firstLoss() {
        return firstLoss;
    }

    /// All of it at this moment.
    /// @param over whether the training has ended
    RunState state(boolean over) {
        StepEnded step = last;
        Started started = plan;
        Phase now = phase;
        long taken = step == null ? started.steps() : step.step();
        long all = (long) started.epochs() * started.batches();
        int epoch = step == null
                ? (int) Math.min(started.epochs(), taken / Math.max(1, started.batches()) + 1)
                : step.epoch();
        double eta = (all - taken) * stepSeconds + (started.epochs() - epoch + 1) * afterEpoch;
        Runtime heap = Runtime.getRuntime();
        return new RunState(
                now,
                epoch,
                started.epochs(),
                taken,
                all,
                step == null ? -1 : step.batch(),
                started.batches(),
                over ? Double.NaN : Math.max(0, eta),
                watch.seconds(System.nanoTime()),
                rowsPerSecond,
                1000 * stepSeconds,
                heap.totalMemory() - heap.freeMemory(),
                heap.maxMemory(),
                rate);
    }
}
