package dev.neurite.cli.bench;

import dev.neurite.data.Batch;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// A case of `neurite bench`.
sealed interface BenchCase {
    /// All cases; the peers in `benchmarks` have the same.
    List<BenchCase> ALL = List.of(
            new Net("mlp-tiny", 4),
            new Net("mlp-s", 32),
            new Net("mlp-s", 128),
            new Net("mlp-m", 128),
            new Net("mlp-l", 256),
            new Net("mlp-s", 1),
            new Net("lenet5", 64),
            new Net("keras-cnn", 128),
            new Net("vgg32", 64),
            new Net("resnet20", 64),
            new Net("lenet5", 1),
            new Conv("conv/lenet5-1", 64, Layers.image(1, 28, 28), 6, 5, 1, 2),
            new Conv("conv/lenet5-2", 64, Layers.image(6, 14, 14), 16, 5, 1, 0),
            new Conv("conv/keras-cnn-1", 128, Layers.image(1, 28, 28), 32, 3, 1, 0),
            new Conv("conv/keras-cnn-2", 128, Layers.image(32, 26, 26), 64, 3, 1, 0),
            new Conv("conv/vgg32-1", 64, Layers.image(3, 32, 32), 32, 3, 1, 1),
            new Conv("conv/vgg32-2", 64, Layers.image(32, 32, 32), 32, 3, 1, 1),
            new Conv("conv/vgg32-3", 64, Layers.image(32, 16, 16), 64, 3, 1, 1),
            new Conv("conv/vgg32-4", 64, Layers.image(64, 16, 16), 64, 3, 1, 1),
            new Conv("conv/vgg32-5", 64, Layers.image(64, 8, 8), 128, 3, 1, 1),
            new Conv("conv/vgg32-6", 64, Layers.image(128, 8, 8), 128, 3, 1, 1),
            new Conv("conv/resnet20-1", 64, Layers.image(3, 32, 32), 16, 3, 1, 1),
            new Conv("conv/resnet20-2", 64, Layers.image(16, 32, 32), 16, 3, 1, 1),
            new Conv("conv/resnet20-3", 64, Layers.image(16, 32, 32), 32, 3, 2, 1),
            new Conv("conv/resnet20-4", 64, Layers.image(16, 32, 32), 32, 1, 2, 0),
            new Conv("conv/resnet20-5", 64, Layers.image(32, 16, 16), 32, 3, 1, 1),
            new Conv("conv/resnet20-6", 64, Layers.image(32, 16, 16), 64, 3, 2, 1),
            new Conv("conv/resnet20-7", 64, Layers.image(32, 16, 16), 64, 1, 2, 0),
            new Conv("conv/resnet20-8", 64, Layers.image(64, 8, 8), 64, 3, 1, 1),
            new Gemm(64),
            new Gemm(128),
            new Gemm(256),
            new Gemm(512),
            new Gemm(1024),
            new Gemm(2048),
            new Memory());

    /// The name; a part of it selects the case.
    String name();

    /// Whether it measures a training step.
    boolean trains();

    private static Tensor normal(Shape shape, long seed) {
        var random = new KeyedRandom(seed);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return Tensor.view(shape, values, 0);
    }

    /// Training steps with cross-entropy, and predictions, on one batch of random rows and labels.
    /// @param network one of [BenchNetwork#names()], or `mlp:784-256-10` with the widths from inputs to outputs
    /// @param rows the batch size; with 1, only predictions are measured
    record Net(String network, int rows) implements BenchCase {
        /// The measurements.
        /// @param train milliseconds a step; empty if no training is measured
        /// @param infer milliseconds a prediction of the batch
        /// @param profile of some more steps; without rows unless requested
        record Result(OptionalDouble train, double infer, Profile profile) {}

        @Override
        public String name() {
            return network + "/b" + rows;
        }

        @Override
        public boolean trains() {
            return rows > 1;
        }

        Result measure(Optimizer optimizer, int threads, boolean profiles, Stopwatch watch) {
            Model model = BenchNetwork.model(network);
            Tensor inputs = normal(model.network().inputs().getFirst().forRows(rows), 1);
            Trainer trainer = Trainer.of(model).optimizer(optimizer).threads(threads);
            OptionalDouble train = OptionalDouble.empty();
            Profile profile = new Profile(List.of());
            if (trains()) {
                var random = new KeyedRandom(2);
                int classes = model.network().outputs().getFirst().size();
                int[] labels = IntStream.generate(() -> random.below(classes))
                        .limit(rows)
                        .toArray();
                var batch = new Batch(inputs, Targets.labels(labels));
                try (var session = trainer.begin(batch)) {
                    train = OptionalDouble.of(watch.millis(() -> session.step(batch)));
                    model = session.model();
                }
                if (profiles) {
                    try (var session = trainer.profile(true).begin(batch)) {
                        new Stopwatch(watch.seconds() / 5).millis(() -> session.step(batch));
                        profile = session.profile();
                    }
                }
            }
            Model trained = model;
            try (Kernels kernels = Kernels.create(threads)) {
                return new Result(train, watch.millis(() -> trained.predict(inputs, kernels)), profile);
            }
        }
    }

    /// The product of two square matrices.
    /// @param n rows and columns
    record Gemm(int n) implements BenchCase {
        @Override
        public String name() {
            return "gemm/" + n;
        }

        @Override
        public boolean trains() {
            return false;
        }

        /// Measures GFLOP/s, with two operations a multiply-add.
        double measure(int threads, Stopwatch watch) {
            Tensor a = normal(Shape.of(n, n), 1);
            Tensor b = normal(Shape.of(n, n), 2);
            Tensor c = Tensor.zeros(Shape.of(n, n));
            try (Kernels kernels = Kernels.create(threads)) {
                return 2e-6 * n * n * n / watch.millis(() -> kernels.product(a.matrix(), b.matrix(), c.matrix()));
            }
        }
    }

    /// Adds an array to another, together larger than the caches, to measure memory bandwidth. The
    /// result overwrites an operand: a cache line that is only written would be fetched first, and that
    /// traffic would not be counted.
    record Memory() implements BenchCase {
        private static final int LARGE = 1 << 26; // 256 MB
        private static final int SIZE = // two arrays in a quarter of the heap
                (int) Math.min(LARGE, Runtime.getRuntime().maxMemory() / (4 * 2 * Float.BYTES));

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public boolean trains() {
            return false;
        }

        /// Measures GB/s: two arrays are read and one is written.
        double measure(int threads, Stopwatch watch) {
            Tensor a = Tensor.zeros(Shape.of(SIZE));
            Tensor b = Tensor.zeros(Shape.of(SIZE));
            try (Kernels kernels = Kernels.create(threads)) {
                return 3e-6 * Float.BYTES * SIZE / watch.millis(() -> kernels.add(a, b, a));
            }
        }
    }

    /// A single convolution without bias, and both of its gradients.
    /// @param rows the batch size
    /// @param input the shape of a row
    /// @param channels of the output
    /// @param kernel height and width of the kernel
    /// @param padding zeros on each side
    record Conv(String name, int rows, Shape input, int channels, int kernel, int stride, int padding)
            implements BenchCase {
        /// The times in milliseconds.
        /// @param forward y = w ∗ x
        /// @param inputGradient dx from dy
        /// @param weightGradient dw from dy
        record Times(double forward, double inputGradient, double weightGradient) {}

        @Override
        public boolean trains() {
            return false;
        }

        private Geometry geometry() {
            Window window = Window.of(kernel, kernel).withStride(stride, stride);
            return Padding.of(padding).around(input.extent(1), input.extent(2), window);
        }

        /// The number of operations of each of the three, two a multiply-add.
        double operations() {
            Geometry g = geometry();
            return 2.0 * rows * channels * g.outArea() * input.extent(0) * kernel * kernel;
        }

        /// `64×16×32×32 to 32, 3×3 stride 2`
        String describe() {
            return input.forRows(rows).toString().replaceAll("[\\[\\]]", "") + " to " + channels + ", " + kernel + "×"
                    + kernel + (stride > 1 ? " stride " + stride : "");
        }

        Times measure(int threads, Stopwatch watch) {
            Geometry g = geometry();
            Tensor x = normal(input.forRows(rows), 1);
            Tensor w = normal(Shape.of(channels, input.extent(0), kernel, kernel), 2);
            Tensor y = normal(Shape.of(rows, channels, g.outHeight(), g.outWidth()), 3);
            Tensor dx = Tensor.zeros(x.shape());
            Tensor dw = Tensor.zeros(w.shape());
            Tensor none = Tensor.EMPTY;
            PackedWeights weights = PackedWeights.changing(w);
            try (Kernels kernels = Kernels.create(threads)) {
                Convolutions convolutions = kernels.convolutions();
                return new Times(
                        watch.millis(() -> convolutions.forward(g, 1, x, weights, none, none, Activation.IDENTITY, y)),
                        watch.millis(() -> convolutions.inputGradient(g, 1, y, weights, none, dx)),
                        watch.millis(() -> convolutions.weightGradient(g, 1, x, y, dw)));
            }
        }
    }
}
