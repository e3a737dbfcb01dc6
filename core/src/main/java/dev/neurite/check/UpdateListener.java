package dev.neurite.check;

import dev.neurite.train.ParameterFlow;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.UpdatesMeasured;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// Collects the update measurements of a training ([dev.neurite.train.Trainer#watchUpdates]) and reports on them. Not
/// thread-safe.
public final class UpdateListener implements Consumer<TrainingEvent> {
    private final List<UpdatesMeasured> events = new ArrayList<>();

    /// A listener without events.
    public UpdateListener() {}

    @Override
    public void accept(TrainingEvent event) {
        if (event instanceof UpdatesMeasured measured) events.add(measured);
    }

    /// The measurements so far, one event per step.
    public List<UpdatesMeasured> events() {
        return List.copyOf(events);
    }

    /// Reports whether gradients reached all parameters.
    public GradientFlow gradientFlow() {
        return GradientFlow.of(events.size(), medians());
    }

    /// Reports whether updates had a sensible size.
    public UpdateRatios updateRatios() {
        return UpdateRatios.of(events.size(), medians(), firstNorms());
    }

    /// For each parameter, the median of each measurement over the steps that updated it.
    private List<ParameterFlow> medians() {
        Map<String, List<ParameterFlow>> byName = new LinkedHashMap<>();
        for (UpdatesMeasured event : events) {
            for (ParameterFlow flow : event.parameters()) {
                byName.computeIfAbsent(flow.name(), _ -> new ArrayList<>()).add(flow);
            }
        }
        return byName.values().stream().map(UpdateListener::median).toList();
    }

    /// For each parameter, its norm before the first measured step.
    private Map<String, Double> firstNorms() {
        Map<String, Double> norms = new HashMap<>();
        for (UpdatesMeasured event : events) {
            for (ParameterFlow flow : event.parameters()) norms.putIfAbsent(flow.name(), flow.valueNorm());
        }
        return norms;
    }

    private static ParameterFlow median(List<ParameterFlow> flows) {
        ParameterFlow first = flows.getFirst();
        return new ParameterFlow(
                first.name(),
                first.role(),
                first.size(),
                median(flows, ParameterFlow::gradientNorm),
                median(flows, ParameterFlow::gradientMean),
                median(flows, ParameterFlow::zeros),
                median(flows, ParameterFlow::valueNorm),
                median(flows, ParameterFlow::updateNorm));
    }

    /// The median; of two middle values, the lower.
    private static double median(List<ParameterFlow> flows, ToDoubleFunction<ParameterFlow> figure) {
        double[] sorted = flows.stream().mapToDouble(figure).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }
}
