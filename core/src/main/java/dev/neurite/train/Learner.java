package dev.neurite.train;

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
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A model in the hands of a caller who says what it learns from: for steps of one's own, such as those
/// of networks that play against each other. [Trainer#learner()] makes one.
///
/// A step is: [#forward(Tensor)], which computes outputs as training does; [#addLoss(int, Loss, Targets, double)] or
/// [#addGradient(Tensor)], once or
/// more, which say what is to become small; [#backward()], which adds to the gradients of the parameters
/// and gives that of the input; and [#step()], which changes the parameters by the trainer's optimizer
/// and forgets the gradients. Several passes may add up before a step. What [#backward()] gives can be
/// added to the outputs of the learner of another model, from which this input came; that other one then
/// learns through this one.
///
/// The same calls give the same bits with any number of threads. Has threads of its own, which [#close]
/// ends. Belongs to one thread at a time.
public final class Learner implements AutoCloseable {
    private enum State {
        NOTHING,
        OUTPUTS,
        GRADIENTS_OF_OUTPUTS
    }

    private final Model model;
    private final Kernels kernels;
    private final long seed;
    private final float[] theta;
    private final float[] statistics;
    private final Tensor gradient;
    private final Executor executor;
    private final ParameterUpdate update;
    private final Rates rates;
    private State state = State.NOTHING;
    private boolean[] begun; // which outputs' gradients have been written since the last forward
    private long passes;
    private int added; // passes whose gradients have been added since the last step

    Learner(Model model, Plan plan, long seed, Kernels kernels) {
        this.model = model;
        this.kernels = kernels;
        this.seed = seed;
        this.theta = model.parameters().toArray();
        this.statistics = model.statistics().toArray();
        this.gradient = Tensor.zeros(Shape.of(theta.length));
        this.executor = model.network().executor(kernels, theta, statistics, gradient.array());
        this.executor.wantInputGradients(true);
        this.update = new ParameterUpdate(model.network().trained(), plan, theta, kernels);
        this.rates = plan.rates(0, 0);
        this.begun = new boolean[model.network().outputs().size()];
        beginEpoch(1);
    }

    private void beginEpoch(int number) {
        update.beginEpoch(number);
        rates.beginEpoch(number);
        executor.learnOnly(update.learning()::contains);
        Set<String> moving = model.network().statistics().stream()
                .filter(update::moves)
                .map(Parameter::name)
                .collect(Collectors.toSet());
        executor.measureOnly(moving::contains);
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
        state = State.NOTHING;
        for (Tensor input : inputs) {
            if (input.shape().rank() == 0 || input.rows() == 0) {
                throw new ShapeException("batch", "expects at least 1 row, got " + input.shape());
            }
        }
        executor.randomness(seed, ++passes, 0);
        List<Tensor> outputs = executor.forward(Mode.TRAIN, inputs);
        begun = new boolean[begun.length];
        state = State.OUTPUTS;
        return outputs;
    }

    /// Adds a loss of the only output to what this pass learns from: [#addLoss(int, Loss, Targets,
    /// double)] with a factor of 1.
    public double addLoss(Loss loss, Targets targets) {
        return addLoss(0, loss, targets, 1);
    }

    /// Adds a loss of an output, the mean over its rows, to what this pass learns from.
    ///
    /// Losses that take a softmax or sigmoid off the network's end when [Trainer#fit] trains expect one
    /// that ends without it here: their formula has it.
    /// @param output which output, from 0
    /// @param factor how much the loss counts, finite; below 0 it is to become large
    /// @return the mean loss of a row, times the factor
    /// @throws ShapeException if output and answers do not fit
    /// @throws ConfigException if network and loss contradict each other, or without a forward before
    /// @throws dev.neurite.error.DataException for a label that is no class of the model
    public double addLoss(int output, Loss loss, Targets targets, double factor) {
        requireOutputs();
        checkOutput(output);
        if (!Double.isFinite(factor)) {
            throw new ConfigException("factor of a loss", "expects a finite number, got " + factor);
        }
        int rows = executor.result(output).rows();
        if (targets.rows() != rows || targets.count() != 1) {
            throw new ShapeException(
                    "targets", "expects an answer for each of " + rows + " rows, got " + targets.rows());
        }
        Head head = Head.of(model, output, new Weighted(1, loss), targets);
        if (head.isFused()) {
            throw new ConfigException(
                    loss.toString(),
                    "expects a network that ends without " + head.fused() + " here",
                    "Leave it out: the loss has it in its formula");
        }
        Tensor delta = begun[output] ? executor.like(executor.result(output)) : executor.outputGradient(output);
        Tensor losses = executor.tensor(Shape.SCALAR);
        loss.compute(head.fused(), executor.result(output), targets, losses, delta, executor);
        double weight = 0;
        for (int row = 0; row < rows; row++) {
            weight += targets instanceof Targets.Labels labels ? loss.weight(labels.label(row)) : 1;
        }
        double share = weight == 0 ? 0 : factor / weight;
        kernels.scale((float) share, delta, delta);
        begin(output, delta);
        return share * kernels.sum(losses);
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
        requireOutputs();
        checkOutput(output);
        Tensor of = executor.result(output);
        if (!delta.shape().equals(of.shape())) {
            throw new ShapeException(
                    "gradient", "expects that of output " + of.shape() + ", got one of " + delta.shape());
        }
        if (begun[output]) {
            begin(output, delta);
            return;
        }
        Tensor to = executor.outputGradient(output);
        System.arraycopy(delta.array(), delta.offset(), to.array(), to.offset(), delta.size());
        begin(output, to);
    }

    private void begin(int output, Tensor delta) {
        if (begun[output]) {
            Tensor sum = executor.outputGradient(output);
            kernels.add(sum, delta, sum);
        }
        begun[output] = true;
        state = State.GRADIENTS_OF_OUTPUTS;
    }

    private void requireOutputs() {
        if (state == State.NOTHING) {
            throw new ConfigException("learner", "expects forward(…) before, whose outputs something is said of");
        }
    }

    private void checkOutput(int output) {
        if (output < 0 || output >= begun.length) {
            throw new ConfigException("output", "expects one from 0 to " + (begun.length - 1) + ", got " + output);
        }
    }

    /// Takes what was said of the outputs back through the network: adds to the gradients of the
    /// parameters.
    /// @return the gradient with respect to the first input, of its shape; valid until the next forward
    /// @throws ConfigException unless something was said of outputs since the last forward
    public Tensor backward() {
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
        return executor.inputGradient(0);
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
        return executor.inputGradient(input);
    }

    // --------------------------------------------------------------------------------------------------------- a step

    /// Changes the parameters by the gradients that were added since the last step, and forgets them:
    /// with the trainer's optimizer, schedule, groups, clipping and averaging. Running statistics change
    /// with it.
    /// @throws ConfigException if no gradients were added
    /// @throws DivergedException if a gradient is no number, before anything has changed
    public void step() {
        if (added == 0) throw new ConfigException("learner", "expects backward() before step()");
        if (!kernels.isFinite(gradient)) {
            throw new DivergedException(
                    "training, step " + (steps() + 1),
                    "expects gradients that are numbers, got infinite ones or NaN",
                    "Nothing was updated by this step. Try a smaller learning rate");
        }
        rates.next(steps());
        update.apply(gradient.array(), 1, rates.rate(), rates.momentum(), false);
        executor.commitStatistics();
        added = 0;
    }

    /// Forgets the gradients that were added since the last step, and what its passes have measured:
    /// after a pass that was taken for the gradient of its input alone.
    public void forget() {
        executor.forgetStatistics();
        added = 0;
    }

    /// An epoch has ended, and the next one begins: as [TrainingSession#endEpoch()].
    public void endEpoch() {
        update.endEpoch();
        beginEpoch(update.epoch() + 1);
    }

    /// The number of steps taken.
    public long steps() {
        return update.steps();
    }

    /// The gradients of the parameters that were added since the last step, in their order: a copy,
    /// zeros if there are none.
    public Parameters gradients() {
        float[] values = added == 0 ? new float[theta.length] : gradient.toArray();
        return Parameters.of(model.parameters().parts(), values);
    }

    /// The model as it is now, with the mean of its parameters where one is kept ([Trainer#average]): a
    /// copy, which later steps do not change.
    public Model model() {
        return modelWith(update.result());
    }

    /// The model as the last step left it: a copy, which later steps do not change.
    public Model last() {
        return modelWith(theta);
    }

    private Model modelWith(float[] values) {
        return model.with(Parameters.of(model.parameters().parts(), values))
                .withStatistics(Parameters.of(model.statistics().parts(), statistics));
    }

    /// Ends the threads. A pass after that computes on its caller's thread alone.
    @Override
    public void close() {
        kernels.close();
    }
}
