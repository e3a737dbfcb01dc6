package dev.neurite.dashboard;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/// What some tests need of the machine: programs and npm packages, which `.ci/run` installs. Where one is missing,
/// a test is skipped and says what to install; in CI it fails, so that no test is left out unseen.
public final class Needed {
    /// The environment variable that names the folder of npm packages.
    private static final String MODULES = "NEURITE_NODE_MODULES";

    private Needed() {}

    /// A program on the path of programs.
    /// @param install what to install where it is missing
    public static Path program(String name, String install) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing("the program " + name, install));
    }

    /// A file of an npm package.
    /// @param item the package, with its version
    /// @param file within the package
    public static Path npm(String item, String file) {
        String name = item.substring(0, item.lastIndexOf('@'));
        return Optional.ofNullable(System.getenv(MODULES))
                .map(folder -> Path.of(folder, name, file))
                .filter(Files::exists)
                .orElseThrow(() -> missing(
                        "the npm package " + item,
                        "`npm install --no-save " + item + "`, and set " + MODULES + " to the folder node_modules"));
    }

    private static Throwable failure(String message) {
        return "true".equals(System.getenv("CI")) ? new AssertionError(message) : new TestAbortedException(message);
    }

    private static RuntimeException missing(String what, String install) {
        Throwable failure = failure("This test needs " + what + ", which is missing. To install it: " + install + ".");
        if (failure instanceof Error error) throw error;
        return (RuntimeException) failure;
    }
}
