package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Columns that are no use to a network: ids, dates and row numbers.
final class IdsAndDatesTest {
    @TempDir
    Path temp;

    private String file = "";

    @BeforeEach
    void write() throws IOException {
        var csv = new StringBuilder("nr,id,admitted,town,age,risk\n");
        for (int row = 0; row < 60; row++) {
            csv.append(row + 1).append(",P").append(1000 + row * 7 % 60).append(',');
            csv.append(LocalDate.of(2026, 1, 1).plusDays(row / 2)).append(',');
            csv.append(row % 3 == 0 ? "Bern" : "Basel").append(',').append(20 + row * 13 % 40);
            csv.append(row % 2 == 0 ? ",high\n" : ",low\n");
        }
        file = Files.writeString(temp.resolve("patients.csv"), csv).toString();
    }

    private Cli train(String... more) {
        String[] words = {"train", file, "--label", "risk", "--epochs", "1", "--layers", "4"};
        String[] all = java.util.Arrays.copyOf(words, words.length + more.length + 2);
        System.arraycopy(more, 0, all, words.length, more.length);
        all[all.length - 2] = "--out";
        all[all.length - 1] = temp.resolve("run").toString();
        return Cli.run(all);
    }

    @Test
    void anErrorNamesAllColumnsToLeaveOut() {
        Cli both = train();
        assertThat(both.code()).isEqualTo(3);
        assertThat(both.err())
                .contains("got 3 problems: 'nr' only numbers the rows")
                .contains("'id' has another text in nearly each row")
                .contains("'admitted' has dates, each different one of which is a category (or --order-by admitted"
                        + " splits the")
                .contains("This mends all of it: neurite train ", " --drop=nr,id", " --dates=admitted")
                .doesNotContain("--unseen");
        Cli dates = train("--drop", "nr,id");
        assertThat(dates.err())
                .contains("'admitted' has dates. Leave it out: --drop admitted")
                .contains("--order-by admitted")
                .doesNotContain("--unseen");
        Cli left = train("--drop", "id", "--order-by", "admitted");
        assertThat(left.code()).as(left.err()).isZero();
    }

    @Test
    void dataAndTrainingNoteThem() {
        String ids = "'id' has another text in nearly each row, as names and ids have: --drop id leaves it out";
        String dates =
                "'admitted' has dates, each different one of which is a category: --dates admitted makes inputs of its"
                        + " calendar and age, --drop admitted leaves it out, --order-by admitted splits the rows by it";
        String numbers = "'nr' only numbers the rows: --drop nr leaves it out";
        Cli data = Cli.run("data", file);
        assertThat(data.out()).contains("warning: " + ids, "warning: " + dates, "warning: " + numbers);
        assertThat(data.out()).doesNotContain("'town' ", "'age' ");
        Cli trained = train("--unseen", "ignore");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("note: " + ids, "note: " + dates, "note: " + numbers);
        Cli without = train("--overwrite", "--drop", "id,nr", "--order-by", "admitted");
        assertThat(without.code()).as(without.err()).isZero();
        assertThat(without.err()).doesNotContain("leaves it out");
    }

    @Test
    void datesBecomeInputsWhenAskedFor() throws IOException {
        Cli trained = train("--drop", "nr,id", "--dates", "admitted", "--order-by", "admitted");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).doesNotContain("has dates");
        String run = temp.resolve("run").toString();
        Cli evaluated = Cli.run("evaluate", run, "--importance");
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        assertThat(evaluated.out()).contains("admitted");
        Path later =
                Files.writeString(temp.resolve("later.csv"), "admitted,town,age\n2026-12-01,Bern,30\nsoon,Bern,30\n");
        Cli refused = Cli.run("predict", run, later.toString());
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err())
                .contains("later.csv, line 3, column 'admitted'")
                .contains("expects a date or time as in 2026-11-26, 26.11.2026 or 2026-11-26T08:30, got 'soon'");
        Files.writeString(later, "admitted,town,age\n2026-12-01,Bern,30\n03.12.2026,Bern,30\n");
        Cli predicted = Cli.run("predict", run, later.toString());
        assertThat(predicted.code()).as(predicted.err()).isZero();
        assertThat(predicted.out().lines()).hasSize(3);
    }

    @Test
    void datesThatCannotBeInputsAreRefused() {
        assertThat(train("--dates", "risk").err()).contains("--dates risk: expects a column other than the label");
        assertThat(train("--dates", "admited").err())
                .contains("column 'admited': expects one of ", "Did you mean 'admitted'?");
        Cli text = train("--dates", "admitted", "--text", "admitted");
        assertThat(text.code()).isEqualTo(2);
        assertThat(text.err()).contains("--dates: expects a column other than the text, got both");
        Cli dropped = train("--dates", "admitted", "--drop", "nr,admitted");
        assertThat(dropped.code()).isEqualTo(2);
        assertThat(dropped.err())
                .contains("--drop: expects columns other than those of --text and --dates, got 'admitted' in both");
        Cli series = Cli.run("train", file, "--label", "age", "--forecast", "2", "--dates", "admitted");
        assertThat(series.code()).isEqualTo(2);
        assertThat(series.err()).contains("--dates: expects no --forecast, got both. The column of times is --time");
    }
}
