package dev.neurite.cli;

import static java.util.concurrent.CompletableFuture.delayedExecutor;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.OS;

/// The command line as a process of its own.
public final class CliProcess {
    private CliProcess() {}

    /// Resets signals to their defaults: a build in the background, or under nohup, ignores some, and so would the
    /// processes that it starts.
    private static final List<String> ANY_SIGNAL =
            List.of("perl", "-e", "$SIG{INT} = $SIG{HUP} = 'DEFAULT'; exec @ARGV or die;");

    /// What this JVM compiles with its second compiler is what processes do, too, where the build has said so; they
    /// verify no class either.
    private static final List<String> COMPILER = Stream.of(System.getProperty("compiler.directives", ""))
            .filter(file -> !file.isEmpty())
            .flatMap(file -> Stream.of(
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:-BytecodeVerificationRemote",
                    "-XX:-DisplayVMOutput",
                    "-XX:CompilerDirectivesFile=" + file))
            .toList();

    /// Starts neurite in a directory, in a UTF-8 locale; its standard error goes to the file `err` there.
    /// @param settings options of the JVM
    public static Process start(Path directory, List<String> settings, String... args) throws IOException {
        return start(directory, Redirect.PIPE, settings, args);
    }

    /// The same.
    /// @param out where its standard output goes
    public static Process start(Path directory, Redirect out, List<String> settings, String... args)
            throws IOException {
        List<String> command = new ArrayList<>(OS.WINDOWS.isCurrentOs() ? List.of() : ANY_SIGNAL);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(COMPILER);
        command.addAll(settings);
        String path = Stream.of("jdk.module.path", "java.class.path")
                .map(each -> System.getProperty(each, ""))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        command.addAll(List.of("-cp", path, "dev.neurite.cli.Main"));
        command.addAll(List.of(args));
        var process = new ProcessBuilder(command).directory(directory.toFile());
        process.environment().put("LC_ALL", "C.UTF-8");
        process.redirectOutput(out);
        process.redirectError(directory.resolve("err").toFile());
        Process started = process.start();
        delayedExecutor(10, TimeUnit.MINUTES)
                .execute(started::destroyForcibly); // so that no wait for it is without end
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(started::destroyForcibly));
        return started;
    }

    /// Sends a signal, such as `INT`.
    /// @return 0, or another number if there is no such process
    public static int signal(Process process, String name) throws IOException, InterruptedException {
        return new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }
}
