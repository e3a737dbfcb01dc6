package dev.neurite.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.jdk.javaapi.CollectionConverters;

class FeaturesTest {
    private static final int COLOR = 16;

    private static Row image(int height, int width, int channels, int mode, int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) data[i] = (byte) bytes[i];
        return RowFactory.create("file:x.png", height, width, channels, mode, data);
    }

    @Test
    void denseAndSparseVectorsAndArraysGiveTheirNumbers() {
        Features three = new Features(List.of(3));
        float[] expected = {1.5f, 0, -2};
        assertThat(three.read(Vectors.dense(1.5, 0, -2), "row 1")).isEqualTo(expected);
        assertThat(three.read(Vectors.sparse(3, new int[] {0, 2}, new double[] {1.5, -2}), "row 1"))
                .isEqualTo(expected);
        assertThat(three.read(CollectionConverters.asScala(List.of(1.5f, 0f, -2f)), "row 1"))
                .isEqualTo(expected);
        assertThat(three.read(CollectionConverters.asScala(List.of(1.5, 0.0, -2.0)), "row 1"))
                .isEqualTo(expected);
    }

    @Test
    void aColorImageGivesPlanesOfRedGreenAndBlue() {
        Row two = image(1, 2, 3, COLOR, 10, 20, 30, 40, 50, 255); // blue, green, red of two pixels
        Features features = Features.of(Features.shape(two, "row 1"));
        assertThat(features.shape()).isEqualTo(Shape.of(3, 1, 2));
        assertThat(features.read(two, "row 1"))
                .containsExactly(30 / 255f, 1, 20 / 255f, 50 / 255f, 10 / 255f, 40 / 255f);
    }

    @Test
    void aGrayImageGivesOnePlaneAndAlphaIsTheLast() {
        Row gray = image(2, 1, 1, 0, 0, 128);
        assertThat(Features.shape(gray, "row 1")).isEqualTo(Shape.of(1, 2, 1));
        assertThat(new Features(List.of(1, 2, 1)).read(gray, "row 1")).containsExactly(0, 128 / 255f);
        Row alpha = image(1, 1, 4, 24, 1, 2, 3, 4);
        assertThat(new Features(List.of(4, 1, 1)).read(alpha, "row 1"))
                .containsExactly(3 / 255f, 2 / 255f, 1 / 255f, 4 / 255f);
    }

    @Test
    void anImageOfAnotherSizeIsRefused() {
        assertThatThrownBy(() -> new Features(List.of(1, 2, 3)).read(image(3, 2, 1, 0, 1, 2, 3, 4, 5, 6), "row 7"))
                .isInstanceOf(DataException.class)
                .hasMessage("row 7: expects an image [1×2×3], got [1×3×2]");
    }

    @Test
    void anImageThatSparkCouldNotReadIsRefused() {
        assertThatThrownBy(() -> new Features(List.of(1, 1, 1)).read(image(-1, -1, -1, -1), "row 7"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 7: expects an image of 8-bit pixels with 1, 3 or 4 channels")
                .hasMessageContaining("dropInvalid");
        assertThatThrownBy(() -> new Features(List.of(1, 2, 2)).read(image(2, 2, 1, 0, 1, 2, 3), "row 7"))
                .isInstanceOf(DataException.class)
                .hasMessage("row 7: expects 4 bytes of pixels, got 3");
    }

    @Test
    void anotherNumberOfFeaturesIsRefused() {
        Features two = new Features(List.of(2));
        assertThatThrownBy(() -> two.read(Vectors.dense(1, 2, 3), "row 7"))
                .isInstanceOf(DataException.class)
                .hasMessage("row 7: expects 2 features, got 3");
        assertThatThrownBy(() -> two.read(Vectors.sparse(2_000_000_000, new int[0], new double[0]), "row 7"))
                .isInstanceOf(DataException.class)
                .hasMessage("row 7: expects 2 features, got 2000000000");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e300})
    void featuresThatAreNotFiniteAreRefused(double value) {
        assertThatThrownBy(() -> new Features(List.of(2)).read(Vectors.dense(0, value), "row 7"))
                .isInstanceOf(DataException.class)
                .hasMessage("row 7: expects finite features, got " + (float) value + " as number 1");
    }

    @Test
    void nullsAreRefused() {
        assertThatThrownBy(() -> new Features(List.of(2)).read(null, "row 7"))
                .isInstanceOf(DataException.class)
                .hasMessage("row 7: expects a vector, an array of numbers or an image as features, got null");
        java.util.List<Object> values = new java.util.ArrayList<>();
        values.add(1.0);
        values.add(null);
        assertThatThrownBy(() -> new Features(List.of(2)).read(CollectionConverters.asScala(values), "row 7"))
                .isInstanceOf(DataException.class)
                .hasMessage("row 7: expects numbers as features, got null as number 1");
    }
}
