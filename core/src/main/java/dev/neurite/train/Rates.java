package dev.neurite.train;

import dev.neurite.error.ConfigException;
import dev.neurite.optim.Moment;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedule.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The learning rate and momentum of each step, by the schedule and by who has changed the rate that it
/// begins from.
final class Rates {
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final long totalSteps; // 0 where it is unknown
    private final int totalEpochs;
    private final List<Double> watched = new ArrayList<>(); // an epoch's monitored metric each
    private double base; // what the schedule begins from
    private int epoch = 1;
    private boolean known; // for this epoch, where the schedule counts epochs
    private boolean asked; // for a step of this run
    private double rate;
    private double momentum;

    Rates(Optimizer optimizer, Schedule schedule, long totalSteps, int totalEpochs) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.totalSteps = totalSteps;
        this.totalEpochs = totalEpochs;
        this.base = optimizer.rate();
    }

    /// An epoch begins, from 1.
    void beginEpoch(int number) {
        epoch = number;
        known = false;
    }

    /// An epoch has ended with this value of the monitored metric.
    void endEpoch(double value) {
        watched.add(value);
    }

    /// Has the schedule begin from another rate, from the next step on.
    /// @throws ConfigException for what is no learning rate
    void change(double other) {
        if (!(other >= 0 && other < 1e10)) {
            throw new ConfigException("learning rate", "expects a number from 0 to below 1e10, got " + other);
        }
        base = other;
        known = false;
    }

    /// The rate that the schedule begins from: the optimizer's unless it was changed.
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

    /// A step begins after so many others.
    /// @throws ConfigException if the schedule gives what is no rate or no momentum
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

    /// The learning rate of the last step; before the first one of this run, of the next.
    double rate(long steps) {
        if (!asked) next(steps);
        return rate;
    }

    double momentum() {
        return momentum;
    }
}
