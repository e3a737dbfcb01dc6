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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options.CreateOpts;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;

/// A directory of a file system that Hadoop knows, such as `hdfs://…`, `s3a://…`, `file:///…`. A file is
/// written under a temporary name in the same directory and then renamed.
public final class HadoopStore implements CheckpointStore {
    private final Path directory;
    private final FileContext files;

    /// A directory, created when a file is written.
    /// @param conf Spark's `hadoopConfiguration()`
    /// @throws ConfigException for a path that Hadoop does not know
    public HadoopStore(String directory, Configuration conf) {
        try {
            this.directory = new Path(directory);
            this.files = FileContext.getFileContext(this.directory.toUri(), conf);
        } catch (IllegalArgumentException | IOException e) {
            throw new ConfigException(
                    "checkpoints",
                    "expects a directory of a file system that Hadoop knows, got " + directory + ": " + e.getMessage());
        }
    }

    @Override
    public List<String> names() {
        try {
            List<String> names = new ArrayList<>();
            var all = files.listStatus(directory);
            while (all.hasNext()) {
                FileStatus each = all.next();
                if (each.isFile()) names.add(each.getPath().getName());
            }
            return names;
        } catch (FileNotFoundException _) {
            return List.of();
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// What is done with the bytes of a file.
    private interface Reader<T> {
        T read(InputStream in, long bytes, String where) throws IOException;
    }

    private <T> T read(String name, Reader<T> reader) throws IOException {
        var file = new Path(directory, name);
        long bytes = files.getFileStatus(file).getLen();
        try (InputStream in = files.open(file)) {
            return reader.read(in, bytes, file.toString());
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
            try (FSDataOutputStream out =
                    files.create(temporary, EnumSet.of(CreateFlag.CREATE), CreateOpts.createParent())) {
                content.write(out);
                out.hsync();
            }
            files.rename(temporary, file, Rename.OVERWRITE);
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw new ResourceException(
                    file.toString(), "cannot be written: " + ResourceException.reason(e), "An old file is unchanged");
        }
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
