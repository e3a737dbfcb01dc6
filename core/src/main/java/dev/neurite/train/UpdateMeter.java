package dev.neurite.train;

import dev.neurite.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/// Measures what a step does to each parameter, by copies from before the step.
final class UpdateMeter {
    private final List<Parameter> parameters;
    private final float[] theta;
    private final float[] before;
    private final float[] gradient;
    private final double scale;

    /// Before the step.
    /// @param parameters those that learn by it
    /// @param gradient like θ
    /// @param scale what the gradient is to be multiplied by
    UpdateMeter(List<Parameter> parameters, float[] theta, float[] gradient, double scale) {
        this.parameters = parameters;
        this.theta = theta;
        this.before = theta.clone();
        this.gradient = gradient.clone();
        this.scale = scale;
    }

    /// After the step.
    List<ParameterFlow> measured() {
        List<ParameterFlow> flows = new ArrayList<>();
        for (Parameter part : parameters) flows.add(measured(part));
        return List.copyOf(flows);
    }

    private ParameterFlow measured(Parameter part) {
        double gradients = 0;
        double sizes = 0;
        double values = 0;
        double updates = 0;
        int zeros = 0;
        for (int i = part.offset(); i < part.offset() + part.size(); i++) {
            double g = gradient[i];
            double change = (double) theta[i] - before[i];
            gradients += g * g;
            sizes += Math.abs(g);
            values += (double) before[i] * before[i];
            updates += change * change;
            if (g == 0) zeros++;
        }
        double n = Math.max(1, part.size());
        return new ParameterFlow(
                part.name(),
                part.role(),
                part.size(),
                scale * Math.sqrt(gradients),
                scale * sizes / n,
                zeros / n,
                Math.sqrt(values),
                Math.sqrt(updates));
    }
}
