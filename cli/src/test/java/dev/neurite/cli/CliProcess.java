package dev.neurite.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The command line as a process of its own.
final class CliProcess {
    private CliProcess() {}

    /// Starts neurite in a directory, in a UTF-8 locale; what it says on standard error goes to `err` there.
    /// @param settings options of the JVM
    static Process start(Path directory, List<String> settings, String... args) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(settings);
        String path = Stream.of("jdk.module.path", "java.class.path")
                .map(each -> System.getProperty(each, ""))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        command.addAll(List.of("-cp", path, "dev.neurite.cli.Main"));
        command.addAll(List.of(args));
        var process = new ProcessBuilder(command).directory(directory.toFile());
        process.environment().put("LC_ALL", "C.UTF-8");
        process.redirectError(directory.resolve("err").toFile());
        return process.start();
    }
}
