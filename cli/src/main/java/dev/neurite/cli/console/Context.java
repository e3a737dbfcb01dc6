package dev.neurite.cli.console;

import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;

/// The console of a command and the options that all commands have.
/// @param io its streams and environment
/// @param options the options that all commands have
public record Context(Console io, GlobalOptions options) {
    public boolean json() {
        return options.json();
    }

    /// Whether notes and progress are left out.
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

    public boolean seeded() {
        return options.seeded();
    }

    /// The number of threads to compute with.
    /// @throws dev.neurite.error.ConfigException if it is out of range
    public int threads() {
        return options.threads();
    }

    /// The reporter of errors.
    /// @param json whether to report as JSON
    public ErrorReporter errors(boolean json) {
        return new ErrorReporter(io, json, options.tracing());
    }

    public void print(String line) {
        io.out().println(Console.printable(line));
        io.out().flush(); // before the next line on standard error
    }

    /// Prints lines of the result with their control sequences, for a terminal with [Console#coloredOutput()].
    /// @param lines whose other characters are safe, see [Console#printable]
    public void printColored(String lines) {
        io.out().println(lines);
        io.out().flush(); // before the next line on standard error
    }

    public void printJson(Object value) {
        io.out().println(Json.of(value).write());
    }

    /// Prints a line about the progress of the command, unless `--quiet` is set.
    public void note(String line) {
        if (!quiet()) io.err().println(io.fitted(Console.printable(io.typed(line))));
    }

    /// Prints a question, whose answer is on the same line.
    public void ask(String question) {
        io.err().print(Console.printable(question));
        io.err().flush();
    }

    /// Suggests the command line to type next.
    public void next(String... words) {
        note("next   " + Console.commandLine(words));
    }

    /// Prints a note if the Vector API is missing, which makes everything several times slower.
    public void noteMissingVectors() {
        if (Kernels.vectorsPresent()) return;
        note("note: computing without vector instructions, several times slower. Start java with "
                + "--add-modules jdk.incubator.vector, or use the script neurite, which does it.");
    }
}
