package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Codes such as 007 stay what they are, from the file to predictions; classes print as the file has them.
final class LeadingZerosTest {
    @TempDir
    Path temp;

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    private static Cli ok(Cli cli) {
        assertThat(cli.code()).as(cli.err()).isZero();
        return cli;
    }

    /// A table of 40 rows with a code and a class in turn.
    private void table(List<String> codes, List<String> classes) throws IOException {
        var csv = new StringBuilder("code,x,kind\n");
        for (int i = 0; i < 40; i++) {
            csv.append(codes.get(i % codes.size())).append(',').append(i % 7).append(".5,");
            csv.append(classes.get(i % classes.size())).append('\n');
        }
        Files.writeString(temp.resolve("t.csv"), csv);
    }

    private Cli train(String... more) {
        List<String> all = new ArrayList<>(
                List.of("train", path("t.csv"), "--epochs", "1", "--layers", "4", "--overwrite", "--out", path("run")));
        all.addAll(List.of(more));
        if (!all.contains("--label")) all.addAll(List.of("--label", "kind"));
        return Cli.run(all.toArray(String[]::new));
    }

    private List<String> inputs() {
        return ModelFile.read(temp.resolve("run/model.safetensors"), Catalog.standard())
                .preprocessing()
                .orElseThrow()
                .inputNames();
    }

    @Test
    void codesAreInputsOfTheirOwn() throws IOException {
        table(List.of("7", "007", "42"), List.of("a", "b"));
        Cli trained = ok(train());
        assertThat(inputs()).containsExactly("code=007", "code=7", "code=42", "x");
        assertThat(trained.err())
                .containsOnlyOnce("column 'code': read as texts, a category each, as line 3 has '007'");
        Files.writeString(temp.resolve("new.csv"), "code,x\n7,1.5\n007,1.5\n");
        List<String> rows = ok(Cli.run("predict", path("run"), path("new.csv")))
                .out()
                .lines()
                .toList();
        assertThat(rows.get(1).replaceFirst("^0", "")).isNotEqualTo(rows.get(2).replaceFirst("^1", ""));
        Cli unseen = Cli.withInput("code,x\n0042,1.5\n", "predict", path("run"), "-");
        assertThat(unseen.code()).isEqualTo(3);
        assertThat(unseen.err()).contains("got '0042'");
        Cli data = ok(Cli.run("data", path("t.csv")));
        assertThat(data.out()).contains("texts  3: 7, 007, 42");
        assertThat(data.err()).containsOnlyOnce("'007'");
    }

    @Test
    void aKindThatIsGivenWins() throws IOException {
        table(List.of("7", "007", "42"), List.of("a", "b"));
        assertThat(ok(train("--numbers", "code")).err()).doesNotContain("read as texts");
        assertThat(inputs()).containsExactly("code", "x");
        assertThat(Files.readString(temp.resolve("run/config.yaml"))).contains("numbers: code");
        assertThat(ok(train("--categories", "code")).err()).doesNotContain("read as texts");
        assertThat(inputs()).contains("code=007", "code=7");
        Cli both = train("--categories", "code", "--numbers", "code");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("column 'code'", "got both");
        table(List.of("7", "8"), List.of("01", "02", "03"));
        assertThat(ok(train()).err()).contains("task   classify", "column 'kind': read as texts");
        Cli texts = train("--task", "regress", "--categories", "kind");
        assertThat(texts.code()).isEqualTo(3);
        assertThat(texts.err()).contains("expects numbers as target values, got texts: 01, 02, 03", "--numbers");
        Cli values = ok(train("--task", "regress"));
        assertThat(values.out()).contains("R²");
        assertThat(values.err()).doesNotContain("read as texts");
        ok(Cli.run("evaluate", path("run")));
    }

    @Test
    void columnsThatSettingsTakeAsNumbersAreNumbers() throws IOException {
        table(List.of("01", "02"), List.of("a", "b"));
        assertThat(ok(train("--weight", "code")).err()).doesNotContain("read as texts");
        var pixels = new StringBuilder("p0,p1,p2,p3,kind\n");
        for (int i = 0; i < 40; i++) {
            pixels.append("%03d,000,%03d,%03d,0%d%n".formatted(i, 255 - i, 3 * i, i % 2));
        }
        Files.writeString(temp.resolve("t.csv"), pixels);
        assertThat(ok(train("--image", "1x2x2")).err()).containsOnlyOnce("read as texts"); // the label
        assertThat(inputs()).containsExactly("p0", "p1", "p2", "p3");
        var series = new StringBuilder("units\n");
        for (int i = 0; i < 200; i++) series.append("%04d%n".formatted(100 + i % 24));
        Files.writeString(temp.resolve("t.csv"), series);
        ok(train("--label", "units", "--forecast", "3"));
        ok(Cli.run("evaluate", path("run")));
    }

    @Test
    void classesPrintAsInTheFile() throws IOException {
        for (List<String> classes : List.of(
                List.of("007", "042"),
                List.of("01", "1", "001"),
                List.of("-1", "+1"),
                List.of("0.0", "1.0"),
                List.of("1e3", "2e3"))) {
            table(List.of("7", "8"), classes);
            ok(train());
            String head =
                    Cli.withInput("code,x\n7,1\n", "predict", path("run"), "-").out();
            String evaluated =
                    ok(Cli.run("evaluate", path("run"), "--confusion")).out();
            String data = ok(Cli.run("data", path("t.csv"), "--label", "kind")).out();
            for (String each : classes) {
                assertThat(head).contains(",p_" + each);
                assertThat(evaluated).containsPattern("(?m)^ *" + java.util.regex.Pattern.quote(each) + " ");
                assertThat(data).containsPattern("(?m)^  " + java.util.regex.Pattern.quote(each) + "  [0-9]+");
            }
            Cli whole = ok(Cli.run("evaluate", path("run"), "--data", path("t.csv")));
            assertThat(whole.err()).contains("only its test part is used");
        }
    }

    @Test
    void classesOfTextsPrintAsInTheFileToo() throws IOException {
        var csv = new StringBuilder("review,kind\n");
        for (int i = 0; i < 40; i++) csv.append(i % 2 == 0 ? "good,+1\n" : "bad,-1\n");
        Files.writeString(temp.resolve("t.csv"), csv);
        for (String label : List.of("kind", "last")) {
            Cli trained = Cli.run(
                    "train",
                    path("t.csv"),
                    "--text",
                    "review",
                    "--label",
                    label,
                    "--epochs",
                    "1",
                    "--overwrite",
                    "--out",
                    path("run"));
            ok(trained);
            assertThat(Cli.withInput("review\ngood\n", "predict", path("run"), "-")
                            .out())
                    .contains("p_-1,p_+1");
            ok(Cli.run("evaluate", path("run")));
        }
    }

    @Test
    void rowsMayBeSplitByTimesWithLeadingZeros() throws IOException {
        var csv = new StringBuilder("hour,x,kind\n");
        for (int i = 0; i < 24; i++) csv.append("%02d,%d.5,%s%n".formatted(i, i, i % 2 == 0 ? "a" : "b"));
        Files.writeString(temp.resolve("t.csv"), csv);
        assertThat(ok(train("--order-by", "hour")).err()).contains("split  by 'hour'");
        ok(Cli.run("evaluate", path("run")));
    }
}
