package dev.neurite.dashboard.view;

import dev.neurite.model.TextTable;
import dev.neurite.predict.Prediction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What a column can do to the answer while all others stay.
/// @param name the column
/// @param change the largest change of the probability of the predicted class, or of the predicted
/// value
/// @param text what happens, in words
public record Influence(String name, double change, String text) {
    private static final int MOST_FIELDS = 60; // columns that are varied
    private static final int SHOWN = 20;
    private static final int VALUES = 7; // of a number
    private static final int MOST_CATEGORIES = 30;

    /// Whether a prediction has a figure whose changes tell what matters: of one class, of labels, or a
    /// value.
    static boolean explains(Prediction now) {
        return switch (now) {
            case Prediction.OneClass _, Prediction.Labels _ -> true;
            case Prediction.Values values -> !values.values().isEmpty();
            case Prediction.Numbers numbers -> numbers.output().size() > 0;
            case Prediction.Several several ->
                explains(several.outputs().firstEntry().getValue());
            case Prediction.StepClasses _, Prediction.Forecast _, Prediction.Continuation _ -> false;
        };
    }

    /// The probability of the class, or likeliest label, that is predicted now, or the first value; of
    /// several outputs that of the first.
    static double figure(Prediction of, Prediction now) {
        return switch (now) {
            case Prediction.OneClass one -> of.probabilities().getOrDefault(one.label(), 0.0);
            case Prediction.Labels labels -> of.probabilities().getOrDefault(likeliest(labels), 0.0);
            case Prediction.Several several ->
                of instanceof Prediction.Several others
                        ? figure(
                                others.outputs().firstEntry().getValue(),
                                several.outputs().firstEntry().getValue())
                        : 0;
            default -> of.value();
        };
    }

    private static String likeliest(Prediction.Labels labels) {
        return labels.probabilities().entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /// What the figure is, in words.
    private static String what(Prediction now) {
        return switch (now) {
            case Prediction.OneClass one -> "the probability of " + one.label();
            case Prediction.Labels labels -> "the probability of " + likeliest(labels);
            case Prediction.Several several ->
                what(several.outputs().firstEntry().getValue());
            default -> "the prediction";
        };
    }

    private static Optional<String> label(Prediction of) {
        return switch (of) {
            case Prediction.OneClass one -> Optional.of(one.label());
            case Prediction.Several several ->
                label(several.outputs().firstEntry().getValue());
            default -> Optional.empty();
        };
    }

    /// The columns of a table whose values change the answer most, the most important first.
    /// @param predict the predictions for rows of values
    static List<Influence> of(
            List<Form.Field> fields,
            Map<String, String> values,
            Function<List<Map<String, String>>, List<Prediction>> predict,
            Prediction now) {
        List<Form.Field> varied = fields.subList(0, Math.min(MOST_FIELDS, fields.size()));
        List<Form.Field> owners = new ArrayList<>();
        List<String> tried = new ArrayList<>();
        List<Map<String, String>> rows = new ArrayList<>();
        for (Form.Field field : varied) {
            for (String value : candidates(field)) {
                Map<String, String> other = new LinkedHashMap<>(values);
                other.put(field.name(), value);
                owners.add(field);
                tried.add(value);
                rows.add(other);
            }
        }
        if (rows.isEmpty()) return List.of();
        List<Prediction> predictions = predict.apply(rows);
        List<Influence> influences = new ArrayList<>();
        for (Form.Field field : varied) {
            List<Integer> own = new ArrayList<>();
            for (int i = 0; i < owners.size(); i++) if (owners.get(i).equals(field)) own.add(i);
            if (!own.isEmpty()) influences.add(influence(field, own, tried, predictions, now));
        }
        influences.sort(Comparator.comparingDouble((Influence each) -> -Math.abs(each.change())));
        return List.copyOf(influences.subList(0, Math.min(SHOWN, influences.size())));
    }

    private static List<String> candidates(Form.Field field) {
        if (!field.values().isEmpty()) {
            return field.values()
                    .subList(0, Math.min(MOST_CATEGORIES, field.values().size()));
        }
        if (!(field.min() < field.max())) return List.of();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            values.add(Subject.text((float) (field.min() + (field.max() - field.min()) * i / (VALUES - 1))));
        }
        return values;
    }

    private static Influence influence(
            Form.Field field, List<Integer> own, List<String> tried, List<Prediction> all, Prediction now) {
        Optional<String> label = label(now);
        double present = figure(now, now);
        int most = own.getFirst();
        int low = most;
        int high = most;
        Optional<Integer> turns = Optional.empty();
        for (int i : own) {
            double figure = figure(all.get(i), now);
            if (Math.abs(figure - present) > Math.abs(figure(all.get(most), now) - present)) most = i;
            if (figure < figure(all.get(low), now)) low = i;
            if (figure > figure(all.get(high), now)) high = i;
            if (label.isPresent() && turns.isEmpty() && !label(all.get(i)).equals(label)) turns = Optional.of(i);
        }
        String range =
                what(now) + " goes from " + TextTable.significant(figure(all.get(low), now)) + " at " + tried.get(low)
                        + " to " + TextTable.significant(figure(all.get(high), now)) + " at " + tried.get(high);
        String turn = turns.map(i -> "; with " + tried.get(i) + " the answer is "
                        + label(all.get(i)).orElse(""))
                .orElse("");
        return new Influence(field.name(), figure(all.get(most), now) - present, range + turn);
    }
}
