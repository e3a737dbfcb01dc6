package dev.neurite.cli.exchange;

import java.util.List;

/// A format of files that hold models or weights.
interface Format {
    /// The name in `--to` and `--from`.
    String name();

    /// The endings of its files in lower case, with the point.
    List<String> endings();

    /// What its files are, in a few words, for the help.
    String meaning();
}
