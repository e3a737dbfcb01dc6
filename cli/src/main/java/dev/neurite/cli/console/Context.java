package dev.neurite.cli.console;

import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;

/// What a command works with.
/// @param io where it reads and writes
/// @param options those that every command has
public record Context(Console io, GlobalOptions options) {
    /// Whether results and errors are JSON.
    public boolean json() {
        return options.json();
    }

    /// Whether only results and errors are shown.
    public boolean quiet() {
        return options.quiet();
    }

    /// Whether more detail is shown.
    public boolean verbose() {
        return options.verbose();
    }

    /// The seed, 0 by default.
    public long seed() {
        return options.seed();
    }

    /// Whether the user gave a seed.
    public boolean seeded() {
        return options.seeded();
    }

    /// The number of threads to compute with.
    /// @throws dev.neurite.error.ConfigException if it is out of range
    public int threads() {
        return options.threads();
    }

    /// Reports errors.
    /// @param json whether as JSON
    public ErrorReporter errors(boolean json) {
        return new ErrorReporter(io, json, options.tracing());
    }

    /// Prints a line of the result.
    public void print(String line) {
        io.out().println(Console.printable(line));
        io.out().flush(); // before what standard error has to say next
    }

    /// Prints a result as JSON.
    public void printJson(Object value) {
        io.out().println(Json.of(value).write());
    }

    /// Prints a line about the progress of the command, unless `--quiet` is set.
    public void note(String line) {
        if (!quiet()) io.err().println(Console.printable(io.typed(line)));
    }

    /// Suggests the command line to type next.
    public void next(String... words) {
        note("next   " + Console.commandLine(words));
    }

    /// Says how to compute faster, where that is possible.
    public void noteMissingVectors() {
        if (Kernels.vectorsPresent()) return;
        note("note: computing without vector instructions, several times slower. Start java with "
                + "--add-modules jdk.incubator.vector, or use the script neurite, which does it.");
    }
}
