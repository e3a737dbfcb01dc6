package dev.neurite.model;

import static dev.neurite.Numbers.normal;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ModelTest {
    private static final Model MODEL = Model.of(features(4), dense(6, RELU), dense(5, TANH), dense(3, SOFTMAX))
            .initialize(2);

    private static Tensor rows(int count, int width) {
        return normal(Shape.of(count, width), 8);
    }

    @Test
    void parametersAreEqualByNamesShapesAndValues() {
        Parameters some = MODEL.parameters();
        assertThat(some.names()).startsWith("dense1.weight", "dense1.bias").hasSize(6);
        assertThat(some.asMap().sequencedKeySet()).containsExactlyElementsOf(some.names());
        assertThat(some.asMap().get("dense2.bias")).isEqualTo(some.get("dense2.bias"));
        assertThat(Parameters.of(some.parts(), some.asMap())).isEqualTo(some).hasSameHashCodeAs(some);
        assertThat(some.with("dense1.bias", Tensor.of(Shape.of(6), 1, 0, 0, 0, 0, 0)))
                .isNotEqualTo(some);
    }

    @Test
    void weightsAndBiasesCanBeSetByHand() {
        Tensor weight = Tensor.of(new float[][] {{1, 2, 3, 4}, {5, 6, 7, 8}});
        Model model = Model.of(features(4), dense(2))
                .with("dense1.weight", weight)
                .with("dense1.bias", Tensor.of(Shape.of(2), 10, 20));
        assertThat(model.predict(1, 0, 0, 1)).containsExactly(15, 33);
        assertThat(model.parameters().get("dense1.weight")).isEqualTo(weight);
    }

    @Test
    void aWrongNameOrShapeIsRefusedWithTheRightOnes() {
        assertThatThrownBy(() -> MODEL.with("dense9.weight", rows(1, 1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("It has: dense1.weight, dense1.bias, dense2.weight");
        assertThatThrownBy(() -> MODEL.with("dense1.weight", rows(4, 6)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("dense1.weight: expects [6×4], got [4×6]");
    }

    @Test
    void anInsertedLayerLeavesTheOthersTheirWeights() {
        Model longer = MODEL.insert(1, dense(6, TANH));
        assertThat(longer.network().layers()).hasSize(4);
        assertThat(longer.parameters().get("dense1.weight"))
                .isEqualTo(MODEL.parameters().get("dense1.weight"));
        assertThat(longer.parameters().get("dense3.weight"))
                .isEqualTo(MODEL.parameters().get("dense2.weight"));
        assertThat(longer.parameters().get("dense4.bias"))
                .isEqualTo(MODEL.parameters().get("dense3.bias"));
    }

    @Test
    void aRemovedLayerLeavesTheOthersTheirWeights() {
        Model shorter = MODEL.insert(1, dense(6, TANH)).remove(1);
        assertThat(shorter).isEqualTo(MODEL);
    }

    @Test
    void aReplacedLayerStartsAnewAndTheOthersKeepTheirWeights() {
        Model replaced = MODEL.replace(2, dense(7, SOFTMAX));
        assertThat(replaced.network().outputs()).containsExactly(Shape.of(7));
        assertThat(replaced.parameters().get("dense2.weight"))
                .isEqualTo(MODEL.parameters().get("dense2.weight"));
        Model same = MODEL.replace(2, dense(3, SOFTMAX));
        assertThat(same.parameters().get("dense3.weight"))
                .isNotEqualTo(MODEL.parameters().get("dense3.weight"));
    }

    @Test
    void aNeighborWhoseShapeChangesStartsAnew() {
        Model replaced = MODEL.replace(0, dense(9, RELU));
        assertThat(replaced.parameters().get("dense2.weight").shape()).isEqualTo(Shape.of(5, 9));
        assertThat(replaced.parameters().get("dense3.weight"))
                .isEqualTo(MODEL.parameters().get("dense3.weight"));
    }

    @Test
    void namesOfOnesOwnSurviveChanges() {
        Model model =
                Model.of(features(4), named("first", dense(6, RELU)), dense(3)).initialize(4);
        Model longer = model.insert(0, dense(4, RELU));
        assertThat(longer.parameters().get("first.weight"))
                .isEqualTo(model.parameters().get("first.weight"));
    }

    @Test
    void anIndexThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> MODEL.replace(3, dense(3))).hasMessage("layer index: expects 0 to 2, got 3");
        assertThatThrownBy(() -> MODEL.insert(4, dense(3))).hasMessage("layer index: expects 0 to 3, got 4");
        assertThatThrownBy(() -> MODEL.remove(-1)).hasMessage("layer index: expects 0 to 2, got -1");
    }

    @Test
    void aSeedDecidesTheInitialParameters() {
        assertThat(MODEL.initialize(2)).isEqualTo(MODEL);
        assertThat(MODEL.initialize(3)).isNotEqualTo(MODEL);
    }

    @Test
    void aRowAloneHasTheBitsItHasInABatch() {
        Tensor batch = rows(700, 4);
        Tensor together = MODEL.predict(batch);
        for (int i : new int[] {0, 1, 63, 511, 512, 699}) {
            assertThat(MODEL.predict(batch.rows(i, i + 1))).isEqualTo(together.rows(i, i + 1));
        }
        assertThat(MODEL.predict(batch.rows(5, 6).toArray()))
                .containsExactly(together.rows(5, 6).toArray());
    }

    @Test
    void noRowsGiveNoRows() {
        assertThat(MODEL.predict(rows(0, 4)).shape()).isEqualTo(Shape.of(0, 3));
    }

    @Test
    void sixtyFourThreadsAtOnceGetTheSerialAnswers() throws Exception {
        Model model = Model.of(features(40), dense(200, RELU), dense(100, TANH), dense(10, SOFTMAX))
                .initialize(2);
        Tensor batch = rows(64, 40);
        Tensor serial = model.predict(batch);
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            int row = i;
            calls.add(() -> {
                boolean right = true;
                for (int repeat = 0; repeat < 4; repeat++) {
                    right &= model.predict(batch.rows(row, row + 1)).equals(serial.rows(row, row + 1));
                    right &= model.predict(batch).equals(serial);
                }
                return right;
            });
        }
        try (var threads = Executors.newFixedThreadPool(64)) {
            for (var future : threads.invokeAll(calls)) assertThat(future.get()).isTrue();
        }
    }

    @Test
    void theSummaryShowsShapesAndCounts() {
        Model model = Model.of(image(1, 28, 28), flatten(), dense(128, RELU), dense(10, SOFTMAX));
        assertThat(model.summary().toString())
                .contains("flatten1", "[784]", "100,480", "1,290")
                .contains("total 101,770 parameters (398 KB), 0.20 MFLOP a row");
    }

    @Test
    void aRowOfTheWrongLengthIsRefused() {
        assertThatThrownBy(() -> MODEL.predict(1, 2, 3))
                .isInstanceOf(ShapeException.class)
                .hasMessage("input: expects 4 numbers for [4], got 3");
    }

    @Test
    void aNewLayerIsNoCopyOfItsNeighbor() {
        Model model =
                Model.of(features(6), dense(6, RELU), dense(6, RELU), dense(3)).insert(1, dense(6, RELU));
        assertThat(model.parameters().get("dense2.weight"))
                .isNotEqualTo(model.parameters().get("dense3.weight"));
    }

    @Test
    void aSoftmaxOnABranchIsNoSoftmaxBeforeTheEnd() {
        Graph branch = Graph.of(x -> {
            Wire gate = x.then(dense(3, SOFTMAX));
            return x.then(dense(3)).join(dev.neurite.layer.Layers.add(), gate).then(dense(3, SOFTMAX));
        });
        assertThat(Model.of(List.of(Shape.of(4)), branch).logits().trailingActivation(0))
                .isEqualTo(dev.neurite.kernel.Activation.IDENTITY);
    }
}
