package dev.neurite.spark.engine;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.ModelFile;
import dev.neurite.io.Safetensors;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        Files.write(file, bytes);
        assertThatThrownBy(() -> store.verify("one"))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("cannot be read again");
        assertThatThrownBy(() -> store.read("one", Catalog.standard()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("damaged");
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
    public static final class Full extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("full:///");
        }

        @Override
        public FSDataOutputStream create(
                org.apache.hadoop.fs.Path file,
                boolean overwrite,
                int bufferSize,
                short replication,
                long blockSize,
                Progressable progress)
                throws IOException {
            FSDataOutputStream out = super.create(file, overwrite, bufferSize, replication, blockSize, progress);
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

    @Test
    void aWriteThatIsBrokenOffLeavesTheOldFileAndNoOther() throws IOException {
        store().write("one", content(1));
        var conf = new Configuration();
        conf.setClass("fs.full.impl", Full.class, FileSystem.class);
        conf.setBoolean("fs.full.impl.disable.cache", true);
        var full = new HadoopStore("full://" + directory.resolve("a/b"), conf);
        assertThatThrownBy(() -> full.write("one", content(2)))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("No space left on device");
        assertThat(text("one")).isEqualTo("1.0");
        assertThat(full.names()).containsExactly("one");
    }

    /// A file system that renames to free names only, as HDFS and those of objects do. It has no `AbstractFileSystem`.
    public static final class Plain extends RawLocalFileSystem {
        private int left; // renames and deletions until the network is cut

        @Override
        public URI getUri() {
            return URI.create("plain:///");
        }

        @Override
        public void initialize(URI uri, Configuration conf) throws IOException {
            super.initialize(uri, conf);
            left = conf.getInt("plain.left", Integer.MAX_VALUE);
        }

        @Override
        public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to) throws IOException {
            if (left-- <= 0) throw new IOException("the network is cut");
            if (!exists(to)) return super.rename(from, to);
            if (getConf().getBoolean("plain.throws", false)) throw new FileAlreadyExistsException(to.toString());
            return false;
        }

        @Override
        public boolean delete(org.apache.hadoop.fs.Path file, boolean recursive) throws IOException {
            if (left-- <= 0) throw new IOException("the network is cut");
            return super.delete(file, recursive);
        }
    }

    private HadoopStore plain(boolean throwing, int left) {
        var conf = new Configuration();
        conf.setClass("fs.plain.impl", Plain.class, FileSystem.class);
        conf.setBoolean("fs.plain.impl.disable.cache", true);
        conf.setBoolean("plain.throws", throwing);
        conf.setInt("plain.left", left);
        return new HadoopStore("plain://" + directory.resolve("a/b"), conf);
    }

    private static Model model(long seed) {
        return Model.of(features(1), dense(1)).initialize(seed);
    }

    private static Safetensors checkpoint(Model model) throws IOException {
        var bytes = new ByteArrayOutputStream();
        Dataset data = Dataset.of(new float[][] {{1}}, new float[][] {{1}});
        try (TrainingSession session =
                Trainer.of(model).loss(Losses.meanSquaredError()).begin(data)) {
            new Checkpoint(new ModelFile(model, Map.of()), session.state()).write(bytes, Catalog.standard());
        }
        return Safetensors.read(new ByteArrayInputStream(bytes.toByteArray()), bytes.size(), "test");
    }

    private static Model model(HadoopStore store) {
        return store.read("one", Catalog.standard()).model().model();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileSystemThatReplacesNoFilesHasTheOldOneOrTheNewOneAtAnyTime(boolean throwing) throws IOException {
        Safetensors old = checkpoint(model(1));
        Safetensors next = checkpoint(model(2));
        boolean whole = false;
        for (int left = 0; !whole; left++) {
            HadoopStore store = plain(throwing, Integer.MAX_VALUE);
            store.write("one", old);
            assertThat(model(store)).isEqualTo(model(1));
            whole = writes(plain(throwing, left), next);
            assertThat(store.names().stream().filter(each -> !store.isTemporary(each)))
                    .containsExactly("one");
            assertThat(model(store)).isIn(whole ? List.of(model(2)) : List.of(model(1), model(2)));
            assertThat(left).isLessThan(8);
        }
        HadoopStore store = plain(throwing, Integer.MAX_VALUE);
        store.names().stream().filter(store::isTemporary).forEach(store::delete);
        store.verify("one");
        store.delete("one");
        try (var left = Files.list(directory.resolve("a/b"))) {
            assertThat(left).isEmpty();
        }
    }

    private static boolean writes(HadoopStore store, Safetensors content) {
        try {
            store.write("one", content);
            return true;
        } catch (ResourceException e) {
            assertThat(e).hasMessageContaining("the network is cut");
            return false;
        }
    }
}
