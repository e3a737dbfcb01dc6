package dev.neurite.serve.model;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.timeDistributed;

import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Losses;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.TextEmbedder;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.predict.Predictor;
import dev.neurite.serve.Models;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import dev.neurite.text.data.TextRows;
import dev.neurite.text.data.TextWindows;
import dev.neurite.text.data.Tokens;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A small model of each kind of raw values, with random weights.
public final class RawModels {
    /// How the model `photo` takes images.
    public static final ImageInput IMAGE = ImageInput.USUAL.sized(16, 12).fitted(ImageFit.PAD);

    /// A name that is HTML.
    public static final String HOSTILE = "<img src=x onerror=alert(1)>";

    private static final List<String> REVIEWS = List.of("a good film", "a bad film", "very good", "very bad");
    private static final int[] LABELS = {0, 1, 0, 1};
    private static final List<String> KINDS = List.of("praise", "blame");

    private final SequencedMap<String, ModelFile> files = new LinkedHashMap<>();

    /// Makes all.
    public RawModels() {
        Dataset fruits = fruits().apply(table());
        add("fruit", Model.of(features(fruits.inputShape().size()), dense(3)), fruits, Losses.crossEntropy());
        add(HOSTILE, Model.of(features(fruits.inputShape().size()), dense(3)), fruits, Losses.crossEntropy());
        Dataset prices = Preprocessing.fit(table(), PreprocessingSettings.values("weight"))
                .apply(table());
        add("weigh", Model.of(features(prices.inputShape().size()), dense(1)), prices, Losses.meanSquaredError());
        texts(fruits);
        series();
        Model pixels = Model.of(IMAGE.shape(), flatten(), dense(2));
        add("photo", pixels, Signature.of(List.of(new Input.Image(IMAGE)), List.of(classes())));
        Model plain = Model.of(Shape.of(2, 3), flatten(), dense(2));
        add("grid", plain, Signature.of(plain));
        Model steps = Model.of(Shape.of(Shape.OPEN, fruits.inputShape().size()), lstm(4), dense(2));
        add("visits", steps, Signature.of(List.of(new Input.Steps(fruits())), List.of(classes())));
        Graph both = Graph.of(
                (picture, row) -> picture.then(flatten()).join(concat(), row).then(dense(2)));
        Model mixed = Model.of(List.of(IMAGE.shape(), fruits.inputShape()), both);
        add(
                "basket",
                mixed,
                Signature.of(List.of(new Input.Image(IMAGE), new Input.Columns(fruits())), List.of(classes())));
    }

    private static Output classes() {
        return new Output.Classes(KINDS, Output.Meaning.LOGITS);
    }

    private void add(String name, Model model, Dataset data, Criterion loss) {
        add(name, model, Signature.of(model, data, loss));
    }

    private void add(String name, Model model, Signature signature) {
        files.put(name, new ModelFile(model.initialize(1), Map.of(), signature));
    }

    private static Table table() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("weight", 100f + i);
            row.put("color", i % 3 == 0 ? "red" : "green");
            row.put("picked", LocalDate.of(2026, 7, 1).plusDays(i).toString());
            row.put("kind", i % 3 == 0 ? "cherry" : i % 3 == 1 ? "apple" : "pear");
            rows.add(row);
        }
        return Table.ofMaps(List.of("weight", "color", "picked", "kind"), rows.stream());
    }

    private static Preprocessing fruits() {
        return Preprocessing.fit(table(), PreprocessingSettings.classes("kind").withMissingFilled());
    }

    private void texts(Dataset fruits) {
        Tokenizer words = VocabularyTrainer.words(40).train(REVIEWS.stream());
        int size = words.vocabularySize();
        TextRows rows = TextRows.of(words, REVIEWS, LABELS, KINDS);
        add(
                "review",
                Model.of(Shape.of(Shape.OPEN), embedding(size, 4), gru(4), dense(2)),
                rows,
                Losses.crossEntropy());
        Graph graph = Graph.of((text, row) ->
                text.then(embedding(size, 4)).then(gru(4)).join(concat(), row).then(dense(2)));
        Model both = Model.of(List.of(Shape.of(Shape.OPEN), fruits.inputShape()), graph);
        int[] four = IntStream.range(0, 4).toArray();
        add(
                "review-and-fruit",
                both,
                Dataset.of(RowSource.joint(rows, fruits.rows(four)), rows),
                Losses.crossEntropy());
        String text = "the quick fox jumps over the lazy dog.\n".repeat(12);
        Tokenizer letters = VocabularyTrainer.characters().train(Stream.of(text));
        TextWindows windows = TextWindows.of(Tokens.of(letters, text), letters, 24);
        Model writer = Model.of(
                windows.inputShape(),
                embedding(letters.vocabularySize(), 4),
                lstm(8).withSequences(),
                timeDistributed(dense(letters.vocabularySize())));
        add("writer", writer, windows, Losses.crossEntropy());
    }

    private void series() {
        SeriesColumns columns = SeriesColumns.of("sales").withTime("day");
        SeriesTable table = SeriesTable.of(Table.ofMaps(List.of("day", "sales"), days(60).stream()), columns);
        var parts = table.split(0.2);
        Preprocessing inputs = Preprocessing.fit(parts.train(), table.settings());
        Dataset windows = parts.windows(inputs, SeriesWindow.of(5, 3)).train();
        add("demand", Model.of(windows.inputShape(), flatten(), dense(3)), windows, Losses.meanSquaredError());
    }

    /// Rows of the series that `demand` forecasts.
    public static List<Map<String, Object>> days(int count) {
        List<Map<String, Object>> days = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> day = new LinkedHashMap<>();
            day.put("day", LocalDate.of(2026, 1, 1).plusDays(i).toString());
            day.put("sales", (float) (40 + i % 7));
            days.add(day);
        }
        return days;
    }

    public List<String> names() {
        return List.copyOf(files.keySet());
    }

    public Predictor predictor(String name) {
        return Predictor.of(Objects.requireNonNull(files.get(name)));
    }

    /// All models, `vectors`, an embedder, and ONNX models: `tensors` of `grid`, `columns` and `sizes` of tables;
    /// `fruit` has the versions 1 and 2.
    public Repository repository() {
        List<Served> all = new ArrayList<>();
        for (String name : names()) {
            Predictor predictor = predictor(name);
            all.add(Served.of(name, "1", predictor));
            if (name.equals("fruit")) all.add(Served.of(name, "2", predictor));
        }
        all.add(Served.of(
                "tensors",
                "1",
                OnnxModel.read(
                        OnnxExport.of(Objects.requireNonNull(files.get("grid"))).bytes())));
        all.add(Served.of("columns", "1", Models.exportedFruit()));
        all.add(Served.of(
                "sizes", "1", OnnxModel.read(OnnxExport.of(Models.sizes()).bytes())));
        Path folder = Path.of("../onnx/src/test/resources/cross-encoder"); // whose score is a vector of one number
        all.add(Served.of(
                "vectors", "1", TextEmbedder.load(folder.resolve("model.onnx"), folder.resolve("tokenizer.json"))));
        return new Repository(all);
    }
}
