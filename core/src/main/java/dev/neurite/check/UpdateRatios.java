package dev.neurite.check;

import dev.neurite.model.Role;
import dev.neurite.model.TextTable;
import dev.neurite.train.ParameterFlow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Whether updates have a sensible size relative to the weights, ‖Δθ‖ / ‖θ‖: about 10⁻³. A larger ratio means that the
/// learning rate is too high, a smaller one that it is too low. Karpathy, "CS231n: neural networks 3, ratio of
/// weights:updates".
///
/// Only weights are checked, because biases start at 0. A ratio below 10⁻⁵ or above 0.1 is a
/// warning, below 10⁻⁷ or above 1 a problem. The upper limits also apply to the ratio of the update
/// to the weights before the first step.
/// @param steps the number of measured steps
/// @param parameters for each parameter, the medians of its measurements over these steps
/// @param findings warnings and problems
public record UpdateRatios(int steps, List<ParameterFlow> parameters, List<Finding> findings) implements CheckReport {
    private static final double LEAST = 1e-7;
    private static final double LOW = 1e-5;
    private static final double HIGH = 0.1;
    private static final double MOST = 1;

    public UpdateRatios {
        parameters = List.copyOf(parameters);
        findings = List.copyOf(findings);
    }

    /// @param firstNorms ‖θ‖ of each parameter before the first step: updates that are too large
    /// make weights large, and then look small in comparison
    static UpdateRatios of(int steps, List<ParameterFlow> parameters, Map<String, Double> firstNorms) {
        List<Finding> findings = new ArrayList<>();
        for (ParameterFlow each : parameters) {
            double first = firstNorms.getOrDefault(each.name(), 0.0);
            OptionalDouble ratio = each.ratio();
            if (each.role() != Role.WEIGHT || ratio.isEmpty() || first == 0) continue;
            double least = ratio.getAsDouble();
            double most = Math.max(least, each.updateNorm() / first);
            if (most > HIGH) {
                findings.add(finding(
                        most > MOST,
                        "an update changes " + each.name() + " by " + Page.size(most)
                                + " of its norm, instead of about 1e-3",
                        "a learning rate that is too high",
                        "initial weights that are too small"));
            } else if (least < LOW) {
                findings.add(finding(
                        least < LEAST,
                        "an update changes " + each.name() + " by only " + Page.size(least)
                                + " of its norm, instead of about 1e-3",
                        "a learning rate that is too low",
                        "vanishing gradients",
                        "initial weights that are too large"));
            }
        }
        return new UpdateRatios(steps, parameters, findings);
    }

    private static Finding finding(boolean problem, String what, String... causes) {
        return problem ? Finding.problem(what, causes) : Finding.warning(what, causes);
    }

    /// A copy with another finding before the others.
    UpdateRatios with(Finding finding) {
        List<Finding> more = new ArrayList<>(findings);
        more.addFirst(finding);
        return new UpdateRatios(steps, parameters, more);
    }

    @Override
    public String title() {
        return "update ratios";
    }

    /// The report, with a row for each parameter.
    @Override
    public String toString() {
        var table = new TextTable("-parameter", "‖θ‖", "‖Δθ‖", "ratio");
        for (ParameterFlow each : parameters) {
            table.add(
                    each.name(),
                    Page.size(each.valueNorm()),
                    Page.size(each.updateNorm()),
                    each.ratio().isPresent() ? Page.size(each.ratio().getAsDouble()) : "n/a");
        }
        return Page.of(
                this,
                "medians over " + steps + " steps of the norms of the parameter, ‖θ‖, and of its update, ‖Δθ‖\n"
                        + table);
    }
}
