package dev.neurite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.console.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Runs the command line in this JVM.
/// @param code the exit code
/// @param out what it wrote to standard output
/// @param err what it wrote to standard error
public record Cli(int code, String out, String err) {
    public static Cli run(String... args) {
        return withInput("", args);
    }

    /// Runs a command that is expected to succeed.
    public static Cli ok(String... args) {
        Cli result = run(args);
        assertThat(result.code())
                .as(String.join(" ", args) + ": " + result.err())
                .isZero();
        return result;
    }

    public static Cli withInput(String input, String... args) {
        return run(input, Map.of(), false, args);
    }

    public static Cli onTerminal(Map<String, String> environment, String... args) {
        return run("", environment, true, args);
    }

    /// Runs a command on a terminal, where somebody answers its questions.
    public static Cli answering(String input, String... args) {
        return run(input, Map.of(), true, args);
    }

    /// Runs a command that reads what arrives and writes to a reader.
    public static int piped(InputStream in, OutputStream out, String... args) {
        var io = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                in,
                Map.of(),
                false,
                false,
                false);
        return Main.run(args, io);
    }

    private static Cli run(String input, Map<String, String> environment, boolean terminal, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var io = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                environment,
                terminal,
                terminal,
                terminal);
        int code = Main.run(args, io);
        return new Cli(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
