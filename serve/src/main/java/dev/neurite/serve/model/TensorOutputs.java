package dev.neurite.serve.model;

import dev.neurite.error.DataException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/// Predictions as tensors.
///
/// | the model gives | tensors |
/// |---|---|
/// | a class | `label` string `[batch]`, `probabilities` float `[batch × classes]`, or `scores` |
/// | any number of labels | `label` int64 `[batch × labels]`, 0 or 1; `probabilities` |
/// | a class for each step | `label` `[batch × time]`, `probabilities` `[batch × time × classes]`; after the
/// end of a shorter row `""` and 0 |
/// | values | double by the name of the target, or `values`: `[batch × …]` |
/// | a forecast | `forecast` double `[batch × steps]`; `time` string `[batch × steps]` if the series has times |
/// | the text that follows | `text` string `[batch]` |
/// | numbers | `output` float `[batch × …]` |
///
/// Of several outputs each has its name before: `kind_label`.
/// @param writers in the order of the outputs
record TensorOutputs(List<Writer> writers) {
    private static final String TIME = "time";

    /// A tensor made of the predictions of all rows.
    /// @param prediction finds that of the output in what was predicted for a row
    private record Writer(
            ValueInfo info, Function<Prediction, Prediction> prediction, Function<List<Prediction>, Value> make) {}

    static TensorOutputs of(Predictor predictor) {
        SequencedMap<String, Output> outputs = predictor.signature().outputs();
        List<Shape> shapes = predictor.model().network().outputs();
        boolean times = predictor.signature().input() instanceof Input.Series series
                && series.columns().time().isPresent();
        List<Writer> writers = new ArrayList<>();
        int i = 0;
        for (var each : outputs.entrySet()) {
            boolean several = outputs.size() > 1;
            Function<Prediction, Prediction> found = several ? all -> ofSeveral(all, each.getKey()) : all -> all;
            var made = new Maker(several ? each.getKey() + "_" : "", each.getKey(), several, found, writers);
            made.add(each.getValue(), shapes.get(i++), times);
        }
        return new TensorOutputs(List.copyOf(writers));
    }

    private static Prediction ofSeveral(Prediction row, String name) {
        Prediction one =
                row instanceof Prediction.Several several ? several.outputs().get(name) : null;
        if (one != null) return one;
        throw new IllegalStateException("no output '" + name + "': " + row);
    }

    List<ValueInfo> infos() {
        return writers.stream().map(Writer::info).toList();
    }

    SequencedMap<String, Value> values(List<Prediction> rows) {
        SequencedMap<String, Value> values = new LinkedHashMap<>();
        for (Writer each : writers) {
            values.put(
                    each.info.name(),
                    each.make.apply(rows.stream().map(each.prediction).toList()));
        }
        return values;
    }

    /// Adds the tensors of an output.
    /// @param prefix of their names
    /// @param name of the output
    private record Maker(
            String prefix,
            String name,
            boolean several,
            Function<Prediction, Prediction> prediction,
            List<Writer> writers) {
        void add(Output output, Shape shape, boolean times) {
            switch (output) {
                case Output.Classes classes -> {
                    add(prefix + "label", ElementType.STRING, rows -> texts(rows, Prediction::label));
                    add(
                            numbers(classes.meaning()),
                            ElementType.FLOAT,
                            rows -> floats(rows, classes.names().size()),
                            classes.names().size());
                }
                case Output.Labels labels -> {
                    List<String> names = labels.names();
                    add(prefix + "label", ElementType.INT64, rows -> chosen(rows, names), names.size());
                    add(numbers(labels.meaning()), ElementType.FLOAT, rows -> floats(rows, names.size()), names.size());
                }
                case Output.StepClasses steps -> {
                    int count = steps.names().size();
                    add(prefix + "label", ElementType.STRING, TensorOutputs::stepLabels, shape.extent(0));
                    add(
                            numbers(steps.meaning()),
                            ElementType.FLOAT,
                            rows -> stepNumbers(rows, count),
                            shape.extent(0),
                            count);
                }
                case Output.Values _ -> add(name, ElementType.DOUBLE, rows -> doubles(rows, shape), extents(shape));
                case Output.Forecast _ -> {
                    add(prefix + "forecast", ElementType.DOUBLE, rows -> doubles(rows, shape), extents(shape));
                    if (times) add(prefix + TIME, ElementType.STRING, TensorOutputs::times, shape.extent(0));
                }
                case Output.Continuation _ ->
                    add(prefix + "text", ElementType.STRING, rows -> texts(rows, TensorOutputs::continuation));
                case Output.Numbers _ ->
                    add(several ? name : "output", ElementType.FLOAT, TensorOutputs::numbers, extents(shape));
            }
        }

        private String numbers(Meaning meaning) {
            return prefix + (meaning == Meaning.SCORES ? "scores" : "probabilities");
        }

        private void add(String tensor, ElementType type, Function<List<Prediction>, Value> make, int... row) {
            List<String> extents = new ArrayList<>(List.of(TensorForm.BATCH));
            for (int each : row) extents.add(each == Shape.OPEN ? prefix + TIME : Integer.toString(each));
            writers.add(new Writer(new ValueInfo(tensor, type, extents, false), prediction, make));
        }

        private static int[] extents(Shape shape) {
            return shape.extents().stream().mapToInt(Integer::intValue).toArray();
        }
    }

    // ------------------------------------------------------------------------------------------------------- values

    private static Value texts(List<Prediction> rows, Function<Prediction, String> text) {
        return Value.of(Shape.of(rows.size()), rows.stream().map(text).toArray(String[]::new));
    }

    private static String continuation(Prediction row) {
        if (row instanceof Prediction.Continuation each) return each.text();
        throw other("a text", row);
    }

    private static Value floats(List<Prediction> rows, int width) {
        float[] all = new float[rows.size() * width];
        int at = 0;
        for (Prediction row : rows) at = put(row.probabilities().values(), all, at);
        return Value.view(ElementType.FLOAT, Shape.of(rows.size(), width), all, 0);
    }

    private static int put(Collection<Double> numbers, float[] all, int from) {
        int at = from;
        for (Double each : numbers) all[at++] = each.floatValue();
        return at;
    }

    private static Value chosen(List<Prediction> rows, List<String> names) {
        long[] all = new long[rows.size() * names.size()];
        int at = 0;
        for (Prediction row : rows) {
            if (!(row instanceof Prediction.Labels labels)) throw other("labels", row);
            for (String each : names) all[at++] = labels.labels().contains(each) ? 1 : 0;
        }
        return Value.view(ElementType.INT64, Shape.of(rows.size(), names.size()), all, 0);
    }

    private static List<Prediction.OneClass> steps(Prediction row) {
        if (row instanceof Prediction.StepClasses(var steps)) return steps;
        throw other("a class for each step", row);
    }

    private static int longest(List<Prediction> rows) {
        return rows.stream().mapToInt(each -> steps(each).size()).max().orElse(0);
    }

    private static Value stepLabels(List<Prediction> rows) {
        int longest = longest(rows);
        String[] all = new String[rows.size() * longest];
        Arrays.fill(all, "");
        for (int i = 0; i < rows.size(); i++) {
            List<Prediction.OneClass> steps = steps(rows.get(i));
            for (int k = 0; k < steps.size(); k++)
                all[i * longest + k] = steps.get(k).label();
        }
        return Value.view(ElementType.STRING, Shape.of(rows.size(), longest), all, 0);
    }

    private static Value stepNumbers(List<Prediction> rows, int width) {
        int longest = longest(rows);
        float[] all = new float[rows.size() * longest * width];
        for (int i = 0; i < rows.size(); i++) {
            int at = i * longest * width;
            for (Prediction.OneClass step : steps(rows.get(i)))
                at = put(step.probabilities().values(), all, at);
        }
        return Value.view(ElementType.FLOAT, Shape.of(rows.size(), longest, width), all, 0);
    }

    private static Value times(List<Prediction> rows) {
        List<String> all = new ArrayList<>();
        for (Prediction row : rows) {
            if (!(row instanceof Prediction.Forecast forecast)) throw other("one time series", row);
            all.addAll(forecast.times().orElseThrow());
        }
        int steps = rows.isEmpty() ? 0 : all.size() / rows.size();
        return Value.of(Shape.of(rows.size(), steps), all.toArray(String[]::new));
    }

    private static Value doubles(List<Prediction> rows, Shape shape) {
        double[] all = rows.stream()
                .flatMap(row -> {
                    if (row instanceof Prediction.Several) throw other("one time series", row);
                    return row.values().stream();
                })
                .mapToDouble(Double::doubleValue)
                .toArray();
        Shape own = shape.isKnown()
                ? shape
                : shape.withOpen(
                        all.length / Math.max(1, rows.size() * shape.row().size()));
        return Value.view(ElementType.DOUBLE, own.forRows(rows.size()), all, 0);
    }

    /// Numbers of rows, of which the longest decides.
    private static Value numbers(List<Prediction> rows) {
        Shape longest = Shape.of(0);
        for (Prediction row : rows) {
            if (!(row instanceof Prediction.Numbers(var own))) throw other("numbers", row);
            if (own.shape().size() >= longest.size()) longest = own.shape();
        }
        float[] all = new float[rows.size() * longest.size()];
        for (int i = 0; i < rows.size(); i++) {
            float[] own = ((Prediction.Numbers) rows.get(i)).output().toArray();
            System.arraycopy(own, 0, all, i * longest.size(), own.length);
        }
        return Value.view(ElementType.FLOAT, longest.forRows(rows.size()), all, 0);
    }

    private static DataException other(String expected, Prediction got) {
        return new DataException(
                "row", "expects " + expected + ", got " + got.getClass().getSimpleName());
    }
}
