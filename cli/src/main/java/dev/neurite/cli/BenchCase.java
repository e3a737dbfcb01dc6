package dev.neurite.cli;

import dev.neurite.data.Batch;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Profile;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// What `neurite bench` measures.
sealed interface BenchCase {
    /// All of them; the peers in `benchmarks` have the same.
    List<BenchCase> ALL = List.of(
            new Net("mlp-tiny/b4", 4, () -> mlp(4, 4, 4)),
            new Net("mlp-s/b32", 32, () -> mlp(784, 128, 10)),
            new Net("mlp-s/b128", 128, () -> mlp(784, 128, 10)),
            new Net("mlp-m/b128", 128, () -> mlp(784, 1024, 1024, 10)),
            new Net("mlp-l/b256", 256, () -> mlp(784, 2048, 2048, 2048, 10)),
            new Net("mlp-s/b1", 1, () -> mlp(784, 128, 10)),
            new Gemm(64),
            new Gemm(128),
            new Gemm(256),
            new Gemm(512),
            new Gemm(1024),
            new Gemm(2048));

    /// What a part of it selects.
    String name();

    /// Whether a step of training belongs to it.
    boolean trains();

    private static Model mlp(int... units) {
        List<Node> layers = new ArrayList<>();
        for (int i = 1; i < units.length - 1; i++) layers.add(Layers.dense(units[i], Activation.RELU));
        layers.add(Layers.dense(units[units.length - 1]));
        return Model.of(Layers.features(units[0]), layers.toArray(Node[]::new));
    }

    private static Tensor normal(Shape shape, long seed) {
        var random = new KeyedRandom(seed);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return Tensor.view(shape, values, 0);
    }

    /// Steps of training with cross-entropy, and predictions, on one batch of random rows and labels.
    /// @param rows of the batch; 1 is for predicting alone
    record Net(String name, int rows, Supplier<Model> network) implements BenchCase {
        /// What was measured.
        /// @param train milliseconds a step; empty where nothing is trained
        /// @param infer milliseconds a prediction of the batch
        /// @param profile of some more steps; without rows unless asked for
        record Result(OptionalDouble train, double infer, Profile profile) {}

        @Override
        public boolean trains() {
            return rows > 1;
        }

        Result measure(Optimizer optimizer, int threads, boolean profiles, Stopwatch watch) {
            Model model = network.get();
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

        /// Billions of operations a second, two for each multiplication.
        double measure(int threads, Stopwatch watch) {
            Tensor a = normal(Shape.of(n, n), 1);
            Tensor b = normal(Shape.of(n, n), 2);
            Tensor c = Tensor.zeros(Shape.of(n, n));
            try (Kernels kernels = Kernels.create(threads)) {
                return 2e-6 * n * n * n / watch.millis(() -> kernels.product(a.matrix(), b.matrix(), c.matrix()));
            }
        }
    }
}
