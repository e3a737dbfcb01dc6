package dev.neurite.spark.engine;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.CheckpointStore;
import dev.neurite.io.Safetensors;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/// A directory of a file system that Hadoop knows, such as `hdfs://…`, `s3a://…`, `file:///…`. A file is
/// written under a temporary name in the same directory and then renamed.
///
/// Many file systems rename a file only to a name that is free. There an old file steps aside first, and has the
/// ending [#ASIDE] until the new one has its name. While a name is free, the file that stepped aside counts.
public final class HadoopStore implements CheckpointStore {
    private static final String ASIDE = ".old";

    private final Path directory;
    private final FileSystem files;

    /// A directory, created when a file is written.
    /// @param conf Spark's `hadoopConfiguration()`
    /// @throws ConfigException for a path that Hadoop does not know
    public HadoopStore(String directory, Configuration conf) {
        try {
            this.directory = new Path(directory);
            FileSystem all = this.directory.getFileSystem(conf);
            // without files of checksums, which could not be replaced at the same time; ours are in the files
            this.files = all instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : all;
        } catch (IllegalArgumentException | IOException e) {
            throw new ConfigException(
                    "checkpoints",
                    "expects a directory of a file system that Hadoop knows, got " + directory + ": " + e.getMessage());
        }
    }

    @Override
    public List<String> names() {
        try {
            Set<String> names = new LinkedHashSet<>();
            for (FileStatus each : files.listStatus(directory)) {
                String name = each.getPath().getName();
                if (each.isFile()) names.add(name.endsWith(ASIDE) ? withoutEnding(name) : name);
            }
            return List.copyOf(names);
        } catch (FileNotFoundException _) {
            return List.of();
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static String withoutEnding(String name) {
        return name.substring(0, name.length() - ASIDE.length());
    }

    private Path aside(String name) {
        return new Path(directory, name + ASIDE);
    }

    /// What is done with the bytes of a file.
    private interface Reader<T> {
        T read(InputStream in, long bytes, String where) throws IOException;
    }

    private <T> T read(String name, Reader<T> reader) throws IOException {
        var file = new Path(directory, name);
        Path there = files.exists(file) || !files.exists(aside(name)) ? file : aside(name);
        long bytes = files.getFileStatus(there).getLen();
        try (InputStream in = files.open(there)) {
            return reader.read(in, bytes, there.toString());
        }
    }

    @Override
    public Checkpoint read(String name, Catalog catalog) {
        String where = new Path(directory, name).toString();
        try {
            return read(name, (in, bytes, file) -> Checkpoint.read(in, bytes, file, catalog));
        } catch (ChecksumException e) { // of Hadoop
            throw new ModelFormatException(where, "is damaged: " + e.getMessage());
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + ResourceException.reason(e));
        }
    }

    @Override
    public void write(String name, Safetensors content) {
        var file = new Path(directory, name);
        var temporary = new Path(directory, AtomicFile.temporaryName());
        try {
            try (FSDataOutputStream out = files.create(temporary, true)) {
                content.write(out);
                out.hsync();
            }
            replace(name, temporary);
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw new ResourceException(
                    file.toString(),
                    "cannot be written: " + ResourceException.reason(e),
                    "The old file or the new one is there");
        }
    }

    /// Gives a new file its name, which an old one may have.
    private void replace(String name, Path temporary) throws IOException {
        var file = new Path(directory, name);
        if (!renames(temporary, file)) {
            require(files.exists(file), temporary);
            files.delete(aside(name), false); // of an earlier time, as there is a file
            require(renames(file, aside(name)), file);
            require(renames(temporary, file), temporary);
        }
        files.delete(aside(name), false);
    }

    /// Renames a file.
    /// @return whether it did; some file systems throw instead, if the name is taken
    private boolean renames(Path from, Path to) throws IOException {
        try {
            return files.rename(from, to);
        } catch (FileAlreadyExistsException _) {
            return false;
        }
    }

    private static void require(boolean renamed, Path file) throws IOException {
        if (!renamed) throw new IOException("the file system does not rename " + file);
    }

    private void deleteQuietly(Path temporary, IOException problem) {
        try {
            files.delete(temporary, false);
        } catch (IOException e) {
            problem.addSuppressed(e); // the next training deletes it
        }
    }

    @Override
    public void verify(String name) {
        String where = new Path(directory, name).toString();
        try {
            read(name, (in, bytes, file) -> {
                Safetensors.verify(in, bytes, file);
                return file;
            });
        } catch (IOException e) {
            throw new ResourceException(where, "was written, but cannot be read again: " + ResourceException.reason(e));
        }
    }

    @Override
    public void delete(String name) {
        var file = new Path(directory, name);
        try {
            files.delete(aside(name), false);
            files.delete(file, false);
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
