package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.ShardedOrder;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.model.Executor;
import dev.neurite.model.Inspection;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Optimizer;
import dev.neurite.train.probing.Probing;
import dev.neurite.train.shard.ShardNode;
import dev.neurite.train.shard.ShardSums;
import dev.neurite.train.shard.TreeSum;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One step of training: forward, loss, backward, update. Owns the parameters and running statistics
/// during the training.
///
/// Gradients are sums over rows; the update multiplies them by 1/N (ADR 5), see [Reduction]. A batch is
/// cut into shards. A step weighs all of them, then computes one after the other, adds their gradients
/// along the tree of [ShardNode], and their losses in turn, and updates the parameters by the sums.
/// [SharedStep] does the same with shards that are computed elsewhere.
final class Step {
    private final Objective objective;
    private final Optimizer optimizer;
    private final Kernels kernels;
    private final TrainedParameters trained;
    private final ParameterUpdate update;
    private final TreeSum<Batch[]> sum;
    private final Executor executor;
    private final Executor predictor;
    private @Nullable Executor averagePredictor; // with the average of the parameters
    private final Probing probing;
    private final RowGradients gradients;
    private final Batch[] shards; // of the last batch
    private final int[] places; // of the first row of each shard in the step
    private final boolean profiles;
    private int watchEvery; // 0 for never
    private List<ParameterFlow> flows = List.of(); // of the last batch
    private int batchOfEpoch; // 0 if it is not counted

    Step(TrainerSettings settings, Objective objective, Kernels kernels) {
        this.objective = objective;
        this.optimizer = settings.optimizer();
        this.kernels = kernels;
        this.trained = new TrainedParameters(settings, objective.network(), kernels);
        this.update = trained.update();
        this.sum = new TreeSum<>(settings.shardsPerStep(), trained::newSums, this::computeShard, kernels);
        this.shards = new Batch[sum.shards()];
        this.places = new int[sum.shards()];
        this.executor = trained.executor(kernels, trained.theta(), sum.result().values());
        this.predictor = trained.executor(kernels, trained.theta(), new float[0]);
        this.profiles = settings.get(TrainerSettings.PROFILE);
        this.probing =
                new Probing(settings.get(TrainerSettings.PROBES), () -> objective.fused(settings.model()), kernels);
        this.gradients = new RowGradients(settings, objective, executor, probing, kernels);
        beginEpoch(1);
    }

    /// Refuses a row by itself, where a layer does, see [RowGradients#tryOneRow].
    void tryOneRow(Batch row) {
        gradients.begin(steps() + 1);
        gradients.tryOneRow(row);
    }

    /// Sets the length of the run, which schedules may depend on.
    void setLength(long steps, int epochs) {
        trained.setLength(steps, epochs);
    }

    /// Begins an epoch, from 1: it decides which groups are frozen.
    void beginEpoch(int number) {
        trained.beginEpoch(number, executor);
    }

    /// The number of the present epoch.
    int epoch() {
        return update.epoch();
    }

    /// Measures the updates of the first step, and of every n-th step after it.
    void watchUpdates(int everySteps) {
        watchEvery = everySteps;
    }

    /// Adds a probe, from the next step on.
    void probe(Probe probe) {
        probing.add(probe);
    }

    /// Measures layers from now on, if the trainer profiles. To be called once, after [#tryOneRow],
    /// which is no step.
    void profileLayers() {
        if (profiles) executor.profile();
    }

    /// Starts the profiler's clock, if the trainer profiles.
    void startClock() {
        if (profiles) profiler().start();
    }

    /// The profiler of the steps. Measures nothing unless the clock was started.
    Profiler profiler() {
        return executor.profiler();
    }

    /// Sets the number of the next batch in its epoch, from 1, for messages.
    void setBatchNumber(int number) {
        batchOfEpoch = number;
    }

    /// Takes a step on a batch. If all its rows have the weight 0, nothing changes.
    /// @throws DivergedException if the loss or a gradient is not finite; nothing has changed then
    void take(Batch batch) {
        int end = 0;
        for (int shard = 0; shard < shards.length; shard++) {
            int first = end;
            end = (int) (batch.rows() * (shard + 1L) / shards.length);
            shards[shard] = batch.rows(first, end);
            places[shard] = first;
        }
        takeShards();
    }

    /// @param index its number in the epoch, from 0
    void take(Batch batch, Batches of, int index) {
        ShardedOrder order = of.sharded().orElse(null);
        if (order == null) {
            take(batch);
            return;
        }
        for (int shard = 0; shard < shards.length; shard++) {
            shards[shard] = batch.rows(order.first(index, shard), order.first(index, shard + 1));
            places[shard] = shard * order.rowsPerShard();
        }
        takeShards();
    }

    private void takeShards() {
        begin();
        for (Batch shard : shards) gradients.weigh(shard, gradients.losses());
        sum.compute(shards);
        apply(sum.result(), shards);
    }

    private void computeShard(Batch[] all, int shard, ShardSums to) {
        gradients.compute(all[shard], places[shard], to);
    }

    /// Begins a step, whose rows are then weighed and computed by [#gradients()].
    void begin() {
        flows = List.of();
        gradients.begin(steps() + 1);
        probing.begin(steps() + 1, epoch());
    }

    RowGradients gradients() {
        return gradients;
    }

    /// Ends the step: updates the parameters by the sums of all shards, whose losses were added.
    /// @param here the shards whose rows are at hand, to find the layer that made a loss infinite
    /// @throws DivergedException if the loss or a gradient is not finite; nothing has changed then
    void apply(ShardSums all, Batch... here) {
        double loss = losses().total();
        if (!Double.isFinite(loss)) throw diverged("a finite loss, got " + loss, here);
        if (losses().largestWeight() == 0) return;
        float[] gradient = all.values();
        double scale = gradients.scale();
        if (probing.looks()) probing.gradients(update.unfrozenParameters(), trained.theta(), gradient, scale);
        profiler().enter(Phase.UPDATE);
        if (!kernels.isFinite(all.gradient())) throw diverged("finite gradients, got infinite ones or NaN", here);
        boolean watched = watchEvery > 0 && steps() % watchEvery == 0;
        try (var _ = trained.change()) {
            flows = trained.step(gradient, scale, watched);
            commitStatistics(all);
        }
        long parameters = update.size();
        long slots = parameters * optimizer.slots();
        profiler().leave(gradients.rows(), 2 * parameters + 4 * slots, 4 * (3 * parameters + 2 * slots));
        if (probing.looks()) probing.updates(update.unfrozenParameters(), trained.theta());
    }

    /// Updates the running statistics by the requests in these sums.
    void commitStatistics(ShardSums all) {
        executor.commitStatistics(all.values(), all.parameters(), all.requests());
    }

    private DivergedException diverged(String expected, Batch... here) {
        String step = "step " + (steps() + 1);
        String where = batchOfEpoch == 0 ? step : "epoch " + epoch() + ", batch " + batchOfEpoch + " (" + step + ")";
        String culprit = culprit(here)
                .map(layer -> "; the first layer whose output is not finite is " + layer)
                .orElse("");
        return new DivergedException(
                "training, " + where,
                "expects " + expected + culprit,
                "Nothing was updated by this step. Try a smaller learning rate, or inputs of mean 0 and deviation 1");
    }

    /// The first layer whose output is not finite, in the first shard that has such a layer.
    private Optional<String> culprit(Batch... here) {
        for (Batch shard : here) {
            if (shard.rows() == 0) continue;
            Optional<String> layer = predictor.firstNotFinite(shard.inputs());
            if (layer.isPresent()) return layer;
        }
        return Optional.empty();
    }

    // ------------------------------------------------------------------------------------------------ results

    /// The updates of the last step; empty unless it was measured.
    List<ParameterFlow> flows() {
        return flows;
    }

    /// The number of steps taken.
    long steps() {
        return update.steps();
    }

    int shards() {
        return shards.length;
    }

    /// The losses and the correct predictions of the last batch, before its step.
    LossSums losses() {
        return gradients.losses();
    }

    /// Runs a step without the update, and returns all tensors in it.
    Inspection inspect(Batch batch) {
        gradients.begin(steps() + 1);
        return gradients.inspect(batch, sum.result().gradient());
    }

    /// Evaluates the model, with the average of its parameters if there is one.
    Evaluation evaluate(Dataset data, List<Metric> metrics) {
        if (!update.hasAverage()) return Evaluation.of(objective, data, predictor, metrics);
        Executor known = averagePredictor;
        if (known == null) {
            known = trained.executor(kernels, update.result(), new float[0]);
            averagePredictor = known;
        }
        return Evaluation.of(objective, data, known, metrics);
    }

    Objective objective() {
        return objective;
    }

    /// The parameters and running statistics, with their update.
    TrainedParameters trained() {
        return trained;
    }

    void save(Snapshot memory) {
        trained.save(memory);
    }

    void restore(Snapshot memory) {
        trained.restore(memory);
    }
}
