package dev.neurite.spark.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A JVM whose work is measured. It answers in lines, and ends after five minutes at the latest.
public record MeasuredJvm(Process process, BufferedReader answers, Writer questions) implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /// Starts a main class with the class path of this JVM.
    public static MeasuredJvm start(Host host, Class<?> main, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(host.command());
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx1g",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        for (Object each : arguments) command.add(each.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD) // says that the vectors are an incubator's
                .start();
        var _ = CompletableFuture.supplyAsync(
                () -> process.destroyForcibly().isAlive(),
                CompletableFuture.delayedExecutor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        return new MeasuredJvm(process, process.inputReader(UTF_8), process.outputWriter(UTF_8));
    }

    /// The next line that it prints.
    public String line() throws IOException {
        String line = answers.readLine();
        if (line == null) throw new IOException("a worker has failed, or took more than " + LIMIT);
        return line;
    }

    /// Sends it a line.
    public void tell(String line) throws IOException {
        questions.write(line + "\n");
        questions.flush();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
