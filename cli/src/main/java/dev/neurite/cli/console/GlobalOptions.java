package dev.neurite.cli.console;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The options that every command has.
public final class GlobalOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean version;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print results and errors as JSON.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print nothing but results and errors.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Print more detail; -vv also prints the stack trace of an error.")
    private boolean[] verbose = {};

    @Option(
            names = "--threads",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Number of threads: 1 to 1024, by default one for each core; more are not faster. The results"
                    + " are the same for any number.")
    private int threads = Kernels.defaultThreads();

    @Option(
            names = "--seed",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Seed of all random choices, 0 by default.")
    private @Nullable Long seed;

    boolean json() {
        return json;
    }

    boolean quiet() {
        return quiet;
    }

    boolean verbose() {
        return verbose.length > 0;
    }

    boolean tracing() {
        return verbose.length > 1;
    }

    /// The seed, 0 by default.
    public long seed() {
        return seed != null ? seed : 0;
    }

    boolean seeded() {
        return seed != null;
    }

    /// The number of threads to compute with.
    /// @throws ConfigException if it is out of range
    public int threads() {
        if (threads < 1 || threads > 1024) {
            throw new ConfigException(
                    "--threads",
                    "expects 1 to 1024, got " + threads,
                    "More than the " + Kernels.defaultThreads() + " cores of this machine are not faster");
        }
        return threads;
    }
}
