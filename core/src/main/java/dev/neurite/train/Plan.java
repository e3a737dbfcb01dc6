package dev.neurite.train;

import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import java.util.List;

/// How parameters change by their gradients: the part of a trainer's settings that an update needs.
record Plan(Optimizer optimizer, Schedule schedule, List<ParameterGroup> groups, Clip clip, Averaging averaging) {
    /// The rates of a run of so many steps and epochs; 0 where nobody knows how many.
    Rates rates(long steps, int epochs) {
        return new Rates(optimizer, schedule, steps, epochs);
    }
}
