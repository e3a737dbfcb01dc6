package dev.neurite.cli.bench;

import dev.neurite.cli.onnx.ExtentOptions;
import dev.neurite.cli.onnx.SampleInputs;
import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.Datasets;
import dev.neurite.generate.Generator;
import dev.neurite.generate.Sampling;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.layer.Folding;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.Value;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// A case of `neurite bench`.
sealed interface BenchCase {
    /// All cases; the peers in `benchmarks` have the same.
    List<BenchCase> ALL = List.of(
            new Start("lenet5", "fashion-mnist", 64), // first, while the JVM has compiled nothing
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
            new Net("lstm", 64),
            new Net("gru", 64),
            new Net("bilstm", 64),
            new Net("encoder", 16),
            new Net("gpt", 8),
            new Generation(),
            new Net("resnet18", 1),
            new Net("resnet18", 8),
            new Net("resnet50", 1),
            new Net("resnet50", 8),
            new Net("mobilenet-v2", 1),
            new Net("mobilenet-v2", 8),
            new Net("squeezenet", 1),
            new Net("squeezenet", 8),
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
            new Dense(2048, 384, 1536),
            new Dense(2048, 1536, 384),
            new Dense(2048, 384, 384),
            new Dense(2048, 128, 512),
            new Dense(4096, 64, 512),
            new Dense(64, 128, 512),
            new Dense(1, 384, 1536),
            new Encoded(1, 512, 768),
            new Encoded(1, 4096, 4096),
            new Encoded(1, 4096, 14336),
            new Encoded(25, 384, 1536),
            new Encoded(512, 1024, 1024),
            new Batched(48, 64, 64, 256),
            new Batched(48, 256, 64, 256),
            new Batched(48, 256, 256, 64),
            new Batched(64, 128, 32, 128),
            new Memory());

    /// The name; a part of it selects the case.
    String name();

    private static Tensor normal(Shape shape, long seed) {
        var random = new KeyedRandom(seed);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return Tensor.view(shape, values, 0);
    }

    private static Tensor ids(Shape shape, int vocabulary, long seed) {
        var random = new KeyedRandom(seed);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) values[i] = random.below(vocabulary);
        return Tensor.view(shape, values, 0);
    }

    /// Runs of an ONNX model.
    /// @param file the model
    /// @param extents of axes that it leaves open
    /// @param batch the extent of each input's first axis
    record Onnx(String file, ExtentOptions extents, OptionalInt batch) implements BenchCase {
        /// The measurement.
        /// @param inputs what the model was given
        /// @param infer milliseconds a run
        record Runs(Map<String, Value> inputs, double infer) {}

        @Override
        public String name() {
            return file;
        }

        Runs measure(int threads, Stopwatch watch) {
            try (Kernels kernels = Kernels.create(threads)) {
                OnnxModel model = OnnxModel.load(Path.of(file)).with(kernels);
                Map<String, Value> inputs =
                        SampleInputs.of(model.inputs(), extents.shapes(model.inputs(), batch), model::known);
                return new Runs(inputs, watch.millis(() -> model.run(inputs)));
            }
        }
    }

    /// Training steps with cross-entropy, and predictions, on one batch of random rows or ids and labels, of each
    /// position where the network has an answer for each. Only predictions with a batch of one row, and of networks
    /// for ImageNet.
    /// @param network one of [BenchNetwork#names()], or `mlp:784-256-10` with the widths from inputs to outputs
    /// @param rows the batch size
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

        boolean trains() {
            return rows > 1 && !BenchNetwork.isForImageNet(network);
        }

        Result measure(Optimizer optimizer, int threads, boolean profiles, Stopwatch watch) {
            Model model = BenchNetwork.model(network);
            Tensor inputs = inputs(model);
            Trainer trainer = Trainer.of(model).optimizer(optimizer).threads(threads);
            OptionalDouble train = OptionalDouble.empty();
            Profile profile = new Profile(List.of());
            if (trains()) {
                Batch batch = batch(model);
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
            Model trained = Folding.fold(model); // as peers do
            try (Kernels kernels = Kernels.create(threads)) {
                return new Result(train, watch.millis(() -> trained.predict(inputs, kernels)), profile);
            }
        }

        private Tensor inputs(Model model) {
            Shape shape = model.network().inputs().getFirst().forRows(rows);
            int vocabulary = BenchNetwork.vocabulary(network);
            return vocabulary == 0 ? normal(shape, 1) : ids(shape, vocabulary, 1);
        }

        private Batch batch(Model model) {
            return new Batch(inputs(model), labels(model.network().outputs().getFirst()));
        }

        /// @param output the classes of a row, or of each of its positions
        private Targets labels(Shape output) {
            var random = new KeyedRandom(2);
            int classes = output.extent(output.rank() - 1);
            Shape places = Shape.of(rows, output.size() / classes);
            int[] labels = IntStream.generate(() -> random.below(classes))
                    .limit(places.size())
                    .toArray();
            return Targets.view(labels, output.rank() == 1 ? Shape.of(rows) : places);
        }
    }

    /// Text of the GPT, which goes on with a prompt by the likeliest tokens; keys and values are kept.
    record Generation() implements BenchCase {
        /// The number of tokens that follow the prompt.
        static final int TOKENS = 128;

        private static final int PROMPT = 16;

        @Override
        public String name() {
            return "generate/b1";
        }

        /// Measures milliseconds for all tokens.
        double measure(int threads, Stopwatch watch) {
            String gpt = BenchNetwork.GPT.toString();
            float[] ids = ids(Shape.of(PROMPT), BenchNetwork.vocabulary(gpt), 1).array();
            int[] prompt = IntStream.range(0, PROMPT).map(i -> (int) ids[i]).toArray();
            try (Kernels kernels = Kernels.create(threads)) {
                Generator generator = Generator.of(BenchNetwork.model(gpt))
                        .withMaxTokens(TOKENS)
                        .withSampling(Sampling.USUAL.withTemperature(0))
                        .withKernels(kernels);
                return watch.millis(() -> generator.generate(prompt));
            }
        }
    }

    /// The first two epochs of a training in a JVM that has compiled nothing: to be measured before any
    /// other case.
    /// @param network one of [BenchNetwork#names()]
    /// @param data the name of a data set
    /// @param rows the batch size
    record Start(String network, String data, int rows) implements BenchCase {
        /// The measurements. Those of the first count from the call of [Trainer#fit].
        /// @param firstStep milliseconds of the first step
        /// @param firstEpoch seconds of the first epoch
        /// @param nextEpoch seconds of the second epoch
        record Epochs(double firstStep, double firstEpoch, double nextEpoch) {}

        @Override
        public String name() {
            return "start";
        }

        Epochs measure(Optimizer optimizer, int threads) {
            return measure(Datasets.named(data).train(), optimizer, threads);
        }

        Epochs measure(Dataset training, Optimizer optimizer, int threads) {
            Trainer trainer = Trainer.of(BenchNetwork.model(network))
                    .optimizer(optimizer)
                    .batchSize(rows)
                    .epochs(2)
                    .threads(threads);
            List<Double> steps = new ArrayList<>(); // seconds at which each ended
            List<Double> epochs = new ArrayList<>();
            long start = System.nanoTime();
            trainer.listener(event -> {
                        double now = (System.nanoTime() - start) * 1e-9;
                        if (event instanceof TrainingEvent.StepEnded) steps.add(now);
                        if (event instanceof TrainingEvent.EpochEnded) epochs.add(now);
                    })
                    .fit(training);
            return new Epochs(1e3 * steps.getFirst(), epochs.getFirst(), epochs.getLast() - epochs.getFirst());
        }
    }

    /// The first training steps of a network in a JVM that has compiled nothing. All have the same batch.
    record FirstSteps(Net net) implements BenchCase {
        /// What its name begins with.
        static final String PREFIX = "start/";

        /// How many steps.
        static final int STEPS = 10;

        /// Seconds from the start of the JVM to the end of a step.
        record Seconds(double first, double last) {}

        @Override
        public String name() {
            return PREFIX + net.name();
        }

        Seconds measure(Optimizer optimizer, int threads) {
            Model model = BenchNetwork.model(net.network());
            Batch batch = net.batch(model);
            try (var session =
                    Trainer.of(model).optimizer(optimizer).threads(threads).begin(batch)) {
                session.step(batch);
                double first = sinceStart();
                for (int i = 1; i < STEPS; i++) session.step(batch);
                return new Seconds(first, sinceStart());
            }
        }

        private static double sinceStart() {
            return ManagementFactory.getRuntimeMXBean().getUptime() * 1e-3;
        }
    }

    /// The product of two square matrices.
    /// @param n rows and columns
    record Gemm(int n) implements BenchCase {
        @Override
        public String name() {
            return "gemm/" + n;
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

    /// The products of a dense layer, without bias and activation, beside a plain product of the same size.
    /// @param rows the batch size, for a sequence that of all tokens
    /// @param in the number of inputs
    /// @param out the number of outputs
    record Dense(int rows, int in, int out) implements BenchCase {
        /// The speeds in GFLOP/s, with two operations a multiply-add.
        /// @param plain y = x·b, b `[in × out]`
        /// @param changing y = x·Wᵀ, as in training, when nothing can be kept of W `[out × in]`
        /// @param packed y = x·Wᵀ with a packed copy of W, as when predicting
        /// @param gradient dW = dyᵀ·x
        record Speeds(double plain, double changing, double packed, double gradient) {}

        @Override
        public String name() {
            return "dense/" + rows + "x" + in + "x" + out;
        }

        Speeds measure(int threads, Stopwatch watch) {
            Tensor x = normal(Shape.of(rows, in), 1);
            Tensor b = normal(Shape.of(in, out), 2);
            Tensor w = normal(Shape.of(out, in), 2);
            Tensor y = Tensor.zeros(Shape.of(rows, out));
            Tensor dy = normal(y.shape(), 3);
            Tensor dw = Tensor.zeros(w.shape());
            PackedWeights changing = PackedWeights.changing(w);
            PackedWeights packed = PackedWeights.constant(w);
            double giga = 2e-6 * rows * in * out;
            try (Kernels kernels = Kernels.create(threads)) {
                return new Speeds(
                        giga / watch.millis(() -> kernels.product(x.matrix(), b.matrix(), y.matrix())),
                        giga / watch.millis(() -> kernels.dense(x, changing, Tensor.EMPTY, Activation.IDENTITY, y)),
                        giga / watch.millis(() -> kernels.dense(x, packed, Tensor.EMPTY, Activation.IDENTITY, y)),
                        giga / watch.millis(() -> kernels.product(dy.matrix().transpose(), x.matrix(), dw.matrix())));
            }
        }
    }

    /// The product of a dense layer whose weights have fewer bits, without bias and activation, beside that of floats.
    /// @param rows the batch size
    /// @param in the number of inputs
    /// @param out the number of outputs
    record Encoded(int rows, int in, int out) implements BenchCase {
        private static final int TURNS = 3;

        /// The speeds, medians of several turns.
        /// @param macs 10⁹ multiply-adds a second with floats, then with each format
        /// @param read GB/s at which the threads read a large array
        record Rates(SequencedMap<String, Double> macs, double read) {}

        @Override
        public String name() {
            return "encoded/" + rows + "x" + in + "x" + out;
        }

        Rates measure(int threads, Stopwatch watch) {
            Tensor x = normal(Shape.of(rows, in), 1);
            Tensor w = normal(Shape.of(out, in), 2);
            Tensor y = Tensor.zeros(Shape.of(rows, out));
            SequencedMap<String, PackedWeights> all = new LinkedHashMap<>();
            all.put("F32", PackedWeights.constant(w));
            for (BlockFormat each : BlockFormat.encodable()) {
                all.put(each.name(), PackedWeights.encoded(EncodedMatrix.of(each, w)));
            }
            var memory = ReadLoop.ofMemory();
            SequencedMap<String, List<Double>> millis = new LinkedHashMap<>();
            List<Double> reading = new ArrayList<>();
            try (Kernels kernels = Kernels.create(threads)) {
                for (int turn = 0; turn < TURNS; turn++) {
                    all.forEach((name, of) -> millis.computeIfAbsent(name, _ -> new ArrayList<>())
                            .add(watch.millis(() -> kernels.dense(x, of, Tensor.EMPTY, Activation.IDENTITY, y))));
                    reading.add(memory.gigabytes(kernels, watch));
                }
            }
            SequencedMap<String, Double> macs = new LinkedHashMap<>();
            millis.forEach((name, each) -> macs.put(name, 1e-6 * rows * in * out / median(each)));
            return new Rates(macs, median(reading));
        }
    }

    /// The middle one of some numbers.
    static double median(List<Double> of) {
        return of.stream().sorted().skip(of.size() / 2).findFirst().orElseThrow();
    }

    /// Many small products of the same size, as of the heads of an attention, beside one product of as
    /// many rows in all.
    /// @param count the number of products
    /// @param rows of each left operand
    /// @param inner the columns of the left operands, and the rows of the right ones
    /// @param columns of each right operand
    record Batched(int count, int rows, int inner, int columns) implements BenchCase {
        /// The speeds in GFLOP/s, with two operations a multiply-add.
        /// @param batched the small products
        /// @param plain `[count·rows × inner]·[inner × columns]`
        record Comparison(double batched, double plain) {}

        @Override
        public String name() {
            return "batched/" + count + "x" + rows + "x" + inner + "x" + columns;
        }

        Comparison measure(int threads, Stopwatch watch) {
            Tensor a = normal(Shape.of(count, rows, inner), 1);
            Tensor b = normal(Shape.of(count, inner, columns), 2);
            Tensor c = Tensor.zeros(Shape.of(count, rows, columns));
            Matrices left = Matrices.of(a);
            Matrices right = Matrices.of(b);
            Matrices results = Matrices.of(c);
            Matrix allLeft =
                    Tensor.view(Shape.of(count * rows, inner), a.array(), 0).matrix();
            Matrix allResults =
                    Tensor.view(Shape.of(count * rows, columns), c.array(), 0).matrix();
            double giga = 2e-6 * count * rows * inner * columns;
            try (Kernels kernels = Kernels.create(threads)) {
                return new Comparison(
                        giga / watch.millis(() -> kernels.products(left, right, results)),
                        giga / watch.millis(() -> kernels.product(allLeft, right.first(), allResults)));
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
