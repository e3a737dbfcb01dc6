package dev.neurite.train.probing;

import dev.neurite.model.Parameter;
import dev.neurite.train.ParameterFlow;
import java.util.ArrayList;
import java.util.List;

/// Measures the effect of a step on each parameter: its gradient before the step, and its change.
public final class UpdateMeter {
    /// Σ g², Σ |g| and the number of zeros of a gradient.
    private record Gradient(double squares, double sizes, int zeros) {
        static Gradient of(Parameter part, float[] gradient) {
            double squares = 0;
            double sizes = 0;
            int zeros = 0;
            for (int i = part.offset(); i < part.offset() + part.size(); i++) {
                double g = gradient[i];
                squares += g * g;
                sizes += Math.abs(g);
                if (g == 0) zeros++;
            }
            return new Gradient(squares, sizes, zeros);
        }
    }

    private final List<Parameter> parameters;
    private final List<Gradient> gradients;
    private final float[] theta;
    private final float[] before;
    private final double scale;

    /// Measures before the step.
    /// @param parameters the parameters that it updates
    /// @param gradient in the order of θ
    /// @param scale the factor of the gradient
    public UpdateMeter(List<Parameter> parameters, float[] theta, float[] gradient, double scale) {
        this.parameters = parameters;
        this.gradients =
                parameters.stream().map(part -> Gradient.of(part, gradient)).toList();
        this.theta = theta;
        this.before = theta.clone();
        this.scale = scale;
    }

    /// Measures after the step.
    public List<ParameterFlow> measured() {
        List<ParameterFlow> flows = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) flows.add(measured(parameters.get(i), gradients.get(i)));
        return List.copyOf(flows);
    }

    private ParameterFlow measured(Parameter part, Gradient gradient) {
        double values = 0;
        double updates = 0;
        for (int i = part.offset(); i < part.offset() + part.size(); i++) {
            double change = (double) theta[i] - before[i];
            values += (double) before[i] * before[i];
            updates += change * change;
        }
        double n = Math.max(1, part.size());
        return new ParameterFlow(
                part.name(),
                part.role(),
                part.size(),
                scale * Math.sqrt(gradient.squares()),
                scale * gradient.sizes() / n,
                gradient.zeros() / n,
                Math.sqrt(values),
                Math.sqrt(updates));
    }
}
