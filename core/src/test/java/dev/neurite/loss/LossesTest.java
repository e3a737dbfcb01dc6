package dev.neurite.loss;

import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LossesTest {
    private static final Shape LABEL = Shape.of();

    static Stream<Arguments> fitting() {
        return Stream.of(
                Arguments.of(crossEntropy(), Activation.SOFTMAX, Shape.of(3), 3, LABEL),
                Arguments.of(crossEntropy(), Activation.IDENTITY, Shape.of(3), 3, LABEL),
                Arguments.of(crossEntropy(), Activation.SOFTMAX, Shape.of(3), 0, Shape.of(3)),
                Arguments.of(crossEntropy(), Activation.SIGMOID, Shape.of(1), 2, LABEL),
                Arguments.of(crossEntropy(), Activation.SIGMOID, Shape.of(1), 0, Shape.of(1)),
                Arguments.of(crossEntropy(), Activation.SIGMOID, Shape.of(4), 0, Shape.of(4)),
                Arguments.of(meanSquaredError(), Activation.TANH, Shape.of(3), 3, LABEL),
                Arguments.of(meanSquaredError(), Activation.SIGMOID, Shape.of(1), 2, LABEL),
                Arguments.of(meanSquaredError(), Activation.IDENTITY, Shape.of(2, 5), 0, Shape.of(2, 5)));
    }

    @ParameterizedTest
    @MethodSource("fitting")
    void networksAndAnswersThatFitAreTaken(Loss loss, Activation end, Shape output, int classes, Shape target) {
        assertThatNoException().isThrownBy(() -> loss.check(end, output, classes, target));
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(
                        crossEntropy(),
                        Activation.RELU,
                        Shape.of(3),
                        3,
                        LABEL,
                        "cross-entropy: expects a network that ends with softmax, sigmoid or nothing, got relu"),
                Arguments.of(
                        crossEntropy(),
                        Activation.SOFTMAX,
                        Shape.of(3, 2),
                        6,
                        LABEL,
                        "cross-entropy: expects outputs [classes], got [3×2]. Add flatten()"),
                Arguments.of(
                        crossEntropy(),
                        Activation.SOFTMAX,
                        Shape.of(1),
                        2,
                        LABEL,
                        "cross-entropy: expects at least 2 outputs for a softmax, got 1. "
                                + "For two classes with one output, end with dense(1, SIGMOID)"),
                Arguments.of(
                        crossEntropy(),
                        Activation.IDENTITY,
                        Shape.of(1),
                        0,
                        Shape.of(1),
                        "cross-entropy: expects at least 2 outputs for a softmax, got 1. "
                                + "The targets are values: choose .loss(meanSquaredError())"),
                Arguments.of(
                        crossEntropy(),
                        Activation.SOFTMAX,
                        Shape.of(2),
                        10,
                        LABEL,
                        "cross-entropy: expects 10 outputs for 10 classes, got 2"),
                Arguments.of(
                        crossEntropy(),
                        Activation.SOFTMAX,
                        Shape.of(11),
                        10,
                        LABEL,
                        "cross-entropy: expects 10 outputs for 10 classes, got 11"),
                Arguments.of(
                        crossEntropy(),
                        Activation.SIGMOID,
                        Shape.of(1),
                        3,
                        LABEL,
                        "cross-entropy: expects 3 outputs for 3 classes, got 1"),
                Arguments.of(
                        crossEntropy(),
                        Activation.SIGMOID,
                        Shape.of(3),
                        3,
                        LABEL,
                        "cross-entropy: expects values for each of 3 sigmoid outputs, got class labels. "
                                + "End with dense(3, SOFTMAX)"),
                Arguments.of(
                        crossEntropy(),
                        Activation.SOFTMAX,
                        Shape.of(3),
                        0,
                        Shape.of(4),
                        "cross-entropy: expects values [3] per row, got [4]"),
                Arguments.of(
                        meanSquaredError(),
                        Activation.IDENTITY,
                        Shape.of(3),
                        4,
                        LABEL,
                        "mean squared error: expects 4 outputs for 4 classes, got [3]"),
                Arguments.of(
                        meanSquaredError(),
                        Activation.IDENTITY,
                        Shape.of(1),
                        3,
                        LABEL,
                        "mean squared error: expects 3 outputs for 3 classes, got [1]"),
                Arguments.of(
                        meanSquaredError(),
                        Activation.IDENTITY,
                        Shape.of(6),
                        0,
                        Shape.of(2, 3),
                        "mean squared error: expects outputs [2×3], got [6]"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void networksAndAnswersThatDoNotFitAreRefused(
            Loss loss, Activation end, Shape output, int classes, Shape target, String message) {
        assertThatThrownBy(() -> loss.check(end, output, classes, target))
                .isInstanceOfAny(ConfigException.class, ShapeException.class)
                .hasMessage(message);
    }

    @Test
    void crossEntropyTakesSoftmaxAndSigmoidOffTheEndAndSquaredErrorNothing() {
        assertThat(crossEntropy().fusesWith(Activation.SOFTMAX)).isTrue();
        assertThat(crossEntropy().fusesWith(Activation.SIGMOID)).isTrue();
        assertThat(crossEntropy().fusesWith(Activation.IDENTITY)).isFalse();
        assertThat(meanSquaredError().fusesWith(Activation.SOFTMAX)).isFalse();
        assertThat(meanSquaredError().fusesWith(Activation.SIGMOID)).isFalse();
    }

    @Test
    void labelsAreCopiedAndCut() {
        int[] labels = {2, 0, 1, 2};
        Targets.Labels targets = Targets.labels(labels);
        labels[0] = 9;
        assertThat(targets.label(0)).isEqualTo(2);
        assertThat(targets.rows()).isEqualTo(4);
        assertThat(targets.rows(1, 3)).isInstanceOfSatisfying(Targets.Labels.class, cut -> {
            assertThat(cut.rows()).isEqualTo(2);
            assertThat(cut.label(1)).isEqualTo(1);
        });
        assertThat(targets.asValues(Kernels.shared(), Tensor.zeros(Shape.of(4, 3)))
                        .toRows())
                .isDeepEqualTo(new float[][] {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
    }

    @Test
    void valuesAreCutByRows() {
        Targets targets = Targets.values(Tensor.of(new float[][] {{1}, {2}, {3}}));
        assertThat(targets.rows()).isEqualTo(3);
        assertThat(targets.rows(1, 3)
                        .asValues(Kernels.shared(), Tensor.zeros(Shape.of(2, 1)))
                        .toArray())
                .containsExactly(2, 3);
    }

    /// PyTorch's formula: x for t = 1, max(0, margin − x) for t = −1.
    @Test
    void theHingeEmbeddingLossPullsPairsTogetherAndOthersApart() {
        HingeEmbedding loss = Losses.hingeEmbedding();
        assertThat(loss.value(0.3f, 1)).isEqualTo(0.3f);
        assertThat(loss.slope(0.3f, 1)).isEqualTo(1);
        assertThat(loss.value(0.3f, -1)).isEqualTo(0.7f);
        assertThat(loss.slope(0.3f, -1)).isEqualTo(-1);
        assertThat(loss.value(1.5f, -1)).isZero();
        assertThat(loss.slope(1.5f, 0)).isZero();
        assertThat(Losses.hingeEmbedding(2).value(1.5f, 0)).isEqualTo(0.5f);
        assertThatThrownBy(() -> Losses.hingeEmbedding(0)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> loss.checkTarget(Activation.IDENTITY, new float[] {2}, 3))
                .isInstanceOf(DataException.class)
                .hasMessage("targets, row 3: expects −1, 0 or 1, got 2.0");
    }
}
