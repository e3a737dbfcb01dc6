package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.dashboard.playground.Explanation.Section;
import dev.neurite.dashboard.playground.Explanation.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Softmax;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/// Writes the formulas of the next step, forward and backward, with the numbers of one example.
/// z, a, δ, gradients, the optimizer's numbers and the new weights are those of the library's
/// step.
public final class Formulas {
    private static final int MOST_ROWS = 4; // of a batch that are written out
    private static final String TIMES = "·";
    private static final String MINUS = "−";
    private static final String PLUS = "+";
    private static final String CIRCLE = "∘";

    private final Experiment experiment;
    private final StepNumbers step;
    private final int layer;
    private final int last;
    private final int example;

    private Formulas(Experiment experiment, StepNumbers step, int layer) {
        this.experiment = experiment;
        this.step = step;
        this.layer = layer;
        this.last = experiment.layers().size() + 1;
        this.example = step.rows().get(step.shown());
    }

    /// Explains a unit or a layer in the next step of an experiment, which is not taken.
    /// @param layer the number of the layer, 0 for the inputs
    /// @param unit the number of the unit, from 1; 0 for the whole layer
    /// @param example the example, by its index among those that are trained on; empty for the
    /// next one. If the next batch does not contain it, the first of that batch is shown
    /// @param alone whether to step on this example alone, not on the next batch
    /// @throws ConfigException for a layer, unit or example that there is not
    /// @throws dev.neurite.error.DivergedException if that step is not finite
    public static Explanation of(LiveExperiment live, int layer, int unit, OptionalInt example, boolean alone) {
        Experiment experiment = live.experiment();
        int last = experiment.layers().size() + 1;
        if (layer < 0 || layer > last) throw new ConfigException("layer", "expects 0 to " + last + ", got " + layer);
        int units = layer == 0
                ? experiment.inputs()
                : layer == last ? experiment.outputs() : experiment.layers().get(layer - 1);
        if (unit < 0 || unit > units) throw new ConfigException("unit", "expects 0 to " + units + ", got " + unit);
        var formulas = new Formulas(experiment, live.look(example, alone), layer);
        if (layer == 0) return formulas.inputs(unit);
        return unit == 0 ? formulas.wholeLayer() : formulas.unit(unit - 1);
    }

    private Explanation explanation(String title, int unit, List<Section> sections) {
        return new Explanation(title, layer, unit, example, step.rows(), step.step(), sections);
    }

    // ---------------------------------------------------------------------------------------------------------- names

    private static String above(int layer) {
        return "(" + layer + ")";
    }

    private static Formula z(int unit, int layer) {
        return Formula.of("z", Integer.toString(unit + 1), above(layer));
    }

    /// An output; ŷ for that of the network.
    private Formula a(int unit, int of) {
        if (of < last) return Formula.of("a", Integer.toString(unit + 1), above(of));
        return experiment.outputs() == 1 ? Formula.of("ŷ") : Formula.of("ŷ", Integer.toString(unit + 1), "");
    }

    private Formula y(int unit) {
        return experiment.outputs() == 1 ? Formula.of("y") : Formula.of("y", Integer.toString(unit + 1), "");
    }

    private static Formula delta(int unit, int layer) {
        return Formula.of("δ", Integer.toString(unit + 1), above(layer));
    }

    private static Formula w(int unit, int input, int layer) {
        return Formula.of("w", (unit + 1) + "," + (input + 1), above(layer));
    }

    private static Formula b(int unit, int layer) {
        return Formula.of("b", Integer.toString(unit + 1), above(layer));
    }

    private Elementwise hidden() {
        return experiment.activation().function();
    }

    private static String functionName(Activation activation) {
        return activation instanceof Activation.Identity ? "identity" : activation.toString();
    }

    // --------------------------------------------------------------------------------------------------------- inputs

    private Explanation inputs(int unit) {
        float[] values = step.input(1);
        List<String> titles = experiment.inputTitles();
        List<Line> lines = new ArrayList<>();
        Points points = experiment.points();
        int row = experiment.trainRows()[example];
        if (experiment.data().isInPlane()) {
            lines.add(new Line("x", "the example", Formula.of("x₁").is().number(points.x1()[row])));
            lines.add(new Line("x", "", Formula.of("x₂").is().number(points.x2()[row])));
        }
        for (int i = 0; i < values.length; i++) {
            if (unit != 0 && unit != i + 1) continue;
            lines.add(new Line(
                    "a",
                    i == 0 || unit != 0 ? "what the network sees" : "",
                    a(i, 0).is().name(titles.get(i)).is().number(values[i])));
        }
        lines.add(target());
        String title = unit == 0 ? "The inputs" : "Input " + titles.get(unit - 1);
        Section section = new Section(
                "forward",
                "Forward",
                "Inputs are numbers computed from the example. They have no weights and are not trained.",
                lines,
                Table.NONE);
        return explanation(title, unit, List.of(section));
    }

    private Line target() {
        float[] targets = targets();
        String label = "the right answer";
        return targets.length == 1
                ? new Line("y", label, Formula.of("y").is().number(targets[0]))
                : new Line("y", label, Formula.of("y").is().column(targets));
    }

    /// The targets of the outputs for the shown example.
    private float[] targets() {
        return targets(example);
    }

    private float[] targets(int of) {
        float target = experiment.points().targets()[experiment.trainRows()[of]];
        if (experiment.outputs() == 1) {
            boolean signed = experiment.loss() == ErrorMeasure.HINGE;
            return new float[] {signed ? 2 * target - 1 : target};
        }
        float[] oneHot = new float[experiment.outputs()];
        oneHot[(int) target] = 1;
        return oneHot;
    }

    // ----------------------------------------------------------------------------------------------------------- unit

    private Explanation unit(int unit) {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                "forward",
                "Forward",
                "Each input is multiplied by its weight. The sum z goes through the activation.",
                unitForward(unit),
                Table.NONE));
        if (layer == last) sections.add(loss());
        sections.add(new Section(
                "backward",
                "Backward",
                layer == last
                        ? "δ is how the loss changes with z. Here it is the error of the answer."
                        : "δ is how the loss changes with z. It comes back through the weights that lead on from here.",
                unitBackward(unit),
                Table.NONE));
        sections.add(unitUpdate(unit));
        return explanation(unitTitle(unit), unit + 1, sections);
    }

    private String unitTitle(int unit) {
        if (layer == last) {
            List<String> titles = experiment.outputTitles();
            return titles.isEmpty() ? "The output" : "Output " + (unit + 1) + ", class " + titles.get(unit);
        }
        return "Unit " + (unit + 1) + " of layer " + layer;
    }

    private List<Line> unitForward(int unit) {
        List<Line> lines = new ArrayList<>();
        float[] inputs = step.input(layer);
        float[] weights = step.weights(layer)[unit];
        float bias = step.biases(layer)[unit];
        float[] z = step.z(layer);
        float value = step.output(layer)[unit];
        Formula named = z(unit, layer).is();
        Formula written = z(unit, layer).is();
        for (int i = 0; i < inputs.length; i++) {
            if (i > 0) {
                named = named.sign(PLUS);
                written = written.sign(PLUS);
            }
            named = named.and(w(unit, i, layer)).sign(TIMES).and(a(i, layer - 1));
            written = written.factor(weights[i]).sign(TIMES).factor(inputs[i]);
        }
        lines.add(new Line("z", "the weighted sum", named.sign(PLUS).and(b(unit, layer))));
        lines.add(new Line(
                "z", "with numbers", written.sign(PLUS).factor(bias).is().number(z[unit])));
        lines.addAll(activation(unit, z, value));
        float mask = mask(layer, unit);
        if (layer < last && experiment.dropout() > 0) {
            lines.add(new Line(
                    "dropout",
                    mask == 0 ? "dropout: this unit is left out of this step" : "dropout: this unit stays, scaled up",
                    a(unit, layer)
                            .is()
                            .factor(mask)
                            .sign(TIMES)
                            .factor(value)
                            .is()
                            .number(mask * value)));
        }
        return lines;
    }

    private List<Line> activation(int unit, float[] z, float value) {
        Formula a = a(unit, layer);
        Formula ofZ = z(unit, layer);
        String label = "the activation";
        if (layer == last && experiment.outputActivation() instanceof Softmax) {
            Formula e = Formula.EMPTY.power(Formula.of("e"), ofZ);
            Formula sum = Formula.EMPTY.sign("Σ").power(Formula.of("e"), Formula.of("z", "k", above(layer)));
            Formula numbers = Formula.EMPTY;
            for (int k = 0; k < z.length; k++) {
                if (k > 0) numbers = numbers.sign(PLUS);
                numbers = numbers.power(Formula.of("e"), Formula.of(z[k]));
            }
            Formula over = Formula.EMPTY.power(Formula.of("e"), Formula.of(z[unit]));
            return List.of(
                    new Line("a", "softmax: shares that add up to 1", a.is().fraction(e, sum)),
                    new Line(
                            "a",
                            "with numbers",
                            a.is().fraction(over, numbers).is().number(value)));
        }
        Activation function = layer == last ? experiment.outputActivation() : hidden();
        if (function instanceof Activation.Identity) {
            return List.of(new Line("a", "no activation", a.is().and(ofZ).is().number(value)));
        }
        String name = functionName(function);
        Formula written = a.is().sign(name).group(Formula.of(z[unit])).is().number(value);
        if (function instanceof Activation.Sigmoid) {
            Formula power = Formula.of(1)
                    .sign(PLUS)
                    .power(Formula.of("e"), Formula.EMPTY.sign(MINUS).and(ofZ));
            return List.of(
                    new Line("a", label, a.is().fraction(Formula.of(1), power)),
                    new Line("a", "with numbers", written));
        }
        Formula named = a.is().sign("g").group(ofZ);
        return List.of(
                new Line("a", label + ", g(z) = " + experiment.activation().formula(), named),
                new Line("a", "with numbers", written));
    }

    /// What dropout multiplied the output of a unit by: 0 or 1 / (1 − rate).
    private float mask(int of, int unit) {
        if (of == last || experiment.dropout() == 0) return 1;
        float after = step.input(of + 1)[unit];
        float before = step.output(of)[unit];
        return before == 0 ? 1 : after / before;
    }

    /// g′(z) of a unit.
    private float slope(int of, int unit) {
        Activation function = of == last ? experiment.outputActivation() : hidden();
        if (!(function instanceof Elementwise g)) return 1;
        return g.derivative(step.z(of)[unit], step.output(of)[unit]);
    }

    // ----------------------------------------------------------------------------------------------------------- loss

    private Section loss() {
        List<Line> lines = new ArrayList<>();
        float[] answers = step.output(last);
        float[] targets = targets();
        lines.add(target());
        Formula l = Formula.of("L");
        double value = step.rows().size() == 1 ? step.loss() : lossOf(answers, targets);
        if (experiment.outputs() > 1) {
            int truth = 0;
            for (int k = 0; k < targets.length; k++) if (targets[k] == 1) truth = k;
            lines.add(new Line(
                    "loss",
                    "cross-entropy: the surprise at the right class",
                    l.is().sign(MINUS)
                            .sign("Σ")
                            .name("y", "k", "")
                            .sign("ln")
                            .name("ŷ", "k", "")
                            .is()
                            .sign(MINUS)
                            .sign("ln")
                            .number(answers[truth])
                            .is()
                            .number(value)));
        } else {
            lines.addAll(singleLoss(l, targets[0], answers[0], value));
        }
        if (step.rows().size() > 1) {
            lines.add(new Line(
                    "meanLoss",
                    "the mean over the " + step.rows().size() + " examples of the batch",
                    Formula.of("L").words("of the batch").is().number(step.loss())));
        }
        return new Section(
                "loss",
                "Loss",
                "One number says how wrong the answer is. Training makes it smaller.",
                lines,
                Table.NONE);
    }

    private List<Line> singleLoss(Formula l, float y, float answer, double value) {
        Formula difference = Formula.of("ŷ").sign(MINUS).name("y");
        Formula numbers = Formula.of(answer).sign(MINUS).factor(y);
        return switch (experiment.loss()) {
            case CROSS_ENTROPY ->
                List.of(
                        new Line(
                                "loss",
                                "cross-entropy",
                                l.is().sign(MINUS)
                                        .group(Formula.of("y")
                                                .sign(TIMES)
                                                .sign("ln")
                                                .name("ŷ")
                                                .sign(PLUS)
                                                .group(Formula.of(1).sign(MINUS).name("y"))
                                                .sign(TIMES)
                                                .sign("ln")
                                                .group(Formula.of(1).sign(MINUS).name("ŷ")))),
                        new Line(
                                "loss",
                                "with numbers",
                                l.is().sign(MINUS)
                                        .sign("ln")
                                        .and(
                                                y == 1
                                                        ? Formula.of(answer)
                                                        : Formula.EMPTY.group(Formula.of(1)
                                                                .sign(MINUS)
                                                                .number(answer)))
                                        .is()
                                        .number(value)));
            case SQUARED ->
                List.of(
                        new Line("loss", "squared error", l.is().power(Formula.EMPTY.group(difference), Formula.of(2))),
                        new Line(
                                "loss",
                                "with numbers",
                                l.is().power(Formula.EMPTY.group(numbers), Formula.of(2))
                                        .is()
                                        .number(value)));
            case ABSOLUTE ->
                List.of(
                        new Line(
                                "loss",
                                "absolute error",
                                l.is().sign("|").and(difference).sign("|")),
                        new Line(
                                "loss",
                                "with numbers",
                                l.is().sign("|").and(numbers).sign("|").is().number(value)));
            case HUBER -> {
                boolean near = Math.abs(answer - y) <= 1;
                Formula half = Formula.EMPTY.fraction(Formula.of(1), Formula.of(2));
                Formula named = near
                        ? l.is().and(half).power(Formula.EMPTY.group(difference), Formula.of(2))
                        : l.is().sign("|").and(difference).sign("|").sign(MINUS).and(half);
                Formula written = near
                        ? l.is().and(half).power(Formula.EMPTY.group(numbers), Formula.of(2))
                        : l.is().sign("|").and(numbers).sign("|").sign(MINUS).and(half);
                yield List.of(
                        new Line("loss", near ? "Huber loss, near" : "Huber loss, far off", named),
                        new Line("loss", "with numbers", written.is().number(value)));
            }
            case HINGE ->
                List.of(
                        new Line(
                                "loss",
                                "hinge loss, y = ±1",
                                l.is().sign("max")
                                        .group(Formula.of(0)
                                                .sign(",")
                                                .number(1)
                                                .sign(MINUS)
                                                .name("y")
                                                .sign(TIMES)
                                                .name("ŷ"))),
                        new Line(
                                "loss",
                                "with numbers",
                                l.is().sign("max")
                                        .group(Formula.of(0)
                                                .sign(",")
                                                .number(1)
                                                .sign(MINUS)
                                                .factor(y)
                                                .sign(TIMES)
                                                .factor(answer))
                                        .is()
                                        .number(value)));
        };
    }

    /// The loss of one row of a batch, of which the library reports only the mean.
    private double lossOf(float[] answers, float[] targets) {
        if (experiment.outputs() > 1) {
            double loss = 0;
            for (int k = 0; k < answers.length; k++) if (targets[k] == 1) loss -= StrictMath.log(answers[k]);
            return loss;
        }
        double answer = answers[0];
        double y = targets[0];
        double error = Math.abs(answer - y);
        return switch (experiment.loss()) {
            case CROSS_ENTROPY -> -StrictMath.log(y == 1 ? answer : 1 - answer);
            case SQUARED -> error * error;
            case ABSOLUTE -> error;
            case HUBER -> error <= 1 ? error * error / 2 : error - 0.5;
            case HINGE -> Math.max(0, 1 - y * answer);
        };
    }

    // ------------------------------------------------------------------------------------------------------- backward

    private List<Line> unitBackward(int unit) {
        List<Line> lines = new ArrayList<>(layer == last ? outputDelta(unit) : hiddenDelta(unit));
        float[] inputs = step.input(layer);
        float[] weights = step.layer(layer).gradient("weight").toRows()[unit];
        for (int i = 0; i < inputs.length; i++) {
            int input = i;
            String label = i == 0 ? "how the loss changes with each weight" : "";
            lines.add(new Line(
                    "dw" + (i + 1),
                    label,
                    gradient(
                            Formula.of("dw", (unit + 1) + "," + (i + 1), above(layer)),
                            delta(unit, layer).sign(TIMES).and(a(i, layer - 1)),
                            row -> Formula.EMPTY
                                    .factor(step.deltas(layer)[row][unit])
                                    .sign(TIMES)
                                    .factor(step.layer(layer).input().toRows()[row][input]),
                            weights[i])));
        }
        float bias = step.layer(layer).gradient("bias").toArray()[unit];
        lines.add(new Line(
                "db",
                "and with the bias",
                gradient(
                        Formula.of("db", Integer.toString(unit + 1), above(layer)),
                        delta(unit, layer),
                        row -> Formula.EMPTY.factor(step.deltas(layer)[row][unit]),
                        bias)));
        return lines;
    }

    /// A gradient: of a single row, or the mean over a batch, of which some rows are written out.
    private Formula gradient(Formula name, Formula product, IntFunction<Formula> term, float result) {
        int count = step.rows().size();
        Formula named = name.is();
        if (count == 1) {
            return named.and(product).is().and(term.apply(0)).is().number(result);
        }
        Formula mean = Formula.EMPTY.fraction(Formula.of(1), Formula.of(count));
        Formula sum = Formula.EMPTY;
        for (int row = 0; row < Math.min(count, MOST_ROWS); row++) {
            if (row > 0) sum = sum.sign(PLUS);
            sum = sum.and(term.apply(row));
        }
        if (count > MOST_ROWS) sum = sum.sign(PLUS).words("… " + (count - MOST_ROWS) + " more");
        return named.fraction(Formula.of(1), Formula.of("N"))
                .sign("Σ")
                .and(product)
                .is()
                .and(mean)
                .group(sum)
                .is()
                .number(result);
    }

    private List<Line> outputDelta(int unit) {
        float value = step.delta(layer)[unit];
        float answer = step.output(layer)[unit];
        float y = targets()[unit];
        Formula delta = delta(unit, layer).is();
        Formula difference = a(unit, layer).sign(MINUS).and(y(unit));
        Formula numbers = Formula.of(answer).sign(MINUS).factor(y);
        boolean bent = experiment.outputActivation() instanceof Activation.Sigmoid;
        float slope = slope(layer, unit);
        return switch (experiment.loss()) {
            case CROSS_ENTROPY -> deltaLines(delta.and(difference), delta.and(numbers), value);
            case SQUARED ->
                deltaLines(
                        bend(delta.number(2).sign(TIMES).group(difference), bent, unit),
                        bend(delta.number(2).sign(TIMES).group(numbers), bent, slope),
                        value);
            case ABSOLUTE ->
                deltaLines(
                        bend(delta.sign("sign").group(difference), bent, unit),
                        bend(delta.sign("sign").group(numbers), bent, slope),
                        value);
            case HUBER ->
                Math.abs(answer - y) <= 1
                        ? deltaLines(
                                bend(delta.group(difference), bent, unit),
                                bend(delta.group(numbers), bent, slope),
                                value)
                        : deltaLines(
                                bend(delta.sign("sign").group(difference), bent, unit),
                                bend(delta.sign("sign").group(numbers), bent, slope),
                                value);
            case HINGE -> {
                Formula condition = y(unit).sign(TIMES).and(a(unit, layer)).is().number(y * answer);
                boolean far = y * answer < 1;
                yield List.of(
                        new Line(
                                "delta",
                                far ? "below 1: too near to the boundary" : "1 or more: nothing to learn",
                                condition),
                        new Line(
                                "delta",
                                "δ",
                                far ? delta.sign(MINUS).and(y(unit)).is().number(value) : delta.number(value)));
            }
        };
    }

    private Formula bend(Formula of, boolean bent, int unit) {
        return bent ? of.sign(TIMES).sign("g′").group(z(unit, layer)) : of;
    }

    private static Formula bend(Formula of, boolean bent, float slope) {
        return bent ? of.sign(TIMES).factor(slope) : of;
    }

    private static List<Line> deltaLines(Formula named, Formula written, float value) {
        return List.of(
                new Line("delta", "the error of the answer", named),
                new Line("delta", "with numbers", written.is().number(value)));
    }

    private List<Line> hiddenDelta(int unit) {
        float[][] next = step.weights(layer + 1);
        float[] deltas = step.delta(layer + 1);
        Formula named = Formula.EMPTY;
        Formula written = Formula.EMPTY;
        for (int k = 0; k < deltas.length; k++) {
            if (k > 0) {
                named = named.sign(PLUS);
                written = written.sign(PLUS);
            }
            named = named.and(w(k, unit, layer + 1)).sign(TIMES).and(delta(k, layer + 1));
            written = written.factor(next[k][unit]).sign(TIMES).factor(deltas[k]);
        }
        Formula delta = delta(unit, layer).is();
        Formula allNamed = delta.group(named);
        Formula allWritten = delta.group(written);
        if (experiment.dropout() > 0) {
            allNamed = allNamed.sign(TIMES).words("dropout");
            allWritten = allWritten.sign(TIMES).factor(mask(layer, unit));
        }
        float slope = slope(layer, unit);
        return List.of(
                new Line(
                        "delta",
                        "the errors that this unit leads to, through its weights, and the slope of its activation",
                        allNamed.sign(TIMES).sign("g′").group(z(unit, layer))),
                new Line(
                        "delta",
                        "with numbers",
                        allWritten.sign(TIMES).factor(slope).is().number(step.delta(layer)[unit])));
    }

    // --------------------------------------------------------------------------------------------------------- update

    private UpdateFormulas.Numbers numbers(int unit, int input) {
        int index = step.index(layer, unit, input);
        float before = step.before().toArray()[index];
        float gradient = input < 0
                ? step.layer(layer).gradient("bias").toArray()[unit]
                : step.layer(layer).gradient("weight").toRows()[unit][input];
        float penalty = input < 0 || !experiment.isPenalized()
                ? 0
                : UpdateFormulas.penalty(experiment.penalty().penalty(experiment.strength()), before);
        int slots = step.slotsBefore().size();
        List<Float> kept = new ArrayList<>();
        List<Float> keeps = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            kept.add(step.slotsBefore().get(i)[index]);
            keeps.add(step.slotsAfter().get(i)[index]);
        }
        Formula name = input < 0 ? b(unit, layer) : w(unit, input, layer);
        return new UpdateFormulas.Numbers(
                name, before, gradient, penalty, kept, keeps, step.after().toArray()[index]);
    }

    private Section unitUpdate(int unit) {
        var formulas = new UpdateFormulas(experiment, step.step());
        List<Line> lines = new ArrayList<>(formulas.rule());
        int inputs = step.input(layer).length;
        List<String> rows = new ArrayList<>();
        List<double[]> values = new ArrayList<>();
        List<String> columns = new ArrayList<>(List.of("before", "gradient"));
        if (experiment.isPenalized()) columns.add("with penalty");
        for (String slot : experiment.optimizer().slots()) {
            columns.add(slot + " before");
            columns.add(slot + " after");
        }
        columns.add("change");
        columns.add("after");
        for (int i = 0; i <= inputs; i++) {
            int input = i == inputs ? -1 : i;
            UpdateFormulas.Numbers of = numbers(unit, input);
            List<Line> written = formulas.written(of);
            for (int k = 0; k < written.size(); k++) {
                Line line = written.get(k);
                String label = k > 0 ? "" : input < 0 ? "the bias" : "weight " + (i + 1);
                lines.add(new Line(line.key(), label, line.formula()));
            }
            rows.add(input < 0 ? "b" : "w" + (i + 1));
            values.add(row(of));
        }
        return new Section(
                "update",
                "Update by step " + step.step(),
                "Each weight moves a little against its gradient, so that the loss becomes smaller.",
                lines,
                new Table(columns, rows, values));
    }

    private double[] row(UpdateFormulas.Numbers of) {
        List<Double> row = new ArrayList<>();
        row.add((double) of.before());
        row.add((double) of.gradient());
        if (experiment.isPenalized()) row.add((double) of.total());
        for (int i = 0; i < of.kept().size(); i++) {
            row.add((double) of.kept().get(i).floatValue());
            row.add((double) of.keeps().get(i).floatValue());
        }
        row.add((double) of.after() - of.before());
        row.add((double) of.after());
        return row.stream().mapToDouble(Double::doubleValue).toArray();
    }

    // ---------------------------------------------------------------------------------------------------- whole layer

    private Explanation wholeLayer() {
        String title = layer == last ? "The output layer" : "Layer " + layer;
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                "forward",
                "Forward",
                "All units of the layer at once: a row of W for each unit.",
                layerForward(),
                Table.NONE));
        if (layer == last) sections.add(loss());
        sections.add(new Section(
                "backward",
                "Backward",
                "The chain rule, from the output back to the inputs.",
                layerBackward(),
                Table.NONE));
        sections.add(layerUpdate());
        return explanation(title, 0, sections);
    }

    private static Formula layered(String name, int layer) {
        return Formula.of(name, "", above(layer));
    }

    private Formula outputs(int of) {
        return of == last ? Formula.of("ŷ") : layered("a", of);
    }

    private List<Line> layerForward() {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                "z",
                "the weighted sums",
                layered("z", layer)
                        .is()
                        .and(layered("W", layer))
                        .and(outputs(layer - 1))
                        .sign(PLUS)
                        .and(layered("b", layer))));
        lines.add(new Line(
                "z",
                "with numbers",
                layered("z", layer)
                        .is()
                        .grid(step.weights(layer))
                        .column(step.input(layer))
                        .sign(PLUS)
                        .column(step.biases(layer))
                        .is()
                        .column(step.z(layer))));
        Activation function = layer == last ? experiment.outputActivation() : hidden();
        String label =
                function instanceof Activation.Identity ? "no activation" : "the activation, " + functionName(function);
        lines.add(new Line(
                "a",
                label,
                outputs(layer).is().sign("g").group(layered("z", layer)).is().column(step.output(layer))));
        if (layer < last && experiment.dropout() > 0) {
            float[] mask = new float[step.output(layer).length];
            for (int i = 0; i < mask.length; i++) mask[i] = mask(layer, i);
            lines.add(new Line(
                    "dropout",
                    "dropout",
                    outputs(layer)
                            .is()
                            .column(step.output(layer))
                            .sign(CIRCLE)
                            .column(mask)
                            .is()
                            .column(step.input(layer + 1))));
        }
        return lines;
    }

    private List<Line> layerBackward() {
        List<Line> lines = new ArrayList<>();
        Formula delta = layered("δ", layer);
        if (layer < last) {
            lines.addAll(passedBack(layer));
        } else if (experiment.loss() == ErrorMeasure.CROSS_ENTROPY) {
            lines.add(new Line(
                    "delta",
                    "the error of the answer",
                    delta.is().name("ŷ").sign(MINUS).name("y")));
            lines.add(new Line(
                    "delta",
                    "with numbers",
                    delta.is()
                            .column(step.output(layer))
                            .sign(MINUS)
                            .column(targets())
                            .is()
                            .column(step.delta(layer))));
        } else {
            lines.addAll(outputDelta(0));
        }
        int count = step.rows().size();
        float[][] gradient = step.layer(layer).gradient("weight").toRows();
        Formula dW = layered("dW", layer).is();
        Formula transposed = Formula.EMPTY.power(outputs(layer - 1), Formula.EMPTY.sign("T"));
        if (count == 1) {
            lines.add(new Line(
                    "dW",
                    "how the loss changes with each weight",
                    dW.and(delta)
                            .and(transposed)
                            .is()
                            .column(step.delta(layer))
                            .row(step.input(layer))
                            .is()
                            .grid(gradient)));
        } else {
            Formula mean = Formula.EMPTY.fraction(Formula.of(1), Formula.of("N"));
            Formula named = dW.and(mean)
                    .name("δ", "", above(layer))
                    .power(layer == 1 ? Formula.of("X") : layered("A", layer - 1), Formula.EMPTY.sign("T"));
            lines.add(new Line("dW", "how the loss changes with each weight, the mean over the batch", named));
            Formula written = dW.fraction(Formula.of(1), Formula.of(count));
            if (count <= MOST_ROWS) {
                written = written.grid(transposed(step.deltas(layer)))
                        .grid(step.layer(layer).input().toRows())
                        .is()
                        .grid(gradient);
            } else {
                written = dW.words("mean over " + count + " examples").is().grid(gradient);
            }
            lines.add(new Line("dW", "with numbers", written));
        }
        lines.add(new Line(
                "db",
                "and with each bias",
                layered("db", layer)
                        .is()
                        .and(count == 1 ? delta : meanOf(delta))
                        .is()
                        .column(step.layer(layer).gradient("bias").toArray())));
        if (layer > 1) lines.addAll(passedBack(layer - 1));
        return lines;
    }

    private static Formula meanOf(Formula of) {
        return Formula.EMPTY.fraction(Formula.of(1), Formula.of("N")).sign("Σ").and(of);
    }

    /// δ of a hidden layer from that of the next.
    private List<Line> passedBack(int to) {
        String label =
                to == layer ? "δ comes back through the weights of the next layer" : "what goes back to layer " + to;
        Formula transposed = Formula.EMPTY.power(layered("W", to + 1), Formula.EMPTY.sign("T"));
        float[] slopes = new float[step.output(to).length];
        float[] mask = new float[slopes.length];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = slope(to, i);
            mask[i] = mask(to, i);
        }
        Formula named = layered("δ", to)
                .is()
                .group(transposed.and(layered("δ", to + 1)))
                .sign(CIRCLE);
        Formula written = layered("δ", to)
                .is()
                .group(Formula.EMPTY.grid(transposed(step.weights(to + 1))).column(step.delta(to + 1)))
                .sign(CIRCLE);
        if (experiment.dropout() > 0) {
            named = named.words("dropout").sign(CIRCLE);
            written = written.column(mask).sign(CIRCLE);
        }
        return List.of(
                new Line(to == layer ? "delta" : "back", label, named.sign("g′").group(layered("z", to))),
                new Line(
                        to == layer ? "delta" : "back",
                        "with numbers",
                        written.column(slopes).is().column(step.delta(to))));
    }

    private static float[][] transposed(float[][] rows) {
        float[][] columns = new float[rows[0].length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) columns[j][i] = rows[i][j];
        }
        return columns;
    }

    private Section layerUpdate() {
        var formulas = new UpdateFormulas(experiment, step.step());
        List<Line> lines = new ArrayList<>(formulas.rule());
        String name = "dense" + layer;
        Formula weight = layered("W", layer);
        lines.add(new Line(
                "W",
                "the weights",
                weight.is()
                        .grid(step.weights(layer))
                        .sign("→")
                        .grid(step.after().get(name + ".weight").toRows())));
        lines.add(new Line(
                "b",
                "the biases",
                layered("b", layer)
                        .is()
                        .column(step.biases(layer))
                        .sign("→")
                        .column(step.after().get(name + ".bias").toArray())));
        return new Section(
                "update",
                "Update by step " + step.step(),
                "Click a unit to see the update of each of its weights written out.",
                lines,
                Table.NONE);
    }
}
