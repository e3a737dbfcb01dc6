package dev.neurite.train;

import dev.neurite.optim.Iteration;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.PrimitiveIterator;

/// Saves and restores results of epochs and iterations. Validations are saved without their confusion
/// matrix, which may be large.
final class Histories {
    /// A NaN with bits of its own, for a missing value.
    private static final double NONE = Double.longBitsToDouble(0x7ff8_0000_006e_6f6eL);

    private Histories() {}

    /// Saves all epochs as one array, as there may be many.
    static void save(List<EpochResult> results, Snapshot memory) {
        memory.put("epochs", results.size());
        if (results.isEmpty()) return;
        EpochResult like = results.getFirst();
        memory.put("losses", like.losses().size());
        List<String> metrics = like.validation()
                .map(each -> List.copyOf(each.metrics().keySet()))
                .orElse(List.of());
        memory.put("metrics", metrics.size());
        for (int i = 0; i < metrics.size(); i++) memory.put("metric" + i, metrics.get(i));
        memory.put("validated", like.validation().isPresent() ? 1L : 0L);
        List<Double> table = new ArrayList<>();
        for (EpochResult each : results) {
            table.add(each.loss());
            table.addAll(each.losses());
            table.add(number(each.accuracy()));
            table.add(each.seconds());
            each.validation().ifPresent(evaluation -> {
                table.add((double) evaluation.rows());
                table.add(evaluation.loss());
                table.addAll(evaluation.losses());
                table.add(number(evaluation.accuracy()));
                for (OptionalDouble value : evaluation.metrics().values()) table.add(number(value));
            });
        }
        memory.putExactly(
                "table", table.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static List<EpochResult> results(Snapshot memory) {
        List<EpochResult> results = new ArrayList<>();
        int epochs = memory.small("epochs");
        if (epochs == 0) return results;
        int losses = memory.small("losses");
        boolean validated = memory.small("validated") == 1;
        List<String> metrics = new ArrayList<>();
        for (int i = 0; i < memory.small("metrics"); i++) metrics.add(memory.text("metric" + i));
        long width = 3L + losses + (validated ? 3L + losses + metrics.size() : 0);
        PrimitiveIterator.OfDouble table =
                Arrays.stream(memory.exactly("table", epochs * width)).iterator();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double loss = table.nextDouble();
            List<Double> each = next(losses, table);
            OptionalDouble accuracy = optional(table.nextDouble());
            double seconds = table.nextDouble();
            Optional<Evaluation> validation =
                    validated ? Optional.of(evaluation(losses, metrics, table)) : Optional.empty();
            results.add(new EpochResult(epoch, loss, each, accuracy, validation, seconds));
        }
        return results;
    }

    private static Evaluation evaluation(int losses, List<String> metrics, PrimitiveIterator.OfDouble table) {
        int rows = (int) table.nextDouble();
        double loss = table.nextDouble();
        List<Double> each = next(losses, table);
        OptionalDouble accuracy = optional(table.nextDouble());
        var values = new LinkedHashMap<String, OptionalDouble>();
        for (String name : metrics) values.put(name, optional(table.nextDouble()));
        return new Evaluation(rows, loss, each, accuracy, Optional.empty(), values);
    }

    private static List<Double> next(int count, PrimitiveIterator.OfDouble table) {
        List<Double> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) numbers.add(table.nextDouble());
        return List.copyOf(numbers);
    }

    private static double number(OptionalDouble value) {
        return value.orElse(NONE);
    }

    private static OptionalDouble optional(double number) {
        boolean none = Double.doubleToRawLongBits(number) == Double.doubleToRawLongBits(NONE);
        return none ? OptionalDouble.empty() : OptionalDouble.of(number);
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
