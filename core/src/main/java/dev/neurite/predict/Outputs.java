package dev.neurite.predict;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// Makes predictions of the numbers of an output.
final class Outputs {
    private Outputs() {}

    /// The prediction for each row.
    /// @param numbers `[rows × …]`
    static List<Prediction> predictions(Output output, Tensor numbers, Kernels kernels) {
        return switch (output) {
            case Output.Classes classes -> {
                List<Prediction> rows = new ArrayList<>();
                for (float[] row : probabilities(classes.meaning(), rows(numbers), kernels)) {
                    rows.add(oneClass(row, classes.names(), classes.meaning(), classes.threshold()));
                }
                yield rows;
            }
            case Output.Labels labels -> {
                List<Prediction> rows = new ArrayList<>();
                for (float[] row : probabilities(labels.meaning(), rows(numbers), kernels)) {
                    rows.add(labels(row, labels.names()));
                }
                yield rows;
            }
            case Output.StepClasses steps -> steps(steps, numbers, kernels);
            case Output.Values values -> {
                List<Prediction> rows = new ArrayList<>();
                for (float[] row : rows(numbers).toRows()) rows.add(values(values, row));
                yield rows;
            }
            case Output.Numbers _, Output.Forecast _, Output.Continuation _ -> {
                List<Prediction> rows = new ArrayList<>();
                for (int i = 0; i < numbers.rows(); i++) {
                    Tensor row = numbers.rows(i, i + 1);
                    rows.add(new Prediction.Numbers(
                            row.reshape(row.shape().row()).copy()));
                }
                yield rows;
            }
        };
    }

    private static Tensor rows(Tensor numbers) {
        return numbers.reshape(Shape.of(numbers.rows(), numbers.matrix().columns()));
    }

    /// @param flat `[rows × numbers]`
    private static float[][] probabilities(Meaning meaning, Tensor flat, Kernels kernels) {
        if (meaning == Meaning.PROBABILITIES || meaning == Meaning.SCORES) return flat.toRows();
        Tensor probabilities = Tensor.zeros(flat.shape());
        if (meaning == Meaning.LOGITS) kernels.activations().softmax(flat, probabilities);
        else kernels.activations().activate(Activation.SIGMOID, flat, probabilities);
        return probabilities.toRows();
    }

    private static Prediction.OneClass oneClass(
            float[] numbers, List<String> names, Meaning meaning, Optional<Threshold> threshold) {
        boolean scores = meaning == Meaning.SCORES;
        float second = numbers[numbers.length - 1];
        boolean pair = numbers.length == 1 && names.size() == 2; // of the second of two classes
        float[] values = pair ? new float[] {scores ? -second : 1 - second, second} : numbers;
        SequencedMap<String, Double> probabilities = new LinkedHashMap<>();
        int best = 0;
        for (int i = 0; i < values.length; i++) {
            probabilities.put(names.get(i), (double) values[i]);
            if (Float.compare(values[i], values[best]) > 0) best = i;
        }
        if (threshold.isPresent() && values.length == 2) {
            int label = threshold.get().label(names);
            best = values[label] >= threshold.get().value() ? label : 1 - label;
        }
        return new Prediction.OneClass(names.get(best), probabilities, scores);
    }

    private static Prediction labels(float[] row, List<String> names) {
        SequencedMap<String, Double> probabilities = new LinkedHashMap<>();
        List<String> above = new ArrayList<>();
        for (int i = 0; i < row.length; i++) {
            probabilities.put(names.get(i), (double) row[i]);
            if (row[i] > 0.5f) above.add(names.get(i));
        }
        return new Prediction.Labels(above, probabilities);
    }

    private static Prediction values(Output.Values output, float[] row) {
        List<Double> values = new ArrayList<>();
        for (float each : row) {
            boolean same = output.shift() == 0 && output.scale() == 1;
            values.add(same ? each : each * output.scale() + output.shift());
        }
        return new Prediction.Values(output.names(), values);
    }

    /// @param numbers `[rows × steps × classes]`, padded if they have lengths
    private static List<Prediction> steps(Output.StepClasses output, Tensor numbers, Kernels kernels) {
        int steps = numbers.shape().extent(1);
        int classes = output.names().size();
        float[][] all =
                probabilities(output.meaning(), numbers.reshape(Shape.of(numbers.rows() * steps, classes)), kernels);
        List<Prediction> rows = new ArrayList<>();
        for (int row = 0; row < numbers.rows(); row++) {
            boolean padded = numbers.lengths().size() > 0;
            int length = padded ? (int) numbers.lengths().get(row) : steps;
            List<Prediction.OneClass> own = new ArrayList<>();
            for (int step = 0; step < length; step++) {
                own.add(oneClass(all[row * steps + step], output.names(), output.meaning(), Optional.empty()));
            }
            rows.add(new Prediction.StepClasses(own));
        }
        return rows;
    }

    static List<Double> doubles(float... numbers) {
        List<Double> doubles = new ArrayList<>();
        for (float each : numbers) doubles.add((double) each);
        return doubles;
    }
}
