package dev.neurite.spark.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// `./neurite train --spark` as users start it, on executors that are processes and have only the jars that it gives
/// them. The script builds what it needs, by Maven.
@Tag("thorough")
@Timeout(900)
@DisabledOnOs(OS.WINDOWS)
class LauncherOnSparkTest {
    private static final Pattern WEIGHTS = Pattern.compile("\"weights\":\"([0-9a-f]{64})\"");
    private static final int MINUTES = 6; // for a build and a training

    @TempDir
    private Path home; // of Spark

    /// Makes an installation of Spark of links to the jars that the tests use.
    @BeforeEach
    void install() throws IOException {
        Path jars = Files.createDirectory(home.resolve("jars"));
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String each : all.split(File.pathSeparator, -1)) {
            Path jar = Path.of(each).toAbsolutePath();
            String name = String.valueOf(jar.getFileName());
            if (!name.endsWith(".jar") || !Files.exists(jar)) continue;
            if (name.startsWith("neurite-") || name.startsWith("snakeyaml-engine")) continue; // from us
            if (name.startsWith("slf4j-nop")) continue; // it would silence Spark
            if (!Files.exists(jars.resolve(name))) Files.createSymbolicLink(jars.resolve(name), jar);
        }
    }

    /// Deletes the links, of which JUnit would warn.
    @AfterEach
    void uninstall() throws IOException {
        try (var links = Files.newDirectoryStream(home.resolve("jars"))) {
            for (Path each : links) Files.delete(each);
        }
    }

    /// Trains in a run of this name, and returns the hash of the weights.
    private String weights(String run, String... options) throws IOException, InterruptedException {
        Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        List<String> words =
                new ArrayList<>(List.of("bash", module.resolveSibling("neurite").toString(), "train"));
        words.addAll(List.of("digits", "--layers", "8", "--epochs", "2"));
        words.addAll(List.of("--quiet", "--json", "--out", home.resolve(run).toString()));
        words.addAll(List.of(options));
        Path out = home.resolve(run + ".out");
        Path err = home.resolve(run + ".err");
        var builder = new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(each -> each.startsWith("SPARK_") || each.startsWith("NEURITE_"));
        environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")); // the JVM would say so
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("SPARK_HOME", home.toString());
        environment.put(
                "SPARK_SCALA_VERSION", "2.13"); // local-cluster starts executors, and the scripts set it for that
        environment.put("SPARK_LOCAL_DIRS", home.toString());
        environment.put("NEURITE_JAVA_OPTS", "-Xmx1g -Djava.io.tmpdir=" + home);
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
            String said = run + ": " + text(err) + text(home.resolve(run).resolve("spark.log"));
            assertThat(ended).as(said).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(text(err).lines()).allMatch(each -> each.startsWith("neurite: ")); // that it builds, not Spark's log
        Matcher weights = WEIGHTS.matcher(text(out));
        assertThat(weights.find()).as(text(out)).isTrue();
        return weights.group(1);
    }

    private static String text(Path file) {
        if (!Files.exists(file)) return "";
        try {
            return new String(Files.readAllBytes(file), UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void trainsTheWeightsOfOneMachineOnExecutors() throws Exception {
        String[] spark = {
            "--spark",
            "local-cluster[2,1,1024]",
            "--spark-conf",
            "spark.ui.enabled=false",
            "--spark-conf",
            "spark.executor.memory=768m"
        };
        assertThat(weights("spread", spark)).isEqualTo(weights("alone", "--shards", "8", "--rows-by-shard"));
    }
}
