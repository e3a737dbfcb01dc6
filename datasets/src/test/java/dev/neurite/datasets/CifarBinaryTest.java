package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.DataSplit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarBinaryTest {
    private static final String NAMES =
            "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"; // as in the original

    @TempDir
    private Path directory;

    /// Records with these labels, whose pixels are 3·label, and one more in each channel.
    private void write(String name, int heads, int... labels) {
        byte[] file = new byte[labels.length * (heads + 3072)];
        for (int i = 0; i < labels.length; i++) {
            int at = i * (heads + 3072);
            if (heads == 2) file[at] = (byte) (labels[i] % 20);
            file[at + heads - 1] = (byte) labels[i];
            for (int c = 0; c < 3; c++) {
                Arrays.fill(file, at + heads + 1024 * c, at + heads + 1024 * (c + 1), (byte) (2 * labels[i] + c));
            }
        }
        ImageFiles.write(directory.resolve(name), file);
    }

    @BeforeEach
    void whole() {
        write("data_batch_1.bin", 1, 3, 9);
        write("data_batch_2.bin", 1, 0);
        write("test_batch.bin", 1, 8, 1);
        ImageFiles.write(directory.resolve("batches.meta.txt"), NAMES.getBytes(StandardCharsets.UTF_8));
    }

    private void refused(String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> CifarBinary.load(directory))
                .withMessageStartingWith(directory.toString())
                .withMessageContaining(message);
    }

    @Test
    void theBatchesAreOneDataSetOfColorImages() {
        DataSplit split = DataDirectory.load(directory, ImageInput.USUAL);
        assertThat(split.train().inputShape()).isEqualTo(Shape.of(3, 32, 32));
        assertThat(split.train().classNames())
                .hasSize(10)
                .startsWith("airplane")
                .endsWith("truck");
        assertThat(IntStream.range(0, 3).map(split.train()::label)).containsExactly(3, 9, 0);
        assertThat(IntStream.range(0, 2).map(split.test()::label)).containsExactly(8, 1);
        float[] image = new float[3072];
        split.train().readInput(1, image, 0);
        assertThat(image[1023]).isEqualTo(18 / 255f);
        assertThat(image[1024]).isEqualTo(19 / 255f);
        assertThat(image[3071]).isEqualTo(20 / 255f);
    }

    @Test
    void ofCifar100TheFineLabelsCount() throws IOException {
        for (String name :
                new String[] {"data_batch_1.bin", "data_batch_2.bin", "test_batch.bin", "batches.meta.txt"}) {
            Files.delete(directory.resolve(name));
        }
        write("train.bin", 2, 99, 4);
        write("test.bin", 2, 50);
        DataSplit split = DataDirectory.load(directory, ImageInput.USUAL);
        assertThat(split.train().classNames()).hasSize(100).startsWith("0", "1");
        assertThat(split.train().label(0)).isEqualTo(99);
        float[] image = new float[3072];
        split.train().readInput(0, image, 0);
        assertThat(image[3071]).isEqualTo(200 / 255f);
        String names = IntStream.range(0, 100).mapToObj(i -> "name " + i).collect(Collectors.joining("\n"));
        ImageFiles.write(directory.resolve("fine_label_names.txt"), names.getBytes(StandardCharsets.UTF_8));
        assertThat(CifarBinary.load(directory).test().classNames()).endsWith("name 99");

        byte[] file = ImageFiles.bytes(directory.resolve("test.bin"));
        file[0] = 20;
        ImageFiles.write(directory.resolve("test.bin"), file);
        refused("test.bin, record 0: expects a coarse label from 0 to 19, got 20");
    }

    @Test
    void whatIsDamagedOrMissingIsRefusedByName() throws IOException {
        write("data_batch_2.bin", 1, 2, 10);
        refused("data_batch_2.bin, record 1: expects a label from 0 to 9, got 10");
        byte[] whole = ImageFiles.bytes(directory.resolve("data_batch_1.bin"));
        ImageFiles.write(directory.resolve("data_batch_2.bin"), Arrays.copyOf(whole, 5000));
        refused("data_batch_2.bin: expects records of 3,073 bytes each, got 5,000 bytes");
        ImageFiles.write(directory.resolve("data_batch_2.bin"), new byte[0]);
        refused("data_batch_2.bin: expects records of 3,073 bytes each, got 0 bytes");
        Files.delete(directory.resolve("data_batch_2.bin"));
        write("data_batch_3.bin", 1, 2);
        refused("data_batch_2.bin: expects a file of CIFAR's binary format, got nothing");
        Files.delete(directory.resolve("data_batch_3.bin"));
        Files.delete(directory.resolve("test_batch.bin"));
        refused("test_batch.bin: expects a file of CIFAR's binary format, got nothing");
        write("test_batch.bin", 1, 2);
        ImageFiles.write(directory.resolve("batches.meta.txt"), "cat\ndog\n".getBytes(StandardCharsets.UTF_8));
        refused("batches.meta.txt: expects 10 different names of classes, got 2");
        ImageFiles.write(directory.resolve("batches.meta.txt"), new byte[] {(byte) 0xff, (byte) 0xfe});
        refused("batches.meta.txt: expects text in UTF-8");
    }

    @Test
    void withoutNamesClassesAreNumbers() throws IOException {
        Files.delete(directory.resolve("batches.meta.txt"));
        assertThat(CifarBinary.load(directory).train().classNames())
                .startsWith("0", "1")
                .hasSize(10);
    }

    @Test
    void moreRecordsThanADataSetMayHaveAreRefused() throws IOException {
        for (int i = 1; i <= 2; i++) {
            try (var sparse = new java.io.RandomAccessFile(
                    directory.resolve("data_batch_" + i + ".bin").toFile(), "rw")) {
                sparse.setLength(2_000_000_000L * 3073);
            }
        }
        refused("expects at most 2,147,483,647 records in all, got 4,000,000,000");
    }
}
