package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Forecasts of time series: training, evaluation, prediction, errors.
final class SeriesCommandsTest {
    @TempDir
    Path temp;

    private String file;

    /// 140 days of sales with a week's course, and the price.
    @BeforeEach
    void days() throws IOException {
        var csv = new StringBuilder("day,sold,price\n");
        for (int t = 0; t < 140; t++) csv.append(line(t, 0)).append('\n');
        file = write("sales.csv", csv.toString());
    }

    private static String line(int t, int more) {
        String day = LocalDate.of(2026, 1, 1).plusDays(t).toString();
        return day + "," + (20 + more + t % 7 * 3 + t * 37 % 5) + "," + (1 + t % 3);
    }

    private String write(String name, String content) throws IOException {
        return Files.writeString(temp.resolve(name), content).toString();
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private Cli train(String data, String run, String... options) {
        List<String> words = new ArrayList<>(List.of(
                "train",
                data,
                "--forecast",
                "7",
                "--out",
                path(run),
                "--epochs",
                "2",
                "--model",
                "time-series-forecaster:cell=gru,units=4"));
        words.addAll(Arrays.asList(options));
        return Cli.run(words.toArray(String[]::new));
    }

    private static Cli good(Cli run) {
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private static void refused(Cli run, String... parts) {
        assertThat(run.code()).as(run.out()).isNotZero();
        assertThat(run.err()).contains(parts);
    }

    @Test
    void aRunIsComparedWithNaiveForecastsAndForecastsWhatComesNext() throws IOException {
        Cli trained = good(train(file, "run"));
        assertThat(trained.err())
                .contains("target 'sold', the first column of numbers")
                .contains("140 steps by 'day'   window 21   forecast 7   season 7")
                .contains("train 85   test 22");
        assertThat(trained.out())
                .contains("forecasts of the next 7 steps in 22 windows")
                .containsPattern("model +\\d")
                .containsPattern("seasonal naive, season 7 +\\d")
                .containsPattern("naive, last value +\\d");

        Cli evaluated = good(Cli.run("evaluate", path("run")));
        String table = trained.out().substring(trained.out().indexOf("forecasts of"));
        assertThat(evaluated.out()).as("the same windows, the same errors").contains(table.strip());
        assertThat(evaluated.err()).doesNotContain("warning");

        List<String> lines =
                good(Cli.run("predict", path("run"), file)).out().lines().toList();
        assertThat(lines).hasSize(8);
        assertThat(lines.getFirst()).isEqualTo("day,sold");
        assertThat(lines.get(1)).startsWith("2026-05-21,");
        assertThat(lines.get(7)).startsWith("2026-05-27,");

        // The last 21 rows are enough, in any order of columns, and give the same.
        List<String> rows = Files.readAllLines(Path.of(file));
        var last = new StringBuilder("price,day,sold\n");
        for (String row : rows.subList(rows.size() - 21, rows.size())) {
            String[] cells = row.split(",", -1);
            last.append(cells[2] + "," + cells[0] + "," + cells[1] + "\n");
        }
        assertThat(good(Cli.withInput(last.toString(), "predict", path("run"), "-"))
                        .out()
                        .lines())
                .containsExactlyElementsOf(lines);
        String json = good(Cli.run("predict", path("run"), file, "--json")).out();
        assertThat(json.lines().findFirst())
                .hasValueSatisfying(line -> assertThat(JsonText.object(line))
                        .containsEntry("day", "2026-05-21")
                        .containsKey("sold"));
    }

    @Test
    void evaluatingAnotherFileTakesAllItsWindows() throws IOException {
        good(train(file, "run", "--window", "10", "--stride", "3"));
        var other = new StringBuilder("day,sold,price\n");
        for (int t = 140; t < 170; t++) other.append(line(t, 2)).append('\n');
        Cli evaluated = good(Cli.run("evaluate", path("run"), "--data", write("new.csv", other.toString()), "--json"));
        Map<String, Object> json = JsonText.object(evaluated.out());
        assertThat(json).containsKey("forecasts");
        assertThat(evaluated.out()).contains("\"rows\":5"); // (30 − 17) / 3 + 1
        Cli same = good(Cli.run("evaluate", path("run"), "--data", file));
        assertThat(same.err()).contains("only its test part is used");
    }

    /// Of each: predict and evaluate say so, and the forecast goes on in the rhythm of the training.
    @Test
    void unusualRowsAreWarnedOf() throws IOException {
        good(train(file, "run"));
        var gap = new StringBuilder("day,sold,price\n");
        for (int t = 100; t < 139; t++) gap.append(line(t, 0)).append('\n');
        gap.append(line(158, 0)).append('\n');
        Cli late = good(Cli.run("predict", path("run"), write("gap.csv", gap.toString())));
        assertThat(late.err()).contains("warning").contains("1 step is further").contains("2026-06-08");
        assertThat(late.out()).contains("\n2026-06-09,").contains("\n2026-06-15,");

        var weeks = new StringBuilder("day,sold,price\n");
        for (int t = 0; t < 280; t += 7) weeks.append(line(t, 0)).append('\n');
        String weekly = write("weeks.csv", weeks.toString());
        String rhythm = "steps are usually 7 days apart, in training 1 day";
        assertThat(good(Cli.run("predict", path("run"), weekly)).err()).contains(rhythm);
        assertThat(good(Cli.run("evaluate", path("run"), "--data", weekly)).err())
                .contains(rhythm);

        var large = new StringBuilder("day,sold,price\n");
        for (int t = 100; t < 139; t++) large.append(line(t, 0)).append('\n');
        large.append("2026-05-20,1e30,2\n");
        assertThat(good(Cli.run("predict", path("run"), write("large.csv", large.toString())))
                        .err())
                .contains("'sold' has values from 21 to 1.0E30, training saw 20 to 42");

        var swapped = new StringBuilder();
        for (int t = 100; t < 140; t++)
            swapped.append(line(t, 0).replaceFirst(",(.*),(.*)", ",$2,$1")).append('\n');
        String columns = write("swapped.csv", swapped.toString());
        for (Cli each : List.of(
                Cli.run("predict", path("run"), columns), Cli.run("evaluate", path("run"), "--data", columns))) {
            assertThat(good(each).err()).containsPattern("'price' has values from 2[01] to 42, training saw 1 to 3");
        }
        assertThat(good(Cli.run("predict", path("run"), file)).err()).doesNotContain("warning");
    }

    @Test
    void daysOfWorkGoOnWithDaysOfWork() throws IOException {
        var csv = new StringBuilder("day,sold,price\n");
        for (int t = 0; t < 200; t++) {
            if (LocalDate.of(2026, 1, 1).plusDays(t).getDayOfWeek().getValue() < 6)
                csv.append(line(t, 0)).append('\n');
        }
        Cli trained = good(train(write("work.csv", csv.toString()), "run"));
        assertThat(trained.err()).doesNotContain("warning").contains("season 5");
        // The last day is Friday, July 17.
        assertThat(good(Cli.run("predict", path("run"), path("work.csv")))
                        .out()
                        .lines()
                        .skip(1))
                .extracting(each -> each.substring(0, 10))
                .containsExactly(
                        "2026-07-20",
                        "2026-07-21",
                        "2026-07-22",
                        "2026-07-23",
                        "2026-07-24",
                        "2026-07-27",
                        "2026-07-28");
    }

    @Test
    void yearsAreTimes() throws IOException {
        var csv = new StringBuilder("year,sold\n");
        for (int t = 0; t < 60; t++) csv.append(1900 + t + "," + (t * 37 % 11) + "\n");
        Cli trained = good(train(write("years.csv", csv.toString()), "run", "--label", "sold"));
        assertThat(trained.err()).contains("60 steps by 'year'");
        assertThat(good(Cli.run("predict", path("run"), path("years.csv"))).out())
                .contains("\n1960,")
                .contains("\n1966,");
    }

    @Test
    void aModelThatLosesToANaiveForecastGetsAdvice() {
        Cli trained = good(train(file, "run", "--lr", "1"));
        String better = "The forecasts have MASE [0-9.]+, and the naive ones \\(seasonal naive, season 7\\) [0-9.]+\\.";
        assertThat(trained.err()).containsPattern("advice " + better + " Try: neurite train " + path("run"));
        assertThat(trained.err()).contains("config.yaml --window 42");
        assertThat(good(Cli.run("evaluate", path("run"))).err()).containsPattern("note: " + better);
    }

    @Test
    void aValidationPartIsBetweenTrainingAndTest() {
        Cli trained = good(train(file, "run", "--validation", "0.25", "--calendar", "week", "--season", "14"));
        // 112 steps before the test part, 28 of them for validation
        assertThat(trained.err()).contains("train 40   validation 22   test 22").contains("[38×4]");
    }

    @Test
    void severalSeriesInOneFileAreToldApart() throws IOException {
        var csv = new StringBuilder("shop,day,sold,price\n");
        for (int t = 0; t < 80; t++) {
            csv.append("north,").append(line(t, 0)).append('\n');
            csv.append("south,").append(line(t, 50)).append('\n');
        }
        String both = write("shops.csv", csv.toString());
        refused(train(both, "bad", "--label", "sold"), "line 3, column 'day'", "--series");
        Cli trained = good(train(both, "run", "--label", "sold", "--series", "shop"));
        assertThat(trained.err()).contains("2 series, 160 steps by 'day'");
        List<String> lines =
                good(Cli.run("predict", path("run"), both)).out().lines().toList();
        assertThat(lines).hasSize(15);
        assertThat(lines.getFirst()).isEqualTo("shop,day,sold");
        assertThat(lines.get(1)).startsWith("north,2026-03-22,");
        assertThat(lines.get(14)).startsWith("south,2026-03-28,");
    }

    @Test
    void withoutTimesStepsAreNumbered() throws IOException {
        var csv = new StringBuilder("load\n");
        for (int t = 0; t < 100; t++) csv.append(10 + t % 4).append('\n');
        Cli trained = good(train(write("load.csv", csv.toString()), "run"));
        assertThat(trained.err()).contains("season 4");
        assertThat(good(Cli.run("predict", path("run"), path("load.csv"))).out())
                .startsWith("step,load\n1,");
    }

    @Test
    void theSameRunComesFromItsConfiguration() {
        good(train(file, "run", "--window", "9", "--time", "day"));
        Cli again = good(Cli.run("train", path("run/config.yaml"), "--out", path("again"), "--json"));
        Cli first = good(Cli.run("evaluate", path("run"), "--json"));
        assertThat(JsonText.object(again.out()).get("weights"))
                .isEqualTo(JsonText.object(first.out()).get("weights"));
    }

    @Test
    void badSeriesAreRefusedWithTheLine() throws IOException {
        String head = "day,sold\n2026-01-01,1\n2026-01-02,2\n";
        refused(train(write("a.csv", head + "2026-01-02,3\n"), "x"), "a.csv, line 4, column 'day'", "later time");
        refused(train(write("b.csv", head + "2026-01-01,3\n"), "x"), "Sort the rows by 'day'");
        refused(train(write("c.csv", head + "2026-01-03,\n"), "x"), "c.csv, line 4, column 'sold': expects a value");
        refused(train(write("d.csv", head + "2026-01-03,many\n"), "x"), "d.csv, line 4, column 'sold'", "'many'");
        refused(train(write("e.csv", head), "x"), "e.csv, time series: expects a series of at least 8 steps");
        refused(train(write("f.csv", "day,name\n2026-01-01,a\n"), "x"), "a column of numbers to forecast");
        good(train(file, "run"));
        refused(
                Cli.run("predict", path("run"), write("g.csv", "day,sold,price\n2026-01-01,1,1\n2026-01-02,2,1\n")),
                "g.csv",
                "at least the 21 steps that the forecast is made from, got 2");
        refused(Cli.run("predict", path("run"), write("h.csv", "day,sold\n2026-01-01,1\n")), "h.csv", "price");
    }

    @Test
    void optionsThatDoNotFitAreRefused() {
        refused(Cli.run("train", file, "--window", "3"), "--window: expects a text file, --text or --forecast, got ");
        refused(train(file, "x", "--order-by", "day"), "--order-by: expects no --forecast", "--time");
        refused(train(file, "x", "--calendar", "decade"), "--calendar");
        refused(train(file, "x", "--standardize"), "--standardize");
        refused(train(file, "x", "--stride", "0"), "--stride");
        refused(train(file, "x", "--label", "price", "--time", "price"), "another column");
        refused(Cli.run("train", "iris", "--forecast", "2"), "--forecast: expects a table, got iris");
        refused(Cli.run("train", file, "--forecast", "7", "--folds", "3"), "--forecast", "folds");
    }
}
