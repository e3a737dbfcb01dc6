package dev.neurite.model;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.recomputed;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.AllocatedBytes;
import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Initializers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What an executor computes from, and what it holds on to.
class ExecutorTest {
    private static final Graph TWO_OUTPUTS = Graph.of(1, in -> {
        Wire h = in.getFirst().then(dense(4, Activation.TANH));
        return List.of(h.then(dense(3)), h.then(dense(2)));
    });

    private static float[] gradientOfFirstOutput(boolean asksForBoth) {
        var network = new Network(TWO_OUTPUTS, List.of(Shape.of(4)));
        float[] theta = Parameters.initialized(network.parameters(), 1).toArray();
        float[] gradient = new float[theta.length];
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.forward(Mode.TRAIN, List.of(Tensor.of(new float[][] {{1, 2, 3, 4}, {4, 3, 2, 1}})));
        executor.kernels().fill(1, executor.outputGradient(0));
        if (asksForBoth) executor.kernels().fill(0, executor.outputGradient(1));
        executor.backward();
        return gradient;
    }

    @Test
    void anOutputWhoseGradientNobodyAsksForHasAGradientOfZeros() {
        assertThat(gradientOfFirstOutput(false)).containsExactly(gradientOfFirstOutput(true));
    }

    private static void assertFreed(WeakReference<?> reference) {
        for (int i = 0; i < 50 && reference.get() != null; i++) System.gc();
        assertThat(reference.get()).isNull();
    }

    @Test
    void aGradientArrayThatItsDriverLetsGoOfIsFreed() {
        var network = new Network(TWO_OUTPUTS, List.of(Shape.of(4)));
        float[] theta = Parameters.initialized(network.parameters(), 1).toArray();
        Executor executor = network.executor(Kernels.shared(), theta, new float[theta.length]);
        float[] array = new float[theta.length];
        var reference = new WeakReference<>(array);
        executor.gradientsInto(array);
        array = new float[theta.length];
        executor.gradientsInto(array);
        assertFreed(reference);
        assertThat(executor.bufferFloats()).isZero(); // it is still there
    }

    private static WeakReference<float[]> predictViews(Model model, Kernels kernels) {
        float[] array = new float[64];
        model.predict(Tensor.view(Shape.of(2, 1, 4, 4), array, 16), kernels);
        model.predict(List.of(Tensor.view(Shape.of(2, 1, 4, 4), array, 32)), kernels);
        return new WeakReference<>(array);
    }

    @Test
    void whatAModelHasPredictedIsFreed() {
        Model model = Model.of(image(1, 4, 4), flatten(), dense(3, Activation.SOFTMAX));
        assertFreed(predictViews(model, Kernels.shared()));
        assertThat(model.predict(new float[16])).hasSize(3);
    }

    private static WeakReference<Kernels> predictOnKernelsOfItsOwn(Model model) {
        try (Kernels kernels = Kernels.create(2)) {
            model.predict(Tensor.zeros(Shape.of(3, 4)), kernels);
            return new WeakReference<>(kernels);
        }
    }

    @Test
    void kernelsThatAreClosedAreFreedOnceAModelPredictsAgain() {
        Model model = Model.of(features(4), dense(3));
        WeakReference<Kernels> closed = predictOnKernelsOfItsOwn(model);
        model.predict(1, 2, 3, 4);
        assertFreed(closed);
    }

    @Test
    void aBatchWhoseTensorsAreNoArraysIsRefused() {
        var network = new Network(dense(1 << 20), List.of(Shape.of(1)));
        float[] theta = new float[network.size()];
        Executor executor = network.executor(Kernels.shared(), theta, new float[0]);
        assertThatThrownBy(() -> executor.forward(Mode.PREDICT, Tensor.zeros(Shape.of(4096, 1))))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("expects tensors of less than 2³¹ numbers, got 4096 rows of [1048576]")
                .hasMessageContaining("fewer rows");
    }

    /// Notes the largest number of rows that it has seen at once.
    private record RowCounter(AtomicInteger most) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            most.accumulateAndGet(x.rows(), Math::max);
            return x;
        }
    }

    @Test
    void listsOfInputsRunInParts() {
        var most = new AtomicInteger();
        Model model = Model.of(features(2), new RowCounter(most), dense(1));
        model.predict(List.of(Tensor.zeros(Shape.of(1300, 2))));
        assertThat(most.get()).isEqualTo(model.network().rowsAtOnce());
    }

    @Test
    void manyInputsAndOutputsArePredictedInPartsLikeOne() {
        Graph graph = Graph.of(2, in -> {
            Wire h = in.get(0).then(dense(4, Activation.TANH));
            return List.of(h.then(dense(3, Activation.SOFTMAX)), in.get(1).then(dense(2)));
        });
        Model model = Model.of(List.of(features(2), features(3)), graph).initialize(3);
        int rows = 1300; // more than are predicted at once
        float[] a = new float[2 * rows];
        float[] b = new float[3 * rows];
        for (int i = 0; i < a.length; i++) a[i] = (i % 17) / 17f;
        for (int i = 0; i < b.length; i++) b[i] = (i % 23) / 23f;
        Tensor x = Tensor.of(Shape.of(rows, 2), a);
        Tensor y = Tensor.of(Shape.of(rows, 3), b);
        try (Kernels kernels = Kernels.create(2)) {
            List<Tensor> all = model.predict(List.of(x, y), kernels);
            assertThat(all).extracting(Tensor::shape).containsExactly(Shape.of(rows, 3), Shape.of(rows, 2));
            List<Tensor> last = model.predict(List.of(x.rows(1290, 1300), y.rows(1290, 1300)));
            assertThat(all.get(0).rows(1290, 1300)).isEqualTo(last.get(0));
            assertThat(all.get(1).rows(1290, 1300)).isEqualTo(last.get(1));
        }
        assertThat(model.predict(List.of(x.rows(0, 0), y.rows(0, 0))))
                .extracting(Tensor::shape)
                .containsExactly(Shape.of(0, 3), Shape.of(0, 2));
    }

    @Test
    void aListOfOneInputIsPredictedAsThatInput() {
        Model model = Model.of(features(2), dense(8, Activation.RELU), dense(3, Activation.SOFTMAX));
        Tensor x = Tensor.of(new float[][] {{1, 2}, {-3, 4}});
        assertThat(model.predict(List.of(x))).containsExactly(model.predict(x));
    }

    @Test
    void anAnonymousNodeIsCalledAfterWhatItImplements() {
        Node anonymous = new Layer() {
            @Override
            public Shape build(Shape in, Declarations declare) {
                return in;
            }

            @Override
            public Tensor forward(Tensor x, Pass pass) {
                return x;
            }
        };
        assertThat(anonymous.kind()).isEqualTo("layer");
        Model model = Model.of(features(2), anonymous, anonymous, dense(1));
        assertThat(model.graph().applications())
                .extracting(Graph.Application::name)
                .containsExactly("layer1", "layer2", "dense1");
    }

    @Test
    void aSummaryRunsNoPassUntilMemoryIsAsked() {
        var passes = new AtomicInteger();
        record Counting(AtomicInteger passes) implements Layer {
            @Override
            public Shape build(Shape in, Declarations declare) {
                return in;
            }

            @Override
            public Tensor forward(Tensor x, Pass pass) {
                passes.incrementAndGet();
                return x;
            }
        }
        Summary summary = Model.of(features(2), new Counting(passes), dense(1)).summary();
        assertThat(summary.parameters()).isEqualTo(3);
        assertThat(summary.layers()).hasSize(2);
        assertThat(passes.get()).isZero();
        assertThat(summary.training()).isPresent();
        assertThat(summary.predicting()).isPresent();
        assertThat(passes.get()).isEqualTo(2);
    }

    /// Has parameters that it does not use.
    private record Idle() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.parameter("weight", Shape.of(100_000), Role.WEIGHT, Initializers.zeros());
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            return x;
        }
    }

    @Test
    void aFootprintTakesNoMemoryOfTheSizeOfAllParameters() {
        Node[] layers = new Node[40];
        Arrays.fill(layers, new Idle());
        var network = new Network(Graph.chain(layers), List.of(Shape.of(500)));
        long bytes = new AllocatedBytes().of(1, () -> network.footprint(Mode.PREDICT));
        assertThat(bytes).isLessThan(4L * network.size() / 4);
    }

    @Test
    void aMistypedParameterOfALargeNetIsAnsweredWithTheNearestNames() {
        Node[] layers = new Node[20];
        Arrays.fill(layers, dense(2));
        Model model = Model.of(Shape.of(2), layers);
        assertThatThrownBy(() -> model.parameters().get("dense17.weigth"))
                .hasMessageContaining("Of its 40 the nearest are: dense17.weight, ")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void someParametersAndStatisticsMayBeSetAtOnce() {
        Model model = Model.of(features(2), dense(2), batchNorm());
        Model set = model.with(Map.of(
                "dense1.bias", Tensor.of(Shape.of(2), 1, 2), "batchNorm1.running_mean", Tensor.of(Shape.of(2), 3, 4)));
        assertThat(set.parameters().get("dense1.bias").toArray()).containsExactly(1, 2);
        assertThat(set.parameters().get("dense1.weight"))
                .isEqualTo(model.parameters().get("dense1.weight"));
        assertThat(set.statistics().get("batchNorm1.running_mean").toArray()).containsExactly(3, 4);
        assertThatThrownBy(() -> model.with(Map.of("dense1.bias", Tensor.EMPTY)))
                .hasMessageContaining("dense1.bias: expects [2], got [0]");
    }

    @Test
    void aDataSetIsPredictedLikeItsRows() {
        float[][] rows = new float[1100][3]; // more than are predicted at once
        for (int i = 0; i < rows.length; i++) rows[i] = new float[] {i % 7, i % 11, 1};
        Model model = Model.of(features(3), dense(4, Activation.TANH), dense(2, Activation.SOFTMAX));
        assertThat(model.predict(Dataset.of(rows))).isEqualTo(model.predict(Tensor.of(rows)));
        Model many = Model.of(
                List.of(features(3)),
                Graph.of(
                        1,
                        in -> List.of(
                                in.getFirst().then(dense(2)), in.getFirst().then(dense(1)))));
        assertThat(many.predictAll(Dataset.of(rows), Kernels.shared()))
                .isEqualTo(many.predict(List.of(Tensor.of(rows))));
        assertThatThrownBy(() -> many.predict(Dataset.of(rows))).hasMessageContaining("expects one output");
    }

    @Test
    void saliencyIsTheGradientOfALogitWhenPredicting() {
        Model model = Model.of(features(3), dropout(0.5), dense(2, Activation.SOFTMAX));
        Tensor x = Tensor.of(new float[][] {{1, 2, 3}, {-1, 0, 2}});
        float[] w = model.parameters().get("dense1.weight").toArray();
        Tensor saliency = model.saliency(x, 1);
        for (float[] row : saliency.toRows()) assertThat(row).containsExactly(w[3], w[4], w[5]);
        assertThatThrownBy(() -> model.saliency(x, 2)).hasMessageContaining("output: expects 0 to 1, got 2");

        Tensor dy = Tensor.of(new float[][] {{1, 1}, {1, 1}}); // a softmax sums to 1, whatever its input
        for (float each : model.inputGradient(x, dy).toArray()) assertThat(each).isCloseTo(0, within(1e-6f));
    }

    @Test
    void aLayerIsReplacedInsideContainers() {
        Node inner = sequential(dense(4), dense(4));
        Model model = Model.of(
                features(4),
                residual(inner),
                frozen(sequential(dense(4), dense(4))),
                recomputed(named("inside", dense(4))),
                dense(1));
        Model replaced = model.replace("residual1.body.dense2", dense(4, Activation.RELU))
                .replace("sequential1.dense1", dense(4).withoutBias())
                .replace("inside", dense(4, Activation.TANH));
        assertThat(replaced.parameters().parts())
                .extracting(Parameter::name)
                .contains("residual1.body.dense2.weight", "sequential1.dense1.weight", "inside.weight")
                .doesNotContain("sequential1.dense1.bias");
        assertThat(replaced.network().trained())
                .extracting(Parameter::name)
                .doesNotContain("sequential1.dense1.weight");
        assertThat(replaced.parameters().get("residual1.body.dense1.weight"))
                .isEqualTo(model.parameters().get("residual1.body.dense1.weight"));
        assertThatThrownBy(() -> model.replace("residual1.way", dense(4)))
                .hasMessageStartingWith("layer 'residual1.way': is not in this network")
                .hasMessageContaining("residual1.body");
        assertThatThrownBy(() -> model.replace("dense1.x", dense(4)))
                .hasMessageStartingWith("layer 'dense1.x': is not in this network");
        assertThatThrownBy(() -> dense(4).replace("x", dense(4)))
                .hasMessageStartingWith("layer 'x': expects a container, got dense(");
    }

    @Test
    void wrappersDoNotChangeTheNamesOfParameters() {
        Node body = sequential(dense(4), batchNorm());
        Model plain = Model.of(features(4), body, named("norm", batchNorm()), dense(2));
        Model wrapped = Model.of(
                features(4), recomputed(frozen(body)), frozen(named("norm", batchNorm())), recomputed(dense(2)));
        assertThat(wrapped.parameters().parts()).isEqualTo(plain.parameters().parts());
        assertThat(wrapped.parameters().toArray())
                .containsExactly(plain.parameters().toArray());
        assertThat(wrapped.statistics().parts()).isEqualTo(plain.statistics().parts());
        assertThat(wrapped.network().olderNames())
                .containsEntry("sequential1.dense1.weight", "sequential1.frozen.sequential.dense1.weight")
                .containsEntry("norm.running_mean", "norm.batchNorm.running_mean")
                .containsEntry("dense1.bias", "dense1.dense.bias");
        assertThat(plain.network().olderNames()).isEmpty();
    }
}
