package dev.neurite.network;

import static dev.neurite.kernel.Activation.IDENTITY;
import static dev.neurite.kernel.Activation.LOG_SOFTMAX;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OutputHeadTest {
    private static final float[][] INPUTS = {{1, 2}, {3, 4}, {5, 6}, {7, 9}};
    private static final Dataset TWO = Dataset.of(INPUTS, new int[] {0, 1, 1, 0});
    private static final Dataset THREE = Dataset.of(INPUTS, new int[] {0, 1, 2, 0});
    private static final Dataset VALUES = Dataset.of(INPUTS, new float[][] {{1, 2}, {3, 1}, {2, 2}, {0, 5}});

    static List<Arguments> heads() {
        return List.of(
                Arguments.of(Losses.crossEntropy(), THREE, new OutputHead(3, SOFTMAX, false)),
                Arguments.of(Losses.crossEntropy(), TWO, new OutputHead(2, SOFTMAX, false)),
                Arguments.of(Losses.negativeLogLikelihood(), THREE, new OutputHead(3, LOG_SOFTMAX, false)),
                Arguments.of(Losses.multiMargin(), THREE, new OutputHead(3, IDENTITY, false)),
                Arguments.of(Losses.binaryCrossEntropy(), TWO, new OutputHead(1, SIGMOID, false)),
                Arguments.of(Losses.hinge(), TWO, new OutputHead(1, IDENTITY, false)),
                Arguments.of(Losses.meanSquaredError(), THREE, new OutputHead(3, SOFTMAX, false)),
                Arguments.of(Losses.meanSquaredError(), VALUES, new OutputHead(2, IDENTITY, true)),
                Arguments.of(Losses.huber(), VALUES, new OutputHead(2, IDENTITY, true)));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void theHeadFollowsFromLossAndTargetsAndTrains(Loss loss, Dataset data, OutputHead expected) {
        OutputHead head = OutputHead.of(loss, data);
        assertThat(head).isEqualTo(expected);
        assertThat(head.layer()).isEqualTo(dense(expected.outputs(), expected.activation()));
        Model model = Model.of(data.inputShape(), dense(4, RELU), head.layer());
        assertThat(model.network().outputs()).containsExactly(Shape.of(expected.outputs()));
        assertThat(Trainer.of(model).loss(loss).fit(data).history().last().loss())
                .isFinite();
    }

    @Test
    void countsHaveAPositiveMean() {
        Loss counts = Losses.poissonOfRates();
        assertThat(OutputHead.of(counts, VALUES)).isEqualTo(new OutputHead(2, Activation.softplus(), false));
    }

    @Test
    void aLossForOtherTargetsIsRefused() {
        assertThatThrownBy(() -> OutputHead.of("--loss bce", Losses.binaryCrossEntropy(), THREE))
                .isInstanceOf(ConfigException.class)
                .hasMessage("--loss bce: expects data with 2 classes, got 3 classes");
        assertThatThrownBy(() -> OutputHead.of(Losses.huber(), TWO))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(": expects to be a loss of classes for this data");
        assertThatThrownBy(() -> OutputHead.of(Losses.crossEntropy(), VALUES))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(": expects data with a class for each row, got targets of 2 numbers");
        assertThatThrownBy(() -> OutputHead.of(Losses.quantile(0.1, 0.9), VALUES))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(": expects one quantile for each target");
        assertThatThrownBy(() -> OutputHead.of(Losses.crossEntropy(), Dataset.joint(TWO, THREE)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(": expects data with one target a row, got 2");
    }
}
