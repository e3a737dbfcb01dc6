package dev.neurite.train;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.relu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.FreshJvm;
import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Checkpoints;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.KernelMemory;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Padding;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Lora;
import dev.neurite.model.Executor;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.PassObserver;
import dev.neurite.model.Quantization;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
    /// Arrays go where all the heap is, and nothing is rounded to regions.
    private static final List<String> EXACT = List.of("-XX:+UseSerialGC", "-Xmn2m");

    private static final long OTHERS = 3_000_000; // bytes that the JVM's and the test's own objects take

    /// Adds a probe.
    private record Probes() implements Callback {
        @Override
        public Observer begin(TrainingControl training) {
            training.probe(_ -> true);
            return _ -> {};
        }

        @Override
        public boolean probes() {
            return true;
        }
    }

    /// Nets of some kinds, each with tens of megabytes of what they are to show.
    static Model net(String kind) {
        return switch (kind) {
            case "wide" ->
                Model.of(features(100), dense(3000, Activation.RELU), dense(1000, Activation.GELU), dense(10));
            case "adapted" -> // 36 MB of floats, of which the training must not make a copy
                Lora.of(
                                Model.of(
                                                features(100),
                                                dense(3000, Activation.RELU),
                                                dense(3000, Activation.GELU),
                                                dense(10))
                                        .quantized(Quantization.of(BlockFormat.Q8_0)),
                                8)
                        .adapted();
            case "images" ->
                Model.of(
                        image(3, 32, 32),
                        conv2d(16, 3, Activation.RELU).withPadding(Padding.SAME),
                        conv2d(32, 3, Activation.SILU),
                        flatten(),
                        dense(10));
            case "joined" ->
                Model.of(List.of(image(3, 32, 32)), Graph.of(x -> {
                    var h = x.then(conv2d(16, 3, Activation.RELU).withPadding(1));
                    var sum = h.then(conv2d(16, 3).withPadding(1)).join(Layers.add(), h);
                    return sum.then(Layers.relu())
                            .then(flatten())
                            .then(Layers.dropout(0.5))
                            .then(dense(10));
                }));
            case "normed" ->
                Model.of(
                        image(3, 16, 16),
                        conv2d(16, 3).withPadding(Padding.SAME),
                        batchNorm(),
                        relu(),
                        conv2d(32, 3, Activation.RELU).withPadding(Padding.SAME).withStride(2),
                        batchNorm(),
                        flatten(),
                        dense(1500, Activation.RELU),
                        dense(10));
            case "tiles" ->
                Model.of(
                        image(3, 4, 4),
                        conv2d(64, 3, Activation.RELU).withPadding(1),
                        conv2d(512, 3, Activation.RELU).withPadding(1),
                        conv2d(512, 3, Activation.RELU).withPadding(1),
                        flatten(),
                        dense(10));
            case "grouped" -> // a norm that is not in blocks, before and after tiles that are
                Model.of(
                        image(3, 24, 24),
                        conv2d(64, 3, Activation.RELU).withPadding(1),
                        Layers.groupNorm(8),
                        conv2d(64, 3, Activation.RELU).withPadding(1),
                        flatten(),
                        dense(80),
                        dense(10));
            case "transposed" ->
                Model.of(
                        image(3, 24, 24),
                        conv2d(64, 3, Activation.RELU),
                        Layers.convTranspose2d(64, 3),
                        flatten(),
                        dense(80),
                        dense(10));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /// Enough for megabytes of activations; fewer where a row takes long.
    private static int rows(String kind) {
        return kind.equals("wide") ? 128 : 64;
    }

    private static Dataset data(Model model, int rows) {
        Shape in = model.network().inputs().getFirst();
        return new Dataset() {
            @Override
            public int size() {
                return rows;
            }

            @Override
            public Shape inputShape() {
                return in;
            }

            @Override
            public List<String> classNames() {
                return List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
            }

            @Override
            public void readInput(int row, float[] array, int at) {
                for (int i = 0; i < in.size(); i++) array[at + i] = (row * 31 + i * 17) % 13 / 13f;
            }

            @Override
            public int label(int row) {
                return row % 10;
            }

            @Override
            public Shape targetShape() {
                return Shape.SCALAR;
            }

            @Override
            public void readTarget(int row, float[] array, int at) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "images", "joined"})
    void activationsAreThoseOfTheExecutorForAnyNumberOfRows(String kind) {
        Network network = net(kind).logits();
        for (int rows : new int[] {1, 7, 64}) {
            Executor executor =
                    network.executor(Kernels.shared(), new float[network.size()], new float[network.size()]);
            Tensor x = Tensor.zeros(network.inputs().getFirst().forRows(rows));
            for (int step = 0; step < 4; step++) {
                executor.forward(Mode.TRAIN, x);
                executor.outputGradient(0);
                executor.backward();
            }
            assertThat(network.footprint(Mode.TRAIN).floats(rows)).isEqualTo(executor.bufferFloats());
            Executor predictor = network.executor(Kernels.shared(), new float[network.size()], new float[0]);
            for (int pass = 0; pass < 4; pass++) predictor.forward(Mode.PREDICT, x);
            assertThat(network.footprint(Mode.PREDICT).floats(rows)).isEqualTo(predictor.bufferFloats());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "normed", "grouped", "transposed"})
    void copiesInAnotherLayoutAreThoseOfTheKernelsForAnyNumberOfRows(String kind) {
        Network network = net(kind).logits();
        Shape row = network.inputs().getFirst();
        boolean copies = Kernels.vectorsPresent() && (kind.equals("grouped") || kind.equals("transposed"));
        for (Mode mode : List.of(Mode.TRAIN, Mode.PREDICT)) {
            long copied = network.footprint(mode).copied(7);
            assertThat(copied > 0).isEqualTo(copies);
            try (Kernels kernels = Kernels.create(2)) {
                Executor executor = network.executor(kernels, new float[network.size()], new float[network.size()]);
                executor.forward(mode, Tensor.zeros(row.forRows(7)));
                if (mode == Mode.TRAIN) {
                    executor.outputGradient(0);
                    executor.backward();
                }
                assertThat(KernelMemory.copies(kernels)).isEqualTo(copied);
            }
        }
    }

    /// A band of tiles is a whole row of them, also where that is many.
    @Test
    void wideImagesTakeMoreOfTheWorkspace() {
        assumeTrue(Kernels.vectorsPresent(), "the Vector API module is present");
        Shape weights = Shape.of(64, 64, 3, 3);
        long narrow = KernelMemory.constantConvolution(weights, image(64, 16, 64), image(64, 16, 64), 1);
        long wide = KernelMemory.constantConvolution(weights, image(64, 16, 3840), image(64, 16, 3840), 1);
        assertThat(narrow).isLessThan(40L * 128 * 72);
        assertThat(wide).isGreaterThan(36L * 128 * 960); // u and m of 960 tiles
        Shape byTwo = Shape.of(64, 64, 2, 2); // no Winograd tiles
        long padded = KernelMemory.constantConvolution(byTwo, image(64, 16, 3840), image(64, 15, 3839), 2);
        assertThat(padded).isGreaterThan(2L * 64 * 5 * 3840);
    }

    /// Panels that suit one length do not suit another.
    @Test
    void openLengthsMayKeepSeveralCopiesOfWeights() {
        assumeTrue(Kernels.vectorsPresent(), "the Vector API module is present");
        Shape weights = Shape.of(256, 8, 1);
        long one = KernelMemory.packedConvolution(weights, false);
        assertThat(KernelMemory.packedConvolution(weights, true)).isEqualTo(3 * one); // of 1, 2 and 4 blocks
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "images", "joined", "normed"})
    void observedStepsTakeNoMoreThanIsTold(String kind) {
        Network network = net(kind).logits();
        float[] theta = new float[network.size()];
        for (int rows : new int[] {2, 64}) {
            for (boolean first : new boolean[] {true, false}) {
                Executor executor = network.executor(Kernels.shared(), theta, new float[network.size()]);
                Tensor x = Tensor.zeros(network.inputs().getFirst().forRows(rows));
                for (int step = 0; step < 6; step++) {
                    if (step % 2 == 0 == first) executor.observe(new Unseeing());
                    else executor.observeNoMore();
                    executor.forward(Mode.TRAIN, x);
                    executor.outputGradient(0);
                    executor.backward();
                }
                long told = network.observedFootprint().floats(rows);
                assertThat(executor.bufferFloats()).isLessThanOrEqualTo(told).isGreaterThan(told * 4 / 5);
            }
        }
    }

    /// Looks, and does nothing.
    private static final class Unseeing implements PassObserver {
        @Override
        public void output(String layer, Tensor output) {}

        @Override
        public void delta(String layer, Tensor delta) {}
    }

    @Test
    void eachSettingTakesWhatItTakes() {
        Model model = net("wide");
        long theta = 4L * model.parameters().size();
        Trainer trainer = Trainer.of(model).optimizer(Optimizers.sgd(0.1)).batchSize(64);
        Dataset data = data(model, 1000);
        Memory memory = trainer.memory(data);
        assertThat(memory.model()).isEqualTo(theta);
        assertThat(memory.parameters()).isEqualTo(theta);
        assertThat(memory.gradients()).isEqualTo(theta);
        assertThat(memory.optimizer()).isZero();
        assertThat(memory.validation()).isZero();
        assertThat(memory.batches()).isEqualTo(4 * 64 * 100);
        assertThat(memory.total()).isEqualTo(memory.model() + memory.added());
        Memory usual = Memory.of(model.logits(), 64, Optimizers.sgd(0.1));
        assertThat(usual.activations()).isEqualTo(memory.activations());
        assertThat(usual.added()).isEqualTo(memory.added() + usual.validation() + memory.batches());

        assertThat(trainer.optimizer(Optimizers.adam(1e-3)).memory(data).optimizer())
                .isEqualTo(2 * theta);
        assertThat(trainer.minimizer(new Lbfgs()).memory(data).optimizer()).isEqualTo(25 * theta);
        assertThat(trainer.average(Averaging.ema(0.9)).memory(data).parameters())
                .isEqualTo(2 * theta);
        assertThat(trainer.watchUpdates(10).memory(data).parameters()).isEqualTo(theta);
        assertThat(trainer.watchUpdates(10).listener(_ -> {}).memory(data).parameters())
                .isEqualTo(2 * theta);
        Memory probed = trainer.probe(_ -> false).memory(data);
        assertThat(probed.parameters()).isEqualTo(2 * theta);
        assertThat(probed.activations()).isGreaterThanOrEqualTo(memory.activations());
        Model softmax = Model.of(features(100), dense(10, Activation.SOFTMAX));
        Trainer fused = Trainer.of(softmax).batchSize(64);
        long observed = softmax.logits().observedFootprint().bytes(64);
        assertThat(fused.probe(_ -> false).memory(data).activations()).isEqualTo(observed + 4 * 64 * 10);
        assertThat(trainer.callback(new Probes()).memory(data).parameters()).isEqualTo(2 * theta);
        Memory stopping = trainer.callback(new EarlyStopping(3)).memory(data);
        assertThat(stopping.parameters()).isEqualTo(3 * theta); // the best model, and the next one
        assertThat(stopping.total()).isEqualTo(memory.total() + 2 * theta);
        Model normed = net("normed");
        Trainer withStatistics = Trainer.of(normed);
        Dataset images = data(normed, 64);
        Memory alone = withStatistics.memory(images);
        assertThat(withStatistics
                        .callback(Checkpoints.into(Path.of("nowhere")))
                        .memory(images)
                        .total())
                .isEqualTo(alone.total() + alone.model());
        Memory cut = trainer.shards(4).memory(data);
        assertThat(cut.gradients()).isEqualTo(3 * theta);
        assertThat(cut.activations()).isEqualTo(memory.activations() / 4);
        assertThat(trainer.memory(data, data(model, 10)).validation()).isPositive();
        assertThat(trainer.memory(data(model, 16)).activations()).isEqualTo(memory.activations() / 4);
    }

    @Test
    void anEstimateIsWhatTheHeapReallyHolds() {
        compareWithTheHeap("joined");
    }

    /// Gradients, state of the optimizer and copies are those of the adapters.
    @Test
    void anEstimateBesideWeightsOfFewerBitsIsWhatTheHeapReallyHolds() {
        Model model = net("adapted");
        Memory memory = trainer(model).memory(data(model, 256));
        long adapters = 4L * 8 * (100 + 3000 + 3000 + 3000);
        assertThat(memory.gradients()).isEqualTo(adapters);
        assertThat(memory.parameters()).isEqualTo(adapters);
        assertThat(memory.optimizer()).isEqualTo(2 * adapters);
        assertThat(memory.model()).isEqualTo(model.parameters().bytes()).isLessThan(12_000_000);
        compareWithTheHeap("adapted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "images"})
    @Tag("thorough")
    void anEstimateOfAChainIsWhatTheHeapReallyHolds(String kind) {
        compareWithTheHeap(kind);
    }

    private static void compareWithTheHeap(String kind) {
        String[] figures = FreshJvm.run(
                        Measured.class, true, List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:MarkSweepDeadRatio=0"), kind)
                .out()
                .strip()
                .split(" ", -1);
        double estimate = Double.parseDouble(figures[0]);
        double real = Double.parseDouble(figures[1]);
        assertThat(estimate).isGreaterThan(20e6).isCloseTo(real, within(0.15 * real));
    }

    /// Prints what was estimated beside the model, and what a training holds in its last step, both in bytes.
    static final class Measured {
        public static void main(String[] arguments) {
            Model model = net(arguments[0]);
            Dataset data = data(model, 256);
            Trainer trainer = Trainer.of(model).batchSize(256).threads(1);
            long[] most = new long[1];
            long before = inUse();
            Memory memory = trainer.memory(data, data);
            trainer.epochs(2)
                    .listener(event -> {
                        if (event instanceof TrainingEvent.StepEnded) most[0] = Math.max(most[0], inUse());
                    })
                    .fit(data, data);
            System.out.println(memory.added() + " " + (most[0] - before));
        }
    }

    /// The whole of it, the making of the trained model at the end included: a heap that has half of the parameters'
    /// memory more than was told is enough, one that has half of it less is not. A copy that nobody told of, or
    /// one that is none, would fail this.
    @Test
    void aTrainingNeedsTheHeapThatWasTold() {
        trainsInTheHeapThatWasTold("normed");
    }

    /// In the last two the copies that kernels make of tensors in another layout are more than half of the parameters.
    @ParameterizedTest
    @ValueSource(strings = {"wide", "tiles", "grouped", "transposed"})
    @Tag("thorough")
    void aTrainingOfOtherLayersNeedsTheHeapThatWasTold(String kind) {
        trainsInTheHeapThatWasTold(kind);
    }

    private static void trainsInTheHeapThatWasTold(String kind) {
        Model model = net(kind);
        Dataset data = data(model, rows(kind));
        Memory memory = trainer(model).memory(data, data);
        long need = OTHERS + memory.total();
        long half = memory.gradients() / 2;
        assertThat(half).isGreaterThan(5_000_000);
        assertThat(trained(kind, need + half)).isEqualTo("trained");
        assertThat(trained(kind, need - half)).isEqualTo("out of memory");
    }

    /// A model that predicts has its parameters, in two orders, and two buffers.
    @Test
    void aPredictionNeedsTheHeapThatWasTold() {
        predictsInTheHeapThatWasTold("tiles");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "normed"})
    @Tag("thorough")
    void aPredictionOfOtherLayersNeedsTheHeapThatWasTold(String kind) {
        predictsInTheHeapThatWasTold(kind);
    }

    private static void predictsInTheHeapThatWasTold(String kind) {
        Model model = net(kind);
        Network network = model.logits();
        long need = OTHERS
                + Memory.ofPrediction(network, network.inputs(), 4 * rows(kind), 1)
                        .total();
        long half = 2L * model.parameters().size();
        assertThat(predicted(kind, need + half)).isEqualTo("predicted");
        assertThat(predicted(kind, need - half)).isEqualTo("out of memory");
    }

    private static String predicted(String kind, long heap) {
        List<String> options = new ArrayList<>(EXACT);
        options.add("-Xmx" + heap);
        return FreshJvm.run(Predicted.class, true, options, kind).out().strip();
    }

    /// Predicts, in a heap that may be too small.
    static final class Predicted {
        public static void main(String[] arguments) {
            Model model = net(arguments[0]);
            try (Kernels kernels = Kernels.create(1)) {
                Tensor rows = Tensor.zeros(model.network().inputs().getFirst().forRows(4 * rows(arguments[0])));
                for (int pass = 0; pass < 2; pass++) model.predict(rows, kernels);
                System.out.println("predicted");
            } catch (OutOfMemoryError e) {
                System.out.println("out of memory");
            }
        }
    }

    private static String trained(String kind, long heap) {
        List<String> options = new ArrayList<>(EXACT);
        options.add("-Xmx" + heap);
        return FreshJvm.run(Bounded.class, true, options, kind).out().strip();
    }

    /// Trains, in a heap that may be too small.
    static final class Bounded {
        public static void main(String[] arguments) {
            Model model = net(arguments[0]);
            Dataset data = data(model, rows(arguments[0]));
            try {
                Run run = trainer(model).epochs(2).fit(data, data);
                System.out.println(run.history().epochs().isEmpty() ? "not trained" : "trained");
            } catch (OutOfMemoryError e) {
                System.out.println("out of memory");
            }
        }
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model).batchSize(128).threads(1);
    }

    private static long inUse() {
        System.gc();
        Runtime heap = Runtime.getRuntime();
        return heap.totalMemory() - heap.freeMemory();
    }

    @Test
    void whatCannotFitIsRefusedWithFigures() {
        List<String> messages = FreshJvm.run(Refused.class, true, List.of("-Xmx256m"))
                .out()
                .lines()
                .toList();
        String end = " beside the \\d+(\\.\\d)? MB in use, the heap has 256 MB\\. Take smaller batches, .*-Xmx8g";
        assertThat(messages).hasSize(2);
        assertThat(messages.getFirst())
                .matches("memory: expects 1,\\d{3} MB for training \\(parameters [0-9.]+ MB, gradients [0-9.]+ MB,"
                        + " optimizer [0-9.]+ MB, activations 1,205 MB, validation 7.9 MB, .*\\)" + end);
        assertThat(messages.getLast())
                .matches("memory: expects 38,151 MB for training \\(model 7,630 MB, parameters 7,630 MB,"
                        + " gradients 7,630 MB, optimizer 15,260 MB\\)" + end);
    }

    /// Asks for a gigabyte of activations, and then for some of parameters.
    static final class Refused {
        public static void main(String[] arguments) {
            Model model = net("images");
            Memory activations = Trainer.of(model).batchSize(2400).memory(data(model, 60_000), data(model, 10_000));
            refused(() -> activations.requireRoom(false));
            var network = new Network(Graph.chain(dense(100_000), dense(10_000), dense(10)), List.of(features(10_000)));
            Memory parameters = Memory.ofParameters(network, Optimizers.adam(1e-3));
            refused(() -> parameters.requireRoom(true));
        }

        private static void refused(Runnable code) {
            try {
                code.run();
            } catch (ResourceException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
