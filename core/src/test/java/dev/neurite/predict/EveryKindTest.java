package dev.neurite.predict;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.timeDistributed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.data.image.Pixels;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Losses;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.network.LinearForecaster;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.TargetScaler;
import dev.neurite.train.Trainer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of each kind: trained, saved with the signature that their data gives them, loaded, and asked with raw
/// values. Each training is also resumed and evaluated.
final class EveryKindTest {
    private static final int ROWS = 24;

    @TempDir
    Path folder;

    private int trainings;

    record Fruit(double weight, String color, String kind) {}

    private static Table fruits() {
        List<Fruit> fruits = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            fruits.add(new Fruit(100 + 10 * (i % 3), i % 3 == 0 ? "red" : "green", i % 3 == 0 ? "cherry" : "apple"));
        }
        return Table.of(fruits);
    }

    /// Trains a model, once as a whole and once from a checkpoint on, and evaluates it.
    private Run fit(Model model, Criterion loss, Dataset data) {
        Trainer trainer = Trainer.of(model.initialize(1)).loss(loss).epochs(2).batchSize(8);
        Path checkpoints = folder.resolve("checkpoints" + trainings++);
        Run run = trainer.callback(Checkpoints.into(checkpoints).keep(9)).fit(data);
        Checkpoint first = Checkpoint.read(Checkpoints.files(checkpoints).getFirst(), Catalog.standard());
        assertThat(first.model().signature()).isEqualTo(run.signature());
        assertThat(first.model().model()).isNotEqualTo(run.model());
        assertThat(trainer.resume(first.state()).fit(data).model()).isEqualTo(run.model());
        Evaluation evaluation = Evaluation.of(run.model(), data, loss);
        assertThat(evaluation.rows()).isEqualTo(ROWS);
        assertThat(evaluation.loss()).isPositive().isFinite();
        return run;
    }

    /// Saves what a training gave, and loads it from the file and from a stream.
    private Predictor saved(Run run) throws IOException {
        Path file = folder.resolve("model.safetensors");
        ModelFile.of(run).write(file, Catalog.standard());
        Predictor fromFile = Predictor.load(file);
        Predictor fromStream = Predictor.load(new ByteArrayInputStream(Files.readAllBytes(file)));
        assertThat(fromStream.signature()).isEqualTo(fromFile.signature()).isEqualTo(run.signature());
        return fromFile;
    }

    @Test
    void classesOfATable() throws IOException {
        Preprocessing columns = Preprocessing.fit(fruits(), PreprocessingSettings.classes("kind"));
        for (Activation end : List.of(Activation.IDENTITY, Activation.SOFTMAX)) {
            Model model = Model.of(features(columns.inputNames().size()), dense(2, end));
            Predictor predictor = saved(fit(model, Losses.crossEntropy(), columns.apply(fruits())));
            Prediction said = predictor.predict(Map.of("weight", 100, "color", "red"));
            assertThat(said).isInstanceOf(Prediction.OneClass.class);
            assertThat(said.probabilities().keySet()).containsExactly("apple", "cherry");
            assertThat(said.probabilities().values().stream()
                            .mapToDouble(each -> each)
                            .sum())
                    .isBetween(0.9999, 1.0001);
            assertThat(predictor.predict(new Fruit(100, "red", "?"))).isEqualTo(said);
            assertThat(predictor.predict(fruits())).hasSize(ROWS).contains(said);
        }
    }

    @Test
    void aTableInAnotherShape() throws IOException {
        Preprocessing columns = Preprocessing.fit(fruits(), PreprocessingSettings.classes("kind"));
        Shape shape = Shape.of(1, 1, columns.inputNames().size());
        Dataset data = columns.apply(fruits()).withInputShape(shape);
        Predictor predictor = saved(fit(Model.of(shape, flatten(), dense(2)), Losses.crossEntropy(), data));
        assertThat(predictor.predict(fruits())).contains(predictor.predict(Map.of("weight", 100, "color", "red")));
    }

    @Test
    void twoClassesWithOneLogitOrScores() throws IOException {
        Preprocessing columns = Preprocessing.fit(fruits(), PreprocessingSettings.classes("kind"));
        int width = columns.inputNames().size();
        Run run = fit(Model.of(features(width), dense(1)), Losses.binaryCrossEntropy(), columns.apply(fruits()));
        Prediction said = saved(run).predict(Map.of("weight", 100, "color", "red"));
        assertThat(said.probabilities().keySet()).containsExactly("apple", "cherry");
        assertThat(said.probability()).isBetween(0.5, 1.0);
        Run margins = fit(Model.of(features(width), dense(1)), Losses.hinge(), columns.apply(fruits()));
        assertThat(saved(margins).predict(Map.of("weight", 100, "color", "red")))
                .isInstanceOfSatisfying(
                        Prediction.OneClass.class,
                        one -> assertThat(one.areScores()).isTrue());
    }

    @Test
    void aThresholdDecidesBetweenTwoClasses() throws IOException {
        Preprocessing columns = Preprocessing.fit(fruits(), PreprocessingSettings.classes("kind"));
        Model model = Model.of(features(columns.inputNames().size()), dense(1));
        Run run = fit(model, Losses.binaryCrossEntropy(), columns.apply(fruits()));
        for (double threshold : new double[] {0, 1}) {
            Signature with = run.signature().with(new Threshold("cherry", threshold, "given"));
            Path file = folder.resolve("threshold.safetensors");
            ModelFile.of(run).with(with).write(file, Catalog.standard());
            assertThat(Predictor.load(file)
                            .predict(Map.of("weight", 100, "color", "red"))
                            .label())
                    .isEqualTo(threshold == 0 ? "cherry" : "apple");
        }
    }

    @Test
    void valuesOfATable() throws IOException {
        Preprocessing columns = Preprocessing.fit(
                fruits(), PreprocessingSettings.values("weight").without("kind"));
        Model model = Model.of(features(columns.inputNames().size()), dense(1));
        Predictor predictor = saved(fit(model, Losses.meanSquaredError(), columns.apply(fruits())));
        Prediction said = predictor.predict(Map.of("color", "red"));
        assertThat(said)
                .isInstanceOfSatisfying(
                        Prediction.Values.class,
                        values -> assertThat(values.names()).containsExactly("weight"));
        assertThatThrownBy(said::label).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void severalLabels() throws IOException {
        float[][] inputs = new float[ROWS][2];
        float[][] targets = new float[ROWS][3];
        for (int i = 0; i < ROWS; i++) {
            inputs[i] = new float[] {i % 2, i % 3};
            targets[i] = new float[] {i % 2, 1 - i % 2, i % 3 == 0 ? 1 : 0};
        }
        Model model = Model.of(features(2), dense(3));
        Predictor predictor = saved(fit(model, Losses.binaryCrossEntropy(), Dataset.of(inputs, targets)));
        assertThat(predictor.predict(1, 0))
                .isInstanceOfSatisfying(
                        Prediction.Labels.class,
                        labels -> assertThat(labels.probabilities())
                                .hasSize(3)
                                .allSatisfy((_, p) -> assertThat(p).isBetween(0.0, 1.0)));
    }

    private static Dataset digits(int channels) {
        var random = new Random(1);
        byte[][] pixels = new byte[ROWS][channels * 6 * 5];
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            random.nextBytes(pixels[i]);
            labels[i] = i % 2;
        }
        return Dataset.ofImages(pixels, Shape.of(channels, 6, 5), labels, List.of("cat", "dog"));
    }

    @Test
    void classesOfImages() throws IOException {
        Model model = Model.of(image(3, 6, 5), conv2d(4, 3), globalAvgPool(), dense(2));
        Dataset data = digits(3);
        Predictor predictor = saved(fit(model, Losses.crossEntropy(), data));
        assertThat(predictor.signature().input()).isInstanceOf(Input.Image.class);
        byte[] bytes = new byte[3 * 6 * 5];
        new Random(1).nextBytes(bytes);
        Prediction said = predictor.predict(Pixels.of(Shape.of(3, 6, 5), bytes));
        assertThat(said)
                .isEqualTo(predictor.predictPrepared(data, Kernels.shared()).getFirst());
        assertThat(said.label()).isIn("cat", "dog");
        assertThatThrownBy(() -> predictor.predict(Pixels.of(Shape.of(3, 5, 6), bytes)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects an image [3×6×5], got one of height 5 and width 6");
        assertThatThrownBy(() -> predictor.predict("cat")).hasMessageContaining("expects an image, got a String");
    }

    @Test
    void aClassForEachStep() throws IOException {
        float[][][] steps = new float[ROWS][][];
        int[][] labels = new int[ROWS][];
        for (int i = 0; i < ROWS; i++) {
            steps[i] = new float[2 + i % 3][2];
            labels[i] = new int[2 + i % 3];
            for (int t = 0; t < steps[i].length; t++) {
                steps[i][t][0] = t % 2;
                labels[i][t] = t % 2;
            }
        }
        Dataset data = Dataset.of(Sequences.of(steps), labels, List.of("even", "odd"));
        Model model = Model.of(Shape.of(Shape.OPEN, 2), lstm(3).withSequences(), timeDistributed(dense(2)));
        Predictor predictor = saved(fit(model, Losses.crossEntropy(), data));
        List<Prediction> together = predictor.predictAll(List.of(steps[0], steps[1], steps[2]));
        for (int i = 0; i < 3; i++) {
            Prediction alone = predictor.predictAll(List.of((Object) steps[i])).getFirst();
            assertThat(together.get(i)).isEqualTo(alone);
            int length = steps[i].length;
            assertThat(alone)
                    .isInstanceOfSatisfying(
                            Prediction.StepClasses.class,
                            each -> assertThat(each.labels()).hasSize(length).isSubsetOf("even", "odd"));
        }
    }

    record Day(String day, double sales) {}

    private static List<Day> days() {
        List<Day> days = new ArrayList<>();
        for (int i = 0; i < ROWS + 5; i++) {
            days.add(new Day(LocalDate.of(2026, 1, 1).plusDays(i).toString(), 1000 + i % 7));
        }
        return days;
    }

    /// As many windows as `ROWS`, of 4 days, and the 2 after them.
    private static SeriesWindows windows() {
        SeriesTable series =
                SeriesTable.of(Table.of(days()), SeriesColumns.of("sales").withTime("day"));
        return series.windows(Preprocessing.fit(series.rows(), series.settings()), SeriesWindow.of(4, 2));
    }

    @Test
    void aForecast() throws IOException {
        List<Day> days = days();
        SeriesWindows windows = windows();
        Model model = Model.of(windows.inputShape(), flatten(), dense(2));
        Predictor predictor = saved(fit(model, Losses.meanSquaredError(), windows));
        assertThat(predictor.predict(days)).isInstanceOfSatisfying(Prediction.Forecast.class, forecast -> {
            assertThat(forecast.target()).isEqualTo("sales");
            assertThat(forecast.times()).hasValue(List.of("2026-01-30", "2026-01-31"));
            assertThat(forecast.values()).hasSize(2);
        });
        assertThat(predictor.predict(Table.of(days))).containsExactly(predictor.predict(days));
        assertThatThrownBy(() -> predictor.predict(days.subList(0, 3))).hasMessageContaining("at least the 4 steps");
    }

    @Test
    void standardizedTargetsAreSavedInTheirOwnUnits() throws IOException {
        SeriesWindows windows = windows();
        TargetScaler scaler = TargetScaler.of(windows);
        Model model = new LinearForecaster().model(windows);
        Run scaled = fit(model, Losses.meanSquaredError(), scaler.apply(windows));
        assertThat(scaled.signature().output()).isInstanceOf(Output.Numbers.class);
        assertThat(saved(scaled).predictPrepared(windows, Kernels.shared()).getFirst())
                .isInstanceOf(Prediction.Numbers.class);
        assertThat(saved(scaler.undo(scaled, windows)).predict(days()))
                .isInstanceOfSatisfying(
                        Prediction.Forecast.class,
                        forecast -> assertThat(forecast.values())
                                .allSatisfy(value -> assertThat(value).isBetween(990.0, 1020.0)));

        PreprocessingSettings unscaled =
                PreprocessingSettings.values("weight").without("kind").withUnscaledTarget();
        Preprocessing columns = Preprocessing.fit(fruits(), unscaled);
        Dataset table = columns.apply(fruits());
        TargetScaler weights = TargetScaler.of(table);
        Model dense = Model.of(features(columns.inputNames().size()), dense(1));
        Run run = fit(dense, Losses.meanSquaredError(), weights.apply(table));
        assertThat(run.signature().output()).isInstanceOf(Output.Numbers.class);
        assertThat(saved(weights.undo(run, table)).predict(Map.of("color", "red")))
                .isInstanceOfSatisfying(Prediction.Values.class, values -> {
                    assertThat(values.names()).containsExactly("weight");
                    assertThat(values.value()).isBetween(80.0, 140.0);
                });
    }

    @Test
    void classesOfWindowsOfASeries() throws IOException {
        SeriesWindows windows = windows();
        int[] labels = IntStream.range(0, ROWS).map(i -> i % 2).toArray();
        Dataset data = Dataset.of(windows, labels, List.of("ok", "fault"));
        Predictor predictor =
                saved(fit(Model.of(windows.inputShape(), flatten(), dense(2)), Losses.crossEntropy(), data));
        assertThat(predictor.signature().input()).isInstanceOf(Input.Series.class);
        assertThat(predictor.forecaster()).isEmpty();
        Prediction said = predictor.predict(days().subList(0, ROWS + 3));
        assertThat(said.label()).isIn("ok", "fault");
        assertThat(said)
                .isEqualTo(predictor.predictPrepared(data, Kernels.shared()).getLast());
        assertThat(predictor.predict(Table.of(days().subList(0, ROWS + 3)))).containsExactly(said);
        assertThat(predictor
                        .predictAll(List.of(days().subList(0, 5), days().subList(0, ROWS + 3)))
                        .getLast())
                .isEqualTo(said);
        assertThatThrownBy(() -> predictor.predict(days().subList(0, 3))).hasMessageContaining("at least the 4 steps");
        assertThatThrownBy(() -> predictor.predict("x"))
                .hasMessageContaining("the rows of a time series, got a String");
    }

    @Test
    void aSeriesBesideATable() throws IOException {
        Preprocessing columns = Preprocessing.fit(fruits(), PreprocessingSettings.classes("kind"));
        Dataset table = columns.apply(fruits());
        SeriesWindows windows = windows();
        Graph graph = Graph.of(
                (series, row) -> series.then(flatten()).join(concat(), row).then(dense(2)));
        Model model = Model.of(List.of(windows.inputShape(), table.inputShape()), graph);
        Dataset data = Dataset.of(RowSource.joint(windows, table), table);
        Predictor predictor = saved(fit(model, Losses.crossEntropy(), data));
        Map<String, Object> row = Map.of("series", days().subList(0, 4), "weight", 100, "color", "red");
        assertThat(predictor.predict(row).label()).isIn("apple", "cherry");
    }

    /// A network of an image and a row of a table, saved with the preprocessing of both.
    private Run joint() {
        Preprocessing columns = Preprocessing.fit(
                fruits(),
                PreprocessingSettings.classes("kind").withUsual(ColumnSettings.USUAL.withMissing(Missing.MEAN)));
        Dataset table = columns.apply(fruits());
        Graph graph = Graph.of(
                (picture, row) -> picture.then(flatten()).join(concat(), row).then(dense(2)));
        Model model = Model.of(List.of(Shape.of(1, 6, 5), table.inputShape()), graph);
        return fit(model, Losses.crossEntropy(), Dataset.of(RowSource.joint(digits(1), table), table));
    }

    @Test
    void anImageBesideATable() throws IOException {
        Predictor predictor = saved(joint());
        assertThat(predictor.signature().inputs().keySet()).containsExactly("image", "table");
        assertThat(predictor.classNames()).containsExactly("apple", "cherry");
        Pixels photo = Pixels.of(Shape.of(1, 6, 5), new byte[30]);
        Map<String, Object> row = Map.of("weight", 100, "color", "red");
        Prediction said = predictor.predict(Map.of("image", photo, "table", row));
        assertThat(predictor.predict(Map.of("image", photo, "weight", 100, "color", "red")))
                .isEqualTo(said);
        record Seen(Pixels image, double weight, Optional<String> color) {}
        assertThat(predictor.predict(new Seen(photo, 100, Optional.of("red")))).isEqualTo(said);
        assertThatThrownBy(() -> predictor.predict(row))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got nothing for image (an image [1×6×5])");
        assertThatThrownBy(() -> predictor.predict(Map.of("image", photo, "table", row, "weight", 1)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("'table' once, got it under its name and by its column 'weight'");
        assertThatThrownBy(() -> predictor.predict(photo)).hasMessageContaining("expects a map with");
    }

    @Test
    void namesOfItsOwnAndAThresholdStay() {
        Preprocessing columns = Preprocessing.fit(
                fruits(),
                PreprocessingSettings.classes("kind").withUsual(ColumnSettings.USUAL.withMissing(Missing.MEAN)));
        Signature named = joint().signature().withInputNames("photo", "facts").withOutputNames("fruit");
        var file = new ModelFile(joint().model(), Map.of(), named.with(new Threshold("cherry", 0.2, "given")));
        Signature with = file.with(columns).signature();
        assertThat(with.inputs().keySet()).containsExactly("photo", "facts");
        assertThat(with).isEqualTo(file.signature());
        Predictor predictor = Predictor.of(file.with(columns));
        Pixels photo = Pixels.of(Shape.of(1, 6, 5), new byte[30]);
        assertThat(predictor.predict(Map.of("photo", photo, "weight", 100, "color", "red")))
                .isEqualTo(predictor.predict(Map.of("photo", photo, "facts", Map.of("weight", 100, "color", "red"))));
    }

    @Test
    void severalOutputsByName() throws IOException {
        Preprocessing kinds = Preprocessing.fit(
                fruits(), PreprocessingSettings.classes("kind").without("weight"));
        Preprocessing weights = Preprocessing.fit(
                fruits(), PreprocessingSettings.values("weight").without("kind"));
        Graph graph = Graph.of(
                1, in -> List.of(in.getFirst().then(dense(2)), in.getFirst().then(dense(1))));
        Model model = Model.of(List.of(Shape.of(kinds.inputNames().size())), graph);
        Dataset data = Dataset.joint(kinds.apply(fruits()), weights.apply(fruits()));
        Predictor predictor = saved(fit(model, Losses.joint(Losses.crossEntropy(), Losses.meanSquaredError()), data));
        assertThat(predictor.predict(Map.of("color", "red")))
                .isInstanceOfSatisfying(Prediction.Several.class, several -> {
                    assertThat(several.outputs().keySet()).containsExactly("class", "weight");
                    assertThat(several.outputs().get("class")).isInstanceOf(Prediction.OneClass.class);
                    assertThat(several.outputs().get("weight")).isInstanceOf(Prediction.Values.class);
                });
    }

    @Test
    void rowsTogetherAndInManyThreadsPredictAsEachAlone() throws Exception {
        Predictor predictor = saved(joint());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new byte[30];
            new Random(i).nextBytes(bytes);
            rows.add(Map.of("image", Pixels.of(Shape.of(1, 6, 5), bytes), "weight", i, "color", "green"));
        }
        List<Prediction> together = predictor.predictAll(rows);
        List<Callable<Prediction>> calls = new ArrayList<>();
        for (Map<String, Object> row : rows) calls.add(() -> predictor.predict(row));
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<Prediction>> alone = threads.invokeAll(calls);
            for (int i = 0; i < rows.size(); i++) assertThat(alone.get(i).get()).isEqualTo(together.get(i));
        }
    }

    @Test
    void aModelOfWhichNothingIsKnownGivesItsNumbers() {
        Model model = Model.of(features(3), dense(4)).initialize(1);
        Predictor predictor = Predictor.of(new ModelFile(model, Map.of(), Signature.of(model)));
        assertThat(predictor.predict(1, 2, 3).values()).hasSize(4);
        assertThat(predictor.predictAll(List.of(List.of(1, 2, 3), Tensor.of(Shape.of(3), 1, 2, 3))))
                .containsOnly(predictor.predict(1, 2, 3));
    }
}
