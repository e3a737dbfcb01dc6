package dev.neurite.layer;

import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convAdd;
import static dev.neurite.layer.Layers.convTranspose1d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.separableConv2d;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A convolution that does not fit what goes into it is refused when the model is built, with the
/// layer's name and settings, what it expects and what came; one that fits nothing is not even made.
class ConvolutionMisfitsTest {
    private static Arguments misfit(Node node, List<Shape> in, String... parts) {
        return Arguments.of(node, in, List.of(parts));
    }

    private static Arguments misfit(Node node, Shape in, String... parts) {
        return misfit(node, List.of(in), parts);
    }

    static Stream<Arguments> misfits() {
        int million = 1_000_000;
        return Stream.of(
                misfit(
                        conv2d(8, 3, Activation.RELU),
                        Shape.of(784),
                        "conv2d1: conv2d(8, 3×3, relu, weights ",
                        "expects images [channels×height×width], got [784]",
                        "Reshape the rows to images [channels×height×width] before it"),
                misfit(conv2d(8, 3), Shape.of(28, 28), "expects images [channels×height×width], got [28×28]"),
                misfit(conv2d(8, 3), image(0, 5, 5), "of at least 1 element, got [0×5×5]"),
                misfit(conv2d(8, 3), image(1, 0, 5), "of at least 1 element, got [1×0×5]"),
                misfit(conv2d(8, 3), Shape.of(1, Shape.OPEN, 5), "of known extents, got [1×?×5]"),
                misfit(
                        conv2d(8, 3).withGroups(4),
                        image(6, 5, 5),
                        "conv2d1: conv2d(8, 3×3, groups 4, ",
                        "expects channels that its 4 groups divide, got [6×5×5]"),
                misfit(
                        conv2d(8, 5).withPadding(Padding.of(0, 1)).withStride(2),
                        image(3, 4, 9),
                        "conv2d1: conv2d(8, 5×5 stride 2, padding 0×1, ",
                        "does not fit [3×4×9]: expects planes of at least 5×5 with their padding, got 4×9"),
                misfit(conv2d(8, 2).withDilation(5, 1), image(3, 5, 5), "dilation 5×1", "at least 6×2"),
                misfit(conv2d(8, 3).withDilation(Integer.MAX_VALUE), image(1, 5, 5), "less than 2³¹ numbers"),
                misfit(conv2d(8, 3).withPadding(Integer.MAX_VALUE), image(1, 5, 5), "less than 2³¹ numbers"),
                misfit(conv2d(million, 1), image(1, 100, 100), "conv2d1", "less than 2³¹ numbers", "[1×100×100]"),
                misfit(conv2d(million, 1), image(million, 1, 1), "conv2d1", "less than 2³¹ numbers"),
                misfit(conv2d(2, 1).withPadding(30_000), image(1, 3, 3), "less than 2³¹ numbers"),
                misfit(
                        conv1d(4, 5).withStride(2).withPadding(Padding1d.of(1, 0)),
                        Shape.of(2, 3),
                        "conv1d1: conv1d(4, 5 stride 2, padding 1, 0, ",
                        "does not fit [2×3]: expects planes of at least 1×5 with their padding, got 1×3"),
                misfit(
                        conv1d(4, 5),
                        image(1, 28, 28),
                        "conv1d1: conv1d(4, 5, ",
                        "expects sequences [channels×length], got [1×28×28]"),
                misfit(conv1d(4, 5), Shape.of(9), "Reshape the rows to sequences [channels×length] before it"),
                misfit(conv1d(6, 1).withGroups(3), Shape.of(4, 9), "channels that its 3 groups divide, got [4×9]"),
                misfit(
                        convTranspose2d(4, 2).withPadding(2).withStride(2),
                        image(3, 2, 2),
                        "convTranspose2d1: convTranspose2d(4, 2×2 stride 2, padding 2, ",
                        "does not fit [3×2×2]: expects less padding than the 4×4 output it is removed from, got 2"),
                misfit(convTranspose2d(4, 2).withGroups(2), image(3, 2, 2), "groups divide, got [3×2×2]"),
                misfit(convTranspose2d(4, 2), Shape.of(3, 2), "expects images [channels×height×width], got [3×2]"),
                misfit(
                        convTranspose2d(1, 2).withStride(50_000),
                        image(1, 3, 3),
                        "convTranspose2d1",
                        "less than 2³¹ numbers"),
                misfit(
                        convTranspose2d(1, 1).withStride(million).withPadding(Padding.SAME),
                        image(1, 3_000, 3),
                        "less than 2³¹ numbers"),
                misfit(convTranspose1d(4, 1).withPadding(2), Shape.of(3, 4), "convTranspose1d1", "1×4 output"),
                misfit(convTranspose1d(4, 1), image(3, 4, 4), "expects sequences [channels×length], got [3×4×4]"),
                misfit(
                        depthwiseConv2d(5).withMultiplier(2),
                        image(3, 4, 4),
                        "depthwiseConv2d1: depthwiseConv2d(5×5, multiplier 2, ",
                        "at least 5×5"),
                misfit(depthwiseConv2d(1), Shape.SCALAR, "expects images [channels×height×width], got []"),
                misfit(depthwiseConv2d(1), image(0, 4, 4), "of at least 1 element, got [0×4×4]"),
                misfit(depthwiseConv2d(1).withMultiplier(Integer.MAX_VALUE), image(3, 4, 4), "less than 2³¹ numbers"),
                misfit(separableConv2d(4, 5), image(3, 4, 4), "separableConv2d1.depthwise: ", "at least 5×5"),
                misfit(
                        convAdd(conv2d(4, 3)),
                        List.of(image(3, 5, 5), image(4, 5, 5)),
                        "convAdd1: convAdd(conv2d(4, 3×3, ",
                        "expects a second input of the convolution's output shape [4×3×3], got "
                                + "[[3×5×5], [4×5×5]]"),
                misfit(convAdd(conv2d(4, 3)), image(3, 5, 5), "expects 2 inputs, got 1"),
                misfit(convAdd(conv2d(4, 3)), List.of(Shape.of(9), Shape.of(9)), "convAdd1: convAdd(", "got [9]"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void whatDoesNotFitIsToldWhenTheModelIsBuilt(Node node, List<Shape> in, List<String> parts) {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> Model.of(
                        in,
                        Graph.of(
                                in.size(),
                                wires -> List.of(wires.getFirst()
                                        .join(
                                                node,
                                                wires.subList(1, wires.size())
                                                        .toArray(new dev.neurite.model.Wire[0]))))))
                .withMessageContainingAll(parts.toArray(String[]::new));
    }

    private static Arguments refused(ThrowingCallable making, String message) {
        return Arguments.of(making, message);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refused(() -> conv2d(0, 3), "conv2d: expects at least 1 channel, got 0"),
                refused(() -> conv2d(3, 0), "window: expects a kernel from 1, got 0×0"),
                refused(() -> conv2d(3, 1).withStride(0), "window: expects a stride from 1, got 0×0"),
                refused(() -> conv2d(3, 1).withDilation(1, 0), "window: expects a dilation from 1, got 1×0"),
                refused(
                        () -> conv2d(3, 1).withGroups(2),
                        "conv2d: expects groups from 1 that divide its 3 channels, got 2"),
                refused(() -> conv2d(3, 1).withPadding(-1), "padding: expects 0 or more, got -1, -1, -1, -1"),
                refused(() -> conv1d(3, 0), "window: expects a kernel from 1, got 1×0"),
                refused(() -> conv1d(3, 1).withGroups(0), "conv1d: expects groups from 1"),
                refused(() -> conv1d(3, 1).withPadding(Padding1d.of(0, -1)), "padding: expects 0 or more, got 0, -1"),
                refused(() -> new Padding1d(true, 1, 0), "padding: expects no numbers together with 'same'"),
                refused(
                        () -> convTranspose2d(3, 5).withStride(2, 3).withOutputPadding(2),
                        "conv-transpose2d: expects an output padding below its stride, got 2 for a window of "
                                + "5×5 stride 2×3"),
                refused(() -> convTranspose2d(3, 5).withStride(2).withOutputPadding(-1), "0 or more rows and columns"),
                refused(
                        () -> convTranspose2d(3, 5)
                                .withStride(2)
                                .withPadding(Padding.SAME)
                                .withOutputPadding(1),
                        "conv-transpose2d: expects no output padding together with padding 'same', got 1"),
                refused(
                        () -> convTranspose1d(3, 5).withOutputPadding(1),
                        "conv-transpose1d: expects an output padding below its stride"),
                refused(() -> convTranspose1d(3, 5).withGroups(2), "conv-transpose1d: expects groups from 1"),
                refused(() -> depthwiseConv2d(3).withMultiplier(0), "depthwise-conv2d: expects a multiplier from 1"),
                refused(() -> separableConv2d(0, 3), "separable-conv2d: expects at least 1 channel"),
                refused(
                        () -> separableConv2d(1, 3).withMultiplier(0),
                        "separable-conv2d: expects a multiplier from 1, got 0"),
                refused(() -> conv2d(1, 1).withWindow(Window.of(0, 1)), "window: expects a kernel from 1, got 0×1"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatFitsNothingIsNotMade(ThrowingCallable making, String message) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(making).withMessageContaining(message);
    }
}
