package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import dev.neurite.model.Inspection;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profiler;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.probing.Probing;
import dev.neurite.train.shard.ShardSums;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// The losses and gradients of the rows of a step: forward pass, losses, backward pass. The rows may come
/// in several shards. All of them are weighed first, see [#weigh]; then each shard is computed.
final class RowGradients {
    private final Model model;
    private final Objective objective;
    private final Executor executor;
    private final Reduction reduction;
    private final long seed;
    private final Kernels kernels;
    private final Probing probing;
    private final Profiler profiler;
    private final LossSums losses;
    private long step = 1; // its number
    private int rows; // that were computed in this step

    RowGradients(TrainerSettings settings, Objective objective, Executor executor, Probing probing, Kernels kernels) {
        this.model = settings.model();
        this.objective = objective;
        this.executor = executor;
        this.reduction = settings.get(TrainerSettings.REDUCTION);
        this.seed = settings.get(TrainerSettings.SEED);
        this.kernels = kernels;
        this.probing = probing;
        this.profiler = executor.profiler();
        this.losses = new LossSums(objective);
    }

    /// Forgets what the rows before have left: losses, weights, requests for running statistics.
    /// @param number the number of the step whose rows follow, which decides their noise
    void begin(long number) {
        step = number;
        executor.forgetStatistics();
        losses.clear();
        rows = 0;
    }

    /// Adds the weights of rows in each head.
    void weigh(Batch batch, LossSums to) {
        List<Head> heads = objective.heads();
        if (batch.targets().count() != heads.size()) {
            throw new ShapeException(
                    "batch",
                    "expects targets for each of " + heads.size() + " outputs, got "
                            + batch.targets().count());
        }
        for (int i = 0; i < heads.size(); i++) to.addWeight(i, heads.get(i).weight(batch));
    }

    /// The weights of all rows, and the losses and correct predictions of those that were computed.
    LossSums losses() {
        return losses;
    }

    /// The number of rows that were computed.
    int rows() {
        return rows;
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

    /// Runs one row, so that layers which refuse a single row, such as batch norm, do it now and not at
    /// the end of an epoch. Changes nothing.
    void tryOneRow(Batch row) {
        executor.randomness(seed, step, 0);
        objective.forward(executor, Mode.TRAIN, row);
        executor.reset();
        executor.forgetStatistics();
    }

    /// Adds the losses of some of the rows that were weighed and, if all losses so far are finite, writes
    /// their gradient, without the factor [#scale()], and their requests for running statistics.
    /// @param first the place of the first of these rows in the step, from 0, which decides their noise
    void compute(Batch batch, int first, ShardSums to) {
        compute(batch, first, to, _ -> {});
    }

    /// [#compute(Batch, int, ShardSums)], which tells during the backward pass how much of the gradient is final.
    /// @param done see [Executor#backward(IntConsumer)]
    void compute(Batch batch, int first, ShardSums to, IntConsumer done) {
        if (batch.rows() == 0) {
            to.clear(kernels);
            return;
        }
        rows += batch.rows();
        executor.gradientsInto(to.values());
        executor.randomness(seed, step, first);
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

    /// Computes all rows of a step, and returns all tensors in it.
    /// @param gradient of the parameters, to which the executor writes; overwritten
    Inspection inspect(Batch batch, Tensor gradient) {
        executor.inspect();
        executor.randomness(seed, step, 0);
        weigh(batch, losses);
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
}
