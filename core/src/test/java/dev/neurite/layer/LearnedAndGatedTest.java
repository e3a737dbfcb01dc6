package dev.neurite.layer;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.glu;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.prelu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Model;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The shapes and parameters of PReLU and GLU, and networks that end in a log-softmax.
class LearnedAndGatedTest {
    @Test
    void aPreluHasOneSlopeOrOneAChannelThatStartsAtAQuarter() {
        var shared = Model.of(image(3, 2, 2), prelu());
        var channels = Model.of(image(3, 2, 2), prelu().withSlopePerChannel());
        var features = Model.of(features(5), prelu().withSlopePerChannel().withSlopes(Initializers.zeros()));
        assertThat(shared.parameters().get("prelu1.slope").toArray()).containsExactly(0.25f);
        assertThat(channels.parameters().get("prelu1.slope").toArray()).containsExactly(0.25f, 0.25f, 0.25f);
        assertThat(features.parameters().get("prelu1.slope").toArray()).containsExactly(0, 0, 0, 0, 0);
        assertThat(shared.parameters().parts().getFirst().role()).isEqualTo(Role.SCALE);
        assertThat(prelu()).hasToString("prelu(slopes constant(0.25))");
        assertThat(prelu().withSlopePerChannel()).hasToString("prelu(a slope per channel, slopes constant(0.25))");
    }

    @Test
    void aSlopeMayBecomeNegative() {
        Model model = Model.of(features(3), prelu()).with("prelu1.slope", Tensor.of(Shape.of(1), -2));
        assertThat(model.predict(-1, 0, 3)).containsExactly(2, -0f, 3);
    }

    @Test
    void aGluHalvesItsAxis() {
        assertThat(Model.of(features(6), glu()).network().outputs()).containsExactly(Shape.of(3));
        assertThat(Model.of(image(4, 2, 6), glu()).network().outputs()).containsExactly(Shape.of(4, 2, 3));
        assertThat(Model.of(image(4, 2, 6), new Glu(0)).network().outputs()).containsExactly(Shape.of(2, 2, 6));
        assertThat(Model.of(image(4, 2, 6), new Glu(-2)).network().outputs()).containsExactly(Shape.of(4, 1, 6));
        assertThat(glu()).hasToString("glu()");
        assertThat(new Glu(0)).hasToString("glu(axis 0)");
    }

    @Test
    void aGluRefusesAnAxisThatIsOddEmptyOrNotThere() {
        for (Shape shape : List.of(Shape.of(5), Shape.of(0), Shape.of(2, 3), Shape.of())) {
            assertThatThrownBy(() -> Model.of(shape, glu()))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("glu() expects a row whose axis -1 has an even extent, got " + shape);
        }
        for (int axis : new int[] {2, -3}) {
            assertThatThrownBy(() -> Model.of(Shape.of(2, 2), new Glu(axis))).isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void aNetworkMayEndInTheLogarithmOfProbabilities() {
        Model logs = Model.of(features(4), dense(3, Activation.LOG_SOFTMAX)).initialize(2);
        Model probabilities =
                Model.of(features(4), dense(3, Activation.SOFTMAX)).initialize(2);
        assertThat(logs.outputActivation()).isEqualTo(Activation.IDENTITY);
        float[] y = logs.predict(1, -2, 0.5f, 3);
        float[] p = probabilities.predict(1, -2, 0.5f, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(Math.abs(Math.exp(y[i]) - p[i])).isLessThan(1e-6);
        }
    }
}
