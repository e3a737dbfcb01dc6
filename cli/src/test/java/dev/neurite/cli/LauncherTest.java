package dev.neurite.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The script `neurite` of a release, with a fake JDK that logs how it is called.
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
    private static final String USES = "-XX:AOTCache=";
    private static final String MAKES = "-XX:AOTCacheOutput=";

    @TempDir
    Path temp;

    private Path release;
    private Path jdk;

    @BeforeEach
    void install() throws IOException {
        release = Files.createDirectories(temp.resolve("release"));
        Files.writeString(Files.createDirectory(release.resolve("lib")).resolve("core.jar"), "classes");
        Files.copy(
                Path.of("..", "neurite"),
                Files.createDirectory(release.resolve("bin")).resolve("neurite"));
        jdk = temp.resolve("jdk");
        Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
        Files.writeString(java, """
            #!/bin/bash
            echo "$*" >>"$CALLS"
            echo "${LC_ALL:-} ${NEURITE_LOCALE:-}" >>"$CALLS.locales"
            case "$*" in *'--add-modules jdk.incubator.vector'*)
              echo "WARNING: Using incubator modules: jdk.incubator.vector" >&2
            esac
            [ -z "${READS:-}" ] || cat >"$READS"
            [ -z "${BROKEN:-}" ] || { printf 'Error: no room' >&2; exit 1; }
            for each; do
              case $each in
                -XX:AOTCacheOutput=*)
                  for ((i = 0; i < 100; i++)); do [ -e "$GATE" ] && break || sleep 0.1; done
                  [ -z "${FAILS:-}" ] || exit 1
                  echo classes >"${each#*=}"
                  ;;
                -XX:AOTMode=on) [ -z "${MISFITS:-}" ] || exit 1 ;;
              esac
            done
            """);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        version("25.0.1");
    }

    private void version(String version) throws IOException {
        release(version, "java.base");
    }

    private void release(String version, String modules) throws IOException {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\nMODULES=\"" + modules + "\"\n");
    }

    /// Runs `neurite data x` with these variables, as `NAME=value`, and returns how it called java, once the
    /// archive that it makes, if any, is made.
    private String start(String... environment) throws Exception {
        return startBy("exec \"$@\"", environment);
    }

    /// The same, started by a line of a shell that has the command as its arguments.
    private String startBy(String shell, String... environment) throws Exception {
        Path calls = temp.resolve("calls");
        Path gate = temp.resolve("gate"); // until it is there, no archive is made
        Files.deleteIfExists(calls);
        Files.deleteIfExists(gate);
        List<Path> before = archives();
        Path launcher = release.resolve("bin").resolve("neurite");
        var builder = new ProcessBuilder("bash", "-c", shell, "-", "bash", launcher.toString(), "data", "x");
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("CALLS", calls.toString());
        builder.environment().put("GATE", gate.toString());
        builder.environment().put("XDG_CACHE_HOME", temp.resolve("cache").toString());
        for (String each : environment) {
            int equals = each.indexOf('=');
            builder.environment().put(each.substring(0, equals), each.substring(equals + 1));
        }
        Process process = builder.redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(process.waitFor()).isZero();
        assertThat(archives()).isEqualTo(before); // nobody waits for another
        Files.createFile(gate);
        List<String> all = Files.readAllLines(calls);
        String call = all.stream()
                .filter(each -> each.endsWith(" data x"))
                .findFirst()
                .orElseThrow();
        boolean makes = !call.contains(USES) && !List.of(environment).contains("NEURITE_AOT=off");
        if (makes && failures().isEmpty()) await(() -> Files.readString(calls).contains(MAKES));
        await(() -> files("run.").isEmpty());
        return call;
    }

    /// Starts with a JVM that fails, and returns the output.
    private String broken(String... words) throws Exception {
        release("25.0.1", "java.base jdk.incubator.vector");
        var builder = new ProcessBuilder(words).directory(temp.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("CALLS", temp.resolve("calls").toString());
        builder.environment().put("BROKEN", "yes");
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isNotZero();
        return printed;
    }

    /// Runs neurite for Spark, and returns how it called java.
    /// @param home the directory of Spark; empty for none
    private String train(String home, String... words) throws Exception {
        release("25.0.1", "java.base jdk.incubator.vector");
        List<String> all = new ArrayList<>(List.of("train", "iris"));
        all.addAll(List.of(words));
        return call(all, home.isEmpty() ? Map.of() : Map.of("SPARK_HOME", home));
    }

    /// Runs neurite, and returns how it called java.
    private String call(List<String> words, Map<String, String> environment) throws Exception {
        List<String> all = new ArrayList<>(
                List.of("bash", release.resolve("bin").resolve("neurite").toString()));
        all.addAll(words);
        var builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("CALLS", temp.resolve("calls").toString());
        builder.environment().put("GATE", temp.toString());
        List.of("SPARK_HOME", "HADOOP_CONF_DIR", "YARN_CONF_DIR").forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(process.waitFor()).isZero();
        return Files.readString(temp.resolve("calls")).strip();
    }

    /// In the locale C the JVM could name no file beyond ASCII.
    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C -> C.UTF-8 C", "LC_ALL=POSIX -> C.UTF-8 C", "LC_ALL=C.UTF-8 -> C.UTF-8 "})
    void filesHaveAllLetters(String line) throws Exception {
        String[] parts = line.split(" -> ", 2);
        start(parts[0]);
        assertThat(Files.readAllLines(temp.resolve("calls.locales")))
                .isNotEmpty()
                .containsOnly(parts[1]);
    }

    private static void await(Callable<Boolean> what) throws Exception {
        for (int i = 0; i < 600; i++) {
            if (what.call()) return;
            Thread.sleep(100);
        }
        throw new AssertionError("nothing came of it within a minute");
    }

    private List<Path> files(String part) throws IOException {
        try (Stream<Path> files = Files.walk(temp)) {
            return files.filter(each -> each.getFileName().toString().contains(part))
                    .toList();
        } catch (UncheckedIOException _) { // one was deleted meanwhile
            return files(part);
        }
    }

    private List<Path> archives() throws IOException {
        return files(".aot").stream()
                .filter(each -> each.toString().endsWith(".aot"))
                .toList();
    }

    private List<Path> failures() throws IOException {
        return files(".aot.failed");
    }

    @Test
    void theFirstStartMakesAnArchiveThatTheSecondUses() throws Exception {
        assertThat(start()).doesNotContain(USES);
        assertThat(archives()).hasSize(1);
        assertThat(archives().getFirst()).startsWith(release.resolve("lib")).hasContent("classes");
        assertThat(start()).contains(USES + archives().getFirst());
    }

    /// Both launchers, and docs/performance.md for programs that use the library.
    @Test
    void allNameTheSameOptionsAndTheSameProgram() throws Exception {
        List<String> options = compilation(Path.of("..", "build", "jvm.options"));
        assertThat(options)
                .contains("-XX:CompileCommand=CompileThresholdScaling," + Kernels.class.getPackageName()
                        + ".cpu.Vector*::*,0.02");
        assertThat(compilation(Path.of("..", "docs", "performance.md"))).isEqualTo(options);
        String program = Main.class.getName();
        assertThat(start()).contains("@" + release.resolve("lib") + "/jvm.options ", " " + program + " data x");
        boolean largePages = Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage"));
        assertThat(start().contains("-XX:+UseTransparentHugePages ")).isEqualTo(largePages);
        assertThat(Files.readString(Path.of("..", "neurite.cmd")))
                .contains("@%lib%\\jvm.options\"", " " + program + " %*", "set \"lib=%~dp0..\\lib\"");
        assertThat(Files.readString(Path.of("..", "build", "distribution.xml")))
                .contains("/../neurite.cmd<", "/../build/jvm.options<");
    }

    /// The options of a file that decide what is compiled when.
    private static List<String> compilation(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("-XX:"))
                .toList();
    }

    /// What answers texts takes little beside the weights; what computes nothing starts fast. Others choose for
    /// themselves.
    @ParameterizedTest
    @CsvSource({
        "chat,,, -XX:+UseSerialGC -Xmn32m",
        "generate,,, -XX:+UseSerialGC -Xmn32m",
        "generate, NEURITE_JAVA_OPTS, -XX:+UseStringDeduplication -Xlog:gc, -XX:+UseSerialGC -Xmn32m",
        "generate, NEURITE_JAVA_OPTS, -Xmx8g -XX:+UseZGC, -XX:+UseZGC",
        "generate, JAVA_TOOL_OPTIONS, -XX:+UseZGC, ''",
        "chat, JDK_JAVA_OPTIONS, -XX:+UseG1GC -Xmx8g, ''",
        "list,,, -XX:+UseSerialGC",
        "list, NEURITE_JAVA_OPTS, -XX:+UseG1GC, -XX:+UseG1GC",
        "train,,, ''",
    })
    void collectorsAreOfTheCommand(String command, String variable, String options, String expected) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of("NEURITE_AOT", "off"));
        if (variable != null) environment.put(variable, options);
        String call = call(List.of(command, "x"), environment);
        String collectors = Stream.of(call.split(" "))
                .filter(each -> each.matches("-XX:\\+Use\\w+GC|-Xmn.*"))
                .collect(joining(" "));
        assertThat(collectors).isEqualTo(expected);
        String windows = Files.readString(Path.of("..", "neurite.cmd"));
        if (expected.contains("-Xmn")) {
            assertThat(windows).contains("if \"%~1\"==\"" + command + "\" set \"collector=" + expected + "\"");
        }
    }

    @Test
    void vectorsAreLoadedAtTheStartUntilThereIsACache() throws Exception {
        String early = "--add-modules jdk.incubator.vector";
        String late = "-Dneurite.vectors=late";
        release("25.0.1", "java.base jdk.incubator.vector");
        assertThat(start()).contains(early).doesNotContain(late);
        assertThat(start()).contains(late, "--add-exports java.base/jdk.internal.module=ALL-UNNAMED");
        assertThat(start())
                .doesNotContain(early, "-Dneurite.stderr"); // so nothing is said that a filter must keep back
        assertThat(start("NEURITE_AOT=off")).contains(early).doesNotContain(late, USES);
    }

    @Test
    void aCacheThatDoesNotWorkIsNotUsed() throws Exception {
        assertThat(start("MISFITS=yes")).doesNotContain(USES);
        await(() -> failures().size() == 1);
        assertThat(archives()).isEmpty();
        assertThat(start()).doesNotContain(USES);
    }

    /// The order of a class path is part of a cache.
    @Test
    void jarsAreInOneOrder() throws Exception {
        Path lib = release.resolve("lib");
        Files.writeString(lib.resolve("Zebra.jar"), "classes");
        Files.writeString(lib.resolve("apple.jar"), "classes");
        String path = " -cp " + lib + "/Zebra.jar:" + lib + "/apple.jar:" + lib + "/core.jar ";
        assertThat(start()).contains(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--spark local[2]", "--spark=local[2]"})
    void sparkAndWhatUsesItAreOnTheClassPath(String option) throws Exception {
        String lib = release.resolve("lib").toString();
        String call = train("/opt/spark", option.split(" ", -1));
        assertThat(call)
                .endsWith(" -cp " + lib + "/*:" + lib + "/spark/*:/opt/spark/jars/* dev.neurite.cli.Main train iris "
                        + option)
                .contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED ", "--add-modules jdk.incubator.vector ")
                .doesNotContain(USES)
                .hasLineCount(1); // nor is an archive made, which this would not use
    }

    @Test
    void whereThereIsNoSparkTheProgramSaysSo() throws Exception {
        assertThat(train("", "--spark", "local")).contains("/spark/* dev.neurite.cli.Main train");
    }

    @Test
    void aCheckoutBuildsNothingForASparkThatIsNotThere() throws Exception {
        Path launcher = Files.copy(Path.of("..", "neurite"), temp.resolve("neurite")); // a checkout: beside a pom.xml
        Files.createFile(temp.resolve("pom.xml"));
        Files.createSymbolicLink(jdk.resolve("bin").resolve("javac"), Path.of("java"));
        String to = ". Get Apache Spark 4.2 from spark.apache.org, and set SPARK_HOME to its directory\n";
        assertThat(broken("env", "-u", "SPARK_HOME", "bash", launcher.toString(), "train", "iris", "--spark", "local"))
                .isEqualTo("error: --spark: expects SPARK_HOME, got none" + to);
        assertThat(broken("env", "SPARK_HOME=" + jdk, "bash", launcher.toString(), "train", "iris", "--spark", "local"))
                .isEqualTo("error: SPARK_HOME: expects a directory with jars/spark-core_*.jar, got " + jdk
                        + " without it" + to);
        assertThat(temp.resolve("cli")).doesNotExist();
    }

    @Test
    void anOptionOfAnotherNameAsksForNoSpark() throws Exception {
        assertThat(train("/opt/spark", "--sparkle", "--", "--spark"))
                .contains("/core.jar dev.neurite.cli.Main train iris --sparkle -- --spark");
        await(() -> files("run.").isEmpty() && !archives().isEmpty()); // made in the background
    }

    /// The JVM would give a file that it has opened itself the number of the closed one.
    @Test
    void aClosedStandardInputIsAnEmptyOne() throws Exception {
        Path read = temp.resolve("read");
        startBy("exec \"$@\" <&-", "READS=" + read);
        assertThat(read).isEmptyFile();
    }

    @Test
    void anotherVersionOfTheJdkHasAnArchiveOfItsOwn() throws Exception {
        start();
        assertThat(archives()).hasSize(1);
        version("25.0.2");
        assertThat(start()).doesNotContain(USES);
        assertThat(start()).contains(USES);
        assertThat(archives()).hasSize(1);
    }

    @Test
    void whereNobodyMayWriteItIsInTheUsersCache() throws Exception {
        Files.writeString(release.resolve("lib").resolve("classes"), "no directory");
        start();
        assertThat(archives()).hasSize(1);
        assertThat(archives().getFirst()).startsWith(temp.resolve("cache").resolve("neurite"));
        assertThat(start()).contains(USES + archives().getFirst());
    }

    @Test
    void aReleaseThatTakesThePlaceOfAnotherHasAnArchiveOfItsOwn() throws Exception {
        start();
        Files.writeString(release.resolve("lib").resolve("core.jar"), "classes of another");
        assertThat(start()).doesNotContain(USES);
        assertThat(start()).contains(USES);
        assertThat(archives()).hasSize(1);
    }

    @Test
    void whatCannotBeMadeIsNotMissedNorTriedAgain() throws Exception {
        assertThat(start("FAILS=yes")).doesNotContain(USES);
        await(() -> failures().size() == 1);
        assertThat(start()).doesNotContain(USES);
        assertThat(Files.readString(temp.resolve("calls"))).doesNotContain(MAKES);
        assertThat(archives()).isEmpty();
    }

    @Test
    void aJvmThatDoesNotStartSaysWhy() throws Exception {
        String launcher = release.resolve("bin").resolve("neurite").toString();
        assertThat(broken("bash", launcher, "data")).isEqualTo("Error: no room\n");
        await(() -> !failures().isEmpty() && files("run.").isEmpty()); // the archive, which is made in the background
    }

    @Test
    void theJvmsWarningIsNotSeenAndMessagesGoWhereTheyWere() throws Exception {
        release("25.0.1", "java.base jdk.incubator.vector");
        assertThat(start()).contains("-Dneurite.stderr=3 --add-opens java.base/java.io=ALL-UNNAMED");
    }

    @Test
    void aDirectoryThatIsGoneIsSaidToBe() throws Exception {
        Files.createDirectory(temp.resolve("gone"));
        String launcher = release.resolve("bin").resolve("neurite").toString();
        String script = "cd gone && rmdir ../gone && bash '" + launcher + "' ";
        assertThat(broken("bash", "-c", script + "list"))
                .endsWith("neurite: the current directory is gone. Change to another one\n");
        Files.createDirectory(temp.resolve("gone"));
        broken("bash", "-c", script + "--version");
        assertThat(Files.readString(temp.resolve("calls"))).endsWith(" --version\n");
    }

    @Test
    void anArchiveTakesThePlaceOfTheOneBefore() throws Exception {
        start();
        Path first = archives().getFirst();
        Files.writeString(release.resolve("lib").resolve("core.jar"), "classes of another");
        start();
        await(() -> !Files.exists(first));
        assertThat(archives()).hasSize(1);
    }

    @Test
    void anArchiveThatIsOlderThanAJarIsMadeAnew() throws Exception {
        start();
        Path jar = release.resolve("lib").resolve("core.jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(3600)));
        assertThat(start()).doesNotContain(USES);
        await(() -> start().contains(USES)); // although it is made before the jar's time
        assertThat(archives()).hasSize(1);
    }

    @Test
    void theNameOfAnArchiveDependsOnNeitherCountryNorTime() throws Exception {
        start();
        Path archive = archives().getFirst();
        assertThat(start("TZ=JST-9", "LC_ALL=C.UTF-8")).contains(USES + archive);
    }
}
