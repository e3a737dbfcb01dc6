package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.dashboard.playground.Explanation.Section;
import dev.neurite.dashboard.playground.Explanation.Table;
import dev.neurite.kernel.Activation;
import java.util.ArrayList;
import java.util.List;

/// The formulas of a whole layer, with matrices.
final class LayerFormulas {
    private static final String TIMES_EACH = "∘"; // element by element

    private final StepNumbers step;
    private final Names names;
    private final LossFormulas loss;
    private final int layer;
    private final boolean isOutput;

    /// @param layer the number of the layer, from 1
    LayerFormulas(StepNumbers step, int layer) {
        this.step = step;
        this.names = Names.of(step);
        this.loss = new LossFormulas(step);
        this.layer = layer;
        this.isOutput = layer == step.last();
    }

    String title() {
        return isOutput ? "The output layer" : "Layer " + layer;
    }

    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                "forward",
                "Forward",
                "All units of the layer at once: a row of W for each unit.",
                forward(),
                Table.NONE));
        if (isOutput) sections.add(loss.loss());
        sections.add(new Section(
                "backward",
                "Backward",
                "The chain rule, from the output back to the inputs. δ is how the loss changes with z.",
                backward(),
                Table.NONE));
        sections.add(update());
        return sections;
    }

    // -------------------------------------------------------------------------------------------------------- forward

    private List<Line> forward() {
        Formula z = names.layer("z", layer);
        Formula a = names.outputs(layer).is();
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                "z",
                "the weighted sums",
                z.is().and(names.layer("W", layer))
                        .and(names.outputs(layer - 1))
                        .plus()
                        .and(names.layer("b", layer))));
        lines.add(new Line(
                "z",
                "with numbers",
                z.is().grid(step.weights(layer))
                        .column(step.input(layer))
                        .plus()
                        .column(step.biases(layer))
                        .is()
                        .column(step.z(layer))));
        Activation function = step.activation(layer);
        lines.add(new Line(
                "a",
                function instanceof Activation.Identity
                        ? "no activation"
                        : "the activation, " + ActivationFormulas.name(function),
                a.sign("g").group(z).is().column(step.output(layer))));
        if (step.drops(layer)) {
            lines.add(new Line(
                    "dropout",
                    "dropout",
                    a.column(step.output(layer))
                            .sign(TIMES_EACH)
                            .column(masks(layer))
                            .is()
                            .column(step.input(layer + 1))));
        }
        return lines;
    }

    private float[] masks(int of) {
        float[] masks = new float[step.output(of).length];
        for (int i = 0; i < masks.length; i++) masks[i] = step.mask(of, i);
        return masks;
    }

    // ------------------------------------------------------------------------------------------------------- backward

    private List<Line> backward() {
        List<Line> lines = new ArrayList<>(isOutput ? outputDelta() : passedBack(layer));
        lines.addAll(weightGradients());
        lines.add(biasGradients());
        if (layer > 1) lines.addAll(passedBack(layer - 1));
        return lines;
    }

    private List<Line> outputDelta() {
        if (step.experiment().loss() != ErrorMeasure.CROSS_ENTROPY) return loss.delta(0);
        Formula delta = names.layer("δ", layer).is();
        return List.of(
                new Line(
                        "delta",
                        "the error of the answer",
                        delta.name("ŷ").minus().name("y")),
                new Line(
                        "delta",
                        "with numbers",
                        delta.column(step.output(layer))
                                .minus()
                                .column(step.targets())
                                .is()
                                .column(step.delta(layer))));
    }

    private List<Line> weightGradients() {
        int count = step.rows().size();
        float[][] gradients = step.weightGradients(layer);
        Formula dW = names.layer("dW", layer).is();
        Formula delta = names.layer("δ", layer);
        if (count == 1) {
            return List.of(new Line(
                    "dW",
                    "how the loss changes with each weight",
                    dW.and(delta)
                            .and(transposed(names.outputs(layer - 1)))
                            .is()
                            .column(step.delta(layer))
                            .row(step.input(layer))
                            .is()
                            .grid(gradients)));
        }
        Formula named = dW.fraction(Formula.of(1), Formula.of("N"))
                .and(delta)
                .and(transposed(layer == 1 ? Formula.of("X") : names.layer("A", layer - 1)));
        Formula written = dW.fraction(Formula.of(1), Formula.of(count));
        written = count <= Formulas.WRITTEN_ROWS
                ? written.grid(transposed(step.deltas(layer))).grid(step.inputs(layer))
                : dW.words("mean over " + count + " examples");
        return List.of(
                new Line("dW", "how the loss changes with each weight, the mean over the batch", named),
                new Line("dW", "with numbers", written.is().grid(gradients)));
    }

    private Line biasGradients() {
        Formula delta = names.layer("δ", layer);
        Formula mean =
                Formula.EMPTY.fraction(Formula.of(1), Formula.of("N")).sign("Σ").and(delta);
        return new Line(
                "db",
                "and with each bias",
                names.layer("db", layer)
                        .is()
                        .and(step.rows().size() == 1 ? delta : mean)
                        .is()
                        .column(step.biasGradients(layer)));
    }

    /// δ of a hidden layer from that of the next.
    private List<Line> passedBack(int to) {
        boolean isOwn = to == layer;
        String key = isOwn ? "delta" : "back";
        float[] slopes = new float[step.output(to).length];
        for (int i = 0; i < slopes.length; i++) slopes[i] = step.slope(to, i);
        Formula delta = names.layer("δ", to).is();
        Formula named = delta.group(transposed(names.layer("W", to + 1)).and(names.layer("δ", to + 1)))
                .sign(TIMES_EACH);
        Formula written = delta.group(
                        Formula.EMPTY.grid(transposed(step.weights(to + 1))).column(step.delta(to + 1)))
                .sign(TIMES_EACH);
        if (step.drops(to)) {
            named = named.words("dropout").sign(TIMES_EACH);
            written = written.column(masks(to)).sign(TIMES_EACH);
        }
        return List.of(
                new Line(
                        key,
                        isOwn ? "δ comes back through the weights of the next layer" : "what goes back to layer " + to,
                        named.sign("g′").group(names.layer("z", to))),
                new Line(key, "with numbers", written.column(slopes).is().column(step.delta(to))));
    }

    private static Formula transposed(Formula of) {
        return Formula.EMPTY.power(of, Formula.EMPTY.sign("T"));
    }

    private static float[][] transposed(float[][] rows) {
        float[][] columns = new float[rows[0].length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) columns[j][i] = rows[i][j];
        }
        return columns;
    }

    // --------------------------------------------------------------------------------------------------------- update

    private Section update() {
        List<Line> lines = new ArrayList<>(new UpdateFormulas(step.experiment(), step.step()).rule());
        lines.add(new Line(
                "W",
                "the weights",
                names.layer("W", layer).is().grid(step.weights(layer)).sign("→").grid(step.newWeights(layer))));
        lines.add(new Line(
                "b",
                "the biases",
                names.layer("b", layer)
                        .is()
                        .column(step.biases(layer))
                        .sign("→")
                        .column(step.newBiases(layer))));
        return new Section(
                "update",
                "Update by step " + step.step(),
                "Click a unit to see the update of each of its weights written out.",
                lines,
                Table.NONE);
    }
}
