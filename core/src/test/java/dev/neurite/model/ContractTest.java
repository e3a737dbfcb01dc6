package dev.neurite.model;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.check.GradientCheck;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The contract between nodes and what runs them, proved on nodes that stretch it.
class ContractTest {
    private static final Shape FOUR = Shape.of(4);

    private static void requireGradients(Node node, List<Shape> inputs) {
        GradientCheck.of(node, inputs, 3, Mode.TRAIN, 1).requirePassed();
    }

    private static float[] theta(Network network) {
        return normal(Shape.of(network.size()), 7).toArray();
    }

    /// One step with an output gradient of ones.
    private static void step(Executor executor, Tensor... inputs) {
        executor.forward(Mode.TRAIN, List.of(inputs));
        executor.kernels().fill(1, executor.outputGradient(0));
        executor.backward();
    }

    @Test
    void aNodeMayHaveTwoOutputs() {
        requireGradients(new Toys.Fork(), List.of(FOUR));
        requireGradients(
                Graph.of(x -> {
                    List<Wire> forked = x.then(Toys.tanh(4)).split(new Toys.Fork(), 2);
                    return forked.get(0).then(dense(4)).join(add(), forked.get(1));
                }),
                List.of(FOUR));
    }

    /// Without anything to compute; its size is a·b / c.
    private record Sized(int a, int b, int c) implements Node {
        @Override
        public List<Shape> build(List<Shape> in, Declarations declare) {
            return List.of(Shape.of(Math.multiplyExact(a, b) / c));
        }

        @Override
        public List<Tensor> forward(List<Tensor> in, Pass pass) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void onlySizesThatOverflowAreCalledTooLarge() {
        assertThatThrownBy(() -> new Network(new Sized(1 << 20, 1 << 20, 1), List.of(FOUR)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects sizes below 2³¹")
                .hasCauseInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Network(new Sized(1, 1, 0), List.of(FOUR)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("/ by zero");
    }

    @Test
    void aSumMayBeActivatedAndTakeANodeMoreThanOnce() {
        for (Elementwise g : List.of(Activation.IDENTITY, Activation.TANH, Activation.GELU)) {
            requireGradients(add(g), List.of(FOUR, FOUR, FOUR));
            requireGradients(
                    Graph.of(x -> {
                        Wire h = x.then(Toys.tanh(4));
                        return h.then(dense(4)).join(add(g), h, h, x).then(dense(4));
                    }),
                    List.of(FOUR));
        }
    }

    @Test
    void aGradientGoesBackInPlaceWhereNobodyElseHasIt() {
        var alone = new InPlace(new ArrayList<>());
        requireGradients(sequential(dense(4), alone, dense(4)), List.of(FOUR));
        assertThat(alone.inPlace()).isNotEmpty().containsOnly(true);

        var second = new InPlace(new ArrayList<>()); // its input's gradient has begun already
        requireGradients(
                Graph.of(x -> {
                    Wire h = x.then(dense(4));
                    return h.then(second).join(add(), h.then(dense(4)));
                }),
                List.of(FOUR));
        assertThat(second.inPlace()).isNotEmpty().containsOnly(false);
    }

    @Test
    void aConvolutionAddsWhatOthersHaveContributedToItsInputsGradient() {
        Shape image = Shape.of(2, 4, 4);
        requireGradients(
                Graph.of(x -> {
                    Wire h = x.then(conv2d(2, 3).withPadding(1));
                    return h.then(conv2d(2, 3).withPadding(1)).join(add(), h, h.then(conv2d(2, 1)));
                }),
                List.of(image));
        requireGradients(
                Graph.of(x -> x.then(conv2d(3, 1).withStride(2))
                        .join(add(), x.then(conv2d(3, 3).withStride(2).withPadding(1)))),
                List.of(image));
        requireGradients(Graph.of(x -> x.then(convTranspose2d(2, 1)).join(add(), x)), List.of(image));
    }

    /// y = 2·x; notes whether dx was dy.
    private record InPlace(List<Boolean> inPlace) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the same memory is meant
        public Tensor forward(Tensor x, Pass pass) {
            Tensor y = pass.output();
            pass.kernels().scale(2, x, y);
            return pass.backward(x, y, Pass.Dx.MAY_BE_DY, (dy, dx) -> {
                inPlace.add(dy.array() == dx.array());
                pass.kernels().scale(2, dy, dx);
            });
        }
    }

    @Test
    void anOutputThatNobodyReadsHasAGradientOfZeros() {
        requireGradients(
                Graph.of(x -> x.then(Toys.tanh(4)).split(new Toys.Fork(), 2).get(1)), List.of(FOUR));
    }

    @Test
    void aNamedNodeUsedTwiceHasOneSetOfParametersAndTheSumOfItsGradients() {
        Node shared = named("shared", Toys.tanh(4));
        Graph graph = sequential(shared, dense(4), shared);
        assertThat(new Network(graph, List.of(FOUR)).parameters())
                .extracting(Parameter::name)
                .containsExactly("shared.weight", "shared.bias", "dense1.weight", "dense1.bias");
        requireGradients(graph, List.of(FOUR));
    }

    @Test
    void nodesOfOneNameMustBeEqual() {
        Graph graph = sequential(named("a", dense(4)), named("a", dense(3)));
        assertThatThrownBy(() -> new Network(graph, List.of(FOUR)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a: expects nodes of one name to be equal");
    }

    @Test
    void aNodeUsedTwiceForOneInputGetsBothGradients() {
        requireGradients(Graph.of(x -> x.join(add(), x)), List.of(FOUR));
        requireGradients(Graph.of(x -> x.then(flatten()).join(add(), x.then(flatten()))), List.of(FOUR));
    }

    @Test
    void weightsMayBeTied() {
        Graph graph = sequential(named("encoder", dense(3, Activation.TANH)), new Toys.Mirror("encoder", 4));
        assertThat(new Network(graph, List.of(FOUR)).size()).isEqualTo(3 * 4 + 3);
        requireGradients(graph, List.of(FOUR));
    }

    @Test
    void tyingToWhatIsNotThereIsRefusedByName() {
        Graph graph = sequential(dense(3), new Toys.Mirror("encoder", 4));
        assertThatThrownBy(() -> new Network(graph, List.of(FOUR)))
                .hasMessage("mirror1.weight: expects a parameter 'encoder.weight' declared before it. "
                        + "Declared so far: dense1.weight, dense1.bias");
    }

    @Test
    void aMaskedRecurrenceWithStateRunsItsCellOnceAStep() {
        var recurrence = new Toys.MaskedRecurrence(3, 5);
        requireGradients(recurrence, recurrence.inputs(2));
    }

    @Test
    void whereTheMaskIsZeroTheStateStays() {
        var recurrence = new Toys.MaskedRecurrence(2, 5);
        var network = new Network(recurrence, recurrence.inputs(2));
        var executor = network.executor(Kernels.shared(), theta(network), new float[0]);
        Tensor h = normal(Shape.of(3, 5), 1);
        Tensor x = normal(Shape.of(3, 2), 2);
        Tensor none = Tensor.zeros(Shape.of(3, 5));
        Tensor out =
                executor.forward(Mode.PREDICT, List.of(h, x, none, x, none)).getFirst();
        assertThat(out.toArray()).containsExactly(h.toArray());
    }

    @Test
    void anActivationMayKeepItsInput() {
        requireGradients(sequential(dense(3, new Toys.Square()), dense(2)), List.of(FOUR));
    }

    @Test
    void gradientsGoThroughAFrozenNetThatGetsNoneItself() {
        Node generator = named("generator", Toys.tanh(4));
        Node critic = named("critic", sequential(Toys.tanh(5), dense(1)));
        var free = new Network(sequential(generator, critic), List.of(FOUR));
        var held = new Network(
                sequential(generator, named("critic", frozen(sequential(Toys.tanh(5), dense(1))))), List.of(FOUR));
        assertThat(held.size()).isEqualTo(free.size());
        float[] theta = theta(free);
        float[] freeGradient = new float[free.size()];
        float[] heldGradient = new float[free.size()];
        step(free.executor(Kernels.shared(), theta, freeGradient), normal(Shape.of(3, 4), 3));
        step(held.executor(Kernels.shared(), theta, heldGradient), normal(Shape.of(3, 4), 3));
        int own = 4 * 4 + 4;
        assertThat(Arrays.copyOf(heldGradient, own))
                .containsExactly(Arrays.copyOf(freeGradient, own))
                .isNotEqualTo(new float[own]);
        assertThat(Arrays.copyOfRange(heldGradient, own, free.size())).containsOnly(0);
        assertThat(Arrays.copyOfRange(freeGradient, own, free.size())).isNotEqualTo(new float[free.size() - own]);
    }

    @Test
    void gradientsOfAnInputNeedNoGradientsOfParameters() {
        var network = new Network(sequential(Toys.tanh(5), dense(1)), List.of(FOUR));
        float[] theta = theta(network);
        Tensor x = normal(Shape.of(3, 4), 3);
        var alone = network.executor(Kernels.shared(), theta, new float[0]);
        alone.wantInputGradients(true);
        step(alone, x);
        var both = network.executor(Kernels.shared(), theta, new float[network.size()]);
        both.wantInputGradients(true);
        step(both, x);
        assertThat(alone.inputGradient(0)).isEqualTo(both.inputGradient(0));
    }

    @Test
    void nobodyAsksForTheGradientOfTheDataUnlessItIsWanted() {
        var network = new Network(new WantsNothingOfItsInput(), List.of(FOUR));
        step(network.executor(Kernels.shared(), new float[0], new float[0]), normal(Shape.of(3, 4), 3));
        var wanting = network.executor(Kernels.shared(), new float[0], new float[0]);
        wanting.wantInputGradients(true);
        assertThatThrownBy(() -> step(wanting, normal(Shape.of(3, 4), 3))).isInstanceOf(AssertionError.class);
    }

    private record WantsNothingOfItsInput() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor y = pass.output();
            pass.kernels().copy(x, y);
            return pass.backward(x, y, (dy, dx) -> {
                throw new AssertionError("nobody should ask");
            });
        }
    }

    @Test
    void gradientsAccumulateOnRequest() {
        var network = new Network(sequential(Toys.tanh(5), dense(1)), List.of(FOUR));
        float[] gradient = new float[network.size()];
        var executor = network.executor(Kernels.shared(), theta(network), gradient);
        Tensor a = normal(Shape.of(3, 4), 1);
        Tensor b = normal(Shape.of(2, 4), 2);
        step(executor, a);
        float[] first = gradient.clone();
        step(executor, b);
        float[] second = gradient.clone();
        step(executor, a);
        executor.accumulate(true);
        step(executor, b);
        float[] expected = new float[first.length];
        for (int i = 0; i < expected.length; i++) expected[i] = first[i] + second[i];
        assertThat(gradient).containsExactly(expected);
    }

    @Test
    void predictingNeedsTwoBuffersHoweverDeepTheNet() {
        Node[] layers = new Node[10];
        Arrays.setAll(layers, _ -> Toys.tanh(4));
        var network = new Network(sequential(layers), List.of(FOUR));
        var executor = network.executor(Kernels.shared(), theta(network), new float[0]);
        executor.forward(Mode.PREDICT, normal(Shape.of(3, 4), 1));
        assertThat(executor.buffersInUse()).isEqualTo(1);
        assertThat(executor.bufferFloats()).isEqualTo(2 * 3 * 4);
        executor.reset();
        assertThat(executor.buffersInUse()).isZero();
    }

    @Test
    void aStepGivesBackEveryBufferAsSoonAsItsBackwardHasRun() {
        Node[] layers = new Node[10];
        Arrays.setAll(layers, _ -> Toys.tanh(4));
        var network = new Network(sequential(layers), List.of(FOUR));
        var executor = network.executor(Kernels.shared(), theta(network), new float[network.size()]);
        step(executor, normal(Shape.of(3, 4), 1));
        // Ten outputs, and gradients of two of them at a time: dy and dx. The caller still holds the output.
        assertThat(executor.bufferFloats()).isEqualTo((10 + 2) * 3 * 4);
        assertThat(executor.buffersInUse()).isEqualTo(1);
        long once = executor.bufferFloats();
        for (int rows : new int[] {2, 3, 1, 3}) step(executor, normal(Shape.of(rows, 4), 1));
        assertThat(executor.bufferFloats()).isEqualTo(once);
        executor.reset();
        assertThat(executor.buffersInUse()).isZero();
    }

    @Test
    void aPassThatFailedLeavesNothingBehind() {
        var network = new Network(sequential(Toys.tanh(4), new Fails()), List.of(FOUR));
        var executor = network.executor(Kernels.shared(), theta(network), new float[network.size()]);
        assertThatThrownBy(() -> step(executor, normal(Shape.of(3, 4), 1))).hasMessage("on purpose");
        executor.reset();
        assertThat(executor.buffersInUse()).isZero();
    }

    private record Fails() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            throw new IllegalStateException("on purpose");
        }
    }

    @Test
    void inputsThatDoNotFitAreRefused() {
        var network = new Network(dense(2), List.of(FOUR));
        var executor = network.executor(Kernels.shared(), theta(network), new float[0]);
        assertThatThrownBy(() -> executor.forward(Mode.PREDICT, Tensor.zeros(Shape.of(3, 5))))
                .isInstanceOf(ShapeException.class)
                .hasMessage("input: expects rows of [4], got a batch [3×5]");
    }

    @Test
    void askingForAParameterThatWasNotDeclaredSaysWhichThereAre() {
        var network = new Network(new AsksForTooMuch(), List.of(FOUR));
        var executor = network.executor(Kernels.shared(), new float[0], new float[0]);
        assertThatThrownBy(() -> executor.forward(Mode.PREDICT, Tensor.zeros(Shape.of(1, 4))))
                .hasMessageContaining("expects a parameter that it declared, [], got 'weight'");
    }

    private record AsksForTooMuch() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            return pass.parameter("weight");
        }
    }

    // ------------------------------------------------------------------------- what a review found, and stays found

    /// A frozen or standardizing first layer leaves nothing on the tape; the layer after it still reads its
    /// output going back, while later layers of the same width take buffers.
    @Test
    void aLambdasInputLivesUntilTheLambdaHasRun() {
        for (Node first : List.of(
                frozen(Toys.tanh(4)),
                new dev.neurite.layer.Standardize(normal(FOUR, 1), normal(FOUR, 2)),
                new dev.neurite.layer.Activate(Activation.RELU),
                flatten())) {
            var network = new Network(sequential(first, Toys.tanh(4), Toys.tanh(4), dense(3)), List.of(FOUR));
            float[] theta = theta(network);
            float[] with = new float[network.size()];
            float[] without = new float[network.size()];
            var wanting = network.executor(Kernels.shared(), theta, with);
            wanting.wantInputGradients(true);
            step(wanting, normal(Shape.of(5, 4), 3));
            step(network.executor(Kernels.shared(), theta, without), normal(Shape.of(5, 4), 3));
            assertThat(without).as(first.toString()).containsExactly(with);
        }
    }

    @Test
    void aLambdaThatFailsLeavesNothingBehind() {
        var network = new Network(sequential(Toys.tanh(4), new FailsGoingBack(), Toys.tanh(4)), List.of(FOUR));
        float[] theta = theta(network);
        float[] gradient = new float[network.size()];
        var executor = network.executor(Kernels.shared(), theta, gradient);
        Tensor bad = normal(Shape.of(3, 4), 1);
        bad.array()[0] = 1000;
        Tensor good = normal(Shape.of(3, 4), 2);
        float[] expected = new float[network.size()];
        step(network.executor(Kernels.shared(), theta, expected), good);
        assertThatThrownBy(() -> step(executor, bad)).hasMessage("on purpose");
        step(executor, good);
        assertThat(gradient).containsExactly(expected);
        executor.reset();
        assertThat(executor.buffersInUse()).isZero();
    }

    @Test
    void gradientsGoToTheArrayThatWasNamedLast() {
        var network = new Network(sequential(Toys.tanh(4), Toys.tanh(4)), List.of(FOUR));
        float[] theta = theta(network);
        float[] first = new float[network.size()];
        float[] second = new float[network.size()];
        float[] expected = new float[network.size()];
        Tensor x = normal(Shape.of(3, 4), 1);
        step(network.executor(Kernels.shared(), theta, expected), x);
        var executor = network.executor(Kernels.shared(), theta, first);
        executor.gradientsInto(second);
        step(executor, x);
        assertThat(second).containsExactly(expected);
        assertThat(first).containsOnly(0);
        executor.gradientsInto(first);
        step(executor, x);
        assertThat(first).containsExactly(expected);
        assertThatThrownBy(() -> executor.gradientsInto(new float[3]))
                .isInstanceOf(ShapeException.class)
                .hasMessage("gradients: expects an array of " + network.size() + ", got 3");
    }

    private static final java.util.concurrent.atomic.AtomicInteger BACKWARDS =
            new java.util.concurrent.atomic.AtomicInteger();

    /// Throws in the second backward of the test above only: the first is the reference, the third the
    /// recovery.
    private record FailsGoingBack() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Tensor y = pass.output();
            pass.kernels().copy(x, y);
            return pass.backward(x, y, (dy, dx) -> {
                if (BACKWARDS.incrementAndGet() == 2) throw new IllegalStateException("on purpose");
                pass.kernels().copy(dy, dx);
            });
        }
    }

    @Test
    void oneTensorMayBeTwoOutputs() {
        requireGradients(
                Graph.of(1, wires -> {
                    Wire h = wires.getFirst().then(Toys.tanh(4));
                    return List.of(h, h.then(dense(2)), h);
                }),
                List.of(FOUR));
    }

    @Test
    void theSameTensorForTwoInputsIsRefusedWhereTheirGradientsAreWanted() {
        var network = new Network(add(), List.of(FOUR, FOUR));
        var executor = network.executor(Kernels.shared(), new float[0], new float[0]);
        Tensor x = normal(Shape.of(2, 4), 1);
        executor.forward(Mode.PREDICT, List.of(x, x));
        executor.wantInputGradients(true);
        assertThatThrownBy(() -> executor.forward(Mode.PREDICT, List.of(x, x)))
                .hasMessage("input 1: expects a tensor of its own, got the same one twice");
    }

    @Test
    void aNameThatALayerWasGivenByItsNumberIsRefused() {
        assertThatThrownBy(() -> sequential(dense(4), named("dense1", dense(4))))
                .hasMessage("name 'dense1': is the automatic name of an earlier layer. Choose another");
    }

    @Test
    void aWireOfAnotherDrawingIsRefused() {
        assertThatThrownBy(() -> Graph.of(outer -> outer.then(Graph.of(inner -> outer.then(dense(2))))))
                .hasMessageContaining("wire: expects one of the same graph, got one of another");
    }
}
