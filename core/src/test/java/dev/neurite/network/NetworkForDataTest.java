package dev.neurite.network;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.data.Sequences;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Networks whose inputs and outputs are counted by the data.
class NetworkForDataTest {
    private static final float[][] ROWS = {{0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 6}, {4, 5, 6, 7}};
    private static final Dataset CLASSES = Dataset.of(ROWS, new int[] {0, 1, 2, 0, 1});

    @Test
    void classesGetASoftmaxWithAnOutputEach() {
        assertThat(Model.of(CLASSES, dense(6, RELU)))
                .isEqualTo(Model.of(features(4), dense(6, RELU), dense(3, SOFTMAX)));
        assertThat(Model.of(CLASSES)).isEqualTo(Model.of(features(4), dense(3, SOFTMAX)));
    }

    @Test
    void theLayerIsThatOfTheHeadForTheUsualLoss() {
        Dataset values = Dataset.of(ROWS, new float[5][2]);
        assertThat(CLASSES.outputLayers(Shape.of(6)))
                .isEqualTo(List.of(OutputHead.of(crossEntropy(), CLASSES).layer()));
        assertThat(values.outputLayers(Shape.of(6)))
                .isEqualTo(List.of(OutputHead.of(meanSquaredError(), values).layer()));
    }

    @Test
    void valuesGetAnOutputEach() {
        Dataset values = Dataset.of(ROWS, new float[5][2]);
        assertThat(Model.of(values, dense(6, RELU))).isEqualTo(Model.of(features(4), dense(6, RELU), dense(2)));
    }

    @Test
    void imagesAreFlattenedBeforeTheLastLayer() {
        Dataset images = CLASSES.withInputShape(image(1, 2, 2));
        assertThat(Model.of(images, conv2d(2, 2)))
                .isEqualTo(Model.of(image(1, 2, 2), conv2d(2, 2), flatten(), dense(3, SOFTMAX)));
    }

    @Test
    void stepsThatHaveALabelEachGetTheirOutputs() {
        Sequences tokens = Sequences.ofTokens(new int[] {1, 2, 3}, new int[] {2});
        Dataset tagged = Dataset.of(tokens, new int[][] {{0, 1, 0}, {1}}, List.of("new", "again"));
        Shape open = Shape.of(Shape.OPEN);
        assertThat(Model.of(tagged, embedding(6, 8), gru(4).withSequences()))
                .isEqualTo(Model.of(open, embedding(6, 8), gru(4).withSequences(), dense(2, SOFTMAX)));
        Dataset rows = Dataset.of(tokens, new int[] {0, 1}, List.of("a", "b"));
        assertThat(Model.of(rows, embedding(6, 8), gru(4)))
                .isEqualTo(Model.of(open, embedding(6, 8), gru(4), dense(2, SOFTMAX)));
    }

    @Test
    void rowsWithoutTargetsGetNoLayer() {
        assertThat(Model.of(Dataset.of(ROWS), dense(6, RELU))).isEqualTo(Model.of(features(4), dense(6, RELU)));
        Dataset joint = Dataset.joint(CLASSES, CLASSES);
        assertThat(Model.of(joint, dense(6, RELU))).isEqualTo(Model.of(features(4), dense(6, RELU)));
    }

    @Test
    void aSecondLastLayerIsRefused() {
        assertThatThrownBy(() -> Model.of(CLASSES, dense(6, RELU), dense(3, SOFTMAX)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the layers before the last one")
                .hasMessageContaining("Model.of(data.inputShape(), …)");
    }

    @Test
    void rowsOfSeveralInputsNeedAGraph() {
        Dataset both = Dataset.of(RowSource.joint(CLASSES, CLASSES), CLASSES);
        assertThatThrownBy(() -> Model.of(both, dense(2))).isInstanceOf(ShapeException.class);
    }

    @Test
    void readyMadeNetworksCountTooAndLearn() {
        assertThat(new TextClassifier()
                        .withVocabulary(6)
                        .model(Dataset.of(
                                Sequences.ofTokens(new int[] {1, 2, 3}, new int[] {2}),
                                new int[] {0, 1},
                                List.of("a", "b")))
                        .network()
                        .outputs())
                .containsExactly(Shape.of(2));
        assertThat(Trainer.of(Model.of(CLASSES, dense(4, RELU)))
                        .epochs(2)
                        .threads(1)
                        .fit(CLASSES)
                        .history()
                        .epochs())
                .hasSize(2);
    }

    @Test
    void statisticsMakeTheLayerThatStandardizes() {
        FeatureStatistics statistics = FeatureStatistics.of(CLASSES);
        assertThat(statistics.standardize()).isEqualTo(Layers.standardize(statistics.means(), statistics.factors()));
        Tensor scaled = Model.of(features(4), statistics.standardize()).predict(Tensor.of(ROWS));
        assertThat(scaled.sum() / scaled.size()).isBetween(-1e-6, 1e-6);
    }
}
