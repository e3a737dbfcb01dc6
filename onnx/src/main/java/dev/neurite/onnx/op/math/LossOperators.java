package dev.neurite.onnx.op.math;

import dev.neurite.error.DataException;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss, of `[rows × classes × …]`.
final class LossOperators {
    private final NodeCall call;
    private final int classes;
    private final int inner; // places of a row
    private final int places;
    private final String reduction;
    private final boolean ignores;
    private final long ignored;

    private LossOperators(NodeCall call) {
        this.call = call;
        Shape x = call.shape(0);
        if (x.rank() < 2) throw call.misfit("expects x [rows × classes × …], got " + x);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        call.requireType(1, ElementType.INT64, ElementType.INT32);
        boolean[] gone = new boolean[x.rank()];
        gone[1] = true;
        if (!call.shape(1).equals(Shapes.without(call, x, gone))) {
            throw call.misfit("expects targets " + Shapes.without(call, x, gone) + ", got " + call.shape(1));
        }
        classes = x.extent(1);
        if (call.has(2)) {
            call.requireSameTypes(0, 2);
            if (!call.shape(2).equals(Shape.of(classes))) {
                throw call.misfit("expects weights [" + classes + "], got " + call.shape(2));
            }
        }
        places = call.shape(1).size();
        inner = (int) Shapes.product(x, 2, x.rank());
        reduction = call.attributes().text("reduction", "mean");
        if (!List.of("mean", "sum", "none").contains(reduction)) {
            throw call.wrong("expects a reduction of mean, sum or none, got '" + reduction + "'");
        }
        ignores = call.attributes().has("ignore_index");
        ignored = call.attributes().integer("ignore_index", 0);
    }

    static void register(Operators all) {
        all.add("NegativeLogLikelihoodLoss", call -> new LossOperators(call).ofLogarithms());
        all.add("SoftmaxCrossEntropyLoss", call -> new LossOperators(call).ofScores());
    }

    private Fact loss() {
        return Fact.of(call.type(0), reduction.equals("none") ? call.shape(1) : Shape.SCALAR);
    }

    private ReadyNode ofLogarithms() {
        return ReadyNode.of(loss(), (in, out) -> reduce(in, Elements.doubles(in[0]), out[0]));
    }

    private ReadyNode ofScores() {
        List<Fact> facts = List.of(loss(), Fact.of(call.type(0), call.shape(0)));
        return ReadyNode.of(facts.subList(0, Math.max(1, Math.min(2, call.outputs()))), (in, out) -> {
            double[] logarithms = logarithms(Elements.doubles(in[0]), in[0].size());
            if (out[0] != null) reduce(in, i -> logarithms[i], out[0]);
            Value second = Work.optional(out, 1);
            if (second == null) return;
            Elements.DoubleWriter to = Elements.doubleWriter(second);
            for (int i = 0; i < logarithms.length; i++) to.set(i, logarithms[i]);
        });
    }

    private int at(int place, int target) {
        return (place / inner * classes + target) * inner + place % inner;
    }

    /// The logarithms of the softmax over classes.
    private double[] logarithms(Elements.Doubles x, int size) {
        double[] y = new double[size];
        for (int place = 0; place < places; place++) {
            double most = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) most = Math.max(most, x.get(at(place, c)));
            double sum = 0;
            for (int c = 0; c < classes; c++) sum += Math.exp(x.get(at(place, c)) - most);
            double logarithm = most + Math.log(sum);
            for (int c = 0; c < classes; c++) y[at(place, c)] = x.get(at(place, c)) - logarithm;
        }
        return y;
    }

    private void reduce(Value[] in, Elements.Doubles logarithms, Value out) {
        Elements.Longs targets = Elements.longs(in[1]);
        @Nullable Value given = Work.optional(in, 2);
        Elements.Doubles weights = given == null ? _ -> 1 : Elements.doubles(given);
        Elements.DoubleWriter y = Elements.doubleWriter(out);
        boolean each = reduction.equals("none");
        double sum = 0;
        double all = 0;
        for (int place = 0; place < places; place++) {
            long target = targets.get(place);
            double weight = 0;
            double loss = 0;
            if (!ignores || target != ignored) {
                if (target < 0 || target >= classes) {
                    throw new DataException(
                            call.node().label(), "expects targets from 0 to " + (classes - 1) + ", got " + target);
                }
                weight = weights.get((int) target);
                loss = -logarithms.get(at(place, (int) target)) * weight;
            }
            if (each) y.set(place, loss);
            sum += loss;
            all += weight;
        }
        if (!each) y.set(0, reduction.equals("mean") ? sum / all : sum);
    }
}
