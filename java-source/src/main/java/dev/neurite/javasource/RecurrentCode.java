package dev.neurite.javasource;

import dev.neurite.layer.Gru;
import dev.neurite.layer.Lstm;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.layer.SimpleRnn;
import dev.neurite.model.BuiltNode;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Recurrent layers. The state begins with zeros.
final class RecurrentCode {
    private final BuiltNode built;
    private final RecurrentLayer<?> node;
    private final ClassDraft.Layer layer;
    private final LayerValue x;
    private final int units;
    private final Shape state;

    private RecurrentCode(BuiltNode built, RecurrentLayer<?> node, LayerValue x, ClassDraft draft) {
        this.built = built;
        this.node = node;
        this.layer = draft.layer(built);
        this.x = x;
        this.units = node.settings().units();
        this.state = Shape.of(units);
    }

    /// Writes a layer with an output of its own.
    static LayerValue write(BuiltNode built, RecurrentLayer<?> node, LayerValue x, ClassDraft draft) {
        var code = new RecurrentCode(built, node, x, draft);
        LayerValue y = code.layer.output();
        code.write(y, 0);
        return y;
    }

    /// Writes a layer whose output is a part of each step of another one's.
    /// @param at the place of the part
    static void write(BuiltNode built, RecurrentLayer<?> node, LayerValue x, LayerValue y, int at, ClassDraft draft) {
        new RecurrentCode(built, node, x, draft).write(y, at);
    }

    private void write(LayerValue y, int at) {
        boolean each = node.settings().sequences();
        List<Object> to = List.of(each, y.field(), at, y.width());
        switch (node) {
            case Lstm _ -> lstm(to);
            case Gru gru when gru.resetAfter() -> gru(to);
            case Gru _ -> gruResetBefore(to);
            case SimpleRnn rnn -> simple(rnn, y, at);
        }
        String steps = node.settings().reversed() ? "backwards through the steps" : "through the steps";
        layer.end(LayerCode.kind(built) + " of " + units + " units, " + steps + (each ? "" : "; the last state"));
    }

    private void lstm(List<Object> to) {
        call(
                "lstm",
                List.of(
                        matrix("weight_ih", "OfInput", 4),
                        matrix("weight_hh", "OfState", 4),
                        bias(4 * units),
                        layer.buffer("Gates", Shape.of(4 * units)),
                        layer.buffer("H", state),
                        layer.buffer("C", state)),
                to);
    }

    private void gru(List<Object> to) {
        call(
                "gru",
                List.of(
                        matrix("weight_ih", "OfInput", 3),
                        matrix("weight_hh", "OfState", 3),
                        layer.weight("bias_ih"),
                        layer.weight("bias_hh"),
                        layer.buffer("Gates", Shape.of(3 * units)),
                        layer.buffer("Candidates", Shape.of(3 * units)),
                        layer.buffer("H", state)),
                to);
    }

    private void gruResetBefore(List<Object> to) {
        float[] ofState = layer.values("weight_hh");
        int gates = 2 * units * units;
        call(
                "gruResetBefore",
                List.of(
                        matrix("weight_ih", "OfInput", 3),
                        layer.transposed("weight_hh", "OfState", Arrays.copyOf(ofState, gates), 2 * units),
                        layer.transposed(
                                "weight_hh", "OfReset", Arrays.copyOfRange(ofState, gates, ofState.length), units),
                        bias(3 * units),
                        layer.buffer("Gates", Shape.of(3 * units)),
                        layer.buffer("Reset", state),
                        layer.buffer("H", state)),
                to);
    }

    private void call(String method, List<Object> own, List<Object> to) {
        List<Object> all = new ArrayList<>(
                List.of(x.field(), x.steps(), x.width(), node.settings().reversed()));
        all.addAll(own);
        all.addAll(to);
        layer.call(method, all.toArray());
    }

    /// The steps stand in the method: the activation is one of many.
    private void simple(SimpleRnn rnn, LayerValue y, int at) {
        String bias = bias(units);
        String ofInput = matrix("weight_ih", "OfInput", 1);
        String ofState = matrix("weight_hh", "OfState", 1);
        String before = layer.buffer("H", state);
        String next = layer.buffer("Next", state);
        boolean each = rnn.settings().sequences();
        for (String method : List.of("clear", "copy", "addProducts")) layer.uses(method);
        layer.line("clear(" + before + ", " + units + ");");
        layer.line("for (int step = 0; step < " + x.steps() + "; step++) {");
        layer.line("    int t = " + (rnn.settings().reversed() ? x.steps() + " - 1 - step;" : "step;"));
        layer.line("    copy(" + bias + ", " + units + ", " + next + ");");
        layer.line("    addProducts(" + next + ", 0, " + units + ", " + x.field() + ", t * " + x.width() + ", "
                + x.width() + ", " + ofInput + ", 0);");
        layer.line("    addProducts(" + next + ", 0, " + units + ", " + before + ", 0, " + units + ", " + ofState
                + ", 0);");
        ActivationCode.apply(rnn.activation(), next, String.valueOf(units), layer);
        layer.line("    copy(" + next + ", " + units + ", " + before + ");");
        if (each) {
            layer.line("    System.arraycopy(" + before + ", 0, " + y.field() + ", " + at + " + t * " + y.width() + ", "
                    + units + ");");
        }
        layer.line("}");
        if (!each) layer.line("System.arraycopy(" + before + ", 0, " + y.field() + ", " + at + ", " + units + ");");
    }

    private String matrix(String own, String suffix, int gates) {
        return layer.transposed(own, suffix, layer.values(own), gates * units);
    }

    /// Both biases, added.
    private String bias(int count) {
        float[] sum = layer.values("bias_ih");
        float[] other = layer.values("bias_hh");
        for (int i = 0; i < count; i++) sum[i] += other[i];
        return layer.weight("bias_ih", "Bias", "[" + count + "]", sum);
    }
}
