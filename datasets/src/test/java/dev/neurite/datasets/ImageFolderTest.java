package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    private static final ImageInput USUAL = ImageInput.USUAL;

    @TempDir
    private Path root;

    private Path image(String name, int rgb) {
        return ImageFiles.write(root.resolve(name), ImageFiles.plain(4, 3, rgb));
    }

    private static List<String> rows(Dataset data) {
        List<String> rows = new ArrayList<>();
        float[] pixels = new float[data.inputShape().size()];
        for (int row = 0; row < data.size(); row++) {
            data.readInput(row, pixels, 0);
            rows.add(data.classNames().get(data.label(row)) + " " + Math.round(255 * pixels[0]));
        }
        return rows;
    }

    private void refused(String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFolder.load(root))
                .withMessageStartingWith(root.toString())
                .withMessageContaining(message);
    }

    @Test
    void classesAndImagesAreInTheOrderOfTheirNames() {
        image("train/dog/2.png", 0x200000);
        image("train/dog/1.png", 0x100000);
        image("train/dog/.DS_Store.png", 0);
        image("train/a cat \uD83D\uDC08/z.png", 0x300000);
        image("train/.hidden/z.png", 0);
        image("test/dog/x.png", 0x400000);
        image("val/dog/x.png", 0x500000);
        DataSplit split = ImageFolder.load(root);
        assertThat(split.train().classNames()).containsExactly("a cat \uD83D\uDC08", "dog");
        assertThat(split.train().inputShape()).isEqualTo(Shape.of(3, 3, 4));
        assertThat(rows(split.train())).containsExactly("a cat \uD83D\uDC08 48", "dog 16", "dog 32");
        assertThat(rows(split.test())).containsExactly("dog 64");
        assertThat(rows(ImageFolder.load(root, USUAL.gray()).test())).containsExactly("dog 19"); // 0.299·64
    }

    @Test
    void withoutTestImagesAFifthIsTakenTheSameEachTime() {
        for (int i = 0; i < 10; i++) {
            image("cat/" + i + ".png", i << 16);
            image("train/" + i + ".png", (20 + i) << 16); // of trains
        }
        DataSplit split = ImageFolder.load(root);
        assertThat(split.train().classNames()).containsExactly("cat", "train");
        assertThat(split.train().size()).isEqualTo(16);
        assertThat(rows(split.test()))
                .hasSize(4)
                .isEqualTo(rows(ImageFolder.load(root).test()));
    }

    @Test
    void aFifthOfTrainIsTakenWhereItIsAlone() {
        for (int i = 0; i < 5; i++) image("train/cat/" + i + ".png", i << 16);
        assertThat(ImageFolder.load(root).train().size()).isEqualTo(4);
    }

    @Test
    void imagesOfOtherSizesAreRefusedUnlessTheyAreResized() {
        image("train/cat/1.png", 0x404040);
        ImageFiles.write(root.resolve("train/cat/2.png"), ImageFiles.plain(8, 8, 0x808080));
        image("test/cat/1.png", 0x404040);
        refused("2.png: expects an image of height 3 and width 4, as ");
        refused("got one of height 8 and width 8");
        DataSplit split = ImageFolder.load(root, USUAL.resized(5, 6));
        assertThat(split.train().inputShape()).isEqualTo(Shape.of(3, 5, 6));
        assertThat(rows(split.train())).containsExactly("cat 64", "cat 128");
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> USUAL.resized(0, 5));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> USUAL.resized(5, 20_000));
    }

    /// A wide photograph, red on the left, blue in the middle, red on the right.
    @Test
    void imagesKeepTheirProportions() {
        var wide = ImageFiles.plain(30, 10, 0xff0000);
        for (int y = 0; y < 10; y++) for (int x = 10; x < 20; x++) wide.setRGB(x, y, 0x0000ff);
        ImageFiles.write(root.resolve("train/cat/1.png"), wide);
        ImageFiles.write(root.resolve("test/cat/1.png"), wide);
        assertThat(rows(ImageFolder.load(root, USUAL.resized(10, 10)).train())).containsExactly("cat 0"); // the middle
        assertThat(rows(ImageFolder.load(root, USUAL.resized(10, 10).fitted(ImageFit.STRETCH))
                        .train()))
                .containsExactly("cat 255");
        Dataset padded = ImageFolder.load(root, USUAL.resized(10, 10).fitted(ImageFit.PAD))
                .train();
        float[] pixels = new float[300];
        padded.readInput(0, pixels, 0);
        assertThat(pixels[0]).isZero(); // a black edge
        assertThat(pixels[10 * 5]).isEqualTo(1);
    }

    @Test
    void theCommonSizeIsThatOfAllImages() {
        image("train/cat/1.png", 0);
        image("train/dog/1.png", 0);
        image("test/dog/1.png", 0);
        assertThat(ImageFolder.commonSize(root)).contains(Shape.of(3, 4));
        ImageFiles.write(root.resolve("test/dog/2.png"), ImageFiles.plain(3, 4, 0));
        assertThat(ImageFolder.commonSize(root)).isEmpty();
        assertThat(ImageFolder.commonSize(root.resolve("train"))).contains(Shape.of(3, 4));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFolder.commonSize(root.resolve("nowhere")))
                .withMessageContaining("expects a directory of images, got nothing");
    }

    /// Files of these kinds beside each other, all brought to one size.
    @Test
    void unusualImagesAreRead() {
        ImageFiles.write(root.resolve("train/odd/dot.png"), ImageFiles.plain(1, 1, 0xff0000));
        ImageFiles.write(root.resolve("train/odd/line.png"), ImageFiles.plain(20_000, 1, 0xff0000));
        ImageFiles.write(
                root.resolve("train/odd/palette.png"), new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_INDEXED));
        ImageFiles.write(root.resolve("train/odd/alpha.png"), new BufferedImage(9, 9, BufferedImage.TYPE_INT_ARGB));
        ImageFiles.write(root.resolve("train/odd/deep.png"), new BufferedImage(9, 9, BufferedImage.TYPE_USHORT_GRAY));
        try (InputStream inks = Objects.requireNonNull(getClass().getResourceAsStream("cmyk.jpg"))) {
            ImageFiles.write(root.resolve("train/odd/inks.jpg"), inks.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        image("test/odd/1.png", 0);
        assertThat(rows(ImageFolder.load(root, USUAL.resized(8, 8)).train()))
                .hasSize(6)
                .contains("odd 255", "odd 0");
        byte[] whole = ImageFiles.bytes(root.resolve("train/odd/inks.jpg"));
        ImageFiles.write(root.resolve("train/odd/inks.jpg"), Arrays.copyOf(whole, 400));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFolder.load(root, USUAL.resized(8, 8)))
                .withMessageEndingWith(
                        "inks.jpg: expects an undamaged JPEG image, but reading it failed: it ends too early");
    }

    @Test
    void testImagesMustHaveTheSizeOfTrainingsAndItsClasses() {
        image("train/cat/1.png", 0);
        Path test = ImageFiles.write(root.resolve("test/cat/1.png"), ImageFiles.plain(5, 3, 0));
        refused("1.png: expects an image of height 3 and width 4, as ");
        test.toFile().delete();
        image("test/cat/1.png", 0);
        image("test/cow/1.png", 0);
        refused("expects a class with training images, cat, got 'cow'");
    }

    @Test
    void whatIsNoImageIsRefusedByName() throws IOException {
        image("train/cat/1.png", 0);
        image("test/cat/1.png", 0);
        Path bad = ImageFiles.write(root.resolve("train/cat/2.txt"), "hello".getBytes(StandardCharsets.UTF_8));
        refused("2.txt: expects an undamaged PNG or JPEG image, got something else");
        Files.delete(bad);
        Files.createDirectories(root.resolve("train/cat/more"));
        refused("more: expects a PNG or JPEG image, got a directory");
        Files.delete(root.resolve("train/cat/more"));
        Files.createDirectories(root.resolve("train/cow"));
        refused("cow: expects at least 1 image of this class, got none");
        Files.delete(root.resolve("train/cow"));
        Path file = ImageFiles.write(root.resolve("train/readme.txt"), new byte[3]);
        refused("readme.txt: expects a directory for each class of images, got a file");
        Files.delete(file);
        Path link = Files.createSymbolicLink(root.resolve("train/cat/loop"), root.resolve("train"));
        refused("loop: expects a PNG or JPEG image, got a directory");
        Files.delete(link);
        assertThat(ImageFolder.load(root).train().size()).isEqualTo(1);
    }

    @Test
    void ofSeveralDamagedFilesTheFirstIsTold() {
        for (int i = 10; i < 90; i++) image("train/cat/" + i + ".png", 0);
        image("test/cat/1.png", 0);
        for (int i = 20; i < 60; i++) {
            ImageFiles.write(root.resolve("train/cat/" + i + ".png"), "bad".getBytes(StandardCharsets.UTF_8));
        }
        refused("20.png: expects");
    }

    @Test
    void aDirectoryThatIsMissingOrEmptyIsRefused() {
        refused("expects a directory for each class of images, got none");
        root = root.resolve("nowhere");
        refused("expects a directory of images, got nothing");
        root = ImageFiles.write(root.resolveSibling("file"), new byte[1]);
        refused("expects a directory of images, got a file");
    }

    @Test
    void moreThan256ClassesHaveTheirLabels() {
        for (int i = 100; i < 400; i++) image("train/" + i + "/1.png", 0);
        image("test/399/1.png", 0);
        DataSplit split = ImageFolder.load(root);
        assertThat(split.test().label(0)).isEqualTo(299);
        assertThat(split.train().label(299)).isEqualTo(299);
    }

    @Test
    void aDirectoryIsReadAsWhatIsInIt() {
        image("train/cat/1.png", 0);
        image("test/cat/1.png", 0);
        assertThat(DataDirectory.isOfImages(root)).isTrue();
        assertThat(DataDirectory.load(root, USUAL.gray()).train().inputShape()).isEqualTo(Shape.of(1, 3, 4));
        ImageFiles.write(root.resolve("train-images-idx3-ubyte"), new byte[3]);
        assertThat(DataDirectory.isOfImages(root)).isFalse();
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataDirectory.load(root, USUAL))
                .withMessageContaining("expects a file train-labels-idx1-ubyte");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataDirectory.load(root, USUAL.gray()))
                .withMessageContaining("expects images in a directory for each class for these options");
    }
}
