package dev.neurite.model;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Initializers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Neighbors in a graph that read the same: a pass that predicts computes their products at once.
@BothEngines
class SiblingsTest {
    private static final List<Node> NODES = List.of(
            named("silu", dense(40, Activation.SILU)),
            named("plain", dense(33)),
            named("softmax", dense(35, Activation.SOFTMAX)), // reads its product
            named("two", sequential(dense(36, Activation.TANH), dense(34))), // reads that of a node inside
            named("frozen", frozen(dense(37))),
            named("relu", dense(3, Activation.RELU)));

    /// @param neighbors whether they run one after the other, without other nodes between them
    private static Model model(boolean neighbors) {
        return Model.of(Shape.of(64), Graph.of(x -> {
                    List<Wire> ends = new ArrayList<>();
                    for (Node node : NODES) {
                        Wire y = x.then(node);
                        ends.add(neighbors ? y : y.then(activation(Activation.TANH)));
                    }
                    if (neighbors) ends.replaceAll(y -> y.then(activation(Activation.TANH)));
                    return ends.getFirst().join(concat(), ends.subList(1, 6).toArray(Wire[]::new));
                }))
                .initialize(7);
    }

    /// Kernels that note how many layers they compute at once.
    private static Kernels noting(Kernels kernels, List<Integer> sizes) {
        return (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (_, method, args) -> {
                    if (method.getName().equals("dense") && args[0] instanceof List<?> layers) sizes.add(layers.size());
                    try {
                        return method.invoke(kernels, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void theirBitsAreThoseOfEachAlone() {
        Model together = model(true);
        Model apart = model(false);
        assertThat(together.parameters().names()).isEqualTo(apart.parameters().names());
        for (BlockFormat format : new BlockFormat[] {BlockFormat.INT8, BlockFormat.F16}) {
            List<Integer> sizes = new ArrayList<>();
            List<Integer> ofApart = new ArrayList<>();
            try (Kernels kernels = Kernels.create(2)) {
                for (int rows : new int[] {1, 2, 50}) {
                    Tensor x = normal(Shape.of(rows, 64), rows);
                    Quantization to = Quantization.of(format);
                    assertThat(together.predict(x, noting(kernels, sizes)))
                            .isEqualTo(apart.predict(x, noting(kernels, ofApart)));
                    assertThat(together.quantized(to).predict(x, noting(kernels, sizes)))
                            .isEqualTo(apart.quantized(to).predict(x, noting(kernels, ofApart)));
                }
            }
            // without the softmax and the two in a row; what is frozen is inside another node
            assertThat(sizes).hasSize(6).containsOnly(3);
            assertThat(ofApart).isEmpty();
        }
    }

    /// A layer whose product reads a buffer of its own, which a neighbor may get after it.
    /// @param factor what its input is multiplied with
    private record Scaled(float factor) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.parameter("weight", Shape.of(20, in.extent(0)), Role.WEIGHT, Initializers.normal(0, 1));
            return Shape.of(20);
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor own = pass.like(x);
            pass.kernels().scale(factor, x, own);
            Tensor y = pass.output();
            pass.dense(own, pass.weights("weight"), Tensor.EMPTY, Activation.IDENTITY, y);
            return y;
        }
    }

    @Test
    void aProductOfABufferOfItsOwnDoesNotWait() {
        List<String> names = List.of("one", "two", "three");
        Graph graph = Graph.of(x -> {
            List<Wire> ends = new ArrayList<>();
            for (int i = 0; i < 3; i++) ends.add(x.then(named(names.get(i), new Scaled(i + 1))));
            return ends.getFirst().join(concat(), ends.get(1), ends.get(2));
        });
        Model model = Model.of(Shape.of(64), graph).initialize(5);
        Tensor x = normal(Shape.of(1, 64), 9);
        float[] y = model.predict(x).toArray();
        for (int i = 0; i < 3; i++) {
            Tensor w = model.parameters().get("graph1." + names.get(i) + ".weight");
            float expected = 0;
            for (int k = 0; k < 64; k++) expected = Math.fma(x.get(0, k) * (i + 1), w.get(7, k), expected);
            assertThat(y[20 * i + 7]).isEqualTo(expected);
        }
    }
}
