package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Explanation.Line;
import dev.neurite.dashboard.playground.Explanation.Section;
import dev.neurite.dashboard.playground.Explanation.Table;
import java.util.ArrayList;
import java.util.List;

/// The update of the weights and the bias of one unit: written out, and as a table.
final class UnitUpdate {
    private static final int BIAS = -1;

    private final StepNumbers step;
    private final Experiment experiment;
    private final Names names;
    private final int layer;
    private final int unit;

    UnitUpdate(StepNumbers step, int layer, int unit) {
        this.step = step;
        this.experiment = step.experiment();
        this.names = Names.of(step);
        this.layer = layer;
        this.unit = unit;
    }

    Section section() {
        var formulas = new UpdateFormulas(experiment, step.step());
        List<Line> lines = new ArrayList<>(formulas.rule());
        List<String> rows = new ArrayList<>();
        List<double[]> values = new ArrayList<>();
        int inputs = step.input(layer).length;
        for (int i = 0; i <= inputs; i++) {
            boolean isBias = i == inputs;
            UpdateFormulas.Numbers numbers = numbers(isBias ? BIAS : i);
            String label = isBias ? "the bias" : "weight " + (i + 1);
            for (Line line : formulas.written(numbers)) {
                lines.add(new Line(line.key(), label, line.formula()));
                label = ""; // of the lines that follow
            }
            rows.add(isBias ? "b" : "w" + (i + 1));
            values.add(row(numbers));
        }
        return new Section(
                "update",
                "Update by step " + step.step(),
                "Each weight moves a little against its gradient, so that the loss becomes smaller.",
                lines,
                new Table(columns(), rows, values));
    }

    private UpdateFormulas.Numbers numbers(int input) {
        boolean isBias = input == BIAS;
        int index = step.index(layer, unit, input);
        float before = step.before().toArray()[index];
        float gradient = isBias ? step.biasGradients(layer)[unit] : step.weightGradients(layer)[unit][input];
        float penalty = isBias || !experiment.isPenalized()
                ? 0
                : UpdateFormulas.penalty(experiment.penalty().penalty(experiment.strength()), before);
        return new UpdateFormulas.Numbers(
                isBias ? names.b(unit, layer) : names.w(unit, input, layer),
                before,
                gradient,
                penalty,
                at(index, step.slotsBefore()),
                at(index, step.slotsAfter()),
                step.after().toArray()[index]);
    }

    private static List<Float> at(int index, List<float[]> slots) {
        return slots.stream().map(each -> each[index]).toList();
    }

    private List<String> columns() {
        List<String> columns = new ArrayList<>(List.of("before", "gradient"));
        if (experiment.isPenalized()) columns.add("with penalty");
        for (String slot : experiment.optimizer().slots()) {
            columns.add(slot + " before");
            columns.add(slot + " after");
        }
        columns.add("change");
        columns.add("after");
        return columns;
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
}
