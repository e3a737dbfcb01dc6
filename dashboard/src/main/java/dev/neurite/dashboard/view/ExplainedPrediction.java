package dev.neurite.dashboard.view;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.TextTable;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The prediction for one input of a person, and what would change it most.
/// @param prediction the prediction
/// @param seen the image as the network sees it; empty for other inputs
/// @param sensitivity the columns whose values change the answer most, the most important first; empty
/// for images
/// @param map how much each pixel counts, |gradient · input|, the most important one white; empty for
/// other inputs
public record ExplainedPrediction(
        Prediction prediction, Optional<Picture> seen, List<Influence> sensitivity, Optional<Picture> map) {
    private static final int MOST_FIELDS = 60; // columns that are varied
    private static final int SHOWN = 20;
    private static final int VALUES = 7; // of a number
    private static final int MOST_CATEGORIES = 30;

    /// What a column can do to the answer while all others stay.
    /// @param name the column
    /// @param change the largest change of the probability of the predicted class, or of the predicted
    /// value
    /// @param text what happens, in words
    public record Influence(String name, double change, String text) {}

    /// The prediction for an image as it was drawn or uploaded.
    /// @throws ConfigException for a model that takes no images
    public static ExplainedPrediction of(Subject subject, Picture drawn) {
        if (!(Form.of(subject) instanceof Form.OfImage(Drawing drawing))) {
            throw new ConfigException("pixels", "expects a model that takes images, got one of " + subject.input());
        }
        float[] numbers = drawing.apply(drawn);
        Predictor predictor = predictor(subject);
        Prediction prediction = predict(subject, predictor, numbers, "pixels");
        return new ExplainedPrediction(
                prediction,
                Optional.of(drawing.form().picture(numbers)),
                List.of(),
                Optional.of(map(subject, drawing.form(), predictor, prediction, numbers)));
    }

    /// The prediction for values by column.
    /// @param values texts by the names of columns; an empty text is a missing value
    /// @throws ConfigException for a model without named columns
    /// @throws DataException for missing columns, values that cannot be encoded, or if the prediction is not
    /// finite
    public static ExplainedPrediction of(Subject subject, Map<String, String> values) {
        if (!(Form.of(subject) instanceof Form.OfTable(List<Form.Field> fields, Map<String, String> _))) {
            throw new ConfigException("values", "expects a model of a table, got one of " + subject.input());
        }
        Predictor predictor = predictor(subject);
        Prediction prediction = predict(subject, predictor, encoded(subject, values), "values");
        return new ExplainedPrediction(
                prediction,
                Optional.empty(),
                sensitivity(subject, predictor, fields, values, prediction),
                Optional.empty());
    }

    /// The prediction for inputs as the network takes them.
    /// @throws DataException for another number of them, or if the prediction is not finite
    public static ExplainedPrediction of(Subject subject, float[] inputs) {
        int size = subject.input().isKnown() ? subject.input().size() : -1;
        if (inputs.length != size) {
            throw new DataException("inputs", "expects " + size + " numbers, got " + inputs.length);
        }
        Prediction prediction = predict(subject, predictor(subject), inputs, "inputs");
        return new ExplainedPrediction(
                prediction, subject.images().map(form -> form.picture(inputs)), List.of(), Optional.empty());
    }

    private static Predictor predictor(Subject subject) {
        return subject.predictor()
                .orElseThrow(() -> new ConfigException(
                        "model",
                        "expects one input and one output of known shapes to predict, got "
                                + subject.model().network().inputs() + " and "
                                + subject.model().network().outputs()));
    }

    private static Prediction predict(Subject subject, Predictor predictor, float[] numbers, String where) {
        Tensor row = Tensor.view(subject.input().forRows(1), numbers, 0);
        return predictor.predictPrepared(row, Kernels.shared()).getFirst().requireFinite(where);
    }

    /// The inputs for raw values.
    private static float[] encoded(Subject subject, Map<String, String> values) {
        Optional<Preprocessing> preprocessing = subject.preprocessing();
        if (preprocessing.isPresent()) {
            Map<String, Object> row = new LinkedHashMap<>();
            values.forEach((name, text) -> row.put(name, text.isEmpty() ? Optional.empty() : text));
            return preprocessing.get().row(row);
        }
        List<String> names = subject.columns();
        float[] numbers = new float[names.size()];
        for (int i = 0; i < numbers.length; i++) {
            String text = values.get(names.get(i));
            numbers[i] = number(names.get(i), text == null ? "" : text);
        }
        return numbers;
    }

    private static float number(String name, String text) {
        try {
            float number = Float.parseFloat(text.strip());
            if (Float.isFinite(number)) return number;
        } catch (NumberFormatException _) {
            // reported below
        }
        throw new DataException("values." + name, "expects a number, got '" + text + "'");
    }

    // ----------------------------------------------------------------------------------------------------
    // sensitivity

    private static List<Influence> sensitivity(
            Subject subject, Predictor predictor, List<Form.Field> fields, Map<String, String> values, Prediction now) {
        List<Form.Field> varied = fields.subList(0, Math.min(MOST_FIELDS, fields.size()));
        List<Form.Field> owners = new ArrayList<>();
        List<String> tried = new ArrayList<>();
        List<float[]> rows = new ArrayList<>();
        for (Form.Field field : varied) {
            for (String value : candidates(field)) {
                Map<String, String> other = new LinkedHashMap<>(values);
                other.put(field.name(), value);
                owners.add(field);
                tried.add(value);
                rows.add(encoded(subject, other));
            }
        }
        if (rows.isEmpty()) return List.of();
        List<Prediction> predictions = predictor.predictPrepared(batch(subject.input(), rows), Kernels.shared());
        List<Influence> influences = new ArrayList<>();
        for (Form.Field field : varied) {
            List<Integer> own = new ArrayList<>();
            for (int i = 0; i < owners.size(); i++) if (owners.get(i).equals(field)) own.add(i);
            if (!own.isEmpty()) influences.add(influence(field, own, tried, predictions, now));
        }
        influences.sort(Comparator.comparingDouble((Influence each) -> -Math.abs(each.change())));
        return List.copyOf(influences.subList(0, Math.min(SHOWN, influences.size())));
    }

    private static Tensor batch(Shape input, List<float[]> rows) {
        float[] all = new float[rows.size() * input.size()];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * input.size(), input.size());
        }
        return Tensor.view(input.forRows(rows.size()), all, 0);
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
        boolean classes = now.isClass();
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
            if (classes && turns.isEmpty() && !all.get(i).label().equals(now.label())) turns = Optional.of(i);
        }
        String what = classes ? "the probability of " + now.label() : "the prediction";
        String range = what + " goes from " + TextTable.significant(figure(all.get(low), now)) + " at " + tried.get(low)
                + " to " + TextTable.significant(figure(all.get(high), now)) + " at " + tried.get(high);
        String turn = turns.map(i -> "; with " + tried.get(i) + " the answer is "
                        + all.get(i).label())
                .orElse("");
        return new Influence(field.name(), figure(all.get(most), now) - present, range + turn);
    }

    /// The probability of the class that is predicted now, or the first value.
    private static double figure(Prediction of, Prediction now) {
        return of.isClass() ? of.probabilities().getOrDefault(now.label(), 0.0) : of.value();
    }

    /// |gradient · (input − background)| of the predicted class, summed over channels.
    private static Picture map(
            Subject subject, ImageForm form, Predictor predictor, Prediction prediction, float[] numbers) {
        int outputs = subject.model().network().outputs().getFirst().size();
        int output = Math.max(
                0,
                Math.min(
                        outputs - 1,
                        prediction.isClass() ? predictor.classNames().indexOf(prediction.label()) : 0));
        Tensor row = Tensor.view(subject.input().forRows(1), numbers, 0);
        float[] gradient = subject.model().saliency(row, output).toArray();
        int plane = form.width() * form.height();
        float background = numbers[0];
        double[] weights = new double[plane];
        double most = 0;
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < form.channels(); c++) {
                int at = c * plane + i;
                weights[i] += Math.abs(gradient[at] * (form.channels() == 1 ? numbers[at] - background : 1));
            }
            most = Math.max(most, weights[i]);
        }
        byte[] pixels = new byte[plane];
        for (int i = 0; i < plane; i++) pixels[i] = (byte) (most > 0 ? Math.round(255 * weights[i] / most) : 0);
        return new Picture(form.width(), form.height(), 1, pixels);
    }
}
