package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Runs batches through a network, forward and, where gradients are wanted, backward.
///
/// A step is: [#forward], write ∂loss/∂output into [#outputGradient], [#backward]; the gradients of the parameters
/// then stand in the array given at the start. Everything a step hands out is valid until the next `forward`. An
/// executor keeps its buffers from step to step and belongs to one thread at a time.
public final class Executor {
    private final Kernels kernels;
    private final BoundNetwork bound;
    private final Values values = new Values();
    private final Gradients gradients;
    private final NodePass pass;

    private boolean wantsInputs;
    private boolean accumulates;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private @Nullable Value[] outputGradients = {}; // while the driver writes them; null where it does not

    Executor(Kernels kernels, BoundNetwork bound) {
        this.kernels = kernels;
        this.bound = bound;
        this.gradients = new Gradients(kernels, values);
        this.pass = new NodePass(kernels, bound, values, gradients);
    }

    /// Arithmetic.
    public Kernels kernels() {
        return kernels;
    }

    // ---------------------------------------------------------------------------------------------------- settings

    /// Whether gradients of the inputs are computed too from now on, see [#inputGradient].
    public void wantInputGradients(boolean wanted) {
        wantsInputs = wanted;
    }

    /// From now on gradients of the parameters go to this array.
    /// @param array as long as the one given at the start
    public void gradientsInto(float[] array) {
        bound.gradientsInto(array);
    }

    /// From now on adds gradients to what the gradient array holds, instead of replacing it.
    public void accumulate(boolean accumulate) {
        accumulates = accumulate;
    }

    /// From now on computes gradients only of parameters whose name passes; those of others are zeros.
    public void trainOnly(Predicate<String> names) {
        bound.trainOnly(names);
    }

    /// From now on updates only running statistics whose name passes. A node that has some, but none that passes, runs
    /// as when predicting: its batches are normalized as later ones will be.
    public void updateStatisticsOnly(Predicate<String> names) {
        bound.updateStatisticsOnly(names);
    }

    /// What the noise of the passes from now on depends on, see [Pass#noise]. Passes with the same numbers have
    /// the same noise; without this call all are 0.
    /// @param seed of the training
    /// @param step its number
    /// @param firstRow where in the step's batch the rows of the pass begin
    public void randomness(long seed, long step, int firstRow) {
        pass.randomness(seed, step, firstRow);
    }

    /// Fills every buffer with NaN before it is handed out, to find a node that reads what it has not written.
    public void fillBuffersWithNaN() {
        values.poison();
    }

    /// The first layer whose output is not finite where these rows are predicted; the pass ends there.
    /// Empty if none.
    public Optional<String> firstNotFinite(List<Tensor> in) {
        pass.inspect(new NonFiniteFinder(kernels));
        try {
            forward(Mode.PREDICT, in);
            return Optional.empty();
        } catch (NonFiniteFinder.Found found) {
            return Optional.of(found.layer());
        } finally {
            pass.inspect(null);
            reset();
        }
    }

    /// Notes everything that happens inside from now on, see [#inspection]. Slower, with the same bits.
    public void inspect() {
        pass.inspect(new Inspector());
    }

    /// What was noted since [#inspect], which ends with this.
    /// @param gradient the gradients of the parameters to report, of the same layout as they; empty for none
    public Inspection inspection(float[] gradient) {
        Inspector notes = pass.inspector();
        if (notes == null) throw new ConfigException("inspection", "expects inspect() before");
        pass.inspect(null);
        return notes.inspection(gradient);
    }

    /// Lets this profiler measure every layer from now on, forward and backward, with the same bits.
    public void profile(Profiler by) {
        pass.meter().profile(by);
        bound.root.addTo(by);
    }

    // ----------------------------------------------------------------------------------------------------- forward

    /// Runs a batch through a network with one input and one output.
    /// @param x one row an example
    public Tensor forward(Mode mode, Tensor x) {
        int count = bound.root.built.out.size();
        if (count != 1) throw new ShapeException("network", "expects to have 1 output here, has " + count);
        begin(mode, 1);
        admit(x);
        outputs.add(pass.run(bound.root, x));
        return outputs.getFirst();
    }

    /// Runs a batch through the network.
    /// @param in a tensor for each input, all with the same number of rows
    /// @throws ShapeException if they do not fit
    public List<Tensor> forward(Mode mode, List<Tensor> in) {
        begin(mode, in.size());
        for (Tensor x : in) admit(x);
        outputs.addAll(pass.run(bound.root, List.copyOf(in)));
        return List.copyOf(outputs);
    }

    private void begin(Mode mode, int count) {
        takeBack();
        inputs.clear();
        outputs.clear();
        values.begin(0);
        pass.begin(mode);
        if (count != bound.root.built.in.size()) {
            throw new ShapeException("network", "expects " + bound.root.built.in.size() + " inputs, got " + count);
        }
    }

    /// Takes the next input.
    private void admit(Tensor x) {
        Shape got = x.shape();
        Shape expected = bound.root.built.in.get(inputs.size());
        if (got.rank() == 0 || !expected.accepts(got.row())) {
            throw new ShapeException("input", "expects rows of " + expected + ", got a batch " + got);
        }
        if (wantsInputs && values.knows(x)) {
            throw new ConfigException("input " + inputs.size(), "expects a tensor of its own, got the same one twice");
        }
        if (inputs.isEmpty()) {
            values.begin(x.rows());
            pass.meter().rows(x.rows());
        } else if (x.rows() != inputs.getFirst().rows()) {
            throw new ShapeException("input", "expects as many rows in every input, got " + got);
        }
        values.input(x, got.row(), wantsInputs);
        inputs.add(x);
    }

    /// An output of the last forward.
    public Tensor result(int output) {
        return outputs.get(output);
    }

    /// The pass that [#forward] began, for what computes with its tensors, such as a loss.
    public Pass pass() {
        return pass;
    }

    /// A tensor of the same shape as another of this pass.
    public Tensor like(Tensor x) {
        return pass.like(x);
    }

    // ---------------------------------------------------------------------------------------------------- backward

    /// Where the driver writes ∂loss/∂output before [#backward]; it must be written whole. An output whose gradient
    /// nobody asks for has none.
    public Tensor outputGradient(int output) {
        if (outputGradients.length != outputs.size()) outputGradients = new Value[outputs.size()];
        Value known = outputGradients[output];
        if (known == null) {
            known = values.take(values.of(outputs.get(output)).row);
            outputGradients[output] = known;
        }
        return known.tensor;
    }

    /// Takes the gradients back through everything that was recorded.
    public void backward() {
        bound.beginBackward(accumulates);
        for (int i = 0; i < outputGradients.length; i++) {
            Value gradient = outputGradients[i];
            outputGradients[i] = null;
            if (gradient != null) gradients.contribute(values.of(outputs.get(i)), gradient);
        }
        pass.tape().goBack(0);
        bound.endBackward();
    }

    /// ∂loss/∂input after [#backward], if [#wantInputGradients] was said before the forward.
    public Tensor inputGradient(int input) {
        Value value = values.of(inputs.get(input));
        if (!wantsInputs) throw new ConfigException("input gradient", "expects wantInputGradients(true) before");
        return gradients.of(value).tensor;
    }

    // -------------------------------------------------------------------------------------------------- statistics

    /// Ends a step: running statistics become what nodes have asked for since the last commit, see [Pass#update].
    public void commitStatistics() {
        bound.commitStatistics();
    }

    /// Forgets what nodes have asked for since the last commit.
    public void forgetStatistics() {
        bound.forgetStatistics();
    }

    // ------------------------------------------------------------------------------------------------------ memory

    /// Takes all buffers back, and forgets the tensors that came from outside; what the last step handed out is
    /// overwritten from now on.
    public void reset() {
        takeBack();
        inputs.clear();
        outputs.clear();
        values.forgetForeign();
    }

    private void takeBack() {
        pass.reset();
        gradients.reset();
        for (int i = 0; i < outputGradients.length; i++) outputGradients[i] = null;
        values.reset();
        bound.reset();
    }

    /// The number of buffers that are in use at this moment.
    public int buffersInUse() {
        return values.buffers().lent();
    }

    /// The memory of all buffers, in use or waiting to be, in floats.
    public long bufferFloats() {
        return values.buffers().floats();
    }

    /// The largest number of floats of buffers that were in use at once, for each row of the batch.
    long mostInUse() {
        return values.buffers().mostInUse();
    }

    /// What passes like those so far need, for any number of rows: [#bufferFloats] of them, and what is added to
    /// gradients of parameters that are used more than once.
    Footprint footprint() {
        Footprint buffers = values.buffers().footprint();
        return new Footprint(buffers.floatsARow(), buffers.floatsABatch() + bound.scratchFloats());
    }
}
