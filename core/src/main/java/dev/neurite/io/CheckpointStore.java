package dev.neurite.io;

import java.nio.file.Path;
import java.util.List;

/// Where [Checkpoints] are: a directory, of this machine or of a cluster's file system. Implement it for
/// another file system; the names, and which files are kept, are up to [Checkpoints]. [Object#toString] is
/// the name of the place in messages.
public interface CheckpointStore {
    /// A directory of this machine, created when a file is written.
    static CheckpointStore of(Path directory) {
        return new DirectoryStore(directory);
    }

    /// The names of all files, in any order; none if there is no such place.
    /// @throws dev.neurite.error.ResourceException if it cannot be read
    List<String> names();

    /// Reads a checkpoint.
    /// @throws dev.neurite.error.DataException if it cannot be read
    /// @throws dev.neurite.error.ModelFormatException if it is damaged, or no checkpoint
    Checkpoint read(String name, Catalog catalog);

    /// Writes a file atomically: an old file of the name stays until the new one is complete.
    /// @throws dev.neurite.error.ResourceException if it cannot be written
    void write(String name, Safetensors content);

    /// Reads a file that was just written and verifies its checksum.
    /// @throws dev.neurite.error.ResourceException if it differs from what was written
    void verify(String name);

    /// Deletes a file.
    /// @throws dev.neurite.error.ResourceException if it cannot be deleted
    void delete(String name);

    /// Whether this is the name of a file that was not completed.
    boolean isTemporary(String name);
}
