package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.model.Executor;
import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What training does with one batch: forward, loss, backward, update. Owns the parameters and running statistics
/// while they change.
///
/// Gradients are sums over rows; the update multiplies them by 1/N (ADR 5), see [Reduction]. A batch is cut into
/// shards, computed one after the other, whose gradients are added along one fixed binary tree, see [GradientSum].
final class Step {
    private final Model model;
    private final Objective objective;
    private final Optimizer optimizer;
    private final long seed;
    private final Kernels kernels;
    private final Learned learned;
    private final GradientSum<Batch> gradient;
    private final Executor executor;
    private final Executor predictor;
    private @Nullable Executor meanPredictor; // with the mean of the parameters
    private final ParameterUpdate update;
    private final Reduction reduction;
    private final LossSums losses; // of the last batch
    private final Profiler profiler = new Profiler();
    private boolean profiles;
    private int watchEvery; // 0 for never
    private List<ParameterFlow> flows = List.of(); // of the last batch
    private int batchOfEpoch; // 0 where nobody counts them

    Step(Model model, Objective objective, Reduction reduction, Plan plan, int shards, long seed, Kernels kernels) {
        this.model = model;
        this.objective = objective;
        this.reduction = reduction;
        this.losses = new LossSums(objective);
        this.optimizer = plan.optimizer();
        this.seed = seed;
        this.kernels = kernels;
        this.learned = new Learned(model, objective.network(), plan, kernels);
        this.update = learned.update();
        this.gradient = new GradientSum<>(shards, theta().length, this::shard, kernels);
        this.executor = learned.executor(kernels, theta(), gradient.array());
        this.predictor = learned.executor(kernels, theta(), new float[0]);
        beginEpoch(1);
    }

    /// Has layers refuse now what they would refuse in the middle of an epoch: a row by itself, as batch norms do.
    /// Changes nothing.
    void tryAlone(Batch row) {
        executor.randomness(seed, steps() + 1, 0);
        objective.forward(executor, Mode.TRAIN, row);
        executor.reset();
        executor.forgetStatistics();
    }

    /// Says how long the run will be, which schedules may depend on.
    void expect(long steps, int epochs) {
        learned.expect(steps, epochs);
    }

    /// An epoch begins, from 1: some parameters may learn from now on, or learn no more.
    void beginEpoch(int number) {
        learned.beginEpoch(number, executor);
    }

    /// The number of the epoch that goes on.
    int epoch() {
        return update.epoch();
    }

    /// The epoch has ended: before its validation.
    void endEpoch() {
        update.endEpoch();
    }

    /// The loss of the epoch that has ended, on validation data if there are any.
    void watch(double loss) {
        learned.rates().endEpoch(loss);
    }

    /// Lets the profiler measure all steps from now on.
    void profile() {
        profiles = true;
        executor.profile(profiler);
    }

    /// Measures what steps do to each parameter: the first, and every so many from there.
    void watchUpdates(int everySteps) {
        watchEvery = everySteps;
    }

    /// Time counts from now on, if it is to be measured.
    void startClock() {
        if (profiles) profiler.start();
    }

    /// Measures what belongs to no layer; stands still unless the clock was started.
    Profiler profiler() {
        return profiler;
    }

    /// Says for messages which batch of the epoch comes next, from 1.
    void atBatch(int number) {
        batchOfEpoch = number;
    }

    /// Learns from a batch; one of whose rows none counts changes nothing.
    /// @throws DivergedException if the loss or a gradient is no number, before anything has changed
    void take(Batch batch) {
        flows = List.of();
        begin(batch);
        gradient.compute(batch);
        double loss = losses.total();
        if (!Double.isFinite(loss)) throw diverged(batch, "a loss that is a number, got " + loss);
        if (losses.largestWeight() == 0) return;
        profiler.enter(Phase.UPDATE);
        if (!kernels.isFinite(gradient.result()))
            throw diverged(batch, "gradients that are numbers, got infinite ones");
        boolean watched = watchEvery > 0 && steps() % watchEvery == 0;
        flows = learned.step(gradient.array(), scale(), watched, executor);
        long parameters = update.size();
        long slots = parameters * optimizer.slots();
        profiler.leave(batch.rows(), 2 * parameters + 4 * slots, 4 * (3 * parameters + 2 * slots));
    }

    /// What the last step did to each parameter that learned by it; empty if it was not watched.
    List<ParameterFlow> flows() {
        return flows;
    }

    /// The learning rate of the last step.
    double rate() {
        return learned.rates().rate();
    }

    /// The number of steps taken.
    long steps() {
        return update.steps();
    }

    /// The last batch's losses, and how many of its rows were predicted right, before its step.
    LossSums losses() {
        return losses;
    }

    /// What the update multiplies the gradients by. A mean divides by what the rows count in its head; δ of each
    /// head is scaled to the head in which they count most.
    double scale() {
        return reduction == Reduction.SUM ? 1 : 1 / losses.largestWeight();
    }

    /// What a head's δ is multiplied by.
    private double scale(Head head) {
        if (reduction == Reduction.SUM) return head.factor() * head.terms();
        double weight = losses.weight(head.output());
        return weight == 0 ? 0 : head.factor() * (losses.largestWeight() / weight);
    }

    /// A batch begins, whose losses and gradients come by shards.
    private void begin(Batch batch) {
        executor.forgetStatistics();
        losses.clear();
        addWeights(batch, losses);
    }

    /// Rows begin, whose losses and gradients come by batches.
    /// @param weights what they count in all
    void begin(LossSums weights) {
        executor.forgetStatistics();
        losses.clear();
        losses.add(weights);
    }

    /// Running statistics become what the rows that began last have asked for.
    void commitStatistics() {
        executor.commitStatistics();
    }

    /// Adds what a batch counts in each head.
    void addWeights(Batch batch, LossSums to) {
        List<Head> heads = objective.heads();
        if (batch.targets().count() != heads.size()) {
            throw new ShapeException(
                    "batch",
                    "expects answers for each of " + heads.size() + " outputs, got "
                            + batch.targets().count());
        }
        for (int i = 0; i < heads.size(); i++) to.addWeight(i, heads.get(i).weight(batch));
    }

    /// Adds a shard's losses, and writes the gradient of them, see [#scale()], unless they are no numbers.
    private void shard(Batch all, int shard, Tensor to) {
        int first = (int) ((long) all.rows() * shard / gradient.shards());
        int end = (int) ((long) all.rows() * (shard + 1) / gradient.shards());
        if (first == end) kernels.fill(0, to);
        else rows(all.rows(first, end), first, to);
    }

    /// Adds the losses of some of the rows that have begun, and writes the gradient of them, see [#scale()],
    /// unless they are no numbers.
    /// @param first where among the rows these begin
    void rows(Batch batch, int first, Tensor to) {
        executor.gradientsInto(to.array());
        executor.randomness(seed, steps() + 1, first);
        objective.forward(executor, Mode.TRAIN, batch);
        profiler.enter(Phase.LOSS);
        long outputs = lossesOf(batch);
        profiler.leave(batch.rows(), 0, 8 * outputs);
        Head judge = objective.classifier();
        if (judge != null) judge.judge(executor, batch, losses);
        if (Double.isFinite(losses.total())) executor.backward();
        executor.reset();
    }

    /// Adds the heads' losses and writes their δ; returns the number of elements of all outputs.
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

    /// Goes through a step and changes nothing, noting everything.
    Inspection inspect(Batch batch) {
        executor.inspect();
        executor.randomness(seed, steps() + 1, 0);
        begin(batch);
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
        kernels.scale((float) scale(), gradient.result(), gradient.result());
        Inspection seen = executor.inspection(gradient.array());
        for (Head head : objective.heads()) {
            int output = head.output();
            if (head.isFused()) seen = seen.withOutput(layerOf(output), activated.get(output), deltas.get(output));
        }
        return seen;
    }

    /// The name of the layer, or container, that an output comes out of.
    private String layerOf(int output) {
        int application = model.graph().outputs().get(output).application();
        return model.graph().applications().get(application).name();
    }

    private DivergedException diverged(Batch batch, String expected) {
        String step = "step " + (steps() + 1);
        String where = batchOfEpoch == 0 ? step : "epoch " + epoch() + ", batch " + batchOfEpoch + " (" + step + ")";
        String culprit = "";
        for (LayerView layer : last().inspect(batch.inputs()).layers().reversed()) {
            if (!kernels.isFinite(layer.preActivation()) || !kernels.isFinite(layer.output())) {
                culprit = "; the first value that is none is the output of layer " + layer.name();
            }
        }
        return new DivergedException(
                "training, " + where,
                "expects " + expected + culprit,
                "Nothing was updated by this step. Try a smaller learning rate, or inputs of mean 0 and deviation 1");
    }

    /// The model with the parameters that training gives as it is now: their mean where one is kept. A copy.
    Model model() {
        return learned.model();
    }

    /// [#model()], which takes over the arrays: no step may follow.
    Model finalModel() {
        return learned.finalModel();
    }

    /// [#last()], which takes over the arrays: no step may follow.
    Model finalLast() {
        return learned.finalLast();
    }

    /// Whether a mean of the parameters is kept, so that [#model()] and [#last()] differ.
    boolean hasMean() {
        return update.hasMean();
    }

    /// The model with the parameters as the last step left them: a copy.
    Model last() {
        return learned.last();
    }

    void save(Snapshot memory) {
        learned.save(memory);
    }

    void restore(Snapshot memory) {
        learned.restore(memory);
    }

    /// How good the model is as it is now.
    Evaluation evaluate(Dataset data, List<Metric> metrics) {
        if (!update.hasMean()) return Evaluation.of(objective, data, predictor, metrics);
        Executor known = meanPredictor;
        if (known == null) {
            known = learned.executor(kernels, update.result(), new float[0]);
            meanPredictor = known;
        }
        return Evaluation.of(objective, data, known, metrics);
    }

    Objective objective() {
        return objective;
    }

    /// All parameters, to be changed; not a copy.
    float[] theta() {
        return learned.theta();
    }

    /// What changes them.
    ParameterUpdate update() {
        return update;
    }

    int parameterCount() {
        return update.size();
    }
}
