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

/// Collects what a trainer tells of its steps ([dev.neurite.train.Trainer#watchUpdates]) and makes reports of it.
/// Belongs to one thread at a time.
public final class UpdateListener implements Consumer<TrainingEvent> {
    private final List<UpdatesMeasured> events = new ArrayList<>();

    /// One that has heard nothing yet.
    public UpdateListener() {}

    @Override
    public void accept(TrainingEvent event) {
        if (event instanceof UpdatesMeasured measured) events.add(measured);
    }

    /// What was measured so far, step by step.
    public List<UpdatesMeasured> events() {
        return List.copyOf(events);
    }

    /// Whether gradients arrived everywhere.
    public GradientFlow gradientFlow() {
        return GradientFlow.of(events.size(), medians());
    }

    /// Whether the steps were of a sensible length.
    public UpdateRatios updateRatios() {
        return UpdateRatios.of(events.size(), medians(), firstNorms());
    }

    /// For each parameter the median of each figure over the steps that it learned by.
    private List<ParameterFlow> medians() {
        Map<String, List<ParameterFlow>> byName = new LinkedHashMap<>();
        for (UpdatesMeasured event : events) {
            for (ParameterFlow flow : event.parameters()) {
                byName.computeIfAbsent(flow.name(), _ -> new ArrayList<>()).add(flow);
            }
        }
        return byName.values().stream().map(UpdateListener::median).toList();
    }

    /// For each parameter its norm before the first step that was measured.
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

    /// The middle one; of two, the lower.
    private static double median(List<ParameterFlow> flows, ToDoubleFunction<ParameterFlow> figure) {
        double[] sorted = flows.stream().mapToDouble(figure).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }
}
