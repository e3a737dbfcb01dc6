package dev.neurite.onnx.op.nn;

import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.Value;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The test cases of ONNX, with one image of each format, run in `BackendTest`.
final class ImageDecoderTest {
    private static final int[] COLORS = {0x102030, 0xff8000, 0x808080, 0x00ff01};

    private static Ops decoder(String format) {
        return op("ImageDecoder", 20).with("pixel_format", format);
    }

    private static byte[] file(String format, int type) throws IOException {
        var image = new BufferedImage(4, 1, type);
        for (int x = 0; x < 4; x++) image.setRGB(x, 0, 0x40000000 | COLORS[x]);
        return written(format, image);
    }

    private static byte[] written(String format, BufferedImage image) throws IOException {
        var out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static Value value(byte... bytes) {
        return Value.ofUint8(shape(bytes.length), bytes);
    }

    private static Value pixels(int channels, int... samples) {
        byte[] bytes = new byte[samples.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) samples[i];
        return Value.ofUint8(shape(1, 4, channels), bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif", "tiff"})
    void readsWhatTheJdkReads(String format) throws IOException {
        Value file = value(file(format, BufferedImage.TYPE_INT_RGB));
        assertThat(op("ImageDecoder", 20).run(file))
                .isEqualTo(pixels(3, 0x10, 0x20, 0x30, 0xff, 0x80, 0, 0x80, 0x80, 0x80, 0, 0xff, 1));
        assertThat(decoder("BGR").run(file))
                .isEqualTo(pixels(3, 0x30, 0x20, 0x10, 0, 0x80, 0xff, 0x80, 0x80, 0x80, 1, 0xff, 0));
        assertThat(decoder("Grayscale").run(file)).isEqualTo(pixels(1, 29, 151, 128, 150));
    }

    @Test
    void leavesTransparencyOut() throws IOException {
        assertThat(decoder("RGB").run(value(file("png", BufferedImage.TYPE_INT_ARGB))))
                .isEqualTo(pixels(3, 0x10, 0x20, 0x30, 0xff, 0x80, 0, 0x80, 0x80, 0x80, 0, 0xff, 1));
    }

    @Test
    void graysAreThoseOfTheFile() throws IOException {
        var gray = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSamples(0, 0, 4, 1, 0, new int[] {0, 3, 77, 255});
        Value file = value(written("png", gray));
        assertThat(decoder("Grayscale").run(file)).isEqualTo(pixels(1, 0, 3, 77, 255));
        assertThat(decoder("RGB").run(file)).isEqualTo(pixels(3, 0, 0, 0, 3, 3, 3, 77, 77, 77, 255, 255, 255));
        var deep = new BufferedImage(4, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSamples(0, 0, 4, 1, 0, new int[] {0, 3 * 257, 77 * 257 + 128, 65535});
        assertThat(decoder("Grayscale").run(value(written("png", deep)))).isEqualTo(pixels(1, 0, 3, 77, 255));
    }

    @Test
    void namesTheWayOutForOtherFormats() {
        assertThatThrownBy(() -> decoder("RGB").run(value("no image".getBytes(StandardCharsets.US_ASCII))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects an image of a format that is read here, got 8 bytes of another")
                .hasMessageContaining("plugins of javax.imageio on the class path");
        assertThatThrownBy(() -> decoder("RGB").run(value())).isInstanceOf(DataException.class);
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        byte[] jpeg = file("jpeg", BufferedImage.TYPE_INT_RGB);
        byte[] png = file("png", BufferedImage.TYPE_INT_RGB);
        for (byte[] file : new byte[][] {jpeg, png}) {
            assertThatThrownBy(() -> decoder("RGB").run(value(Arrays.copyOf(file, file.length - 30))))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("an image that can be read");
        }
        png[16] = 0x7f; // its width
        assertThatThrownBy(() -> decoder("RGB").run(value(png)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects an image of at most 50000000 pixels, got one of height 1 and width");
    }

    @Test
    void refusesOtherInputsAndFormats() {
        assertThatThrownBy(() -> decoder("CMYK").run(value())).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> decoder("RGB").run(Ops.floats(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> decoder("RGB").run(Value.ofUint8(shape(1, 1), (byte) 0)))
                .isInstanceOf(ShapeException.class);
    }
}
