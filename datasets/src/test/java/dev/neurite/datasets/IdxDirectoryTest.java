package dev.neurite.datasets;

import static dev.neurite.datasets.IdxFiles.directory;
import static dev.neurite.datasets.IdxFiles.file;
import static dev.neurite.datasets.IdxFiles.gzip;
import static dev.neurite.datasets.IdxFiles.images;
import static dev.neurite.datasets.IdxFiles.labels;
import static dev.neurite.datasets.IdxFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.DataSplit;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxDirectoryTest {
    private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

    @TempDir
    private Path directory;

    record Case(int row, String what, String file, Supplier<byte[]> content, String in, List<String> messages) {
        @Override
        public String toString() {
            return row + " " + what;
        }
    }

    private static Case bad(int row, String what, String file, byte[] content, String in, String... messages) {
        return new Case(row, what, file, () -> content, in, List.of(messages));
    }

    private static List<Case> cases() {
        return List.of(
                bad(
                        22,
                        "test label that does not occur in training",
                        TEST_LABELS,
                        labels(2, 3),
                        TEST_LABELS + ", label 1",
                        "expects a label that occurs in ",
                        TRAIN_LABELS + ", got 3"),
                bad(
                        25,
                        "test label in a gap of training's labels",
                        TRAIN_LABELS,
                        labels(0, 1, 3, 1),
                        TEST_LABELS + ", label 0",
                        "expects a label that occurs in ",
                        TRAIN_LABELS + ", got 2"),
                bad(
                        28,
                        "more labels than images",
                        TRAIN_LABELS,
                        labels(0, 1, 2, 1, 1),
                        TRAIN_LABELS,
                        "expects 4 labels, as many as ",
                        TRAIN_IMAGES + " has images, got 5"),
                bad(
                        28,
                        "fewer labels than images in the test part",
                        TEST_LABELS,
                        labels(2),
                        TEST_LABELS,
                        "expects 2 labels",
                        "got 1"),
                bad(
                        31,
                        "no images",
                        TRAIN_IMAGES,
                        images(0),
                        TRAIN_IMAGES,
                        "expects at least 1 image of at least 1 pixel, got [0×2×3]"),
                bad(
                        32,
                        "no pixels",
                        TEST_IMAGES,
                        file(0x08, new byte[0], 2, 0, 3),
                        TEST_IMAGES,
                        "expects at least 1 image of at least 1 pixel, got [2×0×3]"),
                bad(
                        44,
                        "labels in the place of images",
                        TRAIN_IMAGES,
                        labels(0, 1, 2, 1),
                        TRAIN_IMAGES,
                        "expects images (magic 0x00000803), got labels of shape [4] (magic 0x00000801)",
                        "seem to be swapped"),
                bad(
                        44,
                        "images in the place of labels",
                        TEST_LABELS,
                        images(2),
                        TEST_LABELS,
                        "expects labels (magic 0x00000801), got images of shape [2×2×3] (magic 0x00000803)",
                        "seem to be swapped"),
                bad(
                        44,
                        "an array of rank 2 in the place of images",
                        TRAIN_IMAGES,
                        file(0x08, new byte[24], 4, 6),
                        TRAIN_IMAGES,
                        "got an array of shape [4×6] (magic 0x00000802)"),
                bad(
                        57,
                        "test images of another size",
                        TEST_IMAGES,
                        file(0x08, new byte[12], 2, 3, 2),
                        TEST_IMAGES,
                        "expects images of shape [1×2×3], as ",
                        "got [1×3×2]"),
                bad(41, "cut file", TEST_IMAGES, new byte[] {0, 0, 8, 3, 0}, TEST_IMAGES, "a whole IDX header"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void filesThatDoNotFitAreRefusedByName(Case bad) {
        write(directory(directory).resolve(bad.file), bad.content.get());

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> IdxDirectory.load(directory))
                .withMessageStartingWith(directory.resolve(bad.in) + ": ")
                .satisfies(thrown -> assertThat(thrown).hasMessageContainingAll(bad.messages.toArray(String[]::new)));
    }

    @Test
    void fourFilesAreADataSet() {
        DataSplit split = IdxDirectory.load(directory(directory));

        assertThat(split.train().size()).isEqualTo(4);
        assertThat(split.train().inputShape()).isEqualTo(Shape.of(1, 2, 3));
        assertThat(split.train().classNames()).containsExactly("0", "1", "2");
        assertThat(split.train().label(2)).isEqualTo(2);
        assertThat(split.test().size()).isEqualTo(2);
        assertThat(split.test().classNames()).containsExactly("0", "1", "2");
        assertThat(split.test().label(1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ""})
    void packedFilesAreReadUnderEitherName(String suffix) throws IOException {
        Path packed = Files.createDirectory(directory.resolve("packed"));
        for (String name : List.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)) {
            byte[] content = Files.readAllBytes(directory(directory).resolve(name));
            write(packed.resolve(name + suffix), gzip(content));
        }

        assertThat(IdxDirectory.load(packed).train().label(3)).isEqualTo(1);
    }

    @Test
    void namesMayBeSpelledWithADot() throws IOException {
        directory(directory);
        for (String name : List.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)) {
            Files.move(directory.resolve(name), directory.resolve(name.replace("s-idx", "s.idx")));
        }

        assertThat(IdxDirectory.load(directory).test().size()).isEqualTo(2);
    }

    @Test
    void aMissingDirectoryIsToldWithTheDirectoryThatItWasLookedForIn() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> IdxDirectory.load(Path.of("no-such-directory")))
                .withMessageStartingWith("no-such-directory: expects a directory of IDX files, got nothing")
                .withMessageContaining("Looked in " + Path.of("").toAbsolutePath());
    }

    @Test
    void aFileIsNoDirectory() {
        Path file = write(directory.resolve("file"), labels(1));

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> IdxDirectory.load(file))
                .withMessageStartingWith(file + ": expects a directory of IDX files, got a file");
    }

    @Test
    void aMissingFileIsToldWithWhatThereIs() throws IOException {
        Files.delete(directory(directory).resolve(TEST_LABELS));

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> IdxDirectory.load(directory))
                .withMessageStartingWith(directory + ": expects a file t10k-labels-idx1-ubyte (or with .gz), got only"
                        + " t10k-images-idx3-ubyte, train-images-idx3-ubyte, train-labels-idx1-ubyte")
                .withMessageContaining("An IDX data set is a directory with ");
    }

    @Test
    void anEmptyDirectoryIsToldSo() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> IdxDirectory.load(directory))
                .withMessageContaining("expects a file train-images-idx3-ubyte (or with .gz), got an empty directory");
    }

    @Test
    void ofManyFilesSixAreListed() {
        for (char name = 'a'; name <= 'h'; name++) write(directory.resolve(String.valueOf(name)), new byte[1]);

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> IdxDirectory.load(directory))
                .withMessageContaining("got only a, b, c, d, e, f, … (8 in all)");
    }
}
