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
import dev.neurite.train.probing.UpdateMeter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Updates the parameters by their gradients: penalties, clipping, the optimizer's rule, constraints,
/// averaging. Parameters are ranges of a flat array, each with the settings of its groups.
final class ParameterUpdate {
    /// The combined settings of all groups of a parameter.
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

    /// Adjacent parameters with equal settings.
    private static final class Range {
        final List<Parameter> parts;
        final int from;
        final int to;
        final Settings settings;
        final WeightDecay decay;
        final OptimizerState state;
        final Tensor[] weights; // views, for constraints
        UpdateRange last = new UpdateRange(0, 0, 0, 0, 0, WeightDecay.NONE);

        Range(List<Parameter> parts, Settings settings, WeightDecay decay, OptimizerState state, float[] theta) {
            Parameter end = parts.getLast();
            this.parts = parts;
            this.from = parts.getFirst().offset();
            this.to = end.offset() + end.size();
            this.settings = settings;
            this.decay = settings.decay() == 1 ? decay : decay.withRate(decay.rate() * settings.decay());
            this.state = state;
            this.weights = parts.stream()
                    .filter(part -> part.role() == Role.WEIGHT)
                    .map(part -> Tensor.view(part.shape(), theta, part.offset()))
                    .toArray(Tensor[]::new);
        }
    }

    private final List<Parameter> parameters;
    private final List<ParameterGroup> groups;
    private final Optimizer optimizer;
    private final Clip clip;
    private final Averaging averaging;
    private final Kernels kernels;
    private final float[] theta;
    private final OptimizerState state; // all ranges share its arrays
    private final Range[] ranges;
    private final int size;
    private Range[] unfrozen; // in the present epoch
    private int epoch;
    private final float @Nullable [] mean;
    private long averaged; // how many times
    private long steps;

    /// @param parameters the trained parameters, in the order of the flat array
    /// @param statistics the running statistics, which groups may freeze
    /// @param theta the flat array
    ParameterUpdate(
            List<Parameter> parameters,
            List<Parameter> statistics,
            TrainerSettings settings,
            float[] theta,
            Kernels kernels) {
        this.parameters = parameters;
        this.groups = settings.get(TrainerSettings.GROUPS);
        this.optimizer = settings.optimizer();
        this.clip = settings.get(TrainerSettings.CLIP);
        this.averaging = settings.get(TrainerSettings.AVERAGING);
        ParameterGroup.check(groups, parameters, statistics);
        this.kernels = kernels;
        this.theta = theta;
        this.state = OptimizerState.fresh(optimizer, theta.length);
        this.ranges = ranges();
        this.size = parameters.stream().mapToInt(Parameter::size).sum();
        this.mean = averaging instanceof Averaging.None ? null : theta.clone();
        this.unfrozen = ranges;
        beginEpoch(1);
    }

    private Range[] ranges() {
        List<Range> joined = new ArrayList<>();
        for (int from = 0, to; from < parameters.size(); from = to) {
            Settings settings = settings(parameters.get(from));
            to = from + 1;
            while (to < parameters.size() && joins(parameters.get(to - 1), settings, parameters.get(to))) to++;
            List<Parameter> parts = parameters.subList(from, to);
            joined.add(new Range(parts, settings, optimizer.decay(), state.forAnotherRange(), theta));
        }
        return joined.toArray(Range[]::new);
    }

    private boolean joins(Parameter before, Settings settings, Parameter part) {
        return part.offset() == before.offset() + before.size() && settings.equals(settings(part));
    }

    private Settings settings(Parameter part) {
        var settings = new Settings(1, 1, Penalty.NONE, Constraint.NONE, 1, Integer.MAX_VALUE);
        for (ParameterGroup group : groups) {
            if (group.contains(part)) settings = settings.and(group);
        }
        return settings;
    }

    // --------------------------------------------------------------------------------------------------------- epochs

    /// Begins an epoch, from 1: it decides which groups are frozen.
    void beginEpoch(int number) {
        epoch = number;
        unfrozen = Stream.of(ranges)
                .filter(range -> number >= range.settings.firstEpoch() && number <= range.settings.lastEpoch())
                .toArray(Range[]::new);
    }

    /// The number of the present epoch, from 1.
    int epoch() {
        return epoch;
    }

    /// The names of the parameters that are not frozen in the present epoch.
    Set<String> unfrozen() {
        return unfrozenParameters().stream().map(Parameter::name).collect(Collectors.toSet());
    }

    /// Whether a running statistic is updated in the present epoch: none of its groups is frozen.
    boolean updates(Parameter statistic) {
        Settings settings = settings(statistic);
        return epoch >= settings.firstEpoch() && epoch <= settings.lastEpoch();
    }

    /// The parameters that are not frozen in the present epoch.
    List<Parameter> unfrozenParameters() {
        return Stream.of(unfrozen).flatMap(range -> range.parts.stream()).toList();
    }

    void endEpoch() {
        if (averaging instanceof Averaging.Swa(int first) && epoch >= first) average(1.0 / (averaged + 1.0));
    }

    // ---------------------------------------------------------------------------------------------------------- steps

    /// Updates the parameters that are not frozen in the present epoch.
    /// @param gradient the gradient of the sum of the losses, in the order of θ; overwritten
    /// @param scale the factor of the gradient, above 0: 1/N for the mean loss
    /// @param watched whether to measure the update of each parameter; the bits stay the same
    /// @return the measurements; empty unless watched
    List<ParameterFlow> apply(float[] gradient, double scale, double rate, double momentum, boolean watched) {
        steps++;
        UpdateMeter meter = watched ? new UpdateMeter(unfrozenParameters(), theta, gradient, scale) : null;
        addPenalties(gradient, scale);
        double factor = scale * clip(gradient, scale);
        for (Range range : unfrozen) {
            range.state.nextStep();
            optimizer.step(update(range, rate, momentum, factor), theta, gradient, range.state, kernels);
        }
        constrain();
        if (averaging instanceof Averaging.Ema(double decay)) average(1 - decay);
        return meter == null ? List.of() : meter.measured();
    }

    /// The settings of this step; the object of the last step if they are equal.
    private static UpdateRange update(Range range, double rate, double momentum, double scale) {
        double own = rate * range.settings.rate();
        UpdateRange last = range.last;
        boolean same = last.rate() == own && last.momentum() == momentum && last.scale() == scale;
        if (!same) range.last = new UpdateRange(range.from, range.to, own, momentum, scale, range.decay);
        return range.last;
    }

    /// g ← g + (λ₁·sign θ + λ₂·θ) / scale. The optimizer multiplies g by the scale.
    void addPenalties(float[] gradient, double scale) {
        for (Range range : unfrozen) {
            Penalty penalty = range.settings.penalty();
            if (penalty.equals(Penalty.NONE)) continue;
            float l1 = (float) (penalty.l1() / scale);
            float l2 = (float) (penalty.l2() / scale);
            kernels.update(range.from, range.to, (from, to) -> {
                for (int i = from; i < to; i++) {
                    gradient[i] += Math.fma(l2, theta[i], l1 * Math.signum(theta[i]));
                }
            });
        }
    }

    /// Σ ½·λ₂·θ², the part of the minimized loss that penalties add.
    double squaredPenalties() {
        double sum = 0;
        for (Range range : unfrozen) {
            double l2 = range.settings.penalty().l2();
            if (l2 > 0) sum += l2 / 2 * kernels.sumOfSquares(theta, range.from, range.to);
        }
        return sum;
    }

    /// Clips gradients; returns a factor that all gradients must still be multiplied by.
    private double clip(float[] gradient, double scale) {
        double squares = 0;
        for (Range range : unfrozen) {
            switch (clip.kind()) {
                case NONE -> {}
                case VALUE -> clipValues(gradient, range, (float) (clip.limit() / scale));
                case NORM -> {
                    for (int i = 0; i < range.parts.size(); i++) clipNorm(gradient, range.parts.get(i), scale);
                }
                case GLOBAL_NORM -> squares += kernels.sumOfSquares(gradient, range.from, range.to);
            }
        }
        return clip.kind() == Clip.Kind.GLOBAL_NORM ? clip.factor(scale * Math.sqrt(squares)) : 1;
    }

    private void clipValues(float[] gradient, Range range, float limit) {
        kernels.update(range.from, range.to, (from, to) -> {
            for (int i = from; i < to; i++) gradient[i] = Math.max(-limit, Math.min(limit, gradient[i]));
        });
    }

    private void clipNorm(float[] gradient, Parameter part, double scale) {
        int begin = part.offset();
        int end = begin + part.size();
        float factor = (float) clip.factor(scale * Math.sqrt(kernels.sumOfSquares(gradient, begin, end)));
        if (factor == 1) return;
        kernels.update(begin, end, (from, to) -> {
            for (int i = from; i < to; i++) gradient[i] *= factor;
        });
    }

    private void constrain() {
        for (Range range : unfrozen) {
            Constraint constraint = range.settings.constraint();
            if (constraint.equals(Constraint.NONE)) continue;
            for (Tensor weight : range.weights) {
                kernels.boundRowNorms(weight, constraint.least(), constraint.most());
            }
        }
    }

    /// θ̄ ← θ̄ + share·(θ − θ̄); the first time, and for a share of 1, θ̄ ← θ to the bit.
    private void average(double share) {
        float[] average = mean;
        if (average == null) return;
        if (averaged++ == 0 || share == 1) {
            System.arraycopy(theta, 0, average, 0, theta.length);
            return;
        }
        float part = (float) share;
        kernels.update(0, theta.length, (from, to) -> {
            for (int i = from; i < to; i++) average[i] = Math.fma(part, theta[i] - average[i], average[i]);
        });
    }

    /// Whether there is an average of the parameters yet.
    boolean hasAverage() {
        return averaged > 0;
    }

    /// The parameters of the trained model: their average if there is one, else θ; not a copy.
    float[] result() {
        float[] average = mean;
        return average != null && hasAverage() ? average : theta;
    }

    /// Saves everything except the parameters.
    void save(Snapshot memory) {
        memory.put("steps", steps);
        memory.put("averaged", averaged);
        if (hasAverage()) memory.put("mean", result());
        for (int i = 0; i < state.slots().length; i++) memory.put("slot" + i, state.slot(i));
        for (int i = 0; i < ranges.length; i++) {
            OptimizerState own = ranges[i].state;
            Snapshot range = memory.scope("range" + i);
            range.put("step", own.step());
            range.put("scalars", Arrays.stream(own.scalars()).boxed().toList());
        }
    }

    void restore(Snapshot memory) {
        steps = memory.whole("steps");
        averaged = memory.whole("averaged");
        if (hasAverage()) memory.read("mean", result());
        for (int i = 0; i < state.slots().length; i++) memory.read("slot" + i, state.slot(i));
        for (int i = 0; i < ranges.length; i++) {
            Snapshot range = memory.scope("range" + i);
            range.read("scalars", ranges[i].state.scalars());
            ranges[i].state.countFrom(range.whole("step"));
        }
    }

    /// The number of steps taken.
    long steps() {
        return steps;
    }

    /// The number of trained values.
    int size() {
        return size;
    }
}
