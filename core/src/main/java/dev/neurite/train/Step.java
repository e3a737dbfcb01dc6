package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.model.Executor;
import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What training does with one batch: forward, loss, backward, update. Owns the parameters while they change.
///
/// Gradients are sums over rows; the update multiplies them by 1/N (ADR 5). A batch is cut into shards, one computed
/// after the other, whose gradients are added along one fixed binary tree, see [GradientSum].
final class Step {
    private final Model model;
    private final Objective objective;
    private final Optimizer optimizer;
    private final long seed;
    private final Kernels kernels;
    private final float[] theta;
    private final GradientSum gradient;
    private final Executor executor;
    private final Executor predictor;
    private @Nullable Executor meanPredictor; // with the mean of the parameters
    private final ParameterUpdate update;
    private final Profiler profiler = new Profiler();
    private boolean profiles;
    private int batchOfEpoch; // 0 where nobody counts them
    private double rate;
    private double loss;
    private int correct;

    Step(Model model, Objective objective, Plan plan, int shards, long seed, Kernels kernels) {
        this.model = model;
        this.objective = objective;
        this.optimizer = plan.optimizer();
        this.seed = seed;
        this.kernels = kernels;
        this.theta = model.parameters().toArray();
        this.gradient = new GradientSum(shards, theta.length, kernels);
        this.executor =
                objective.network().executor(kernels, theta, gradient.result().array());
        this.predictor = objective.network().executor(kernels, theta, new float[0]);
        this.update = new ParameterUpdate(objective.network().trained(), plan, theta, kernels);
        beginEpoch(1);
    }

    /// An epoch begins, from 1: some parameters may learn from now on, or learn no more.
    void beginEpoch(int number) {
        update.beginEpoch(number);
        executor.learnOnly(update.learning()::contains);
    }

    /// The number of the epoch that goes on.
    int epoch() {
        return update.epoch();
    }

    /// The epoch has ended.
    void endEpoch() {
        update.endEpoch();
    }

    /// Lets the profiler measure all steps from now on.
    void profile() {
        profiles = true;
        executor.profile(profiler);
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

    /// Learns from a batch.
    /// @throws DivergedException if the loss or a gradient is no number, before anything has changed
    void take(Batch batch) {
        loss = 0;
        correct = 0;
        gradient.compute((shard, to) -> shard(batch, shard, to));
        if (!Double.isFinite(loss)) throw diverged(batch, "a loss that is a number, got " + loss);
        profiler.enter(Phase.UPDATE);
        if (!kernels.isFinite(gradient.result()))
            throw diverged(batch, "gradients that are numbers, got infinite ones");
        rate = optimizer.rate();
        update.apply(gradient.result().array(), 1.0 / batch.rows(), rate, optimizer.momentum());
        long parameters = update.size();
        long slots = parameters * optimizer.slots();
        profiler.leave(batch.rows(), 2 * parameters + 4 * slots, 4 * (3 * parameters + 2 * slots));
    }

    /// The learning rate of the last step.
    double rate() {
        return rate;
    }

    /// The number of steps taken.
    long steps() {
        return update.steps();
    }

    /// The sum of the last batch's losses, before its step.
    double loss() {
        return loss;
    }

    /// How many rows of the last batch were predicted right, before its step.
    int correct() {
        return correct;
    }

    /// Computes a shard: adds its losses, and writes the gradient of their sum unless that is no number.
    private void shard(Batch batch, int shard, Tensor to) {
        int first = (int) ((long) batch.rows() * shard / gradient.shards());
        int end = (int) ((long) batch.rows() * (shard + 1) / gradient.shards());
        if (first == end) {
            kernels.fill(0, to);
            return;
        }
        Batch rows = batch.rows(first, end);
        executor.gradientsInto(to.array());
        executor.randomness(seed, steps() + 1, first);
        Tensor output = executor.forward(Mode.TRAIN, rows.inputs());
        profiler.enter(Phase.LOSS);
        double sum = objective.loss(executor, output, rows.targets(), executor.outputGradient(0));
        profiler.leave(rows.rows(), 0, 8L * output.size());
        loss += sum;
        if (objective.classifies()) correct += objective.correct(output, rows.targets(), kernels);
        if (Double.isFinite(sum)) executor.backward();
        executor.reset();
    }

    /// Goes through a step and changes nothing, noting everything.
    Inspection inspect(Batch batch) {
        executor.inspect();
        executor.randomness(seed, steps() + 1, 0);
        Tensor output = executor.forward(Mode.TRAIN, batch.inputs());
        Tensor delta = executor.outputGradient(0);
        objective.loss(executor, output, batch.targets(), delta);
        Tensor activated = output.copy();
        model.activateOutput(kernels, output, activated);
        Tensor outputDelta = delta.copy();
        executor.backward();
        kernels.scale((float) (1.0 / batch.rows()), gradient.result(), gradient.result());
        Inspection seen = executor.inspection(gradient.result().array());
        return objective.fused() instanceof Identity ? seen : seen.withOutput(outputLayer(), activated, outputDelta);
    }

    /// The name of the layer, or container, that the network's output comes out of.
    private String outputLayer() {
        int application = model.graph().outputs().getFirst().application();
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

    /// The model with the parameters that training gives as it is now: their mean where one is kept.
    Model model() {
        return model.with(Parameters.of(model.parameters().parts(), update.result()));
    }

    /// The model with the parameters as the last step left them.
    Model last() {
        return model.with(Parameters.of(model.parameters().parts(), theta));
    }

    /// How good the model is as it is now.
    Evaluation evaluate(Dataset data, List<Metric> metrics) {
        if (!update.hasMean()) return Evaluation.of(objective, data, predictor, metrics);
        Executor known = meanPredictor;
        if (known == null) {
            known = objective.network().executor(kernels, update.result(), new float[0]);
            meanPredictor = known;
        }
        return Evaluation.of(objective, data, known, metrics);
    }

    Objective objective() {
        return objective;
    }

    int parameterCount() {
        return update.size();
    }
}
