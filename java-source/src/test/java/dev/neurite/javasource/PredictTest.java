package dev.neurite.javasource;

import static dev.neurite.kernel.Activation.*;
import static dev.neurite.layer.Layers.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.data.image.Pixels;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.ColumnEncoding.Dropped;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.ColumnEncoding.Value;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Preprocessing.Column;
import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Written classes take raw values and answer as [Predictor] does.
@SuppressWarnings("unchecked") // what another class loader made
final class PredictTest {
    private static final double CLOSE = 1e-5;

    @TempDir
    private Path directory;

    private static final Preprocessing TABLE = new Preprocessing(
            List.of(
                    new Column("age (years)", new Scaled(38.5, 12.25, 17, 90, OptionalDouble.of(37), true)),
                    new Column("color", new OneHot(List.of("red", "né \"x\"", "\\u0041", ""), true, true, true)),
                    new Column("id", new Dropped()),
                    new Column("doors", new OneHot(List.of("2", "4.0", "-0"), false, false, false)),
                    new Column(
                            "since",
                            new Calendar(
                                    List.of(Cycle.HOUR, Cycle.DAY, Cycle.WEEK, Cycle.YEAR),
                                    Optional.of(new Calendar.Age(19_000, 400.5)),
                                    true,
                                    true)),
                    new Column("class", new Scaled(1e6, 3, 0, 1, OptionalDouble.empty(), false)),
                    new Column("code", new OneHot(List.of("007", "7"), true, false, false)),
                    new Column("*/ \\u", new Scaled(0, 1, 0, 1, OptionalDouble.of(0), false)),
                    new Column("price", new Value(250_000, 80_000))),
            Shape.of(2 + 5 + 3 + 10 + 1 + 2 + 1),
            Set.of("NA", "?"));

    private static final Object NONE = Optional.empty(); // a missing value

    private static final String ROW = """
        Net.Row row = new Net.Row();
        if (v[0] instanceof Float) row.ageYears = (Float) v[0];
        if (v[1] instanceof String) row.color = (String) v[1];
        if (v[2] instanceof Float) row.doors = (Float) v[2];
        if (v[3] instanceof java.time.LocalDateTime) row.since = (java.time.LocalDateTime) v[3];
        if (v[4] instanceof Float) row.classColumn = (Float) v[4];
        if (v[5] instanceof String) row.code = (String) v[5];
        if (v[6] instanceof Float) row.u = (Float) v[6];
        """;
    private static final List<String> COLUMNS =
            List.of("age (years)", "color", "doors", "since", "class", "code", "*/ \\u");

    private static ModelFile file(Input input, Output output, Shape shape, Node... layers) {
        Model model = Model.of(shape, layers).initialize(3);
        return new ModelFile(model, Map.of(), Signature.of(List.of(input), List.of(output)));
    }

    /// The answer to an array of values, by a caller's code.
    private Function<Object[], Object> caller(ModelFile model, String code) throws Exception {
        JavaFile file =
                JavaSource.of(model).packageName("shop.model").publicClass().make("Net");
        String caller = "public final class Caller implements java.util.function.Function<Object[], Object> {\n"
                + "private final Net net = new Net(" + (file.open() ? "9" : "") + ");\n"
                + "public Object apply(Object[] v) {\n" + code + "\n}\n}\n";
        return Compiled.load(List.of(file), "Caller", caller, directory, Function.class);
    }

    private static Map<String, Object> row(Object... values) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) row.put(COLUMNS.get(i), values[i]);
        return row;
    }

    private static Object[][] rows() {
        LocalDateTime day = LocalDateTime.of(2024, 2, 29, 0, 0);
        return new Object[][] {
            {31f, "red", 2f, day.plusHours(13).plusMinutes(7).plusNanos(1234), 1_000_002f, "7", 0.5f},
            {NONE, NONE, 4f, NONE, 999_998f, "007", NONE},
            {-5f, "né \"x\"", 0f, day, 1_000_000f, "7", 1f},
            {90f, "\\u0041", -0f, day.minusYears(3), 1_000_000.5f, "unknown", -1f},
            {17f, "", 4f, day.plusDays(40), 1_000_001f, "07", 0f},
            {17f, "  ", 4f, day.plusDays(41), 1_000_001f, "7", 0f},
            {17f, " NA ", 4f, day.plusDays(42), 1_000_001f, "7", 0f},
            {17f, "green", 2f, day.plusDays(43), 1_000_001f, "7", 0f},
        };
    }

    @Test
    void aTableWithEveryKindOfColumnGivesTheValueInItsUnits() throws Exception {
        ModelFile model = file(
                new Input.Columns(TABLE),
                new Output.Values(List.of("price"), 250_000, 80_000),
                TABLE.inputShape(),
                dense(8, TANH),
                dense(1));
        Function<Object[], Object> written = caller(model, ROW + "return net.predict(row);");
        Predictor predictor = Predictor.of(model);
        for (Object[] each : rows()) {
            double expected = predictor.predict(row(each)).value();
            assertThat((Double) written.apply(each))
                    .as(Arrays.toString(each))
                    .isCloseTo(expected, offset(CLOSE * expected));
        }
    }

    @Test
    void whatTheModelRefusesIsRefused() throws Exception {
        ModelFile model =
                file(new Input.Columns(TABLE), new Output.Values(List.of("price"), 0, 1), TABLE.inputShape(), dense(1));
        Function<Object[], Object> written = caller(model, ROW + "return net.predict(row);");
        Predictor predictor = Predictor.of(model);
        Object[] good = rows()[0];
        Object[][] wrong = {
            {2, NONE},
            {2, 3f},
            {4, NONE},
            {4, Float.POSITIVE_INFINITY},
            {5, NONE},
            {5, "?"},
            {2, Float.POSITIVE_INFINITY}
        };
        for (Object[] each : wrong) {
            Object[] bad = good.clone();
            bad[(Integer) each[0]] = each[1];
            assertThatThrownBy(() -> predictor.predict(row(bad))).isInstanceOf(DataException.class);
            assertThatThrownBy(() -> written.apply(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(COLUMNS.get((Integer) each[0]));
        }
        assertThat(written.apply(good)).isInstanceOf(Double.class);
    }

    private static final Preprocessing NUMBERS = new Preprocessing(
            List.of(
                    new Column("a", new Scaled(1, 2, 0, 4, OptionalDouble.of(1), false)),
                    new Column("b", new OneHot(List.of("0", "1"), true, true, false))),
            Shape.of(3));

    @Test
    void classesHaveLabelAndProbabilities() throws Exception {
        Output[] kinds = {
            new Output.Classes(List.of("x", "ü", "\"z\""), Meaning.PROBABILITIES),
            new Output.Classes(List.of("x", "ü", "\"z\""), Meaning.LOGITS),
        };
        for (Output each : kinds) {
            boolean logits = each.equals(kinds[1]);
            assertClasses(file(new Input.Columns(NUMBERS), each, Shape.of(3), dense(3, logits ? IDENTITY : SOFTMAX)));
        }
        assertClasses(file(
                new Input.Columns(NUMBERS),
                new Output.Classes(List.of("no", "yes"), Meaning.PROBABILITIES),
                Shape.of(3),
                dense(1, SIGMOID)));
        assertClasses(file(
                new Input.Columns(NUMBERS),
                new Output.Classes(List.of("no", "yes"), Meaning.SIGMOID_LOGITS),
                Shape.of(3),
                dense(1)));
        assertClasses(file(
                new Input.Columns(NUMBERS),
                new Output.Classes(
                        List.of("no", "yes"), Meaning.PROBABILITIES, Optional.of(new Threshold("no", 0.3, "test"))),
                Shape.of(3),
                dense(2, SOFTMAX)));
    }

    private void assertClasses(ModelFile model) throws Exception {
        Function<Object[], Object> written = caller(
                model,
                "String label = net.predict((float[]) v[0]);\n"
                        + "return new Object[] {label, net.label(), net.probability(), net.probabilities(),"
                        + " Net.labels()};");
        Predictor predictor = Predictor.of(model);
        var random = new Random(5);
        for (int i = 0; i < 40; i++) {
            float[] row = {(float) random.nextGaussian() * 9, random.nextInt(3)};
            Prediction expected = predictor.predict(row);
            Object[] said = (Object[]) written.apply(new Object[] {row});
            assertThat(said[0]).isEqualTo(expected.label());
            assertThat(((String[]) said[4])[(Integer) said[1]]).isEqualTo(expected.label());
            assertThat((double) (Float) said[2]).isCloseTo(expected.probability(), offset(CLOSE));
            float[] probabilities = (float[]) said[3];
            int at = 0;
            for (double each : expected.probabilities().values())
                assertThat((double) probabilities[at++]).isCloseTo(each, offset(CLOSE));
        }
    }

    @Test
    void scoresLabelsAndSeveralValues() throws Exception {
        float[] row = {3, 1};
        var scores = file(
                new Input.Columns(NUMBERS),
                new Output.Classes(List.of("no", "yes"), Meaning.SCORES),
                Shape.of(3),
                dense(1));
        Object[] said = (Object[])
                caller(scores, "return new Object[] {net.predict((float[]) v[0]), net.score(), net.scores()};")
                        .apply(new Object[] {row});
        assertThat(said[0]).isEqualTo(Predictor.of(scores).predict(row).label());
        assertThat((double) (Float) said[1])
                .isCloseTo(Predictor.of(scores).predict(row).probability(), offset(CLOSE));

        var labels = file(
                new Input.Columns(NUMBERS),
                new Output.Labels(List.of("a", "b", "c"), Meaning.SIGMOID_LOGITS),
                Shape.of(3),
                dense(3));
        assertNumbers(labels, "return net.predict((float[]) v[0]);", row);

        var values =
                file(new Input.Columns(NUMBERS), new Output.Values(List.of("a", "b"), -3, 7.5), Shape.of(3), dense(2));
        double[] got =
                (double[]) caller(values, "return net.predict((float[]) v[0]);").apply(new Object[] {row});
        List<Double> expected = Predictor.of(values).predict(row).values();
        for (int i = 0; i < 2; i++) assertThat(got[i]).isCloseTo(expected.get(i), offset(CLOSE * 10));
    }

    private void assertNumbers(ModelFile model, String code, Object row) throws Exception {
        float[] got = (float[]) caller(model, code).apply(new Object[] {row});
        double[] expected = Predictor.of(model)
                .predictAll(List.of(row))
                .getFirst()
                .numbers()
                .toArray();
        for (int i = 0; i < expected.length; i++) assertThat((double) got[i]).isCloseTo(expected[i], offset(CLOSE));
    }

    @Test
    void namedAndUnnamedNumbers() throws Exception {
        assertNumbers(
                file(
                        new Input.Numbers(Shape.of(2), List.of("width", "class")),
                        new Output.Numbers(),
                        Shape.of(2),
                        dense(3, RELU)),
                "float[] x = (float[]) v[0]; Net.Row row = new Net.Row(); row.width = x[0]; row.classColumn = x[1];"
                        + " return net.predict(row);",
                new float[] {0.5f, -2});
        assertNumbers(
                file(new Input.Numbers(Shape.of(2), List.of()), new Output.Numbers(), Shape.of(2), dense(3, RELU)),
                "float[] x = (float[]) v[0]; return net.predict(x[0], x[1]);",
                new float[] {0.5f, -2});
    }

    @Test
    void aNumberThatWasForgottenIsRefused() throws Exception {
        var model = file(
                new Input.Numbers(Shape.of(2), List.of("width", "height")),
                new Output.Numbers(),
                Shape.of(2),
                dense(1, RELU));
        Function<Object[], Object> written =
                caller(model, "Net.Row row = new Net.Row(); row.width = 1; return net.predict(row);");
        assertThatThrownBy(() -> written.apply(new Object[0]))
                .hasMessage("column 'height': expects a number, got none");
    }

    @Test
    void sequencesOfRowsHaveAClassForEachStep() throws Exception {
        var model = file(
                new Input.Steps(NUMBERS),
                new Output.StepClasses(List.of("x", "y", "z"), Meaning.LOGITS),
                Shape.of(Shape.OPEN, 3),
                gru(5).withSequences(),
                dense(3));
        Function<Object[], Object> written = caller(model, """
            Net.Row[] rows = new Net.Row[v.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = new Net.Row();
                rows[i].a = ((float[]) v[i])[0];
                rows[i].b = ((float[]) v[i])[1];
            }
            return new Object[] {net.predict(rows), net.probabilities()};
            """);
        var random = new Random(3);
        for (int steps : List.of(4, 9, 1)) {
            List<float[]> rows = new ArrayList<>();
            for (int i = 0; i < steps; i++) rows.add(new float[] {(float) random.nextGaussian(), random.nextInt(2)});
            Object[] said = (Object[]) written.apply(rows.toArray());
            Prediction expected = Predictor.of(model).predict(rows);
            List<String> labels = ((Prediction.StepClasses) expected).labels();
            for (int i = 0; i < steps; i++) {
                assertThat(List.of("x", "y", "z").get(((int[]) said[0])[i])).isEqualTo(labels.get(i));
            }
            double[] numbers = expected.numbers().toArray();
            for (int i = 0; i < numbers.length; i++)
                assertThat((double) ((float[]) said[1])[i]).isCloseTo(numbers[i], offset(CLOSE));
        }
        Object[] tooMany = new Object[10];
        Arrays.fill(tooMany, new float[2]);
        assertThatThrownBy(() -> written.apply(tooMany)).hasMessage("inputs: expects 1 to 9 steps, got 10");
        assertThatThrownBy(() -> written.apply(new Object[0])).hasMessage("inputs: expects 1 to 9 steps, got 0");
    }

    @Test
    void aSeriesIsForecastFromItsLastRows() throws Exception {
        var columns = new Preprocessing(
                List.of(new Column("load", new Scaled(10, 4, 0, 20, OptionalDouble.empty(), false))), Shape.of(1));
        var model = file(
                new Input.Series(columns, SeriesColumns.of("load")),
                new Output.Forecast("load"),
                Shape.of(6, 1),
                relativeToLast(sequential(flatten(), dense(3)), 0));
        Function<Object[], Object> written = caller(model, """
            Net.Row[] rows = new Net.Row[v.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = new Net.Row();
                rows[i].load = (Float) v[i];
            }
            return net.predict(rows);
            """);
        Object[] values = {99f, 7f, 8f, 3f, 5f, 6f, 11f, 12f};
        List<Map<String, Object>> rows =
                Arrays.stream(values).map(each -> Map.of("load", each)).toList();
        List<Double> expected = Predictor.of(model).predict(rows).values();
        float[] got = (float[]) written.apply(values);
        for (int i = 0; i < 3; i++) assertThat((double) got[i]).isCloseTo(expected.get(i), offset(CLOSE * 10));
        assertThatThrownBy(() -> written.apply(new Object[] {1f})).hasMessage("rows: expects 6, got 1");
        assertThat(JavaSource.of(model).make("Net").notes())
                .singleElement()
                .asString()
                .contains("without gaps is not checked");
    }

    @Test
    void imagesComeAsPixels() throws Exception {
        for (boolean color : List.of(true, false)) {
            var how = new ImageInput(color, Shape.of(5, 4), ImageFit.NONE);
            var model = file(
                    new Input.Image(how),
                    new Output.Classes(List.of("a", "b"), Meaning.PROBABILITIES),
                    how.shape(),
                    conv2d(3, 3, RELU),
                    flatten(),
                    dense(2, SOFTMAX));
            Function<Object[], Object> written = caller(model, """
                Object argb = net.predict((int[]) v[0], 4, 5);
                float first = net.probability();
                Object bytes = net.predict((byte[]) v[1]);
                return new Object[] {argb, first, bytes, net.probability()};
                """);
            var random = new Random(8);
            byte[] rgb = new byte[60];
            random.nextBytes(rgb);
            Pixels image = Pixels.of(Shape.of(3, 5, 4), rgb);
            Prediction expected = Predictor.of(model).predict(image);
            Object[] said = (Object[]) written.apply(new Object[] {argb(rgb), how.bytes(image)});
            assertThat(said[0]).isEqualTo(expected.label()).isEqualTo(said[2]);
            assertThat((double) (Float) said[1]).isCloseTo(expected.probability(), offset(CLOSE));
            assertThat(said[3]).isEqualTo(said[1]);
        }
    }

    @Test
    void imagesOfAnySizeAreResizedAsTheModelDoes() throws Exception {
        for (ImageFit fit : List.of(ImageFit.CROP, ImageFit.PAD, ImageFit.STRETCH)) {
            boolean color = fit != ImageFit.STRETCH;
            var how = new ImageInput(color, Shape.of(7, 10), fit);
            var model = file(new Input.Image(how), new Output.Numbers(), how.shape(), flatten());
            Function<Object[], Object> written =
                    caller(model, "return net.predict((int[]) v[0], (Integer) v[1], (Integer) v[2]);");
            int[][] sizes = {{7, 10}, {7, 10}, {20, 31}, {31, 20}, {3, 4}, {1, 1}, {70, 9}, {9, 70}};
            for (int[] size : sizes) {
                int area = size[0] * size[1];
                byte[] rgb = new byte[3 * area];
                new Random(area).nextBytes(rgb);
                float[] got = (float[]) written.apply(new Object[] {argb(rgb), size[1], size[0]});
                float[] expected = how.numbers(Pixels.of(Shape.of(3, size[0], size[1]), rgb));
                assertThat(got).as("%s %s", fit, Arrays.toString(size)).isEqualTo(expected);
            }
            assertThatThrownBy(() -> written.apply(new Object[] {new int[3], 2, 2}))
                    .hasMessage("image: expects width * height pixels, got 3 for 2 x 2");
        }
    }

    private static int[] argb(byte[] rgb) {
        int area = rgb.length / 3;
        int[] argb = new int[area];
        for (int i = 0; i < area; i++) {
            argb[i] = 0xff << 24 | (rgb[i] & 255) << 16 | (rgb[i + area] & 255) << 8 | rgb[i + 2 * area] & 255;
        }
        return argb;
    }

    @Test
    void aRowWhosePredictionIsNotFiniteIsRefused() throws Exception {
        var columns = new Preprocessing(
                List.of(new Column("a", new Scaled(0, 0.01, 0, 4, OptionalDouble.empty(), false))), Shape.of(1));
        var model = file(
                new Input.Columns(columns), new Output.Values(List.of("v"), 0, 1), Shape.of(1), dense(4), dense(1));
        Function<Object[], Object> written = caller(model, "return net.predict((float[]) v[0]);");
        assertThatThrownBy(() -> Predictor.of(model).predict(3e38f)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> written.apply(new Object[] {new float[] {3e38f}}))
                .hasMessageContaining("expects a finite prediction");
        assertThatThrownBy(() -> written.apply(new Object[] {new float[] {1, 2}}))
                .hasMessage("row: expects 1 numbers, got 2");
    }
}
