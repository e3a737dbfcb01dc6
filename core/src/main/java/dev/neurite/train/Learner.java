package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Targets;
import dev.neurite.loss.Weighted;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Setting.User;
import java.util.BitSet;
import java.util.List;

/// Training steps in your own loop, with separate calls for forward, loss, backward and update, as in
/// PyTorch. For several losses or models, such as generative adversarial networks, target networks, or
/// gradients averaged over processes. [Trainer#learner()] makes one.
///
/// <!-- Snippets#learner -->
/// ```java
/// Model logits = Model.of(features(4), dense(8, RELU), dense(3)); // the loss has the softmax
/// try (Learner learner = Trainer.of(logits).learner()) {
///     Batch batch = Batch.of(train);
///     learner.forward(batch.input());
///     double sum = learner.addLoss(crossEntropy(), batch.targets());
///     learner.backward();
///     learner.step();
///     out.println(sum > 0);
/// }
/// ```
///
/// | call | PyTorch |
/// |---|---|
/// | [#forward(Tensor)] | `outputs = model(inputs)`, in training mode |
/// | [#addLoss(Loss, Targets)], [#addGradient(Tensor)], once or more | `loss = …` |
/// | [#backward()] | `loss.backward()`: adds to the gradients; returns that of the first input |
/// | [#gradients()], [#replaceGradients] | `parameter.grad` |
/// | [#step()] | `optimizer.step()`, `optimizer.zero_grad()` |
/// | [#replaceParameters] | `model.load_state_dict(…)` |
///
/// Gradients of several passes add up before a step. To train a generator through a discriminator, add
/// the gradient that the discriminator's [#backward()] returns to the outputs of the generator's
/// learner.
///
/// The same calls give the same bits with any number of threads. A pass with one loss and a step give
/// the bits of a step of [TrainingSession]. A learner has threads of its own, which [#close] ends. Only
/// one thread may use it at a time: a call during another one, or after [#close], throws
/// [IllegalStateException]. Its models and parameters are available at any time.
public final class Learner implements AutoCloseable {
    private enum State {
        NOTHING,
        OUTPUTS,
        GRADIENTS_OF_OUTPUTS
    }

    private static final Tensor NO_WEIGHTS = Tensor.EMPTY;

    private final Model model;
    private final Kernels kernels;
    private final long seed;
    private final TrainerSettings settings;
    private final Reduction reduction;
    private final TrainedParameters trained;
    private final Tensor gradient; // without the factor scale()
    private final Executor executor;
    private final BitSet wanted = new BitSet(); // the inputs whose gradients are computed
    private final ExclusiveUse use = new ExclusiveUse("learner");
    private State state = State.NOTHING;
    private boolean[] begun; // which outputs have a gradient since the last forward
    private long passes;
    private int added; // passes with a backward since the last step
    private double rows; // Σ weights of the rows of the step's first loss; 0 before it
    private double inputScale = 1; // the factor of the last pass's gradients of inputs
    private boolean steady = true; // no pass has begun since the last step

    Learner(TrainerSettings settings, Kernels kernels) {
        this.model = settings.model();
        this.kernels = kernels;
        this.seed = settings.get(TrainerSettings.SEED);
        this.settings = settings;
        this.reduction = settings.get(TrainerSettings.REDUCTION);
        this.trained = new TrainedParameters(settings, model.network(), kernels);
        this.gradient = Tensor.zeros(Shape.of(trained.theta().length));
        this.wanted.set(0);
        this.executor = trained.executor(kernels, trained.theta(), gradient.array());
        this.executor.wantInputGradients(wanted::get);
        this.begun = new boolean[model.network().outputs().size()];
        trained.beginEpoch(1, executor);
        settings.get(TrainerSettings.RESUMED).ifPresent(this::restore);
    }

    private void restore(TrainingState state) {
        state.require(settings.compared(User.LEARNER));
        Snapshot memory = state.memory();
        trained.restore(memory.scope("learned"));
        passes = memory.whole("passes");
        trained.beginEpoch(memory.small("epoch"), executor);
    }

    // --------------------------------------------------------------------------------------------------------- a pass

    /// Chooses the inputs whose gradients later passes compute; by default the first. An input that has none,
    /// such as the mask of an attention, must not be among them.
    /// @param inputs their indices, from 0; none for no gradient of an input
    /// @throws ConfigException for an index outside the inputs, and between a forward and its backward
    public void wantInputGradients(int... inputs) {
        try (var _ = use.begin()) {
            for (int input : inputs) checkInput(input);
            requireNoPass("wantInputGradients");
            wanted.clear();
            for (int input : inputs) wanted.set(input);
        }
    }

    private void checkInput(int input) {
        int count = model.network().inputs().size();
        if (input >= 0 && input < count) return;
        throw new ConfigException("input", "expects an index from 0 to " + (count - 1) + ", got " + input);
    }

    /// Computes the output of a batch in training mode: with dropout, and with batch statistics.
    /// @param input the batch, one sample a row
    /// @return the network's output, after its last activation; valid until the next forward
    /// @throws ShapeException if the input does not fit, or the network has several inputs or outputs
    public Tensor forward(Tensor input) {
        requireOneOutput();
        return forward(List.of(input)).getFirst();
    }

    private void requireOneOutput() {
        if (begun.length == 1) return;
        throw new ShapeException("network", "expects to have 1 output here, has " + begun.length);
    }

    /// [#forward(Tensor)] of the inputs of a batch.
    public Tensor forward(Batch batch) {
        requireOneOutput();
        return forward(batch.inputs()).getFirst();
    }

    /// Computes the outputs of a batch for a network of several inputs or outputs.
    /// @param inputs a tensor for each input, all with the same number of rows, from 1
    /// @return a tensor for each output; valid until the next forward
    /// @throws ShapeException if they do not fit
    public List<Tensor> forward(List<Tensor> inputs) {
        try (var _ = use.begin()) {
            state = State.NOTHING;
            for (Tensor input : inputs) {
                if (input.shape().rank() == 0 || input.rows() == 0) {
                    throw new ShapeException("batch", "expects at least 1 row, got " + input.shape());
                }
            }
            steady = false;
            executor.randomness(seed, ++passes, 0);
            List<Tensor> outputs = executor.forward(Mode.TRAIN, inputs);
            begun = new boolean[begun.length];
            state = State.OUTPUTS;
            return outputs;
        }
    }

    /// Adds a loss of the only output to the loss of this pass: [#addLoss(int, Loss, Targets, double)]
    /// with a factor of 1.
    public double addLoss(Loss loss, Targets targets) {
        return addLoss(0, loss, targets, 1);
    }

    /// Adds a loss of the only output to the loss of this pass, with the targets and weights of a
    /// batch.
    public double addLoss(Loss loss, Batch batch) {
        return addLoss(0, loss, batch.targets(), batch.weights(), 1);
    }

    /// Adds a loss of an output to the loss of this pass:
    /// [#addLoss(int, Loss, Targets, Tensor, double)] without weights.
    public double addLoss(int output, Loss loss, Targets targets, double factor) {
        return addLoss(output, loss, targets, NO_WEIGHTS, factor);
    }

    /// Adds a loss of an output to the loss of this pass: its mean over the rows by their weights, or
    /// with [Reduction#SUM] its sum.
    ///
    /// A loss that [Trainer#fit] fuses with a softmax or sigmoid at the network's end expects a network
    /// without it here, as PyTorch's `CrossEntropyLoss` does: the loss computes it.
    /// @param output the index of the output, from 0
    /// @param weights the weights of the rows, `[rows]`, at least 0; empty if all are 1
    /// @param factor a finite factor of the loss; below 0 the loss is maximized
    /// @return the mean loss of the rows, times the factor; 0 if all weights are 0
    /// @throws ShapeException if output, targets and weights do not fit
    /// @throws ConfigException if network and loss contradict each other, or without a forward before
    /// @throws dev.neurite.error.DataException for a label that is no class of the model, or a weight
    /// below 0, infinite or NaN
    public double addLoss(int output, Loss loss, Targets targets, Tensor weights, double factor) {
        try (var _ = use.begin()) {
            checkOutput(output);
            if (!Double.isFinite(factor)) {
                throw new ConfigException("factor of a loss", "expects a finite number, got " + factor);
            }
            Tensor result = executor.result(output);
            if (targets.rows() != result.rows() || targets.count() != 1) {
                throw new ShapeException(
                        "targets", "expects a target for each of " + result.rows() + " rows, got " + targets.rows());
            }
            var batch = new Batch(result, targets, weights);
            Head head = Head.of(model, output, new Weighted(1, loss), targets);
            if (head.isFused()) {
                String activation = head.fused().toString();
                throw new ConfigException(
                        loss.toString(),
                        "expects logits, as it computes " + activation + " itself, got a network that ends with it",
                        "Build it with identity in place of " + activation + " at its end, and apply " + activation
                                + " to its outputs where you need probabilities; or train with Trainer.begin(…), which"
                                + " takes logits by itself");
            }
            double weight = head.weight(batch, targets);
            Tensor delta = deltaOf(output);
            double sum = head.loss(executor, batch, targets, scale(factor, weight, head), delta);
            addDelta(output, delta);
            return weight == 0 ? 0 : factor * (sum / weight);
        }
    }

    /// Adds a gradient of the only output: [#addGradient(int, Tensor)].
    public void addGradient(Tensor delta) {
        addGradient(0, delta);
    }

    /// Adds the gradient of a loss of your own with respect to an output. For a mean over N rows it
    /// includes the factor 1/N.
    /// @param output the index of the output, from 0
    /// @param delta the gradient, in the shape of the output; copied
    /// @throws ShapeException for another shape
    /// @throws ConfigException without a forward before
    public void addGradient(int output, Tensor delta) {
        try (var _ = use.begin()) {
            checkOutput(output);
            Tensor of = executor.result(output);
            if (!delta.shape().equals(of.shape())) {
                throw new ShapeException(
                        "gradient", "expects the shape of the output, " + of.shape() + ", got " + delta.shape());
            }
            if (rows == 0) rows = 1;
            Tensor to = deltaOf(output);
            kernels.scale((float) rows, delta, to);
            addDelta(output, to);
        }
    }

    /// The factor of δ of a loss. For a mean it is such that [#scale()] makes δ the gradient of the
    /// mean.
    private double scale(double factor, double weight, Head head) {
        if (reduction == Reduction.SUM) {
            if (rows == 0 && weight > 0) rows = 1;
            return factor * head.terms() * rows;
        }
        if (rows == 0) rows = weight;
        return weight == 0 ? 0 : factor * (rows / weight);
    }

    /// The target for the next gradient of an output: a new tensor if the output has a gradient
    /// already.
    private Tensor deltaOf(int output) {
        return begun[output] ? executor.like(executor.result(output)) : executor.outputGradient(output);
    }

    private void addDelta(int output, Tensor delta) {
        if (begun[output]) {
            Tensor sum = executor.outputGradient(output);
            kernels.add(sum, delta, sum);
        }
        begun[output] = true;
        state = State.GRADIENTS_OF_OUTPUTS;
    }

    private void checkOutput(int output) {
        if (state == State.NOTHING) {
            throw new ConfigException("learner", "expects forward(…) before addLoss(…) and addGradient(…)");
        }
        if (output < 0 || output >= begun.length) {
            throw new ConfigException("output", "expects an index from 0 to " + (begun.length - 1) + ", got " + output);
        }
    }

    /// Computes the gradients of the losses that were added since the last forward, and adds them to
    /// the gradients of the parameters.
    /// @return the gradient with respect to the first input, in its shape; valid until the next forward; empty if
    /// [#wantInputGradients] leaves it out
    /// @throws ConfigException if no loss and no gradient was added since the last forward
    public Tensor backward() {
        try (var _ = use.begin()) {
            if (state != State.GRADIENTS_OF_OUTPUTS) {
                throw new ConfigException("learner", "expects addLoss(…) or addGradient(…) before backward()");
            }
            state = State.NOTHING;
            for (int i = 0; i < begun.length; i++) {
                if (!begun[i]) kernels.fill(0, executor.outputGradient(i));
            }
            executor.accumulate(added > 0);
            executor.backward();
            added++;
            inputScale = scale();
            return wanted.get(0) ? gradientOf(0) : Tensor.EMPTY;
        }
    }

    /// The gradient with respect to one of several inputs, after [#backward()]; valid until the next
    /// forward.
    /// @param input the index of the input, from 0
    /// @throws ConfigException for an index outside the inputs, and unless [#wantInputGradients] chose it before
    /// the pass
    public Tensor inputGradient(int input) {
        try (var _ = use.begin()) {
            checkInput(input);
            return gradientOf(input);
        }
    }

    private Tensor gradientOf(int input) {
        Tensor sum = executor.inputGradient(input);
        if (inputScale == 1) return sum;
        Tensor mean = executor.like(sum);
        kernels.scale((float) inputScale, sum, mean);
        return mean;
    }

    /// The factor of the gradients: 1 / Σ weights for a mean, as in [RowGradients#scale()], so that the bits
    /// are the same.
    private double scale() {
        return rows == 0 ? 1 : 1 / rows;
    }

    // --------------------------------------------------------------------------------------------------------- a step

    /// Updates the parameters by the gradients added since the last step, with the trainer's optimizer,
    /// schedule, groups, clipping and averaging. Updates the running statistics by those of the passes.
    /// Then drops the gradients. If all rows have the weight 0, nothing changes, and the step does not
    /// count.
    /// @throws ConfigException if no gradients were added
    /// @throws DivergedException if a gradient is not finite; nothing has changed then
    public void step() {
        try (var _ = use.begin()) {
            if (added == 0) throw new ConfigException("learner", "expects backward() before step()");
            if (!kernels.isFinite(gradient)) {
                throw new DivergedException(
                        "training, step " + (steps() + 1),
                        "expects finite gradients, got infinite ones or NaN",
                        "Nothing was updated by this step. Try a smaller learning rate");
            }
            if (rows == 0) {
                executor.forgetStatistics();
            } else {
                try (var _ = trained.change()) {
                    trained.step(gradient.array(), scale(), false);
                    executor.commitStatistics();
                }
            }
            endPasses();
        }
    }

    private void endPasses() {
        added = 0;
        rows = 0;
        steady = true;
        state = State.NOTHING;
    }

    /// Drops the gradients and the statistics of the passes since the last step, like PyTorch's
    /// `zero_grad()`. For a pass that was made only for the gradient of its input.
    public void forget() {
        try (var _ = use.begin()) {
            executor.forgetStatistics();
            endPasses();
        }
    }

    /// Ends an epoch and begins the next, as [TrainingSession#endEpoch()].
    public void endEpoch() {
        try (var _ = use.begin()) {
            trained.endEpoch();
            trained.beginEpoch(trained.update().epoch() + 1, executor);
        }
    }

    /// The number of the present epoch, from 1.
    public int epoch() {
        return trained.update().epoch();
    }

    /// The learning rate of the last step; before the first step, also after resuming, that of the
    /// next.
    public double learningRate() {
        return trained.rate();
    }

    /// Sets the learning rate from which the schedule starts, in place of the optimizer's, from the
    /// next step on. Without a schedule it is the rate of all later steps. Part of [#state()].
    /// @throws ConfigException unless from 0 to below 1e10
    public void learningRate(double rate) {
        try (var _ = use.begin()) {
            trained.rates().change(rate);
        }
    }

    /// The state of the learner between two steps, for [Trainer#resume] and
    /// [dev.neurite.io.Checkpoint]: parameters, running statistics, optimizer, averages, epoch, and the
    /// number of passes, which random numbers depend on. The position in the data is not part of it. It
    /// shares arrays with the learner: write or read it before the next step.
    /// @throws IllegalStateException after a pass that was not ended by [#step()] or [#forget()]
    /// @throws ConfigException for a setting that cannot be compared on resuming, such as a lambda
    public TrainingState state() {
        try (var _ = use.begin()) {
            if (!steady) {
                throw new IllegalStateException(
                        "learner: expects no pass since the last step, got one. End it with step() or forget()");
            }
            Snapshot memory = Snapshot.empty();
            memory.put("passes", passes);
            memory.put("epoch", epoch());
            trained.save(memory.scope("learned"));
            return new TrainingState(settings.compared(User.LEARNER), memory);
        }
    }

    /// The number of steps taken.
    public long steps() {
        return trained.update().steps();
    }

    /// A copy of the gradients added since the last step, by the names of the parameters that the training keeps,
    /// see [Model#kept()]; zeros without any.
    public Parameters gradients() {
        try (var _ = use.begin()) {
            Tensor values = Tensor.zeros(gradient.shape());
            if (added > 0) kernels.scale((float) scale(), gradient, values);
            return Parameters.owning(trained.kept(), values.array());
        }
    }

    /// Replaces the gradients added since the last step: by their mean over several processes, or by a
    /// rule of your own. [#step()] uses them as they are. Later passes add to them.
    /// @param values with the names and shapes of [#gradients()]
    /// @throws ShapeException for other names or shapes
    public void replaceGradients(Parameters values) {
        try (var _ = use.begin()) {
            requireSame("gradients", values);
            System.arraycopy(values.toArray(), 0, gradient.array(), 0, gradient.size());
            rows = 1;
            added = Math.max(added, 1);
            steady = false;
            state = State.NOTHING;
        }
    }

    /// A copy of the parameters after the last step, as far as the training keeps them, see [Model#kept()].
    public Parameters parameters() {
        return trained.parameters();
    }

    /// Replaces the parameters, for example by those of another network that this one follows. Added
    /// gradients, optimizer and averages stay.
    /// @param values with the names and shapes of [#parameters()]
    /// @throws ShapeException for other names or shapes
    /// @throws ConfigException between a forward and its backward
    public void replaceParameters(Parameters values) {
        try (var _ = use.begin()) {
            requireSame("parameters", values);
            requireNoPass("replaceParameters");
            float[] others = values.toArray();
            try (var _ = trained.change()) {
                System.arraycopy(others, 0, trained.theta(), 0, gradient.size());
            }
        }
    }

    private void requireNoPass(String call) {
        if (state == State.NOTHING) return;
        throw new ConfigException(
                "learner", "expects " + call + "(…) before forward(…) or after backward(), got it between them");
    }

    private void requireSame(String what, Parameters values) {
        if (values.parts().equals(trained.kept())) return;
        throw new ShapeException(
                what, "expects the names and shapes of the learner's " + trained.kept() + ", got " + values.parts());
    }

    /// A copy of the present model, with the average of its parameters if there is one
    /// ([Trainer#average]).
    public Model model() {
        return trained.model();
    }

    /// A copy of the model with the parameters of the last step.
    public Model last() {
        return trained.last();
    }

    /// Ends the threads and the training. Its models are still available.
    @Override
    public void close() {
        use.close();
        kernels.close();
    }
}
