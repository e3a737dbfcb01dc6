package dev.neurite.cli.command;

import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import dev.neurite.cli.JsonText;
import dev.neurite.cli.TinyData;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.datasets.ImageFile;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PredictTest {
    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static String images;
    private static String iris;

    @BeforeAll
    static void train() {
        Path data = TinyData.directory(shared.resolve("data"));
        images = TinyData.run(data, shared.resolve("images")).toString();
        iris = shared.resolve("iris").toString();
        assertThat(Cli.run("train", "iris", "--out", iris).code()).isZero();
    }

    @Test
    void anIdxFileGivesALineAnImage() {
        Path file = TinyData.write(temp.resolve("new-idx3-ubyte.gz"), TinyData.gzip(TinyData.images(6)));
        Cli result = Cli.run("predict", images, file.toString());
        assertThat(result.err()).isEmpty();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.getFirst()).isEqualTo("row,prediction,p_0,p_1,p_2");
        assertThat(lines).hasSize(7);
        for (int i = 0; i < 6; i++) assertThat(lines.get(i + 1)).startsWith(i + "," + i % 3 + ",");
    }

    @Test
    void numbersFarFromThoseOfTheTrainingAreToldOnce() {
        String rows = "5.1,3.5,1.4,0.2\n".repeat(600) + "510,350,140,20\n".repeat(600);
        Cli far = Cli.withInput(rows, "predict", iris, "-");
        assertThat(far.code()).isZero();
        assertThat(far.out().lines()).hasSize(1201);
        assertThat(far.err().lines())
                .containsExactly("warning: - has values from 0.2 to 510.0, training saw 0.1 to 7.7");
        assertThat(Cli.withInput("5.1,3.5,1.4,0.2\n", "predict", iris, "-").err())
                .isEmpty();
    }

    /// A few rows of a file are predicted by plain loops, those of standard input with vectors.
    @Test
    void aFewRowsHaveTheBitsOfMany() {
        String rows = "5.1,3.5,1.4,0.2\n6.5,3,5.8,2.2\n";
        Path file = TinyData.write(temp.resolve("few.csv"), rows.getBytes(StandardCharsets.UTF_8));
        assertThat(Cli.ok("predict", iris, file.toString()).out())
                .isEqualTo(Cli.withInput(rows, "predict", iris, "-").out());
    }

    @Test
    void outputsBeyondAnArrayAreRefused() {
        Model model = Model.of(Layers.image(1, 1, 3), Layers.upsample(20_000)).initialize(1);
        Path file = temp.resolve("large.safetensors");
        ModelFile.save(model, file);
        Cli result = Cli.withInput("1.5,2.5,3.5\n".repeat(2), "predict", file.toString(), "-");
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("error: ")
                .contains("expects at most 2³¹−1 elements, got [2, 1, 20000, 60000]");
    }

    @Test
    void topGivesTheMostProbableClassesOnly() {
        Cli result = Cli.withInput("5.1,3.5,1.4,0.2\n", "predict", iris, "-", "--top", "2");
        assertThat(result.out()).matches("row,prediction,p,prediction_2,p_2\n0,setosa,0\\.\\d+,versicolor,[0-9.E-]+\n");
    }

    @Test
    void jsonGivesAnObjectALine() {
        Cli result = Cli.withInput("5.1,3.5,1.4,0.2\n6.5,3,5.8,2.2\n", "predict", iris, "-", "--json");
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(2);
        Map<String, Object> second = JsonText.object(lines.get(1));
        assertThat(second).containsEntry("row", 1.0).containsEntry("label", "virginica");
        double sum = 0;
        if (second.get("probabilities") instanceof Map<?, ?> p) {
            for (Object each : p.values()) sum += (Double) each;
        }
        assertThat(sum).isBetween(0.9999, 1.0001);
    }

    @Test
    void aHeaderWithTheNamesOfTheColumnsMayHaveThemInAnyOrder() {
        String plain = Cli.withInput("5.1,3.5,1.4,0.2\n", "predict", iris, "-").out();
        List<String> names = LoadedModel.read(iris).input().features();
        assertThat(names).hasSize(4);
        String csv = "\ufeffspecies," + names.get(3) + "," + names.get(0) + "," + names.get(2) + "," + names.get(1)
                + "\r\nsetosa,0.2,5.1,1.4,3.5\r\n";
        Cli reordered = Cli.withInput(csv, "predict", iris, "-");
        assertThat(reordered.out()).isEqualTo(plain);
        assertThat(reordered.err()).contains("not used: species");
    }

    @Test
    void aNetworkOfNumbersGivesNumbers() {
        String run = temp.resolve("run").toString();
        assertThat(Cli.run("train", "diabetes", "--layers", "8", "--out", run).code())
                .isZero();
        Cli result = Cli.withInput("59,2,32.1,101,157,93.2,38,4,4.8598,87\n", "predict", run, "-");
        assertThat(result.out()).matches("row,prediction\n0,\\d+\\.\\d+\n");
        assertThat(Cli.withInput("1\n", "predict", run, "-", "--top", "1").code())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "1,2,3 # standard input, line 1: expects 4 cells, sepal length (cm), sepal width (cm),",
                "1;2;3;4 # Cells look separated by ';'",
                "1,2,3,4|1,x,3,4 # line 2, column 'sepal width (cm)': expects a number, got 'x'",
                "1,x,3,4 # line 1, column 'sepal width (cm)': expects a number, got 'x'",
                "1,,3,4 # line 1, column 'sepal width (cm)': expects a value, got none",
                "1,NaN,3,4 # line 1, column 'sepal width (cm)': expects a number, got 'NaN'",
                "1,1e400,3,4 # got '1e400', which is beyond",
                "1,2f,3,4 # got '2f'",
                "1,2,3,4|1,2,3 # line 2: expects 4 cells as in its first line, got 3",
                "a,b,c,d|1,2,3,4 # expects the columns",
                "~~ # expects CSV, got an empty file",
                "1,2,3,4|\"1,2,3,4 # line 2: expects an end of the quote that begins here"
            })
    void badRowsAreRefusedWithTheirPlace(String csv, String message) {
        Cli result = Cli.withInput(csv.replace('|', '\n'), "predict", iris, "-");
        assertThat(result.err()).contains(message);
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.out()).as("rows before a bad one may be answered").doesNotContain("\n1,");
        Path file =
                TinyData.write(temp.resolve("rows.csv"), csv.replace('|', '\n').getBytes(StandardCharsets.UTF_8));
        Cli whole = Cli.run("predict", iris, file.toString());
        assertThat(whole.err()).contains(message.replace("standard input", file.toString()));
        assertThat(whole.out()).isEmpty();
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        Path file = TinyData.write(temp.resolve("rows.csv"), new byte[] {'1', ',', (byte) 0xff, (byte) 0xfe});
        assertThat(Cli.run("predict", iris, file.toString()).err())
                .contains("rows.csv, byte 2: expects text in UTF-8, got the byte 0xff");
    }

    @Test
    void columnsWithoutKnownNamesAreTakenInOrderUnderAnyHeader() {
        String plain = Cli.withInput("0,1,0,0,0,0\n", "predict", images, "-").out();
        assertThat(plain).startsWith("row,prediction,p_0,p_1,p_2\n0,");
        Cli named = Cli.withInput("a,b,c,d,e,f\n0,1,0,0,0,0\n", "predict", images, "-");
        assertThat(named.out()).isEqualTo(plain);
        assertThat(named.err()).isEmpty();
        assertThat(Cli.withInput("0,1\n", "predict", images, "-").err())
                .contains("standard input: expects 6 columns for this model, got 2");
        assertThat(Cli.withInput("0,1,x,0,0,0\n", "predict", images, "-").err())
                .contains("line 1, column 'column3': expects a number, got 'x'. If it stands for a missing value, the"
                        + " cell has to be empty\n");
        assertThat(Cli.withInput("0;1\n0;1\n", "predict", images, "-").err())
                .contains("Cells look separated by ';': separate them by ','\n");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_BYTE_GRAY,
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_USHORT_GRAY,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_BYTE_INDEXED
            })
    void aPngImageOfAnyKindReadsAsItsPixels(int type) throws IOException {
        var image = new BufferedImage(3, 2, type);
        if (type == BufferedImage.TYPE_BYTE_GRAY) image.getRaster().setSample(1, 0, 0, 128);
        else if (type == BufferedImage.TYPE_USHORT_GRAY) image.getRaster().setSample(1, 0, 0, 128 * 257);
        else image.setRGB(1, 0, type == BufferedImage.TYPE_BYTE_INDEXED ? 0xffffffff : 0xff808080);
        Path file = temp.resolve("image.png");
        ImageIO.write(image, "png", file.toFile());
        float[] row = ImageFile.read(file, LoadedModel.read(images).input().images());
        float gray = type == BufferedImage.TYPE_BYTE_INDEXED ? 1 : 128 / 255f;
        float black = 0;
        assertThat(row[0]).isEqualTo(black);
        assertThat(row[1]).isEqualTo(gray);
        assertThat(row[5]).isEqualTo(black);
        assertThat(Cli.run("predict", images, file.toString()).out()).contains("\n0,1,");
    }

    @Test
    void aPngImageOfAnotherSizeIsRefusedWithBothShapes() throws IOException {
        Path file = temp.resolve("image.png");
        ImageIO.write(new BufferedImage(28, 20, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
        Cli result = Cli.run("predict", images, file.toString());
        assertThat(result.err()).contains("expects an image [1×2×3]", "got one of height 20 and width 28");
        assertThat(result.code()).isEqualTo(3);
    }

    @Test
    void aDamagedPngImageIsRefused() {
        Path file = TinyData.write(temp.resolve("image.png"), "no image".getBytes(StandardCharsets.UTF_8));
        Cli result = Cli.run("predict", images, file.toString());
        assertThat(result.err()).contains("expects an undamaged PNG or JPEG image");
        assertThat(result.code()).isEqualTo(3);
    }

    @Test
    void filesThatAreMissingOrDoNotFitAreRefused() {
        assertThat(Cli.run("predict", images, temp.resolve("nothing.csv").toString())
                        .err())
                .contains("does not exist");
        assertThat(Cli.run("predict", images, temp.toString()).err())
                .contains("expects a directory with PNG or JPEG images, got one without");
        Path labels = TinyData.write(temp.resolve("labels-idx1-ubyte"), TinyData.labels(4));
        assertThat(Cli.run("predict", images, labels.toString()).err()).contains("expects images");
        Path html = TinyData.write(temp.resolve("x.gz"), "<html>".getBytes(StandardCharsets.UTF_8));
        assertThat(Cli.run("predict", images, html.toString()).err()).contains("a web page (HTML)");
        Path image = TinyData.write(temp.resolve("i-idx3-ubyte"), TinyData.images(1));
        assertThat(Cli.run("predict", iris, image.toString()).err())
                .contains("expects images [4] for this model, got [1×2×3]");
    }

    private static Process pipe(Path pipe) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS))
                .isTrue();
        return new ProcessBuilder("sh", "-c", "cat >'" + pipe + "'").start();
    }

    /// As `<(…)` and `/dev/stdin` are.
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aPipeIsReadOnce() throws Exception {
        String row = "0.100000000001,3.5,1.4,0.2\n";
        Path pipe = temp.resolve("pipe");
        Process writer = pipe(pipe);
        try (var to = writer.outputWriter(StandardCharsets.UTF_8)) {
            to.write(row);
        }
        Path file = TinyData.write(temp.resolve("rows.csv"), row.getBytes(StandardCharsets.UTF_8));
        assertThat(Cli.run("predict", iris, pipe.toString()).out())
                .isEqualTo(Cli.run("predict", iris, file.toString()).out());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anImageMayComeByAPipe() throws Exception {
        byte[] content = TinyData.gzip(TinyData.images(3));
        Path pipe = temp.resolve("pipe");
        Process writer = pipe(pipe);
        try (var to = writer.getOutputStream()) {
            to.write(content);
        }
        Path file = TinyData.write(temp.resolve("new-idx3-ubyte.gz"), content);
        Cli piped = Cli.run("predict", images, pipe.toString());
        assertThat(piped.err()).isEmpty();
        assertThat(piped.out())
                .isEqualTo(Cli.run("predict", images, file.toString()).out());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aTableMayComePackedByAPipeOrInAFileOfAnyName() throws Exception {
        byte[] content = "5.1,3.5,1.4,0.2\n6.1,2.8,4.7,1.2\n".getBytes(StandardCharsets.UTF_8);
        Path pipe = temp.resolve("pipe");
        Process writer = pipe(pipe);
        try (var to = writer.getOutputStream()) {
            to.write(TinyData.gzip(content));
        }
        String expected = Cli.run(
                        "predict",
                        iris,
                        TinyData.write(temp.resolve("rows.csv"), content).toString())
                .out();
        Cli piped = Cli.run("predict", iris, pipe.toString());
        assertThat(piped.err()).isEmpty();
        assertThat(piped.out()).isEqualTo(expected).hasLineCount(3);
        Path file = TinyData.write(temp.resolve("rows.data"), TinyData.gzip(content));
        assertThat(Cli.run("predict", iris, file.toString()).out()).isEqualTo(expected);
    }

    @Test
    void rowsOfAPipeArePredictedAsTheyCome() throws Exception {
        Process process = CliProcess.start(temp, List.of(), "predict", iris, "-", "--json");
        try (var to = process.outputWriter(StandardCharsets.UTF_8);
                var from = process.inputReader(StandardCharsets.UTF_8)) {
            delayedExecutor(100, TimeUnit.SECONDS).execute(process::destroyForcibly); // ends what waits for a line
            for (int row = 0; row < 3; row++) {
                to.write("5.1,3.5,1.4,0.2\n");
                to.flush();
                assertThat(from.readLine()).startsWith("{\"row\":" + row + ",\"kind\":\"class\",\"label\":\"setosa\"");
            }
            to.write("5.1,3.5\n");
            to.flush();
            process.getOutputStream().close();
            assertThat(from.readLine()).isNull();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(3);
        assertThat(temp.resolve("err")).content().contains("standard input, line 4", "expects 4 cells");
    }

    @Test
    void manyRowsOfAPipeAreAsThoseOfAFile() {
        String rows = "sepal length (cm),petal width (cm),sepal width (cm),petal length (cm)\n"
                + "5.1,0.2,3.5,1.4\n6.5,2.2,3,5.8\n".repeat(1500);
        Path file = TinyData.write(temp.resolve("rows.csv"), rows.getBytes(StandardCharsets.UTF_8));
        String piped = Cli.withInput(rows, "predict", iris, "-").out();
        assertThat(piped.lines()).hasSize(3001);
        assertThat(piped).isEqualTo(Cli.run("predict", iris, file.toString()).out());
    }

    @Test
    void aPredictionThatIsNoNumberIsRefusedWithItsRow() {
        Cli result = Cli.withInput("5.1,3.5,1.4,0.2\n3e38,3e38,3e38,3e38\n", "predict", iris, "-");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.out()).contains("\n0,setosa,").doesNotContain("\n1,");
        assertThat(result.err()).contains("error: -, row 1 (from 0): expects a finite prediction, got NaN");
    }

    @Test
    void severalImagesAndDirectoriesArePredictedWithTheirFiles() throws IOException {
        Path directory = Files.createDirectories(temp.resolve("all/deep"));
        var image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
        for (String name : List.of("b.png", "deep/a.png")) {
            ImageIO.write(image, "png", temp.resolve("all").resolve(name).toFile());
        }
        TinyData.write(directory.resolve("notes.txt"), "mine".getBytes(StandardCharsets.UTF_8));
        String all = temp.resolve("all").toString();
        Path out = temp.resolve("answers.csv");
        Cli result = Cli.run("predict", images, all, all + "/b.png", "--out", out.toString());
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEmpty();
        List<String> lines = Files.readAllLines(out);
        assertThat(lines.getFirst()).isEqualTo("file,row,prediction,p_0,p_1,p_2");
        assertThat(lines.stream().skip(1).map(line -> line.split(",", -1)[0]))
                .containsExactly(all + "/b.png", all + "/deep/a.png", all + "/b.png");
        assertThat(Cli.run("predict", images, all, "--json").out())
                .startsWith("{\"file\":\"" + all + "/b.png\",\"row\":0,");
    }

    @Test
    void hiddenFilesAreLeftOut() throws IOException {
        Path directory = temp.resolve(".all");
        Files.createDirectories(directory.resolve(".thumbnails"));
        var image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
        ImageIO.write(image, "png", directory.resolve("a.png").toFile());
        for (String hidden : List.of("._a.png", ".thumbnails/a.png")) {
            TinyData.write(directory.resolve(hidden), "no image".getBytes(StandardCharsets.UTF_8));
        }
        Cli result = Cli.run("predict", images, directory.toString());
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).hasLineCount(2).contains("\n" + directory.resolve("a.png") + ",0,");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void predictionsGoToAPipe() throws Exception {
        Path pipe = temp.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS))
                .isTrue();
        Process reader = new ProcessBuilder("cat", pipe.toString()).start();
        try {
            Cli result = Cli.withInput("5.1,3.5,1.4,0.2\n", "predict", iris, "-", "--out", pipe.toString());
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(Files.isRegularFile(pipe)).isFalse();
            assertThat(reader.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(Cli.withInput("5.1,3.5,1.4,0.2\n", "predict", iris, "-")
                            .out());
        } finally {
            reader.destroyForcibly();
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void predictionsGoToTheFileThatALinkLeadsTo() throws IOException {
        Path file =
                Files.writeString(Files.createDirectory(temp.resolve("there")).resolve("answers.csv"), "before");
        Path link = Files.createSymbolicLink(temp.resolve("link"), file);
        Cli result = Cli.withInput("5.1,3.5,1.4,0.2\n", "predict", iris, "-", "--out", link.toString());
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(file).content().startsWith("row,prediction,").hasLineCount(2);
    }

    @Test
    void aFileOfPredictionsIsThereAsAWholeOrNotAtAll() throws IOException {
        Path out = temp.resolve("answers.csv");
        Files.writeString(out, "before");
        Cli bad = Cli.withInput("5.1,3.5,1.4,0.2\n1\n", "predict", iris, "-", "--out", out.toString());
        assertThat(bad.code()).isEqualTo(3);
        assertThat(out).hasContent("before");
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files).containsExactly(out);
        }
        assertThat(Cli.withInput("1,2,3,4\n", "predict", iris, "-", "--out", temp.toString())
                        .err())
                .contains("--out: expects a file, got a directory");
    }
}
