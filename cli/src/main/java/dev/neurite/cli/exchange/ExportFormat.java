package dev.neurite.cli.exchange;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// A format that can be written.
interface ExportFormat extends Format {
    /// The options of [ExportOptions] that it takes; all others are refused.
    default Set<String> options() {
        return Set.of();
    }

    /// Whether weights in fewer bits stay so; else they become floats.
    default boolean keepsEncoded() {
        return false;
    }

    /// Writes a file as a whole, or leaves an old one as it is.
    /// @return what could not be kept, in sentences
    /// @throws dev.neurite.error.ConfigException for what the format cannot say
    /// @throws dev.neurite.error.ResourceException if the file cannot be written
    List<String> write(Content content, Path to, ExportOptions options);
}
