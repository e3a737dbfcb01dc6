package dev.neurite.model;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.avgPool2d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.groupNorm;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.residual;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A row's answer is the same bits whatever batch it comes in, from a model's constant weights and from the
/// changing ones of a training.
@BothEngines
class BatchCutTest {
    static List<Model> models() {
        return List.of(
                Model.of(
                        features(5),
                        dense(9, Activation.RELU),
                        dense(17, Activation.TANH),
                        dense(3, Activation.SOFTMAX)),
                Model.of(features(1), dense(1, Activation.SIGMOID)),
                Model.of(
                        features(33),
                        dense(67, Activation.leakyRelu()),
                        dense(31, Activation.SIGMOID),
                        dense(101, Activation.SOFTMAX)),
                Model.of(features(401), dense(259, Activation.TANH).withoutBias(), dense(7)),
                Model.of(
                        features(19),
                        dense(130),
                        activation(Activation.SOFTMAX),
                        dense(23, Activation.leakyRelu(0.3)),
                        dense(2, Activation.SIGMOID)),
                Model.of(
                        image(3, 9, 7),
                        conv2d(10, 3, Activation.RELU).withPadding(1),
                        depthwiseConv2d(3).withStride(2).withPadding(1),
                        residual(conv2d(10, 1)).withActivation(Activation.RELU),
                        maxPool2d(2),
                        groupNorm(5),
                        convTranspose2d(6, 3),
                        globalAvgPool(),
                        dense(4, Activation.SOFTMAX)),
                Model.of(
                        image(1, 12, 12),
                        conv2d(6, 5, Activation.TANH),
                        avgPool2d(2),
                        conv2d(16, 3, Activation.RELU).withGroups(2),
                        flatten(),
                        dense(10)),
                Model.of(
                        image(3, 8, 10),
                        conv2d(33, 3, Activation.RELU),
                        conv2d(32, 3, Activation.RELU).withPadding(1), // by tiles
                        globalAvgPool(),
                        dense(10)));
    }

    private static Tensor rows(Model model, int count) {
        Shape shape = model.network().inputs().getFirst().forRows(count);
        return normal(shape, shape.size());
    }

    private static void assertSameRows(Tensor part, Tensor whole, int from, String how) {
        assertThat(part).as("%s, rows from %d", how, from).isEqualTo(whole.rows(from, from + part.rows()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void anAnswerDoesNotDependOnTheBatch(Model model) {
        Tensor x = rows(model, 64);
        try (Kernels one = Kernels.create(1);
                Kernels three = Kernels.create(3)) {
            Tensor whole = model.predict(x, one);
            assertThat(model.predict(x, three)).isEqualTo(whole);
            for (Kernels kernels : List.of(one, three)) {
                for (int size : new int[] {1, 2, 3, 7, 17, 33}) {
                    for (int from = 0; from < 64; from += size) {
                        Tensor part = x.rows(from, Math.min(64, from + size));
                        assertSameRows(model.predict(part, kernels), whole, from, "batches of " + size);
                    }
                }
            }
            for (int i = 0; i < 64; i++) {
                assertThat(model.predict(x.rows(i, i + 1).toArray()))
                        .as("row %d alone", i)
                        .isEqualTo(whole.rows(i, i + 1).toArray());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void anyCutOfABatchGivesTheSameAnswers(Model model) {
        Tensor x = rows(model, 700); // more than a model takes through the network at once
        var random = new KeyedRandom(1);
        try (Kernels kernels = Kernels.create(2)) {
            Tensor whole = model.predict(x, kernels);
            for (int round = 0; round < 5; round++) {
                int to;
                for (int from = 0; from < 700; from = to) {
                    to = Math.min(700, from + 1 + random.below(200));
                    assertSameRows(model.predict(x.rows(from, to), kernels), whole, from, "round " + round);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void trainingSeesTheBitsThatPredictingGives(Model model) {
        Tensor x = rows(model, 64);
        float[] theta = model.parameters().toArray();
        try (Kernels kernels = Kernels.create(2)) {
            Tensor whole = model.predict(x, kernels);
            Executor executor = model.network().executor(kernels, theta, new float[theta.length]);
            for (int size : new int[] {64, 1, 3, 29}) {
                for (int from = 0; from + size <= 64; from += size) {
                    Tensor y = executor.forward(Mode.TRAIN, x.rows(from, from + size));
                    assertSameRows(y, whole, from, "training on " + size);
                    executor.reset();
                }
            }
        }
    }
}
