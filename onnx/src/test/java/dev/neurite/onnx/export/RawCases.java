package dev.neurite.onnx.export;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.relativeToLast;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.DateTime;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Layers;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.onnx.value.Value;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Models of raw values to export, with raw rows and what the library's own predictor says of them.
final class RawCases {
    private static final String[] COLORS = {"red", "green", "blue"};
    private static final int ROWS = 40; // to fit to
    private static final int TRIED = 9; // to predict

    private RawCases() {}

    /// @param inputs as the exported file takes them
    record Case(String name, ModelFile file, Map<String, Value> inputs, Map<String, Value> expected) {}

    static final List<Case> ALL = List.of(
            numbers(false),
            numbers(true),
            largeNumbers(),
            mixed(Meaning.LOGITS, 3, Optional.empty()),
            mixed(Meaning.SIGMOID_LOGITS, 1, Optional.of(new Threshold("yes", 0.3, "here"))),
            mixed(Meaning.SCORES, 1, Optional.empty()),
            regression(),
            dates(true),
            dates(false),
            labels(),
            steps(),
            series(),
            image(),
            severalInputs());

    // --------------------------------------------------------------------------------------------------------- tables

    private static List<Map<String, Object>> rows(int count, long seed) {
        var random = new KeyedRandom(seed);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("age", i % 7 == 3 ? Float.NaN : (float) (18 + random.nextDouble() * 60));
            row.put("color", i % 5 == 4 ? "" : COLORS[random.below(3)]);
            row.put("grade", Integer.toString(random.below(3)));
            row.put("weight", (float) (50 + 40 * random.nextDouble()));
            row.put("height", (float) (1.5 + random.nextDouble() / 2));
            row.put("kind", i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c");
            row.put("answer", i % 2 == 0 ? "no" : "yes");
            row.put("price", (float) (1000 + 500 * random.nextDouble()));
            rows.add(row);
        }
        return rows;
    }

    private static Table table(List<String> columns, List<Map<String, Object>> rows) {
        return Table.ofMaps(columns, rows.stream().map(row -> {
            Map<String, Object> own = new LinkedHashMap<>();
            for (String each : columns) {
                Object value = row.getOrDefault(each, "");
                own.put(each, value.equals("") ? Optional.empty() : value);
            }
            return own;
        }));
    }

    private static Preprocessing fitted(List<String> columns, PreprocessingSettings settings) {
        return Preprocessing.fit(table(columns, rows(ROWS, 1)), settings);
    }

    private static Value floats(List<Map<String, Object>> rows, String... columns) {
        float[] all = new float[rows.size() * columns.length];
        int at = 0;
        for (Map<String, Object> row : rows) {
            for (String each : columns) all[at++] = number(row.getOrDefault(each, ""));
        }
        return Value.of(Shape.of(rows.size(), columns.length), all);
    }

    private static float number(Object value) {
        if (value instanceof Float number) return number;
        return value.equals("") ? Float.NaN : Float.parseFloat((String) value);
    }

    private static Value texts(List<Map<String, Object>> rows, String column) {
        return Value.of(
                Shape.of(rows.size(), 1),
                rows.stream().map(row -> (String) row.getOrDefault(column, "")).toArray(String[]::new));
    }

    private static Model model(Preprocessing columns, int outputs) {
        return Model.of(columns.inputShape(), dense(8, Activation.TANH), dense(outputs))
                .initialize(5);
    }

    private static ModelFile file(Model model, Input input, Output output) {
        return new ModelFile(model, Map.of(), Signature.of(List.of(input), List.of(output)));
    }

    private static Case numbers(boolean marked) {
        ColumnSettings usual = ColumnSettings.USUAL.withMissing(ColumnSettings.Missing.MEAN);
        Preprocessing fitted = fitted(
                List.of("age", "height", "kind"),
                PreprocessingSettings.classes("kind").withUsual(marked ? usual.withIndicator() : usual));
        ModelFile file = file(
                model(fitted, 3),
                new Input.Columns(fitted),
                new Output.Classes(List.of("a", "b", "c"), Meaning.LOGITS));
        List<Map<String, Object>> rows = rows(TRIED, 2);
        return new Case(
                "numbers, some missing" + (marked ? ", which is an input" : ""),
                file,
                Map.of("table", floats(rows, "age", "height")),
                classes(file, rows));
    }

    /// Which float32 would lose digits of.
    private static Case largeNumbers() {
        float[][] years = new float[ROWS][];
        for (int i = 0; i < ROWS; i++) years[i] = new float[] {2000 + i % 5 * 0.25f, 100_000 + i, i % 2};
        Table table = Table.of(List.of("year", "number", "y"), years);
        Preprocessing fitted = Preprocessing.fit(table, PreprocessingSettings.values("y"));
        ModelFile file = file(model(fitted, 1), new Input.Columns(fitted), new Output.Values(List.of("y"), 0, 1));
        float[] all = {2000.25f, 100_003, 2001, 100_017, 2002.5f, 99_000};
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 3; i++) rows.add(Map.of("year", all[2 * i], "number", all[2 * i + 1]));
        return new Case("large numbers", file, Map.of("table", Value.of(Shape.of(3, 2), all)), values(file, rows, "y"));
    }

    private static Case mixed(Meaning meaning, int outputs, Optional<Threshold> threshold) {
        boolean pair = outputs == 1;
        String target = pair ? "answer" : "kind";
        ColumnSettings usual = ColumnSettings.USUAL
                .withMissing(ColumnSettings.Missing.MEAN)
                .withUnseenIgnored()
                .withIndicator();
        Preprocessing fitted = fitted(
                List.of("age", "color", "grade", "height", target),
                PreprocessingSettings.classes(target).withUsual(usual).withMissingTexts(Set.of("unknown")));
        List<String> names = pair ? List.of("no", "yes") : List.of("a", "b", "c");
        ModelFile file =
                file(model(fitted, outputs), new Input.Columns(fitted), new Output.Classes(names, meaning, threshold));
        List<Map<String, Object>> rows = rows(TRIED, 3);
        rows.get(1).put("color", "purple");
        rows.get(2).put("color", "unknown");
        rows.get(5).put("grade", "");
        rows.get(6).put("grade", "17");
        Map<String, Value> inputs = new LinkedHashMap<>();
        inputs.put("age", floats(rows, "age"));
        inputs.put("color", texts(rows, "color"));
        inputs.put("grade", floats(rows, "grade"));
        inputs.put("height", floats(rows, "height"));
        return new Case(
                "numbers and texts, " + meaning + (threshold.isPresent() ? ", threshold" : ""),
                file,
                inputs,
                classes(file, rows));
    }

    private static Case regression() {
        Preprocessing fitted = fitted(List.of("height", "price"), PreprocessingSettings.values("price"));
        ModelFile file =
                file(model(fitted, 1), new Input.Columns(fitted), new Output.Values(List.of("price"), 1234.5, 321.25));
        List<Map<String, Object>> rows = rows(TRIED, 4);
        return new Case("values", file, Map.of("table", floats(rows, "height")), values(file, rows, "price"));
    }

    private static Case dates(boolean missing) {
        var age = new Calendar.Age(20_000, 300);
        var calendar = new Calendar(List.of(Cycle.values()), Optional.of(age), missing, missing);
        var encoded =
                new Preprocessing(List.of(new Preprocessing.Column("seen", calendar)), Shape.of(calendar.width()));
        ModelFile file = file(model(encoded, 1), new Input.Columns(encoded), new Output.Values(List.of("y"), 0, 1));
        List<String> texts = new ArrayList<>(List.of(
                "2024-02-29T08:30:15.5",
                "2023-12-31T23:59:59",
                "2024-12-31",
                "2000-01-01",
                "1900-03-01 06:00",
                "1969-12-31T12:00",
                "1970-01-01",
                "2100-12-31T23:00"));
        if (missing) texts.add("");
        double[] days = new double[texts.size()];
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < days.length; i++) {
            days[i] = DateTime.parse(texts.get(i))
                    .map(each -> each.local().toEpochSecond(ZoneOffset.UTC) / 86_400.0
                            + each.local().getNano() / 86_400e9)
                    .orElse(Double.NaN);
            rows.add(Map.of("seen", texts.get(i)));
        }
        Value in = Value.of(Shape.of(days.length, 1), days);
        return new Case("dates" + (missing ? ", one missing" : ""), file, Map.of("seen", in), values(file, rows, "y"));
    }

    private static Case labels() {
        Preprocessing fitted = fitted(List.of("height", "weight"), PreprocessingSettings.inputsOnly());
        ModelFile file = file(
                model(fitted, 3),
                new Input.Columns(fitted),
                new Output.Labels(List.of("x", "y", "z"), Meaning.SIGMOID_LOGITS));
        List<Map<String, Object>> rows = rows(TRIED, 5);
        long[] labels = new long[TRIED * 3];
        float[] probabilities = new float[TRIED * 3];
        List<Prediction> said = Predictor.of(file).predictAll(rows);
        for (int i = 0; i < TRIED; i++) {
            List<Double> each = List.copyOf(said.get(i).probabilities().values());
            for (int j = 0; j < 3; j++) {
                probabilities[3 * i + j] = each.get(j).floatValue();
                labels[3 * i + j] = each.get(j) > 0.5 ? 1 : 0;
            }
        }
        Shape shape = Shape.of(TRIED, 3);
        return new Case(
                "labels",
                file,
                Map.of("table", floats(rows, "height", "weight")),
                Map.of("label", Value.of(shape, labels), "probabilities", Value.of(shape, probabilities)));
    }

    // ------------------------------------------------------------------------------------------------------ sequences

    private static Case steps() {
        Preprocessing fitted = fitted(
                List.of("height", "color"),
                PreprocessingSettings.inputsOnly()
                        .withUsual(ColumnSettings.USUAL.withUnseenIgnored().withMissing(ColumnSettings.Missing.MEAN)));
        int width = fitted.inputShape().size();
        Model model = Model.of(Shape.of(Shape.OPEN, width), gru(5).withSequences(), dense(2))
                .initialize(6);
        ModelFile file =
                file(model, new Input.Steps(fitted), new Output.StepClasses(List.of("up", "down"), Meaning.LOGITS));
        List<Map<String, Object>> rows = rows(6, 6);
        List<Prediction> said = Predictor.of(file).predictAll(List.of(rows.subList(0, 3), rows.subList(3, 6)));
        String[] labels = new String[6];
        float[] probabilities = new float[12];
        int at = 0;
        for (Prediction each : said) {
            for (Prediction.OneClass step : ((Prediction.StepClasses) each).steps()) {
                labels[at] = step.label();
                probabilities[2 * at] =
                        (float) step.probabilities().getOrDefault("up", 0.0).doubleValue();
                probabilities[2 * at++ + 1] =
                        (float) step.probabilities().getOrDefault("down", 0.0).doubleValue();
            }
        }
        return new Case(
                "steps",
                file,
                Map.of(
                        "height", floats(rows, "height").reshape(Shape.of(2, 3, 1)),
                        "color", texts(rows, "color").reshape(Shape.of(2, 3, 1))),
                Map.of(
                        "label", Value.of(Shape.of(2, 3), labels),
                        "probabilities", Value.of(Shape.of(2, 3, 2), probabilities)));
    }

    private static Case series() {
        Preprocessing fitted = fitted(List.of("height", "price"), PreprocessingSettings.inputsOnly());
        Node inside = sequential(flatten(), dense(3));
        Model model = Model.of(Shape.of(5, 2), relativeToLast(inside, 1)).initialize(8);
        ModelFile file = file(model, new Input.Series(fitted, SeriesColumns.of("price")), new Output.Forecast("price"));
        List<Map<String, Object>> rows = rows(5, 7);
        Tensor prepared = Tensor.zeros(Shape.of(1, 5, 2));
        for (int i = 0; i < 5; i++) System.arraycopy(fitted.row(rows.get(i)), 0, prepared.array(), 2 * i, 2);
        return new Case(
                "series",
                file,
                Map.of("series", floats(rows, "height", "price").reshape(Shape.of(1, 5, 2))),
                Map.of("forecast", Value.of(model.predict(prepared))));
    }

    // --------------------------------------------------------------------------------------------------------- others

    private static Case image() {
        Model model = Model.of(
                        Layers.image(3, 6, 5),
                        Layers.conv2d(4, 3, Activation.RELU),
                        flatten(),
                        dense(2, Activation.SOFTMAX))
                .initialize(9);
        ModelFile file = file(
                model,
                new Input.Image(ImageInput.of(Shape.of(3, 6, 5))),
                new Output.Classes(List.of("cat", "dog"), Meaning.PROBABILITIES));
        byte[] pixels = new byte[2 * 90];
        float[] numbers = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 37);
            numbers[i] = (pixels[i] & 0xff) / 255f;
        }
        Shape shape = Shape.of(2, 3, 6, 5);
        return new Case(
                "images",
                file,
                Map.of("image", Value.ofUint8(shape, pixels)),
                classes(Predictor.of(file).predictPrepared(Tensor.of(shape, numbers), Kernels.shared())));
    }

    private static Case severalInputs() {
        Preprocessing fitted = fitted(List.of("height", "weight"), PreprocessingSettings.inputsOnly());
        Graph graph = Graph.of(2, in -> {
            var both = in.get(0).then(dense(4, Activation.RELU)).join(Layers.concat(), in.get(1));
            return List.of(both.then(dense(2)), both.then(dense(1)));
        });
        Model model = Model.of(List.of(fitted.inputShape(), Shape.of(3)), graph).initialize(4);
        var file = new ModelFile(
                model,
                Map.of(),
                Signature.of(
                        List.of(new Input.Columns(fitted), new Input.Numbers(Shape.of(3), List.of())),
                        List.of(
                                new Output.Classes(List.of("left", "right"), Meaning.LOGITS),
                                new Output.Values(List.of("size"), 5, 2))));
        List<Map<String, Object>> rows = rows(2, 9);
        float[] numbers = {1, 2, 3, -1, 0, 0.5f};
        List<Object> raw = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            raw.add(Map.of(
                    "table", rows.get(i), "numbers", new float[] {numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]
                    }));
        }
        List<Prediction> said = Predictor.of(file).predictAll(raw);
        Map<String, Value> expected = new LinkedHashMap<>();
        classes(said.stream()
                        .map(each -> ((Prediction.Several) each).outputs().get("class"))
                        .toList())
                .forEach((name, value) -> expected.put("class_" + name, value));
        expected.put(
                "size",
                values(said.stream()
                        .map(each -> ((Prediction.Several) each).outputs().get("size"))
                        .toList()));
        return new Case(
                "several inputs and outputs",
                file,
                Map.of("table", floats(rows, "height", "weight"), "input", Value.of(Shape.of(2, 3), numbers)),
                expected);
    }

    private static Map<String, Value> classes(ModelFile file, List<Map<String, Object>> rows) {
        return classes(Predictor.of(file).predictAll(rows));
    }

    private static Map<String, Value> classes(List<Prediction> said) {
        int count = said.getFirst().probabilities().size();
        float[] probabilities = new float[said.size() * count];
        int at = 0;
        for (Prediction each : said) {
            for (double p : each.probabilities().values()) probabilities[at++] = (float) p;
        }
        boolean scores = ((Prediction.OneClass) said.getFirst()).areScores();
        return Map.of(
                "label",
                Value.of(
                        Shape.of(said.size()),
                        said.stream().map(Prediction::label).toArray(String[]::new)),
                scores ? "scores" : "probabilities",
                Value.of(Shape.of(said.size(), count), probabilities));
    }

    private static Map<String, Value> values(ModelFile file, List<Map<String, Object>> rows, String name) {
        return Map.of(name, values(Predictor.of(file).predictAll(rows)));
    }

    private static Value values(List<Prediction> said) {
        float[] all = new float[said.size()];
        for (int i = 0; i < all.length; i++) all[i] = (float) said.get(i).value();
        return Value.of(Shape.of(all.length, 1), all);
    }
}
