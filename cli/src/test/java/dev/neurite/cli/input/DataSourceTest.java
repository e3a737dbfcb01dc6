package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.TinyData;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// DATA on the command line, and messages about files whose content does not fit their name.
final class DataSourceTest {
    private static final String ROWS =
            "x,y,kind\n1,2,a\n3,4,b\n2,2,a\n4,4,b\n1,3,a\n5,4,b\n2,1,a\n5,5,b\n1,1,a\n4,6,b\n";

    @TempDir
    Path temp;

    private String file(String name, String content) throws IOException {
        return Files.writeString(temp.resolve(name), content).toString();
    }

    private Cli train(String data, String run, String... options) {
        List<String> words = new ArrayList<>(
                List.of("train", data, "--out", temp.resolve(run).toString()));
        words.addAll(List.of("--layers", "4", "--epochs", "2"));
        words.addAll(Arrays.asList(options));
        return Cli.run(words.toArray(String[]::new));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(each);
        }
    }

    @Test
    void aDataSetsNameMeansTheDataSetAlsoBesideADirectoryCalledSo() throws IOException {
        Path run = Path.of("wine"); // in the working directory, as somebody's run may be
        try {
            Cli trained = Cli.run("train", "wine", "--out", "wine", "--epochs", "1");
            assertThat(trained.code()).as(trained.err()).isZero();
            Cli evaluated = Cli.run("evaluate", "wine");
            assertThat(evaluated.code()).as(evaluated.err()).isZero();
            assertThat(evaluated.err()).contains("wine is the data set of that name", "is ./wine");
            Cli again = train("wine", "run");
            assertThat(again.code()).as(again.err()).isZero();
            assertThat(train("./wine", "other").err()).contains("./wine");
        } finally {
            delete(run);
        }
    }

    @Test
    void aFileOfTabsIsReadWithTabs() throws IOException {
        String tabs = file("t.tsv", ROWS.replace(',', '\t'));
        Cli trained = train(tabs, "run", "--label", "kind");
        assertThat(trained.code()).as(trained.err()).isZero();
        String run = temp.resolve("run").toString();
        assertThat(Cli.run("evaluate", run).code()).isZero();
        assertThat(Cli.run("data", tabs).out()).contains("10 rows   3 columns");
        String commas = file("c.csv", ROWS);
        Cli evaluated = Cli.run("evaluate", run, "--data", commas);
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        assertThat(Cli.run("predict", run, file("p.tsv", "y\tx\n1\t2\n")).code())
                .isZero();
        Cli told = train(file("commas.tsv", ROWS), "told", "--label", "kind", "--delimiter", ",");
        assertThat(told.code()).as(told.err()).isZero();
        assertThat(Cli.run("evaluate", temp.resolve("told").toString()).code()).isZero();
    }

    @Test
    void aPackedTableIsReadAsItIs() {
        byte[] packed = TinyData.gzip(ROWS.getBytes(StandardCharsets.UTF_8));
        String file = TinyData.write(temp.resolve("t.csv.gz"), packed).toString();
        Cli trained = train(file, "run", "--label", "kind");
        assertThat(trained.code()).as(trained.err()).isZero();
        String run = temp.resolve("run").toString();
        assertThat(Cli.run("evaluate", run).code()).isZero();
        assertThat(Cli.run("data", file).out()).contains("10 rows   3 columns");
        Cli predicted = Cli.run("predict", run, file);
        assertThat(predicted.code()).as(predicted.err()).isZero();
        assertThat(predicted.out().lines()).hasSize(11);
        byte[] cut = Arrays.copyOf(packed, packed.length - 12);
        Cli refused =
                Cli.run("data", TinyData.write(temp.resolve("cut.csv.gz"), cut).toString());
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("cut.csv.gz: expects undamaged gzip data");
    }

    @Test
    void faultsOfDataSayWhichData() throws IOException {
        Cli one = train(file("one.csv", "x,kind\n1,a\n"), "run", "--label", "kind");
        assertThat(one.err()).contains("one.csv, split: expects at least 2 rows, got 1");
        assertThat(one.code()).isEqualTo(3);
        Cli alone = train(file("alone.csv", "kind\na\nb\na\nb\n"), "run", "--label", "kind");
        assertThat(alone.err())
                .contains("alone.csv, table: expects at least one column besides 'kind' for inputs, got none");
        assertThat(alone.code()).isEqualTo(3);
    }

    @Test
    void aTableWithoutARowThatFitsSaysWhichLineDoesNot() throws IOException {
        Cli result = Cli.run("data", file("odd.csv", "a,b\n1,2,3\n4,5,6\n"));
        assertThat(result.err()).contains("odd.csv, line 2: expects 2 cells as in its header, got 3");
        assertThat(result.code()).isEqualTo(3);
    }

    @Test
    void aPointerOfGitLfsIsNoTable() throws IOException {
        String pointer = file("big.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
        Cli result = Cli.run("data", pointer);
        assertThat(result.err()).contains("got a pointer of Git LFS", "'git lfs pull' fetches it");
        assertThat(result.code()).isEqualTo(3);
    }

    @Test
    void aHeaderOfYearsIsPointedOut() throws IOException {
        String years = file("years.csv", "2019,2020,2021\n5,6,7\n3,4,9\n");
        assertThat(Cli.run("data", years).err())
                .contains("line 1: taken for a row", "2019, 2020, 2021", "--header yes");
        assertThat(Cli.run("data", years, "--header", "yes").err()).isEmpty();
        assertThat(Cli.run("data", years, "--header", "no").err()).isEmpty();
        assertThat(Cli.run("data", file("plain.csv", "5,6\n5,6\n")).err()).isEmpty();
    }

    @Test
    void aNumberOfAMillionDigitsIsRefusedAtOnce() throws IOException {
        String config = file("long.yaml", "data: iris\nepochs: " + "9".repeat(900_000) + "\n");
        long start = System.nanoTime();
        Cli result = Cli.run("config", "check", config);
        assertThat(result.err()).contains("expects numbers of at most 1,000 digits, got 900,000");
        assertThat(result.code()).isEqualTo(2);
        assertThat((System.nanoTime() - start) * 1e-9).isLessThan(5);
    }

    @Test
    void notesOfAModelThatMakeNoSenseAreTheModelFilesFault() throws IOException {
        assertThat(train(file("t.csv", ROWS), "run", "--label", "kind").code()).isZero();
        ModelFile good = ModelFile.read(temp.resolve("run/model.safetensors"), Catalog.standard());
        Map<String, String> broken =
                Map.of("csv.test", "a\0b", "csv.test-share", "5", "csv.delimiter", "\"", "csv.header", "perhaps");
        for (Map.Entry<String, String> each : broken.entrySet()) {
            Map<String, String> notes = new HashMap<>(good.notes());
            notes.put(each.getKey(), each.getValue());
            Path model = temp.resolve("resealed.safetensors");
            new ModelFile(good.model(), notes, good.signature()).write(model, Catalog.standard());
            Cli refused = Cli.run("evaluate", model.toString());
            assertThat(refused.code()).as(each + refused.err()).isEqualTo(4);
            assertThat(refused.err()).contains("resealed.safetensors");
        }
    }

    @Test
    void dataThatIsNotThereAnyMoreIsAskedFor() throws IOException {
        Path data = Files.createDirectory(temp.resolve("d"));
        String csv = Files.writeString(data.resolve("t.csv"), ROWS).toString();
        assertThat(train(csv, "run", "--label", "kind").code()).isZero();
        ModelFile good = ModelFile.read(temp.resolve("run/model.safetensors"), Catalog.standard());
        Map<String, String> notes = new HashMap<>(good.notes());
        notes.put("data", "pets");
        Path model = temp.resolve("moved.safetensors");
        new ModelFile(good.model(), notes, good.signature()).write(model, Catalog.standard());
        Cli refused = Cli.run("evaluate", model.toString());
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("pets: expects the data that the model was trained on", "--data");
        assertThat(Cli.run("evaluate", model.toString(), "--data", "pets").err())
                .contains("or an existing file or directory, got 'pets'");
    }

    @Test
    void aNearlyConstantColumnIsNamed() throws IOException {
        var csv = new StringBuilder("x,rare,kind\n");
        for (int i = 0; i < 3000; i++)
            csv.append(i % 7 + "," + (i == 5 || i == 9 ? 1 : 0) + "," + "ab".charAt(i % 2) + "\n");
        String rare = file("rare.csv", csv.toString());
        assertThat(train(rare, "run", "--label", "kind").err())
                .containsPattern(
                        "note: column 'rare' is nearly constant or has extreme values: standardized, it reaches"
                                + " [34][0-9] deviations\\. --drop rare leaves it out, --scale minmax");
        assertThat(train(rare, "scaled", "--label", "kind", "--scale", "minmax").err())
                .doesNotContain("nearly constant");
    }

    @Test
    void columnsThatLookLikePixelsAreLedToImages() throws IOException {
        var csv = new StringBuilder("label");
        for (int j = 0; j < 64; j++) csv.append(",p" + j);
        for (int i = 0; i < 40; i++) {
            csv.append("\n" + i % 2);
            for (int j = 0; j < 64; j++) csv.append("," + (j == 3 ? (i == 7 ? 1 : 0) : (i * 31 + j * 17) % 256));
        }
        String pixels = file("pixels.csv", csv + "\n");
        Cli trained = train(pixels, "run", "--label", "label");
        assertThat(trained.err())
                .contains("64 columns of 0 to 255 look like pixels", "--image 1x8x8 scales all in the same way");
        assertThat(train(pixels, "images", "--label", "label", "--image", "1x8x8")
                        .err())
                .doesNotContain("look like pixels");
        assertThat(train(pixels, "scaled", "--label", "label", "--scale", "minmax")
                        .err())
                .doesNotContain("look like pixels");
    }

    @Test
    void aCodeAmongFractionsIsRefusedWithTheWayToReadItAsText() throws IOException {
        Cli refused = train(file("codes.csv", "code,x,kind\n7.5,1,a\n8,2,b\nA3,1,a\n"), "run", "--label", "kind");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err())
                .contains("line 4, column 'code': expects a number, got 'A3'", "--missing 'A3'", "--categories code");
    }
}
