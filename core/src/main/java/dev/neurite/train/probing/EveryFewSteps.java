package dev.neurite.train.probing;

import dev.neurite.model.ParameterView;
import dev.neurite.model.TensorView;
import dev.neurite.train.Probe;

/// A probe that looks at every n-th step.
/// @param steps n
/// @param probe the probe that is asked at these steps
public record EveryFewSteps(int steps, Probe probe) implements Probe {
    @Override
    public boolean looksAt(long step) {
        return (step - 1) % steps == 0 && probe.looksAt(step);
    }

    @Override
    public void output(Sample sample, String layer, TensorView output) {
        probe.output(sample, layer, output);
    }

    @Override
    public void delta(Sample sample, String layer, TensorView delta) {
        probe.delta(sample, layer, delta);
    }

    @Override
    public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
        probe.gradient(sample, parameter, gradient);
    }

    @Override
    public void update(Sample sample, ParameterView parameter, TensorView update) {
        probe.update(sample, parameter, update);
    }

    @Override
    public void done(Sample sample) {
        probe.done(sample);
    }
}
