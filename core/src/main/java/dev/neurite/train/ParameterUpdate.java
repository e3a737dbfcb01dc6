package dev.neurite.train;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Parameter;
import dev.neurite.model.Role;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.OptimizerState;
import dev.neurite.optim.Penalty;
import dev.neurite.optim.UpdateRange;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a step does with a gradient: penalties, clipping, the optimizer's rule, constraints, averaging. Knows the
/// parameters as ranges of a flat array, each with the settings of the groups that it is in.
final class ParameterUpdate {
    /// What all groups of a parameter say together.
    private record Settings(
            double rate, double decay, Penalty penalty, Constraint constraint, int firstEpoch, int lastEpoch) {
        Settings and(ParameterGroup group) {
            return new Settings(
                    rate * group.rate(),
                    decay * group.decay(),
                    penalty.plus(group.penalty()),
                    group.constraint().equals(Constraint.NONE) ? constraint : group.constraint(),
                    Math.max(firstEpoch, group.firstEpoch()),
                    Math.min(lastEpoch, group.lastEpoch()));
        }
    }

    /// Neighboring parameters with equal settings.
    private static final class Range {
        final int from;
        final int to;
        final Settings settings;
        final OptimizerState state;
        UpdateRange last = new UpdateRange(0, 0, 0, 0, 0, WeightDecay.NONE);

        Range(int from, int to, Settings settings, OptimizerState state) {
            this.from = from;
            this.to = to;
            this.settings = settings;
            this.state = state;
        }

        boolean learns(int epoch) {
            return epoch >= settings.firstEpoch() && epoch <= settings.lastEpoch();
        }
    }

    private final List<Parameter> parameters;
    private final List<ParameterGroup> groups;
    private final Optimizer optimizer;
    private final Clip clip;
    private final Averaging averaging;
    private final Kernels kernels;
    private final float[] theta;
    private final Range[] ranges;
    private final float @Nullable [] mean;
    private long averaged; // how many parameters went into the mean
    private long steps;
    private boolean watched; // whether to measure the next step
    private List<ParameterFlow> flows = List.of();

    /// @param parameters those that are trained, in the order of the flat array
    /// @param theta the flat array
    ParameterUpdate(List<Parameter> parameters, Plan plan, float[] theta, Kernels kernels) {
        ParameterGroup.check(plan.groups(), parameters);
        this.parameters = parameters;
        this.groups = plan.groups();
        this.optimizer = plan.optimizer();
        this.clip = plan.clip();
        this.averaging = plan.averaging();
        this.kernels = kernels;
        this.theta = theta;
        this.ranges = ranges(OptimizerState.fresh(optimizer, theta.length));
        this.mean = averaging instanceof Averaging.None ? null : theta.clone();
    }

    private Range[] ranges(OptimizerState state) {
        List<Range> joined = new ArrayList<>();
        for (Parameter part : parameters) {
            Settings settings = settings(part);
            int from = part.offset();
            if (!joined.isEmpty()
                    && joined.getLast().to == from
                    && joined.getLast().settings.equals(settings)) {
                from = joined.removeLast().from;
            }
            joined.add(new Range(from, part.offset() + part.size(), settings, state.forAnotherRange()));
        }
        return joined.toArray(Range[]::new);
    }

    private Settings settings(Parameter part) {
        var settings = new Settings(1, 1, Penalty.NONE, Constraint.NONE, 1, Integer.MAX_VALUE);
        for (ParameterGroup group : groups) {
            if (group.contains(part)) settings = settings.and(group);
        }
        return settings;
    }

    /// Whether a parameter learns in this epoch.
    boolean learns(Parameter part, int epoch) {
        for (Range range : ranges) {
            if (part.offset() >= range.from && part.offset() < range.to) return range.learns(epoch);
        }
        return false;
    }

    /// Changes the parameters that learn in this epoch.
    /// @param gradient of the sum of the losses, like θ; changed too
    /// @param scale what makes it the gradient of what is trained: 1/N for a mean
    void apply(float[] gradient, double scale, double rate, double momentum, int epoch) {
        steps++;
        UpdateMeter meter = watched ? new UpdateMeter(learning(epoch), theta, gradient, scale) : null;
        addPenalties(gradient, scale, epoch);
        double factor = scale * clip(gradient, scale, epoch);
        for (Range range : ranges) {
            if (!range.learns(epoch)) continue;
            range.state.nextStep();
            optimizer.step(update(range, rate, momentum, factor), theta, gradient, range.state, kernels);
        }
        constrain(epoch);
        if (averaging instanceof Averaging.Ema(double decay)) average(averaged == 0 ? 1 : 1 - decay);
        flows = meter == null ? List.of() : meter.measured();
    }

    private List<Parameter> learning(int epoch) {
        return parameters.stream().filter(part -> learns(part, epoch)).toList();
    }

    /// Whether to measure what the steps from now on do to each parameter. Their bits stay the same.
    void watch(boolean measured) {
        watched = measured;
    }

    /// What the last step did to each parameter that learned by it; empty if it was not watched.
    List<ParameterFlow> flows() {
        return flows;
    }

    /// The settings of this step, in the object of the last one if they have not changed.
    private UpdateRange update(Range range, double rate, double momentum, double scale) {
        double own = rate * range.settings.rate();
        UpdateRange last = range.last;
        boolean same = last.rate() == own && last.momentum() == momentum && last.scale() == scale;
        if (same && last.to() == range.to) return last;
        WeightDecay decay = optimizer.decay();
        if (range.settings.decay() != 1) decay = decay.withRate(decay.rate() * range.settings.decay());
        range.last = new UpdateRange(range.from, range.to, own, momentum, scale, decay);
        return range.last;
    }

    /// An epoch has ended.
    void endEpoch(int epoch) {
        if (averaging instanceof Averaging.Swa(int first) && epoch >= first) average(1.0 / (double) (averaged + 1));
    }

    // ---------------------------------------------------------------------------------------------- before the rule

    /// g ← g + (λ₁·sign θ + λ₂·θ) / scale, as g is still to be scaled.
    private void addPenalties(float[] gradient, double scale, int epoch) {
        for (Range range : ranges) {
            Penalty penalty = range.settings.penalty();
            if (penalty.equals(Penalty.NONE) || !range.learns(epoch) || scale == 0) continue;
            float l1 = (float) (penalty.l1() / scale);
            float l2 = (float) (penalty.l2() / scale);
            kernels.update(range.from, range.to, (from, to) -> {
                for (int i = from; i < to; i++) {
                    gradient[i] += Math.fma(l2, theta[i], l1 * Math.signum(theta[i]));
                }
            });
        }
    }

    /// Limits gradients that are too large; returns what is left to multiply all of them by.
    private double clip(float[] gradient, double scale, int epoch) {
        switch (clip.kind()) {
            case NONE -> {}
            case VALUE -> {
                float limit = (float) (clip.limit() / scale);
                for (Range range : ranges) {
                    kernels.update(range.from, range.to, (from, to) -> {
                        for (int i = from; i < to; i++) gradient[i] = Math.max(-limit, Math.min(limit, gradient[i]));
                    });
                }
            }
            case NORM -> {
                for (Parameter part : parameters) {
                    double norm = scale * norm(gradient, part.offset(), part.offset() + part.size());
                    multiply(gradient, part, (float) clip.factor(norm));
                }
            }
            case GLOBAL_NORM -> {
                double squares = 0;
                for (Range range : ranges) {
                    if (range.learns(epoch)) squares += kernels.sumOfSquares(gradient, range.from, range.to);
                }
                return clip.factor(scale * Math.sqrt(squares));
            }
        }
        return 1;
    }

    private void multiply(float[] gradient, Parameter part, float factor) {
        if (factor == 1) return;
        kernels.update(part.offset(), part.offset() + part.size(), (from, to) -> {
            for (int i = from; i < to; i++) gradient[i] *= factor;
        });
    }

    private double norm(float[] values, int from, int to) {
        return Math.sqrt(kernels.sumOfSquares(values, from, to));
    }

    // ----------------------------------------------------------------------------------------------- after the rule

    private void constrain(int epoch) {
        for (Range range : ranges) {
            Constraint constraint = range.settings.constraint();
            if (constraint.equals(Constraint.NONE) || !range.learns(epoch)) continue;
            for (Parameter part : parameters) {
                boolean inside = part.offset() >= range.from && part.offset() < range.to;
                if (!inside || part.role() != Role.WEIGHT) continue;
                kernels.boundRowNorms(
                        Tensor.view(part.shape(), theta, part.offset()), constraint.least(), constraint.most());
            }
        }
    }

    /// θ̄ ← θ̄ + share·(θ − θ̄).
    private void average(double share) {
        float[] average = mean;
        if (average == null) return;
        averaged++;
        float part = (float) share;
        kernels.update(0, theta.length, (from, to) -> {
            for (int i = from; i < to; i++) average[i] = Math.fma(part, theta[i] - average[i], average[i]);
        });
    }

    /// Whether there is a mean of the parameters by now.
    boolean hasMean() {
        return averaged > 0;
    }

    /// The parameters that training gives: their mean where there is one, else θ itself; not a copy.
    float[] result() {
        float[] average = mean;
        return average != null && hasMean() ? average : theta;
    }

    /// The number of steps taken.
    long steps() {
        return steps;
    }

    /// The number of values that are trained.
    int size() {
        int size = 0;
        for (Range range : ranges) size += range.to - range.from;
        return size;
    }
}
