package dev.neurite.datasets;

import static dev.neurite.datasets.IdxFiles.bytes;
import static dev.neurite.datasets.IdxFiles.file;
import static dev.neurite.datasets.IdxFiles.gzip;
import static dev.neurite.datasets.IdxFiles.images;
import static dev.neurite.datasets.IdxFiles.labels;
import static dev.neurite.datasets.IdxFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
    @TempDir
    private Path directory;

    @Test
    void aPlainFileIsRead() {
        Idx idx = Idx.read(write(directory.resolve("images"), images(4)));

        assertThat(idx.shape()).isEqualTo(Shape.of(4, 2, 3));
        assertThat(idx.rows()).isEqualTo(4);
        assertThat(idx.imageShape()).isEqualTo(Shape.of(1, 2, 3));
        assertThat(bytes(idx)).hasSize(24).startsWith(0, 1, 2).endsWith(22, 23);
        assertThat(idx.where()).isEqualTo(directory.resolve("images").toString());
    }

    @ParameterizedTest(name = "row 47 of the catalogue: named {0}")
    @ValueSource(strings = {"images", "images.gz"})
    void whetherAFileIsPackedIsSeenByItsContent(String name) {
        Idx plain = Idx.read(write(directory.resolve(name), images(4)));
        Idx packed = Idx.read(write(directory.resolve(name), gzip(images(4))));

        assertThat(packed.shape()).isEqualTo(plain.shape());
        assertThat(bytes(packed)).isEqualTo(bytes(plain));
    }

    @Test
    void bytesAreUnsigned() {
        Idx idx = Idx.read("labels", new ByteArrayInputStream(labels(0, 127, 128, 255)));

        assertThat(idx.label(2)).isEqualTo(128);
        assertThat(idx.label(3)).isEqualTo(255);
    }

    @Test
    void manyMembersOfGzipInOneFileAreOneContent() {
        byte[] whole = images(4);
        byte[] one = gzip(Arrays.copyOfRange(whole, 0, 20));
        byte[] other = gzip(Arrays.copyOfRange(whole, 20, whole.length));
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);

        assertThat(bytes(Idx.read(write(directory.resolve("images.gz"), both)))).endsWith(22, 23);
    }

    @ParameterizedTest(name = "packed: {0}")
    @ValueSource(booleans = {false, true})
    void aStreamOfUnknownLengthLargerThanTheFirstArrayIsRead(boolean packed) {
        byte[] content = new byte[40 << 20];
        new Random(1).nextBytes(content);
        byte[] file = file(0x08, content, 40, 1 << 20);

        Idx idx = Idx.read("stream", new ByteArrayInputStream(packed ? gzip(file) : file));

        assertThat(bytes(idx)).isEqualTo(content);
    }

    @Test
    void aStreamIsReadIfItsChecksumIsTheGivenOne() {
        byte[] packed = gzip(labels(1, 2));
        String sha256 = "0000000000000000000000000000000000000000000000000000000000000000";

        assertThatThrownBy(() -> Idx.read("labels", new ByteArrayInputStream(packed), packed.length, sha256))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("labels: expects bytes with the SHA-256 " + sha256 + ", got ")
                .hasMessageEndingWith(sha256(labels(1, 2)));
        Idx idx = Idx.read("labels", new ByteArrayInputStream(packed), packed.length, sha256(labels(1, 2)));
        assertThat(bytes(idx)).containsExactly(1, 2);
    }

    @Test
    void theChecksumOfALargeFileIsThatOfAllItsBytes() {
        byte[] content = new byte[12 << 20];
        new Random(2).nextBytes(content);
        byte[] file = file(0x08, content, content.length);

        Idx idx = Idx.read("large", new ByteArrayInputStream(file), file.length, sha256(file));

        assertThat(bytes(idx)).isEqualTo(content);
    }

    @ParameterizedTest(name = "packed: {0}")
    @ValueSource(booleans = {false, true})
    void whatIsTooLargeForTheHeapIsReadOutsideIt(boolean packed) {
        byte[] content = new byte[3 << 20];
        new Random(1).nextBytes(content);
        byte[] file = file(0x08, content, 3 << 10, 32, 32);
        Path path = write(directory.resolve("images"), packed ? gzip(file) : file);

        Idx idx = IdxReader.read(path, 3 << 20);
        Idx large = IdxReader.read(path, (3 << 20) - 1);

        assertThat(idx.content().isMapped()).isFalse();
        assertThat(large.content().isMapped()).isTrue();
        assertThat(bytes(large)).isEqualTo(content);
        Idx labels = Idx.read("labels", new ByteArrayInputStream(labels(new int[3 << 10])));
        var names = List.of("only");
        assertThat(large.withLabels(labels, names).isMapped()).isTrue();
        assertThat(DataHash.sha256(large.withLabels(labels, names)))
                .isEqualTo(DataHash.sha256(idx.withLabels(labels, names)));
    }

    @Test
    void aPackedFileThatIsTooLargeForTheHeapIsCheckedAsOthers() {
        byte[] whole = file(0x08, new byte[3 << 20], 3 << 10, 32, 32);
        byte[] packed = gzip(Arrays.copyOf(whole, whole.length - 1));
        Path path = write(directory.resolve("images"), packed);
        assertThatThrownBy(() -> IdxReader.read(path, 1))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects 3,145,744 bytes, got 3,145,743 bytes");
        write(path, gzip(Arrays.copyOf(whole, whole.length + 1)));
        assertThatThrownBy(() -> IdxReader.read(path, 1))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects 3,145,744 bytes, got more");
        write(path, gzip(file(0x08, new byte[40 << 20], 40 << 10, 32, 32)));
        assertThatThrownBy(() -> IdxReader.read(path, 1))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("unpacks to at most 200 times its size");
    }

    @Test
    void imagesWithLabelsAreADataSet() {
        Idx images = Idx.read("images", new ByteArrayInputStream(images(3)));
        Idx labels = Idx.read("labels", new ByteArrayInputStream(labels(1, 0, 1)));

        Dataset data = images.withLabels(labels, List.of("shoe", "bag"));

        assertThat(data.size()).isEqualTo(3);
        assertThat(data.inputShape()).isEqualTo(Shape.of(1, 2, 3));
        assertThat(data.classNames()).containsExactly("shoe", "bag");
        assertThat(data.label(1)).isZero();
        float[] row = new float[6];
        data.readInput(2, row, 0);
        assertThat(row).startsWith(12 / 255f, 13 / 255f).endsWith(17 / 255f);
    }

    @Test
    void labelsThatCountFromOneAreToldSo() {
        Idx images = Idx.read("images", new ByteArrayInputStream(images(3)));
        Idx labels = Idx.read("labels", new ByteArrayInputStream(labels(1, 2, 3)));

        assertThatThrownBy(() -> images.withLabels(labels, List.of("a", "b", "c")))
                .isInstanceOf(DataException.class)
                .hasMessage("labels, label 2: expects a number from 0 to 2, got 3."
                        + " The labels seem to count from 1; subtract 1 from each");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
