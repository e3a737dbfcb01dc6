package dev.neurite.io;

import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;

/// What a `.npy` file holds: numbers or texts.
public sealed interface NpyContent permits NpyArray, NpyTexts {
    /// Reads a file, of numbers or of texts.
    /// @throws dev.neurite.error.DataException for a missing or damaged file, or one that is no array of either
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    static NpyContent read(Path file) {
        return NpyReader.open(file, NpyReader::content);
    }

    /// The shape; `[]` for a scalar.
    Shape shape();

    /// Writes a file in format 1.0, little-endian and in C order, to a stream.
    /// @param out flushed, not closed
    /// @throws IOException if it cannot be written
    void write(OutputStream out) throws IOException;

    /// Writes a file in format 1.0, little-endian and in C order, atomically: an old file stays until the new one is
    /// complete on the disk. See [AtomicFile].
    /// @throws dev.neurite.error.ResourceException if it cannot be written
    default void write(Path file) {
        AtomicFile.write(file, channel -> write(Channels.newOutputStream(channel)));
    }
}
