package dev.neurite.train;

import dev.neurite.error.ConfigException;
import dev.neurite.optim.Moment;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedule.Unit;
import java.util.ArrayList;
import java.util.List;

/// The learning rate and momentum of each step, as a schedule has them.
final class Rates {
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final long totalSteps; // 0 where nobody knows
    private final int totalEpochs;
    private List<Double> watched = List.of();
    private int epoch = 1;
    private boolean known; // for this epoch, where the schedule counts epochs
    private double rate;
    private double momentum;

    Rates(Optimizer optimizer, Schedule schedule, long totalSteps, int totalEpochs) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.totalSteps = totalSteps;
        this.totalEpochs = totalEpochs;
    }

    /// An epoch begins, from 1.
    void beginEpoch(int number) {
        epoch = number;
        known = false;
    }

    /// An epoch has ended with this loss, on validation data if there are any.
    void endEpoch(double loss) {
        List<Double> longer = new ArrayList<>(watched);
        longer.add(loss);
        watched = List.copyOf(longer);
    }

    void save(Snapshot memory) {
        memory.put("watched", watched);
    }

    void restore(Snapshot memory) {
        watched = List.copyOf(memory.numbers("watched"));
    }

    /// A step begins after so many others.
    /// @throws ConfigException if the schedule gives what is no rate or no momentum
    void next(long steps) {
        if (known) return;
        known = schedule.unit() == Unit.EPOCH;
        Moment now = known ? new Moment(epoch - 1L, totalEpochs, watched) : new Moment(steps, totalSteps, watched);
        rate = schedule.rate(optimizer.rate(), now);
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

    double rate() {
        return rate;
    }

    double momentum() {
        return momentum;
    }
}
