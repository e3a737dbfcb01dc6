package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.dashboard.playground.Explanation.Section;
import dev.neurite.dashboard.playground.Explanation.Table;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Writes the formulas of the next step, forward and backward, with the numbers of one example.
/// z, a, δ, gradients, the optimizer's numbers and the new weights are those of the library's
/// step.
public final class Formulas {
    static final int WRITTEN_ROWS = 4; // of a batch, at most

    private Formulas() {}

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
        StepNumbers step = live.look(example, alone);
        String title;
        List<Section> sections;
        if (layer == 0) {
            title = unit == 0
                    ? "The inputs"
                    : "Input " + experiment.inputTitles().get(unit - 1);
            sections = List.of(inputs(step, unit));
        } else if (unit == 0) {
            var formulas = new LayerFormulas(step, layer);
            title = formulas.title();
            sections = formulas.sections();
        } else {
            var formulas = new UnitFormulas(step, layer, unit - 1);
            title = formulas.title();
            sections = formulas.sections();
        }
        return new Explanation(title, layer, unit, step.example(), step.rows(), step.step(), sections);
    }

    /// The inputs of the network.
    /// @param unit the number of one of them, from 1; 0 for all
    private static Section inputs(StepNumbers step, int unit) {
        Experiment experiment = step.experiment();
        Names names = Names.of(step);
        float[] values = step.input(1);
        List<String> titles = experiment.inputTitles();
        List<Line> lines = new ArrayList<>();
        if (experiment.data().isInPlane()) {
            Points points = experiment.points();
            int row = experiment.trainRows()[step.example()];
            lines.add(new Line("x", "the example", Formula.of("x₁").is().number(points.x1()[row])));
            lines.add(new Line("x", "", Formula.of("x₂").is().number(points.x2()[row])));
        }
        for (int i = 0; i < values.length; i++) {
            if (unit != 0 && unit != i + 1) continue;
            lines.add(new Line(
                    "a",
                    i == 0 || unit != 0 ? "what the network sees" : "",
                    names.a(i, 0).is().name(titles.get(i)).is().number(values[i])));
        }
        lines.add(new LossFormulas(step).target());
        return new Section(
                "forward",
                "Forward",
                "Inputs are numbers computed from the example. They have no weights and are not trained.",
                lines,
                Table.NONE);
    }
}
