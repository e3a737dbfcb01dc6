package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.neurite.cli.Cli;
import dev.neurite.data.Batches;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bad tables, labels and data sets, numbered: through the library and through the command line.
final class TableCatalogueTest {
    private static final int CONFIG = 2;
    private static final int DATA = 3;
    private static final String GOOD =
            "x,y,label\n1,2,a\n2,1,b\n3,4,a\n4,3,b\n5,6,a\n6,5,b\n7,8,a\n8,7,b\n9,9,a\n0,1,b\n";

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    /// A file that is refused when it is trained on.
    /// @param options of the command line, in addition to `--label label`
    record File(int row, String what, String text, Charset charset, int code, String message, List<String> options) {
        @Override
        public String toString() {
            return row + " " + what;
        }
    }

    private static File file(int row, String what, String csv, int code, String message, String... options) {
        return new File(row, what, csv, StandardCharsets.UTF_8, code, message, List.of(options));
    }

    private static File bytes(int row, String what, String csv, Charset charset, String message) {
        return new File(row, what, csv, charset, DATA, message, List.of());
    }

    static Stream<File> refusedFiles() {
        return Stream.of(
                file(4, "empty file", "", DATA, "t.csv: expects CSV, got an empty file"),
                file(5, "header only", "x,label\n", DATA, "t.csv: .* got 0 rows"),
                file(6, "ragged row", GOOD + "1,2\n", DATA, "t.csv, line 12: expects 3 cells as in its header, got 2"),
                file(6, "long row", GOOD + "1,2,a,4\n", DATA, "t.csv, line 12: expects 3 cells .* got 4"),
                file(
                        7,
                        "text among numbers",
                        GOOD + "1,z,a\n",
                        DATA,
                        "line 12, column 'y': expects a number, got 'z'.*--missing 'z'"),
                file(
                        7,
                        "number among texts",
                        GOOD + "1,2,3\n",
                        DATA,
                        "line 12, column 'label': expects text .* 3.*--categories"),
                file(8, "NaN", GOOD + "NaN,2,a\n", DATA, "line 12, column 'x': expects a number, got 'NaN'"),
                file(8, "inf", GOOD + "1,-inf,a\n", DATA, "line 12, column 'y': expects a number, got '-inf'"),
                file(
                        9,
                        "blank cell",
                        GOOD + "1,,a\n",
                        DATA,
                        "line 12, column 'y': expects a value, got none.*--missing-rule mean"),
                file(9, "blank label", GOOD + "1,2,\n", DATA, "line 12, column 'label': expects a value, got none"),
                file(10, "overflow", GOOD + "1e400,2,a\n", DATA, "line 12, column 'x': .*'1e400', which is beyond"),
                file(
                        11,
                        "decimal comma",
                        GOOD + "3,14,2,a\n",
                        DATA,
                        "line 12: .* got 4. .*decimal commas.*--delimiter"),
                file(11, "quoted decimal comma", GOOD + "\"3,14\",2,a\n", DATA, "line 12, .*need a point, not a comma"),
                file(
                        11,
                        "semicolons",
                        GOOD.replace(',', ';'),
                        DATA,
                        "line 1: .*Cells look separated by ';'.*--delimiter ';'"),
                bytes(
                        13,
                        "Latin 1",
                        "ä,label\n1,a\n2,b\n",
                        StandardCharsets.ISO_8859_1,
                        "byte 0: .* in UTF-8, got .*0xe4"),
                bytes(13, "UTF-16", GOOD, StandardCharsets.UTF_16, "byte 0: .*0xfe. It looks like UTF-16"),
                file(15, "unclosed quote", GOOD + "1,\"2,a\n3,4,b\n", DATA, "line 12: expects an end of the quote"),
                file(
                        16,
                        "column twice",
                        "x,x,label\n1,2,a\n",
                        DATA,
                        "line 1: expects each column's name once, got 'x' again"),
                file(18, "long line", GOOD + "1," + "2".repeat(1 << 20) + ",a\n", DATA, "line 12: .*at most 1,048,576"),
                file(18, "100,001 columns", ",".repeat(100_000) + "label\n", DATA, "line 1: .*at most 100,000 columns"),
                file(
                        21,
                        "no such label",
                        GOOD.replace("label", "kind"),
                        DATA,
                        "column 'label': expects one of x, y, kind"),
                file(
                        24,
                        "label 2.5",
                        "x,label\n1,1\n2,2.5\n3,1\n4,1\n5,3\n",
                        DATA,
                        "line 3, column 'label': .* class, got 2.5.*--task regress.*--categories",
                        "--task",
                        "classify"),
                file(
                        32,
                        "no feature",
                        "label\na\nb\na\nb\n",
                        DATA,
                        "table: expects at least one column besides 'label' .*got none"),
                file(35, "one row", "x,label\n1,a\n", DATA, "split: expects at least 2 rows, got 1"));
    }

    @ParameterizedTest
    @MethodSource("refusedFiles")
    void aFileIsRefusedByTheCommandLine(File each) throws IOException {
        Path path = Files.write(temp.resolve("t.csv"), each.text().getBytes(each.charset()));
        List<String> arguments = new ArrayList<>(List.of("train", path.toString(), "--label", "label"));
        arguments.addAll(List.of("--out", temp.resolve("out").toString()));
        arguments.addAll(each.options());
        Cli result = Cli.run(arguments.toArray(String[]::new));
        assertThat(result.err().lines().toList().getLast()).matches("error: .*" + each.message() + ".*");
        assertThat(result.err()).doesNotContain("\tat ");
        assertThat(result.code()).isEqualTo(each.code());
        assertThat(result.out()).isEmpty();
        assertThat(temp.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("refusedFiles")
    void aFileIsRefusedByTheLibrary(File each) throws IOException {
        Path path = Files.write(temp.resolve("t.csv"), each.text().getBytes(each.charset()));
        assertThatThrownBy(() -> {
                    Table table = Csv.read(path, ReadOptions.USUAL);
                    Preprocessing fitted = Preprocessing.fit(table, PreprocessingSettings.classes("label"));
                    DataSplit.of(fitted.apply(table), 0.2, 0);
                })
                .isInstanceOf(each.code() == DATA ? DataException.class : ConfigException.class)
                .message()
                .matches(".*" + each.message() + ".*");
    }

    /// A call of the library that is refused.
    record Call(int row, String what, Class<? extends NeuriteException> type, String message, Runnable call) {
        @Override
        public String toString() {
            return row + " " + what;
        }
    }

    private static final float[][] TWO = {{1, 2}, {3, 4}};

    static Stream<Call> refusedCalls() {
        return Stream.of(
                new Call(
                        1,
                        "no file",
                        DataException.class,
                        "no.csv: .*does not exist. Looked in .*",
                        () -> Csv.read(Path.of("no.csv"), ReadOptions.USUAL)),
                new Call(
                        2,
                        "directory",
                        DataException.class,
                        ".*expects a CSV file, got a directory",
                        () -> Csv.read(shared, ReadOptions.USUAL)),
                new Call(
                        22,
                        "label -1",
                        DataException.class,
                        "row 1: expects a label from 0 to 2, got -1",
                        () -> Dataset.of(TWO, new int[] {2, -1})),
                new Call(
                        22,
                        "label beyond",
                        DataException.class,
                        "row 0: expects a label from 0 to 1, got 7",
                        () -> Dataset.of(TWO, new int[] {7, 0}, List.of("a", "b"))),
                new Call(
                        23,
                        "labels from 1",
                        DataException.class,
                        "row 1: .*got 2. Labels count from 0.*from 1.",
                        () -> Dataset.of(TWO, new int[] {1, 2}, List.of("a", "b"))),
                new Call(
                        28,
                        "too few labels",
                        DataException.class,
                        "labels: expects one per row of input, 2, got 1",
                        () -> Dataset.of(TWO, new int[] {1})),
                new Call(
                        29,
                        "probabilities of 1.5",
                        DataException.class,
                        ".*row 0.*1.5.*",
                        () -> Trainer.of(Model.of(Shape.of(2), Layers.dense(2)))
                                .loss(Losses.crossEntropy())
                                .fit(Dataset.of(TWO, new float[][] {{0.5f, 1}, {0, 1}}))),
                new Call(
                        30,
                        "NaN",
                        DataException.class,
                        "inputs, row 1, value 0: expects a finite number, got NaN",
                        () -> Dataset.of(new float[][] {{1, 2}, {Float.NaN, 4}}, new int[] {0, 1})),
                new Call(
                        30,
                        "infinite target",
                        DataException.class,
                        "targets, row 0, value 0: .*got Infinity",
                        () -> Dataset.of(TWO, new float[][] {{Float.POSITIVE_INFINITY}, {1}})),
                // Rows 31, 32 and 38 are of data, whoever passes it on: the same exception as for files, and exit 3.
                // A ConfigException is for settings, which have no part in them.
                new Call(
                        31,
                        "no rows",
                        DataException.class,
                        "inputs: expects at least one row, got none",
                        () -> Dataset.of(new float[0][], new int[0])),
                new Call(
                        32,
                        "no features",
                        DataException.class,
                        "inputs, row 0: expects 1 values, got 0",
                        () -> Dataset.of(new float[2][0], new int[] {0, 1})),
                new Call(
                        33,
                        "batch of 0",
                        ConfigException.class,
                        "batch size: expects at least 1 row, got 0",
                        () -> new Batches(Dataset.of(TWO, new int[] {0, 1}), 0)),
                new Call(
                        35,
                        "share of 1",
                        ConfigException.class,
                        "test share: .*below 1, got 1.0",
                        () -> DataSplit.of(Dataset.of(TWO, new int[] {0, 1}), 1, 0)),
                new Call(
                        38,
                        "jagged rows",
                        DataException.class,
                        "inputs, row 1: expects 2 values, got 1",
                        () -> Dataset.of(new float[][] {{1, 2}, {3}}, new int[] {0, 1})));
    }

    @ParameterizedTest
    @MethodSource("refusedCalls")
    void aCallIsRefusedByTheLibrary(Call each) {
        assertThatThrownBy(each.call()::run).isInstanceOf(each.type()).message().matches(each.message());
    }

    /// A command that fails or prints a note. `$` is a directory with the run `run`.
    record Command(int row, String what, int code, String message, String input, List<String> arguments) {
        @Override
        public String toString() {
            return row + " " + what;
        }
    }

    private static Command command(int row, String what, int code, String message, String input, String... arguments) {
        return new Command(row, what, code, message, input, List.of(arguments));
    }

    static Stream<Command> commands() {
        return Stream.of(
                command(1, "no file", DATA, "error: no.csv: .*Looked in ", "", "train", "no.csv", "--label", "x"),
                command(
                        1,
                        "no file to test",
                        DATA,
                        "error: no.csv: .*does not exist",
                        "",
                        "train",
                        "$/good.csv",
                        "--label",
                        "label",
                        "--test",
                        "no.csv"),
                command(2, "directory", DATA, "got a directory", "", "data", "$"),
                command(8, "NaN as a marker", 0, "", GOOD + "NaN,1,a\n", "predict", "$/lenient", "-"),
                command(9, "blank with a rule", 0, "", "x,y\n,1\n", "predict", "$/lenient", "-"),
                command(12, "byte-order mark", 0, "", "\ufeffx,y\n1,2\n", "predict", "$/run", "-"),
                command(14, "CRLF", 0, "", "x,y\r\n1,2\r\n", "predict", "$/run", "-"),
                command(14, "CR", 0, "", "x,y\r1,2", "predict", "$/run", "-"),
                command(15, "quoted lines", 0, "not used: z", "x,z,y\n1,\"a\nb\",2\n", "predict", "$/run", "-"),
                command(17, "other order", 0, "^$", "y,x\n2,1\n", "predict", "$/run", "-"),
                command(
                        17,
                        "column missing",
                        DATA,
                        "columns x, y, got x, without y",
                        "x\n1\n",
                        "predict",
                        "$/run",
                        "-"),
                command(17, "column too many", 0, "note: .*not used: z", "y,x,z\n2,1,\n", "predict", "$/run", "-"),
                command(
                        20,
                        "constant column",
                        0,
                        "note: 1 constant columns .*: x",
                        "",
                        "train",
                        "$/constant.csv",
                        "--label",
                        "label",
                        "--epochs",
                        "1",
                        "--out",
                        "$/new"),
                command(
                        21,
                        "label misspelled",
                        DATA,
                        "good.csv, column 'Lable': expects one of x, y, label.*mean 'label'.*--label",
                        "",
                        "train",
                        "$/good.csv",
                        "--label",
                        "Lable"),
                command(
                        21,
                        "no label column to test",
                        DATA,
                        "got x, y, without label",
                        "",
                        "evaluate",
                        "$/run",
                        "--data",
                        "$/unlabeled.csv"),
                command(
                        25,
                        "class that training has not seen",
                        DATA,
                        "line 2, column 'label': .*got 'c'",
                        "",
                        "evaluate",
                        "$/run",
                        "--data",
                        "$/c.csv"),
                command(
                        26,
                        "one class only to learn",
                        0,
                        "warning: all training rows are of one class, 'a'",
                        "",
                        "train",
                        "$/one.csv",
                        "--label",
                        "label",
                        "--loss",
                        "bce",
                        "--epochs",
                        "1",
                        "--out",
                        "$/new"),
                command(
                        26,
                        "one class only to test",
                        0,
                        "note: .*a.csv: all rows are of one class, 'a'",
                        "",
                        "evaluate",
                        "$/run",
                        "--data",
                        "$/a.csv"),
                command(26, "one class only to look at", 0, "", "", "data", "$/one.csv", "--label", "label"),
                command(33, "batch of 0", CONFIG, "--batch", "", "train", "$/good.csv", "--label", "x", "--batch", "0"),
                command(
                        33,
                        "batch of -1",
                        CONFIG,
                        "--batch",
                        "",
                        "train",
                        "$/good.csv",
                        "--label",
                        "x",
                        "--batch",
                        "-1"),
                command(
                        33,
                        "batch beyond all rows",
                        0,
                        "note: a batch is all 8 training rows",
                        "",
                        "train",
                        "$/good.csv",
                        "--label",
                        "label",
                        "--epochs",
                        "1",
                        "--batch",
                        "99",
                        "--out",
                        "$/new"),
                command(
                        35,
                        "share of 1",
                        CONFIG,
                        "--test-share: .*below 1, got 1.0",
                        "",
                        "train",
                        "$/good.csv",
                        "--label",
                        "x",
                        "--test-share",
                        "1"),
                command(
                        35,
                        "all to validate",
                        CONFIG,
                        "--validation: .*below 1, got 1.0",
                        "",
                        "train",
                        "iris",
                        "--validation",
                        "1"),
                command(
                        36,
                        "pixels of 255",
                        0,
                        "'x' is 2550, training saw 0 to 9",
                        "x,y\n2550,1\n",
                        "predict",
                        "$/run",
                        "-"));
    }

    @BeforeAll
    static void train() throws IOException {
        Files.writeString(shared.resolve("good.csv"), GOOD);
        Files.writeString(shared.resolve("constant.csv"), GOOD.replaceAll("(?m)^[0-9]", "7"));
        Files.writeString(shared.resolve("one.csv"), GOOD.replace(",b\n", ",a\n"));
        Files.writeString(shared.resolve("c.csv"), "x,y,label\n1,2,c\n");
        Files.writeString(shared.resolve("a.csv"), "x,y,label\n1,2,a\n2,3,a\n");
        Files.writeString(shared.resolve("unlabeled.csv"), "x,y\n1,2\n");
        String good = shared.resolve("good.csv").toString();
        String run = shared.resolve("run").toString();
        assertThat(Cli.run("train", good, "--label", "label", "--epochs", "2", "--test", good, "--out", run)
                        .err())
                .doesNotContain("error");
        String lenient = shared.resolve("lenient").toString();
        assertThat(Cli.run(
                                "train",
                                good,
                                "--label",
                                "last",
                                "--epochs",
                                "2",
                                "--missing",
                                "NaN",
                                "--missing-rule",
                                "mean",
                                "--out",
                                lenient)
                        .code())
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandSaysWhatIsWrong(Command each) throws IOException {
        Path out = temp.resolve("new");
        String[] arguments = each.arguments().stream()
                .map(text -> text.replace("$/new", out.toString()).replace("$", shared.toString()))
                .toArray(String[]::new);
        Cli result = Cli.withInput(each.input(), arguments);
        assertThat(result.err()).containsPattern(each.message()).doesNotContain("\tat ");
        assertThat(result.code()).as(result.err()).isEqualTo(each.code());
        if (each.code() != 0) assertThat(result.out()).isEmpty();
    }

    @Test
    void row3AFileThatMayNotBeReadIsRefused() throws IOException {
        Path file = Files.writeString(temp.resolve("t.csv"), GOOD);
        assumeThat(file.toFile().setReadable(false) && !Files.isReadable(file)).isTrue(); // root may read all
        assertThatThrownBy(() -> Csv.read(file, ReadOptions.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got no permission");
    }

    @Test
    void row19ACellLikeAFormulaStaysTextAndIsQuoted() throws IOException {
        Path file = Files.writeString(temp.resolve("t.csv"), GOOD.replace(",a\n", ",=cmd()\n"));
        String run = temp.resolve("run").toString();
        assertThat(Cli.run("train", file.toString(), "--label", "label", "--epochs", "30", "--out", run)
                        .code())
                .isZero();
        Cli result = Cli.withInput("x,y\n1,2\n3,4\n5,6\n7,8\n9,9\n2,1\n", "predict", run, "-");
        assertThat(result.out()).startsWith("row,prediction,p_=cmd(),p_b\n").contains(",'=cmd(),0.");
    }

    @Test
    void row27AClassWithoutSamplesHasFiguresThatAreNotAvailable() {
        Cli result = Cli.run(
                "evaluate",
                shared.resolve("run").toString(),
                "--data",
                shared.resolve("a.csv").toString());
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("n/a").doesNotContain("NaN");
    }

    @Test
    void row26AModelOfOneClassIsEvaluatedAndPredictsItsClass() {
        String run = temp.resolve("run").toString();
        String one = shared.resolve("one.csv").toString();
        assertThat(Cli.run("train", one, "--label", "label", "--epochs", "40", "--out", run)
                        .err())
                .contains("warning: all training rows are of one class, 'a'")
                .doesNotContain("error");
        assertThat(Cli.run("evaluate", run, "--data", one).code()).isZero();
        Cli predicted = Cli.withInput("x,y\n3,4\n", "predict", run, "-");
        assertThat(predicted.out()).startsWith("row,prediction,p_a,p_not a\n0,a,");
    }

    @Test
    void row26RowsOfOneClassAreLearnedByTheLibrary() {
        Dataset alone = Dataset.of(TWO, new int[] {0, 0}, List.of("a", "b"));
        var last = Trainer.of(Model.of(Shape.of(2), Layers.dense(2)).initialize(1))
                .optimizer(Optimizers.sgd(0.1))
                .epochs(50)
                .fit(alone)
                .history()
                .last();
        assertThat(last.loss()).isFinite();
        assertThat(last.accuracy()).hasValue(1);
    }

    private static Trainer normalized() {
        return Trainer.of(Model.of(Shape.of(2), Layers.dense(3), Layers.batchNorm(), Layers.dense(2)))
                .epochs(2)
                .batchSize(2);
    }

    @Test
    void row34ALastBatchOfOneRowIsRefusedBeforeTheFirstByABatchNorm() {
        Dataset three = Dataset.of(new float[][] {{1, 2}, {3, 4}, {5, 7}}, new int[] {0, 1, 0});
        List<TrainingEvent> heard = new ArrayList<>();
        assertThatThrownBy(() -> normalized().listener(heard::add).fit(three))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("batch norm: expects more than 1 element .* got \\[1×3]\\. .*dropLast\\(true\\).*");
        assertThat(heard).isEmpty();
        Run dropped = normalized().dropLast(true).fit(three);
        assertThat(dropped.history().epochs()).hasSize(2);
        assertThat(dropped.model().parameters().toArray()).doesNotContain(Float.NaN);
    }

    @Test
    void row34ALastBatchOfOneRowIsRefusedByTheCommandLineOrLeftOut() throws IOException {
        Path file = Files.writeString(temp.resolve("t.csv"), GOOD);
        Path run = temp.resolve("run");
        List<String> words = new ArrayList<>(List.of("train", file.toString(), "--label", "label", "--epochs", "2"));
        words.addAll(List.of("--stack", "dense:units=3", "--stack", "batch-norm", "--batch", "7"));
        words.addAll(List.of("--out", run.toString())); // 8 rows to learn from
        Cli refused = Cli.run(words.toArray(String[]::new));
        assertThat(refused.err().lines().toList().getLast())
                .startsWith("error: batch norm: expects more than 1 element for each channel")
                .endsWith("dropLast(true), --drop-last");
        assertThat(refused.code()).isEqualTo(CONFIG);
        assertThat(run).doesNotExist();
        words.add("--drop-last");
        Cli result = Cli.run(words.toArray(String[]::new));
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).doesNotContain("NaN");
    }
}
