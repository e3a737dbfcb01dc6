package dev.neurite.dashboard;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.timeDistributed;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.data.series.NaiveForecast;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesSplit;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.io.Catalog;
import dev.neurite.io.MetricsLog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Losses;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.optim.Optimizers;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import dev.neurite.text.data.TextRows;
import dev.neurite.text.data.TextWindows;
import dev.neurite.text.data.Tokens;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/// A small trained model of each kind, with data to look at it on, as directories of runs.
public final class Kinds {
    /// What becomes of the images of the run `folder`.
    static final ImageInput PADDED = ImageInput.USUAL.sized(16, 12).fitted(ImageFit.PAD);

    private static final int ROWS = 60;
    private static final List<String> GOOD = List.of("wonderful", "lovely", "charming", "brilliant");
    private static final List<String> BAD = List.of("dull", "awful", "tedious", "clumsy");

    private final SequencedMap<String, RunSource.Content> contents = new LinkedHashMap<>();
    private final Path runs;

    private Kinds(Path runs) {
        this.runs = runs;
    }

    /// Trains a model of each kind into a directory.
    /// @param runs the directory of runs
    public static Kinds write(Path runs) throws IOException {
        var kinds = new Kinds(runs);
        kinds.tables();
        kinds.images();
        kinds.texts();
        kinds.language();
        kinds.series();
        kinds.sequences();
        kinds.several();
        kinds.twins();
        return kinds;
    }

    /// The names of the runs.
    public List<String> names() {
        return List.copyOf(contents.keySet());
    }

    /// The model of a run, with its data.
    public RunSource.Content content(String name) {
        RunSource.Content content = contents.get(name);
        if (content == null) throw new IllegalArgumentException(name);
        return content;
    }

    /// Reads the models that were written.
    public RunSource source() {
        return file -> content(String.valueOf(file.resolveSibling("").getFileName()));
    }

    private void add(String name, Model model, Criterion loss, Dataset data, int epochs) throws IOException {
        add(name, model, loss, data, data, epochs);
    }

    private void add(String name, Model model, Criterion loss, Dataset train, Dataset test, int epochs)
            throws IOException {
        Path run = Files.createDirectories(runs.resolve(name));
        Files.writeString(run.resolve("config.yaml"), "data:\n  source: " + name + "\nepochs: " + epochs + "\n");
        Run trained = Trainer.of(model.initialize(1))
                .loss(loss)
                .optimizer(Optimizers.adam(0.01))
                .epochs(epochs)
                .batchSize(8)
                .threads(1)
                .callback(new MetricsLog(run.resolve("metrics.jsonl"), _ -> {}))
                .fit(train, test);
        ModelFile file = ModelFile.of(trained);
        file.write(run.resolve("model.safetensors"), Catalog.standard());
        read(name, loss, test);
    }

    private void read(String name, Criterion loss, Dataset test) {
        ModelFile file = ModelFile.read(runs.resolve(name).resolve("model.safetensors"), Catalog.standard());
        contents.put(name, new RunSource.Content(file, "test", Optional.of(test), Optional.of(loss)));
    }

    private static Table fruits() {
        var random = new Random(1);
        List<Map<String, Object>> fruits = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            boolean cherry = i % 3 == 0;
            fruits.add(Map.of(
                    "weight",
                    (cherry ? 8 : 150) + Math.round(10 * random.nextGaussian()) / 10.0,
                    "color",
                    cherry || i % 5 == 0 ? "red" : "green",
                    "kind",
                    cherry ? "cherry" : i % 2 == 0 ? "pear" : "apple"));
        }
        return Table.ofMaps(List.of("weight", "color", "kind"), fruits.stream());
    }

    private static Preprocessing kinds() {
        return Preprocessing.fit(fruits(), PreprocessingSettings.classes("kind"));
    }

    private void tables() throws IOException {
        Preprocessing columns = kinds();
        int width = columns.inputNames().size();
        add("table", Model.of(features(width), dense(8), dense(3)), Losses.crossEntropy(), columns.apply(fruits()), 5);
        Preprocessing weights = Preprocessing.fit(fruits(), PreprocessingSettings.values("weight"));
        add(
                "regression",
                Model.of(features(weights.inputNames().size()), dense(1)),
                Losses.meanSquaredError(),
                weights.apply(fruits()),
                5);
        float[][] inputs = new float[ROWS][3];
        float[][] targets = new float[ROWS][3];
        var random = new Random(2);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < 3; j++) inputs[i][j] = random.nextFloat();
            for (int j = 0; j < 3; j++) targets[i][j] = inputs[i][j] > 0.5f ? 1 : 0;
        }
        add("labels", Model.of(features(3), dense(3)), Losses.binaryCrossEntropy(), Dataset.of(inputs, targets), 9);
        float[][] many = new float[ROWS][100];
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < 100; j++) many[i][j] = random.nextFloat() + i % 2;
            labels[i] = i % 2;
        }
        Dataset levels = Dataset.of(many, labels, List.of("low", "high"));
        add("numbers", Model.of(features(100), dense(2)), Losses.crossEntropy(), levels, 2);
        add("threshold", Model.of(features(100), dense(2)), Losses.crossEntropy(), levels, 2);
        Path file = runs.resolve("threshold").resolve("model.safetensors");
        ModelFile.save(new Threshold("high", 0.001, "recall 0.8 on the validation part"), file);
        read("threshold", Losses.crossEntropy(), levels);
    }

    /// Discs and crosses in color.
    private static Dataset shapes() {
        byte[][] pixels = new byte[ROWS][3 * 16 * 12];
        int[] labels = new int[ROWS];
        var random = new Random(3);
        for (int i = 0; i < ROWS; i++) {
            labels[i] = i % 2;
            int cx = 5 + random.nextInt(3);
            int cy = 6 + random.nextInt(4);
            for (int y = 0; y < 16; y++) {
                for (int x = 0; x < 12; x++) {
                    boolean disc = (x - cx) * (x - cx) + (y - cy) * (y - cy) < 14;
                    boolean cross = Math.abs(x - cx) < 2 || Math.abs(y - cy) < 2;
                    boolean on = i % 2 == 0 ? disc : cross;
                    for (int c = 0; c < 3; c++) {
                        int value = on ? (c == i % 3 ? 230 : 60) : 20 + random.nextInt(40);
                        pixels[i][(c * 16 + y) * 12 + x] = (byte) value;
                    }
                }
            }
        }
        return Dataset.ofImages(pixels, Shape.of(3, 16, 12), labels, List.of("disc", "cross"));
    }

    private void images() throws IOException {
        Model model = Model.of(Shape.of(3, 16, 12), conv2d(4, 3, Activation.RELU), flatten(), dense(2));
        add("image", model, Losses.crossEntropy(), shapes(), 2);
        for (int i = 0; i < ROWS; i++) {
            var photo = new BufferedImage(20 + i % 7, 14 + i % 5, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < photo.getHeight(); y++) {
                for (int x = 0; x < photo.getWidth(); x++)
                    photo.setRGB(x, y, i % 2 == 0 ? 0xc02000 + 9 * x : 0x2040c0 + 9 * y);
            }
            Path folder = Files.createDirectories(photos().resolve(i % 2 == 0 ? "evening" : "noon"));
            ImageIO.write(photo, "png", folder.resolve("%02d.png".formatted(i)).toFile());
        }
        DataSplit photos = ImageFolder.load(photos(), PADDED);
        Model padded = Model.of(Shape.of(3, 16, 12), flatten(), dense(2));
        add("folder", padded, Losses.crossEntropy(), photos.train(), photos.test(), 2);
    }

    /// The directory of images that the run `folder` was trained on, a directory for each class.
    Path photos() {
        return runs.resolveSibling("photos");
    }

    private static List<String> reviews() {
        var random = new Random(4);
        List<String> reviews = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            List<String> words = i % 2 == 0 ? GOOD : BAD;
            String other = i % 7 == 0 ? " though not " + (i % 2 == 0 ? BAD : GOOD).get(random.nextInt(4)) : "";
            reviews.add("the film was " + words.get(random.nextInt(4)) + " and the end " + words.get(random.nextInt(4))
                    + other);
        }
        return reviews;
    }

    private static int[] alternating() {
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) labels[i] = i % 2;
        return labels;
    }

    private static TextRows reviewRows(Tokenizer words) {
        return TextRows.of(words, reviews(), alternating(), List.of("praise", "blame"));
    }

    private void texts() throws IOException {
        Tokenizer words = VocabularyTrainer.words(40).train(reviews().stream());
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(words.vocabularySize(), 8), gru(8), dense(2));
        add("text", model, Losses.crossEntropy(), reviewRows(words), 3);
    }

    private void language() throws IOException {
        String text = "the quick fox jumps over the lazy dog and the dog sleeps.\n".repeat(12);
        Tokenizer characters = VocabularyTrainer.characters().train(Stream.of(text));
        TextWindows windows = TextWindows.of(Tokens.of(characters, text), characters, 24);
        Model model = Model.of(
                windows.inputShape(),
                embedding(characters.vocabularySize(), 12),
                lstm(24).withSequences(),
                timeDistributed(dense(characters.vocabularySize())));
        add("language", model, Losses.crossEntropy(), windows, 6);
    }

    /// Two shops with a week and a trend.
    static List<Map<String, Object>> days() {
        var random = new Random(5);
        List<Map<String, Object>> days = new ArrayList<>();
        for (String shop : List.of("harbour", "station")) {
            for (int i = 0; i < 140; i++) {
                double week = (i % 7 < 5 ? 0 : 30) + (shop.equals("station") ? 80 : 40);
                String day = java.time.LocalDate.of(2026, 1, 1).plusDays(i).toString();
                double sales = week + 0.1 * i + 3 * random.nextGaussian();
                days.add(Map.of("day", day, "shop", shop, "sales", sales));
            }
        }
        return days;
    }

    private void series() throws IOException {
        SeriesColumns columns = SeriesColumns.of("sales").withTime("day").withSeries("shop");
        SeriesTable table = SeriesTable.of(Table.ofMaps(List.of("day", "shop", "sales"), days().stream()), columns);
        var parts = table.split(0.2);
        Preprocessing inputs = Preprocessing.fit(parts.train(), table.settings());
        SeriesSplit windows = parts.windows(inputs, SeriesWindow.of(14, 7)).withSeason(new NaiveForecast(7));
        Model model = Model.of(windows.train().inputShape(), flatten(), dense(7));
        add("series", model, Losses.meanSquaredError(), windows.train(), windows.test(), 80);
    }

    private void sequences() throws IOException {
        float[][][] steps = new float[ROWS][][];
        int[][] labels = new int[ROWS][];
        var random = new Random(6);
        for (int i = 0; i < ROWS; i++) {
            steps[i] = new float[4 + i % 3][2];
            labels[i] = new int[steps[i].length];
            for (int t = 0; t < steps[i].length; t++) {
                steps[i][t][0] = Math.round(20 * random.nextFloat()) / 20f;
                steps[i][t][1] = t / 8f;
                labels[i][t] = steps[i][t][0] > 0.5f ? 1 : 0;
            }
        }
        Dataset data = Dataset.of(Sequences.of(steps), labels, List.of("rest", "move"));
        Model model = Model.of(Shape.of(Shape.OPEN, 2), lstm(6).withSequences(), timeDistributed(dense(2)));
        add("steps", model, Losses.crossEntropy(), data, 4);
        Tokenizer words = VocabularyTrainer.words(40).train(reviews().stream());
        TextRows rows = reviewRows(words);
        int[][] tags = new int[ROWS][];
        for (int i = 0; i < ROWS; i++) {
            String[] each = reviews().get(i).split(" ", -1);
            tags[i] = new int[each.length];
            for (int t = 0; t < each.length; t++)
                tags[i][t] = GOOD.contains(each[t]) ? 1 : BAD.contains(each[t]) ? 2 : 0;
        }
        Dataset tagged = Dataset.of((RowSource) rows, tags, List.of("other", "praise", "blame"));
        Model tagger = Model.of(
                Shape.of(Shape.OPEN),
                embedding(words.vocabularySize(), 8),
                lstm(6).withSequences(),
                timeDistributed(dense(3)));
        add("tagger", tagger, Losses.crossEntropy(), tagged, 8);
    }

    private void several() throws IOException {
        Preprocessing columns = kinds();
        Dataset table = columns.apply(fruits());
        Graph graph = Graph.of(
                (picture, row) -> picture.then(flatten()).join(concat(), row).then(dense(3)));
        Model model = Model.of(List.of(Shape.of(3, 16, 12), table.inputShape()), graph);
        add("picture-and-table", model, Losses.crossEntropy(), Dataset.of(RowSource.joint(shapes(), table), table), 2);
        Tokenizer words = VocabularyTrainer.words(40).train(reviews().stream());
        Graph both = Graph.of((text, row) -> text.then(embedding(words.vocabularySize(), 8))
                .then(gru(8))
                .join(concat(), row)
                .then(dense(2)));
        Model mixed = Model.of(List.of(Shape.of(Shape.OPEN), table.inputShape()), both);
        TextRows rows = reviewRows(words);
        add("text-and-table", mixed, Losses.crossEntropy(), Dataset.of(RowSource.joint(rows, table), rows), 3);
        Preprocessing color = Preprocessing.fit(
                fruits(), PreprocessingSettings.classes("kind").without("weight"));
        Preprocessing weights = Preprocessing.fit(
                fruits(), PreprocessingSettings.values("weight").without("kind"));
        Graph outputs = Graph.of(
                1, in -> List.of(in.getFirst().then(dense(3)), in.getFirst().then(dense(1))));
        Model two = Model.of(List.of(Shape.of(color.inputNames().size())), outputs);
        add(
                "outputs",
                two,
                Losses.joint(Losses.crossEntropy(), Losses.meanSquaredError()),
                Dataset.joint(color.apply(fruits()), weights.apply(fruits())),
                4);
    }

    /// Two images, two texts and two rows of unnamed numbers together.
    private void twins() throws IOException {
        Tokenizer words = VocabularyTrainer.words(40).train(reviews().stream());
        int[] backwards = IntStream.range(0, ROWS).map(i -> ROWS - 1 - i).toArray();
        var random = new Random(7);
        float[][] numbers = new float[ROWS][3];
        for (float[] row : numbers) for (int j = 0; j < 3; j++) row[j] = random.nextFloat();
        Dataset plain = Dataset.of(numbers, alternating(), List.of("praise", "blame"));
        TextRows texts = reviewRows(words);
        RowSource rows = RowSource.joint(
                shapes(), shapes().rows(backwards), texts, texts.rows(backwards), plain, plain.rows(backwards));
        Graph graph = Graph.of(
                6,
                in -> List.of(in.get(0)
                        .then(flatten())
                        .join(concat(), in.get(1).then(flatten()))
                        .join(
                                concat(),
                                in.get(2)
                                        .then(embedding(words.vocabularySize(), 4))
                                        .then(gru(4)))
                        .join(
                                concat(),
                                in.get(3)
                                        .then(embedding(words.vocabularySize(), 4))
                                        .then(gru(4)))
                        .join(concat(), in.get(4))
                        .join(concat(), in.get(5))
                        .then(dense(2))));
        Shape image = Shape.of(3, 16, 12);
        Shape text = Shape.of(Shape.OPEN);
        Model model = Model.of(List.of(image, image, text, text, Shape.of(3), Shape.of(3)), graph);
        add("twins", model, Losses.crossEntropy(), Dataset.of(rows, plain), 2);
    }

    /// A value for each input of a run, as the API takes it.
    static Map<String, Object> values(Object... namesAndValues) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) values.put("" + namesAndValues[i], namesAndValues[i + 1]);
        return values;
    }
}
