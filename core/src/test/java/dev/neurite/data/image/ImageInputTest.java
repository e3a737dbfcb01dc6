package dev.neurite.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ImageInputTest {
    /// A brightness from 0 to 255 for each pixel.
    private interface Gray {
        double at(int x, int y);
    }

    private record Drawn(int height, int width, Gray gray) implements PixelLines {
        @Override
        public void read(int y, int channels, float[] line) {
            for (int i = 0; i < channels * width; i++) line[i] = (float) gray.at(i % width, y);
        }
    }

    private static ImageInput gray(int height, int width, ImageFit fit) {
        return ImageInput.USUAL.gray().sized(height, width).fitted(fit);
    }

    private static int[] inked(float[] image, int width) {
        int[] box = {width, -1, image.length / width, -1}; // left, right, top, bottom
        for (int i = 0; i < image.length; i++) {
            if (image[i] < 0.5f) continue;
            box[0] = Math.min(box[0], i % width);
            box[1] = Math.max(box[1], i % width);
            box[2] = Math.min(box[2], i / width);
            box[3] = Math.max(box[3], i / width);
        }
        return new int[] {box[1] - box[0] + 1, box[3] - box[2] + 1};
    }

    /// A photograph of 200×120 with a circle of radius 40 in its middle.
    @ParameterizedTest
    @CsvSource({"CROP, 21, 21", "PAD, 12, 12", "STRETCH, 13, 21"})
    void aCircleStaysOneUnlessItIsStretched(ImageFit fit, int wide, int tall) {
        var photo = new Drawn(120, 200, (x, y) -> Math.hypot(x - 99.5, y - 59.5) < 40 ? 255 : 0);
        int[] box = inked(gray(32, 32, fit).numbers(photo), 32);
        assertThat(box[0]).isBetween(wide - 1, wide + 1);
        assertThat(box[1]).isBetween(tall - 1, tall + 1);
        if (fit != ImageFit.STRETCH) assertThat(Math.abs(box[0] - box[1])).isLessThanOrEqualTo(1);
    }

    /// As torchvision does it in two steps: resize the shorter side, then cut out the middle.
    @ParameterizedTest
    @CsvSource({
        "50, 81, 20, 20",
        "81, 50, 20, 20",
        "33, 40, 32, 32",
        "7, 23, 16, 16",
        "30, 90, 20, 30",
        "90, 31, 15, 11"
    })
    void croppingIsResizingAndCuttingOutTheMiddle(int h, int w, int height, int width) {
        var random = new Random(h);
        double[] noise = random.doubles((long) h * w, 0, 255).toArray();
        var photo = new Drawn(h, w, (x, y) -> noise[y * w + x]);
        byte[] cropped = gray(height, width, ImageFit.CROP).bytes(photo);
        double larger = Math.max((double) height / h, (double) width / w);
        int tall = (int) Math.floor(h * larger + 1e-9);
        int wide = (int) Math.floor(w * larger + 1e-9);
        byte[] whole = gray(tall, wide, ImageFit.STRETCH).bytes(photo);
        int top = (int) Math.rint((tall - height) / 2.0);
        int left = (int) Math.rint((wide - width) / 2.0);
        for (int y = 0; y < height; y++) {
            int from = (top + y) * wide + left;
            assertThat(Arrays.copyOfRange(cropped, y * width, (y + 1) * width))
                    .isEqualTo(Arrays.copyOfRange(whole, from, from + width));
        }
    }

    @Test
    void paddingIsBlackOnBothSides() {
        var white = new Drawn(10, 40, (_, _) -> 255);
        float[] padded = gray(8, 8, ImageFit.PAD).numbers(white);
        for (int y = 0; y < 8; y++) {
            assertThat(Arrays.copyOfRange(padded, 8 * y, 8 * y + 8)).containsOnly(y == 3 || y == 4 ? 1 : 0);
        }
        float[] thin = gray(8, 8, ImageFit.PAD).numbers(new Drawn(20_000, 1, (_, _) -> 255));
        assertThat(inked(thin, 8)).containsExactly(1, 8); // at least one pixel is left
    }

    @ParameterizedTest
    @EnumSource(names = {"CROP", "PAD", "STRETCH"})
    void extremeImagesBecomeInputs(ImageFit fit) {
        for (int[] size : new int[][] {{1, 1}, {1, 20_000}, {20_000, 1}, {1_000_000, 1}, {3, 2}}) {
            float[] input =
                    ImageInput.USUAL.sized(32, 32).fitted(fit).numbers(new Drawn(size[0], size[1], (_, _) -> 102));
            assertThat(input).hasSize(3 * 32 * 32);
            assertThat(input[15 * 32 + 15]).isBetween(0.39f, 0.41f);
        }
        assertThat(gray(32, 32, ImageFit.CROP).workingMemory(1_000_000, 1)).isLessThan(1 << 20); // only what is used
    }

    @Test
    void anImageOfTheRightSizeIsNotChanged() {
        var photo = new Drawn(5, 7, (x, y) -> 7 * y + x);
        byte[] pixels = new byte[35];
        for (int i = 0; i < 35; i++) pixels[i] = (byte) i;
        for (ImageFit fit : ImageFit.values())
            assertThat(gray(5, 7, fit).bytes(photo)).isEqualTo(pixels);
        assertThat(gray(5, 7, ImageFit.NONE).numbers(photo)[34]).isEqualTo(34 / 255f);
    }

    @Test
    void anotherSizeIsRefusedIfSaid() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> gray(5, 7, ImageFit.NONE).numbers(new Drawn(7, 5, (_, _) -> 0)))
                .withMessage(
                        "image: expects an image [1×5×7], got one of height 7 and width 5. Scale it to 7×5 pixels");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ImageInput.USUAL.numbers(new Drawn(7, 5, (_, _) -> 0)))
                .withMessageContaining("image size: expects a height and width, got none");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new ImageInput(true, Shape.of(3), ImageFit.NONE));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> ImageInput.USUAL.resized(0, 5));
        assertThatExceptionOfType(ResourceException.class)
                .isThrownBy(() -> gray(2, 16_000, ImageFit.STRETCH).bytes(new Drawn(1_000_000, 1, (_, _) -> 0)))
                .withMessageContaining("expects an image that an array can hold");
    }

    /// Models that were written before there was a choice have stretched their images.
    @Test
    void theNoteOfAModelSaysHowItsImagesFit() {
        Shape input = Shape.of(3, 8, 9);
        ImageInput how = ImageInput.USUAL.resized(8, 9);
        assertThat(how.fit()).isEqualTo(ImageFit.CROP);
        for (ImageFit fit : ImageFit.values()) {
            ImageInput each = how.fitted(fit);
            assertThat(ImageInput.of(input, Map.of(ImageInput.NOTE, each.note())))
                    .isEqualTo(each);
        }
        assertThat(ImageInput.of(input, Map.of("resized", "true"))).isEqualTo(how.fitted(ImageFit.STRETCH));
        assertThat(ImageInput.of(Shape.of(1, 8, 9), Map.of())).isEqualTo(gray(8, 9, ImageFit.NONE));
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> ImageInput.of(input, Map.of("resized", "maybe")))
                .withMessage("note 'resized': expects none, crop, pad or stretch, got 'maybe'");
        for (Shape other : new Shape[] {Shape.of(4), Shape.of(2, 8, 9)}) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> ImageInput.of(other, Map.of()))
                    .withMessageContaining(
                            "expects a model of images [1×height×width] or [3×height×width], got one of");
        }
    }
}
