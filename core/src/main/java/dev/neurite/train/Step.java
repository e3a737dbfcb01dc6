package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.ShardedOrder;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.model.Executor;
import dev.neurite.model.Inspection;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.probing.Probing;
import dev.neurite.train.shard.ShardLosses;
import dev.neurite.train.shard.ShardNode;
import dev.neurite.train.shard.ShardSums;
import dev.neurite.train.shard.ShardedStep;
import dev.neurite.train.shard.TreeSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// One step of training: forward, loss, backward, update. Owns the parameters and running statistics
/// during the training.
///
/// Gradients are sums over rows; the update multiplies them by 1/N (ADR 5), see [Reduction]. A batch is
/// cut into shards. A step weighs all of them, then computes one after the other, adds their gradients
/// along the tree of [ShardNode], and their losses in turn, and updates the parameters by the sums.
/// [ShardedStep] makes the same calls for shards that are computed elsewhere.
final class Step {
    private final Model model;
    private final Objective objective;
    private final Optimizer optimizer;
    private final long seed;
    private final Kernels kernels;
    private final TrainedParameters trained;
    private final TreeSum<Batch> sum;
    private final Executor executor;
    private final Executor predictor;
    private @Nullable Executor averagePredictor; // with the average of the parameters
    private final ParameterUpdate update;
    private final Reduction reduction;
    private final LossSums losses; // of the last batch
    private @Nullable Batch present; // the last batch; null if its shards come from elsewhere
    private int rows; // that were computed in this step
    private final int[] cuts; // the first row of each shard in the present batch, and their end
    private final int[] places; // of the first row of each shard, see [#computeRows]
    private final Profiler profiler; // of the executor that trains
    private final boolean profiles;
    private final Probing probing;
    private int watchEvery; // 0 for never
    private List<ParameterFlow> flows = List.of(); // of the last batch
    private int batchOfEpoch; // 0 if it is not counted

    Step(TrainerSettings settings, Objective objective, Kernels kernels) {
        this.model = settings.model();
        this.objective = objective;
        this.reduction = settings.get(TrainerSettings.REDUCTION);
        this.losses = new LossSums(objective);
        this.optimizer = settings.optimizer();
        this.seed = settings.get(TrainerSettings.SEED);
        this.kernels = kernels;
        this.trained = new TrainedParameters(settings, objective.network(), kernels);
        this.update = trained.update();
        this.sum = new TreeSum<>(settings.shardsPerStep(), trained::newSums, this::computeShard, kernels);
        this.cuts = new int[sum.shards() + 1];
        this.places = new int[sum.shards()];
        this.executor = trained.executor(kernels, theta(), sum.result().values());
        this.profiler = executor.profiler();
        this.predictor = trained.executor(kernels, theta(), new float[0]);
        this.profiles = settings.get(TrainerSettings.PROFILE);
        this.probing = new Probing(settings.get(TrainerSettings.PROBES), () -> objective.fused(model), kernels);
        beginEpoch(1);
    }

    /// Runs one row, so that layers which refuse a single row, such as batch norm, do it now and not at
    /// the end of an epoch. Changes nothing.
    void tryOneRow(Batch row) {
        executor.randomness(seed, steps() + 1, 0);
        objective.forward(executor, Mode.TRAIN, row);
        executor.reset();
        executor.forgetStatistics();
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

    /// Ends the epoch, before its validation.
    void endEpoch() {
        trained.endEpoch();
    }

    /// Passes the value of the monitored metric in the last epoch to the schedule.
    void watch(double value) {
        trained.rates().endEpoch(value);
    }

    /// The learning rate from which the schedule starts.
    double baseRate() {
        return trained.rates().base();
    }

    void baseRate(double rate) {
        trained.rates().change(rate);
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
        if (profiles) profiler.start();
    }

    /// The profiler of the steps. Measures nothing unless the clock was started.
    Profiler profiler() {
        return profiler;
    }

    /// Sets the number of the next batch in its epoch, from 1, for messages.
    void setBatchNumber(int number) {
        batchOfEpoch = number;
    }

    /// Takes a step on a batch. If all its rows have the weight 0, nothing changes.
    /// @throws DivergedException if the loss or a gradient is not finite; nothing has changed then
    void take(Batch batch) {
        for (int shard = 0; shard < cuts.length; shard++) {
            cuts[shard] = (int) ((long) batch.rows() * shard / sum.shards());
        }
        System.arraycopy(cuts, 0, places, 0, places.length);
        takeShards(batch);
    }

    /// Takes a step on one of these batches.
    /// @param index its number in the epoch, from 0
    void take(Batch batch, Batches of, int index) {
        ShardedOrder order = of.sharded().orElse(null);
        if (order == null) {
            take(batch);
            return;
        }
        for (int shard = 0; shard < cuts.length; shard++) cuts[shard] = order.first(index, shard);
        for (int shard = 0; shard < places.length; shard++) places[shard] = shard * order.rowsPerShard();
        takeShards(batch);
    }

    private void takeShards(Batch batch) {
        present = batch;
        begin();
        for (int shard = 0; shard < sum.shards(); shard++) addWeights(shardOf(batch, shard), losses);
        sum.compute(batch);
        apply(sum.result());
    }

    private Batch shardOf(Batch batch, int shard) {
        return batch.rows(cuts[shard], cuts[shard + 1]);
    }

    private void begin() {
        flows = List.of();
        forget();
        probing.begin(steps() + 1, epoch());
    }

    /// Updates the parameters by the sums of all shards, whose losses were added.
    private void apply(ShardSums all) {
        double loss = losses.total();
        if (!Double.isFinite(loss)) throw diverged("a finite loss, got " + loss);
        if (losses.largestWeight() == 0) return;
        float[] gradient = all.values();
        if (probing.looks()) probing.gradients(update.unfrozenParameters(), theta(), gradient, scale());
        profiler.enter(Phase.UPDATE);
        if (!kernels.isFinite(all.gradient())) throw diverged("finite gradients, got infinite ones or NaN");
        boolean watched = watchEvery > 0 && steps() % watchEvery == 0;
        try (var _ = trained.change()) {
            flows = trained.step(gradient, scale(), watched);
            commitStatistics(all);
        }
        long parameters = update.size();
        long slots = parameters * optimizer.slots();
        profiler.leave(rows, 2 * parameters + 4 * slots, 4 * (3 * parameters + 2 * slots));
        if (probing.looks()) probing.updates(update.unfrozenParameters(), theta());
    }

    // ------------------------------------------------------------------------------------------ others' shards

    /// The number of shards of a step.
    int shards() {
        return sum.shards();
    }

    /// The weights of the rows of a shard.
    ShardLosses weigh(Batch shard) {
        var weights = new LossSums(objective);
        addWeights(shard, weights);
        return weights.weightsOnly();
    }

    /// Begins a step of shards with these weights.
    void begin(List<ShardLosses> weights) {
        present = null;
        begin();
        for (ShardLosses each : weights) losses.addWeights(each);
    }

    /// Computes a shard of the step that was begun.
    /// @param place see [#computeRows]
    /// @param done see [Executor#backward(IntConsumer)]
    ShardLosses compute(Batch shard, int place, ShardSums to, IntConsumer done) {
        losses.clearLosses();
        computeRows(shard, place, to, done);
        return losses.lossesOnly();
    }

    /// Ends the step that was begun: updates the parameters.
    /// @throws DivergedException if the loss or a gradient is not finite; nothing has changed then
    void apply(ShardSums all, List<ShardLosses> ofShards) {
        losses.clearLosses();
        for (ShardLosses each : ofShards) losses.addLosses(each);
        apply(all);
    }

    // ------------------------------------------------------------------------------------------------ results

    /// The updates of the last step; empty unless it was measured.
    List<ParameterFlow> flows() {
        return flows;
    }

    /// The learning rate of the last step; before the first step of this run, that of the next.
    double rate() {
        return trained.rate();
    }

    /// The number of steps taken.
    long steps() {
        return update.steps();
    }

    /// The losses and the correct predictions of the last batch, before its step.
    LossSums losses() {
        return losses;
    }

    /// The factor of the gradients in the update: 1, or 1 / Σ weights for a mean. Heads may differ in Σ
    /// weights. Then it is the largest, and δ of the other heads is scaled to it.
    double scale() {
        return reduction == Reduction.SUM ? 1 : 1 / losses.largestWeight();
    }

    /// The factor of δ of a head.
    private double scale(Head head) {
        if (reduction == Reduction.SUM) return head.factor() * head.terms();
        double weight = losses.weight(head.output());
        return weight == 0 ? 0 : head.factor() * (losses.largestWeight() / weight);
    }

    /// Begins a set of rows. Their losses and gradients are then computed by batches.
    /// @param weights the weights of all rows
    void begin(LossSums weights) {
        forget();
        losses.add(weights);
    }

    /// Forgets what the passes before have left: losses, weights, requests for running statistics.
    private void forget() {
        executor.forgetStatistics();
        losses.clear();
        rows = 0;
    }

    /// Updates the running statistics by the requests in these sums.
    void commitStatistics(ShardSums all) {
        executor.commitStatistics(all.values(), all.parameters(), all.requests());
    }

    /// New sums of shards.
    ShardSums newSums() {
        return trained.newSums();
    }

    /// Adds the weights of a batch's rows in each head.
    void addWeights(Batch batch, LossSums to) {
        List<Head> heads = objective.heads();
        if (batch.targets().count() != heads.size()) {
            throw new ShapeException(
                    "batch",
                    "expects targets for each of " + heads.size() + " outputs, got "
                            + batch.targets().count());
        }
        for (int i = 0; i < heads.size(); i++) to.addWeight(i, heads.get(i).weight(batch));
    }

    private void computeShard(Batch all, int shard, ShardSums to) {
        computeRows(shardOf(all, shard), places[shard], to);
    }

    /// Adds the losses of some of the rows that were weighed and, if all losses so far are finite, writes
    /// their gradient, without the factor [#scale()], and their requests for running statistics.
    /// @param first the place of the first of these rows in the step, from 0, which decides their noise
    void computeRows(Batch batch, int first, ShardSums to) {
        computeRows(batch, first, to, _ -> {});
    }

    private void computeRows(Batch batch, int first, ShardSums to, IntConsumer done) {
        if (batch.rows() == 0) {
            to.clear(kernels);
            return;
        }
        rows += batch.rows();
        executor.gradientsInto(to.values());
        executor.randomness(seed, steps() + 1, first);
        boolean shown = first == 0 && probing.looks();
        if (shown) probing.observe(executor);
        try {
            runPasses(batch, shown, to, done);
        } finally {
            if (shown) executor.observeNoMore();
        }
    }

    private void runPasses(Batch batch, boolean shown, ShardSums to, IntConsumer done) {
        objective.forward(executor, Mode.TRAIN, batch);
        executor.takeStatistics(to.values(), to.parameters(), to.requests());
        profiler.enter(Phase.LOSS);
        long outputs = lossesOf(batch);
        profiler.leave(batch.rows(), 0, 8 * outputs);
        Head classifier = objective.classifier();
        if (classifier != null) classifier.countCorrect(executor, batch, losses);
        boolean backward = Double.isFinite(losses.total());
        if (shown) probing.losses(executor, backward);
        if (backward) executor.backward(done);
        executor.reset();
    }

    /// Adds the losses of the heads and writes δ of each; returns the number of elements of all
    /// outputs.
    private long lossesOf(Batch batch) {
        long outputs = 0;
        List<Head> heads = objective.heads();
        for (int i = 0; i < heads.size(); i++) {
            Head head = heads.get(i);
            Tensor delta = executor.outputGradient(i);
            losses.addLosses(i, head.loss(executor, batch, scale(head), delta));
            outputs += delta.size();
        }
        return outputs;
    }

    /// Runs a step without the update, and returns all tensors in it.
    Inspection inspect(Batch batch) {
        executor.inspect();
        executor.randomness(seed, steps() + 1, 0);
        forget();
        addWeights(batch, losses);
        objective.forward(executor, Mode.TRAIN, batch);
        lossesOf(batch);
        List<Tensor> activated = new ArrayList<>();
        List<Tensor> deltas = new ArrayList<>();
        for (Head head : objective.heads()) {
            Tensor output = executor.result(head.output());
            Tensor y = output.copy();
            Model.activate(kernels, head.fused(), output, y);
            activated.add(y);
            deltas.add(executor.outputGradient(head.output()).copy());
        }
        executor.backward();
        Tensor gradient = sum.result().gradient();
        kernels.scale((float) scale(), gradient, gradient);
        Inspection seen = executor.inspection(gradient.array());
        for (Head head : objective.heads()) {
            int output = head.output();
            if (head.isFused()) seen = seen.withOutput(layerOf(output), activated.get(output), deltas.get(output));
        }
        return seen;
    }

    /// The name of the layer, or container, that computes an output.
    private String layerOf(int output) {
        int application = model.graph().outputs().get(output).application();
        return model.graph().applications().get(application).name();
    }

    private DivergedException diverged(String expected) {
        String step = "step " + (steps() + 1);
        String where = batchOfEpoch == 0 ? step : "epoch " + epoch() + ", batch " + batchOfEpoch + " (" + step + ")";
        String culprit = Optional.ofNullable(present)
                .flatMap(this::culprit)
                .map(layer -> "; the first layer whose output is not finite is " + layer)
                .orElse("");
        return new DivergedException(
                "training, " + where,
                "expects " + expected + culprit,
                "Nothing was updated by this step. Try a smaller learning rate, or inputs of mean 0 and deviation 1");
    }

    /// The first layer whose output is not finite, in the first shard that has such a layer.
    private Optional<String> culprit(Batch batch) {
        for (int shard = 0; shard < sum.shards(); shard++) {
            Batch part = shardOf(batch, shard);
            if (part.rows() == 0) continue;
            Optional<String> layer = predictor.firstNotFinite(part.inputs());
            if (layer.isPresent()) return layer;
        }
        return Optional.empty();
    }

    /// A copy of the model with the present parameters: their average if there is one.
    Model model() {
        return trained.model();
    }

    /// [#model()] without a copy: no step may follow.
    Model finalModel() {
        return trained.finalModel();
    }

    /// [#last()] without a copy: no step may follow.
    Model finalLast() {
        return trained.finalLast();
    }

    /// Whether there is an average of the parameters, so that [#model()] and [#last()] differ.
    boolean hasAverage() {
        return update.hasAverage();
    }

    /// A copy of the model with the parameters of the last step.
    Model last() {
        return trained.last();
    }

    void save(Snapshot memory) {
        trained.save(memory);
    }

    void restore(Snapshot memory) {
        trained.restore(memory);
    }

    /// Evaluates [#model()].
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

    /// The flat array of all parameters; not a copy.
    float[] theta() {
        return trained.theta();
    }

    /// The update of the parameters.
    ParameterUpdate update() {
        return update;
    }

    int parameterCount() {
        return update.size();
    }
}
