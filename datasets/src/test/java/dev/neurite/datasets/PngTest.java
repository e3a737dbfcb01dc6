package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.io.Png;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class PngTest {
    private static BufferedImage read(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    @Test
    void grayImagesKeepTheirPixels() throws IOException {
        byte[] pixels = new byte[7 * 5];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i * 7);
        BufferedImage image = read(Png.encode(7, 5, 1, pixels));
        assertThat(image.getWidth()).isEqualTo(7);
        assertThat(image.getHeight()).isEqualTo(5);
        for (int i = 0; i < pixels.length; i++) {
            assertThat(image.getRaster().getSample(i % 7, i / 7, 0)).isEqualTo(pixels[i] & 255);
        }
    }

    @Test
    void colorImagesKeepTheirPixels() throws IOException {
        byte[] pixels = {(byte) 255, 0, 0, 0, (byte) 255, 0, 0, 0, (byte) 255, 1, 2, 3};
        BufferedImage image = read(Png.encode(2, 2, 3, pixels));
        assertThat(image.getRGB(0, 0) & 0xffffff).isEqualTo(0xff0000);
        assertThat(image.getRGB(1, 0) & 0xffffff).isEqualTo(0x00ff00);
        assertThat(image.getRGB(0, 1) & 0xffffff).isEqualTo(0x0000ff);
        assertThat(image.getRGB(1, 1) & 0xffffff).isEqualTo(0x010203);
    }

    @Test
    void theSamePixelsGiveTheSameBytes() {
        assertThat(Png.encode(2, 1, 1, new byte[] {1, 2})).isEqualTo(Png.encode(2, 1, 1, new byte[] {1, 2}));
    }

    @Test
    void wrongSizesAreRefused() {
        assertThatThrownBy(() -> Png.encode(2, 2, 1, new byte[3]))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("4 bytes, got 3");
        assertThatThrownBy(() -> Png.encode(0, 2, 1, new byte[0])).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Png.encode(16_385, 1, 1, new byte[16_385])).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Png.encode(1, 1, 4, new byte[4])).isInstanceOf(DataException.class);
    }
}
