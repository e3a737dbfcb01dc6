package dev.neurite.io;

import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A directory of this machine.
record DirectoryStore(Path directory) implements CheckpointStore {
    @Override
    public List<String> names() {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> String.valueOf(file.getFileName())).toList();
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    @Override
    public Checkpoint read(String name, Catalog catalog) {
        return Checkpoint.read(directory.resolve(name), catalog);
    }

    @Override
    public void write(String name, Safetensors content) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be created: " + ResourceException.reason(e));
        }
        content.write(directory.resolve(name));
    }

    @Override
    public void verify(String name) {
        Safetensors.verify(directory.resolve(name));
    }

    @Override
    public void delete(String name) {
        Path file = directory.resolve(name);
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be deleted: " + ResourceException.reason(e));
        }
    }

    @Override
    public boolean isTemporary(String name) {
        return AtomicFile.isTemporary(name);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
