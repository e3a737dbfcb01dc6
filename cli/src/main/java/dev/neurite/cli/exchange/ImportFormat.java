package dev.neurite.cli.exchange;

import dev.neurite.io.kind.FileKind;
import java.nio.file.Path;
import java.util.Set;

/// A format that can be read.
interface ImportFormat extends Format {
    /// The kinds of files that it reads. Those that no format has are refused by their content, with what is wrong.
    Set<FileKind> kinds();

    /// Reads a file.
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws dev.neurite.error.ModelFormatException for a file that is damaged, or has what cannot be read
    Content read(Path from);
}
