package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Messages that say what to type next, or name the option to change.
final class HintsTest {
    @TempDir
    static Path temp;

    private static String table = "";
    private static String run = "";
    private static String result = "";

    @BeforeAll
    static void train() throws IOException {
        var random = new Random(3);
        var csv = new StringBuilder("code,age,town,cost\n");
        for (int row = 0; row < 60; row++) {
            csv.append("c" + row).append(',').append(20 + random.nextInt(50)).append(',');
            csv.append(row % 3 == 0 ? "Bern" : "Basel").append(',').append(1000 * random.nextFloat());
            csv.append('\n');
        }
        table = Files.writeString(temp.resolve("costs.csv"), csv).toString();
        run = temp.resolve("run").toString();
        Cli trained = Cli.run(words("train", table, "--label cost --drop code --epochs 2 --layers 4 --out", run));
        assertThat(trained.code()).as(trained.err()).isZero();
        result = trained.out();
    }

    private static String[] words(String... parts) {
        return String.join(" ", parts).split(" ");
    }

    @Test
    void aResultOfScaledTargetsNamesBothUnits() {
        assertThat(result)
                .matches("test loss \\S+   R² \\S+   \\(of 'cost' in its own units; the losses above are of 'cost'"
                        + " scaled to mean 0 and standard deviation 1\\)\n");
    }

    @Test
    void anEvaluationNamesThePrediction() {
        assertThat(Cli.run("evaluate", run).err()).contains("next   neurite predict " + run + " FILE\n");
    }

    @Test
    void rowsWithoutAHeaderMayHaveTheInputsAlone() {
        Cli named = Cli.withInput("age,town\n40,Bern\n", "predict", run, "-");
        Cli inputs = Cli.withInput("40,Bern\n", "predict", run, "-");
        assertThat(inputs.code()).as(inputs.err()).isZero();
        assertThat(inputs.out()).isEqualTo(named.out());
        Cli whole = Cli.withInput("c1,40,Bern,17.5\n", "predict", run, "-");
        assertThat(whole.out()).isEqualTo(named.out());
        assertThat(Cli.withInput("40\n", "predict", run, "-").err())
                .contains("line 1: expects 2 cells, age, town, or all 4 of the training, code, age, town, cost, got 1");
    }

    @Test
    void aMissingColumnMayHaveAnotherName() {
        assertThat(Cli.withInput("age,twon\n40,Bern\n", "predict", run, "-").err())
                .contains("without town. Did you mean 'town' by 'twon'?")
                .doesNotContain("taken for a header");
        assertThat(Cli.withInput("x,y\nu,v\n", "predict", run, "-").err()).contains("Its first line was taken");
    }

    @Test
    void settingsOfTheWrongTaskNameTheOption() {
        String train = "train " + table + " --label cost --drop code --epochs 1 --out " + temp.resolve("no");
        assertThat(Cli.run(words(train, "--metrics accuracy")).err())
                .contains("--metrics accuracy: expects ", ", got values. For values there are ", "rmse, ", "r2");
        assertThat(Cli.run(words(train, "--loss cross-entropy")).err())
                .contains("Take a loss of values, such as mse; or train on classes: --task classify")
                .doesNotContain("one-hot");
    }

    @Test
    void rowsWithoutALabelAreCounted() throws IOException {
        String csv =
                "age,cost\n" + "1,2\n,\n3,\n4,5\n".replace("\n,\n", "\n2,\n").repeat(5);
        String file = Files.writeString(temp.resolve("gaps.csv"), csv).toString();
        assertThat(Cli.run("train", file, "--label", "cost", "--task", "regress")
                        .err())
                .containsPattern(
                        "column 'cost': expects a value, got none. Leave out the rows without one, \\d+ of the 16"
                                + " training rows");
    }

    @Test
    void aDirectoryThatDoesNotExistIsNamed() {
        String out = temp.resolve("none").resolve("x.csv").toString();
        assertThat(Cli.withInput("40,Bern\n", "predict", run, "-", "--out", out).err())
                .contains(out + ": cannot be written: the directory " + temp.resolve("none") + " does not exist");
    }

    @Test
    void aSearchOfATableSaysThatItTakesAConfiguration() {
        assertThat(Cli.run("search", table, "--label", "cost").err())
                .contains("search takes a configuration: neurite init csv-classify > mine.yaml");
        assertThat(Cli.run("search", table, "--grid", "seed=1,2").err())
                .contains("search takes a configuration: neurite init csv-classify > mine.yaml");
    }

    @Test
    void aMissingNameOfAnExampleListsThem() {
        assertThat(Cli.run("example").err()).contains("identity", "by-hand", "xor");
    }

    @Test
    void exchangedArgumentsAreRecognized() {
        Cli exchanged = Cli.run("predict", table, run);
        assertThat(exchanged.code()).isEqualTo(2);
        assertThat(exchanged.err())
                .contains("expects a run and then files, got " + table + " first. Type neurite predict " + run + " "
                        + table);
        assertThat(Cli.run("evaluate", table).err())
                .contains(table + ": expects a safetensors file, got a text")
                .doesNotContain("header");
    }

    @Test
    void dataQuotesTextsWithCommasAndCountsUnreadCells() throws IOException {
        String csv = "income,note\n1,weak\n\"27,196\",\"weak, cough\"\n\"27,196\",none\n";
        String file = Files.writeString(temp.resolve("odd.csv"), csv).toString();
        assertThat(Cli.run("data", file).out())
                .contains("income  numbers  1 to 1, mean 1.0   not read 2\n")
                .contains("texts  3: weak, 'weak, cough', none\n");
        String all = Files.writeString(temp.resolve("all.csv"), csv.replace("\n1,", "\n\"1,5\","))
                .toString();
        assertThat(Cli.run("data", all).out()).contains("income  no numbers   not read 3\n");
    }

    @Test
    void theHelpSaysWhichExitCodeAMissingModelHas() {
        assertThat(Cli.run("--help").out())
                .contains(
                        "3 data, or a file that does not exist",
                        "4 model file that is damaged, or has what is not supported");
        assertThat(Cli.run("evaluate", "none/model.safetensors").code()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "evaluate", "predict", "data", "search", "init", "check", "lr-range", "bench"})
    void footersFillTheirLines(String command) {
        String[] lines = Cli.onTerminal(Map.of("COLUMNS", "72"), command, "--help")
                .out()
                .lines()
                .toArray(String[]::new);
        for (int i = 0; i + 1 < lines.length; i++) {
            boolean prose = lines[i].matches("\\p{L}.*[^:]") && lines[i + 1].matches("\\p{L}.*");
            if (!prose || lines[i].startsWith("Usage")) continue;
            int together =
                    lines[i].length() + 1 + lines[i + 1].replaceFirst(" .*", "").length();
            assertThat(together).as(lines[i] + "|" + lines[i + 1]).isGreaterThan(71);
        }
    }
}
