package dev.neurite.check;

import dev.neurite.model.Role;
import dev.neurite.model.TextTable;
import dev.neurite.train.ParameterFlow;
import java.util.ArrayList;
import java.util.List;

/// Whether gradients reach every parameter, and neither vanish nor explode on the way back through the layers. Glorot
/// and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
///
/// | finding | when |
/// |---|---|
/// | dead | the whole gradient of a parameter is 0 in most steps (problem) |
/// | vanishing | a weight's typical gradient is below 10⁻³ (warning) or 10⁻⁵ (problem) of the last weight's |
/// | exploding | the norm of a gradient is above 100 (warning) or 10⁴ (problem) |
/// @param steps the number of measured steps
/// @param parameters for each parameter, the medians of its measurements over these steps
/// @param findings warnings and problems
public record GradientFlow(int steps, List<ParameterFlow> parameters, List<Finding> findings) implements CheckReport {
    public GradientFlow {
        parameters = List.copyOf(parameters);
        findings = List.copyOf(findings);
    }

    static GradientFlow of(int steps, List<ParameterFlow> parameters) {
        List<Finding> findings = new ArrayList<>();
        double end = parameters.reversed().stream()
                .mapToDouble(ParameterFlow::gradientSize)
                .filter(size -> size > 0)
                .findFirst()
                .orElse(0);
        dead(parameters, findings);
        for (ParameterFlow each : parameters) {
            if (each.gradientNorm() > 100) findings.add(exploding(each));
            else if (each.role() == Role.WEIGHT && each.gradientSize() > 0 && each.gradientSize() < 1e-3 * end) {
                findings.add(vanishing(each, end));
            }
        }
        return new GradientFlow(steps, parameters, findings);
    }

    private static void dead(List<ParameterFlow> parameters, List<Finding> findings) {
        List<String> dead = parameters.stream()
                .filter(each -> each.size() > 0 && each.zeros() == 1)
                .map(ParameterFlow::name)
                .toList();
        if (dead.isEmpty()) return;
        findings.add(Finding.problem(
                "no gradient arrives at " + String.join(", ", dead),
                "dead units: a ReLU whose input is negative for every row",
                "weights that are all 0",
                "a part of the network that is not connected to its output"));
    }

    private static Finding exploding(ParameterFlow each) {
        String what =
                "the gradient of " + each.name() + " explodes, its norm is " + TextTable.number(each.gradientNorm());
        String[] causes = {
            "inputs or targets that are not scaled to mean 0 and deviation 1",
            "initial weights that are too large",
            "a deep network without normalization or clipping"
        };
        return each.gradientNorm() > 1e4 ? Finding.problem(what, causes) : Finding.warning(what, causes);
    }

    private static Finding vanishing(ParameterFlow each, double end) {
        double share = each.gradientSize() / end;
        String what = "the gradient of " + each.name() + " vanishes, it is " + Page.size(share)
                + " of that at the end of the network";
        String[] causes = {
            "sigmoid or tanh in many layers, or saturated: use ReLU, or add normalization or skip connections",
            "initial weights that are too small"
        };
        return share < 1e-5 ? Finding.problem(what, causes) : Finding.warning(what, causes);
    }

    @Override
    public String title() {
        return "gradient flow";
    }

    /// The report, with a row for each parameter.
    @Override
    public String toString() {
        var table = new TextTable("-parameter", "‖g‖", "mean |g|", "zeros");
        for (ParameterFlow each : parameters) {
            table.add(
                    each.name(),
                    Page.size(each.gradientNorm()),
                    Page.size(each.gradientMean()),
                    Page.percent(each.zeros()));
        }
        return Page.of(this, "medians over " + steps + " steps\n" + table);
    }
}
