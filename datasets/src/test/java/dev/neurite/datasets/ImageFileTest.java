package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileTest {
    @TempDir
    private Path directory;

    private Path png(BufferedImage image) {
        return ImageFiles.write(directory.resolve("image.png"), image);
    }

    private static ImageInput how(Shape shape, boolean resized) {
        return ImageInput.of(shape, resized ? Map.of(ImageInput.NOTE, "stretch") : Map.of());
    }

    private static void refused(Path file, Shape shape, String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFile.bytes(file, how(shape, false)))
                .withMessageStartingWith(file.toString())
                .withMessageContaining(message);
    }

    @Test
    void colorsArePlanesAndGrayTheirBrightness() {
        var image = ImageFiles.plain(2, 1, 0x0a141e);
        image.setRGB(1, 0, 0x808080);
        Path file = png(image);
        assertThat(ImageFile.bytes(file, how(Shape.of(3, 1, 2), false))).containsExactly(10, -128, 20, -128, 30, -128);
        assertThat(ImageFile.bytes(file, how(Shape.of(1, 1, 2), false))).containsExactly(18, -128); // 0.299·10 + …
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
            byte[] bytes = ImageFile.bytes(file, how(Shape.of(channels, 2, 3), false));
            byte[] expected = new byte[6 * channels];
            for (int c = 0; c < channels; c++) expected[6 * c + 1] = (byte) 255;
            assertThat(bytes).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {DataBuffer.TYPE_BYTE, DataBuffer.TYPE_USHORT})
    void grayIsSeenAsItIsStored(int type) throws IOException {
        ColorSpace gray = ColorSpace.getInstance(ColorSpace.CS_GRAY);
        for (boolean alpha : new boolean[] {false, true}) {
            int transparency = alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE;
            var model = new ComponentColorModel(gray, alpha, false, transparency, type);
            var image = new BufferedImage(model, model.createCompatibleWritableRaster(1, 1), false, null);
            int scale = type == DataBuffer.TYPE_BYTE ? 1 : 257;
            image.getRaster().setSample(0, 0, 0, 128 * scale);
            if (alpha) image.getRaster().setSample(0, 0, 1, 64 * scale);
            byte[] png = Files.readAllBytes(png(image));
            int seen = ImageFile.image(new ByteArrayInputStream(png)).getRGB(0, 0);
            assertThat(Integer.toHexString(seen)).isEqualTo(alpha ? "40808080" : "ff808080");
        }
    }

    @Test
    void whatIsTransparentIsBlack() {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00ffffff);
        image.setRGB(1, 0, 0x80c8c8c8);
        assertThat(ImageFile.bytes(png(image), how(Shape.of(1, 1, 2), false))).containsExactly(0, 100);
    }

    @Test
    void aJpegIsToldByItsContentAndReadsNearlyAsItsPixels() {
        Path jpeg = ImageFiles.write(directory.resolve("image.jpg"), ImageFiles.plain(8, 8, 0xc83264));
        Path named = ImageFiles.write(directory.resolve("image.png"), ImageFiles.bytes(jpeg));
        byte[] bytes = ImageFile.bytes(named, how(Shape.of(3, 8, 8), false));
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
        assertThat(ImageFile.bytes(file, how(Shape.of(1, 1, 2), true))).containsExactly(29, (byte) 171);
        byte[] large = ImageFile.bytes(file, how(Shape.of(1, 2, 8), true));
        assertThat(large[0]).isZero();
        assertThat(large[15]).isEqualTo((byte) 200);
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
                    ImageFile.bytes(damaged, how(Shape.of(3, 7, 9), false));
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
        assertThatExceptionOfType(ResourceException.class)
                .isThrownBy(() -> ImageFile.bytes(file, how(Shape.of(3, 1, 1000), true)))
                .withMessageStartingWith(file.toString())
                .withMessageContaining("of memory for its pixels");
    }

    /// A file, a stream, a file in an archive and an image in memory give the same numbers.
    @Test
    void streamsAndImagesInMemoryAreReadAsFiles() throws IOException {
        BufferedImage image = ImageFiles.plain(20, 12, 0x3070b0);
        image.setRGB(5, 6, 0xffffff);
        Path file = png(image);
        ImageInput how = ImageInput.USUAL.resized(8, 8);
        float[] expected = ImageFile.read(file, how);
        assertThat(expected).hasSize(3 * 8 * 8);
        assertThat(expected[0]).isEqualTo(0x30 / 255f);
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(ImageFile.read(in, how)).isEqualTo(expected);
        }
        assertThat(ImageFile.read(image, how)).isEqualTo(expected);
        try (FileSystem archive = FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", "true"))) {
            Path packed = Files.copy(file, archive.getPath("image.png"));
            assertThat(ImageFile.read(packed, how)).isEqualTo(expected);
        }
    }

    @Test
    void streamsAndImagesInMemoryHaveTheLimitsOfFiles() throws IOException {
        ImageInput how = ImageInput.USUAL.sized(8, 8);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFile.read(new ByteArrayInputStream(new byte[0]), how))
                .withMessage("image: expects an undamaged PNG or JPEG image, got an empty file");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(
                        () -> ImageFile.read(new ByteArrayInputStream("text".getBytes(StandardCharsets.UTF_8)), how))
                .withMessage("image: expects an undamaged PNG or JPEG image, got something else");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFile.read(ImageFiles.plain(9, 8, 0), how))
                .withMessageStartingWith("image: expects an image [3×8×8], got one of height 8 and width 9");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFile.read(
                        new BufferedImage(1_000_001, 1, BufferedImage.TYPE_BYTE_BINARY), how.resized(8, 8)))
                .withMessageContaining("expects sides of at most 1,000,000 pixels");
        InputStream closed = InputStream.nullInputStream();
        closed.close();
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ImageFile.read(closed, how))
                .withMessageContaining("Stream closed");
    }

    private byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(name))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Within 3 of 255 of what Pillow makes of the same file, see scripts/golden/inks.py.
    @ParameterizedTest
    @ValueSource(strings = {"cmyk", "ycck", "plain-cmyk"})
    void inksBecomeTheColorThatTheyLeave(String name) {
        float[] colors =
                ImageFile.read(new ByteArrayInputStream(resource(name + ".jpg")), ImageInput.USUAL.sized(16, 16));
        byte[] expected = resource(name + ".rgb");
        for (int i = 0; i < 256; i++) {
            for (int c = 0; c < 3; c++) {
                float got = 255 * colors[256 * c + i];
                assertThat(Math.abs(got - (expected[3 * i + c] & 0xff))).isLessThanOrEqualTo(3);
            }
        }
    }

    /// A JPEG of 24×16 with a white corner at the top left, and a segment of EXIF with an orientation.
    private static byte[] turned(int orientation, boolean littleEndian) {
        BufferedImage image = ImageFiles.plain(24, 16, 0);
        for (int y = 0; y < 8; y++) for (int x = 0; x < 8; x++) image.setRGB(x, y, 0xffffff);
        byte[] jpeg = ImageFiles.jpeg(image);
        ByteBuffer tiff = ByteBuffer.allocate(36);
        tiff.putShort((short) 0xffe1).putShort((short) 34).put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        tiff.put((littleEndian ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
        tiff.order(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        tiff.putShort((short) 42).putInt(8).putShort((short) 1);
        tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
        var whole = new ByteArrayOutputStream();
        whole.write(jpeg, 0, 2);
        whole.writeBytes(tiff.array());
        whole.write(jpeg, 2, jpeg.length - 2);
        return whole.toByteArray();
    }

    /// As cameras mark it: which corner of the upright image is that at the top left of the stored one.
    @ParameterizedTest
    @CsvSource({
        "1, top left",
        "2, top right",
        "3, bottom right",
        "4, bottom left",
        "5, top left",
        "6, top right",
        "7, bottom right",
        "8, bottom left"
    })
    void aTurnedPhotographIsReadUpright(int orientation, String corner) {
        Path file = ImageFiles.write(directory.resolve("turned.jpg"), turned(orientation, orientation % 2 == 0));
        boolean turned = orientation >= 5;
        int height = turned ? 24 : 16;
        int width = turned ? 16 : 24;
        assertThat(ImageFile.size(file)).isEqualTo(Shape.of(height, width));
        float[] gray = ImageFile.read(file, ImageInput.USUAL.gray().sized(height, width));
        int y = corner.startsWith("top") ? 3 : height - 4;
        int x = corner.endsWith("left") ? 3 : width - 4;
        assertThat(gray[y * width + x]).isGreaterThan(0.9f);
        assertThat(gray[(height - 1 - y) * width + x]).isLessThan(0.1f);
        assertThat(gray[y * width + width - 1 - x]).isLessThan(0.1f);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 77})
    void anUnknownOrientationIsNone(int orientation) {
        Path file = ImageFiles.write(directory.resolve("turned.jpg"), turned(orientation, true));
        assertThat(ImageFile.size(file)).isEqualTo(Shape.of(16, 24));
    }

    @ParameterizedTest
    @ValueSource(strings = {"image.png", "image.jpg"})
    void aCutFileIsRefused(String name) {
        BufferedImage noisy = ImageFiles.noise(64, 48);
        byte[] whole = ImageFiles.bytes(ImageFiles.write(directory.resolve(name), noisy));
        for (int part = 1; part < 10; part++) {
            Path cut = ImageFiles.write(directory.resolve("cut"), Arrays.copyOf(whole, whole.length * part / 10));
            refused(
                    cut,
                    Shape.of(3, 48, 64),
                    "expects an undamaged " + (name.endsWith("png") ? "PNG" : "JPEG") + " image");
        }
    }

    /// The JDK's reader takes pixels whose checksum is wrong, and a file without its end.
    @Test
    void aPngOfOtherBytesOrWithoutItsEndIsRefused() {
        byte[] whole =
                ImageFiles.bytes(ImageFiles.write(directory.resolve("image.png"), ImageFiles.plain(64, 48, 0x0a141e)));
        for (int missing = 1; missing <= 60; missing++) {
            byte[] some = Arrays.copyOf(whole, whole.length - missing);
            refused(ImageFiles.write(directory.resolve("cut"), some), Shape.of(3, 48, 64), "it ends too early");
        }
        byte[] changed = whole.clone();
        changed[whole.length - 20] ^= 1; // of the sum at the end of the pixels
        refused(
                ImageFiles.write(directory.resolve("changed"), changed),
                Shape.of(3, 48, 64),
                "the checksum of its part IDAT is another");
    }

    @Test
    void sixteenBitsAreRoundedToEight() {
        var model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, 1, DataBuffer.TYPE_USHORT);
        var raster = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 2, 1, 3, null);
        raster.setPixel(0, 0, new int[] {65_535, 0x8000, 0});
        raster.setPixel(1, 0, new int[] {257, 257 * 200, 40_000});
        Path file = png(new BufferedImage(model, raster, false, null));
        assertThat(ImageFile.bytes(file, how(Shape.of(3, 1, 2), false)))
                .containsExactly(255, 1, 128, 200, 0, Math.round(40_000 / 257f));
    }

    @Test
    void extremeSizesBecomeInputs() {
        for (int[] size : new int[][] {{1, 1}, {20_000, 1}, {1, 20_000}}) {
            Path file = png(ImageFiles.plain(size[0], size[1], 0x6040c0));
            for (ImageFit fit : new ImageFit[] {ImageFit.CROP, ImageFit.PAD, ImageFit.STRETCH}) {
                float[] input =
                        ImageFile.read(file, ImageInput.USUAL.sized(16, 16).fitted(fit));
                assertThat(input[7 * 16 + 7]).isEqualTo(0x60 / 255f);
            }
        }
    }

    /// A progressive JPEG of few bytes can have a million scans, each of which costs as much as the whole image.
    @Test
    void aJpegOfVeryManyScansIsRefused() {
        byte[] jpeg = ImageFiles.jpeg(ImageFiles.plain(8, 8, 0));
        var many = new ByteArrayOutputStream();
        many.write(jpeg, 0, jpeg.length - 2);
        for (int i = 0; i < 100; i++) many.writeBytes(new byte[] {(byte) 0xff, (byte) 0xda, 0, 2});
        many.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd9});
        Path file = ImageFiles.write(directory.resolve("many.jpg"), many.toByteArray());
        refused(file, Shape.of(1, 8, 8), "expects a JPEG image of at most 100 scans, got 101");
    }
}
