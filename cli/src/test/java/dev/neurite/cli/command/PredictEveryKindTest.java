package dev.neurite.cli.command;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.timeDistributed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ImageFile;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Losses;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import dev.neurite.text.data.TextRows;
import dev.neurite.train.Trainer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of each kind that were trained in Java, used by the command line: by their signature.
final class PredictEveryKindTest {
    private static final int ROWS = 12;

    @TempDir
    Path temp;

    private Path file;

    @BeforeEach
    void place() {
        file = temp.resolve("model.safetensors");
    }

    record Fruit(double weight, String color, String kind) {}

    private static Table fruits() {
        List<Fruit> fruits = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            fruits.add(new Fruit(100 + 10 * (i % 3), i % 3 == 0 ? "red" : "green", i % 3 == 0 ? "cherry" : "apple"));
        }
        return Table.of(fruits);
    }

    private String save(Model model, Criterion loss, Dataset data) {
        ModelFile.save(
                Trainer.of(model.initialize(1))
                        .loss(loss)
                        .epochs(1)
                        .batchSize(4)
                        .fit(data),
                file);
        return file.toString();
    }

    private String write(String name, String... lines) throws IOException {
        Path path = temp.resolve(name);
        Files.write(path, List.of(lines));
        return path.toString();
    }

    private String npy(String name, Shape shape, float... numbers) {
        Path path = temp.resolve(name);
        NpyArray.of(Npy.Type.F4, shape, numbers).write(path);
        return path.toString();
    }

    private static List<String> lines(String... words) {
        Cli result = Cli.run(words);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out().lines().toList();
    }

    private static void refused(int code, String message, String... words) {
        Cli result = Cli.run(words);
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        assertThat(result.err()).contains(message).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    // ------------------------------------------------------------------------------------------- one input

    @Test
    void numbersThatNothingIsKnownOf() throws IOException {
        Model model = Model.of(features(2), dense(3)).initialize(1);
        new ModelFile(model, Map.of(), Signature.of(model)).write(file, Catalog.standard());
        assertThat(lines("predict", file.toString(), npy("x.npy", Shape.of(2, 2), 1, 2, 3, 4)))
                .hasSize(3)
                .first()
                .isEqualTo("row,prediction_1,prediction_2,prediction_3");
        refused(2, "--top: expects a network that predicts classes", "predict", file.toString(), "x.npy", "--top", "1");
        refused(
                2,
                "--input: expects a model of several inputs, got one that takes numbers (numbers [2])",
                "predict",
                file.toString(),
                "--input",
                "numbers=" + write("x.csv", "1,2"));
    }

    @Test
    void severalLabels() throws IOException {
        Dataset data = Dataset.of(new float[][] {{0, 1}, {1, 0}}, new float[][] {{0, 1, 0}, {1, 0, 1}});
        String model = save(Model.of(features(2), dense(3)), Losses.binaryCrossEntropy(), data);
        String rows = write("rows.csv", "0,1", "1,0");
        assertThat(lines("predict", model, rows)).hasSize(3).first().isEqualTo("row,prediction,p_0,p_1,p_2");
        Path out = temp.resolve("out.jsonl");
        assertThat(lines("predict", model, rows, "--json", "--out", out.toString()))
                .isEmpty();
        assertThat(Files.readAllLines(out)).hasSize(2).allSatisfy(line -> {
            assertThat(JsonText.object(line).keySet()).containsExactly("row", "kind", "labels", "probabilities");
        });
        refused(
                2,
                "--top: expects a network that predicts classes, got one that predicts several labels",
                "predict",
                model,
                rows,
                "--top",
                "1");
    }

    @Test
    void severalOutputs() throws IOException {
        Preprocessing kinds = Preprocessing.fit(
                fruits(), PreprocessingSettings.classes("kind").without("weight"));
        Preprocessing weights = Preprocessing.fit(
                fruits(), PreprocessingSettings.values("weight").without("kind"));
        Graph graph = Graph.of(
                1, in -> List.of(in.getFirst().then(dense(2)), in.getFirst().then(dense(1))));
        String model = save(
                Model.of(List.of(Shape.of(kinds.inputNames().size())), graph),
                Losses.joint(Losses.crossEntropy(), Losses.meanSquaredError()),
                Dataset.joint(kinds.apply(fruits()), weights.apply(fruits())));
        String rows = write("rows.csv", "color", "red", "green");
        assertThat(lines("predict", model, rows))
                .hasSize(3)
                .first()
                .isEqualTo("row,class.prediction,class.p_apple,class.p_cherry,weight.prediction");
        assertThat(lines("predict", model, rows, "--top", "5"))
                .first()
                .isEqualTo("row,class.prediction,class.p,class.prediction_2,class.p_2,weight.prediction");
        assertThat(lines("predict", model, rows, "--json")).hasSize(2).allSatisfy(line -> {
            assertThat(JsonText.object(line).keySet()).containsExactly("row", "kind", "outputs");
            assertThat(line).contains("\"outputs\":{\"class\":{", ",\"weight\":{\"kind\":\"values\"");
        });
    }

    private String tagger() {
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
        return save(
                Model.of(Shape.of(Shape.OPEN, 2), lstm(3).withSequences(), timeDistributed(dense(2))),
                Losses.crossEntropy(),
                Dataset.of(Sequences.of(steps), labels, List.of("even", "odd")));
    }

    @Test
    void aClassForEachStep() throws IOException {
        String model = tagger();
        String two = npy("two.npy", Shape.of(2, 3, 2), 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1);
        String one = npy("one.npy", Shape.of(3, 2), 1, 1, 0, 1, 1, 1);
        String csv = write("one.csv", "1,1", "0,1", "1,1");
        List<String> both = lines("predict", model, two);
        assertThat(both).hasSize(3).first().isEqualTo("row,prediction");
        String second = both.getLast().substring(2);
        assertThat(second.split(";", -1)).hasSize(3).isSubsetOf("even", "odd");
        assertThat(lines("predict", model, one)).containsExactly("row,prediction", "0," + second);
        assertThat(lines("predict", model, csv)).containsExactly("row,prediction", "0," + second);
        assertThat(lines("predict", model, csv, one))
                .containsExactly("file,row,prediction", csv + ",0," + second, one + ",0," + second);
        assertThat(Cli.withInput("1,1\n0,1\n1,1\n", "predict", model, "-").out())
                .endsWith("0," + second + "\n");
        assertThat(JsonText.object(lines("predict", model, csv, "--json").getFirst())
                        .keySet())
                .containsExactly("row", "kind", "steps");
        refused(3, "expects rows of [?×2]", "predict", model, npy("wide.npy", Shape.of(3, 5), new float[15]));
        refused(3, "expects 2 columns for this model, got 3", "predict", model, write("wide.csv", "1,2,3"));
    }

    private static final List<String> REVIEWS = List.of("good film", "bad film", "very good", "very bad");

    private static Tokenizer words() {
        return VocabularyTrainer.words(50).train(REVIEWS.stream());
    }

    @Test
    void textsWithAndWithoutAColumn() throws IOException {
        Tokenizer words = words();
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(words.vocabularySize(), 4), gru(4), dense(2));
        List<String> kinds = List.of("blame", "praise");
        String lines = save(model, Losses.crossEntropy(), TextRows.of(words, REVIEWS, new int[] {1, 0, 1, 0}, kinds));
        String texts = write("texts.txt", "good film", "a very, very bad film");
        List<String> said = lines("predict", lines, texts);
        assertThat(said).hasSize(3).first().isEqualTo("row,prediction,p_blame,p_praise");
        assertThat(Cli.withInput("good film\n", "predict", lines, "-").out()).endsWith(said.get(1) + "\n");
        refused(3, "expects a text with at least one token", "predict", lines, write("gap.txt", "good", "", "bad"));
        refused(3, "a text a line, got a table", "predict", lines, write("texts.sql", "SELECT 1"));
        file = temp.resolve("column.safetensors");
        Table table = Csv.read(
                Path.of(write("reviews.csv", "review,kind", "good film,praise", "bad film,blame")),
                ReadOptions.USUAL.withTexts(Set.of("review")));
        String column = save(model, Losses.crossEntropy(), TextRows.of(words, table, "review", "kind", kinds));
        assertThat(lines("predict", column, write("new.csv", "stars,review", "5,good film")))
                .hasSize(2)
                .first()
                .isEqualTo("row,prediction,p_blame,p_praise");
    }

    @Test
    void classesOfWindowsOfASeries() throws IOException {
        record Day(String day, double sales) {}
        List<Day> days = new ArrayList<>();
        for (int i = 0; i < 16; i++) days.add(new Day("2026-01-%02d".formatted(i + 1), 10 + i % 7));
        SeriesTable series =
                SeriesTable.of(Table.of(days), SeriesColumns.of("sales").withTime("day"));
        SeriesWindows windows =
                series.windows(Preprocessing.fit(series.rows(), series.settings()), SeriesWindow.of(4, 1));
        int[] labels = new int[windows.size()];
        for (int i = 0; i < labels.length; i++) labels[i] = i % 2;
        String model = save(
                Model.of(windows.inputShape(), flatten(), dense(2)),
                Losses.crossEntropy(),
                Dataset.of(windows, labels, List.of("ok", "fault")));
        String rows = write(
                "days.csv",
                "day,sales",
                "2026-02-01,10",
                "2026-02-02,11",
                "2026-02-03,12",
                "2026-02-04,13",
                "2026-02-05,14");
        List<String> said = lines("predict", model, rows);
        assertThat(said).hasSize(2).first().isEqualTo("row,prediction,p_ok,p_fault");
        List<Day> last = new ArrayList<>();
        for (int i = 1; i <= 5; i++) last.add(new Day("2026-02-0" + i, 9 + i));
        assertThat(said.getLast())
                .startsWith("0," + Predictor.load(file).predict(last).label() + ",");
        refused(3, "at least the 4 steps", "predict", model, write("short.csv", "day,sales", "2026-02-01,10"));
        refused(3, "expects the kind of data", "evaluate", model, "--data", rows);
    }

    // ---------------------------------------------------------------------------------------- several inputs

    private String pictures(int count) throws IOException {
        Path folder = Files.createDirectories(temp.resolve("photos" + count));
        for (int i = 0; i < count; i++) {
            var image = new BufferedImage(5, 6, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(i, 0, 0, 200);
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
        }
        return folder.toString();
    }

    private String imageBesideATable() {
        Preprocessing columns = Preprocessing.fit(fruits(), PreprocessingSettings.classes("kind"));
        Dataset table = columns.apply(fruits());
        byte[][] pixels = new byte[ROWS][30];
        Dataset images = Dataset.ofImages(pixels, Shape.of(1, 6, 5), new int[ROWS], List.of("a", "b"));
        Graph graph = Graph.of(
                (picture, row) -> picture.then(flatten()).join(concat(), row).then(dense(2)));
        return save(
                Model.of(List.of(Shape.of(1, 6, 5), table.inputShape()), graph),
                Losses.crossEntropy(),
                Dataset.of(RowSource.joint(images, table), table));
    }

    @Test
    void anImageBesideATable() throws IOException {
        String model = imageBesideATable();
        String photos = "image=" + pictures(3);
        String rows = "table=" + write("rows.csv", "color,weight", "red,100", "green,110", "green,120");
        List<String> said = lines("predict", model, "--input", photos, "--input", rows);
        assertThat(said).hasSize(4).first().isEqualTo("file,row,prediction,p_apple,p_cherry");
        assertThat(lines("predict", model, "--input", rows, "--input", photos)).isEqualTo(said);
        assertThat(lines("predict", model, "--input", rows, photos.substring(6)))
                .isEqualTo(said);
        Path out = temp.resolve("out.jsonl");
        lines("predict", model, "--input", rows, "--input", photos, "--json", "--top", "1", "--out", out.toString());
        assertThat(Files.readAllLines(out)).hasSize(3);
        String first = photos.substring(6) + "/0.png";
        Cli typed = Cli.withInput(
                "color,weight\nred,100\n", "predict", model, "--input", "image=" + first, "--input", "table=-");
        String alone = said.get(1).substring(first.length() + 1);
        assertThat(typed.out().lines()).containsExactly("row,prediction,p_apple,p_cherry", alone);
        var raw = Map.of("image", ImageFile.open(Path.of(first)), "color", "red", "weight", 100);
        assertThat(alone).startsWith("0," + Predictor.load(file).predict(raw).label() + ",");
        assertThat(lines("summary", model)).contains("input image [1×6×5] table [3]");
    }

    /// By their letters `10.png` would come before `2.png`.
    @Test
    void imagesOfADirectoryAreInTheOrderOfTheirNumbers() throws IOException {
        String model = imageBesideATable();
        Path folder = Files.createDirectories(temp.resolve("numbered"));
        for (int i = 1; i <= 12; i++) {
            var image = new BufferedImage(5, 6, BufferedImage.TYPE_BYTE_GRAY);
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
        }
        List<String> rows = new ArrayList<>(List.of("color,weight"));
        for (int i = 1; i <= 12; i++) rows.add("red," + 100 * i);
        String table = write("twelve.csv", rows.toArray(String[]::new));
        Cli all = Cli.run("predict", model, "--input", "image=" + folder, "--input", "table=" + table);
        assertThat(all.out().lines().skip(1).map(line -> line.split(",", 3)[0]))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 12)
                        .mapToObj(i -> folder.resolve(i + ".png").toString())
                        .toList());
        assertThat(all.err()).contains("note: row 0 of 'image' is " + folder.resolve("1.png"));
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        String model = imageBesideATable();
        String photos = "image=" + pictures(2);
        String rows = "table=" + write("rows.csv", "color,weight", "red,100");
        String both = "image (an image [1×6×5]), table (columns weight, color)";
        refused(2, "Missing required parameter: 'FILE'", "predict", model);
        refused(
                2,
                "expects a file for each of the model's inputs " + both + ", got none for table",
                "predict",
                model,
                "--input",
                photos);
        refused(2, "got none for image", "predict", model, "--input", rows);
        refused(
                2,
                "expects one of the model's inputs, image, table, got 'imagee'",
                "predict",
                model,
                "--input",
                "imagee=x.png");
        refused(2, "expects one file for input 'image', got", "predict", model, "--input", photos, "--input", photos);
        refused(2, "besides", "predict", model, "--input", photos, "--input", rows, "more.csv");
        refused(
                3,
                "expects the same number of rows for each input, got 2 in",
                "predict",
                model,
                "--input",
                photos,
                "--input",
                rows);
        refused(3, "none.png", "predict", model, "--input", rows, "--input", "image=none.png");
        String wrong = "table=" + write("wrong.csv", "weight,size", "100,3", "100,3");
        refused(3, "wrong.csv", "predict", model, "--input", photos, "--input", wrong);
        Path out = Path.of(rows.substring(6));
        refused(
                2,
                "expects a file that the command does not read",
                "predict",
                model,
                "--input",
                photos,
                "--input",
                rows,
                "--out",
                out.toString());
    }

    @Test
    void aTextBesideOtherColumnsComesFromOneFile() throws IOException {
        Table table = Csv.read(
                Path.of(write(
                        "reviews.csv",
                        "review,stars,kind",
                        "good film,5,praise",
                        "bad film,1,blame",
                        "very good,4,praise",
                        "very bad,2,blame")),
                ReadOptions.USUAL.withTexts(Set.of("review")));
        Preprocessing columns =
                Preprocessing.fit(table, PreprocessingSettings.classes("kind").without("review"));
        Tokenizer words = words();
        Dataset rows = columns.apply(table);
        Graph graph = Graph.of((text, row) -> text.then(embedding(words.vocabularySize(), 4), gru(4))
                .join(concat(), row)
                .then(dense(2)));
        String model = save(
                Model.of(List.of(Shape.of(Shape.OPEN), rows.inputShape()), graph),
                Losses.crossEntropy(),
                Dataset.of(RowSource.joint(TextRows.of(words, table, "review"), rows), rows));
        String one = write("new.csv", "stars,review", "5,good film", "1,\"bad, bad film\"");
        List<String> said = lines("predict", model, one);
        assertThat(said).hasSize(3).first().isEqualTo("row,prediction,p_blame,p_praise");
        assertThat(lines("predict", model, "--input", "text=" + one, "--input", "table=" + one))
                .isEqualTo(said);
        assertThat(Cli.withInput(Files.readString(Path.of(one)), "predict", model, "-")
                        .out()
                        .lines())
                .isEqualTo(said);
        assertThat(lines("predict", model, one, one).stream().map(line -> line.split(",", -1)[0]))
                .isEqualTo(Stream.of("file", one, one, one, one).toList());
    }

    /// The text as the second input.
    @Test
    void aTableBesideATextComesFromOneFile() throws IOException {
        Table table = Csv.read(
                Path.of(write("reviews.csv", "review,stars,kind", "good film,5,praise", "bad film,1,blame")),
                ReadOptions.USUAL.withTexts(Set.of("review")));
        Preprocessing columns =
                Preprocessing.fit(table, PreprocessingSettings.classes("kind").without("review"));
        Tokenizer words = words();
        Dataset rows = columns.apply(table);
        Graph graph = Graph.of((row, text) -> text.then(embedding(words.vocabularySize(), 4), gru(4))
                .join(concat(), row)
                .then(dense(2)));
        String model = save(
                Model.of(List.of(rows.inputShape(), Shape.of(Shape.OPEN)), graph),
                Losses.crossEntropy(),
                Dataset.of(RowSource.joint(rows, TextRows.of(words, table, "review")), rows));
        assertThat(lines("predict", model, write("new.csv", "review,stars", "good film,5", "bad,1")))
                .hasSize(3);
        LoadedModel loaded = LoadedModel.read(model);
        assertThat(loaded.textColumn()).hasValue("review");
    }

    @Test
    void onlyColumnsHaveImportance() {
        var text = new Input.Text(words().json(), Optional.empty());
        Model model = Model.of(Shape.of(8), embedding(50, 2), flatten(), dense(2));
        var file = new ModelFile(model, Map.of(), Signature.of(List.of(text), List.of(new Output.Numbers())));
        var loaded = new LoadedModel(temp.resolve("m"), file);
        assertThat(loaded.columns()).isEmpty();
        assertThat(loaded.input().takesPixels()).isFalse();
        var unknown = new LoadedModel(temp.resolve("m"), new ModelFile(model, Map.of(), Signature.of(model)));
        assertThat(unknown.columns().orElseThrow()).hasSize(8);
        assertThat(unknown.input().takesPixels()).isTrue();
    }

    // ---------------------------------------------------------------------------------------------- evaluation

    @Test
    void evaluateSaysThatFilesCannotGiveTheRows() throws IOException {
        String fruit = write("fruit.csv", "color,weight,kind", "red,100,cherry");
        refused(
                2,
                "evaluate: expects a model of one input and one output, got inputs image, table, output class",
                "evaluate",
                imageBesideATable(),
                "--data",
                fruit);
        file = temp.resolve("steps.safetensors");
        refused(3, "expects the kind of data that the model was trained on", "evaluate", tagger(), "--data", fruit);
        refused(2, "--data: expects a data set, as the model file does not name its own", "evaluate", tagger());
        file = temp.resolve("labels.safetensors");
        Dataset data = Dataset.of(new float[][] {{0, 1}, {1, 0}}, new float[][] {{0, 1, 0}, {1, 0, 1}});
        String labels = save(Model.of(features(2), dense(3)), Losses.binaryCrossEntropy(), data);
        refused(3, "expects the kind of data that the model was trained on", "evaluate", labels, "--data", fruit);
    }
}
