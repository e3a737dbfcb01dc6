package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.TinyData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// NumPy files, balanced classes and `--drop-last` on the command line.
class NumpyTest {
    private static final int ROWS = 100;

    @TempDir
    private Path folder;

    private static byte[] array(String type, String shape, byte[] content) {
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
        byte[] header = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(10 + header.length + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length)
                .put(header)
                .put(content)
                .array();
    }

    /// Rows of two numbers.
    private static byte[] rows(int count) {
        ByteBuffer content = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) content.putFloat(i % 5 == 0 ? 1 : -1).putFloat(i % 7 / 7f);
        return array("<f4", "(" + count + ", 2)", content.array());
    }

    /// One row in five is of class 1.
    private static byte[] labels(int count) {
        ByteBuffer content = ByteBuffer.allocate(count);
        for (int i = 0; i < count; i++) content.put((byte) (i % 5 == 0 ? 1 : 0));
        return array("|u1", "(" + count + ",)", content.array());
    }

    private static byte[] zip(Map<String, byte[]> arrays) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            for (var each : arrays.entrySet()) {
                out.putNextEntry(new ZipEntry(each.getKey() + ".npy"));
                out.write(each.getValue());
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private String data = "";
    private String run = "";

    @BeforeEach
    void write() {
        data = TinyData.write(folder.resolve("data.npz"), zip(Map.of("x", rows(ROWS), "y", labels(ROWS))))
                .toString();
        run = folder.resolve("run").toString();
    }

    private Cli train(String... more) {
        String[] usual = {"train", data, "--layers", "8", "--epochs", "30", "--lr", "0.02", "--out", run};
        String[] all = Arrays.copyOf(usual, usual.length + more.length);
        System.arraycopy(more, 0, all, usual.length, more.length);
        return Cli.run(all);
    }

    @Test
    void arraysAreLearnedEvaluatedAndPredicted() {
        Cli trained = train();
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.out()).startsWith("test accuracy 1.0000 (20/20");
        assertThat(trained.err()).contains("data.npz   train 80   test 20   [2]   2 classes");
        assertThat(Cli.run("evaluate", run).out()).startsWith("accuracy 1.0000");
        assertThat(Cli.run("evaluate", run, "--data", data, "--json").code()).isZero();
        String rows = TinyData.write(folder.resolve("rows.npy"), rows(3)).toString();
        Cli predicted = Cli.run("predict", run, rows);
        assertThat(predicted.out()).startsWith("row,prediction,p_0,p_1\n0,1,").contains("\n1,0,", "\n2,0,");
        String one = TinyData.write(
                        folder.resolve("one.npy"),
                        array("<f4", "(2,)", new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0}))
                .toString();
        assertThat(Cli.run("predict", run, one).out()).startsWith("row,prediction,p_0,p_1\n0,1,");
    }

    @Test
    void balancedClassesAndWholeBatchesAreWrittenDown() {
        Cli trained = train("--balance", "--drop-last", "--batch", "50");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("train 128   test 20", "drop-last   balanced   batch 50");
        String log = new String(TinyData.read(Path.of(run, "config.yaml")), StandardCharsets.UTF_8);
        assertThat(log).contains("balance: true", "drop-last: true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train none.npz|3|none.npz: expects a .npz file, got nothing: it does not exist",
                "train diabetes --balance|2|--balance: expects data with classes, got numbers as targets",
                "train iris --drop-last --batch 500|2|expects at least 1 batch of 500 rows, got 120 rows in all",
                "train iris --drop-last --optimizer lbfgs|2|--drop-last: expects an optimizer",
            })
    void whatCannotBeIsRefused(String line, int code, String message) {
        Cli result = Cli.run((line + " --out " + run).split(" ", -1));
        assertThat(result.err()).contains(message);
        assertThat(result.code()).isEqualTo(code);
        assertThat(Path.of(run)).doesNotExist();
    }

    @Test
    void rowsThatDoNotFitTheModelAreRefused() {
        assertThat(train("-q").code()).isZero();
        byte[] nan = rows(2);
        nan[nan.length - 1] = 0x7f;
        nan[nan.length - 2] = (byte) 0xc0;
        refused(nan, "row 1, value 1: expects a finite number, got NaN");
        refused(labels(3), "expects rows of [2] for this model, got an array [3]");
        refused(rows(0), "expects at least one row, got none");
        refused(new byte[5], "expects an array in NumPy's format (.npy), got a file that begins 0x0000000000");
    }

    private void refused(byte[] file, String message) {
        Cli result = Cli.run(
                "predict", run, TinyData.write(folder.resolve("bad.npy"), file).toString());
        assertThat(result.err()).contains(message);
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void oneHotTargetsArePointedOut() {
        ByteBuffer content = ByteBuffer.allocate(8 * ROWS).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ROWS; i++) content.putFloat(i % 5 == 0 ? 1 : 0).putFloat(i % 5 == 0 ? 0 : 1);
        byte[] targets = array("<f4", "(" + ROWS + ", 2)", content.array());
        String file = TinyData.write(folder.resolve("hot.npz"), zip(Map.of("x", rows(ROWS), "y", targets)))
                .toString();
        Cli trained = Cli.run(
                "train", file, "--epochs", "1", "--out", folder.resolve("hot").toString());
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("note: targets are one-hot rows, which are trained on as numbers");
        Cli refused = Cli.run(
                "train",
                file,
                "--loss",
                "cross-entropy",
                "--out",
                folder.resolve("no").toString());
        assertThat(refused.err()).contains("got targets of 2 numbers", "class numbers instead of one-hot rows");
    }
}
