package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;

/// Operators that prepare columns of numbers: Scaler, Normalizer, Imputer, Binarizer, FeatureVectorizer and
/// ArrayFeatureExtractor.
final class ColumnOperators {
    private ColumnOperators() {}

    static void register(Operators all) {
        all.add(Operators.ML, "Scaler", ColumnOperators::scaler);
        all.add(Operators.ML, "Normalizer", ColumnOperators::normalizer);
        all.add(Operators.ML, "Imputer", ColumnOperators::imputer);
        all.add(Operators.ML, "Binarizer", ColumnOperators::binarizer);
        all.add(Operators.ML, "FeatureVectorizer", ColumnOperators::vectorizer);
        all.add(Operators.ML, "ArrayFeatureExtractor", ColumnOperators::extractor);
    }

    /// The extent of the last axis, along which there is a setting for each column.
    private static int columns(NodeCall call) {
        Shape x = call.shape(0);
        if (x.rank() == 0) throw call.misfit("expects x with an axis of columns, got " + x);
        return x.extent(x.rank() - 1);
    }

    private static void requireOneOrEach(NodeCall call, String name, int count, int columns) {
        if (count == 1 || count == columns) return;
        throw call.misfit(
                "expects " + name + " of one number, or one for each of " + columns + " columns, got " + count);
    }

    /// (x − offset)·scale, rounded after each as onnxruntime does.
    private static ReadyNode scaler(NodeCall call) {
        NumberRows.requireNumbers(call);
        int columns = columns(call);
        float[] offset = call.attributes().reals("offset").orElseGet(() -> new float[1]);
        float[] scale = call.attributes().reals("scale").orElseGet(() -> new float[] {1});
        requireOneOrEach(call, "offset", offset.length, columns);
        requireOneOrEach(call, "scale", scale.length, columns);
        return ReadyNode.of(Fact.of(ElementType.FLOAT, call.shape(0)), (in, out) -> {
            Elements.Doubles x = Elements.doubles(in[0]);
            float[] y = (float[]) out[0].array();
            for (int i = 0; i < in[0].size(); i++) {
                int column = i % columns;
                float centered = (float) (x.get(i) - offset[column % offset.length]);
                y[out[0].offset() + i] = centered * scale[column % scale.length];
            }
        });
    }

    /// Divides rows by a norm, unless that is 0.
    private static ReadyNode normalizer(NodeCall call) {
        NumberRows rows = NumberRows.ofNumbers(call);
        String name = call.attributes().text("norm", "MAX");
        if (!name.equals("MAX") && !name.equals("L1") && !name.equals("L2")) {
            throw call.wrong("expects a norm of MAX, L1 or L2, got '" + name + "'");
        }
        return ReadyNode.of(Fact.of(ElementType.FLOAT, call.shape(0)), (in, out) -> {
            Elements.Doubles x = Elements.doubles(in[0]);
            float[] y = (float[]) out[0].array();
            for (int row = 0; row < rows.count(); row++) {
                int first = row * rows.width();
                double norm = norm(name, x, first, rows.width());
                for (int i = first; i < first + rows.width(); i++) {
                    y[out[0].offset() + i] = (float) (norm == 0 ? x.get(i) : x.get(i) / norm);
                }
            }
        });
    }

    private static double norm(String name, Elements.Doubles x, int first, int count) {
        double norm = 0;
        for (int i = first; i < first + count; i++) {
            double each = Math.abs(x.get(i));
            norm = switch (name) {
                case "MAX" -> Math.max(norm, each);
                case "L1" -> norm + each;
                default -> norm + each * each;
            };
        }
        return name.equals("L2") ? Math.sqrt(norm) : norm;
    }

    /// Replaces a number that means a missing one, often NaN, by one for each column.
    private static ReadyNode imputer(NodeCall call) {
        NumberRows.requireNumbers(call);
        Attributes with = call.attributes();
        int columns = columns(call);
        boolean floating = call.type(0).isFloating();
        float[] reals = with.reals("imputed_value_floats").orElseGet(() -> new float[0]);
        long[] integers = with.integers("imputed_value_int64s").orElseGet(() -> new long[0]);
        String name = floating ? "imputed_value_floats" : "imputed_value_int64s";
        requireOneOrEach(call, name, floating ? reals.length : integers.length, columns);
        float replacedReal = with.real("replaced_value_float", 0);
        long replacedInteger = with.integer("replaced_value_int64", 0);
        return ReadyNode.of(Fact.of(call.type(0), call.shape(0)), (in, out) -> {
            if (floating) {
                Elements.Doubles x = Elements.doubles(in[0]);
                Elements.DoubleWriter y = Elements.doubleWriter(out[0]);
                for (int i = 0; i < in[0].size(); i++) {
                    double each = x.get(i);
                    boolean missing = each == replacedReal || (Float.isNaN(replacedReal) && Double.isNaN(each));
                    y.set(i, missing ? reals[i % columns % reals.length] : each);
                }
                return;
            }
            Elements.Longs x = Elements.longs(in[0]);
            Elements.LongWriter y = Elements.longWriter(out[0]);
            for (int i = 0; i < in[0].size(); i++) {
                y.set(i, x.get(i) == replacedInteger ? integers[i % columns % integers.length] : x.get(i));
            }
        });
    }

    /// 1 for numbers above a threshold, else 0.
    private static ReadyNode binarizer(NodeCall call) {
        NumberRows.requireNumbers(call);
        float threshold = call.attributes().real("threshold", 0);
        boolean floating = call.type(0).isFloating();
        return ReadyNode.of(Fact.of(call.type(0), call.shape(0)), (in, out) -> {
            Elements.Doubles x = Elements.doubles(in[0]);
            Elements.DoubleWriter reals = floating ? Elements.doubleWriter(out[0]) : (_, _) -> {};
            Elements.LongWriter integers = floating ? (_, _) -> {} : Elements.longWriter(out[0]);
            for (int i = 0; i < in[0].size(); i++) {
                int y = x.get(i) > threshold ? 1 : 0;
                reals.set(i, y);
                integers.set(i, y);
            }
        });
    }

    /// Puts the columns of its inputs beside each other: of each as many as `inputdimensions` says, with zeros for
    /// those that are not there.
    private static ReadyNode vectorizer(NodeCall call) {
        NumberRows.requireNumbers(call);
        int n = call.inputs();
        NumberRows[] parts = new NumberRows[n];
        for (int i = 0; i < n; i++) {
            call.requireSameTypes(0, i);
            parts[i] = NumberRows.of(call, i);
            if (parts[i].count() != parts[0].count()) {
                throw call.misfit(
                        "expects inputs with as many rows, got " + parts[0].count() + " and " + parts[i].count());
            }
        }
        long[] widths = call.attributes().integers("inputdimensions").orElse(null);
        if (widths == null) {
            widths = new long[n];
            for (int i = 0; i < n; i++) widths[i] = parts[i].width();
        }
        if (widths.length != n) throw call.wrong("expects inputdimensions of " + n + " inputs, got " + widths.length);
        long all = 0;
        for (long each : widths) {
            if (each < 0 || each > Integer.MAX_VALUE) throw call.wrong("expects inputdimensions from 0, got " + each);
            all += each;
        }
        Shape shape = Shapes.of(call, parts[0].count(), all);
        long[] taken = widths;
        return ReadyNode.of(Fact.of(ElementType.FLOAT, shape), (in, out) -> {
            float[] y = (float[]) out[0].array();
            int at = out[0].offset();
            Elements.Doubles[] from = new Elements.Doubles[n];
            for (int i = 0; i < n; i++) from[i] = Elements.doubles(in[i]);
            for (int row = 0; row < parts[0].count(); row++) {
                for (int i = 0; i < n; i++) {
                    int width = parts[i].width();
                    for (int k = 0; k < taken[i]; k++) y[at++] = k < width ? (float) from[i].get(row * width + k) : 0;
                }
            }
        });
    }

    /// Takes columns by their numbers.
    private static ReadyNode extractor(NodeCall call) {
        call.requireType(
                0, ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT64, ElementType.INT32, ElementType.STRING);
        call.requireType(1, ElementType.INT64);
        int columns = columns(call);
        Shape x = call.shape(0);
        int count = call.shape(1).size();
        if (count == 0) throw call.misfit("expects columns to take, got none");
        Shape shape = x.rank() == 1 ? Shape.of(1, count) : Shapes.with(call, x, x.rank() - 1, count);
        int rows = columns == 0 ? 0 : x.size() / columns;
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, out) -> {
            Copier copier = Copier.of(in[0], out[0]);
            for (int i = 0; i < count; i++) {
                long column = in[1].integer(i);
                if (column < 0 || column >= columns) {
                    throw call.misfit("expects columns from 0 to " + (columns - 1) + ", got " + column);
                }
                copier.line((int) column, columns, i, count, rows);
            }
        });
    }
}
