package dev.neurite.model;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Runs batches through a network, forward and, where gradients are wanted, backward. What nodes see of it
/// is [Pass].
///
/// A step is: [#forward], write ∂loss/∂output into [#outputGradient], [#backward]; the gradients of the
/// parameters then stand in the array given at the start. Everything a step hands out is valid until the
/// next `forward`. An executor keeps its buffers from step to step and belongs to one thread at a time.
public final class Executor implements Pass {
    private final Kernels kernels;
    private final int gradientLength;
    private final boolean learns;
    private final BoundNode root;
    private final List<Parameter> parts;
    private final ParameterSlot[] slots; // arrays: looping over a list leaves iterators on the heap, even after C2
    private final Map<String, ParameterSlot> byPath = new HashMap<>();
    private final RunningStatistic[] statistics;
    private final Map<String, RunningStatistic> statisticsByPath = new HashMap<>();

    private final Values values = new Values();
    private final List<TapeEntry> tape = new ArrayList<>();
    private int taped;

    private Mode mode = Mode.PREDICT;
    private boolean wantsInputs;
    private boolean accumulates;
    private long seed;
    private long step;
    private long firstRow;
    private int noises; // of this pass
    private @Nullable Inspector inspector;
    private @Nullable Profiler asked;
    private @Nullable Profiler profiler; // of this pass

    private boolean forgets; // whether nothing is recorded, as it will be run again
    private boolean repeats; // whether it is run again

    private BoundNode scope;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();

    private final List<Tensor> dys = new ArrayList<>();
    private final List<Tensor> dxs = new ArrayList<>();
    private final List<Value> seeds = new ArrayList<>(); // the gradients of the outputs, while the driver writes them
    private final Gradients gradients;
    private final IdentityHashMap<float[], Tensor[]> targets =
            new IdentityHashMap<>(); // the parts of each gradient array so far

    /// @param weights the numbers of each part
    /// @param gradient where gradients of the parts go, flat like the parts; empty for none
    /// @param running the numbers of each statistic
    Executor(
            BuiltNode site,
            List<Parameter> parts,
            Kernels kernels,
            List<PackedWeights> weights,
            float[] gradient,
            List<Parameter> statistics,
            float[] running) {
        this.kernels = kernels;
        this.gradients = new Gradients(kernels, values);
        this.gradientLength = gradient.length;
        this.learns = gradientLength > 0;
        this.parts = parts;
        this.slots = new ParameterSlot[parts.size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new ParameterSlot(weights.get(i), Gradients.NOTHING);
            byPath.put(parts.get(i).name(), slots[i]);
        }
        this.statistics = new RunningStatistic[statistics.size()];
        for (int i = 0; i < this.statistics.length; i++) {
            Parameter part = statistics.get(i);
            this.statistics[i] = new RunningStatistic(part.name(), Tensor.view(part.shape(), running, part.offset()));
            statisticsByPath.put(part.name(), this.statistics[i]);
        }
        if (learns) gradientsInto(gradient);
        this.root = scopeOf(site);
        this.scope = root;
    }

    private BoundNode scopeOf(BuiltNode site) {
        Map<String, ParameterSlot> own = new HashMap<>();
        site.parameters.forEach((name, parameter) -> own.put(name, requireNonNull(byPath.get(parameter.name()))));
        Map<String, RunningStatistic> measured = new HashMap<>();
        site.statistics.forEach((name, part) -> measured.put(name, requireNonNull(statisticsByPath.get(part.name()))));
        return new BoundNode(
                site, own, measured, site.children.stream().map(this::scopeOf).toList());
    }

    // ------------------------------------------------------------------------------------------- what a driver says

    /// Also gives gradients of the inputs from now on, see [#inputGradient].
    public void wantInputGradients(boolean wanted) {
        wantsInputs = wanted;
    }

    /// From now on gradients of the parameters go to this array.
    /// @param array as long as the one given at the start
    public void gradientsInto(float[] array) {
        if (array.length != gradientLength) {
            throw new ShapeException("gradients", "expects an array of " + gradientLength + ", got " + array.length);
        }
        Tensor[] known = targets.get(array);
        if (known == null) {
            known = parts.stream()
                    .map(part -> Tensor.view(part.shape(), array, part.offset()))
                    .toArray(Tensor[]::new);
            targets.put(array, known);
        }
        for (int i = 0; i < slots.length; i++) slots[i].gradient = known[i];
    }

    /// From now on adds gradients to what the gradient array holds, instead of replacing it.
    public void accumulate(boolean accumulate) {
        accumulates = accumulate;
    }

    /// From now on nobody wants the gradients of parameters that do not pass; they are zeros.
    public void trainOnly(Predicate<String> names) {
        byPath.forEach((name, slot) -> slot.learns = names.test(name));
    }

    /// From now on running statistics that do not pass stay as they are, and a node with none that moves runs as when
    /// predicting: its batches are normalized as those to come will be.
    public void updateStatisticsOnly(Predicate<String> names) {
        statisticsByPath.forEach((name, statistic) -> statistic.moves = names.test(name));
        root.settle();
    }

    /// What the noise of the passes from now on depends on, see [Pass#noise]. Passes with the same numbers have
    /// the same noise; without this call all are 0.
    /// @param ofTraining the seed
    /// @param number of the step
    /// @param firstRowOfPass where in the step's batch the rows of the pass begin
    public void randomness(long ofTraining, long number, int firstRowOfPass) {
        seed = ofTraining;
        step = number;
        firstRow = firstRowOfPass;
    }

    /// The step is over: running statistics become what nodes have asked for since the last commit, see
    /// [Pass#update].
    public void commitStatistics() {
        for (RunningStatistic statistic : statistics) statistic.commit(kernels);
    }

    /// Forgets what nodes have asked for since the last commit.
    public void forgetStatistics() {
        for (RunningStatistic statistic : statistics) statistic.forget();
    }

    /// Fills every buffer with NaN before it is handed out, to find a node that reads what it has not written.
    public void fillBuffersWithNaN() {
        values.poison();
    }

    /// Notes everything that happens inside from now on, see [#inspection]. Slower, with the same bits.
    public void inspect() {
        inspector = new Inspector();
    }

    /// What was noted since [#inspect], which ends with this.
    /// @param gradient the gradients of the parameters to report, of the same layout as they; empty for none
    public Inspection inspection(float[] gradient) {
        Inspector notes = inspector;
        if (notes == null) throw new ConfigException("inspection", "expects inspect() before");
        inspector = null;
        return notes.inspection(gradient);
    }

    /// Lets this profiler measure every layer from now on, forward and backward, with the same bits.
    public void profile(Profiler by) {
        asked = by;
        root.addTo(by);
    }

    /// Runs a batch through a network with one input and one output.
    /// @param x one row an example
    public Tensor forward(Mode mode, Tensor x) {
        int count = root.site.out.size();
        if (count != 1) throw new ShapeException("network", "expects to have 1 output here, has " + count);
        begin(mode, 1);
        admit(x);
        outputs.add(run(root, x));
        return outputs.getFirst();
    }

    /// Runs a batch through the network.
    /// @param in a tensor for each input, all with the same number of rows
    /// @throws ShapeException if they do not fit
    public List<Tensor> forward(Mode mode, List<Tensor> in) {
        begin(mode, in.size());
        for (Tensor x : in) admit(x);
        outputs.addAll(run(root, List.copyOf(in)));
        return List.copyOf(outputs);
    }

    private void begin(Mode passMode, int count) {
        reset();
        inputs.clear();
        outputs.clear();
        mode = passMode;
        noises = 0;
        values.begin(0);
        profiler = Profiler.ofPass(asked);
        if (count != root.site.in.size()) {
            throw new ShapeException("network", "expects " + root.site.in.size() + " inputs, got " + count);
        }
    }

    /// Takes the next input.
    private void admit(Tensor x) {
        Shape got = x.shape();
        Shape expected = root.site.in.get(inputs.size());
        if (got.rank() == 0 || !expected.accepts(got.row())) {
            throw new ShapeException("input", "expects rows of " + expected + ", got a batch " + got);
        }
        if (wantsInputs && values.knows(x)) {
            throw new ConfigException("input " + inputs.size(), "expects a tensor of its own, got the same one twice");
        }
        if (inputs.isEmpty()) values.begin(x.rows());
        else if (x.rows() != inputs.getFirst().rows()) {
            throw new ShapeException("input", "expects as many rows in every input, got " + got);
        }
        values.input(x, got.row(), wantsInputs);
        inputs.add(x);
    }

    /// What the last forward gave.
    public Tensor result(int output) {
        return outputs.get(output);
    }

    private int rows() {
        return inputs.isEmpty() ? 0 : inputs.getFirst().rows();
    }

    /// Where the driver writes ∂loss/∂output before [#backward]; it must be written whole.
    public Tensor outputGradient(int output) {
        while (seeds.size() < outputs.size()) seeds.add(values.take(values.of(outputs.get(seeds.size())).row));
        return seeds.get(output).tensor;
    }

    /// Takes the gradients back through everything that was recorded.
    public void backward() {
        for (ParameterSlot slot : slots) slot.written = accumulates;
        for (int i = 0; i < seeds.size(); i++) gradients.contribute(values.of(outputs.get(i)), seeds.get(i));
        seeds.clear();
        goBack(0);
        for (ParameterSlot slot : slots) {
            if (learns && !slot.written) kernels.fill(0, slot.gradient);
        }
    }

    /// ∂loss/∂input after [#backward], if [#wantInputGradients] was said before the forward.
    public Tensor inputGradient(int input) {
        Value value = values.of(inputs.get(input));
        if (!wantsInputs) throw new ConfigException("input gradient", "expects wantInputGradients(true) before");
        return gradients.of(value).tensor;
    }

    /// Takes all buffers back; what the last step handed out is rubbish from now on.
    public void reset() {
        for (int i = 0; i < taped; i++) tape.get(i).forget();
        taped = 0;
        dys.clear();
        dxs.clear();
        gradients.reset();
        seeds.clear();
        values.reset();
        forgets = false;
        repeats = false;
        scope = root;
        for (ParameterSlot slot : slots) slot.handedOut = null;
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
        long scratch = 0;
        for (ParameterSlot slot : slots) scratch += slot.scratch == null ? 0 : slot.scratch.size();
        return new Footprint(buffers.floatsARow(), buffers.floatsABatch() + scratch);
    }

    // ------------------------------------------------------------------------------------------------ what nodes see

    @Override
    public Mode mode() {
        return scope.site.frozen || scope.still ? Mode.PREDICT : mode;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public Noise noise() {
        return Noise.of(seed, step, noises++, firstRow);
    }

    @Override
    public Tensor parameter(String name) {
        return slot(name).weights.values();
    }

    @Override
    public PackedWeights weights(String name) {
        return slot(name).weights;
    }

    @Override
    public boolean wants(String parameter) {
        return learns && !scope.site.frozen && slot(parameter).learns;
    }

    @Override
    public boolean wants(Tensor x) {
        return values.of(x).wanted;
    }

    @Override
    public Tensor gradient(String name) {
        ParameterSlot slot = slot(name);
        Tensor target = slot.handedOut;
        if (target == null) {
            target = slot.written ? slot.scratch() : slot.gradient;
            slot.handedOut = target;
        }
        return target;
    }

    @Override
    public Tensor statistic(String name) {
        return running(name).value;
    }

    @Override
    public void update(String name, Tensor next) {
        RunningStatistic statistic = running(name);
        if (mode() == Mode.TRAIN && statistic.moves && !repeats) statistic.ask(next, kernels);
    }

    private RunningStatistic running(String name) {
        RunningStatistic statistic = scope.statistics.get(name);
        if (statistic == null) {
            throw new ConfigException(
                    path(),
                    "expects a running statistic that it declared, " + scope.statistics.keySet() + ", got '" + name
                            + "'");
        }
        return statistic;
    }

    private ParameterSlot slot(String name) {
        ParameterSlot slot = scope.slots.get(name);
        if (slot == null) {
            throw new ConfigException(
                    path(), "expects a parameter that it declared, " + scope.slots.keySet() + ", got '" + name + "'");
        }
        return slot;
    }

    private String path() {
        return scope.site.path.isEmpty() ? "network" : scope.site.path;
    }

    @Override
    public Tensor output(int index) {
        return values.takeOwned(scope.site.out.get(index)).tensor;
    }

    @Override
    public Tensor like(Tensor x) {
        Value like = values.of(x);
        return (like.single ? values.takeSingle(like.row) : values.takeOwned(like.row)).tensor;
    }

    @Override
    public Tensor tensor(Shape row) {
        return values.takeOwned(row).tensor;
    }

    @Override
    public Tensor batchTensor(Shape shape) {
        return values.takeSingle(shape).tensor;
    }

    @Override
    public Tensor view(Tensor x) {
        return view(x, scope.site.out.getFirst());
    }

    @Override
    public Tensor view(Tensor x, Shape row) {
        Value source = values.of(x);
        Value view = values.view(source, row);
        if (source.wanted) record(source, view);
        return view.tensor;
    }

    @Override
    public Tensor backward(Tensor x, Tensor y, Backward closure) {
        Value in = values.of(x);
        if (!in.wanted && !learnsHere()) return y;
        TapeEntry entry = record(in, values.of(y));
        if (entry != null) entry.unary = closure;
        return y;
    }

    @Override
    public Tensor backwardInPlace(Tensor x, Tensor y, Backward closure) {
        int before = taped;
        backward(x, y, closure);
        if (taped > before) tape.get(before).inPlace = inspector == null; // who looks sees dy as it came
        return y;
    }

    @Override
    public List<Tensor> backwardInPlace(List<Tensor> in, Tensor y, BackwardMany closure) {
        int before = taped;
        List<Tensor> out = backward(in, List.of(y), closure);
        if (taped > before) tape.get(before).inPlace = inspector == null; // who looks sees dy as it came
        return out;
    }

    @Override
    public Tensor backwardAdding(Tensor x, Tensor y, Backward closure) {
        int before = taped;
        backward(x, y, closure);
        if (taped > before) tape.get(before).adds = true;
        return y;
    }

    @Override
    public Tensor earlier() {
        return gradients.earlier();
    }

    @Override
    public List<Tensor> backward(List<Tensor> in, List<Tensor> out, BackwardMany closure) {
        boolean wanted = learnsHere();
        for (Tensor x : in) wanted |= values.of(x).wanted;
        if (wanted && forgets) {
            for (Tensor y : out) values.of(y).wanted = true;
        } else if (wanted) {
            TapeEntry entry = entry();
            entry.many = closure;
            for (Tensor x : in) holds(entry, values.of(x));
            for (Tensor y : out) {
                Value value = values.of(y);
                value.wanted = true;
                entry.out.add(value);
            }
        }
        return out;
    }

    private boolean learnsHere() {
        if (!learns || scope.site.frozen) return false;
        for (ParameterSlot slot : scope.allSlots) {
            if (slot.learns) return true;
        }
        return false;
    }

    /// Null where nothing is recorded.
    private @Nullable TapeEntry record(Value in, Value out) {
        if (in == out)
            throw new ConfigException(path(), "expects an output of its own, got its input " + in.tensor.shape());
        out.wanted = true;
        if (forgets) return null;
        TapeEntry entry = entry();
        holds(entry, in);
        entry.out.add(out);
        return entry;
    }

    /// A closure may read its inputs, so the tape owns them too until it has run.
    private void holds(TapeEntry entry, Value in) {
        Values.retain(in);
        entry.owned.add(in);
        entry.in.add(in);
    }

    private TapeEntry entry() {
        if (taped == tape.size()) tape.add(new TapeEntry());
        TapeEntry entry = tape.get(taped++);
        entry.scope = scope;
        Inspector watching = inspector;
        if (watching != null) entry.number = watching.upcoming();
        return entry;
    }

    @Override
    public Tensor apply(int child, Tensor x) {
        return run(scope.children.get(child), x);
    }

    @Override
    public List<Tensor> apply(int child, List<Tensor> in) {
        return run(scope.children.get(child), in);
    }

    @Override
    public List<Tensor> recompute(int child, List<Tensor> in) {
        if (forgets || inspector != null) return apply(child, in); // who looks sees each layer once
        int drawn = noises;
        forgets = true;
        List<Tensor> out = apply(child, in);
        forgets = false;
        boolean wanted = false;
        for (Tensor y : out) wanted |= values.of(y).wanted;
        if (!wanted) return out;
        TapeEntry entry = entry();
        entry.child = child;
        entry.noises = drawn;
        for (Tensor x : in) holds(entry, values.of(x));
        for (Tensor y : out) entry.out.add(values.of(y));
        return out;
    }

    @Override
    public void release(Tensor x) {
        values.release(values.of(x));
    }

    @Override
    public boolean inspecting() {
        return inspector != null;
    }

    @Override
    public void observe(String what, Tensor value) {
        Inspector watching = inspector;
        if (watching != null) watching.observe(scope.site.path, what, value);
    }

    // -------------------------------------------------------------------------------------------- running one node

    private List<Tensor> run(BoundNode inner, List<Tensor> in) {
        BoundNode outer = scope;
        int outerActivation = values.enter();
        int firstEntry = taped;
        scope = inner;
        Profiler clock = profiler == null || inner.onlyWires() ? null : profiler;
        OpTimer before = clock == null ? inner.forward : clock.enter(inner.forward, inner.isLeaf());
        List<Tensor> out = inner.site.node.forward(in, this);
        if (clock != null) measured(clock, before, firstEntry, in, out);
        show(inner, in, out);
        values.leave(outerActivation, out, taped > firstEntry ? tape.get(firstEntry) : null);
        scope = outer;
        return out;
    }

    /// The same without lists.
    private Tensor run(BoundNode inner, Tensor x) {
        BoundNode outer = scope;
        int outerActivation = values.enter();
        int firstEntry = taped;
        scope = inner;
        Profiler clock = profiler == null || inner.onlyWires() ? null : profiler;
        OpTimer before = clock == null ? inner.forward : clock.enter(inner.forward, inner.isLeaf());
        Tensor y = inner.site.node.forward(x, this);
        if (clock != null) measured(clock, before, firstEntry, List.of(x), List.of(y));
        if (inspector != null) show(inner, List.of(x), List.of(y));
        values.leave(outerActivation, y, taped > firstEntry ? tape.get(firstEntry) : null);
        scope = outer;
        return y;
    }

    /// The node that is running has given its outputs: says what that took, and what going back will take.
    private void measured(Profiler clock, OpTimer before, int firstEntry, List<Tensor> in, List<Tensor> out) {
        clock.leave(before);
        boolean computes = scope.isLeaf() && !handedOn(in, out); // a container's tensors are its children's
        long parameters = scope.parameters();
        long learned = learnsHere() ? parameters : 0;
        long inputFloats = 0;
        long wanted = 0;
        for (Tensor x : in) {
            inputFloats += computes ? x.size() : 0;
            wanted += computes && values.of(x).wanted ? x.size() : 0;
        }
        long outputFloats = 0;
        for (Tensor y : out) outputFloats += computes ? y.size() : 0;
        int rows = rows();
        long flops = 2 * scope.site.multiplications * rows;
        long bytes = 4 * (inputFloats + parameters + outputFloats);
        clock.count(scope.forward, true, rows, flops, bytes);
        for (int i = firstEntry; i < taped; i++) {
            TapeEntry entry = tape.get(i);
            if (entry.scope != scope) continue;
            entry.first = true;
            entry.flops = (learned > 0 ? flops : 0) + (wanted > 0 ? flops : 0);
            entry.bytes = bytes + 4 * (learned + wanted);
            return;
        }
    }

    /// Whether a node's output is its input, perhaps under another shape.
    private boolean handedOn(List<Tensor> in, List<Tensor> out) {
        return in.size() == 1 && out.size() == 1 && values.of(in.getFirst()).base == values.of(out.getFirst()).base;
    }

    private void show(BoundNode inner, List<Tensor> in, List<Tensor> out) {
        Inspector watching = inspector;
        if (watching != null && inner.site.children.isEmpty()) watching.ran(inner.site, in, out);
    }

    // ------------------------------------------------------------------------------------------------ going back

    /// Takes the gradients back until so many records are left.
    private void goBack(int left) {
        while (taped > left) {
            TapeEntry entry = tape.get(taped - 1);
            if (Gradients.reach(entry)) {
                if (entry.child >= 0) runAgain(entry);
                else if (entry.unary == null && entry.many == null) handThrough(entry);
                else runClosure(entry);
            }
            for (int i = 0; i < entry.owned.size(); i++) values.drop(entry.owned.get(i));
            entry.forget();
            taped--;
        }
    }

    /// Computes what nothing was recorded of, on top of the tape, and goes back through it, as if it had stood there.
    private void runAgain(TapeEntry entry) {
        BoundNode outer = scope;
        scope = requireNonNull(entry.scope);
        int outerActivation = values.enter();
        int left = taped;
        int drawn = noises;
        noises = entry.noises;
        repeats = true;
        List<Tensor> out = run(
                scope.children.get(entry.child),
                entry.in.stream().map(each -> each.tensor).toList());
        repeats = false;
        noises = drawn;
        for (int i = 0; i < out.size(); i++) gradients.move(entry.out.get(i), values.of(out.get(i)));
        goBack(left);
        values.leave(outerActivation);
        scope = outer;
    }

    private void runClosure(TapeEntry entry) {
        BoundNode outer = scope;
        scope = requireNonNull(entry.scope);
        Profiler clock = profiler;
        OpTimer before = clock == null ? scope.backward : clock.enter(scope.backward, true);
        int outerActivation = values.enter();
        for (int i = 0; i < entry.out.size(); i++) dys.add(gradients.of(entry.out.get(i)).tensor);
        for (int i = 0; i < entry.in.size(); i++) dxs.add(gradients.target(entry, entry.in.get(i)));
        Inspector watching = inspector;
        if (watching != null && scope.site.children.isEmpty()) watching.goesBack(entry.number, dys.getFirst());
        if (entry.unary != null) entry.unary.run(dys.getFirst(), dxs.getFirst());
        else if (entry.many != null) entry.many.run(dys, dxs);
        gradients.settle(entry);
        for (ParameterSlot slot : scope.allSlots) slot.settle(kernels);
        values.leave(outerActivation);
        dys.clear();
        dxs.clear();
        if (clock != null) {
            clock.leave(before);
            clock.count(scope.backward, entry.first, rows(), entry.flops, entry.bytes);
        }
        scope = outer;
    }

    /// A view's gradient is its source's gradient under another shape.
    private void handThrough(TapeEntry entry) {
        Inspector watching = inspector;
        if (watching != null) watching.goesBack(entry.number, gradients.of(entry.out.getFirst()).tensor);
        gradients.handThrough(entry);
    }
}
