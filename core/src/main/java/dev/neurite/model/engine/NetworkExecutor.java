package dev.neurite.model.engine;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Executor;
import dev.neurite.model.Footprint;
import dev.neurite.model.Inspection;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.Pass;
import dev.neurite.model.PassObserver;
import dev.neurite.model.Profiler;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The [Executor] of a network.
public final class NetworkExecutor implements Executor {
    private final Kernels kernels;
    private final BoundNetwork bound;
    private final PassValues values = new PassValues();
    private final Gradients gradients;
    private final NodePass pass;
    private final LayerProfiler profiler = new LayerProfiler();

    private IntPredicate wantsInput = _ -> false;
    private boolean accumulates;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private @Nullable PassValue[] outputGradients = {}; // written by the driver; null for those that it did not ask for

    /// @param weights the values of each parameter
    /// @param running the values of all running statistics; only [#commitStatistics] writes to them
    /// @param kept the parameters that have a place in `gradient`; all that are trained are among them
    /// @param gradient the array for their gradients; empty for none
    public NetworkExecutor(
            Network network,
            Kernels kernels,
            List<PackedWeights> weights,
            float[] running,
            List<Parameter> kept,
            float[] gradient) {
        this(kernels, new BoundNetwork(network, kernels, weights, running, kept, gradient));
    }

    NetworkExecutor(Kernels kernels, BoundNetwork bound) {
        this.kernels = kernels;
        this.bound = bound;
        this.gradients = new Gradients(kernels, values);
        this.pass = new NodePass(kernels, bound, values, gradients);
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    // ---------------------------------------------------------------------------------------------------- settings

    @Override
    public void wantInputGradients(IntPredicate wanted) {
        wantsInput = wanted;
    }

    @Override
    public void gradientsInto(float[] array) {
        bound.gradientsInto(array);
    }

    @Override
    public void accumulate(boolean accumulate) {
        accumulates = accumulate;
    }

    @Override
    public void trainOnly(Predicate<String> names) {
        bound.trainOnly(names);
    }

    @Override
    public void updateStatisticsOnly(Predicate<String> names) {
        bound.updateStatisticsOnly(names);
    }

    @Override
    public void randomness(long seed, long step, int firstRow) {
        pass.randomness(seed, step, firstRow);
    }

    @Override
    public void fillBuffersWithNaN() {
        values.poison();
    }

    @Override
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

    @Override
    public void inspect() {
        pass.inspect(new Inspector());
    }

    @Override
    public Inspection inspection(float[] gradient) {
        Inspector notes = pass.inspector();
        if (notes == null) throw new ConfigException("inspection", "expects inspect() before");
        pass.inspect(null);
        return notes.inspection(gradient, bound.kept);
    }

    @Override
    public void observe(PassObserver observer) {
        pass.watch(new LayerWatch(observer, pass.meter()));
    }

    @Override
    public void observeNoMore() {
        pass.watch(null);
    }

    @Override
    public Profiler profiler() {
        return profiler;
    }

    @Override
    public void profile() {
        pass.meter().profile(profiler);
        bound.root.addTo(profiler);
    }

    // ----------------------------------------------------------------------------------------------------- forward

    @Override
    public Tensor forward(Mode mode, Tensor x) {
        int count = bound.root.built.outputs().size();
        if (count != 1) throw new ShapeException("network", "expects to have 1 output here, has " + count);
        begin(mode, 1);
        admit(x);
        outputs.add(pass.inLayout(pass.run(bound.root, x), Layout.ROW_MAJOR));
        return outputs.getFirst();
    }

    @Override
    public List<Tensor> forward(Mode mode, List<Tensor> in) {
        begin(mode, in.size());
        for (Tensor x : in) admit(x);
        for (Tensor y : pass.run(bound.root, List.copyOf(in))) outputs.add(pass.inLayout(y, Layout.ROW_MAJOR));
        return List.copyOf(outputs);
    }

    private void begin(Mode mode, int count) {
        takeBack();
        inputs.clear();
        outputs.clear();
        values.begin(0);
        pass.begin(mode);
        if (count != bound.root.built.inputs().size()) {
            throw new ShapeException(
                    "network", "expects " + bound.root.built.inputs().size() + " inputs, got " + count);
        }
    }

    /// Checks and takes the next input.
    private void admit(Tensor x) {
        Shape got = x.shape();
        Shape expected = bound.root.built.inputs().get(inputs.size());
        if (got.rank() == 0 || !expected.accepts(got.row())) {
            throw new ShapeException("input", "expects rows of " + expected + ", got a batch " + got);
        }
        if (x.lengths().size() > 0 && (expected.isKnown() || expected.extent(0) != Shape.OPEN)) {
            throw new ShapeException(
                    "input", "expects padded sequences only where the first axis of a row is open, got " + expected);
        }
        int index = inputs.size();
        boolean wanted = wantsInput.test(index);
        if (values.knows(x) && (wanted || values.of(x).wanted())) {
            throw new ConfigException("input " + index, "expects a tensor of its own, got the same one twice");
        }
        if (inputs.isEmpty()) {
            values.begin(x.rows());
            pass.meter().rows(x.rows());
        } else if (x.rows() != inputs.getFirst().rows()) {
            throw new ShapeException("input", "expects as many rows in every input, got " + got);
        }
        values.input(x, got.row(), wanted);
        inputs.add(x);
    }

    @Override
    public Tensor result(int output) {
        return outputs.get(output);
    }

    @Override
    public Pass pass() {
        return pass;
    }

    @Override
    public Tensor like(Tensor x) {
        return pass.like(x);
    }

    // ---------------------------------------------------------------------------------------------------- backward

    @Override
    public Tensor outputGradient(int output) {
        if (outputGradients.length != outputs.size()) outputGradients = new PassValue[outputs.size()];
        PassValue known = outputGradients[output];
        if (known == null) {
            known = values.take(values.of(outputs.get(output)).row, Layout.ROW_MAJOR);
            outputGradients[output] = known;
        }
        return known.tensor;
    }

    @Override
    public void backward(IntConsumer done) {
        bound.beginBackward(accumulates);
        for (int i = 0; i < outputGradients.length; i++) {
            PassValue gradient = outputGradients[i];
            outputGradients[i] = null;
            if (gradient != null) gradients.contribute(values.of(outputs.get(i)), gradient);
        }
        pass.tape().goBack(bound.finalGradients(), done);
    }

    @Override
    public Tensor inputGradient(int input) {
        PassValue value = values.of(inputs.get(input));
        if (!value.wanted()) {
            throw new ConfigException(
                    "input " + input, "expects wantInputGradients(…) with this input before the forward pass");
        }
        return gradients.of(value).tensor;
    }

    // ---------------------------------------------------------------------------------------------------- sessions

    /// Makes later passes those of a session, with states of their own.
    /// @param most the network's root, built for the most steps
    /// @param past the number of steps that each row had before a pass, `[rows]`
    /// @param wholes the nodes of the network, by identity, that depend on no input that comes in parts: they
    /// run in the first pass, over whole sequences, and their outputs are kept
    /// @return the floats of all states, and of the outputs that are kept
    public long beginSession(BuiltNode most, Tensor past, Set<BuiltNode> wholes) {
        pass.ofSession(past);
        return bound.root.begin(most, past.rows(), wholes);
    }

    /// Sets the states of a session to zeros.
    public void clearStates() {
        bound.root.clearStates();
    }

    /// Copies states from rows of another session of this network.
    /// @param at the row that gets the first of them
    public void copyStates(NetworkExecutor from, int[] rows, int at) {
        bound.root.copyStates(from.bound.root, rows, at);
    }

    /// Takes over the outputs that are kept, of rows of another session of this network.
    public void copyKept(NetworkExecutor from, int[] rows) {
        bound.root.copyKept(from.bound.root, rows);
    }

    // -------------------------------------------------------------------------------------------------- statistics

    @Override
    public void commitStatistics() {
        bound.commitStatistics();
    }

    @Override
    public void takeStatistics(float[] sums, int from, int[] requests) {
        bound.takeStatistics(sums, from, requests);
    }

    @Override
    public void commitStatistics(float[] sums, int from, int[] requests) {
        bound.commitStatistics(sums, from, requests);
    }

    @Override
    public void forgetStatistics() {
        bound.forgetStatistics();
    }

    // ------------------------------------------------------------------------------------------------------ memory

    @Override
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

    @Override
    public int buffersInUse() {
        return values.buffers().inUse();
    }

    @Override
    public long bufferFloats() {
        return values.buffers().floats();
    }

    /// The largest number of floats of buffers in use at once, for each row of the batch.
    long mostInUse() {
        return values.buffers().mostInUse();
    }

    /// The memory that passes like those so far need, for any number of rows: buffers, and the
    /// tensors in which gradients of parameters are computed before they are added.
    Footprint footprint() {
        Footprint buffers = values.buffers().footprint();
        return new Footprint(buffers.floatsARow(), buffers.floatsABatch() + bound.laterFloats(), 0);
    }
}
