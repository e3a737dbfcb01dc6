package dev.neurite.cli.exchange;

import java.nio.file.Path;

/// A format that can be read.
interface ImportFormat extends Format {
    /// Reads a file.
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws dev.neurite.error.ModelFormatException for a file that is damaged, or has what cannot be read
    Content read(Path from);
}
