package dev.neurite.javasource;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.Concat;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.Glu;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.PRelu;
import dev.neurite.layer.Permute;
import dev.neurite.layer.RelativeToLast;
import dev.neurite.layer.RmsNorm;
import dev.neurite.layer.SequencePool;
import dev.neurite.layer.Slice;
import dev.neurite.layer.Split;
import dev.neurite.layer.Standardize;
import dev.neurite.model.BuiltNode;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The methods of layers that are neither convolutions, poolings nor recurrent.
final class ElementCode {
    private final ClassDraft draft;
    private final BuiltNode built;

    ElementCode(ClassDraft draft, BuiltNode built) {
        this.draft = draft;
        this.built = built;
    }

    LayerValue dense(Dense dense, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        if (dense.bias()) layer.call("repeat", layer.weight("bias"), y.positions(), y.field());
        else layer.call("clear", y.field(), y.count());
        String weight = layer.transposed("weight", "Weight", layer.values("weight"), dense.units());
        layer.call("dense", x.field(), x.positions(), x.width(), weight, y.field(), dense.units());
        ActivationCode.apply(dense.activation(), y, layer);
        layer.end("Dense" + ActivationCode.comment(dense.activation()));
        return y;
    }

    LayerValue activate(Activation g, LayerValue x) {
        if (g instanceof Activation.Identity) return x;
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = copied(layer, x);
        ActivationCode.apply(g, y, layer);
        layer.end("Activation" + ActivationCode.comment(g));
        return y;
    }

    private static LayerValue copied(ClassDraft.Layer layer, LayerValue x) {
        LayerValue y = layer.output();
        layer.call("copy", x.field(), y.count(), y.field());
        return y;
    }

    LayerValue prelu(PRelu slopes, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = copied(layer, x);
        Object span = switch (slopes.slopePer()) {
            case LAYER, FEATURE -> 1;
            case CHANNEL -> x.area();
        };
        layer.call("prelu", y.field(), y.count(), layer.weight("slope"), span);
        layer.end("Leaky ReLU with learned slopes");
        return y;
    }

    LayerValue glu(Glu glu, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        int half = below(x.shape(), place(glu.axis(), x.shape())) * x.shape().extent(place(glu.axis(), x.shape())) / 2;
        layer.call("glu", x.field(), y.shape().size() / half, half, y.field());
        layer.end("Gated linear unit");
        return y;
    }

    /// With a second input that is added.
    LayerValue batchNorm(BatchNorm norm, List<LayerValue> in) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue x = in.getFirst();
        LayerValue y = layer.output();
        float[] factor = layer.values("running_var");
        for (int i = 0; i < factor.length; i++) {
            double scale = norm.affine() ? layer.values("weight")[i] : 1;
            factor[i] = (float) (scale / Math.sqrt(factor[i] + norm.epsilon()));
        }
        String channels = "[" + factor.length + "]";
        float[] shift = norm.affine() ? layer.values("bias") : new float[factor.length];
        layer.call(
                "normalize",
                x.field(),
                x.area(),
                layer.weight("running_mean", "Mean", channels, layer.values("running_mean")),
                layer.weight("running_var", "Factor", channels, factor),
                layer.weight("running_mean", "Shift", channels, shift),
                y.field());
        if (in.size() > 1) layer.call("add", in.get(1).field(), y.count(), y.field());
        ActivationCode.apply(norm.activation(), y, layer);
        layer.end("Batch norm" + (in.size() > 1 ? ", plus the other branch" : "")
                + ActivationCode.comment(norm.activation()));
        return y;
    }

    LayerValue layerNorm(LayerNorm norm, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        int span = span(x.shape(), norm.axes());
        String weight = norm.affine() ? layer.weight("weight") : constant(layer, "weight", span, 1);
        String bias = norm.affine() && norm.bias() ? layer.weight("bias") : constant(layer, "bias", span, 0);
        layer.call("layerNorm", x.field(), spans(x, span), norm.epsilon(), weight, bias, y.field());
        layer.end("Layer norm");
        return y;
    }

    LayerValue rmsNorm(RmsNorm norm, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        int span = span(x.shape(), norm.axes());
        String weight = norm.affine() ? layer.weight("weight") : constant(layer, "weight", span, 1);
        layer.call("rmsNorm", x.field(), spans(x, span), norm.epsilon(), weight, y.field());
        layer.end("RMS norm");
        return y;
    }

    private static String constant(ClassDraft.Layer layer, String own, int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return layer.weight(own, own.equals("bias") ? "Bias" : "Weight", "[" + count + "]", values);
    }

    /// How many numbers are normalized together.
    private static int span(Shape row, int axes) {
        int span = 1;
        for (int i = axes == 0 ? 0 : row.rank() - axes; i < row.rank(); i++) span *= row.extent(i);
        return span;
    }

    /// How many spans there are, as Java.
    private static String spans(LayerValue x, int span) {
        if (x.shape().isKnown()) return String.valueOf(x.shape().size() / span);
        int each = x.area() / span;
        return each == 1 ? "steps" : "steps * " + each;
    }

    LayerValue standardize(Standardize standardize, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        String channels = "[" + standardize.means().size() + "]";
        layer.call(
                "standardize",
                x.field(),
                x.area(),
                layer.weight("means", "Mean", channels, standardize.means().toArray()),
                layer.weight(
                        "factors", "Factor", channels, standardize.factors().toArray()),
                y.field());
        layer.end("Standardizes");
        return y;
    }

    LayerValue add(Elementwise g, List<LayerValue> in) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = copied(layer, in.getFirst());
        for (LayerValue each : in.subList(1, in.size())) layer.call("add", each.field(), y.count(), y.field());
        ActivationCode.apply(g, y, layer);
        layer.end("Sum of " + in.stream().map(LayerValue::field).collect(Collectors.joining(" and "))
                + ActivationCode.comment(g));
        return y;
    }

    LayerValue multiply(List<LayerValue> in) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = copied(layer, in.getFirst());
        for (LayerValue each : in.subList(1, in.size())) layer.call("multiply", each.field(), y.count(), y.field());
        layer.end("Product of " + in.stream().map(LayerValue::field).collect(Collectors.joining(" and ")));
        return y;
    }

    LayerValue concat(Concat concat, List<LayerValue> in) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        int axis = place(concat.axis(), y.shape());
        int larger = below(y.shape(), axis) * y.shape().extent(axis);
        int at = 0;
        for (LayerValue each : in) {
            int span = below(each.shape(), axis) * each.shape().extent(axis);
            layer.call("paste", each.field(), y.shape().size() / larger, span, y.field(), larger, at);
            at += span;
        }
        layer.end("Puts " + in.stream().map(LayerValue::field).collect(Collectors.joining(" and ")) + " side by side");
        return y;
    }

    LayerValue slice(Slice slice, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        int axis = place(slice.axis(), x.shape());
        cut(layer, x, y, axis, slice.from() * below(x.shape(), axis));
        layer.end("Part of each row");
        return y;
    }

    List<LayerValue> split(Split split, LayerValue x) {
        if (!x.shape().isKnown()) {
            draft.obstacle(built, ", for sequences of any length");
            return built.outputs().stream()
                    .map(shape -> new LayerValue("none", shape))
                    .toList();
        }
        ClassDraft.Layer layer = draft.layer(built);
        int axis = place(split.axis(), x.shape());
        List<LayerValue> parts = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < built.outputs().size(); i++) {
            LayerValue part = layer.output(i, "Part" + (i + 1));
            cut(layer, x, part, axis, at);
            at += below(part.shape(), axis) * part.shape().extent(axis);
            parts.add(part);
        }
        layer.end("Splits rows");
        return parts;
    }

    private static void cut(ClassDraft.Layer layer, LayerValue x, LayerValue y, int axis, int at) {
        int larger = below(x.shape(), axis) * x.shape().extent(axis);
        int span = below(y.shape(), axis) * y.shape().extent(axis);
        layer.call("cut", x.field(), x.shape().size() / larger, larger, at, y.field(), span);
    }

    LayerValue permute(Permute permute, LayerValue x) {
        List<Integer> order = permute.order();
        if (order.size() > 3) {
            draft.obstacle(built, ", of " + order.size() + " axes");
            return new LayerValue("none", built.outputs().getFirst());
        }
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        List<Object> extents = new ArrayList<>();
        List<Object> steps = new ArrayList<>();
        for (int axis : order) {
            extents.add(x.shape().extent(axis));
            steps.add(below(x.shape(), axis));
        }
        while (extents.size() < 3) {
            extents.addFirst(1);
            steps.addFirst(0);
        }
        List<Object> all = new ArrayList<>(List.of(x.field()));
        all.addAll(extents);
        all.addAll(steps);
        all.add(y.field());
        layer.call("permute", all.toArray());
        layer.end("Axes in the order " + order);
        return y;
    }

    LayerValue embed(Embedding embedding, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        layer.call("embed", x.field(), x.count(), layer.weight("weight"), embedding.size(), y.field());
        layer.end("The vector of each id");
        return y;
    }

    LayerValue sequencePool(SequencePool pool, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        switch (pool.result()) {
            case MEAN -> layer.call("meanOfSteps", x.field(), x.steps(), x.width(), y.field());
            case MAX -> layer.call("maxOfSteps", x.field(), x.steps(), x.width(), y.field());
            case FIRST -> layer.call("copy", x.field(), x.width(), y.field());
            case LAST ->
                layer.call("cut", x.field(), 1, 0, "(" + x.steps() + " - 1) * " + x.width(), y.field(), x.width());
        }
        layer.end("The steps as one: " + pool.result());
        return y;
    }

    LayerValue frame(int top, int left, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        layer.call(
                "frame",
                x.field(),
                ConvolutionCode.channels(x),
                ConvolutionCode.rows(x),
                ConvolutionCode.columns(x),
                top,
                left,
                y.field(),
                ConvolutionCode.rows(y),
                ConvolutionCode.columns(y));
        layer.end(top < 0 || left < 0 ? "Without the edges" : "Zeros at the edges");
        return y;
    }

    LayerValue relativeTo(RelativeToLast relative, LayerValue x) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = new LayerValue(layer.buffer("Changes", x.shape()), x.shape());
        layer.call("relativeToLast", x.field(), x.steps(), x.width(), columns(relative), y.field());
        layer.end("Some columns relative to the last step");
        return y;
    }

    LayerValue addLast(RelativeToLast relative, LayerValue x, LayerValue forecast) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue sum = new LayerValue(layer.buffer("Sum", forecast.shape()), forecast.shape());
        LayerValue y = layer.output();
        layer.call("copy", forecast.field(), sum.count(), sum.field());
        layer.call("addLast", x.field(), x.steps(), x.width(), columns(relative), sum.field());
        layer.call("standardize", sum.field(), 1, layer.weight("mean"), layer.weight("factor"), y.field());
        layer.end("What comes after the last step, in the units of the target");
        return y;
    }

    /// A constant with the columns.
    private String columns(RelativeToLast relative) {
        return draft.wholes("columns of " + built.name(), "COLUMNS", relative.columns());
    }

    private static int place(int axis, Shape row) {
        return axis < 0 ? row.rank() + axis : axis;
    }

    private static int below(Shape row, int axis) {
        int product = 1;
        for (int i = axis + 1; i < row.rank(); i++) product *= row.extent(i);
        return product;
    }
}
