package dev.neurite.cli.library;

import picocli.CommandLine.Option;

/// Where runs are looked for by their names.
final class LibraryOption {
    private static final String IN = "--in";

    @Option(names = IN, paramLabel = "DIR", description = "The directory of runs, or that of one run; runs by default.")
    private String directory = RunLibrary.USUAL;

    RunLibrary library() {
        return RunLibrary.of(IN, directory);
    }
}
