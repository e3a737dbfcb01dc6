package dev.neurite.model.engine;

import static dev.neurite.kernel.Activation.GELU;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.adaptiveAvgPool2d;
import static dev.neurite.layer.Layers.adaptiveMaxPool2d;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.avgPool2d;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convAdd;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.globalMaxPool;
import static dev.neurite.layer.Layers.groupNorm;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.multiply;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.normAdd;
import static dev.neurite.layer.Layers.permute;
import static dev.neurite.layer.Layers.recomputed;
import static dev.neurite.layer.Layers.reshape;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.separableConv2d;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.spatialDropout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Padding;
import dev.neurite.layer.Conv2d;
import dev.neurite.model.Declarations;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.PassObserver;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Networks whose layers keep channels in blocks between them, against the same networks in row-major order.
class LayoutsTest {
    /// Which convolutions write blocks.
    enum Wish implements KernelsInBlocks.Wish {
        ALL,
        WINDOWS,
        POINTS,
        AFTER_ROWS;

        @Override
        public boolean blocks(Geometry g, int groups, Layout ofX) {
            return switch (this) {
                case ALL -> true;
                case WINDOWS -> g.window().area() > 1;
                case POINTS -> g.window().area() == 1;
                case AFTER_ROWS -> ofX == Layout.ROW_MAJOR;
            };
        }
    }

    /// A container as a stranger would write it, who knows of no layouts: y = child(x) ∘ x, and a row of y reads
    /// its elements in order.
    private record Gated(Node child) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return declare.child("child", child, List.of(in)).getFirst();
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor h = pass.apply(0, x);
            Tensor y = pass.like(x);
            for (int i = 0; i < y.size(); i++) {
                y.array()[y.offset() + i] = x.array()[x.offset() + i] * h.array()[h.offset() + i] * (i % 7);
            }
            return pass.backward(List.of(x, h), List.of(y), (dys, dxs) -> {
                        Tensor dy = dys.getFirst();
                        for (int k = 0; k < 2; k++) {
                            Tensor other = k == 0 ? h : x;
                            Tensor to = dxs.get(k);
                            for (int i = 0; i < to.size(); i++) {
                                to.array()[to.offset() + i] =
                                        dy.array()[dy.offset() + i] * other.array()[other.offset() + i] * (i % 7);
                            }
                        }
                    })
                    .getFirst();
        }
    }

    private static Conv2d conv(int channels, int kernel) {
        return conv2d(channels, kernel).withPadding(Padding.SAME);
    }

    /// Two inputs, three outputs: images in blocks, images that cannot be in blocks, and scores.
    private static final Graph NETWORK = Graph.of(2, in -> {
        Node shared = named("shared", conv(16, 3).withActivation(GELU));
        Wire a = in.get(0).then(conv(16, 3), batchNorm(RELU));
        Wire b = in.get(1).then(shared).join(add(RELU), a.then(shared), a);
        Wire fire = b.then(conv(16, 1)).join(concat(), b.then(conv(32, 3)), b);
        Wire mixed = fire.then(conv(24, 1)).join(concat(), fire);
        Wire c = mixed.then(conv(32, 3).withStride(2), activation(GELU), dropout(0.3));
        Wire d = c.then(
                recomputed(sequential(conv(32, 3).withoutBias(), batchNorm(), dropout(0.2), conv(32, 1))),
                residual(conv(32, 3), batchNorm(RELU), conv(32, 3), spatialDropout(0.2))
                        .withActivation(RELU),
                residual(conv(32, 1), batchNorm()).withShortcut(conv(32, 1)));
        Wire e = d.then(conv(32, 3), frozen(sequential(conv(32, 1), batchNorm())))
                .join(multiply(), d, c)
                .join(convAdd(conv(32, 1)), d.then(groupNorm(4)))
                .join(normAdd(batchNorm(RELU)), d);
        // e is read in either layout, several times
        Wire turned = e.then(permute(0, 2, 1));
        Wire f = e.then(
                        depthwiseConv2d(3).withPadding(Padding.SAME),
                        separableConv2d(32, 3).withPadding(Padding.SAME))
                .join(add(), e, turned, e.then(new Gated(conv(32, 3))), e.then(conv(32, 3)), e.then(permute(0, 2, 1)));
        Wire small = f.then(maxPool2d(2));
        Wire pooled = f.then(globalAvgPool())
                .join(
                        concat(),
                        f.then(globalMaxPool()),
                        small.then(avgPool2d(2), flatten()),
                        small.then(adaptiveMaxPool2d(1, 1), flatten()),
                        small.then(adaptiveAvgPool2d(1, 1), reshape(32)));
        return List.of(f, mixed.then(conv(5, 3)), pooled.then(dense(7)));
    });

    private static final List<Shape> INPUTS = List.of(image(3, 8, 8), image(16, 8, 8));

    /// What a training over some steps shows: outputs, gradients, weights, running statistics.
    private record Run(List<float[]> seen, NetworkExecutor executor) {}

    private static Tensor input(Shape row, int rows, int step) {
        Tensor x = Tensor.zeros(row.forRows(rows));
        for (int i = 0; i < x.size(); i++) x.array()[i] = (float) Math.sin(0.7 * i + step);
        return x;
    }

    private static Run train(Graph graph, List<Shape> inputs, Kernels kernels, int steps) {
        var network = new Network(graph, inputs);
        float[] theta = weights(graph, inputs);
        float[] running = Model.of(inputs, graph).statistics().toArray();
        float[] gradient = new float[network.size()];
        var executor = (NetworkExecutor) network.executor(kernels, theta, running, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
        List<float[]> seen = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            executor.randomness(5, step, 0);
            show(executor.forward(Mode.TRAIN, inputs(inputs, 4, step)), seen);
            for (int i = 0; i < network.outputs().size(); i++) {
                Tensor dy = executor.outputGradient(i);
                for (int j = 0; j < dy.size(); j++) dy.array()[dy.offset() + j] = (float) Math.cos(0.3 * j + i);
            }
            executor.backward();
            executor.commitStatistics();
            for (int i = 0; i < inputs.size(); i++)
                seen.add(executor.inputGradient(i).toArray());
            seen.add(gradient.clone());
            for (int i = 0; i < theta.length; i++) theta[i] -= 1e-3f * Math.clamp(gradient[i], -1, 1);
            seen.add(theta.clone());
            seen.add(running.clone());
            show(executor.forward(Mode.PREDICT, inputs(inputs, 3, step)), seen);
        }
        return new Run(seen, executor);
    }

    private static float[] weights(Graph graph, List<Shape> inputs) {
        return Model.of(inputs, graph).initialize(3).parameters().toArray();
    }

    private static List<Tensor> inputs(List<Shape> rows, int count, int step) {
        return rows.stream().map(row -> input(row, count, step)).toList();
    }

    private static void show(List<Tensor> outputs, List<float[]> seen) {
        for (Tensor y : outputs) {
            assertThat(y.layout()).isEqualTo(Layout.ROW_MAJOR);
            assertThat(y.isFinite()).isTrue();
            seen.add(y.toArray());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNetworkTrainsToTheSameBitsInBlocks(Wish wish) {
        var inBlocks = new KernelsInBlocks(Kernels.shared(), wish);
        Run plain = train(NETWORK, INPUTS, Kernels.shared(), 3);
        Run blocked = train(NETWORK, INPUTS, inBlocks.kernels(), 3);
        assertThat(blocked.seen()).usingElementComparator(Arrays::compare).containsExactlyElementsOf(plain.seen());
        assertThat(inBlocks.blockedCalls()).isGreaterThan(50);
    }

    @Test
    void theFastestKernelsGiveTheBitsOfScalarOnesWhateverTheirLayouts() {
        try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1)) {
            assertThat(train(NETWORK, INPUTS, Kernels.shared(), 2).seen())
                    .usingElementComparator(Arrays::compare)
                    .containsExactlyElementsOf(train(NETWORK, INPUTS, scalar, 2).seen());
        }
    }

    /// The conversions of a training step and a prediction.
    private static int conversions(Node... layers) {
        var inBlocks = new KernelsInBlocks(Kernels.shared(), Wish.ALL);
        train(Graph.chain(layers), List.of(image(3, 8, 8)), inBlocks.kernels(), 1);
        assertThat(inBlocks.blockedCalls()).isPositive();
        return inBlocks.conversions();
    }

    @Test
    void layersThatAcceptBlocksConvertNothing() {
        assertThat(conversions(
                        conv(16, 3),
                        batchNorm(RELU),
                        maxPool2d(2),
                        residual(conv(16, 3), batchNorm()).withActivation(RELU),
                        depthwiseConv2d(3),
                        conv(32, 1),
                        globalAvgPool(),
                        dense(3)))
                .isZero();
    }

    @Test
    void aBorderIsOneConversionForwardAndOneBackward() {
        assertThat(conversions(conv(16, 3), flatten(), dense(3))).isEqualTo(3); // one more when predicting
        assertThat(conversions(conv(16, 3))).isEqualTo(3);
        assertThat(conversions(conv(16, 3), permute(0, 2, 1), conv(16, 3), globalAvgPool()))
                .isEqualTo(3);
    }

    @Test
    void aTensorIsConvertedOnceForAllWhoReadItInRowMajorOrderWhileTraining() {
        Graph readTwice = Graph.of(x -> {
            Wire h = x.then(conv(16, 3));
            return h.then(permute(0, 2, 1)).join(add(), h.then(groupNorm(2)), h.then(new Gated(permute(0, 2, 1))));
        });
        var inBlocks = new KernelsInBlocks(Kernels.shared(), Wish.ALL);
        Executor executor = trainer(readTwice, inBlocks.kernels());
        executor.forward(Mode.TRAIN, input(image(3, 8, 8), 2, 0));
        assertThat(inBlocks.conversions()).isEqualTo(1);
        executor.kernels().fill(1, executor.outputGradient(0));
        executor.backward();
        assertThat(inBlocks.conversions()).isEqualTo(2);
    }

    private static Executor trainer(Graph graph, Kernels kernels) {
        List<Shape> inputs = List.of(image(3, 8, 8));
        var network = new Network(graph, inputs);
        float[] theta = weights(graph, inputs);
        return network.executor(kernels, theta, new float[theta.length]);
    }

    /// Asks for its input in blocks.
    private record InBlocks() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public boolean acceptsBlocks() {
            return true;
        }

        @Override
        public Tensor forward(Tensor input, Pass pass) {
            Tensor x = pass.inLayout(input, Layout.BLOCKED);
            assertThat(pass.inLayout(x, input.layout())).isSameAs(input);
            Tensor y = pass.like(x);
            pass.kernels().scale(2, x, y);
            return pass.backward(x, y, (dy, dx) -> {
                assertThat(dy.layout()).isEqualTo(x.layout());
                assertThat(dx.layout()).isEqualTo(x.layout());
                pass.kernels().scale(2, dy, dx);
            });
        }
    }

    @Test
    void aLayerGetsItsInputInBlocksAndItsGradientPasses() {
        var network = new Network(Graph.chain(new InBlocks(), new InBlocks()), List.of(image(32, 3, 5)));
        Executor executor = network.executor(Kernels.shared(), new float[0], new float[0]);
        executor.wantInputGradients(true);
        Tensor x = input(image(32, 3, 5), 2, 0);
        Tensor y = executor.forward(Mode.TRAIN, x);
        assertThat(y.layout()).isEqualTo(Layout.ROW_MAJOR);
        for (int i = 0; i < x.size(); i++) assertThat(y.array()[y.offset() + i]).isEqualTo(4 * x.array()[i]);
        executor.kernels().copy(x, executor.outputGradient(0));
        executor.backward();
        assertThat(executor.inputGradient(0)).isEqualTo(y);
    }

    @Test
    void imagesWithoutWholeBlocksAreRefused() {
        var network = new Network(Graph.chain(new InBlocks()), List.of(image(17, 3, 5)));
        Executor executor = network.executor(Kernels.shared(), new float[0], new float[0]);
        assertThatThrownBy(() -> executor.forward(Mode.PREDICT, input(image(17, 3, 5), 1, 0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("multiple of 16 channels");
    }

    /// Copies what it is shown.
    private record Copies(List<Tensor> seen) implements PassObserver {
        @Override
        public void output(String layer, Tensor output) {
            assertThat(output.layout()).isEqualTo(Layout.ROW_MAJOR);
            seen.add(output.copy());
        }

        @Override
        public void delta(String layer, Tensor delta) {
            assertThat(delta.layout()).isEqualTo(Layout.ROW_MAJOR);
            seen.add(delta.copy());
        }
    }

    private static List<Tensor> observed(Kernels kernels) {
        var network = new Network(NETWORK, INPUTS);
        float[] theta = weights(NETWORK, INPUTS);
        Executor executor = network.executor(kernels, theta, new float[theta.length]);
        List<Tensor> seen = new ArrayList<>();
        executor.observe(new Copies(seen));
        executor.forward(Mode.TRAIN, inputs(INPUTS, 4, 0));
        executor.kernels().fill(1, executor.outputGradient(0));
        executor.backward();
        return seen;
    }

    @Test
    void whoLooksAtAPassSeesRowMajorOrder() {
        var inBlocks = new KernelsInBlocks(Kernels.shared(), Wish.ALL);
        assertThat(observed(inBlocks.kernels())).isEqualTo(observed(Kernels.shared()));
        Executor executor = trainer(Graph.chain(conv(16, 3), batchNorm(), conv(16, 1)), inBlocks.kernels());
        executor.inspect();
        executor.forward(Mode.TRAIN, input(image(3, 8, 8), 2, 0));
        executor.kernels().fill(1, executor.outputGradient(0));
        executor.backward();
        executor.inspection(new float[0]);
        assertThat(inBlocks.blockedCalls()).isZero();
        executor.forward(Mode.TRAIN, input(image(3, 8, 8), 2, 0));
        assertThat(inBlocks.blockedCalls()).isEqualTo(3);
    }

    @Test
    void laterStepsTakeNoMoreBuffersAndAllComeBack() {
        Kernels kernels = new KernelsInBlocks(Kernels.shared(), Wish.WINDOWS).kernels();
        NetworkExecutor executor = train(NETWORK, INPUTS, kernels, 5).executor();
        assertThat(executor.bufferFloats())
                .isEqualTo(train(NETWORK, INPUTS, kernels, 3).executor().bufferFloats());
        assertThat(executor.buffersInUse()).isPositive();
        executor.reset();
        assertThat(executor.buffersInUse()).isZero();
    }
}
