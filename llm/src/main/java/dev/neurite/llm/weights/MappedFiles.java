package dev.neurite.llm.weights;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.kind.FileKind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Model files that are mapped into memory, until they are closed together.
public final class MappedFiles implements AutoCloseable {
    private final Arena arena = Arena.ofShared();

    /// No files yet.
    public MappedFiles() {}

    /// Takes what it needs of an open file.
    @FunctionalInterface
    public interface Reader<T> {
        /// Reads.
        /// @param channel of the file, at its beginning
        /// @param content the bytes of the file, read only
        T read(FileChannel channel, MemorySegment content) throws IOException;
    }

    /// Maps a file and reads of it.
    /// @param kind the only kind of file that is taken
    /// @throws DataException if there is no such file, or it cannot be read
    /// @throws ModelFormatException for another kind of file
    public <T> T read(Path file, FileKind kind, Reader<T> reader) {
        if (!Files.exists(file)) throw DataException.missing(file, kind.words());
        if (!Files.isRegularFile(file)) {
            String got = Files.isDirectory(file) ? "a directory" : "no regular file";
            throw new DataException(file.toString(), "expects " + kind.words() + ", got " + got);
        }
        FileKind.require(file, kind.words(), kind);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return reader.read(channel, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (NoSuchFileException e) {
            throw DataException.missing(file, kind.words());
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// Ends the use of all files.
    @Override
    public void close() {
        arena.close();
    }
}
