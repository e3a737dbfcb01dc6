package dev.neurite.cli.exchange;

import java.util.List;

/// A format of files that hold models or weights.
interface Format {
    /// The name in `--to` and `--from`.
    String name();

    /// The endings of its files in lower case, with the point.
    List<String> endings();

    /// The endings to choose from, for messages: all but those that are known only to be refused.
    default List<String> offered() {
        return endings();
    }
}
