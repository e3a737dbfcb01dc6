package dev.neurite.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageFit;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DrawingTest {
    private static final ImageForm FORM = new ImageForm(1, 28, 28, 0, 1);
    private static final Drawing MNIST = Drawing.of(FORM, Optional.empty(), ImageFit.CROP);

    /// A gray image with a black rectangle on white.
    private static Picture rectangle(int side, int left, int top, int width, int height) {
        byte[] pixels = new byte[side * side];
        java.util.Arrays.fill(pixels, (byte) 255);
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) pixels[y * side + x] = 0;
        }
        return new Picture(side, side, 1, pixels);
    }

    private static Picture negative(Picture picture) {
        byte[] pixels = new byte[picture.pixels().length];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (255 - (picture.pixels()[i] & 255));
        return new Picture(picture.width(), picture.height(), 1, pixels);
    }

    /// Left, right, top and bottom of the pixels above a half.
    private static int[] box(float[] image) {
        int[] box = {99, -1, 99, -1};
        for (int i = 0; i < image.length; i++) {
            if (image[i] <= 0.5f) continue;
            box[0] = Math.min(box[0], i % 28);
            box[1] = Math.max(box[1], i % 28);
            box[2] = Math.min(box[2], i / 28);
            box[3] = Math.max(box[3], i / 28);
        }
        return box;
    }

    @Test
    void theInkFillsTwentyPixelsAndKeepsItsAspectRatio() {
        for (int[] place : new int[][] {{5, 5}, {100, 20}, {140, 40}}) {
            float[] image = MNIST.apply(rectangle(280, place[0], place[1], 100, 200));
            int[] box = box(image);
            assertThat(box[3] - box[2] + 1).isEqualTo(20);
            assertThat(box[1] - box[0] + 1).isEqualTo(10);
            assertThat(image[0]).isZero(); // white paper is 0, as in MNIST
            assertThat(image[14 * 28 + 14]).isEqualTo(1);
        }
    }

    @Test
    void sizeAndPlaceOnThePaperDoNotMatter() {
        float[] large = MNIST.apply(rectangle(400, 10, 10, 150, 300));
        float[] small = MNIST.apply(rectangle(400, 300, 200, 20, 40));
        assertThat(box(large)).isEqualTo(box(small));
    }

    @Test
    void lightInkOnDarkIsTheSame() {
        Picture picture = rectangle(200, 30, 40, 60, 100);
        assertThat(MNIST.apply(negative(picture))).isEqualTo(MNIST.apply(picture));
    }

    @Test
    void theCenterOfMassIsInTheMiddle() {
        Picture picture = rectangle(200, 20, 20, 40, 120);
        for (int y = 110; y < 140; y++) { // an L, whose middle is not its center of mass
            for (int x = 60; x < 140; x++) picture.pixels()[y * 200 + x] = 0;
        }
        float[] image = MNIST.apply(picture);
        double sum = 0;
        double x = 0;
        double y = 0;
        for (int i = 0; i < image.length; i++) {
            sum += image[i];
            x += image[i] * (i % 28);
            y += image[i] * Math.floorDiv(i, 28);
        }
        assertThat(x / sum).isCloseTo(14, within(0.5));
        assertThat(y / sum).isCloseTo(14, within(0.5));
        int[] box = box(image);
        assertThat((box[0] + box[1]) / 2.0).isGreaterThan(14.5); // its middle is not
    }

    @Test
    void edgesAreGray() {
        Picture disk = rectangle(280, 0, 0, 0, 0);
        for (int i = 0; i < 280 * 280; i++) {
            if (Math.hypot(i % 280 - 140, i / 280 - 120) < 90) disk.pixels()[i] = 0;
        }
        float[] image = MNIST.apply(disk);
        int gray = 0;
        for (float each : image) if (each > 0.1 && each < 0.9) gray++;
        assertThat(gray).isPositive();
    }

    @Test
    void anEmptyPaperIsEmpty() {
        assertThat(MNIST.apply(rectangle(100, 0, 0, 0, 0))).containsOnly(0);
    }

    @Test
    void colorsCountByTheirBrightness() {
        byte[] pixels = new byte[3 * 40 * 40];
        java.util.Arrays.fill(pixels, (byte) 255);
        for (int y = 10; y < 30; y++) {
            for (int x = 15; x < 25; x++) {
                pixels[3 * (y * 40 + x)] = 0; // cyan is darker than white
            }
        }
        int[] box = box(MNIST.apply(new Picture(40, 40, 3, pixels)));
        assertThat(box[3] - box[2] + 1).isEqualTo(20);
    }

    /// Bars in a box of a size, with a center of mass, on a background.
    private static Dataset data(int size, int box, double center, boolean light) {
        var source = new Random(5);
        float[] inputs = new float[200 * size * size];
        for (int row = 0; row < 200; row++) {
            int from = (int) Math.round(center - (box - 1) / 2.0);
            int width = 2 + source.nextInt(2);
            int left = (int) Math.round(center - (width - 1) / 2.0);
            for (int y = 0; y < size; y++) {
                for (int x = 0; x < size; x++) {
                    boolean ink = y >= from && y < from + box && x >= left && x < left + width;
                    inputs[(row * size + y) * size + x] = ink == light ? 0.9f : 0;
                }
            }
        }
        Tensor tensor = Tensor.of(Shape.of(200, 1, size, size), inputs);
        return Dataset.of(tensor, new int[200], List.of("bar"));
    }

    @Test
    void theBoxIsThatOfTheData() {
        ImageForm form = new ImageForm(1, 16, 16, 0, 1);
        Drawing drawing = Drawing.of(form, Optional.of(data(16, 12, 8, true)), ImageFit.CROP);
        assertThat(drawing.placed()).isTrue();
        assertThat(drawing.inverted()).isTrue();
        assertThat(drawing.box()).isEqualTo(12);
        assertThat(drawing.centerY()).isCloseTo(8, within(0.6));
        assertThat(drawing.name()).isEqualTo("mnist");
        float[] image = drawing.apply(rectangle(100, 40, 10, 20, 80));
        int rows = 0;
        for (int y = 0; y < 16; y++) {
            boolean any = false;
            for (int x = 0; x < 16; x++) any |= image[y * 16 + x] > 0.5;
            if (any) rows++;
        }
        assertThat(rows).isEqualTo(12);
    }

    @Test
    void dataWithDarkInkStaysDark() {
        ImageForm form = new ImageForm(1, 16, 16, 0, 1);
        Drawing drawing = Drawing.of(form, Optional.of(data(16, 12, 8, false)), ImageFit.CROP);
        assertThat(drawing.inverted()).isFalse();
        float[] image = drawing.apply(rectangle(100, 40, 10, 20, 80));
        assertThat(image[0]).isEqualTo(1);
        assertThat(image[8 * 16 + 8]).isZero();
    }

    @Test
    void drawingsForPhotographsHaveTheirBackground() {
        Drawing photos = new Drawing(new ImageForm(1, 8, 8, 0, 1), false, true, 8, 4, 4, ImageFit.CROP);
        float[] image = photos.apply(rectangle(64, 24, 8, 16, 48)); // dark ink, where the data has light ink
        assertThat(image[0]).isZero();
        assertThat(image[4 * 8 + 3]).isGreaterThan(0.8f); // its edge is smooth
    }

    @Test
    void digitsOfEightPixelsReachTheBorder() {
        Dataset digits = dev.neurite.datasets.Digits.all();
        ImageForm form = ImageForm.of(
                        digits.inputShape(), dev.neurite.datasets.Digits.featureNames(), Optional.of(digits))
                .orElseThrow();
        Drawing drawing = Drawing.of(form, Optional.of(digits), ImageFit.CROP);
        assertThat(drawing.placed()).isTrue();
        assertThat(drawing.inverted()).isTrue();
        assertThat(drawing.box()).isEqualTo(8);
        float[] one = drawing.apply(rectangle(200, 90, 20, 25, 150));
        assertThat(one[0]).isZero();
        assertThat(one[3 * 8 + 3] + one[3 * 8 + 4]).isGreaterThan(12); // of 16
    }

    @Test
    void photographsAreOnlyResized() {
        var source = new Random(6);
        float[] inputs = new float[50 * 3 * 8 * 8];
        for (int i = 0; i < inputs.length; i++) inputs[i] = source.nextFloat();
        Dataset photos = Dataset.of(Tensor.of(Shape.of(50, 3, 8, 8), inputs), new int[50], List.of("x"));
        ImageForm form = ImageForm.of(photos.inputShape(), List.of(), Optional.of(photos))
                .orElseThrow();
        Drawing drawing = Drawing.of(form, Optional.of(photos), ImageFit.CROP);
        assertThat(drawing.placed()).isFalse();
        assertThat(drawing.name()).isEqualTo("none");
        byte[] pixels = new byte[3 * 16 * 16];
        for (int i = 0; i < 16 * 16; i++) pixels[3 * i] = (byte) 255; // red
        float[] image = drawing.apply(new Picture(16, 16, 3, pixels));
        assertThat(java.util.Arrays.copyOf(image, 64)).containsOnly(1);
        assertThat(java.util.Arrays.copyOfRange(image, 64, 192)).containsOnly(0);
    }

    /// A photograph of 40×20 whose left and right quarters are red: cropped they are gone, padded there are black
    /// lines.
    @Test
    void photographsAreMadeToFitAsInTraining() {
        byte[] pixels = new byte[3 * 40 * 20];
        for (int i = 0; i < 40 * 20; i++) {
            boolean side = i % 40 < 10 || i % 40 >= 30;
            pixels[3 * i] = side ? (byte) 255 : 0;
            pixels[3 * i + 2] = side ? 0 : (byte) 255;
        }
        var photo = new Picture(40, 20, 3, pixels);
        ImageForm form = new ImageForm(3, 8, 8, 0, 1);
        float[] cropped = new Drawing(form, false, false, 8, 4, 4, ImageFit.CROP).apply(photo);
        for (int i = 128; i < 192; i++) assertThat(cropped[i]).isGreaterThan(0.8f); // all is blue
        float[] padded = new Drawing(form, false, false, 8, 4, 4, ImageFit.PAD).apply(photo);
        assertThat(padded[0] + padded[128]).isZero();
        assertThat(padded[3 * 8]).isEqualTo(1);
        assertThat(padded[128 + 3 * 8 + 4]).isEqualTo(1);
        float[] stretched = new Drawing(form, false, false, 8, 4, 4, ImageFit.STRETCH).apply(photo);
        assertThat(stretched[0]).isEqualTo(1);
    }

    @Test
    void resizingKeepsTheMean() {
        double[][] image = new double[30][30];
        for (int y = 0; y < 30; y++) for (int x = 0; x < 30; x++) image[y][x] = y % 2;
        double[][] small = Drawing.resize(image, 10, 10);
        for (double[] row : small) for (double each : row) assertThat(each).isCloseTo(0.5, within(0.12));
        double[][] same = Drawing.resize(image, 30, 30);
        assertThat(same[1][0]).isEqualTo(1);
    }

    @Test
    void formsOfImages() {
        assertThat(ImageForm.of(Shape.of(1, 28, 28), List.of(), Optional.empty()))
                .contains(FORM);
        assertThat(ImageForm.of(Shape.of(4), List.of(), Optional.empty())).isEmpty();
        assertThat(ImageForm.of(Shape.of(5, 8, 8), List.of(), Optional.empty())).isEmpty();
        List<String> pixels = List.of("pixel_0_0", "pixel_0_1", "pixel_1_0", "pixel_1_1");
        assertThat(ImageForm.of(Shape.of(4), pixels, Optional.empty())).contains(new ImageForm(1, 2, 2, 0, 1));
        Dataset sixteen = Dataset.of(new float[][] {{0, 16, 4, 8}}, new int[] {0}, List.of("a"));
        ImageForm form = ImageForm.of(Shape.of(4), pixels, Optional.of(sixteen)).orElseThrow();
        assertThat(form.picture(new float[] {0, 16, 4, 8}).pixels()).containsExactly(0, (byte) 255, 64, (byte) 128);
    }
}
