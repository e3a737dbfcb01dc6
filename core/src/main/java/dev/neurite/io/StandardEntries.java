package dev.neurite.io;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv1d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convAdd;
import static dev.neurite.layer.Layers.convTranspose1d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.depthwiseConv2d;
import static dev.neurite.layer.Layers.normAdd;
import static dev.neurite.layer.Layers.separableConv2d;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Adapted;
import dev.neurite.layer.AdaptiveAvgPool1d;
import dev.neurite.layer.AdaptiveAvgPool2d;
import dev.neurite.layer.AdaptiveMaxPool1d;
import dev.neurite.layer.AdaptiveMaxPool2d;
import dev.neurite.layer.AlphaDropout;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.Flatten;
import dev.neurite.layer.Frozen;
import dev.neurite.layer.GaussianDropout;
import dev.neurite.layer.GaussianNoise;
import dev.neurite.layer.GlobalAvgPool;
import dev.neurite.layer.GlobalMaxPool;
import dev.neurite.layer.Glu;
import dev.neurite.layer.GroupNorm;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Initializers.Scaled;
import dev.neurite.layer.InstanceNorm;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Multiply;
import dev.neurite.layer.PRelu;
import dev.neurite.layer.Recomputed;
import dev.neurite.layer.RmsNorm;
import dev.neurite.layer.SpatialDropout;
import dev.neurite.layer.Standardize;
import dev.neurite.loss.Losses;
import dev.neurite.model.Named;
import dev.neurite.network.Bert;
import dev.neurite.network.CharRnn;
import dev.neurite.network.Gpt;
import dev.neurite.network.KerasCnn;
import dev.neurite.network.Lenet5;
import dev.neurite.network.LinearForecaster;
import dev.neurite.network.MobileNetV2;
import dev.neurite.network.ResNet;
import dev.neurite.network.SmallCnn;
import dev.neurite.network.SqueezeNet;
import dev.neurite.network.TextAndTable;
import dev.neurite.network.TextClassifier;
import dev.neurite.network.TimeSeriesForecaster;
import dev.neurite.network.Vgg;
import dev.neurite.network.Vgg32;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/// The entries of the standard catalog. If a class has several names, model files have the first, which
/// must not change.
final class StandardEntries {
    private static final Tensor NONE = Tensor.EMPTY;

    static final List<Entry> ALL = Stream.of(
                    layers(),
                    pooling(),
                    shapesAndJoins(),
                    activations(),
                    initializers(),
                    optimizers(),
                    schedules(),
                    losses(),
                    augmentations(),
                    networks())
            .flatMap(List::stream)
            .toList();

    private StandardEntries() {}

    private static Entry entry(String name, Object standard, String meaning, String... required) {
        return Entry.of(name, (Record) standard, meaning, required);
    }

    /// An entry without settings, for a record with fixed values.
    private static Entry fixed(String name, Object standard, String meaning) {
        return Entry.fixed(name, (Record) standard, meaning);
    }

    private static List<Entry> pooling() {
        return List.of(
                entry(
                        "max-pool2d",
                        Layers.maxPool2d(2),
                        "the maximum of each window, max pooling",
                        "kernel",
                        "stride=kernel"),
                entry(
                        "max-pool1d",
                        Layers.maxPool1d(2),
                        "the maximum of each window, max pooling",
                        "kernel",
                        "stride=kernel"),
                entry(
                        "avg-pool2d",
                        Layers.avgPool2d(2),
                        "the mean of each window, average pooling",
                        "kernel",
                        "stride=kernel"),
                entry(
                        "avg-pool1d",
                        Layers.avgPool1d(2),
                        "the mean of each window, average pooling",
                        "kernel",
                        "stride=kernel"),
                entry("global-avg-pool", new GlobalAvgPool(), "the mean of each channel, global average pooling"),
                entry("global-max-pool", new GlobalMaxPool(), "the maximum of each channel, global max pooling"),
                entry(
                        "adaptive-avg-pool2d",
                        new AdaptiveAvgPool2d(1, 1),
                        "average pooling of images of any size to a fixed size"),
                entry(
                        "adaptive-avg-pool1d",
                        new AdaptiveAvgPool1d(1),
                        "average pooling of sequences of any length to a fixed length"),
                entry(
                        "adaptive-max-pool2d",
                        new AdaptiveMaxPool2d(1, 1),
                        "max pooling of images of any size to a fixed size"),
                entry(
                        "adaptive-max-pool1d",
                        new AdaptiveMaxPool1d(1),
                        "max pooling of sequences of any length to a fixed length"));
    }

    private static List<Entry> shapesAndJoins() {
        return List.of(
                entry("reshape", Layers.reshape(-1), "reshapes rows; one extent may be -1 for the rest", "shape"),
                entry("permute", Layers.permute(0), "permutes the axes of rows, transpose", "order"),
                entry("zero-pad2d", Layers.zeroPad2d(0), "pads images with zeros"),
                entry("zero-pad1d", Layers.zeroPad1d(0, 0), "pads sequences with zeros"),
                entry("crop", Layers.crop(0), "removes rows and columns at the edges of images"),
                entry("upsample", Layers.upsample(2), "resizes images or sequences, interpolate"),
                entry("multiply", new Multiply(), "the product of inputs, element by element"),
                entry("concat", Layers.concat(), "concatenates inputs, cat"),
                entry("split", Layers.split(2), "splits rows along an axis, chunk"),
                entry("slice", Layers.slice(0, 1), "a slice of each row along an axis", "from", "to"),
                entry("residual", Layers.residual(new Flatten()), "a skip connection: y = g(x + body(x))", "body"));
    }

    private static List<Entry> layers() {
        return List.of(
                entry("dense", dense(1), "y = g(x·Wᵀ + b), fully connected", "units"),
                entry("conv2d", conv2d(1, 1), "a convolution over images", "channels", "kernel"),
                entry("conv1d", conv1d(1, 1), "a convolution over sequences", "channels", "kernel"),
                entry(
                        "conv-transpose2d",
                        convTranspose2d(1, 1),
                        "a transposed convolution, which enlarges images",
                        "channels",
                        "kernel"),
                entry(
                        "conv-transpose1d",
                        convTranspose1d(1, 1),
                        "a transposed convolution, which lengthens sequences",
                        "channels",
                        "kernel"),
                entry("depthwise-conv2d", depthwiseConv2d(1), "a convolution of each channel separately", "kernel"),
                entry(
                        "separable-conv2d",
                        separableConv2d(1, 1),
                        "a depthwise convolution followed by one of 1×1",
                        "channels",
                        "kernel"),
                entry(
                        "embedding",
                        new Embedding(1, 1, Embedding.NO_PADDING, Initializers.normal(0, 1)),
                        "the vector of each token, by its id",
                        "vocabulary",
                        "size"),
                entry("simple-rnn", Layers.simpleRnn(1), "a simple recurrent layer", "units"),
                entry("lstm", Layers.lstm(1), "a recurrent layer with cells and three gates", "units"),
                entry("gru", Layers.gru(1), "a recurrent layer with two gates", "units"),
                entry(
                        "bidirectional",
                        Layers.bidirectional(Layers.gru(1)),
                        "a recurrent layer in both directions",
                        "layer"),
                entry(
                        "stacked",
                        Layers.stacked(1, Layers.gru(1)),
                        "several recurrent layers, with dropout between them",
                        "layer",
                        "count"),
                entry(
                        "time-distributed",
                        Layers.timeDistributed(dense(1)),
                        "a layer or network for each position of a sequence",
                        "node"),
                entry(
                        "relative-to-last",
                        Layers.relativeToLast(dense(1), 0),
                        "a network that forecasts how columns change from their last step on",
                        "node",
                        "columns"),
                entry("cell", Layers.cell(Layers.gru(1)), "one step of a recurrent layer", "node"),
                entry(
                        "self-attention",
                        Layers.selfAttention(1),
                        "attention of each position to the others",
                        "heads",
                        "key-heads=heads",
                        "out-weights=weights"),
                entry(
                        "cross-attention",
                        Layers.crossAttention(1),
                        "attention from a sequence to another one, its memory",
                        "heads",
                        "key-heads=heads",
                        "out-weights=weights"),
                entry(
                        "transformer-block",
                        Layers.transformerBlock(Layers.selfAttention(1), 1),
                        "self-attention and two dense layers with norms, encoder or decoder layer",
                        "attention",
                        "hidden",
                        "out-weights=weights"),
                entry(
                        "tied-output",
                        Layers.tiedOutput("embedding1.weight"),
                        "scores of all tokens from the weights of an embedding",
                        "parameter"),
                entry("sinusoidal-positions", Layers.sinusoidalPositions(), "adds sines and cosines of positions"),
                entry(
                        "position-embedding",
                        Layers.positionEmbedding(1),
                        "adds a learned vector to each position",
                        "most"),
                entry(
                        "sequence-pool",
                        Layers.meanOfPositions(),
                        "the mean or maximum of a sequence's positions, or one of them"),
                entry("conv-add", convAdd(conv2d(1, 1)), "a convolution that adds a second input before g", "conv"),
                entry("norm-add", normAdd(batchNorm()), "a batch norm that adds a second input before g"),
                entry("activate", new Activate(Activation.RELU), "an activation as a layer of its own", "activation"),
                entry("flatten", new Flatten(), "flattens rows to one axis"),
                entry("add", add(), "y = g(a + b + …)"),
                entry("frozen", new Frozen(new Flatten()), "a layer whose parameters are not trained", "node"),
                entry(
                        "adapted",
                        new Adapted(new Flatten(), 8, 8, 0, List.of()),
                        "a layer whose parameters are not trained, but adapters of low rank (LoRA)",
                        "node"),
                entry(
                        "recomputed",
                        new Recomputed(new Flatten()),
                        "gradient checkpointing: a layer computed again in the backward pass",
                        "node"),
                entry(
                        "standardize",
                        new Standardize(NONE, NONE),
                        "standardizes features to mean 0 and deviation 1",
                        "means",
                        "factors"),
                entry("named", new Named("layer", new Flatten()), "a layer with a name of its own", "name", "node"),
                entry("dropout", new Dropout(0.5), "sets random values to 0 while training"),
                entry("spatial-dropout", new SpatialDropout(0.5), "sets random channels to 0 while training"),
                entry("alpha-dropout", new AlphaDropout(0.5), "dropout that keeps mean and variance, for SELU"),
                entry("gaussian-noise", new GaussianNoise(0.1), "adds normal noise while training"),
                entry("gaussian-dropout", new GaussianDropout(0.5), "multiplies by normal noise while training"),
                entry(
                        "prelu",
                        new PRelu(PRelu.SlopePer.LAYER, Initializers.constant(0.25)),
                        "a leaky ReLU with a trained slope"),
                entry("glu", new Glu(-1), "a gated linear unit: half an axis times the sigmoid of the other"),
                entry(
                        "batch-norm",
                        new BatchNorm(Activation.IDENTITY, 0.1, 1e-5, true, Initializers.constant(1)),
                        "normalizes channels to mean 0 and variance 1 over the batch"),
                entry(
                        "layer-norm",
                        new LayerNorm(1, 1e-5, true, true),
                        "normalizes the last axis, or more of the last axes"),
                entry("group-norm", new GroupNorm(1, 1e-5, true), "normalizes groups of a row's channels", "groups"),
                entry("instance-norm", new InstanceNorm(1e-5, false), "normalizes each channel of a row"),
                entry(
                        "rms-norm",
                        new RmsNorm(1, 0x1p-23, true),
                        "divides rows, or their last axes, by their root mean square"));
    }

    private static List<Entry> activations() {
        return List.of(
                entry("identity", Activation.IDENTITY, "y = z, linear"),
                entry("relu", Activation.RELU, "y = max(z, 0)"),
                entry("leaky-relu", Activation.leakyRelu(), "y = z above 0, slope·z elsewhere"),
                entry("relu6", Activation.RELU6, "y = max(0, min(z, 6))"),
                entry("elu", Activation.elu(), "y = z above 0, alpha·(eᶻ − 1) elsewhere"),
                entry("celu", Activation.celu(), "ELU without a jump in its derivative"),
                entry("selu", Activation.SELU, "scaled ELU, which keeps mean 0 and variance 1"),
                entry("gelu", Activation.GELU, "y = z·Φ(z), with Φ of the normal distribution"),
                entry("gelu-tanh", Activation.GELU_TANH, "GELU as BERT and GPT-2 approximate it"),
                entry("silu", Activation.SILU, "y = z·sigmoid(z), also called swish"),
                entry("mish", Activation.MISH, "y = z·tanh(softplus(z))"),
                entry("softplus", Activation.softplus(), "y = log(1 + e^(beta·z)) / beta"),
                entry("softsign", Activation.SOFTSIGN, "y = z / (1 + |z|)"),
                entry("tanh-shrink", Activation.TANH_SHRINK, "y = z − tanh(z)"),
                entry("soft-shrink", Activation.softShrink(), "y = sign(z)·max(|z| − lambda, 0)"),
                entry("hard-shrink", Activation.hardShrink(), "y = z where |z| > lambda, else 0"),
                entry(
                        "threshold",
                        Activation.threshold(0, 0),
                        "y = z above the threshold, value elsewhere",
                        "threshold",
                        "value"),
                entry("tanh", Activation.TANH, "the hyperbolic tangent, −1 to 1"),
                entry("hard-tanh", Activation.hardTanh(), "y = z clipped to min and max"),
                entry("sigmoid", Activation.SIGMOID, "y = 1 / (1 + e⁻ᶻ), the logistic function, 0 to 1"),
                entry("hard-sigmoid", Activation.HARD_SIGMOID, "y = z/6 + ½ clipped to 0 and 1"),
                entry("hard-swish", Activation.HARD_SWISH, "y = z·hard-sigmoid(z), also called hard-silu"),
                entry("log-sigmoid", Activation.LOG_SIGMOID, "y = log(sigmoid(z))"),
                entry("softmax", Activation.SOFTMAX, "y = eᶻ / Σ eᶻ over the row: probabilities"),
                entry("log-softmax", Activation.LOG_SOFTMAX, "the logarithm of the softmax"));
    }

    private static List<Entry> initializers() {
        return List.of(
                entry("constant", Initializers.constant(0), "a constant"),
                fixed("zeros", Initializers.zeros(), "all 0, the usual start of biases"),
                entry("given", Initializers.given(NONE), "these values", "values"),
                entry(
                        "uniform",
                        Initializers.uniform(-0.05, 0.05),
                        "uniform from low to high; by default Keras's ±0.05"),
                entry(
                        "recurrent",
                        Initializers.recurrent(1),
                        "uniform, ±1/√units, in layers of so many gates",
                        "gates"),
                entry("normal", Initializers.normal(0, 0.05), "normal; by default Keras's deviation 0.05"),
                entry(
                        "truncated-normal",
                        Initializers.truncatedNormal(0, 0.05),
                        "normal, truncated at bound deviations"),
                entry("orthogonal", Initializers.orthogonal(), "a random matrix with orthogonal rows of length gain"),
                entry(
                        "scaled",
                        new Scaled(Scaled.Fan.IN, 1, Scaled.Distribution.NORMAL),
                        "variance gain / fan (Keras's VarianceScaling)"),
                fixed("xavier-uniform", Initializers.xavierUniform(), "±√(6 / (fan in + fan out)), glorot-uniform"),
                fixed("xavier-normal", Initializers.xavierNormal(), "variance 2 / (fan in + fan out), glorot-normal"),
                fixed("he-uniform", Initializers.heUniform(), "±√(6 / fan in), kaiming-uniform; for ReLU"),
                fixed("he-normal", Initializers.heNormal(), "variance 2 / fan in, kaiming-normal; for ReLU"),
                fixed("lecun-uniform", Initializers.lecunUniform(), "±√(3 / fan in)"),
                fixed("lecun-normal", Initializers.lecunNormal(), "variance 1 / fan in; for SELU"));
    }

    private static List<Entry> optimizers() {
        return List.of(
                entry("sgd", Optimizers.sgd(1e-2), "gradient descent, with momentum and Nesterov's momentum"),
                entry("adam", Optimizers.adam(1e-3), "steps scaled by running moments of the gradient"),
                entry("adamw", Optimizers.adamW(1e-3), "Adam with decoupled weight decay"),
                entry("nadam", Optimizers.nadam(2e-3), "Adam with Nesterov's momentum"),
                entry("radam", Optimizers.radam(1e-3), "rectified Adam, which needs no warmup"),
                entry("adamax", Optimizers.adamax(2e-3), "Adam with the largest gradient for the second moment"),
                entry("lion", Optimizers.lion(1e-4, 0), "steps by the sign of the momentum; decoupled weight decay"),
                entry("rmsprop", Optimizers.rmsProp(1e-2), "gradients divided by their running root mean square"),
                entry("adagrad", Optimizers.adagrad(1e-2), "gradients divided by the root of all their squares"),
                entry("adadelta", Optimizers.adadelta(), "steps scaled by running means of updates and gradients"),
                entry("rprop", Optimizers.rprop(1e-2), "a step size for each parameter, by signs; for whole batches"),
                entry("lbfgs", new Lbfgs(), "quasi-Newton steps on the whole data set, without a learning rate"));
    }

    /// Lengths and sizes count steps, or epochs with `per=epoch`; a length of 0 is the rest of the run.
    private static List<Entry> schedules() {
        return List.of(
                ScheduleText.entry(
                        "constant", Schedules.constant(), "the optimizer's learning rate, optionally times a factor"),
                ScheduleText.entry("step", Schedules.step(1), "times gamma every size steps", "size"),
                ScheduleText.entry("multi-step", Schedules.multiStep(1), "times gamma at each milestone", "milestones"),
                ScheduleText.entry("exponential", Schedules.exponential(1), "times gamma in each step", "gamma"),
                ScheduleText.entry(
                        "inverse-time", Schedules.inverseTime(1, 1), "α / (1 + decay·t/size)", "size", "decay"),
                ScheduleText.entry(
                        "polynomial", Schedules.polynomial(), "polynomial decay to an end value; linear with power 1"),
                ScheduleText.entry("cosine", Schedules.cosine(), "cosine annealing to a floor"),
                ScheduleText.entry(
                        "cosine-restarts", Schedules.cosineRestarts(1), "cosine annealing with warm restarts", "first"),
                ScheduleText.entry(
                        "warmup", Schedules.warmup(1), "linear increase to the optimizer's learning rate", "length"),
                ScheduleText.entry(
                        "one-cycle", Schedules.oneCycle(), "up and down once, with momentum cycled inversely"),
                ScheduleText.entry(
                        "cyclic",
                        Schedules.cyclic(0, 2_000),
                        "up and down repeatedly, with momentum cycled inversely",
                        "low"),
                ScheduleText.entry(
                        "reduce-on-plateau",
                        Schedules.reduceOnPlateau(),
                        "times a factor when the loss stops falling"));
    }

    private static List<Entry> losses() {
        return List.of(
                entry("cross-entropy", Losses.crossEntropy(), "−Σ y·log ŷ: classes by a softmax"),
                entry("bce", Losses.binaryCrossEntropy(), "binary cross-entropy of each output by its sigmoid"),
                entry("focal", Losses.focal(), "cross-entropy with less weight on easy rows"),
                entry("nll", Losses.negativeLogLikelihood(), "negative log likelihood, of a log-softmax"),
                entry("kl-divergence", Losses.kullbackLeibler(), "Kullback-Leibler divergence from probabilities"),
                entry("hinge", Losses.hinge(), "hinge loss of two classes, for scores"),
                fixed("squared-hinge", Losses.squaredHinge(), "hinge, squared"),
                entry("multi-margin", Losses.multiMargin(), "a margin between the right class and each other"),
                entry("mse", Losses.meanSquaredError(), "mean squared error, L2 loss"),
                entry("mae", Losses.meanAbsoluteError(), "mean absolute error, L1 loss"),
                entry("huber", Losses.huber(), "squared up to delta, absolute beyond"),
                entry("smooth-l1", Losses.smoothL1(), "Huber's loss divided by beta"),
                entry("log-cosh", Losses.logCosh(), "the mean of log(cosh(error))"),
                entry("quantile", Losses.quantile(0.5), "pinball loss, whose minimum is at quantiles of the targets"),
                entry("poisson", Losses.poissonOfRates(), "negative log likelihood of Poisson counts"),
                entry("cosine-distance", Losses.cosineDistance(), "1 − cos of output and target"),
                entry(
                        "triplet-margin",
                        Losses.tripletMargin(),
                        "distance to a positive smaller than to a negative by a margin"),
                entry(
                        "hinge-embedding",
                        Losses.hingeEmbedding(),
                        "of distances: similar pairs near, others a margin apart"),
                entry("contrastive", Losses.contrastive(), "similar pairs near, others a margin apart"));
    }

    private static List<Entry> augmentations() {
        return List.of(
                entry("flip", Augmentations.flip(), "mirrors left to right, horizontal flip"),
                entry("vertical-flip", Augmentations.verticalFlip(), "mirrors top to bottom"),
                entry("crop", Augmentations.crop(4), "pads and crops to the original size, random crop", "padding"),
                entry("rotate", Augmentations.rotate(10), "rotates by a random angle up to degrees", "degrees"),
                entry(
                        "translate",
                        Augmentations.translate(0.1, 0.1),
                        "shifts by a random fraction of width and height"),
                entry("scale", Augmentations.scale(0.9, 1.1), "scales by a random factor from least to most"),
                entry(
                        "brightness",
                        Augmentations.brightness(0.2),
                        "multiplies by a random factor from 1 − change to 1 + change"),
                entry("contrast", Augmentations.contrast(0.2), "scales differences from the mean by a random factor"),
                entry("cutout", Augmentations.cutout(8), "paints over a random square", "size"),
                entry("erase", Augmentations.erase(), "paints over a random rectangle, random erasing"),
                entry("mixup", Augmentations.mixup(), "blends rows and targets with those of another row"),
                entry("cutmix", Augmentations.cutmix(), "pastes a rectangle of another image and mixes the targets"));
    }

    private static List<Entry> networks() {
        return List.of(
                entry("lenet5", new Lenet5(), "LeNet-5, for small images, such as 28×28"),
                entry("keras-cnn", new KerasCnn(), "two convolutions and dropout, Keras's MNIST example"),
                entry("small-cnn", new SmallCnn(), "three to five convolutions, the default for a directory of images"),
                entry("vgg32", new Vgg32(), "three pairs of convolutions with batch norm, for images of 32×32"),
                entry("vgg", new Vgg(11), "VGG; with units=4096 as for ImageNet, depth 11, 13, 16 or 19"),
                entry(
                        "resnet",
                        new ResNet(20),
                        "residual; depth 20, 32, 44, 56, 110 for small images, 18, 34, 50, 101, 152 for large ones"),
                entry("mobilenet-v2", new MobileNetV2(), "MobileNetV2, with few operations; width scales the channels"),
                entry("char-rnn", new CharRnn(), "recurrent layers, a model of language; cell lstm or gru"),
                entry("gpt", new Gpt(), "GPT-2, a model of language"),
                entry("bert", new Bert(), "BERT, an encoder of texts with a classifier"),
                entry(
                        "text-classifier",
                        new TextClassifier(),
                        "classifies texts; encoder gru, lstm or transformer, pool max, mean, first or last"),
                entry(
                        "text-and-table",
                        new TextAndTable(),
                        "texts beside the other columns of a table; settings of text-classifier, and hidden units"),
                entry("squeezenet", new SqueezeNet(), "SqueezeNet 1.1, for few parameters"),
                entry(
                        "linear-forecaster",
                        new LinearForecaster(),
                        "a linear model of the past of a time series, relative to its last step"),
                entry(
                        "time-series-forecaster",
                        new TimeSeriesForecaster(),
                        "recurrent layers beside that linear model; cell lstm or gru"));
    }
}
