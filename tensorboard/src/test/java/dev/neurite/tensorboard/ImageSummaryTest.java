package dev.neurite.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.metric.Confusion;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class ImageSummaryTest {
    @Test
    void aConfusionMatrixIsShadedByShare() throws IOException {
        var confusion = new Confusion(List.of("a", "b"));
        for (int i = 0; i < 100; i++) confusion.add(0, 0);
        confusion.add(1, 0);
        confusion.add(1, 1);
        ImageSummary summary = ImageSummary.of(confusion).orElseThrow();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(summary.png()));
        int cell = image.getWidth() / 2;
        assertThat(image.getHeight()).isEqualTo(image.getWidth());
        int right = image.getRGB(2, 2) & 0xffffff;
        int never = image.getRGB(cell + 2, 2) & 0xffffff;
        int half = image.getRGB(2, cell + 2) & 0xffffff;
        assertThat(right).isEqualTo(0x083d77);
        assertThat(never).isEqualTo(0xffffff);
        assertThat(half).isEqualTo(image.getRGB(cell + 2, cell + 2) & 0xffffff).isBetween(0x083d78, 0xfffffe);
        // The count is written in white on the dark cell: 100 in dots of 3 pixels.
        long white = IntStream.range(0, cell * cell)
                .filter(i -> (image.getRGB(i % (cell - 1), i / cell % (cell - 1)) & 0xffffff) == 0xffffff)
                .count();
        assertThat(white).isPositive();
    }

    @Test
    void digitsAreReadable() {
        var confusion = new Confusion(List.of("a", "b"));
        for (int i = 0; i < 7; i++) confusion.add(0, 0);
        ImageSummary summary = ImageSummary.of(confusion).orElseThrow();
        int cell = summary.width() / 2;
        int left = (cell - 3 * 3) / 2;
        int top = (cell - 5 * 3) / 2;
        var seen = new StringBuilder();
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 3; x++) {
                int at = ((top + 3 * y + 1) * summary.width() + left + 3 * x + 1) * 3;
                seen.append((summary.pixels()[at] & 255) == 255 ? '#' : '.');
            }
            seen.append('\n');
        }
        assertThat(seen).hasToString("""
            ###
            ..#
            .#.
            .#.
            .#.
            """);
    }

    @Test
    void manyClassesHaveNoImage() {
        assertThat(ImageSummary.of(new Confusion(
                        IntStream.range(0, 51).mapToObj(i -> "" + i).toList())))
                .isEmpty();
        assertThat(ImageSummary.of(new Confusion(
                        IntStream.range(0, 50).mapToObj(i -> "" + i).toList())))
                .isPresent();
    }

    @Test
    void filtersAreStretchedFromBlackToWhite() {
        ImageSummary summary = ImageSummary.grid(new float[] {-1, 0, 1, 3, 5, 5, 5, Float.NaN}, 2, 1, 2, 2);
        int scale = 12;
        assertThat(summary.pixels()[0]).isZero();
        assertThat(summary.pixels()[scale] & 255).isEqualTo(64);
        assertThat(summary.pixels()[(scale * summary.width()) + scale] & 255).isEqualTo(255);
        assertThat(summary.pixels()[2 * scale + 1] & 255).isEqualTo(128); // all weights are equal
    }

    @Test
    void threeChannelsAreColors() {
        float[] values = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        ImageSummary summary = ImageSummary.grid(values, 1, 3, 2, 2);
        assertThat(summary.channels()).isEqualTo(3);
        assertThat(summary.pixels()[0] & 255).isEqualTo(255);
        assertThat(summary.pixels()[1]).isZero();
        ImageSummary gray = ImageSummary.grid(new float[] {2, 0, 0, 0, 0, 0, 0, 2}, 1, 2, 2, 2);
        assertThat(gray.channels()).isEqualTo(1);
        assertThat(gray.pixels()[0] & 255).isEqualTo(255); // the mean over the channels
    }
}
