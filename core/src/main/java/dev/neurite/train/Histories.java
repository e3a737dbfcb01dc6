package dev.neurite.train;

import dev.neurite.optim.Iteration;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Results of epochs and iterations, written down and read. Of validations all but the confusion, which may be large.
final class Histories {
    private Histories() {}

    static void save(EpochResult result, Snapshot memory) {
        memory.put("loss", result.loss());
        memory.put("losses", result.losses());
        save("accuracy", result.accuracy(), memory);
        memory.put("seconds", result.seconds());
        result.validation().ifPresent(evaluation -> save(evaluation, memory.scope("validation")));
    }

    static EpochResult result(int epoch, Snapshot memory) {
        Snapshot validation = memory.scope("validation");
        return new EpochResult(
                epoch,
                memory.number("loss"),
                memory.numbers("losses"),
                number("accuracy", memory),
                validation.isEmpty() ? Optional.empty() : Optional.of(evaluation(validation)),
                memory.number("seconds"));
    }

    private static void save(Evaluation evaluation, Snapshot memory) {
        memory.put("rows", evaluation.rows());
        memory.put("loss", evaluation.loss());
        memory.put("losses", evaluation.losses());
        save("accuracy", evaluation.accuracy(), memory);
        memory.put("metrics", String.join(" ", evaluation.metrics().keySet()));
        Snapshot metrics = memory.scope("metric");
        evaluation.metrics().forEach((name, figure) -> save(name, figure, metrics));
    }

    private static Evaluation evaluation(Snapshot memory) {
        Map<String, OptionalDouble> metrics = new LinkedHashMap<>();
        String names = memory.text("metrics");
        if (!names.isEmpty()) {
            for (String name : names.split(" ", -1)) metrics.put(name, number(name, memory.scope("metric")));
        }
        return new Evaluation(
                memory.small("rows"),
                memory.number("loss"),
                memory.numbers("losses"),
                number("accuracy", memory),
                Optional.empty(),
                new LinkedHashMap<>(metrics));
    }

    private static void save(String name, OptionalDouble number, Snapshot memory) {
        number.ifPresent(value -> memory.put(name, value));
    }

    private static OptionalDouble number(String name, Snapshot memory) {
        return memory.has(name) ? OptionalDouble.of(memory.number(name)) : OptionalDouble.empty();
    }

    static void save(Iteration iteration, Snapshot memory) {
        memory.put("value", iteration.value());
        memory.put("largestGradient", iteration.largestGradient());
        memory.put("step", iteration.step());
        memory.put("evaluations", iteration.evaluations());
        memory.put("outcome", iteration.outcome().name());
    }

    static Iteration iteration(Snapshot memory) {
        return new Iteration(
                memory.number("value"),
                memory.number("largestGradient"),
                memory.number("step"),
                memory.small("evaluations"),
                memory.one("outcome", Iteration.Outcome.values()));
    }
}
