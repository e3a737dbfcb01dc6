package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.SequenceKernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.HashSet;
import java.util.List;

/// A network that forecasts how columns of a sequence change from their last step on: last + node(x − last). The
/// forecast follows a level that was never there in training, and where the node gives zeros it is the naive one,
/// which repeats the last step. The `NLinear` of Zeng et al. 2023, arXiv:2205.13504, with a dense layer as node.
///
/// ```
/// x ──┬── − last ── node ── + ── units ── y
///     └── last ─────────────┘
/// ```
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[time × features]` |
/// | input of the node | `[time × features]`, these columns relative to their last step, the others as they are |
/// | y | `[horizon·columns]`, as the node gives it: for each step the columns, the nearest step first |
/// | `mean`, `factor` | `[horizon·columns]`, statistics: y = (last + node(x − last) − mean)·factor. 0 and 1, until
/// [dev.neurite.train.TargetScaler#undo] gives forecasts the units of the targets |
/// @param node with one input and one output
/// @param columns of x, from 0, each once
public record RelativeToLast(Node node, List<Integer> columns) implements Layer {
    /// Keeps a copy of the list.
    /// @throws ConfigException for no column, a negative one, or one that is there twice
    public RelativeToLast {
        columns = List.copyOf(columns);
        boolean once = new HashSet<>(columns).size() == columns.size();
        if (columns.isEmpty() || !once || columns.stream().anyMatch(each -> each < 0)) {
            throw new ConfigException("relative to last", "expects columns from 0, each once, got " + columns);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        boolean known = in.rank() == 2 && in.isKnown() && in.extent(0) > 0;
        if (!known || columns.stream().anyMatch(each -> each >= in.extent(1))) {
            throw new ShapeException(
                    declare.path(),
                    "relative to last expects windows [time × features] with columns " + columns + ", got " + in);
        }
        List<Shape> out = declare.child("node", node, List.of(in));
        if (out.size() != 1
                || out.getFirst().rank() != 1
                || !out.getFirst().isKnown()
                || out.getFirst().size() % columns.size() != 0) {
            throw new ShapeException(
                    declare.path(),
                    "relative to last expects a node with one output [n], n a multiple of " + columns.size() + ", got "
                            + out);
        }
        declare.statistic("mean", out.getFirst(), Initializers.zeros());
        declare.statistic("factor", out.getFirst(), Initializers.constant(1));
        return out.getFirst();
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        SequenceKernels kernels = pass.kernels().sequences();
        Tensor relative = pass.tensor(x.shape().row());
        kernels.relativeToLast(x, columns, relative);
        pass.backward(x, relative, (dy, dx) -> {
            if (pass.wants(x)) kernels.relativeToLastGradient(dy, columns, dx);
        });
        Tensor change = pass.inLayout(pass.apply(0, relative), Layout.ROW_MAJOR);
        Tensor sum = pass.tensor(change.shape().row());
        kernels.addLast(change, x, columns, sum);
        pass.backward(List.of(change, x), List.of(sum), (dys, dxs) -> {
            if (pass.wants(change)) pass.kernels().copy(dys.getFirst(), dxs.get(0));
            if (pass.wants(x)) kernels.addLastGradient(dys.getFirst(), columns, dxs.get(1));
        });
        Tensor y = pass.output();
        Tensor factor = pass.statistic("factor");
        pass.kernels().standardize(sum, pass.statistic("mean"), factor, y);
        return pass.backward(sum, y, (dy, dsum) -> {
            if (pass.wants(sum)) pass.kernels().scaleColumns(dy, factor, dsum);
        });
    }

    @Override
    public List<String> replaceable() {
        return Node.replaceable("node", node);
    }

    @Override
    public Node replace(String path, Node other) {
        int dot = path.indexOf('.');
        if (!(dot < 0 ? path : path.substring(0, dot)).equals("node")) {
            throw new ConfigException("layer '" + path + "'", "expects node of " + this);
        }
        return new RelativeToLast(Node.replaced(node, dot < 0 ? "" : path.substring(dot + 1), other), columns);
    }

    @Override
    public String toString() {
        return "relativeToLast(" + node + ", columns " + columns + ")";
    }
}
