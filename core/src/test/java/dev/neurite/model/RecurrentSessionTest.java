package dev.neurite.model;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lastPosition;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.reshape;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.simpleRnn;
import static dev.neurite.layer.Layers.sinusoidalPositions;
import static dev.neurite.layer.Layers.stacked;
import static dev.neurite.layer.Layers.timeDistributed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Recurrent;
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

    /// A decoder begins with the state that an encoder ends with, and its own replaces it from part to part.
    @Test
    void aDecoderBeginsWithTheStatesOfItsEncoder() {
        for (Recurrent layer : List.of(lstm(9), gru(9), stacked(2, lstm(5)), stacked(2, gru(4)))) {
            Model model = Model.of(List.of(Shape.of(Shape.OPEN), Shape.of(Shape.OPEN)), Graph.of((target, source) -> {
                List<Wire> states = source.then(embedding(10, 6))
                        .split(layer.withStates(), 1 + layer.states().size());
                Wire[] initial = states.subList(1, states.size()).toArray(Wire[]::new);
                return target.then(embedding(10, 12))
                        .join(layer.withSequences(), initial)
                        .then(dense(4));
            }));
            Tensor source = ids(3, 7).withLengths(Tensor.of(Shape.of(3), 7, 2, 5));
            Tensor x = ids(3, 20);
            Tensor whole = model.predict(List.of(x, source)).getFirst();
            PredictionSession session = model.session(3, List.of(Shape.of(20), Shape.of(9)));
            for (int round = 0; round < 2; round++, session.reset()) {
                assertThat(session.predict(List.of(x.slice(1, 0, 4), source)).getFirst())
                        .as(layer.toString())
                        .isEqualTo(whole.slice(1, 0, 4));
                assertThat(session.predict(x.slice(1, 4, 5))).isEqualTo(whole.slice(1, 4, 5));
                PredictionSession some = session.select(2, 0);
                assertThat(some.predict(x.rowsAt(2, 0).slice(1, 5, 20)))
                        .isEqualTo(whole.rowsAt(2, 0).slice(1, 5, 20));
                assertThat(session.predict(x.slice(1, 5, 20))).isEqualTo(whole.slice(1, 5, 20));
            }
        }
    }

    /// A state that depends on the parts would be that of the first part.
    @Test
    void initialStatesThatComeInPartsAreRefused() {
        Model model = Model.of(List.of(Shape.of(Shape.OPEN)), Graph.of(x -> {
            Wire h = x.then(embedding(10, 6));
            return h.join(gru(6).withSequences(), h.then(lastPosition())).then(dense(4));
        }));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> model.session(1, 4))
                .withMessageContaining("gru1")
                .withMessageContaining("input 2 whole, got it in parts");
    }

    /// Layers over another axis than that of the parts, whose steps are all there in each part.
    @Test
    void layersOverAnotherAxisBeginAnewInEachPart() {
        Node ofSteps = sequential(reshape(3, 2), gru(4));
        List<Model> models = List.of(
                Model.of(Shape.of(Shape.OPEN, 6), lastPosition(), reshape(3, 2), gru(4), dense(2)),
                Model.of(Shape.of(Shape.OPEN, 6), lastPosition(), reshape(3, 2), stacked(2, lstm(4)), dense(2)),
                Model.of(
                        Shape.of(Shape.OPEN, 6),
                        lastPosition(),
                        reshape(3, 2),
                        positionEmbedding(3),
                        sinusoidalPositions(),
                        selfAttention(1).withCausal().withRotary(),
                        lastPosition()),
                Model.of(Shape.of(Shape.OPEN, 6), timeDistributed(ofSteps), lastPosition(), dense(2)));
        Tensor x = normal(Shape.of(2, 20, 6), 8);
        for (Model model : models) {
            PredictionSession session = model.session(2, 20);
            int at = 0;
            for (int steps : new int[] {1, 1, 5, 1, 10, 2}) {
                at += steps;
                assertThat(session.predict(x.slice(1, at - steps, at)))
                        .as(model.toString())
                        .isEqualTo(model.predict(x.slice(1, 0, at)));
            }
            assertThat(session.bytes()).as("nothing is kept").isZero();
        }
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
