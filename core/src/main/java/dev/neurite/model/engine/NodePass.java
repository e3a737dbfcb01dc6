package dev.neurite.model.engine;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.DenseCall;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.model.Adapter;
import dev.neurite.model.Executor;
import dev.neurite.model.FusedActivation;
import dev.neurite.model.Mode;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pass as nodes see it. Runs nodes and their children, hands out buffers, and records on the tape.
final class NodePass implements Pass {
    private final Kernels kernels;
    private final BoundNetwork bound;
    private final PassValues values;
    private final Gradients gradients;
    private final Tape tape;
    private final PassMeter meter;

    private BoundNode node; // the running one
    private Layout layout = Layout.ROW_MAJOR; // of its first input
    private Mode mode = Mode.PREDICT;
    private long seed;
    private long step;
    private long firstRow;
    private Tensor past = Tensor.EMPTY; // of a session
    private boolean whole; // in a session, the running nodes depend on no input that comes in parts
    private int noises; // drawn in this pass
    private boolean checkpoints; // the running nodes will be recomputed: nothing is recorded
    private boolean recomputes; // nodes run for the second time
    private @Nullable Inspector inspector;
    private @Nullable LayerWatch asked;
    private @Nullable LayerWatch watch; // of this pass
    private final List<NodeActivation> activations = new ArrayList<>(); // reused by the next pass
    private int activationsInUse;

    /// The input of the running node, if it is one of neighbors that compute their last steps at once.
    private @Nullable Tensor joined;

    private final List<DenseCall> joint = new ArrayList<>(); // the last steps of those that have run

    NodePass(Kernels kernels, BoundNetwork bound, PassValues values, Gradients gradients) {
        this.kernels = kernels;
        this.bound = bound;
        this.values = values;
        this.gradients = gradients;
        this.tape = new Tape(this, values, gradients);
        this.meter = new PassMeter(values, bound.hasGradients);
        this.node = bound.root;
    }

    // ------------------------------------------------------------------------------ for the executor and the tape

    Tape tape() {
        return tape;
    }

    PassMeter meter() {
        return meter;
    }

    @Nullable
    Inspector inspector() {
        return inspector;
    }

    /// Shows all tensors to this inspector from now on; null for none.
    void inspect(@Nullable Inspector by) {
        inspector = by;
    }

    @Nullable
    LayerWatch watch() {
        return watch;
    }

    /// Shows outputs and δ of later passes to this watch; null for none.
    void watch(@Nullable LayerWatch by) {
        asked = by;
    }

    /// See [Executor#randomness].
    void randomness(long ofTraining, long number, int firstRowOfPass) {
        seed = ofTraining;
        step = number;
        firstRow = firstRowOfPass;
    }

    /// Lets later passes belong to a session.
    /// @param steps the number of steps that each row had before a pass, `[rows]`
    void ofSession(Tensor steps) {
        past = steps;
    }

    void begin(Mode passMode) {
        mode = passMode;
        noises = 0;
        meter.begin();
        watch = asked;
        if (watch != null) watch.begin();
        values.buffers().begin(isObserved());
    }

    void reset() {
        tape.reset();
        while (activationsInUse > 0)
            activations.get(--activationsInUse).begin(Activation.IDENTITY, Tensor.EMPTY, Tensor.EMPTY);
        whole = false;
        checkpoints = false;
        recomputes = false;
        node = bound.root;
        layout = Layout.ROW_MAJOR;
    }

    /// Makes this the running node.
    /// @return the node that ran before
    BoundNode enter(BoundNode next) {
        BoundNode before = node;
        node = next;
        return before;
    }

    /// Runs a child again for gradient checkpointing: records it, with the noise of the first time.
    List<Tensor> runAgain(TapeEntry entry) {
        int drawn = noises;
        noises = entry.noises;
        int ran = 0;
        if (watch != null) {
            ran = watch.next();
            watch.goOnWith(entry.number);
        }
        recomputes = true;
        List<Tensor> out =
                apply(entry.child, entry.in.stream().map(each -> each.tensor).toList());
        recomputes = false;
        noises = drawn;
        if (watch != null) watch.goOnWith(ran);
        return out;
    }

    // --------------------------------------------------------------------------------------------- running a node

    @Override
    public List<Tensor> apply(int child, List<Tensor> in) {
        BoundNode inner = node.children.get(child);
        if (inner.isWhole()) return kept(inner, in);
        List<Tensor> out = run(inner, in);
        return node.acceptsBlocks ? out : inRowMajor(out);
    }

    @Override
    public Tensor apply(int child, Tensor x) {
        BoundNode inner = node.children.get(child);
        if (inner.isWhole()) return kept(inner, List.of(x)).getFirst();
        Tensor y = run(inner, x);
        return node.acceptsBlocks ? y : inLayout(y, Layout.ROW_MAJOR);
    }

    /// The outputs of a node that depends on no input that comes in parts: computed once in a session, of whole
    /// sequences.
    private List<Tensor> kept(BoundNode inner, List<Tensor> in) {
        if (inner.kept().isEmpty()) {
            whole = true;
            List<Tensor> outputs = new ArrayList<>();
            for (Tensor y : inRowMajor(run(inner, in))) {
                Tensor lengths = lengths(y);
                outputs.add(lengths.size() == 0 ? y.copy() : y.copy().withLengths(lengths.copy()));
            }
            whole = false;
            inner.keep(outputs);
        }
        return inner.kept();
    }

    @Override
    public List<List<Tensor>> applyAll(int first, int end, List<Tensor> in) {
        List<List<Tensor>> results = new ArrayList<>(end - first);
        boolean alone = isObserved() || meter.measures() || recordsGradients() || in.size() != 1;
        try {
            for (int i = first; i < end; i++) {
                BoundNode inner = node.children.get(i);
                joined = !alone && inner.isLeaf() && !inner.isWhole() ? in.getFirst() : null;
                results.add(apply(i, in));
            }
            if (!joint.isEmpty()) kernels.dense(joint);
        } finally {
            joined = null;
            joint.clear();
        }
        return results;
    }

    @Override
    public void dense(Tensor x, PackedWeights w, Tensor b, Elementwise g, Tensor y) {
        if (isJoined(x) && (b.size() == 0 || !values.knows(b))) joint.add(new DenseCall(x, w, b, g, y));
        else kernels.dense(x, w, b, g, y);
    }

    /// Whether x is what neighbors of the running node read, too: a buffer of its own may be another's by then.
    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    private boolean isJoined(Tensor x) {
        Tensor of = joined;
        return of != null && x.array() == of.array() && x.offset() == of.offset() && x.size() == of.size();
    }

    @Override
    public Tensor applyToPositions(int child, Tensor x) {
        BoundNode inner = node.children.get(child);
        PassValue source = values.of(inLayout(x, Layout.ROW_MAJOR));
        if (source.lengths.size() > 0 && mode() == Mode.TRAIN && inner.hasStatistics()) {
            throw new ShapeException(
                    inner.path(),
                    "expects sequences of one length for running statistics of positions, got padded ones",
                    "Group the data by length, or use layers without running statistics, such as group norm");
        }
        PassValue rows = values.view(source, source.row.row());
        if (source.wanted()) record(source, rows);
        int outer = values.positions(rows.positions);
        Tensor y = inLayout(run(inner, rows.tensor), Layout.ROW_MAJOR);
        values.positions(outer);
        return view(y);
    }

    List<Tensor> run(BoundNode inner, List<Tensor> given) {
        BoundNode outer = enter(inner);
        int outerFrame = values.enter();
        int first = tape.size();
        OpTimer before = meter.enterForward(inner);
        List<Tensor> in = inner.takes(given) ? given : inRowMajor(given);
        Layout outerLayout = layout;
        layout = in.isEmpty() ? Layout.ROW_MAJOR : in.getFirst().layout();
        inner.begin(in);
        boolean padded = isPadded(inner, in);
        List<Tensor> out = forward(inner, in);
        if (padded) for (int i = 0; i < out.size(); i++) inheritLengths(inner, i, in, out.get(i));
        layout = outerLayout;
        if (before != null) meter.leaveForward(before, inner, in, out, tape, first);
        if (inspector != null) show(inspector, in, out);
        if (watch != null && inner.isLeaf()) watch.ran(inner, out.getFirst(), recomputes);
        values.leave(outerFrame, out, tape.get(first));
        node = outer;
        return out;
    }

    /// [#run(BoundNode, List)] without lists.
    Tensor run(BoundNode inner, Tensor given) {
        BoundNode outer = enter(inner);
        int outerFrame = values.enter();
        int first = tape.size();
        OpTimer before = meter.enterForward(inner);
        Tensor x = inner.acceptsBlocks ? given : inLayout(given, Layout.ROW_MAJOR);
        Layout outerLayout = layout;
        layout = x.layout();
        inner.begin(x);
        boolean padded = values.of(x).lengths.size() > 0;
        if (padded) requirePadding(inner);
        Tensor y = forward(inner, x);
        if (padded) inheritLengths(inner, 0, List.of(x), y);
        layout = outerLayout;
        if (before != null) meter.leaveForward(before, inner, List.of(x), List.of(y), tape, first);
        if (inspector != null) show(inspector, List.of(x), List.of(y));
        if (watch != null && inner.isLeaf()) watch.ran(inner, y, recomputes);
        values.leave(outerFrame, y, tape.get(first));
        node = outer;
        return y;
    }

    private List<Tensor> forward(BoundNode inner, List<Tensor> in) {
        try {
            return inner.built.node().forward(in, this);
        } catch (DataException e) {
            throw named(inner, e);
        }
    }

    private Tensor forward(BoundNode inner, Tensor x) {
        try {
            return inner.built.node().forward(x, this);
        } catch (DataException e) {
            throw named(inner, e);
        }
    }

    /// Kernels know the row of a fault, but not the layer that called them.
    private static DataException named(BoundNode inner, DataException fault) {
        if (!fault.where().startsWith("row ")) return fault;
        var named = new DataException(inner.path() + ", " + fault.where(), fault.problem(), fault.hint());
        named.initCause(fault);
        return named;
    }

    private boolean isPadded(BoundNode inner, List<Tensor> in) {
        boolean padded = false;
        for (int i = 0; i < in.size(); i++)
            padded |= values.of(in.get(i)).lengths.size() > 0;
        if (padded) {
            requirePadding(inner);
            requireSameLengths(inner, in);
        }
        return padded;
    }

    private static void requirePadding(BoundNode inner) {
        if (inner.built.node().acceptsPadding()) return;
        throw new ShapeException(
                inner.path(),
                inner.built.node()
                        + " expects sequences of one length, got padded ones, which it might mix with padding",
                "Group the data by length, or use layers that take padded sequences");
    }

    private void inheritLengths(BoundNode inner, int output, List<Tensor> in, Tensor y) {
        if (inner.built.outputs().get(output).isKnown() || inner.isOnlyContainer()) return;
        PassValue value = values.of(y);
        for (int i = 0; i < in.size() && value.lengths.size() == 0; i++) {
            if (inner.built.isSequence(i)) value.lengths = values.of(in.get(i)).lengths;
        }
    }

    /// Requires that all sequences along the time axis of a node have the same lengths.
    @SuppressWarnings("ReferenceEquality") // one tensor has one content
    private void requireSameLengths(BoundNode inner, List<Tensor> in) {
        if (inner.isOnlyContainer() || !inner.built.isOpen()) return;
        int first = 0;
        while (first < in.size() && !inner.built.isSequence(first)) first++;
        for (int i = first + 1; i < in.size(); i++) {
            if (!inner.built.isSequence(i) || values.of(in.get(i)).lengths == values.of(in.get(first)).lengths)
                continue;
            for (int row = 0; row < in.get(i).rows(); row++) {
                int expected = length(inner, first, in.get(first), row);
                int got = length(inner, i, in.get(i), row);
                if (got == expected) continue;
                throw new DataException(
                        inner.path() + ", row " + row + " of the batch",
                        "expects as many steps in input " + (i + 1) + " as in input " + (first + 1) + ", " + expected
                                + ", got " + got,
                        "Give all inputs of a row the same number of steps; see Tensor.withLengths");
            }
        }
    }

    private int length(BoundNode inner, int input, Tensor x, int row) {
        Tensor lengths = values.of(x).lengths;
        if (lengths.size() > 0) return (int) lengths.get(row);
        return x.shape().extent(1 + inner.built.inputs().get(input).extents().indexOf(Shape.OPEN));
    }

    private List<Tensor> inRowMajor(List<Tensor> tensors) {
        boolean blocked = false;
        for (int i = 0; i < tensors.size(); i++) blocked |= tensors.get(i).layout() == Layout.BLOCKED;
        if (!blocked) return tensors;
        return tensors.stream().map(x -> inLayout(x, Layout.ROW_MAJOR)).toList();
    }

    private void show(Inspector to, List<Tensor> in, List<Tensor> out) {
        if (node.isLeaf()) to.ran(node.built, in, out);
    }

    @Override
    public List<Tensor> recompute(int child, List<Tensor> in) {
        if (checkpoints || inspector != null) return apply(child, in); // an inspector sees each layer once
        int drawn = noises;
        int number = watch == null ? 0 : watch.next();
        checkpoints = true;
        List<Tensor> out = apply(child, in);
        checkpoints = false;
        boolean wanted = false;
        for (Tensor y : out) wanted |= values.of(y).wanted();
        if (!wanted) return out;
        TapeEntry entry = entry();
        entry.child = child;
        entry.noises = drawn;
        if (watch != null) entry.number = number;
        for (Tensor x : in) entry.holds(values.of(x));
        for (Tensor y : out) entry.out.add(values.of(y));
        return out;
    }

    // ---------------------------------------------------------------------------------- numbers that the node reads

    @Override
    public Mode mode() {
        return node.predicts() ? Mode.PREDICT : mode;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public Noise noise() {
        return Noise.of(seed, step, noises++, firstRow).ofPositions(values.positions());
    }

    @Override
    public Tensor parameter(String name) {
        return node.slot(name).weights.values();
    }

    @Override
    public PackedWeights weights(String name) {
        return node.slot(name).weights;
    }

    @Override
    public @Nullable Adapter adapter(String weight) {
        Adapter adapter = node.built.adapters().get(weight);
        if (adapter == null || adapter.dropout() == 0) return adapter;
        return mode == Mode.TRAIN && !node.built.tuned().isEmpty() ? adapter : adapter.withoutDropout();
    }

    @Override
    public Tensor statistic(String name) {
        return node.statistic(name).value;
    }

    @Override
    public void update(String name, Tensor next) {
        RunningStatistic statistic = node.statistic(name);
        if (mode() == Mode.TRAIN && statistic.updated && !recomputes) statistic.request(next, kernels);
    }

    // --------------------------------------------------------------------------------- tensors that the node writes

    @Override
    public Tensor output(int index) {
        return output(index, layout);
    }

    private Tensor output(int index, Layout wished) {
        Shape row = node.output(index);
        return values.takeOwned(row, Layout.canBlock(row) ? wished : Layout.ROW_MAJOR).tensor;
    }

    @Override
    public Tensor like(Tensor x) {
        PassValue like = values.of(x);
        if (like.foreign && x.shape().rank() > 0 && x.rows() != values.rows()) return likePositions(x);
        return (like.single ? values.takeSingle(like.row) : values.takeOwned(like, like.layout())).tensor;
    }

    /// A tensor of the shape of a view that has a row for each position of a row of the batch.
    private Tensor likePositions(Tensor x) {
        int positions = x.rows() / values.rows();
        return tensor(x.shape().row().forRows(positions)).reshape(x.shape());
    }

    @Override
    public Tensor tensor(Shape row) {
        return values.takeOwned(row, Layout.ROW_MAJOR).tensor;
    }

    @Override
    public Tensor batchTensor(Shape shape) {
        return values.takeSingle(shape).tensor;
    }

    @Override
    public Tensor inLayout(Tensor x, Layout wished) {
        Layout possible = possible(wished);
        if (x.layout() == possible) return x;
        PassValue source = values.of(x);
        if (source.origin.layout() == possible) return source.origin.tensor;
        PassValue known = source.converted;
        if (known != null) {
            values.own(known);
            return known.tensor;
        }
        Tensor y = values.takeConverted(source, possible).tensor;
        kernels.planes().convert(x, y);
        return y;
    }

    /// Whether a tensor of this pass may be read once more, for a gradient.
    private boolean recordsGradients() {
        return bound.hasGradients || values.wantsInput();
    }

    private boolean isObserved() {
        return inspector != null || watch != null;
    }

    /// Who looks at a pass sees tensors in row-major order.
    private Layout possible(Layout wished) {
        return isObserved() ? Layout.ROW_MAJOR : wished;
    }

    @Override
    public FusedActivation activated(Elementwise g) {
        return activated(g, layout);
    }

    @Override
    public FusedActivation activated(Elementwise g, Layout wished) {
        if (activationsInUse == activations.size()) activations.add(new NodeActivation(this));
        Tensor y = output(0, possible(wished));
        boolean needsInput = inspector != null || (g.derivativeNeedsInput() && recordsGradients());
        return activations.get(activationsInUse++).begin(g, y, needsInput ? like(y) : y);
    }

    @Override
    public Tensor view(Tensor x) {
        return view(x, node.output(0));
    }

    @Override
    public Tensor view(Tensor x, Shape row) {
        PassValue source = values.of(inLayout(x, Layout.ROW_MAJOR));
        PassValue view = values.view(source, row);
        if (source.wanted()) record(source, view);
        return view.tensor;
    }

    @Override
    public void release(Tensor x) {
        values.release(values.of(x));
    }

    // --------------------------------------------------------------------------------------------------- gradients

    @Override
    public boolean wants(String parameter) {
        return bound.hasGradients && node.built.trains(parameter) && node.slot(parameter).trained;
    }

    @Override
    public Tensor lengths(Tensor x) {
        return values.of(x).lengths;
    }

    @Override
    public void lengths(Tensor y, Tensor ofRows) {
        values.of(y).lengths = ofRows;
    }

    @Override
    public Tensor state(String name) {
        return node.state(name);
    }

    @Override
    public Tensor past() {
        boolean inParts = !whole && node.readsSequence() && values.positions() == 1; // each position is whole
        return inParts ? past : Tensor.EMPTY;
    }

    @Override
    public boolean wants(Tensor x) {
        return values.of(x).wanted();
    }

    @Override
    public Tensor gradient(String name) {
        return node.slot(name).target();
    }

    @Override
    public Tensor earlier() {
        return gradients.earlier();
    }

    private boolean isTrained() {
        return bound.hasGradients && node.isTrained();
    }

    @Override
    public Tensor backward(Tensor x, Tensor y, Dx dx, Backward lambda) {
        PassValue in = values.of(x);
        if (!in.wanted() && !isTrained()) return y;
        TapeEntry entry = record(in, values.of(y));
        if (entry == null) return y;
        entry.unary = lambda;
        entry.dx = allowed(dx);
        return y;
    }

    @Override
    public List<Tensor> backward(List<Tensor> in, List<Tensor> out, Dx dx, BackwardMany lambda) {
        if (dx == Dx.INCLUDES_EARLIER && in.size() != 1) {
            throw new ConfigException(node.path(), "expects one input for " + dx + ", got " + in.size());
        }
        boolean wanted = isTrained();
        for (Tensor x : in) wanted |= values.of(x).wanted();
        if (!wanted) return out;
        for (Tensor y : out) values.of(y).want(true);
        if (checkpoints) return out;
        TapeEntry entry = entry();
        entry.many = lambda;
        entry.dx = allowed(dx);
        for (Tensor x : in) entry.holds(values.of(x));
        for (Tensor y : out) entry.out.add(values.of(y));
        return out;
    }

    /// An inspector copies dy, so a lambda must not overwrite it. A layer that has shown z may show dy as δ
    /// at the end of its lambda.
    private Dx allowed(Dx dx) {
        boolean keeps = inspector != null || (watch != null && watch.showsZ());
        return dx == Dx.MAY_BE_DY && keeps ? Dx.OWN : dx;
    }

    /// Returns null if nothing is recorded.
    private @Nullable TapeEntry record(PassValue in, PassValue out) {
        if (in.origin == out.origin) {
            throw new ConfigException(node.path(), "expects an output of its own, got its input " + in.tensor.shape());
        }
        out.want(true);
        if (checkpoints) return null;
        TapeEntry entry = entry();
        entry.holds(in);
        entry.out.add(out);
        return entry;
    }

    private TapeEntry entry() {
        TapeEntry entry = tape.add(node);
        if (inspector != null) entry.number = inspector.nextIndex();
        else if (watch != null) entry.number = watch.next();
        return entry;
    }

    // -------------------------------------------------------------------------------------------------- inspection

    @Override
    public void showPreActivation(Tensor z) {
        if (inspector != null) inspector.preActivation(node.built.name(), z);
        if (watch != null && node.isLeaf()) watch.preActivation();
    }

    @Override
    public void showDelta(Tensor delta) {
        if (inspector != null) inspector.delta(node.built.name(), delta);
        if (watch != null && node.isLeaf()) watch.delta(delta);
    }
}
