package dev.neurite.onnx.op.nn;

import static dev.neurite.onnx.op.Ops.counted;
import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResizeOperatorTest {
    private static final Value FOUR = Value.of(shape(1, 1, 2, 2), 1f, 2, 3, 4);
    private static final Value EIGHT = Value.of(shape(1, 1, 2, 4), 1f, 2, 3, 4, 5, 6, 7, 8);

    private static Value resize(Ops op, Value x, float... scales) {
        return op.run(x, null, floats(scales));
    }

    private static void assertElements(Value y, double... expected) {
        assertThat(y.size()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(y.number(i)).as("element %d of %s", i, y).isCloseTo(expected[i], within(1e-5));
        }
    }

    // ------------------------------------------------------------------------------------------------------- nearest

    @Test
    void repeatsTheNearest() {
        Value y = resize(op("Resize", 19), FOUR, 1, 1, 2, 3);
        assertThat(y.shape()).isEqualTo(shape(1, 1, 4, 6));
        assertElements(y, 1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4);
        assertElements(resize(op("Resize", 13), EIGHT, 1, 1, 0.6f, 0.6f), 1, 3);
    }

    @Test
    void version10TakesTheNextPixelWhereAnAxisBecomesShorter() {
        assertElements(op("Resize", 10).run(EIGHT, floats(1, 1, 0.6f, 0.6f)), 1, 3);
        assertElements(op("Resize", 10).run(FOUR, floats(1, 1, 1, 2)), 1, 1, 2, 2, 3, 3, 4, 4);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SEQUENCE", "MAP", "OPTIONAL"})
    void takesTheNearestOfAllTypes(ElementType type) {
        Value x = counted(type, 2, 3);
        Value y = op("Resize", 18)
                .with("coordinate_transformation_mode", "asymmetric")
                .with("nearest_mode", "floor")
                .run(x, null, null, longs(4, 6));
        for (int i = 0; i < 24; i++) {
            Value expected = counted(type, 6);
            int at = i / 12 * 3 + i % 6 / 2;
            if (type == ElementType.STRING) assertThat(y.texts()[i]).isEqualTo(expected.texts()[at]);
            else assertThat(y.number(i)).isEqualTo(expected.number(at));
        }
    }

    @Test
    void roundsPlacesAsAsked() {
        Ops asymmetric = op("Resize", 13).with("coordinate_transformation_mode", "asymmetric");
        Value x = floats(0, 1, 2, 3, 4);
        Value sizes = longs(10); // places 0, ½, 1, …
        assertElements(run(asymmetric, "floor", x, sizes), 0, 0, 1, 1, 2, 2, 3, 3, 4, 4);
        assertElements(run(asymmetric, "ceil", x, sizes), 0, 1, 1, 2, 2, 3, 3, 4, 4, 4);
        assertElements(run(asymmetric, "round_prefer_floor", x, sizes), 0, 0, 1, 1, 2, 2, 3, 3, 4, 4);
        assertElements(run(asymmetric, "round_prefer_ceil", x, sizes), 0, 1, 1, 2, 2, 3, 3, 4, 4, 4);
    }

    private static Value run(Ops op, String mode, Value x, Value sizes) {
        return op.with("nearest_mode", mode).run(x, null, null, sizes);
    }

    @Test
    void placesThatAreMeantToBeWholeAre() {
        Ops op = op("Resize", 13)
                .with("coordinate_transformation_mode", "asymmetric")
                .with("nearest_mode", "floor");
        Value y = resize(op, counted(10), 1.6f); // 8 / 1.6f is a little less than 5
        assertThat(y.shape()).isEqualTo(shape(16));
        assertThat(y.number(8)).isEqualTo(5);
    }

    // --------------------------------------------------------------------------------------------- linear and cubic

    @Test
    void interpolates() {
        Ops linear = op("Resize", 19).with("mode", "linear");
        assertElements(
                resize(linear, FOUR, 1, 1, 2, 2),
                1,
                1.25,
                1.75,
                2,
                1.5,
                1.75,
                2.25,
                2.5,
                2.5,
                2.75,
                3.25,
                3.5,
                3,
                3.25,
                3.75,
                4);
        assertElements(resize(linear, EIGHT, 1, 1, 0.6f, 0.6f), 2.6666665, 4.3333331);
        Ops corners = linear.with("coordinate_transformation_mode", "align_corners");
        assertElements(resize(corners, EIGHT, 1, 1, 0.6f, 0.6f), 1, 4); // as PyTorch: both ends stay ends
        assertElements(
                corners.run(FOUR, null, null, longs(1, 1, 2, 4)), 1, 4 / 3.0, 5 / 3.0, 2, 3, 10 / 3.0, 11 / 3.0, 4);
    }

    @Test
    void interpolatesByCubicConvolution() {
        Value x = Value.of(shape(1, 4), 1f, 2, 3, 4);
        Value y = op("Resize", 19).with("mode", "cubic").run(x, null, floats(1, 2));
        double[] expected = new double[8];
        for (int i = 0; i < 8; i++) expected[i] = cubic(new double[] {1, 2, 3, 4}, (i + 0.5) / 2 - 0.5);
        assertElements(y, expected);
    }

    private static double cubic(double[] x, double place) {
        double sum = 0;
        for (int i = -3; i < 8; i++) {
            double d = Math.abs(i - place);
            double a = -0.75;
            double weight = d <= 1
                    ? (a + 2) * d * d * d - (a + 3) * d * d + 1
                    : d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
            sum += weight * x[Math.clamp(i, 0, 3)];
        }
        return sum;
    }

    /// All settings for floats, whose last two axes have their own code, against doubles.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "half_pixel",
                "half_pixel_symmetric",
                "pytorch_half_pixel",
                "align_corners",
                "asymmetric",
                "tf_crop_and_resize"
            })
    void floatsAreAsDoubles(String coordinates) {
        var random = new Random(1);
        for (String mode : List.of("nearest", "linear", "cubic")) {
            for (int i = 0; i < 40; i++) {
                boolean antialias = !mode.equals("nearest") && i % 2 == 0;
                Ops op = op("Resize", 19)
                        .with("mode", mode)
                        .with("coordinate_transformation_mode", coordinates)
                        .with("extrapolation_value", 7f)
                        .integer("antialias", antialias ? 1 : 0)
                        .integer("exclude_outside", i / 2 % 2);
                int[] extents = {2, 1 + random.nextInt(3), 1 + random.nextInt(9), 1 + random.nextInt(9)};
                float[] numbers = new float[extents[0] * extents[1] * extents[2] * extents[3]];
                double[] doubles = new double[numbers.length];
                for (int j = 0; j < numbers.length; j++) doubles[j] = numbers[j] = random.nextFloat();
                float height = 0.3f + 2 * random.nextFloat();
                float width = 0.3f + 2 * random.nextFloat();
                Value scales = floats(1, 1, height, width);
                @Nullable Value roi = floats(0, 0, 0.2f, -0.1f, 1, 1, 0.9f, 1.1f);
                Value y = op.run(Value.of(shape(extents), numbers), roi, scales);
                Value exact = op.run(Value.of(shape(extents), doubles), roi, scales);
                assertThat(y.shape()).isEqualTo(exact.shape());
                assertElements(y, exact.doubles());
            }
        }
    }

    @Test
    void resizesAnyAxes() {
        Value x = Value.of(shape(2, 3), 1f, 2, 3, 4, 5, 6);
        Ops linear = op("Resize", 18).with("mode", "linear");
        Value y = linear.integers("axes", 0).run(x.reshape(shape(2, 3, 1)), null, floats(2));
        assertThat(y.shape()).isEqualTo(shape(4, 3, 1));
        assertElements(y, 1, 2, 3, 1.75, 2.75, 3.75, 3.25, 4.25, 5.25, 4, 5, 6);
        Value same = linear.integers("axes", -1).run(x, null, null, longs(3));
        assertThat(same).isEqualTo(x);
    }

    @Test
    void integersAreCutOff() {
        Value x = Value.ofUint8(shape(2), (byte) 0, (byte) 255);
        Value y = op("Resize", 19).with("mode", "linear").run(x, null, floats(2));
        assertThat(y).isEqualTo(Value.ofUint8(shape(4), (byte) 0, (byte) 63, (byte) 191, (byte) 255));
    }

    @Test
    void keepsRatios() {
        Value x = counted(1, 1, 2, 4);
        Ops op = op("Resize", 18).integers("axes", 2, 3);
        assertThat(op.with("keep_aspect_ratio_policy", "not_larger")
                        .run(x, null, null, longs(7, 8))
                        .shape())
                .isEqualTo(shape(1, 1, 4, 8));
        assertThat(op.with("keep_aspect_ratio_policy", "not_smaller")
                        .run(x, null, null, longs(7, 8))
                        .shape())
                .isEqualTo(shape(1, 1, 7, 14));
    }

    @Test
    void crops() {
        Ops op = op("Resize", 13)
                .with("mode", "linear")
                .with("coordinate_transformation_mode", "tf_crop_and_resize")
                .with("extrapolation_value", 10f);
        Value x = floats(0, 1, 2, 3);
        assertElements(op.run(x, floats(1 / 3f, 1), null, longs(3)), 1, 2, 3);
        assertElements(op.run(x, floats(0, 2), null, longs(3)), 0, 3, 10);
        assertElements(op.run(x, floats(0.5f, 1), null, longs(1)), 2.25);
    }

    // ------------------------------------------------------------------------------------------------------ Upsample

    @Test
    void upsamples() {
        Value expected = op("Resize", 19).run(FOUR, null, floats(1, 1, 2, 3));
        assertThat(op("Upsample", 9).run(FOUR, floats(1, 1, 2, 3))).isEqualTo(expected);
        assertThat(op("Upsample", 7).with("scales", List.of(1f, 1f, 2f, 3f)).run(FOUR))
                .isEqualTo(expected);
        assertThat(op("Upsample", 6)
                        .with("height_scale", 2f)
                        .with("width_scale", 3f)
                        .run(FOUR))
                .isEqualTo(expected);
        assertElements(op("Upsample", 9).with("mode", "linear").run(floats(0, 1), floats(2)), 0, 0.5, 1, 1);
    }

    // -------------------------------------------------------------------------------------------------------- errors

    @Test
    void nothingIsNothing() {
        Value empty = Value.zeros(ElementType.FLOAT, shape(0, 3));
        assertThat(op("Resize", 19).run(empty, null, floats(2, 2)).shape()).isEqualTo(shape(0, 6));
        assertThat(op("Resize", 19).run(counted(2), null, floats(0.1f)).shape()).isEqualTo(shape(0));
        assertThatThrownBy(() -> op("Resize", 19).run(empty, null, null, longs(1, 3)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void refusesWhatIsWrong() {
        Ops op = op("Resize", 19);
        assertThatThrownBy(() -> op.run(FOUR, null, floats(1, 1, 2, 2), longs(1, 1, 4, 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("got both");
        assertThatThrownBy(() -> op.run(FOUR))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("got none");
        assertThatThrownBy(() -> resize(op, FOUR, 1, 2)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> resize(op, FOUR, 1, 1, 0, 2)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> resize(op, FOUR, 1, 1, Float.NaN, 2)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> resize(op, FOUR, 1, 1, 1e10f, 2)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> resize(op, FOUR, 1, 1, 1e5f, 1e5f)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> resize(op.with("mode", "area"), FOUR, 1, 1, 2, 2))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("'area'");
        assertThatThrownBy(() ->
                        resize(op.with("coordinate_transformation_mode", "tf_half_pixel_for_nn"), FOUR, 1, 1, 2, 2))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> resize(op.integer("antialias", 1), FOUR, 1, 1, 2, 2))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("Upsample", 10).run(FOUR, floats(1, 1, 2, 2)))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("Upsample", 9).run(FOUR, floats(1, 1, 0.5f, 2)))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> resize(op.with("mode", "linear"), counted(ElementType.BOOL, 4), 2))
                .isInstanceOf(ShapeException.class);
    }
}
