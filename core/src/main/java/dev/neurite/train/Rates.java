package dev.neurite.train;

import dev.neurite.error.ConfigException;
import dev.neurite.optim.Moment;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedule.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The learning rate and momentum of each step: by the schedule, and by changes of the rate from which
/// the schedule starts.
final class Rates {
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final long totalSteps; // 0 if it is unknown
    private final int totalEpochs;
    private final List<Double> watched = new ArrayList<>(); // the monitored metric of each epoch
    private double base; // the rate from which the schedule starts
    private int epoch = 1;
    private boolean known; // rate and momentum are, for an epoch of a schedule that counts epochs
    private boolean asked; // next(…) was called in this run
    private double rate;
    private double momentum;

    Rates(Optimizer optimizer, Schedule schedule, long totalSteps, int totalEpochs) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.totalSteps = totalSteps;
        this.totalEpochs = totalEpochs;
        this.base = optimizer.rate();
    }

    /// Begins an epoch, from 1.
    void beginEpoch(int number) {
        epoch = number;
        known = false;
    }

    /// Ends an epoch with this value of the monitored metric.
    void endEpoch(double value) {
        watched.add(value);
    }

    /// Sets the rate from which the schedule starts, from the next step on.
    /// @throws ConfigException unless from 0 to below 1e10
    void change(double other) {
        if (!(other >= 0 && other < 1e10)) {
            throw new ConfigException("learning rate", "expects a number from 0 to below 1e10, got " + other);
        }
        base = other;
        known = false;
    }

    /// The rate from which the schedule starts: the optimizer's unless it was changed.
    double base() {
        return base;
    }

    void save(Snapshot memory) {
        memory.put("watched", watched);
        if (base != optimizer.rate()) memory.put("base", base);
    }

    void restore(Snapshot memory) {
        watched.clear();
        watched.addAll(memory.numbers("watched"));
        base = memory.has("base") ? memory.number("base") : optimizer.rate();
        known = false;
        asked = false;
    }

    /// Computes rate and momentum of the next step.
    /// @param steps the number of steps taken
    /// @throws ConfigException if the schedule returns an invalid rate or momentum
    void next(long steps) {
        asked = true;
        if (known) return;
        known = schedule.unit() == Unit.EPOCH;
        List<Double> seen = Collections.unmodifiableList(watched);
        Moment now = known ? new Moment(epoch - 1L, totalEpochs, seen) : new Moment(steps, totalSteps, seen);
        rate = schedule.rate(base, now);
        momentum = schedule.momentum(optimizer.momentum(), now);
        if (!(rate >= 0 && rate < 1e10)) {
            throw new ConfigException(where(steps), "expects a rate from 0 to below 1e10, got " + rate);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new ConfigException(where(steps), "expects a momentum from 0 to below 1, got " + momentum);
        }
    }

    private String where(long steps) {
        return "schedule " + schedule + ", epoch " + epoch + ", step " + (steps + 1);
    }

    /// The learning rate of the last step; before the first step of this run, that of the next.
    double rate(long steps) {
        if (!asked) next(steps);
        return rate;
    }

    double momentum() {
        return momentum;
    }
}
