package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Row weights, grouped splits and splits by time.
final class RowColumnsTest {
    @TempDir
    Path temp;

    private String file;

    /// 120 rows of 20 patients: the rule of the classes changes after day 20.
    @BeforeEach
    void rows() throws IOException {
        var csv = new StringBuilder("patient,day,x,y,weight,kind\n");
        for (int i = 0; i < 120; i++) {
            int place = i * 53 % 120; // rows are not in the order of days
            String day = String.format("2026-%02d-%02d", 1 + place / 28, 1 + place % 28);
            csv.append("p" + i % 20 + "," + day + "," + i % 7 + "," + i % 5 + "," + (i % 3 == 0 ? 0 : 1 + i % 2) + ","
                    + (i % 7 > 3 ? "a" : "b") + "\n");
        }
        file = Files.writeString(temp.resolve("rows.csv"), csv).toString();
    }

    private Cli train(String run, String... options) {
        List<String> words = new ArrayList<>(
                List.of("train", file, "--label", "kind", "--out", path(run), "--layers", "4", "--epochs", "3"));
        words.addAll(Arrays.asList(options));
        return Cli.run(words.toArray(String[]::new));
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private static Object weights(Cli run) {
        assertThat(run.code()).as(run.err()).isZero();
        return Objects.requireNonNull(JsonText.object(run.out()).get("weights"));
    }

    @Test
    void rowsOfWeightZeroChangeNothingInTheTraining() throws IOException {
        String[] plain = {"--drop", "patient,day", "--weight", "weight", "--scale", "none", "--json", "--batch", "96"};
        Object first = weights(train("a", plain));
        String other = Files.readString(Path.of(file)).replaceAll("(?m)^(p\\d+,[^,]+),\\d,\\d,0,", "$1,9,9,0,");
        Files.writeString(Path.of(file), other);
        assertThat(weights(train("b", plain))).isEqualTo(first);
        assertThat(weights(train("c", "--drop", "patient,day,weight", "--scale", "none", "--json", "--batch", "96")))
                .isNotEqualTo(first);
    }

    @Test
    void aColumnOfWeightsIsNoInputAndMayBeMissingLater() throws IOException {
        Cli trained = train("run", "--drop", "patient,day", "--weight", "weight");
        assertThat(trained.err()).contains("[2]   2 classes");
        assertThat(Files.readString(temp.resolve("run/config.yaml"))).contains("weight: weight");
        assertThat(Cli.run("evaluate", path("run")).code()).isZero();
        assertThat(Cli.withInput("x,y\n1,2\n", "predict", path("run"), "-").code())
                .isZero();
        Cli again = Cli.run("train", path("run/config.yaml"), "--out", path("again"));
        assertThat(again.code()).as(again.err()).isZero();
    }

    @Test
    void noGroupIsInTwoParts() {
        Cli trained = train("run", "--drop", "day,weight", "--group-by", "patient", "--validation", "0.25", "--json");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err())
                .contains("split  by group 'patient': 4 groups in the test part, 16 in the others")
                .contains("train 72   validation 24   test 24   [2]");
        Map<String, Object> told = JsonText.object(trained.out());
        Cli evaluated = Cli.run("evaluate", path("run"), "--data", file, "--json");
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        assertThat(evaluated.err()).contains("24 of 120 rows");
        assertThat(JsonText.object(evaluated.out())).containsEntry("loss", told.get("loss"));
        Cli again = Cli.run("evaluate", path("run"), "--json");
        assertThat(again.err()).doesNotContain("changed");
        assertThat(JsonText.object(again.out())).containsEntry("loss", told.get("loss"));
    }

    @Test
    void theLastRowsByTimeAreTested() throws IOException {
        Cli trained = train("run", "--drop", "patient,weight", "--order-by", "day", "--test-share", "0.1", "--json");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("split  by 'day': the last rows are the test part", "train 108   test 12");
        StringBuilder last = new StringBuilder("patient,day,x,y,weight,kind\n");
        Files.readAllLines(Path.of(file)).stream()
                .skip(1)
                .filter(line -> line.split(",", -1)[1].compareTo("2026-04-24") > 0)
                .forEach(line -> last.append(line).append('\n'));
        assertThat(last.toString().lines()).hasSize(13);
        String tested = Files.writeString(temp.resolve("last.csv"), last).toString();
        Object loss = JsonText.object(trained.out()).get("loss");
        assertThat(JsonText.object(Cli.run("evaluate", path("run"), "--json").out()))
                .containsEntry("loss", loss);
        Cli those = Cli.run("evaluate", path("run"), "--data", tested, "--json");
        assertThat((Double) JsonText.object(those.out()).get("loss")).isCloseTo((Double) loss, within(1e-6));
    }

    @Test
    void foldsKeepGroupsTogetherAndAreRefusedByTime() {
        String[] base = {"train", file, "--label", "kind", "--layers", "4", "--epochs", "2", "--folds", "4"};
        Cli grouped = Cli.run(with(base, "--drop", "day,weight", "--group-by", "patient"));
        assertThat(grouped.code()).as(grouped.err()).isZero();
        assertThat(grouped.out().lines().skip(1).limit(4)).allMatch(line -> line.matches("\\d +24 .*"));
        Cli timed = Cli.run(with(base, "--drop", "patient,weight", "--order-by", "day"));
        assertThat(timed.code()).isEqualTo(2);
        assertThat(timed.err()).contains("--order-by: expects one split by time, got folds");
        Cli weighted = Cli.run(with(base, "--drop", "patient,day", "--weight", "weight"));
        assertThat(weighted.code()).as(weighted.err()).isZero();
    }

    private static String[] with(String[] base, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(base));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--group-by patent|2|--group-by patent: expects one of patient, day, x, y, weight, kind, got none",
                "--weight kind|2|--weight kind: expects a column other than the label",
                "--weight patient|2|--weight patient: expects a column of numbers, got one of texts",
                "--order-by patient|3|column 'patient': expects numbers, or dates and times as in 2026-11-26",
                "--order-by day --group-by patient|2|--order-by: expects no --group-by"
            })
    void whatCannotBeIsRefused(String options, int code, String message) {
        Cli refused = train("run", options.split(" "));
        assertThat(refused.err()).contains(message);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(temp.resolve("run")).doesNotExist();
    }

    @Test
    void aWeightBelowZeroIsRefusedWithItsLine() throws IOException {
        Files.writeString(Path.of(file), "p1,2026-05-01,1,2,-1,a\n", StandardOpenOption.APPEND);
        Cli refused = train("run", "--drop", "patient,day", "--weight", "weight", "--test-share", "0.01");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err())
                .contains("rows.csv, line 122, column 'weight': expects a weight of at least 0, got -1");
    }
}
