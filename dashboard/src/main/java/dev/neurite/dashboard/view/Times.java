package dev.neurite.dashboard.view;

import dev.neurite.data.Dataset;
import dev.neurite.loss.Criterion;
import dev.neurite.model.Profile;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Profile.Row;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Where the time of a training step goes.
/// @param layers the layers in the order of the network
/// @param phases the phases of a step
public record Times(List<Layer> layers, List<PhaseTime> phases) {
    /// No measurement.
    public static final Times NONE = new Times(List.of(), List.of());

    private static final int ROWS = 64; // of a step
    private static final int STEPS = 4;

    /// The time of a layer in one step.
    /// @param share in the time of all layers, from 0 to 1
    /// @param gflops 10⁹ floating-point operations a second, of both passes
    public record Layer(String name, double forwardMs, double backwardMs, double share, double gflops) {}

    /// The time of a phase in one step.
    /// @param share in the whole step, from 0 to 1
    public record PhaseTime(String name, double ms, double share) {}

    public static Times of(Profile profile) {
        long steps = Math.max(
                1,
                profile.rows().stream()
                        .filter(each -> each.phase() == Phase.UPDATE)
                        .mapToLong(Row::calls)
                        .max()
                        .orElse(1));
        Map<String, List<Row>> byLayer = new LinkedHashMap<>();
        Map<Phase, Long> byPhase = new LinkedHashMap<>();
        for (Row each : profile.rows()) {
            byPhase.merge(each.phase(), each.nanoseconds(), Long::sum);
            if (!each.layer().isEmpty()) {
                byLayer.computeIfAbsent(each.layer(), _ -> new ArrayList<>()).add(each);
            }
        }
        double all = Math.max(1, profile.nanoseconds());
        double inLayers = Math.max(
                1,
                byLayer.values().stream()
                        .flatMap(List::stream)
                        .mapToLong(Row::nanoseconds)
                        .sum());
        List<Layer> layers = new ArrayList<>();
        byLayer.forEach((name, rows) -> {
            long own = rows.stream().mapToLong(Row::nanoseconds).sum();
            long flops = rows.stream().mapToLong(Row::flops).sum();
            layers.add(new Layer(
                    name,
                    of(rows, Phase.FORWARD) * 1e-6 / steps,
                    of(rows, Phase.BACKWARD) * 1e-6 / steps,
                    own / inLayers,
                    own == 0 ? 0 : (double) flops / own));
        });
        List<PhaseTime> phases = new ArrayList<>();
        byPhase.forEach((phase, nanoseconds) ->
                phases.add(new PhaseTime(phase.toString(), nanoseconds * 1e-6 / steps, nanoseconds / all)));
        return new Times(layers, phases);
    }

    private static long of(List<Row> rows, Phase phase) {
        return rows.stream()
                .filter(each -> each.phase() == phase)
                .mapToLong(Row::nanoseconds)
                .sum();
    }

    /// Measures a few steps of a copy of the model on rows of its data, after as many that do not
    /// count. The model and its training are not changed. Empty where data or loss are not known, or do
    /// not fit.
    public static Optional<Times> measured(Subject subject) {
        Optional<Dataset> data = subject.data().filter(each -> each.size() > 0);
        Optional<Criterion> loss = subject.loss();
        if (data.isEmpty() || loss.isEmpty()) return Optional.empty();
        int rows = Math.min(ROWS * STEPS, data.get().size());
        Dataset some = data.get().rows(IntStream.range(0, rows).toArray());
        Trainer trainer =
                Trainer.of(subject.model()).loss(loss.get()).batchSize(ROWS).epochs(1);
        trainer.fit(some);
        return Optional.of(of(trainer.profile(true).fit(some).profile()));
    }
}
