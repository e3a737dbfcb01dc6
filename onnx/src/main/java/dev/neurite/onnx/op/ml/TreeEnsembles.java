package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.ml.ForestSums.Aggregate;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TreeEnsembleClassifier, TreeEnsembleRegressor and TreeEnsemble.
final class TreeEnsembles {
    /// By TreeEnsemble's numbers.
    private static final List<Aggregate> AGGREGATES =
            List.of(Aggregate.AVERAGE, Aggregate.SUM, Aggregate.MIN, Aggregate.MAX);

    private TreeEnsembles() {}

    static void register(Operators all) {
        all.add(Operators.ML, "TreeEnsembleClassifier", TreeEnsembles::classifier);
        all.add(Operators.ML, "TreeEnsembleRegressor", TreeEnsembles::regressor);
        all.add(Operators.ML, "TreeEnsemble", TreeEnsembles::ensemble);
    }

    // ------------------------------------------------------------------------------------------------------ operators

    private static ReadyNode classifier(NodeCall call) {
        NumberRows rows = NumberRows.ofNumbers(call);
        Labels labels = Labels.of(call, "classlabels_strings", "classlabels_int64s");
        int classes = labels.count();
        PostTransform transform = PostTransform.of(call);
        Forest forest = call.made(Forest.class, () -> ForestReader.named(call, "class", classes));
        @Nullable Binary binary = Binary.of(forest, classes);
        double[] bases = bases(call, classes, binary == null ? 0 : binary.place);
        var sums = new ForestSums(call, forest, rows, classes, Aggregate.SUM, bases, transform);
        return ReadyNode.of(
                List.of(Fact.of(labels.type(), rows.column()), Fact.of(ElementType.FLOAT, rows.table(classes))),
                (in, out) -> sums.run(in[0], (row, scores, at) -> {
                    int label = binary == null ? Labels.best(scores, at, classes) : binary.label(scores, at);
                    if (binary != null) binary.complete(scores, at, transform);
                    transform.apply(scores, at, classes);
                    if (out[0] != null) labels.write(label, out[0], row);
                    Value z = Work.optional(out, 1);
                    if (z == null) return;
                    float[] to = (float[]) z.array();
                    for (int i = 0; i < classes; i++) to[z.offset() + row * classes + i] = (float) scores[at + i];
                }));
    }

    /// Where all weights are of one class, its score decides between two. If no weight is negative it is a
    /// probability, else the score of the other class is its opposite.
    /// @param place where the score is
    private record Binary(int classes, int place, boolean probability) {
        static @Nullable Binary of(Forest forest, int classes) {
            int place = forest.targets.length == 0 ? 0 : forest.targets[0];
            boolean one = Arrays.stream(forest.targets).allMatch(each -> each == place);
            if (classes > 2 || !one) return null;
            return new Binary(classes, place, Arrays.stream(forest.weights).allMatch(each -> each >= 0));
        }

        int label(double[] scores, int at) {
            return scores[at + place] > (probability && classes == 2 ? 0.5 : 0) ? 1 : 0;
        }

        void complete(double[] scores, int at, PostTransform transform) {
            if (classes == 1) return;
            double score = scores[at + place];
            boolean opposite = !probability || (transform != PostTransform.NONE && transform != PostTransform.PROBIT);
            scores[at] = opposite ? -score : 1 - score;
            scores[at + 1] = score;
        }
    }

    private static ReadyNode regressor(NodeCall call) {
        int targets = targets(call);
        String name = call.attributes().text("aggregate_function", "SUM");
        Aggregate aggregate = Arrays.stream(Aggregate.values())
                .filter(each -> each.name().equals(name))
                .findAny()
                .orElseThrow(() ->
                        call.wrong("expects an aggregate_function of SUM, AVERAGE, MIN or MAX, got '" + name + "'"));
        NumberRows rows = NumberRows.ofNumbers(call);
        Forest forest = call.made(Forest.class, () -> ForestReader.named(call, "target", targets));
        PostTransform transform = PostTransform.of(call);
        return regression(
                new ForestSums(call, forest, rows, targets, aggregate, bases(call, targets, 0), transform),
                ElementType.FLOAT);
    }

    private static ReadyNode ensemble(NodeCall call) {
        int targets = targets(call);
        long number = call.attributes().integer("aggregate_function", 1);
        if (number < 0 || number >= AGGREGATES.size()) {
            throw call.wrong("expects an aggregate_function from 0 to 3, got " + number);
        }
        NumberRows rows = NumberRows.of(call, 0);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        Forest forest = call.made(Forest.class, () -> ForestReader.numbered(call, targets));
        Aggregate aggregate = AGGREGATES.get((int) number);
        double[] none = new double[targets];
        return regression(
                new ForestSums(call, forest, rows, targets, aggregate, none, PostTransform.ofNumber(call)),
                call.type(0));
    }

    private static ReadyNode regression(ForestSums sums, ElementType type) {
        int targets = sums.targets();
        return ReadyNode.of(Fact.of(type, sums.rows().table(targets)), (in, out) -> {
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            sums.run(in[0], (row, scores, at) -> {
                sums.transform().apply(scores, at, targets);
                for (int i = 0; i < targets; i++) to.set(row * targets + i, scores[at + i]);
            });
        });
    }

    private static int targets(NodeCall call) {
        long targets = call.attributes().integer("n_targets", 1);
        if (targets >= 1 && targets <= 1 << 24) return (int) targets;
        throw call.wrong("expects n_targets from 1 to 2²⁴, got " + targets);
    }

    /// What is added to the sums of each target: nothing, a number for one of them, or one for each.
    private static double[] bases(NodeCall call, int targets, int place) {
        double[] bases = new double[targets];
        Value tensor = call.attributes().value("base_values_as_tensor").orElse(null);
        float[] list = call.attributes().reals("base_values").orElseGet(() -> new float[0]);
        int count = tensor == null ? list.length : tensor.size();
        if (count > 1 && count != targets) {
            throw call.wrong("expects base_values of one number, or " + targets + ", got " + count);
        }
        for (int i = 0; i < count; i++) {
            bases[count == 1 ? place : i] = tensor == null ? list[i] : tensor.number(i);
        }
        return bases;
    }
}
