package dev.neurite.cli.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.model.WeightsHash;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables from the file to predictions, in the order of a user's commands.
final class TableCommandsTest {
    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static String fruit;
    private static String run;

    record Fruit(float weight, Optional<String> color, String kind) {}

    private static String rows(int count, long seed) {
        var random = new Random(seed);
        var csv = new StringBuilder("id,weight,color,kind\n");
        for (int i = 0; i < count; i++) {
            boolean apple = i % 2 == 0;
            csv.append("r" + i).append(',');
            csv.append(i % 20 == 3 ? "NA" : Float.toString((apple ? 100 : 10) + 5 * random.nextFloat()));
            csv.append(',').append(i % 3 == 0 ? "red" : apple ? "green" : "blue");
            csv.append(',').append(apple ? "apple" : "berry").append('\n');
        }
        return csv.toString();
    }

    @BeforeAll
    static void train() throws IOException {
        fruit = Files.writeString(shared.resolve("fruit.csv"), rows(200, 1)).toString();
        run = shared.resolve("run").toString();
        Cli trained = Cli.run(
                "train",
                fruit,
                "--label",
                "last",
                "--missing",
                "NA",
                "--missing-rule",
                "median",
                "--drop",
                "id",
                "--epochs",
                "20",
                "--layers",
                "8",
                "--validation",
                "0.25",
                "--out",
                run);
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err())
                .contains("train 120   validation 40   test 40   [4]   2 classes")
                .contains("next   neurite evaluate " + run + "\n");
    }

    @Test
    void textsForMissingValuesStayWhereAllRowsAreOfOneClass() throws IOException {
        Path file = Files.writeString(temp.resolve("one.csv"), "a,kind\n" + "1,x\nNA,x\n3,x\n".repeat(9));
        String out = temp.resolve("one").toString();
        String options = " --label kind --missing NA --missing-rule median --epochs 1 --out ";
        Cli trained = Cli.run(("train " + file + options + out).split(" "));
        assertThat(trained.code()).as(trained.err()).isZero();
        Cli told = Cli.withInput("a\nNA\n", "predict", out, "-");
        assertThat(told.code()).as(told.err()).isZero();
    }

    @Test
    void aRunAgainOfScaledColumnsIsNotCalledUnscaled() throws IOException {
        String config = Path.of(run, "config.yaml").toString();
        assertThat(Path.of(config)).content().contains("standardize: false"); // by a layer
        String[] words = {
            "train", config, "--epochs", "1", "--out", temp.resolve("again").toString()
        };
        Cli again = Cli.run(words);
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.err()).doesNotContain("not standardized");
    }

    private static Preprocessing preprocessing(String of) {
        return LoadedModel.read(of).preprocessing().orElseThrow();
    }

    @Test
    void theTestPartIsEvaluatedByDefaultAndAllOfANamedFile() throws IOException {
        assertThat(Cli.run("evaluate", run).out()).contains("/40; 95%");
        String other = Files.writeString(temp.resolve("other.csv"), rows(50, 2)).toString();
        assertThat(Cli.run("evaluate", run, "--data", other).out()).contains("/50; 95%");
        assertThat(Cli.run("evaluate", run, "--data", "iris").err()).contains("expects a table with the columns");
    }

    @Test
    void ofTheFileThatWasTrainedOnTheRowsLeftToTestWithAreMeasuredUnderAnyName() throws IOException {
        String copy = Files.copy(Path.of(fruit), temp.resolve("copy.csv")).toString();
        String measured = Cli.run("evaluate", run).out();
        for (String file : List.of(fruit, copy)) {
            Cli result = Cli.run("evaluate", run, "--data", file);
            assertThat(result.out()).isEqualTo(measured);
            assertThat(result.err())
                    .contains(
                            "note: the run was trained on " + file + ", so only its test part is used, 40 of 200 rows");
        }
        Path alone = Files.copy(LoadedModel.file(run), temp.resolve("model.safetensors"));
        assertThat(Cli.run("evaluate", alone.toString(), "--data", fruit).out()).isEqualTo(measured);
        assertThat(Cli.run("evaluate", alone.toString(), "--data", copy).out()).contains("/200; 95%");
    }

    @Test
    void rowsThatTrainingHasOrMayHaveSeenAreMeasuredWithAWarning() throws IOException {
        String file = Files.writeString(temp.resolve("a.csv"), rows(60, 6)).toString();
        Path out = temp.resolve("out");
        trainBriefly(file, out);
        Files.writeString(Path.of(file), rows(50, 7));
        Cli changed = Cli.run("evaluate", out.toString(), "--data", file);
        assertThat(changed.err()).contains("warning: " + file + " has changed since the training; some of these rows");
        assertThat(changed.out()).contains("/50; 95%");
        String whole = temp.resolve("whole").toString();
        String options = "--label last --missing NA --missing-rule mean --drop id --epochs 1 --validation 0.2 --out";
        List<String> words = new java.util.ArrayList<>(List.of("train", file, "--test", fruit));
        words.addAll(List.of((options + " " + whole).split(" ", -1)));
        assertThat(Cli.run(words.toArray(String[]::new)).code()).isZero();
        Cli seen = Cli.run("evaluate", whole, "--data", file);
        assertThat(seen.err()).contains("warning: " + file + ": these rows were trained on");
        assertThat(seen.out()).contains("/50; 95%");
        assertThat(Cli.run("evaluate", whole, "--data", fruit).err()).doesNotContain("warning");
    }

    @Test
    void anEnvironmentThatIsDamagedIsRefusedByItsName() throws IOException {
        Path model = Files.copy(LoadedModel.file(run), temp.resolve("model.safetensors"));
        Files.writeString(temp.resolve("env.json"), "{\"data_sha256\": {");
        Cli result = Cli.run("evaluate", model.toString(), "--data", fruit);
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err()).contains("env.json:1: expects YAML");
    }

    @Test
    void columnsAreStandardizedOnceByThePreprocessing() {
        assertThat(LoadedModel.read(run).model().network().layers().getFirst().name())
                .doesNotContain("standardize");
        assertThat(preprocessing(run).inputNames()).containsExactly("weight", "color=blue", "color=green", "color=red");
    }

    @Test
    void rawRowsPredictTheSameFromFileMapAndRecord() {
        String csv = "color,weight\nred,104.5\nblue,NA\n";
        List<String> lines =
                Cli.withInput(csv, "predict", run, "-").out().lines().toList();
        Predictor predictor = Predictor.load(LoadedModel.file(run));
        Prediction first = predictor.predict(Map.of("weight", 104.5, "color", "red"));
        assertThat(lines.get(1))
                .isEqualTo("0,apple," + (float) first.probability() + ","
                        + (float) (double) first.probabilities().getOrDefault("berry", 0.0));
        assertThat(first.label()).isEqualTo("apple");
        assertThat(predictor.predict(new Fruit(104.5f, Optional.of("red"), "?")))
                .isEqualTo(first);
        Prediction missing = predictor.predict(Map.of("weight", Float.NaN, "color", "blue"));
        assertThat(lines.get(2)).startsWith("1," + missing.label() + ",");
        assertThat(predictor.predict(Map.of("weight", "NA", "color", "blue"))).isEqualTo(missing);
    }

    @Test
    void wholeNumbersThatAreRoundedAreNotedOnceAColumn() throws IOException {
        StringBuilder csv = new StringBuilder("id,x,y\n");
        for (int i = 0; i < 20; i++)
            csv.append(20_000_001 + 2 * i).append(',').append(i).append(",").append(i % 2 == 0 ? "a\n" : "b\n");
        String file = Files.writeString(temp.resolve("ids.csv"), csv).toString();
        String note = "note: " + file + ", column 'id': whole numbers beyond 16,777,216 are rounded to float32, first"
                + " 20000001 at line 2";
        assertThat(Cli.run("data", file).err()).containsOnlyOnce(note);
        String out = temp.resolve("out").toString();
        assertThat(Cli.run("train", file, "--label", "y", "--epochs", "1", "--out", out)
                        .err())
                .containsOnlyOnce(note);
        assertThat(Cli.run("evaluate", out).err()).containsOnlyOnce("column 'id': whole numbers beyond");
    }

    @Test
    void predictingFromManyThreadsGivesTheSame() {
        Predictor predictor = Predictor.load(LoadedModel.file(run));
        Prediction alone = predictor.predict(Map.of("weight", 50, "color", "green"));
        assertThat(IntStream.range(0, 64)
                        .parallel()
                        .mapToObj(_ -> predictor.predict(Map.of("weight", 50, "color", "green"))))
                .containsOnly(alone);
    }

    private static void trainBriefly(String file, Path out) {
        String options = "--label last --missing NA --missing-rule mean --drop id --epochs 1 --layers 4";
        List<String> words = new java.util.ArrayList<>(List.of("train", file));
        words.addAll(List.of(options.split(" ", -1)));
        words.addAll(List.of("--out", out.toString()));
        Cli trained = Cli.run(words.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
    }

    @Test
    void anOutlierPlantedInTheTestPartChangesNoStatisticAndNoWeight() throws IOException {
        List<String> lines = rows(100, 3).lines().toList();
        String clean = Files.writeString(temp.resolve("clean.csv"), String.join("\n", lines))
                .toString();
        trainBriefly(clean, temp.resolve("a"));
        Preprocessing fitted = preprocessing(temp.resolve("a").toString());
        int changed = 0;
        for (int line = 1; line <= 100 && changed == 0; line++) {
            List<String> planted = new java.util.ArrayList<>(lines);
            planted.set(line, planted.get(line).replaceFirst(",[0-9.]+,", ",1e9,"));
            if (planted.equals(lines)) continue;
            String file = Files.writeString(temp.resolve("planted.csv"), String.join("\n", planted))
                    .toString();
            Path out = temp.resolve("b" + line);
            trainBriefly(file, out);
            if (preprocessing(out.toString()).columns().get(1).encoding()
                            instanceof Scaled(double _, double _, double _, double high, var _, boolean _)
                    && high > 1e8) continue; // a row to learn from
            assertThat(preprocessing(out.toString())).isEqualTo(fitted);
            assertThat(WeightsHash.sha256(LoadedModel.read(out.toString()).model()))
                    .isEqualTo(WeightsHash.sha256(
                            LoadedModel.read(temp.resolve("a").toString()).model()));
            changed++;
        }
        assertThat(changed).isOne();
    }

    @Test
    void aTableOfPixelsTrainsAConvolutionalNetworkWithOrWithoutAHeader() throws IOException {
        var csv = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            csv.append(i % 3);
            for (int j = 0; j < 64; j++) csv.append(',').append(j / 8 == 2 * (i % 3) + 1 ? 250 : (i + j) % 30);
            csv.append('\n');
        }
        var header = new StringBuilder("label");
        for (int j = 0; j < 64; j++)
            header.append(",").append(j / 8 + 1).append('x').append(j % 8 + 1);
        String plain = Files.writeString(temp.resolve("plain.csv"), csv).toString();
        String headed = Files.writeString(temp.resolve("headed.csv"), header + "\n" + csv)
                .toString();
        for (String file : List.of(plain, headed)) {
            String out = file + "-run";
            Cli trained = Cli.run(
                    "train",
                    file,
                    "--label",
                    "first",
                    "--image",
                    "1x8x8",
                    "--layers",
                    "16",
                    "--epochs",
                    "30",
                    "--lr",
                    "0.01",
                    "--out",
                    out);
            assertThat(trained.code()).as(trained.err()).isZero();
            assertThat(trained.err()).contains("[1×8×8]   3 classes");
            assertThat(trained.out()).contains("accuracy 1.0000");
            assertThat(Cli.run("evaluate", out, "--data", file).out()).contains("accuracy 1.0000 (12/12");
            String row = csv.substring(2, csv.indexOf("\n"));
            assertThat(Cli.withInput(row + "\n", "predict", out, "-").out()).contains("\n0,0,");
        }
        assertThat(WeightsHash.sha256(LoadedModel.read(plain + "-run").model()))
                .isEqualTo(WeightsHash.sha256(LoadedModel.read(headed + "-run").model()));
    }

    @Test
    void numbersWithoutNamesAreNotTakenForPreparedColumns() throws IOException {
        String csv = "a,b,kind\n" + "1,20,x\n2,10,y\n3,30,x\n4,20,y\n".repeat(9);
        Path file = Files.writeString(temp.resolve("numbers.csv"), csv);
        String out = temp.resolve("numbers").toString();
        Cli trained = Cli.run(("train " + file + " --label kind --epochs 1 --out " + out).split(" "));
        assertThat(trained.code()).as(trained.err()).isZero();
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
        byte[] start = ("\u0093NUMPY\u0001\0" + (char) header.length() + "\0" + header).getBytes(ISO_8859_1);
        String rows = TinyData.write(temp.resolve("rows.npy"), Arrays.copyOf(start, start.length + 8))
                .toString();
        Cli predicted = Cli.run("predict", out, rows);
        assertThat(predicted.code()).isEqualTo(3);
        assertThat(predicted.err()).contains("expects a table with the columns that the model takes");
    }

    @Test
    void valuesAreLearnedInTheirOwnUnits() throws IOException {
        var csv = new StringBuilder("x;y\n");
        for (int i = 0; i < 120; i++)
            csv.append(i).append(';').append(1000 + 2.5 * i).append('\n');
        String file = Files.writeString(temp.resolve("line.csv"), csv).toString();
        String out = temp.resolve("line").toString();
        Cli trained = Cli.run(
                "train",
                file,
                "--label",
                "y",
                "--delimiter",
                ";",
                "--scale",
                "minmax",
                "--layers",
                "8",
                "--lr",
                "0.05",
                "--out",
                out);
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("task   regress, as 'y' looks like numbers");
        double predicted =
                Predictor.load(LoadedModel.file(out)).predict(Map.of("x", 60)).value();
        assertThat(predicted).isBetween(1130.0, 1170.0);
        assertThat(Cli.withInput("60\n", "predict", out, "-").out()).endsWith("0," + (float) predicted + "\n");
    }

    @Test
    void anotherFileIsToTestWithIfOneIsNamed() throws IOException {
        String test = Files.writeString(temp.resolve("test.csv"), rows(30, 5)).toString();
        String out = temp.resolve("out").toString();
        Cli trained = Cli.run(
                "train",
                fruit,
                "--label",
                "kind",
                "--missing",
                "NA",
                "--missing-rule",
                "0",
                "--drop",
                "id",
                "--epochs",
                "1",
                "--test",
                test,
                "--out",
                out);
        assertThat(trained.err()).contains("train 200   test 30");
        assertThat(Cli.run("evaluate", out, "--json").out()).contains("\"rows\":30");
    }

    @Test
    void validationRowsAreHeldOutOfAnyData() {
        Cli trained = Cli.run(
                "train",
                "iris",
                "--epochs",
                "1",
                "--validation",
                "0.25",
                "--out",
                temp.resolve("o").toString());
        assertThat(trained.err()).contains("train 90   validation 30   test 30");
    }

    @Test
    void theDataCommandTellsWhatIsInAFile() {
        Cli told = Cli.run("data", fruit, "--label", "kind", "--missing", "NA");
        assertThat(told.code()).isZero();
        assertThat(told.out())
                .contains("200 rows   4 columns   missing 10", "apple  100  50.0 %", "missing 10")
                .contains("warning: 'id' has another text in nearly each row");
        Map<String, Object> json =
                JsonText.object(Cli.run("data", fruit, "--label", "kind", "--missing", "NA", "--json")
                        .out());
        assertThat(json.keySet()).containsExactlyInAnyOrder("file", "rows", "columns", "classes", "warnings");
        assertThat(json.get("rows")).isEqualTo(200.0);
    }

    @Test
    void theDataCommandCountsWhatDoesNotFit() throws IOException {
        String csv = "age,kind\n1,a\nabc,b\n2\n?,7\n3,c\n-,d\n,e\n";
        String file = Files.writeString(temp.resolve("odd.csv"), csv).toString();
        Cli told = Cli.run("data", file);
        assertThat(told.code()).as(told.err()).isZero();
        assertThat(told.out())
                .contains("6 rows   2 columns   missing 1\n")
                .contains("age   numbers  1 to 3, mean 2.0   missing 1   not read 3\n")
                .contains("warning: 1 row is left out: at line 4, the first, expects 2 cells as in its header, got 1")
                .contains("warning: column 'age': 3 cells are not numbers, first 'abc' at line 3, also '?', '-'. If")
                .contains("warning: column 'kind': 1 cell is a number in a column of texts, '7' at line 5. If");
        assertThat(Cli.run("data", file, "--json").out()).contains("\"missing\":1,\"odd\":3");
        assertThat(Cli.run("data", file, "--missing", "abc,?,-").out())
                .contains("mean 2.0   missing 4\n")
                .doesNotContain("not numbers", "not a number");
    }

    @Test
    void aCellThatBecomesATextIsNotCountedAsOdd() throws IOException {
        String csv = "code,x\n1,1\nn/a,2\nA3,3\n7,bad\n";
        Cli data = Cli.run(
                "data", Files.writeString(temp.resolve("codes.csv"), csv).toString());
        assertThat(data.code()).as(data.err()).isZero();
        assertThat(data.err()).contains("column 'code': read as texts");
        assertThat(data.out())
                .contains("4 rows   2 columns   missing 0\n")
                .doesNotContainPattern("code .*not read")
                .doesNotContain("warning: column 'code'")
                .contains("warning: column 'x': 1 cell is not a number, 'bad' at line 5");
    }

    /// One-hot rows stay the same where a category, or a column, has another name.
    @Test
    void aRunWithOtherCategoriesOrColumnsIsNotResumed() throws IOException {
        String rows = rows(60, 2);
        Path data = Files.writeString(temp.resolve("t.csv"), rows);
        Path out = temp.resolve("run");
        String options = " --label kind --missing NA --missing-rule median --drop id --epochs 2 --checkpoint-every 1";
        Cli trained = Cli.run(("train " + data + options + " --out " + out).split(" "));
        assertThat(trained.code()).as(trained.err()).isZero();
        Files.delete(out.resolve(LoadedModel.MODEL_FILE));
        for (String other : List.of(rows.replace("red", "rad"), rows.replace("color", "colour"))) {
            Files.writeString(data, other);
            Cli resumed = Cli.run("train", "--resume", out.toString());
            assertThat(resumed.code()).isEqualTo(3);
            assertThat(resumed.err()).contains("got other data, with other names of columns or categories.");
        }
        Files.writeString(data, rows);
        assertThat(Cli.run("train", "--resume", out.toString()).code()).isZero();
    }

    @Test
    void aTextThatTrainingHasNotSeenIsRefusedWithTheOptionThatWouldLetItPass() {
        Cli result = Cli.withInput("color,weight\npurple,1\n", "predict", run, "-");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err()).contains("line 2, column 'color'", "got 'purple'", "--unseen ignore");
    }

    @Test
    void optionsOfTablesAreRefusedForOtherDataAndForNonsense() {
        assertThat(Cli.run("train", "iris", "--label", "x").err()).contains("--label: expects a table, got iris");
        for (List<String> wrong : List.of(
                List.of("--task", "guess"),
                List.of("--scale", "log"),
                List.of("--missing-rule", "mode"),
                List.of("--header", "maybe"),
                List.of("--delimiter", ";;"),
                List.of("--image", "28x28"),
                List.of("--unseen", "x"),
                List.of("--drop", "a,,b"),
                List.of("--missing-indicator"),
                List.of("--test", "a.csv", "--test-share", "0.1"),
                List.of("--image", "3x99999x99999"))) {
            List<String> arguments = new java.util.ArrayList<>(List.of("train", fruit, "--label", "kind"));
            arguments.addAll(wrong);
            Cli result = Cli.run(arguments.toArray(String[]::new));
            assertThat(result.code()).as("%s", wrong).isEqualTo(2);
            assertThat(result.err()).startsWith("error: --").contains("expects");
        }
    }

    /// The commands of docs/tables.md, one after another, write what the page shows below them.
    @Test
    void thePageOfTablesShowsWhatItsCommandsWrite() throws IOException {
        String page = Files.readString(Path.of("../docs/tables.md"));
        Path rows = Files.writeString(temp.resolve("new.csv"), "weight,diameter,color\n150,7.1,green\n9,2.2,red\n");
        for (String command : List.of("data examples", "train", "predict")) {
            int begin = page.indexOf("./neurite " + command) + "./neurite ".length();
            int end = page.indexOf("\n", begin);
            String line = page.substring(begin, end)
                    .replace("examples/", "../examples/")
                    .replace("runs", temp.toString())
                    .replace("new.csv", rows.toString());
            String out = Cli.ok(line.split(" ")).out().replace("../examples/", "examples/");
            String shown = "\n```\n\n```\n";
            boolean isShown = page.startsWith(shown, end);
            assertThat(isShown).as(line).isEqualTo(!command.equals("train"));
            if (isShown)
                assertThat(page.substring(end + shown.length())).as(line).startsWith(out + "```\n");
        }
    }
}
