package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.dashboard.playground.Explanation.Section;
import dev.neurite.dashboard.playground.Explanation.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// The formulas of one unit: its output, its δ, its gradients and its update.
final class UnitFormulas {
    private final StepNumbers step;
    private final Names names;
    private final LossFormulas loss;
    private final int layer;
    private final int unit;

    /// @param layer the number of the layer, from 1
    /// @param unit the number of the unit, from 0
    UnitFormulas(StepNumbers step, int layer, int unit) {
        this.step = step;
        this.names = Names.of(step);
        this.loss = new LossFormulas(step);
        this.layer = layer;
        this.unit = unit;
    }

    String title() {
        if (layer < step.last()) return "Unit " + (unit + 1) + " of layer " + layer;
        List<String> titles = step.experiment().outputTitles();
        return titles.isEmpty() ? "The output" : "Output " + (unit + 1) + ", class " + titles.get(unit);
    }

    List<Section> sections() {
        boolean isOutput = layer == step.last();
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                "forward",
                "Forward",
                "Each input is multiplied by its weight. The sum z goes through the activation.",
                forward(),
                Table.NONE));
        if (isOutput) sections.add(loss.loss());
        List<Line> backward = new ArrayList<>(isOutput ? loss.delta(unit) : hiddenDelta());
        backward.addAll(gradients());
        sections.add(new Section(
                "backward",
                "Backward",
                isOutput
                        ? "δ is how the loss changes with z. Here it is the error of the answer."
                        : "δ is how the loss changes with z. It comes back through the weights that lead on from here.",
                backward,
                Table.NONE));
        sections.add(new UnitUpdate(step, layer, unit).section());
        return sections;
    }

    // -------------------------------------------------------------------------------------------------------- forward

    private List<Line> forward() {
        float[] inputs = step.input(layer);
        float[] weights = step.weights(layer)[unit];
        Formula z = names.z(unit, layer).is();
        Formula named = z;
        Formula written = z;
        for (int i = 0; i < inputs.length; i++) {
            if (i > 0) {
                named = named.plus();
                written = written.plus();
            }
            named = named.and(names.w(unit, i, layer)).times().and(names.a(i, layer - 1));
            written = written.factor(weights[i]).times().factor(inputs[i]);
        }
        List<Line> lines = new ArrayList<>();
        lines.add(new Line("z", "the weighted sum", named.plus().and(names.b(unit, layer))));
        lines.add(new Line(
                "z",
                "with numbers",
                written.plus().factor(step.biases(layer)[unit]).is().number(step.z(layer)[unit])));
        lines.addAll(new ActivationFormulas(step, layer).lines(unit));
        if (step.drops(layer)) lines.add(dropout());
        return lines;
    }

    private Line dropout() {
        float mask = step.mask(layer, unit);
        float value = step.output(layer)[unit];
        return new Line(
                "dropout",
                mask == 0 ? "dropout: this unit is left out of this step" : "dropout: this unit stays, scaled up",
                names.a(unit, layer)
                        .is()
                        .factor(mask)
                        .times()
                        .factor(value)
                        .is()
                        .number(mask * value));
    }

    // ------------------------------------------------------------------------------------------------------- backward

    /// δ of a hidden unit, from those of the next layer.
    private List<Line> hiddenDelta() {
        float[][] weights = step.weights(layer + 1);
        float[] deltas = step.delta(layer + 1);
        Formula named = Formula.EMPTY;
        Formula written = Formula.EMPTY;
        for (int k = 0; k < deltas.length; k++) {
            if (k > 0) {
                named = named.plus();
                written = written.plus();
            }
            named = named.and(names.w(k, unit, layer + 1)).times().and(names.delta(k, layer + 1));
            written = written.factor(weights[k][unit]).times().factor(deltas[k]);
        }
        Formula delta = names.delta(unit, layer).is();
        named = delta.group(named);
        written = delta.group(written);
        if (step.drops(layer)) {
            named = named.times().words("dropout");
            written = written.times().factor(step.mask(layer, unit));
        }
        return List.of(
                new Line(
                        "delta",
                        "the errors that this unit leads to, through its weights, and the slope of its activation",
                        named.times().sign("g′").group(names.z(unit, layer))),
                new Line(
                        "delta",
                        "with numbers",
                        written.times().factor(step.slope(layer, unit)).is().number(step.delta(layer)[unit])));
    }

    private List<Line> gradients() {
        float[][] inputs = step.inputs(layer);
        float[][] deltas = step.deltas(layer);
        float[] gradients = step.weightGradients(layer)[unit];
        Formula delta = names.delta(unit, layer);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < gradients.length; i++) {
            int input = i;
            lines.add(new Line(
                    "dw" + (i + 1),
                    i == 0 ? "how the loss changes with each weight" : "",
                    gradient(
                            names.dw(unit, i, layer),
                            delta.times().and(names.a(i, layer - 1)),
                            row -> Formula.EMPTY
                                    .factor(deltas[row][unit])
                                    .times()
                                    .factor(inputs[row][input]),
                            gradients[i])));
        }
        lines.add(new Line(
                "db",
                "and with the bias",
                gradient(
                        names.db(unit, layer),
                        delta,
                        row -> Formula.EMPTY.factor(deltas[row][unit]),
                        step.biasGradients(layer)[unit])));
        return lines;
    }

    /// A gradient: of a single row, or the mean over a batch, of which some rows are written out.
    /// @param product what it is for one row
    /// @param term the same with the numbers of a row
    private Formula gradient(Formula name, Formula product, IntFunction<Formula> term, float result) {
        int count = step.rows().size();
        if (count == 1) {
            return name.is().and(product).is().and(term.apply(0)).is().number(result);
        }
        Formula sum = Formula.EMPTY;
        for (int row = 0; row < Math.min(count, Formulas.WRITTEN_ROWS); row++) {
            if (row > 0) sum = sum.plus();
            sum = sum.and(term.apply(row));
        }
        if (count > Formulas.WRITTEN_ROWS) {
            sum = sum.plus().words("… " + (count - Formulas.WRITTEN_ROWS) + " more");
        }
        return name.is()
                .fraction(Formula.of(1), Formula.of("N"))
                .sign("Σ")
                .and(product)
                .is()
                .fraction(Formula.of(1), Formula.of(count))
                .group(sum)
                .is()
                .number(result);
    }
}
