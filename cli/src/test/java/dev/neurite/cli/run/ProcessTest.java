package dev.neurite.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.CliProcess;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The command line as a process of its own: with other locales, pipes and unusual file names.
final class ProcessTest {
    private static final String ROW = "5.1,3.5,1.4,0.2\n";

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static String run;

    @BeforeAll
    static void train() {
        run = shared.resolve("iris").toString();
        assertThat(Cli.run("train", "iris", "--epochs", "3", "--out", run).code())
                .isZero();
    }

    private String out(List<String> settings, String... args) throws Exception {
        List<String> all = new ArrayList<>(settings);
        all.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // these processes are short
        Process process = CliProcess.start(temp, all, args);
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(err()).isZero();
        return out;
    }

    private String err() throws IOException {
        return Files.readString(temp.resolve("err"));
    }

    /// The library logs which engine computes; the command says itself what matters, and --quiet says nothing.
    @ParameterizedTest
    @ValueSource(strings = {"java.se", "java.management,java.desktop"})
    void theLogOfTheLibraryIsNotPrinted(String modules) throws Exception {
        List<String> settings = List.of("--limit-modules", modules + ",jdk.unsupported,jdk.httpserver,jdk.jfr");
        String folder = temp.resolve("quiet").toString();
        assertThat(out(settings, "train", "iris", "--epochs", "1", "--quiet", "--out", folder))
                .startsWith("test accuracy");
        assertThat(err()).isEmpty();
    }

    @Test
    void saysTheSameInTurkey() throws Exception {
        saysTheSame("-Duser.language=tr -Duser.country=TR -Dfile.encoding=ISO-8859-9 -Duser.timezone=Asia/Kathmandu");
    }

    @Tag("thorough")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Duser.language=de -Duser.country=DE -Dstdout.encoding=US-ASCII",
                "-Duser.language=ar -Duser.country=EG -Duser.timezone=Pacific/Kiritimati"
            })
    void saysTheSameInEveryCountry(String country) throws Exception {
        saysTheSame(country);
    }

    private void saysTheSame(String country) throws Exception {
        Files.writeString(temp.resolve("rows.csv"), ROW);
        List<String> settings = List.of(country.split(" "));
        assertThat(out(settings, "list", "initializers"))
                .isEqualTo(Cli.run("list", "initializers").out());
        assertThat(out(settings, "predict", run, "rows.csv"))
                .isEqualTo(Cli.run("predict", run, temp.resolve("rows.csv").toString())
                        .out());
        out(settings, "train", "iris", "--epochs", "3", "--out", "again");
        for (String file : List.of("model.safetensors", "config.yaml")) {
            assertThat(temp.resolve("again").resolve(file))
                    .hasSameBinaryContentAs(Path.of(run).resolve(file));
        }
    }

    /// The same within this JVM, where no main method has set a locale.
    @ParameterizedTest
    @ValueSource(strings = {"tr-TR", "de-DE", "ar-EG-u-nu-arab"})
    void saysTheSameWhateverTheLocaleOfTheProgramAroundIt(String tag) {
        Cli usual = Cli.run("evaluate", run, "--json", "--threads", "1");
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(tag));
            assertThat(Cli.run("evaluate", run, "--json", "--threads", "1")).isEqualTo(usual);
            assertThat(Cli.run("list", "optimizers").out()).contains("rate=0.001", "epsilon=1e-8");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aReaderThatGoesAwayIsNoFault() throws Exception {
        Files.writeString(temp.resolve("rows.csv"), ROW.repeat(100_000));
        Process process = CliProcess.start(temp, List.of(), "predict", run, "rows.csv");
        try (BufferedReader reader = process.inputReader(UTF_8)) {
            assertThat(reader.readLine()).isEqualTo("row,prediction,p_setosa,p_versicolor,p_virginica");
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(err()).doesNotContain("error", "Exception", "\tat ");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsReportedAlsoByTheVersion() throws Exception {
        Redirect full = Redirect.to(new File("/dev/full"));
        for (String word : List.of("--version", "list")) {
            Process process = CliProcess.start(temp, full, List.of(), word);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(6);
            assertThat(err()).contains("error: standard output: cannot be written");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a row.csv", "😀 ряд.csv", "./-x.csv", "-x.csv"})
    void filesMayHaveAnyName(String name) throws Exception {
        Files.writeString(temp.resolve(name), ROW);
        assertThat(out(List.of(), "predict", run, "--", name)).contains("\n0,");
    }

    @Test
    void runsMayHaveAnyName() throws Exception {
        for (String name : List.of("a run", "😀", "-x")) {
            out(List.of(), "train", "iris", "--epochs", "1", "--out", name);
            assertThat(temp.resolve(name).resolve("model.safetensors")).exists();
        }
    }
}
