package dev.neurite.cli.input;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.CliProcess;
import dev.neurite.predict.Predictor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables larger than the heap train to the same weights as those in memory.
final class LargeTableTest {
    private static final int COLUMNS = 40;

    @TempDir
    Path temp;

    /// A CSV file of that many megabytes.
    private Path table(int megabytes) throws IOException {
        Path file = temp.resolve("large.csv");
        long state = 1;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            var line = new StringBuilder();
            for (int i = 0; i < COLUMNS; i++) line.append('f').append(i).append(',');
            out.write(line.append("label\n").toString().getBytes(US_ASCII));
            for (long written = 0; written < megabytes * 1_000_000L; written += line.length()) {
                line.setLength(0);
                for (int i = 0; i < COLUMNS; i++) {
                    state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L; // Knuth's
                    line.append((state >>> 40) * 0x1p-24f).append(',');
                }
                line.append(state >>> 62 == 0 ? "a\n" : "b\n");
                out.write(line.toString().getBytes(US_ASCII));
            }
        }
        return file;
    }

    /// Trains in a JVM of its own.
    /// @return what it wrote to standard error
    private String train(Path file, String out, int code, String... settings) throws Exception {
        List<String> words = new ArrayList<>(List.of("train", file.toString(), "--label", "label", "--epochs", "1"));
        words.addAll(List.of("--batch", "512", "--layers", "8", "--validation", "0.1"));
        words.addAll(List.of("--out", temp.resolve(out).toString()));
        List<String> options = new ArrayList<>(List.of(settings));
        options.addAll(List.of("-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector"));
        Process process = CliProcess.start(temp, options, words.toArray(String[]::new));
        try {
            process.getInputStream().readAllBytes();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            String err = Files.readString(temp.resolve("err"));
            assertThat(process.exitValue()).as(err).isEqualTo(code);
            return err;
        } finally {
            process.destroyForcibly();
        }
    }

    private void trainsTheSame(Path file, String small, String large) throws Exception {
        assertThat(train(file, "mapped", 0, small)).contains("the table is kept in a temporary file");
        assertThat(train(file, "heap", 0, large)).doesNotContain("temporary file");
        for (String each : List.of("model.safetensors", "config.yaml")) {
            assertThat(temp.resolve("mapped").resolve(each))
                    .hasSameBinaryContentAs(temp.resolve("heap").resolve(each));
        }
    }

    @Test
    void sixteenMegabytesTrainInAHeapOf24AsInALargeOne() throws Exception {
        Path file = table(16);
        trainsTheSame(file, "-Xmx24m", "-Xmx512m");
        Predictor predictor = Predictor.load(temp.resolve("mapped/model.safetensors")); // another JVM's
        assertThat(predictor.classNames()).containsExactly("a", "b");
        assertThat(predictor.preprocessing().orElseThrow().inputColumns()).hasSize(COLUMNS);
        String nowhere = "-Djava.io.tmpdir=" + temp.resolve("nowhere");
        assertThat(train(file, "none", 6, "-Xmx24m", nowhere))
                .contains("error: temporary file in " + temp.resolve("nowhere") + ": cannot hold a table")
                .contains("-Djava.io.tmpdir=…");
        assertThat(temp.resolve("none")).doesNotExist();
    }

    @Test
    @Tag("thorough")
    void aGigabyteTrainsInAHeapOf256MegabytesAsInALargeOne() throws Exception {
        trainsTheSame(table(1000), "-Xmx256m", "-Xmx2g");
    }
}
