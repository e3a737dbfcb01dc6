package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileTest {
    @TempDir
    private Path directory;

    private Path png(BufferedImage image) {
        return ImageFiles.write(directory.resolve("image.png"), image);
    }

    private static void refused(Path file, Shape shape, String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFile.read(file, shape, false))
                .withMessageStartingWith(file.toString())
                .withMessageContaining(message);
    }

    @Test
    void colorsArePlanesAndGrayTheirBrightness() {
        var image = ImageFiles.plain(2, 1, 0x0a141e);
        image.setRGB(1, 0, 0x808080);
        Path file = png(image);
        assertThat(ImageFile.read(file, Shape.of(3, 1, 2), false)).containsExactly(10, -128, 20, -128, 30, -128);
        assertThat(ImageFile.read(file, Shape.of(1, 1, 2), false)).containsExactly(18, -128); // 0.299·10 + …
        assertThat(ImageFile.size(file)).isEqualTo(Shape.of(1, 2));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_BYTE_GRAY,
                BufferedImage.TYPE_USHORT_GRAY,
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_BYTE_INDEXED,
                BufferedImage.TYPE_BYTE_BINARY
            })
    void everyKindOfPngReadsAsItsPixels(int type) {
        var image = new BufferedImage(3, 2, type);
        if (type == BufferedImage.TYPE_USHORT_GRAY) image.getRaster().setSample(1, 0, 0, 65_535);
        else image.setRGB(1, 0, 0xffffffff);
        Path file = png(image);
        for (int channels : new int[] {1, 3}) {
            byte[] bytes = ImageFile.read(file, Shape.of(channels, 2, 3), false);
            byte[] expected = new byte[6 * channels];
            for (int c = 0; c < channels; c++) expected[6 * c + 1] = (byte) 255;
            assertThat(bytes).isEqualTo(expected);
        }
    }

    @Test
    void whatIsTransparentIsBlack() {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00ffffff);
        image.setRGB(1, 0, 0x80c8c8c8);
        assertThat(ImageFile.read(png(image), Shape.of(1, 1, 2), false)).containsExactly(0, 100);
    }

    @Test
    void aJpegIsToldByItsContentAndReadsNearlyAsItsPixels() {
        Path jpeg = ImageFiles.write(directory.resolve("image.jpg"), ImageFiles.plain(8, 8, 0xc83264));
        Path named = ImageFiles.write(directory.resolve("image.png"), ImageFiles.bytes(jpeg));
        byte[] bytes = ImageFile.read(named, Shape.of(3, 8, 8), false);
        for (int c = 0; c < 3; c++) {
            int expected = new int[] {0xc8, 0x32, 0x64}[c];
            assertThat(bytes[64 * c] & 0xff).isBetween(expected - 4, expected + 4);
        }
    }

    @Test
    void anImageOfAnotherSizeIsRefusedOrBroughtToThis() {
        var image = ImageFiles.plain(4, 2, 0);
        for (int x = 2; x < 4; x++) for (int y = 0; y < 2; y++) image.setRGB(x, y, 0xc8c8c8);
        Path file = png(image);
        refused(file, Shape.of(1, 2, 3), "expects an image [1×2×3], got one of height 2 and width 4. Scale it to 3×2");
        // As PyTorch's interpolate(antialias=True) has it: the middle of the first pixel is that of both black ones.
        assertThat(ImageFile.read(file, Shape.of(1, 1, 2), true)).containsExactly(29, (byte) 171);
        byte[] large = ImageFile.read(file, Shape.of(1, 2, 8), true);
        assertThat(large[0]).isZero();
        assertThat(large[15]).isEqualTo((byte) 200);
        refused(file, Shape.of(2, 2, 4), "expects a model of images [1×height×width] or [3×height×width]");
        refused(file, Shape.of(8), "expects a model of images");
    }

    @Test
    void aHugeImageIsRefusedByItsHeaderBeforeMemoryIsTaken() {
        byte[] png = ImageFiles.bytes(png(ImageFiles.plain(2, 2, 0)));
        ByteBuffer header = ByteBuffer.wrap(png);
        header.putInt(16, 30_000).putInt(20, 30_000);
        var crc = new CRC32();
        crc.update(png, 12, 17);
        header.putInt(29, (int) crc.getValue());
        Path file = ImageFiles.write(directory.resolve("huge.png"), png);
        refused(file, Shape.of(1, 2, 2), "at most 50,000,000 pixels, got one of height 30,000 and width 30,000");
        assertThatExceptionOfType(DataException.class).isThrownBy(() -> ImageFile.size(file));
    }

    @Test
    void whatIsNoImageIsRefused() {
        refused(directory.resolve("nothing.png"), Shape.of(1, 2, 2), "got nothing: it does not exist");
        refused(directory, Shape.of(1, 2, 2), "expects a PNG or JPEG image, got a directory");
        Path empty = ImageFiles.write(directory.resolve("empty.png"), new byte[0]);
        refused(empty, Shape.of(1, 2, 2), "got an empty file");
        Path text = ImageFiles.write(directory.resolve("text.png"), "no image".getBytes(StandardCharsets.UTF_8));
        refused(text, Shape.of(1, 2, 2), "expects an undamaged PNG or JPEG image, got something else");
    }

    /// Cut and changed at every place, it is read or refused, and nothing else happens.
    @ParameterizedTest
    @ValueSource(strings = {"image.png", "image.jpg"})
    void aDamagedImageIsRefusedWithATypedError(String name) {
        Path file = ImageFiles.write(directory.resolve(name), ImageFiles.plain(9, 7, 0x4080c0));
        byte[] whole = ImageFiles.bytes(file);
        int refused = 0;
        for (int i = 8; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 0x55;
            for (byte[] bad : new byte[][] {Arrays.copyOf(whole, i), changed}) {
                Path damaged = ImageFiles.write(directory.resolve("bad"), bad);
                try {
                    ImageFile.read(damaged, Shape.of(3, 7, 9), false);
                } catch (DataException e) {
                    assertThat(e).hasMessageStartingWith(damaged.toString());
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(20);
    }

    @Test
    void aSideLongerThanAMillionPixelsIsRefusedBeforeItIsRead() {
        refused(
                png(new BufferedImage(1, 1_000_001, BufferedImage.TYPE_BYTE_GRAY)),
                Shape.of(1, 28, 28),
                "expects sides of at most 1,000,000 pixels, got an image of height 1,000,001 and width 1");
    }

    @Test
    void resamplingThatNoArrayCouldHoldNeedsMoreMemory() {
        Path file = png(new BufferedImage(1, 1_000_000, BufferedImage.TYPE_BYTE_GRAY));
        assertThatExceptionOfType(dev.neurite.error.ResourceException.class)
                .isThrownBy(() -> ImageFile.read(file, Shape.of(3, 1, 1000), true))
                .withMessageStartingWith(file.toString())
                .withMessageContaining("of memory for its pixels");
    }
}
