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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A model in the hands of a caller who says what it learns from: for steps of one's own, such as those
/// of networks that play against each other. [Trainer#learner()] makes one.
///
/// A step is: [#forward(Tensor)], which computes outputs as training does; [#addLoss(int, Loss, Targets, double)] or
/// [#addGradient(Tensor)], once or more, which say what is to become small; [#backward()], which adds to the gradients
/// of the parameters and gives that of the input; and [#step()], which changes the parameters by the trainer's
/// optimizer and forgets the gradients. Several passes may add up before a step. What [#backward()] gives can be added
/// to the outputs of the learner of another model, from which this input came; that other one then learns through this
/// one.
///
/// The same calls give the same bits with any number of threads; a pass with one loss and its step give those of a
/// step of [TrainingSession]. Has threads of its own, which [#close] ends. Belongs to one thread at a time: a call
/// while another goes on, or after [#close], is an [IllegalStateException].
public final class Learner implements AutoCloseable {
    private enum State {
        NOTHING,
        OUTPUTS,
        GRADIENTS_OF_OUTPUTS
    }

    private static final Tensor NO_WEIGHTS = Tensor.zeros(Shape.of(0));

    private final Model model;
    private final Kernels kernels;
    private final long seed;
    private final Map<String, String> settings;
    private final Learned learned;
    private final Tensor gradient; // of the losses' sum: times `rows` what is to become small
    private final Executor executor;
    private final Turns turns = new Turns("learner");
    private State state = State.NOTHING;
    private boolean[] begun; // which outputs' gradients have been written since the last forward
    private long passes;
    private int added; // passes whose gradients have been added since the last step
    private double rows; // what the rows of the step's first loss count together; 0 before it
    private double inputScale = 1; // what makes the last pass's gradients of inputs means
    private boolean steady = true; // whether no pass has begun since the last step

    /// @param settings what the result depends on
    /// @param from where to go on, with the same settings; null for the beginning
    Learner(
            Model model,
            Plan plan,
            long seed,
            Map<String, String> settings,
            @Nullable TrainingState from,
            Kernels kernels) {
        this.model = model;
        this.kernels = kernels;
        this.seed = seed;
        this.settings = settings;
        this.learned = new Learned(model, model.network(), plan, kernels);
        this.gradient = Tensor.zeros(Shape.of(learned.theta().length));
        this.executor = learned.executor(kernels, learned.theta(), gradient.array());
        this.executor.wantInputGradients(true);
        this.begun = new boolean[model.network().outputs().size()];
        int epoch = 1;
        if (from != null) {
            Snapshot memory = from.memory();
            learned.restore(memory.scope("learned"));
            passes = memory.whole("passes");
            epoch = memory.small("epoch");
        }
        learned.beginEpoch(epoch, executor);
    }

    // --------------------------------------------------------------------------------------------------------- a pass

    /// Computes the output of a batch as training does: with noise, and with statistics of the batch.
    /// @param input one row an example
    /// @return what the network says, with the activation at its end; valid until the next forward
    /// @throws ShapeException if it does not fit, or the network has several inputs or outputs
    public Tensor forward(Tensor input) {
        if (begun.length != 1) {
            throw new ShapeException("network", "expects to have 1 output here, has " + begun.length);
        }
        return forward(List.of(input)).getFirst();
    }

    /// Computes the outputs of a batch for a network of several inputs or outputs.
    /// @param inputs a tensor for each input, all with the same number of rows, from 1
    /// @return a tensor for each output; valid until the next forward
    /// @throws ShapeException if they do not fit
    public List<Tensor> forward(List<Tensor> inputs) {
        try (var _ = turns.take()) {
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

    /// Adds a loss of the only output to what this pass learns from: [#addLoss(int, Loss, Targets,
    /// double)] with a factor of 1.
    public double addLoss(Loss loss, Targets targets) {
        return addLoss(0, loss, targets, 1);
    }

    /// Adds a loss of an output, the mean over its rows, to what this pass learns from: [#addLoss(int, Loss, Targets,
    /// Tensor, double)] where each row counts 1.
    public double addLoss(int output, Loss loss, Targets targets, double factor) {
        return addLoss(output, loss, targets, NO_WEIGHTS, factor);
    }

    /// Adds a loss of an output, the mean over its rows by their weights, to what this pass learns from.
    ///
    /// Losses that take a softmax or sigmoid off the network's end when [Trainer#fit] trains expect one
    /// that ends without it here: their formula has it.
    /// @param output which output, from 0
    /// @param weights how much each row counts, `[rows]`, at least 0; empty if each counts 1
    /// @param factor how much the loss counts, finite; below 0 it is to become large
    /// @return the mean loss of a row, times the factor; 0 if no row counts
    /// @throws ShapeException if output, answers and weights do not fit
    /// @throws ConfigException if network and loss contradict each other, or without a forward before
    /// @throws dev.neurite.error.DataException for a label that is no class of the model, or a weight below 0,
    /// infinite or NaN
    public double addLoss(int output, Loss loss, Targets targets, Tensor weights, double factor) {
        try (var _ = turns.take()) {
            checkOutput(output);
            if (!Double.isFinite(factor)) {
                throw new ConfigException("factor of a loss", "expects a finite number, got " + factor);
            }
            Tensor result = executor.result(output);
            if (targets.rows() != result.rows() || targets.count() != 1) {
                throw new ShapeException(
                        "targets", "expects an answer for each of " + result.rows() + " rows, got " + targets.rows());
            }
            var batch = new Batch(result, targets, weights);
            Head head = Head.of(model, output, new Weighted(1, loss), targets);
            if (head.isFused()) {
                throw new ConfigException(
                        loss.toString(),
                        "expects a network that ends without " + head.fused() + " here",
                        "Leave it out: the loss has it in its formula");
            }
            double weight = head.weight(batch, targets);
            if (rows == 0) rows = weight;
            Tensor delta = deltaOf(output);
            double sum = head.loss(executor, batch, targets, weight == 0 ? 0 : factor * (rows / weight), delta);
            begin(output, delta);
            return weight == 0 ? 0 : factor * (sum / weight);
        }
    }

    /// Adds a gradient of the only output: [#addGradient(int, Tensor)].
    public void addGradient(Tensor delta) {
        addGradient(0, delta);
    }

    /// Adds the gradient of a loss of one's own with respect to an output to what this pass learns from.
    /// A mean over rows has a factor of 1/N in it.
    /// @param output which output, from 0
    /// @param delta of the shape of that output; copied
    /// @throws ShapeException for another shape
    /// @throws ConfigException without a forward before
    public void addGradient(int output, Tensor delta) {
        try (var _ = turns.take()) {
            checkOutput(output);
            Tensor of = executor.result(output);
            if (!delta.shape().equals(of.shape())) {
                throw new ShapeException(
                        "gradient", "expects that of output " + of.shape() + ", got one of " + delta.shape());
            }
            if (rows == 0) rows = 1;
            Tensor to = deltaOf(output);
            kernels.scale((float) rows, delta, to);
            begin(output, to);
        }
    }

    /// Where the next gradient of an output goes before it is added to others, if there are any.
    private Tensor deltaOf(int output) {
        return begun[output] ? executor.like(executor.result(output)) : executor.outputGradient(output);
    }

    private void begin(int output, Tensor delta) {
        if (begun[output]) {
            Tensor sum = executor.outputGradient(output);
            kernels.add(sum, delta, sum);
        }
        begun[output] = true;
        state = State.GRADIENTS_OF_OUTPUTS;
    }

    private void checkOutput(int output) {
        if (state == State.NOTHING) {
            throw new ConfigException("learner", "expects forward(…) before, whose outputs something is said of");
        }
        if (output < 0 || output >= begun.length) {
            throw new ConfigException("output", "expects one from 0 to " + (begun.length - 1) + ", got " + output);
        }
    }

    /// Takes what was said of the outputs back through the network: adds to the gradients of the
    /// parameters.
    /// @return the gradient with respect to the first input, of its shape; valid until the next forward
    /// @throws ConfigException unless something was said of outputs since the last forward
    public Tensor backward() {
        try (var _ = turns.take()) {
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
            return inputGradient(0);
        }
    }

    /// The gradient with respect to one of several inputs after [#backward()]; valid until the next
    /// forward.
    /// @param input which input, from 0
    public Tensor inputGradient(int input) {
        if (input < 0 || input >= model.network().inputs().size()) {
            throw new ConfigException(
                    "input",
                    "expects one from 0 to " + (model.network().inputs().size() - 1) + ", got " + input);
        }
        Tensor sum = executor.inputGradient(input);
        if (inputScale == 1) return sum;
        Tensor mean = executor.like(sum);
        kernels.scale((float) inputScale, sum, mean);
        return mean;
    }

    /// What makes gradients of sums those of what is to become small: as in training, [Step#scale()], so that the
    /// bits are the same.
    private double scale() {
        return rows == 0 ? 1 : 1 / rows;
    }

    // --------------------------------------------------------------------------------------------------------- a step

    /// Changes the parameters by the gradients that were added since the last step, and forgets them:
    /// with the trainer's optimizer, schedule, groups, clipping and averaging. Running statistics change
    /// with it. Where no row counts, nothing changes, and no step is counted.
    /// @throws ConfigException if no gradients were added
    /// @throws DivergedException if a gradient is no number, before anything has changed
    public void step() {
        try (var _ = turns.take()) {
            if (added == 0) throw new ConfigException("learner", "expects backward() before step()");
            if (!kernels.isFinite(gradient)) {
                throw new DivergedException(
                        "training, step " + (steps() + 1),
                        "expects gradients that are numbers, got infinite ones or NaN",
                        "Nothing was updated by this step. Try a smaller learning rate");
            }
            if (rows == 0) executor.forgetStatistics();
            else learned.step(gradient.array(), scale(), false, executor);
            endPasses();
        }
    }

    private void endPasses() {
        added = 0;
        rows = 0;
        steady = true;
        state = State.NOTHING;
    }

    /// Forgets the gradients that were added since the last step, and what its passes have measured:
    /// after a pass that was taken for the gradient of its input alone.
    public void forget() {
        try (var _ = turns.take()) {
            executor.forgetStatistics();
            endPasses();
        }
    }

    /// An epoch has ended, and the next one begins: as [TrainingSession#endEpoch()].
    public void endEpoch() {
        try (var _ = turns.take()) {
            learned.update().endEpoch();
            learned.beginEpoch(learned.update().epoch() + 1, executor);
        }
    }

    /// The number of the epoch that goes on, from 1.
    public int epoch() {
        return learned.update().epoch();
    }

    /// All that the learner is between two steps, for [Trainer#resume] and [dev.neurite.io.Checkpoint]:
    /// parameters, running statistics, optimizer, averages, epoch, and how many passes have drawn random
    /// numbers. Where its loop is in the data, the loop has to keep. It shares arrays with the learner, so it
    /// has to be written or read before the next step.
    /// @throws IllegalStateException after a pass that neither [#step()] nor [#forget()] has ended
    public TrainingState state() {
        try (var _ = turns.take()) {
            if (!steady) {
                throw new IllegalStateException(
                        "learner: expects no pass since the last step, got one. End it with step() or forget()");
            }
            Snapshot memory = Snapshot.empty();
            memory.put("passes", passes);
            memory.put("epoch", epoch());
            learned.save(memory.scope("learned"));
            return new TrainingState(settings, memory);
        }
    }

    /// The number of steps taken.
    public long steps() {
        return learned.update().steps();
    }

    /// The gradients of the parameters that were added since the last step, in their order: a copy,
    /// zeros if there are none.
    public Parameters gradients() {
        Tensor values = Tensor.zeros(gradient.shape());
        if (added > 0) kernels.scale((float) scale(), gradient, values);
        return Parameters.of(model.parameters().parts(), values.array());
    }

    /// The model as it is now, with the mean of its parameters where one is kept ([Trainer#average]): a
    /// copy, which later steps do not change.
    public Model model() {
        return learned.model();
    }

    /// The model as the last step left it: a copy, which later steps do not change.
    public Model last() {
        return learned.last();
    }

    /// Ends the threads, and the learning: what would go on with it is refused from now on, and its models stay.
    @Override
    public void close() {
        turns.close();
        kernels.close();
    }
}
