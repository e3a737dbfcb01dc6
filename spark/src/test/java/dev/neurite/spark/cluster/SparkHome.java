package dev.neurite.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;
import org.jspecify.annotations.Nullable;

/// A directory that stands for an installation of Spark. Its jars are those of the class path of the tests, so that
/// nothing is installed or downloaded.
///
/// Programs that are started here, and those that they start, have their files here, and the name of the directory
/// in their command lines: [#close] ends and deletes all of them, and fails if something is left.
public final class SparkHome implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(20); // of processes that were killed

    /// How this JVM compiles, which is how the processes do, too.
    private static final List<String> JVM = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(each -> each.startsWith("-XX:") && !each.endsWith("GC"))
            .toList();

    private static final String LOG = """
        rootLogger.level = warn
        rootLogger.appenderRef.console.ref = console
        appender.console.type = Console
        appender.console.name = console
        appender.console.target = SYSTEM_ERR
        appender.console.layout.type = PatternLayout
        appender.console.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1}: %m%n%ex
        """;

    private final Path root;
    private final List<String> classes = new ArrayList<>(); // links to folders of the class path

    /// Makes the directory, a temporary one.
    public SparkHome() throws IOException {
        root = Files.createTempDirectory("neurite-spark-").toRealPath();
        for (String each : List.of("jars", "classes", "conf", "tmp", "local", "logs")) {
            Files.createDirectory(root.resolve(each));
        }
        Files.writeString(root.resolve("conf/log4j2.properties"), LOG);
        List<String> entries = classPath();
        for (int i = 0; i < entries.size(); i++) {
            Path entry = Path.of(entries.get(i)).toAbsolutePath();
            String name = String.format("%03d-%s", i, entry.getFileName());
            if (Files.isDirectory(entry)) {
                Path link = root.resolve("classes").resolve(name);
                classes.add(Files.createSymbolicLink(link, entry).toString());
            } else if (name.endsWith(".jar") && !name.contains("slf4j-nop")) { // that would silence Spark
                Files.createSymbolicLink(root.resolve("jars").resolve(name), entry);
            }
        }
    }

    /// The class path of the tests. Surefire may pass it in the manifest of a jar; then it says here what it is.
    private static List<String> classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(path.split(File.pathSeparator))
                .filter(each -> !each.isEmpty() && Files.exists(Path.of(each)))
                .distinct()
                .toList();
    }

    /// The directory.
    public Path root() {
        return root;
    }

    /// A configuration for drivers: one core and little memory for each executor. Spark takes one for lost that is
    /// silent for `spark.network.timeout`, 60 s here: a busy machine may have no time for it.
    /// @param host where the driver runs
    public SparkConf conf(String master, Host host) {
        return new SparkConf(false)
                .setMaster(master)
                .setAppName("neurite")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", host.address())
                .set("spark.driver.bindAddress", host.address())
                .set("spark.executor.cores", "1")
                .set("spark.executor.memory", "768m")
                .set("spark.executor.extraClassPath", String.join(File.pathSeparator, classes))
                .set(
                        "spark.executor.extraJavaOptions",
                        "-XX:+UseSerialGC -Djava.io.tmpdir=" + root.resolve("tmp") + ' '
                                + JVM.stream().map(each -> '"' + each + '"').collect(Collectors.joining(" ")))
                .set("spark.executor.heartbeatInterval", "2s")
                .set("spark.network.timeout", "60s")
                .set("spark.network.timeoutInterval", "1s")
                .set("spark.shuffle.io.retryWait", "1s")
                .set("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    }

    // ---------------------------------------------------------------------------------------------------- processes

    /// Starts a program of Spark.
    /// @param name its log is `logs/name`
    /// @param options of the JVM
    Process start(String name, Host host, Path localFiles, List<String> options, String program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(host.command());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        List<String> path = new ArrayList<>(List.of(root.resolve("conf").toString()));
        path.addAll(classes);
        path.add(root.resolve("jars") + File.separator + "*");
        command.addAll(List.of("-cp", String.join(File.pathSeparator, path)));
        command.addAll(List.of("-XX:+UseSerialGC", "-Djava.io.tmpdir=" + root.resolve("tmp")));
        command.addAll(JVM);
        command.addAll(options);
        command.add(program);
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
        builder.redirectOutput(root.resolve("logs").resolve(name).toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(each -> each.startsWith("SPARK_") || each.startsWith("HADOOP_"));
        environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("SPARK_HOME", root.toString());
        environment.put("SPARK_SCALA_VERSION", "2.13");
        environment.put("SPARK_LOCAL_IP", host.address());
        environment.put("SPARK_LOCAL_DIRS", localFiles.toString());
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroyForcibly));
        return process;
    }

    /// The directory of local files, unless a program is told another one.
    public Path localFiles() {
        return root.resolve("local");
    }

    /// Starts a driver in a process of its own.
    /// @param name its log is `logs/name`
    /// @param arguments see [FashionDriver]
    public Process driver(String name, SparkConf conf, String... arguments) throws IOException {
        List<String> options = new ArrayList<>(
                List.of(JavaModuleOptions.defaultModuleOptions().trim().split(" +")));
        options.addAll(List.of("--add-modules=jdk.incubator.vector", "-Xmx1g"));
        Arrays.stream(conf.getAll()).forEach(each -> options.add("-D" + each._1() + "=" + each._2()));
        return start(name, Host.LOOPBACK, localFiles(), options, FashionDriver.class.getName(), arguments);
    }

    /// The processes that were started here and have not ended.
    public List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(each -> each.info().commandLine().orElse("").contains(root + File.separator))
                .toList();
    }

    /// The last lines of all logs, for messages.
    public String logs() {
        var text = new StringBuilder();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.startsWith(root.resolve("logs")) || file.endsWith("stderr")) {
                        text.append("\n--- ")
                                .append(root.relativize(file))
                                .append('\n')
                                .append(end(file));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException problem) {
                    return FileVisitResult.CONTINUE; // deleted meanwhile
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException problem) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static String end(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return e.toString(); // deleted meanwhile
        }
    }

    /// Waits for something.
    /// @param what it, for the message
    /// @throws AssertionError if it takes too long
    public static void await(String what, Duration limit, BooleanSupplier there) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!there.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("%s within %s s", what, limit.toSeconds())
                    .isNegative();
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /// Ends all processes and deletes the directory.
    /// @throws AssertionError if a process or a file is left
    @Override
    public void close() throws IOException {
        await("the end of " + root, END, () -> {
            List<ProcessHandle> left = processes();
            left.forEach(ProcessHandle::destroyForcibly);
            return left.isEmpty();
        });
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException problem)
                    throws IOException {
                if (problem != null) throw problem;
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(root).doesNotExist();
    }
}
