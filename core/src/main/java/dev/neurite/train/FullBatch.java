package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Iteration;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Minimization;
import dev.neurite.optim.OptimizerState;
import dev.neurite.optim.Schedule;
import dev.neurite.train.shard.ShardSums;
import dev.neurite.train.shard.TreeSum;
import java.util.Arrays;
import java.util.Optional;

/// An epoch is an iteration of [Lbfgs], which minimizes the mean loss of all rows as a function of the
/// parameters. Rows are computed in batches, whose gradients are added along a binary tree, see
/// [TreeSum]. Rows and noise are the same in each evaluation.
final class FullBatch implements EpochSteps {
    private final Step step;
    private final RowGradients gradients;
    private final Batches batches;
    private final TreeSum<Batches> sum;
    private final LossSums weights;
    private final Kernels kernels;
    private final Minimization minimization;
    private final LossSums losses; // before the last iteration
    private Optional<Iteration> last = Optional.empty();
    private int row; // of the next batch
    private boolean begun;
    private double lastValue;

    /// @param batches in a fixed order
    FullBatch(Lbfgs settings, Step step, Batches batches, Kernels kernels) {
        this.step = step;
        this.gradients = step.gradients();
        this.batches = batches;
        this.kernels = kernels;
        int size = step.trained().theta().length;
        this.sum = new TreeSum<>(batches.count(), step.trained()::newSums, this::computeBatch, kernels);
        this.minimization = settings.begin(size, kernels);
        this.losses = new LossSums(step.objective());
        this.weights = new LossSums(step.objective());
        for (Batch each : batches) gradients.weigh(each, weights);
    }

    /// Refuses settings that apply to steps of an optimizer only.
    static void check(TrainerSettings settings) {
        Schedule schedule = settings.get(TrainerSettings.SCHEDULE);
        Reduction reduction = settings.get(TrainerSettings.REDUCTION);
        Averaging averaging = settings.get(TrainerSettings.AVERAGING);
        Clip clip = settings.get(TrainerSettings.CLIP);
        int shards = settings.get(TrainerSettings.SHARDS);
        int accumulated = settings.get(TrainerSettings.ACCUMULATED);
        require(schedule.perEpoch().equals(TrainerSettings.CONSTANT), "a constant schedule, got " + schedule);
        require(clip.equals(Clip.NONE), "no clipping, got " + clip);
        require(averaging.equals(Averaging.NONE), "no averaging, got " + averaging);
        require(reduction == Reduction.MEAN, "the mean of losses, got " + reduction);
        for (ParameterGroup group : settings.get(TrainerSettings.GROUPS)) {
            check(group, settings.get(TrainerSettings.EPOCHS));
        }
        if (shards > 1 || accumulated > 1) {
            throw new ConfigException(
                    "minimizer",
                    "expects 1 shard and 1 accumulated batch, got " + shards + " and " + accumulated,
                    "The batch size is the number of rows that are computed at once");
        }
        require(settings.get(TrainerSettings.PROBES).isEmpty(), "no probes, as an iteration makes several passes");
        require(!settings.get(TrainerSettings.DROP_LAST), "all rows in each iteration, got dropLast(true)");
        require(
                settings.get(TrainerSettings.AUGMENTATIONS).isEmpty(),
                "the same rows in each iteration, got augmentations");
    }

    private static void check(ParameterGroup group, int epochs) {
        boolean always = group.firstEpoch() == 1 && group.lastEpoch() >= epochs;
        boolean never = group.firstEpoch() > epochs;
        boolean plain = group.rate() == 1
                && group.decay() == 1
                && group.penalty().l1() == 0
                && group.constraint().equals(Constraint.NONE);
        require(
                plain && (always || never),
                "groups with L2 penalties or frozen in all epochs, and nothing else, got " + group);
    }

    private static void require(boolean holds, String what) {
        if (!holds) throw new ConfigException("minimizer", "expects " + what);
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public long steps(Loop loop) {
        return loop.epoch() - 1L + loop.batch();
    }

    @Override
    public void checkProbe() {
        throw new ConfigException("probe", "expects an optimizer, which takes steps, got a minimizer");
    }

    @Override
    public boolean take(Loop loop) {
        if (loop.batch() > 0) return true; // resumed between the iteration and the end of its epoch
        loop.beginChange();
        Iteration iteration = iterate();
        last = Optional.of(iteration);
        loop.endChange(losses, 1);
        loop.reportStep(1, steps(loop), loop.rows(), losses, iteration.step());
        loop.afterEvents();
        return true;
    }

    @Override
    public Optional<Iteration> iteration() {
        return last;
    }

    private Iteration iterate() {
        if (begun) keepLosses();
        Iteration iteration = minimization.iterate(step.trained().theta(), this::evaluate);
        if (iteration.value() != lastValue) compute(); // the line search did not end where it evaluated last
        step.commitStatistics(sum.result());
        return iteration;
    }

    private double evaluate(float[] theta, float[] gradient) {
        lastValue = compute();
        float scale = weights.largestWeight() == 0 ? 0 : (float) gradients.scale();
        float[] sums = sum.result().values();
        kernels.update(0, gradient.length, (from, to) -> {
            for (int i = from; i < to; i++) gradient[i] = scale * sums[i];
        });
        step.trained().update().addPenalties(gradient, 1);
        if (!begun) keepLosses();
        begun = true;
        return lastValue;
    }

    /// Computes losses and gradients of all rows with the present parameters; returns the value to
    /// minimize.
    private double compute() {
        gradients.begin(1);
        step.losses().add(weights);
        row = 0;
        sum.compute(batches);
        return step.losses().total() + step.trained().update().squaredPenalties();
    }

    private void computeBatch(Batches all, int index, ShardSums to) {
        Profiler profiler = step.profiler();
        profiler.enter(Phase.DATA);
        Batch batch = all.batch(index);
        profiler.leave(batch.rows(), 0, 4 * batch.inputValues());
        gradients.compute(batch, row, to);
        row += batch.rows();
    }

    @Override
    public void save(Snapshot memory) {
        save(memory.scope("minimizer"), minimization.state());
        last.ifPresent(iteration -> Histories.save(iteration, memory.scope("iteration")));
    }

    private void save(Snapshot memory, OptimizerState state) {
        memory.put("step", state.step());
        memory.put("scalars", Arrays.stream(state.scalars()).boxed().toList());
        for (int i = 0; i < state.slots().length; i++) memory.put("slot" + i, state.slot(i));
        memory.put("value", lastValue);
        step.losses().save(memory.scope("losses"));
    }

    @Override
    public void restore(Snapshot memory, Loop loop) {
        restore(memory.scope("minimizer"), minimization.state());
        Snapshot iteration = memory.scope("iteration");
        if (!iteration.isEmpty()) last = Optional.of(Histories.iteration(iteration));
    }

    private void restore(Snapshot memory, OptimizerState state) {
        state.countFrom(memory.whole("step"));
        begun = state.step() > 0;
        memory.read("scalars", state.scalars());
        for (int i = 0; i < state.slots().length; i++) memory.read("slot" + i, state.slot(i));
        lastValue = memory.number("value");
        step.losses().restore(memory.scope("losses"));
    }

    /// Copies the losses of the last evaluation, which are those of the present parameters.
    private void keepLosses() {
        losses.clear();
        losses.add(step.losses());
    }
}
