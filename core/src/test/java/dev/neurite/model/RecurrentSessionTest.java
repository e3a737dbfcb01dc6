package dev.neurite.model;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.simpleRnn;
import static dev.neurite.layer.Layers.stacked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Recurrent layers keep their states between the parts of a sequence.
@BothEngines
class RecurrentSessionTest {
    private static final List<Node> LAYERS = List.of(
            lstm(9).withSequences(),
            gru(17).withSequences(),
            gru(8).withResetBefore().withSequences(),
            simpleRnn(5).withSequences(),
            stacked(2, lstm(6)).withSequences(),
            gru(7),
            lstm(7));

    private static Tensor ids(int rows, int length) {
        var random = new KeyedRandom(7);
        float[] ids = new float[rows * length];
        for (int i = 0; i < ids.length; i++) ids[i] = random.below(10);
        return Tensor.of(Shape.of(rows, length), ids);
    }

    @Test
    void partsHaveTheBitsOfTheWhole() {
        Tensor x = ids(3, 20);
        for (Node layer : LAYERS) {
            Model model = Model.of(Shape.of(Shape.OPEN), embedding(10, 12), layer, dense(4));
            boolean sequences = model.network().outputs().getFirst().rank() == 2;
            PredictionSession session = model.session(3, 20);
            int at = 0;
            for (int steps : new int[] {1, 1, 5, 1, 10, 2}) {
                int end = at + steps;
                Tensor part = session.predict(x.slice(1, at, end));
                Tensor whole = model.predict(x.slice(1, 0, end));
                assertThat(part).as(layer.toString()).isEqualTo(sequences ? whole.slice(1, at, end) : whole);
                at = end;
            }
            assertThat(session.bytes()).isPositive().isLessThan(3 * 2 * 2 * 17 * Float.BYTES + 1L);
        }
    }

    @Test
    void rowsGoOnByThemselves() {
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(10, 12), lstm(9).withSequences(), dense(4));
        Tensor x = ids(2, 6);
        PredictionSession session = model.session(2, 9);
        session.predict(x.withLengths(Tensor.of(Shape.of(2), 6, 2)));
        Tensor next = session.predict(x.slice(1, 2, 5));
        Tensor short2 = model.predict(x.rows(1, 2).slice(1, 0, 5));
        assertThat(next.rows(1, 2)).isEqualTo(short2.slice(1, 2, 5));
    }

    @Test
    void layersThatRunBackwardsAreRefused() {
        Model model = Model.of(
                Shape.of(Shape.OPEN), embedding(10, 4), lstm(3).withSequences().withReversed(), dense(4));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> model.session(1, 4))
                .withMessageContaining("lstm1");
    }
}
