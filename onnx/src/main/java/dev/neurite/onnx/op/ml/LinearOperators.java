package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.List;

/// LinearClassifier and LinearRegressor: scores are products of rows and coefficients, in double precision.
final class LinearOperators {
    private LinearOperators() {}

    static void register(Operators all) {
        all.add(Operators.ML, "LinearClassifier", LinearOperators::classifier);
        all.add(Operators.ML, "LinearRegressor", LinearOperators::regressor);
    }

    /// @param coefficients `[scores × features]`
    /// @param intercepts `[scores]`
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Model(float[] coefficients, float[] intercepts) {
        /// @param count the scores of a row; −1 for as many as there are coefficients for
        static Model of(NodeCall call, int width, int count) {
            float[] coefficients = list(call, "coefficients");
            int scores = count >= 0 ? count : width == 0 ? 0 : coefficients.length / width;
            if (scores < 1 || coefficients.length != (long) scores * width) {
                throw call.misfit("expects coefficients for rows of " + width + " features"
                        + (count < 0 ? "" : " and " + count + " scores") + ", got " + coefficients.length);
            }
            float[] intercepts = call.attributes().reals("intercepts").orElseGet(() -> new float[scores]);
            if (intercepts.length == 0) intercepts = new float[scores];
            if (intercepts.length != scores) {
                throw call.wrong("expects " + scores + " intercepts, got " + intercepts.length);
            }
            return new Model(coefficients, intercepts);
        }

        int scores() {
            return intercepts.length;
        }

        void score(Elements.Doubles x, int at, double[] scores) {
            int width = coefficients.length / intercepts.length;
            for (int i = 0; i < intercepts.length; i++) {
                double sum = 0;
                for (int k = 0; k < width; k++) sum += coefficients[i * width + k] * x.get(at + k);
                scores[i] = sum + intercepts[i];
            }
        }
    }

    static float[] list(NodeCall call, String name) {
        return call.attributes()
                .reals(name)
                .orElseThrow(() -> call.wrong("expects an attribute '" + name + "', got none"));
    }

    private static ReadyNode classifier(NodeCall call) {
        NumberRows rows = NumberRows.ofNumbers(call);
        Labels labels = Labels.of(call, "classlabels_strings", "classlabels_ints");
        Model model = Model.of(call, rows.width(), -1);
        int scores = model.scores();
        boolean binary = scores == 1 && labels.count() == 2;
        if (!binary && scores != labels.count()) {
            throw call.wrong("expects scores for " + labels.count() + " labels, got coefficients for " + scores);
        }
        PostTransform transform = PostTransform.of(call);
        int classes = labels.count();
        return ReadyNode.of(
                List.of(Fact.of(labels.type(), rows.column()), Fact.of(ElementType.FLOAT, rows.table(classes))),
                (in, out) -> {
                    Elements.Doubles x = Elements.doubles(in[0]);
                    Value z = Work.optional(out, 1);
                    call.kernels().share(rows.count(), model.coefficients.length, (from, to) -> {
                        double[] all = new double[classes];
                        for (int row = from; row < to; row++) {
                            model.score(x, row * rows.width(), all);
                            int label = scores == 1 ? (all[0] > 0 ? 1 : 0) : Labels.best(all, 0, classes);
                            if (out[0] != null) labels.write(label, out[0], row);
                            if (z == null) continue;
                            if (binary) {
                                all[1] = all[0];
                                all[0] = -all[1];
                            }
                            transform.apply(all, 0, classes);
                            write(all, z, row);
                        }
                    });
                });
    }

    private static ReadyNode regressor(NodeCall call) {
        NumberRows rows = NumberRows.ofNumbers(call);
        int targets = call.attributes().small("targets", 1);
        if (targets < 1) throw call.wrong("expects targets from 1, got " + targets);
        Model model = Model.of(call, rows.width(), targets);
        PostTransform transform = PostTransform.of(call);
        return ReadyNode.of(Fact.of(ElementType.FLOAT, rows.table(targets)), (in, out) -> {
            Elements.Doubles x = Elements.doubles(in[0]);
            call.kernels().share(rows.count(), model.coefficients.length, (from, to) -> {
                double[] all = new double[targets];
                for (int row = from; row < to; row++) {
                    model.score(x, row * rows.width(), all);
                    transform.apply(all, 0, targets);
                    write(all, out[0], row);
                }
            });
        });
    }

    /// Writes the scores of a row.
    static void write(double[] scores, Value y, int row) {
        float[] to = (float[]) y.array();
        for (int i = 0; i < scores.length; i++) to[y.offset() + row * scores.length + i] = (float) scores[i];
    }
}
