package dev.neurite.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
