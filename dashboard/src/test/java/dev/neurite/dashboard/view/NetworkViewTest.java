package dev.neurite.dashboard.view;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Wire;
import dev.neurite.network.ResNet;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NetworkViewTest {
    private static NetworkView of(Model model) {
        return NetworkView.of(model.network());
    }

    @Test
    void aChain() {
        NetworkView view = of(Model.of(Shape.of(1, 2, 2), flatten(), dense(3, RELU), dense(2, SOFTMAX)));
        assertThat(view.parameters()).isEqualTo(4 * 3 + 3 + 3 * 2 + 2);
        assertThat(view.memoryBytes()).isEqualTo(4 * 23);
        assertThat(view.nodes()).extracting(NetworkView.Layer::name).containsExactly("flatten1", "dense1", "dense2");
        assertThat(view.nodes())
                .extracting(NetworkView.Layer::sources)
                .containsExactly(List.of(-1), List.of(0), List.of(1));
        NetworkView.Layer dense = view.nodes().get(1);
        assertThat(dense.type()).isEqualTo("dense");
        assertThat(dense.in()).containsExactly(List.of(4));
        assertThat(dense.out()).containsExactly(List.of(3));
        assertThat(dense.flops()).isEqualTo(2 * 12);
        assertThat(dense.activation()).isEqualTo("relu");
        assertThat(view.nodes().get(0).in()).containsExactly(List.of(1, 2, 2));
        assertThat(view.rectifiers()).containsExactly("dense1");
    }

    @Test
    void aGraphWithABranch() {
        Model model = Model.of(List.of(features(4)), Graph.of((Wire x) -> {
            Wire h = x.then(named("a", dense(4)));
            return h.then(named("b", dense(4))).join(named("sum", add()), h);
        }));
        NetworkView view = of(model);
        assertThat(view.nodes()).extracting(NetworkView.Layer::name).containsExactly("a", "b", "sum");
        assertThat(view.nodes().get(2).sources()).containsExactly(1, 0);
    }

    @Test
    void residualConnectionsAndContainersAreOpened() {
        NetworkView view = of(Model.of(
                features(4),
                frozen(dense(4)),
                residual(dense(4, RELU), dense(4)).withActivation(RELU),
                sequential(dense(5), dense(2))));
        assertThat(view.nodes())
                .extracting(NetworkView.Layer::name)
                .containsExactly(
                        "dense1",
                        "residual1.body.dense1",
                        "residual1.body.dense2",
                        "residual1",
                        "sequential1.dense1",
                        "sequential1.dense2");
        assertThat(view.nodes().get(0).frozen()).isTrue();
        assertThat(view.nodes().get(1).frozen()).isFalse();
        NetworkView.Layer sum = view.nodes().get(3);
        assertThat(sum.type()).isEqualTo("add");
        assertThat(sum.sources()).containsExactly(2, 0); // the body, and the identity around it
        assertThat(sum.activation()).isEqualTo("relu");
        assertThat(view.nodes().get(4).sources()).containsExactly(3);
    }

    @Test
    void everyParameterAndOperationOfAResNetIsInOneNode() {
        Shape image = Shape.of(3, 32, 32);
        Model model = Model.of(List.of(image), new ResNet(20).graph(image, 10, SOFTMAX));
        NetworkView view = of(model);
        long parameters =
                view.nodes().stream().mapToLong(NetworkView.Layer::parameters).sum();
        long flops = view.nodes().stream().mapToLong(NetworkView.Layer::flops).sum();
        assertThat(parameters).isEqualTo(model.summary().parameters()).isEqualTo(view.parameters());
        assertThat(flops).isEqualTo(2 * model.summary().multiplications());
        for (int i = 0; i < view.nodes().size(); i++) {
            for (int source : view.nodes().get(i).sources())
                assertThat(source).isLessThan(i).isGreaterThanOrEqualTo(-1);
        }
        assertThat(view.nodes()).anyMatch(each -> each.sources().size() == 2);
    }
}
