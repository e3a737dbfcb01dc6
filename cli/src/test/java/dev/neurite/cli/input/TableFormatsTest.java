package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.TinyData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same table as CSV, gzipped CSV, ARFF and Parquet, on every command. `scripts/golden/parquet_files.mjs` makes
/// fruit.parquet of the values that are computed here again.
final class TableFormatsTest {
    private static final List<String> COLORS = List.of("red", "green", "blue");

    @TempDir
    static Path directory;

    private static String csv;
    private static List<String> others;
    private static String run;

    private static String rows() {
        return IntStream.range(0, 80)
                .mapToObj(i -> {
                    double weight = i * 37 % 101 / 4.0;
                    return weight + "," + COLORS.get(i % 3) + "," + i % 7 + "," + (weight > 12 ? "apple" : "cherry")
                            + "\n";
                })
                .collect(Collectors.joining());
    }

    @BeforeAll
    static void train() throws IOException {
        String plain = "weight,color,count,kind\n" + rows();
        csv = Files.writeString(directory.resolve("fruit.csv"), plain).toString();
        Path packed = TinyData.write(
                directory.resolve("fruit.csv.gz"), TinyData.gzip(plain.getBytes(StandardCharsets.UTF_8)));
        Path arff = Files.writeString(
                directory.resolve("fruit.arff"),
                "@relation fruit\n@attribute weight real\n@attribute color {red,green,blue}\n"
                        + "@attribute count integer\n@attribute kind {apple,cherry}\n@data\n" + rows());
        Path parquet = directory.resolve("fruit.parquet");
        Files.copy(Path.of("src/test/resources/parquet/fruit.parquet").toAbsolutePath(), parquet);
        Path unnamed = Files.copy(parquet, directory.resolve("fruit-as-parquet"));
        others = List.of(packed.toString(), arff.toString(), parquet.toString(), unnamed.toString());
        run = trained(csv);
    }

    private static String trained(String file) {
        String out = directory.resolve("run-" + Path.of(file).getFileName()).toString();
        Cli trained = Cli.run("train", file, "--label", "kind", "--epochs", "3", "--layers", "4", "--out", out);
        assertThat(trained.code()).as(trained.err()).isZero();
        return out;
    }

    @Test
    void trainsToTheSameWeights() {
        String measured = Cli.run("evaluate", run).out();
        for (String each : others) {
            String other = trained(each);
            assertThat(Cli.run("evaluate", other).out()).isEqualTo(measured);
            assertThat(Cli.run("predict", other, csv).out())
                    .isEqualTo(Cli.run("predict", run, csv).out());
        }
    }

    @Test
    void predictsAndEvaluatesTheSame() {
        String predicted = Cli.run("predict", run, csv).out();
        String measured = Cli.run("evaluate", run, "--data", csv).out();
        assertThat(predicted.lines().count()).isEqualTo(81);
        for (String each : others) {
            assertThat(Cli.run("predict", run, each).out()).isEqualTo(predicted);
            assertThat(Cli.run("evaluate", run, "--data", each).out()).isEqualTo(measured);
        }
    }

    @Test
    void describesColumns() {
        String described = Cli.run("data", csv, "--label", "kind").out().replace(csv, "");
        for (String each : others) {
            assertThat(Cli.run("data", each, "--label", "kind").out().replace(each, ""))
                    .isEqualTo(described);
        }
    }

    @Test
    void optionsOfCsvAreRefusedForOtherFiles() {
        for (String each : others.subList(1, others.size())) {
            for (String option : List.of("--delimiter=;", "--header=yes")) {
                Cli refused = Cli.run("train", each, "--label", "kind", option);
                assertThat(refused.code()).isEqualTo(2);
                assertThat(refused.err()).contains(option.replaceAll("=.*", "") + ": expects a CSV file, got " + each);
            }
        }
    }

    /// What the training noted of its file says nothing about one of another format.
    @Test
    void aModelOfAnotherDelimiterPredictsFromAll() throws IOException {
        String semicolons = Files.writeString(
                        directory.resolve("fruit;.csv"),
                        Files.readString(Path.of(csv)).replace(',', ';'))
                .toString();
        String out = directory.resolve("run-semicolons").toString();
        Cli trained = Cli.run(
                "train",
                semicolons,
                "--label",
                "kind",
                "--epochs",
                "3",
                "--layers",
                "4",
                "--delimiter",
                ";",
                "--out",
                out);
        assertThat(trained.code()).as(trained.err()).isZero();
        String predicted = Cli.run("predict", out, semicolons).out();
        for (String each : others.subList(1, others.size())) {
            assertThat(Cli.run("predict", out, each).out()).isEqualTo(predicted);
        }
    }

    @Test
    void aTestFileMayHaveAnotherFormat() {
        Cli trained = Cli.run(
                "train",
                csv,
                "--label",
                "kind",
                "--test",
                others.get(2),
                "--epochs",
                "1",
                "--out",
                directory.resolve("tested").toString());

        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.out()).contains("80");
    }
}
