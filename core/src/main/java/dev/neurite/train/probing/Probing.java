package dev.neurite.train.probing;

import dev.neurite.error.NeuriteException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.ParameterView;
import dev.neurite.model.PassObserver;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Probe;
import dev.neurite.train.Probe.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shows the steps of a training to its probes. Each view ends with the call that gets it.
public final class Probing implements PassObserver {
    /// The last layer before an output whose activation the loss computes: its output in the network is
    /// logits, and its δ is the loss's.
    /// @param layer its name
    /// @param output the index of the output
    /// @param activation the activation
    public record Fused(String layer, int output, Activation activation) {}

    private final Kernels kernels;
    private final Supplier<List<Fused>> fusedLayers;
    private final List<Probe> probes = new ArrayList<>();
    private final List<Probe> looking = new ArrayList<>(); // at the present step
    private @Nullable Sample sample; // the present step; null if no probe looks at it
    private @Nullable List<Fused> fused; // found when first needed
    private float[] before = {}; // θ before the update, then the update

    /// @param fusedLayers finds the last layers whose activation the losses compute
    public Probing(List<Probe> probes, Supplier<List<Fused>> fusedLayers, Kernels kernels) {
        this.kernels = kernels;
        this.fusedLayers = fusedLayers;
        this.probes.addAll(probes);
    }

    /// Adds a probe, from the next step on.
    public void add(Probe probe) {
        probes.add(probe);
    }

    /// Begins a step: asks the probes.
    public void begin(long step, int epoch) {
        sample = null;
        if (probes.isEmpty()) return;
        looking.clear();
        for (Probe probe : probes) {
            if (asked(probe, step)) looking.add(probe);
        }
        if (!looking.isEmpty()) sample = new Sample(step, epoch);
    }

    private static boolean asked(Probe probe, long step) {
        try {
            return probe.looksAt(step);
        } catch (RuntimeException | Error e) {
            throw named(e, probe, "asked about step " + step);
        }
    }

    /// Whether a probe looks at the present step.
    public boolean looks() {
        return sample != null;
    }

    // ----------------------------------------------------------------------------------------------------- the passes

    /// Observes the passes of the executor.
    public void observe(Executor executor) {
        executor.observe(this);
    }

    @Override
    public void output(String layer, Tensor output) {
        if (isFused(layer)) return;
        String what = "output of " + layer;
        show(what, output, (probe, view) -> probe.output(now(), layer, view));
    }

    @Override
    public void delta(String layer, Tensor delta) {
        if (isFused(layer)) return;
        String what = "δ of " + layer;
        show(what, delta, (probe, view) -> probe.delta(now(), layer, view));
    }

    /// Shows the outputs and δ of the layers whose activation the losses compute, after the losses.
    /// @param backward whether the backward pass follows; without it there is no δ
    public void losses(Executor executor, boolean backward) {
        for (Fused each : fused()) {
            Tensor z = executor.result(each.output());
            Tensor y = executor.like(z);
            Model.activate(kernels, each.activation(), z, y);
            show("output of " + each.layer(), y, (probe, view) -> probe.output(now(), each.layer(), view));
        }
        if (!backward) return;
        for (Fused each : fused().reversed()) {
            Tensor delta = executor.outputGradient(each.output());
            show("δ of " + each.layer(), delta, (probe, view) -> probe.delta(now(), each.layer(), view));
        }
    }

    private boolean isFused(String layer) {
        for (Fused each : fused()) {
            if (each.layer().equals(layer)) return true;
        }
        return false;
    }

    private List<Fused> fused() {
        List<Fused> known = fused;
        if (known == null) {
            known = fusedLayers.get();
            fused = known;
        }
        return known;
    }

    // ----------------------------------------------------------------------------------------------------- the update

    /// Shows gradients, and keeps the parameters.
    /// @param scale the factor of the gradient
    public void gradients(List<Parameter> parameters, float[] theta, float[] gradient, double scale) {
        each(
                parameters,
                theta,
                "gradient of ",
                (float) scale,
                gradient,
                (probe, views) -> probe.gradient(now(), views.parameter(), views.other()));
        if (before.length != theta.length) before = new float[theta.length];
        System.arraycopy(theta, 0, before, 0, theta.length);
    }

    /// Shows updates, and ends the step.
    public void updates(List<Parameter> parameters, float[] theta) {
        float[] update = before;
        for (Parameter part : parameters) {
            kernels.update(part.offset(), part.offset() + part.size(), (from, to) -> {
                for (int i = from; i < to; i++) update[i] = theta[i] - update[i];
            });
        }
        each(
                parameters,
                theta,
                "update of ",
                1,
                update,
                (probe, views) -> probe.update(now(), views.parameter(), views.other()));
        for (Probe probe : looking) call(probe, "the end of the step", () -> probe.done(now()));
    }

    private record Views(ParameterView parameter, LiveView other) {}

    private void each(
            List<Parameter> parameters,
            float[] theta,
            String kind,
            float factor,
            float[] others,
            BiConsumer<Probe, Views> code) {
        for (Parameter part : parameters) {
            Shape shape = part.shape();
            String what = kind + part.name();
            try (var life = new LiveView.Life()) {
                var value = new LiveView(part.name(), life, kernels, 1, Tensor.view(shape, theta, part.offset()));
                var other = new LiveView(what, life, kernels, factor, Tensor.view(shape, others, part.offset()));
                var views = new Views(new ParameterView(part.name(), part.role(), value), other);
                for (Probe probe : looking) call(probe, what, () -> code.accept(probe, views));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------ the calls

    private void show(String what, Tensor tensor, BiConsumer<Probe, LiveView> code) {
        try (var life = new LiveView.Life()) {
            var view = new LiveView(what, life, kernels, 1, tensor);
            for (Probe probe : looking) call(probe, what, () -> code.accept(probe, view));
        }
    }

    private Sample now() {
        Sample present = sample;
        if (present == null) throw new IllegalStateException("no step is looked at");
        return present;
    }

    private void call(Probe probe, String what, Runnable code) {
        try {
            code.run();
        } catch (RuntimeException | Error e) {
            throw named(e, probe, "looking at step " + now().step() + ", " + what);
        }
    }

    /// An exception of a probe with the probe's name. Kinds that callers tell apart stay what they are.
    private static RuntimeException named(Throwable thrown, Probe probe, String when) {
        String where = "probe " + name(probe) + ", " + when;
        if (!(thrown instanceof Error) && !(thrown instanceof NeuriteException)) {
            return new IllegalStateException(where + ": " + thrown, thrown);
        }
        thrown.addSuppressed(new IllegalStateException(where));
        if (thrown instanceof Error error) throw error;
        return (NeuriteException) thrown;
    }

    private static String name(Probe probe) {
        Probe own = probe instanceof EveryFewSteps(int _, Probe inner) ? inner : probe;
        String type = own.getClass().getName();
        return type.substring(type.lastIndexOf('.') + 1);
    }
}
