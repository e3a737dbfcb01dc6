package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What training does with one batch: forward, loss, backward, update. Owns the parameters while they change.
///
/// Gradients are sums over rows; the update multiplies them by 1/N (ADR 5). A batch is cut into shards
/// whose gradients are added along one fixed binary tree.
final class Step {
    private final Model model;
    private final Objective objective;
    private final Optimizer optimizer;
    private final long seed;
    private final Kernels kernels;
    private final float[] theta;
    private final float[][] gradients;
    private final Tensor[] gradientViews;
    private final Executor[] executors;
    private final Executor predictor;
    private @Nullable Executor meanPredictor; // with the mean of the parameters
    private final ParameterUpdate update;
    private final Profiler profiler = new Profiler();
    private boolean profiles;
    private int watchEvery; // 0 for never
    private int epoch; // 0 where there are none
    private int batchOfEpoch;
    private int epochOfGroups;
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
        this.gradients = new float[shards][theta.length];
        this.gradientViews = new Tensor[shards];
        this.executors = new Executor[shards];
        for (int i = 0; i < shards; i++) {
            executors[i] = objective.network().executor(kernels, theta, gradients[i]);
            gradientViews[i] = Tensor.view(Shape.of(theta.length), gradients[i], 0);
        }
        this.predictor = objective.network().executor(kernels, theta, new float[0]);
        this.update = new ParameterUpdate(objective.network().trained(), plan, theta, kernels);
        beginEpoch(1);
    }

    /// Which parameters learn from now on.
    void beginEpoch(int number) {
        epochOfGroups = number;
        Set<String> learning = new HashSet<>();
        for (Parameter part : objective.network().trained()) {
            if (update.learns(part, number)) learning.add(part.name());
        }
        for (Executor executor : executors) executor.learnOnly(learning::contains);
    }

    /// An epoch has ended.
    void endEpoch() {
        update.endEpoch(epochOfGroups);
    }

    /// Lets the profiler measure all steps from now on.
    void profile() {
        profiles = true;
        for (Executor executor : executors) executor.profile(profiler);
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

    /// Says for messages which batch comes next, both from 1.
    void at(int epochOfTraining, int batch) {
        epoch = epochOfTraining;
        batchOfEpoch = batch;
    }

    /// Learns from a batch.
    /// @throws DivergedException if the loss or a gradient is no number, before anything has changed
    void take(Batch batch) {
        loss = gradient(batch);
        if (!Double.isFinite(loss)) throw diverged(batch, "a loss that is a number, got " + loss);
        profiler.enter(Phase.UPDATE);
        if (!kernels.isFinite(gradientViews[0])) throw diverged(batch, "gradients that are numbers, got infinite ones");
        rate = optimizer.rate();
        update.watch(watchEvery > 0 && steps() % watchEvery == 0);
        update.apply(gradients[0], 1.0 / batch.rows(), rate, optimizer.momentum(), epochOfGroups);
        long parameters = update.size();
        long slots = parameters * optimizer.slots();
        profiler.leave(batch.rows(), 2 * parameters + 4 * slots, 4 * (3 * parameters + 2 * slots));
    }

    /// What the last step did to each parameter that learned by it; empty if it was not watched.
    List<ParameterFlow> flows() {
        return update.flows();
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

    /// Computes the gradient of the sum of the rows' losses into the first gradient array; returns that
    /// sum. A loss that is no number comes back without a gradient.
    private double gradient(Batch batch) {
        int shards = executors.length;
        double sum = 0;
        correct = 0;
        for (int i = 0; i < shards; i++) {
            int from = (int) ((long) batch.rows() * i / shards);
            int to = (int) ((long) batch.rows() * (i + 1) / shards);
            if (from == to) kernels.fill(0, gradientViews[i]);
            else sum += shard(executors[i], from, batch.rows(from, to));
        }
        for (int width = 1; width < shards; width *= 2) {
            for (int i = 0; i + width < shards; i += 2 * width) {
                kernels.add(gradientViews[i], gradientViews[i + width], gradientViews[i]);
            }
        }
        return sum;
    }

    private double shard(Executor executor, int firstRow, Batch batch) {
        executor.randomness(seed, steps() + 1, firstRow);
        Tensor output = executor.forward(Mode.TRAIN, batch.inputs());
        profiler.enter(Phase.LOSS);
        double sum = objective.loss(executor, output, batch.targets(), executor.outputGradient(0));
        profiler.leave(batch.rows(), 0, 8L * output.size());
        if (objective.classifies()) {
            correct += objective.correct(output, batch.targets(), kernels);
        }
        if (Double.isFinite(sum)) executor.backward();
        executor.reset();
        return sum;
    }

    /// Goes through a step and changes nothing, noting everything.
    Inspection inspect(Batch batch) {
        Executor executor = executors[0];
        executor.inspect();
        executor.randomness(seed, steps() + 1, 0);
        Tensor output = executor.forward(Mode.TRAIN, batch.inputs());
        Tensor delta = executor.outputGradient(0);
        objective.loss(executor, output, batch.targets(), delta);
        Tensor activated = output.copy();
        model.activateOutput(kernels, output, activated);
        Tensor outputDelta = delta.copy();
        executor.backward();
        kernels.scale((float) (1.0 / batch.rows()), gradientViews[0], gradientViews[0]);
        Inspection seen = executor.inspection(gradients[0]);
        return objective.fused() instanceof Identity ? seen : seen.withOutput(outputLayer(), activated, outputDelta);
    }

    /// The name of the layer, or container, that the network's output comes out of.
    private String outputLayer() {
        int application = model.graph().outputs().getFirst().application();
        return model.graph().applications().get(application).name();
    }

    private DivergedException diverged(Batch batch, String expected) {
        String step = "step " + (steps() + 1);
        String where = epoch == 0 ? step : "epoch " + epoch + ", batch " + batchOfEpoch + " (" + step + ")";
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
    Evaluation evaluate(Dataset data) {
        if (!update.hasMean()) return Evaluation.of(objective, data, predictor);
        Executor known = meanPredictor;
        if (known == null) {
            known = objective.network().executor(kernels, update.result(), new float[0]);
            meanPredictor = known;
        }
        return Evaluation.of(objective, data, known);
    }

    Objective objective() {
        return objective;
    }

    int parameterCount() {
        return update.size();
    }
}
