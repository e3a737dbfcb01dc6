package dev.neurite.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Safetensors;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopStoreTest {
    @TempDir
    Path directory;

    private HadoopStore store() {
        return new HadoopStore(directory.resolve("a/b").toUri().toString(), new Configuration());
    }

    private static Safetensors content(float value) {
        return new Safetensors(Map.of("value", Float.toString(value)), Map.of("x", Tensor.of(Shape.of(3), new float[] {
            value, 2, 3
        })));
    }

    private String text(String name) throws IOException {
        return Safetensors.read(directory.resolve("a/b").resolve(name))
                .metadata()
                .getOrDefault("value", "none");
    }

    @Test
    void writesReplacesAndDeletesFilesInADirectoryThatItCreates() throws IOException {
        HadoopStore store = store();
        assertThat(store.names()).isEmpty();
        store.write("one", content(1));
        store.write("two", content(2));
        store.write("one", content(3));
        store.verify("one");
        assertThat(text("one")).isEqualTo("3.0");
        assertThat(store.names()).containsExactlyInAnyOrder("one", "two");
        store.delete("one");
        assertThat(store.names()).containsExactly("two");
        assertThat(store.names()).noneMatch(store::isTemporary);
        assertThat(store.isTemporary(".neurite-1f.tmp")).isTrue();
    }

    @Test
    void aDamagedFileIsNoticed() throws IOException {
        HadoopStore store = store();
        store.write("one", content(1));
        Path file = directory.resolve("a/b/one");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes); // Hadoop's own checksum differs
        assertThatThrownBy(() -> store.verify("one"))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("cannot be read again");
        assertThatThrownBy(() -> store.read("one", Catalog.standard()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("damaged");
        Files.delete(directory.resolve("a/b/.one.crc"));
        assertThatThrownBy(() -> store.verify("one")).isInstanceOf(ResourceException.class);
        assertThatThrownBy(() -> store.read("one", Catalog.standard())).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> store.read("two", Catalog.standard())).isInstanceOf(DataException.class);
    }

    @Test
    void refusesAFileSystemThatHadoopDoesNotKnow() {
        assertThatThrownBy(() -> new HadoopStore("nowhere://host/models", new Configuration()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("checkpoints: ")
                .hasMessageContaining("nowhere://host/models");
    }

    @Test
    void saysWhichDirectoryCannotBeWritten() throws IOException {
        Files.writeString(directory.resolve("a"), "a file in the way");
        assertThatThrownBy(() -> store().write("one", content(1)))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("a/b/one: cannot be written");
    }

    /// A local file system whose disk is full after some bytes.
    private static final class Full extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("full:///");
        }

        @Override
        public FSDataOutputStream create(
                org.apache.hadoop.fs.Path file,
                FsPermission permission,
                boolean overwrite,
                int bufferSize,
                short replication,
                long blockSize,
                Progressable progress)
                throws IOException {
            return limited(super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress));
        }

        @Override
        public FSDataOutputStream createNonRecursive(
                org.apache.hadoop.fs.Path file,
                FsPermission permission,
                java.util.EnumSet<org.apache.hadoop.fs.CreateFlag> flags,
                int bufferSize,
                short replication,
                long blockSize,
                Progressable progress)
                throws IOException {
            return limited(
                    super.createNonRecursive(file, permission, flags, bufferSize, replication, blockSize, progress));
        }

        private static FSDataOutputStream limited(FSDataOutputStream out) throws IOException {
            return new FSDataOutputStream(
                    new OutputStream() {
                        private int left = 100;

                        @Override
                        public void write(int one) throws IOException {
                            if (left-- == 0) throw new IOException("No space left on device");
                            out.write(one);
                        }

                        @Override
                        public void close() throws IOException {
                            out.close();
                        }
                    },
                    null);
        }
    }

    /// [Full] for [org.apache.hadoop.fs.FileContext], which makes it by reflection.
    public static final class FullFs extends DelegateToFileSystem {
        public FullFs(URI uri, Configuration conf) throws Exception {
            super(URI.create("full:///"), new Full(), conf, "full", false);
        }
    }

    @Test
    void aWriteThatIsBrokenOffLeavesTheOldFileAndNoOther() throws IOException {
        store().write("one", content(1));
        var conf = new Configuration();
        conf.setClass("fs.AbstractFileSystem.full.impl", FullFs.class, org.apache.hadoop.fs.AbstractFileSystem.class);
        var full = new HadoopStore("full://" + directory.resolve("a/b"), conf);
        assertThatThrownBy(() -> full.write("one", content(2)))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("No space left on device");
        assertThat(text("one")).isEqualTo("1.0");
        assertThat(full.names()).noneMatch(full::isTemporary).contains("one");
    }
}
