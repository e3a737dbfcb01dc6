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
import dev.neurite.layer.AdaptiveAvgPool1d;
import dev.neurite.layer.AdaptiveAvgPool2d;
import dev.neurite.layer.AdaptiveMaxPool1d;
import dev.neurite.layer.AdaptiveMaxPool2d;
import dev.neurite.layer.AlphaDropout;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.Dropout;
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
import dev.neurite.network.KerasCnn;
import dev.neurite.network.Lenet5;
import dev.neurite.network.MobileNetV2;
import dev.neurite.network.ResNet;
import dev.neurite.network.SqueezeNet;
import dev.neurite.network.Vgg;
import dev.neurite.network.Vgg32;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedules;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/// What has a name in this library. Of several names for one class, the first is that of model files,
/// where it must stay.
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

    /// A name for what has settings that are not to be chosen under this name.
    private static Entry fixed(String name, Object standard, String meaning) {
        return Entry.fixed(name, (Record) standard, meaning);
    }

    private static List<Entry> pooling() {
        return List.of(
                entry("max-pool2d", Layers.maxPool2d(2), "the largest pixel of each window", "kernel", "stride"),
                entry("max-pool1d", Layers.maxPool1d(2), "the largest number of each window", "kernel", "stride"),
                entry(
                        "avg-pool2d",
                        Layers.avgPool2d(2),
                        "the mean of each window, average pooling",
                        "kernel",
                        "stride"),
                entry(
                        "avg-pool1d",
                        Layers.avgPool1d(2),
                        "the mean of each window, average pooling",
                        "kernel",
                        "stride"),
                entry("global-avg-pool", new GlobalAvgPool(), "the mean of each channel"),
                entry("global-max-pool", new GlobalMaxPool(), "the largest number of each channel"),
                entry("adaptive-avg-pool2d", new AdaptiveAvgPool2d(1, 1), "means on images of any size"),
                entry("adaptive-avg-pool1d", new AdaptiveAvgPool1d(1), "means on sequences of any length"),
                entry("adaptive-max-pool2d", new AdaptiveMaxPool2d(1, 1), "largest pixels on images of any size"),
                entry("adaptive-max-pool1d", new AdaptiveMaxPool1d(1), "largest numbers on sequences of any length"));
    }

    private static List<Entry> shapesAndJoins() {
        return List.of(
                entry("reshape", Layers.reshape(-1), "rows of another shape, of which one extent may be -1", "shape"),
                entry("permute", Layers.permute(0), "the axes of a row in another order, transpose", "order"),
                entry("zero-pad2d", Layers.zeroPad2d(0), "zeros around images"),
                entry("zero-pad1d", Layers.zeroPad1d(0, 0), "zeros beside sequences"),
                entry("crop", Layers.crop(0), "rows and columns off the sides of images"),
                entry("upsample", Layers.upsample(2), "images or sequences in another size, interpolate"),
                entry("multiply", new Multiply(), "the product of inputs, element by element"),
                entry("concat", Layers.concat(), "inputs side by side, cat"),
                entry("split", Layers.split(2), "a row in parts, chunk"),
                entry("slice", Layers.slice(0, 1), "part of a row", "from", "to"),
                entry("residual", Layers.residual(new Flatten()), "a way around a layer: y = g(x + body(x))", "body"));
    }

    private static List<Entry> layers() {
        return List.of(
                entry("dense", dense(1), "y = g(x·Wᵀ + b), fully connected", "units"),
                entry("conv2d", conv2d(1, 1), "a convolution over images", "channels", "kernel"),
                entry("conv1d", conv1d(1, 1), "a convolution over sequences", "channels", "kernel"),
                entry(
                        "conv-transpose2d",
                        convTranspose2d(1, 1),
                        "a transposed convolution, which makes images larger",
                        "channels",
                        "kernel"),
                entry(
                        "conv-transpose1d",
                        convTranspose1d(1, 1),
                        "a transposed convolution, which makes sequences longer",
                        "channels",
                        "kernel"),
                entry("depthwise-conv2d", depthwiseConv2d(1), "a convolution of each channel by itself", "kernel"),
                entry(
                        "separable-conv2d",
                        separableConv2d(1, 1),
                        "a convolution of each channel by itself, then one of 1×1 over all",
                        "channels",
                        "kernel"),
                entry("conv-add", convAdd(conv2d(1, 1)), "a convolution that adds a second input before g", "conv"),
                entry("norm-add", normAdd(batchNorm()), "a batch norm that adds a second input before g"),
                entry("activate", new Activate(Activation.RELU), "an activation as a layer of its own", "activation"),
                entry("flatten", new Flatten(), "rows of one axis"),
                entry("add", add(), "y = g(a + b + …)"),
                entry("frozen", new Frozen(new Flatten()), "a layer that does not learn", "node"),
                entry(
                        "recomputed",
                        new Recomputed(new Flatten()),
                        "a layer that is computed again going back, for less memory",
                        "node"),
                entry(
                        "standardize",
                        new Standardize(NONE, NONE),
                        "features brought to mean 0 and deviation 1",
                        "means",
                        "factors"),
                entry("named", new Named("layer", new Flatten()), "a layer with a name of its own", "name", "node"),
                entry("dropout", new Dropout(0.5), "numbers set to 0 by chance while training"),
                entry("spatial-dropout", new SpatialDropout(0.5), "channels set to 0 by chance while training"),
                entry("alpha-dropout", new AlphaDropout(0.5), "dropout that keeps mean and variance, for SELU"),
                entry("gaussian-noise", new GaussianNoise(0.1), "normal noise added while training"),
                entry("gaussian-dropout", new GaussianDropout(0.5), "normal noise as a factor while training"),
                entry("prelu", new PRelu(false, Initializers.constant(0.25)), "a leaky ReLU that learns its slope"),
                entry("glu", new Glu(-1), "a gated linear unit: half an axis times the sigmoid of the other"),
                entry(
                        "batch-norm",
                        new BatchNorm(Activation.IDENTITY, 0.1, 1e-5, true, Initializers.constant(1)),
                        "channels brought to mean 0 and variance 1 over the batch"),
                entry("layer-norm", new LayerNorm(0, 1e-5, true, true), "rows, or their last axes, normalized"),
                entry("group-norm", new GroupNorm(1, 1e-5, true), "groups of a row's channels normalized", "groups"),
                entry("instance-norm", new InstanceNorm(1e-5, false), "a row's channels normalized one by one"),
                entry(
                        "rms-norm",
                        new RmsNorm(0, 0x1p-23, true),
                        "rows, or their last axes, by their root mean square"));
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
                entry("soft-shrink", Activation.softShrink(), "y = z pulled to 0 by lambda"),
                entry("hard-shrink", Activation.hardShrink(), "y = z where |z| > lambda, else 0"),
                entry(
                        "threshold",
                        Activation.threshold(0, 0),
                        "y = z above the threshold, value elsewhere",
                        "threshold",
                        "value"),
                entry("tanh", Activation.TANH, "the hyperbolic tangent, −1 to 1"),
                entry("hard-tanh", Activation.hardTanh(), "y = z, but from min to max"),
                entry("sigmoid", Activation.SIGMOID, "y = 1 / (1 + e⁻ᶻ), the logistic function, 0 to 1"),
                entry("hard-sigmoid", Activation.HARD_SIGMOID, "y = z/6 + ½, but from 0 to 1"),
                entry("hard-swish", Activation.HARD_SWISH, "y = z·hard-sigmoid(z), also called hard-silu"),
                entry("log-sigmoid", Activation.LOG_SIGMOID, "y = log(sigmoid(z))"),
                entry("softmax", Activation.SOFTMAX, "y = eᶻ / Σ eᶻ over the row: probabilities"),
                entry("log-softmax", Activation.LOG_SOFTMAX, "the logarithm of the softmax"));
    }

    private static List<Entry> initializers() {
        return List.of(
                entry("constant", Initializers.constant(0), "all one number"),
                fixed("zeros", Initializers.zeros(), "all 0, the usual start of biases"),
                entry("given", Initializers.given(NONE), "these values", "values"),
                entry("uniform", Initializers.uniform(-0.05, 0.05), "evenly from low to high; Keras's usual ±0.05"),
                entry("normal", Initializers.normal(0, 0.05), "by the bell curve; Keras's usual deviation 0.05"),
                entry("truncated-normal", Initializers.truncatedNormal(0, 0.05), "normal within bound deviations"),
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
                entry("radam", Optimizers.radam(1e-3), "rectified Adam, which needs no warm-up"),
                entry("adamax", Optimizers.adamax(2e-3), "Adam with the largest gradient for the second moment"),
                entry("lion", Optimizers.lion(1e-4, 0), "steps of the sign of momentum; decoupled weight decay"),
                entry("rmsprop", Optimizers.rmsProp(1e-2), "gradients divided by their running root mean square"),
                entry("adagrad", Optimizers.adagrad(1e-2), "gradients divided by the root of all their squares"),
                entry("adadelta", Optimizers.adadelta(), "steps as large as the last ones were"),
                entry("rprop", Optimizers.rprop(1e-2), "a step size for each parameter, by signs; for whole batches"),
                entry("lbfgs", new Lbfgs(), "quasi-Newton steps on the whole data set, without a learning rate"));
    }

    /// Lengths and sizes count steps, or epochs with `per=epoch`; a length of 0 is what is left of the
    /// run.
    private static List<Entry> schedules() {
        return List.of(
                ScheduleText.entry("constant", Schedules.constant(), "the optimizer's rate, or a part of it"),
                ScheduleText.entry("step", Schedules.step(1), "times gamma every so many steps", "size"),
                ScheduleText.entry("multi-step", Schedules.multiStep(1), "times gamma at each milestone", "milestones"),
                ScheduleText.entry("exponential", Schedules.exponential(1), "times gamma in each step", "gamma"),
                ScheduleText.entry(
                        "inverse-time", Schedules.inverseTime(1, 1), "α / (1 + decay·t/size)", "size", "decay"),
                ScheduleText.entry(
                        "polynomial", Schedules.polynomial(), "down to an end, in a straight line with power 1"),
                ScheduleText.entry("cosine", Schedules.cosine(), "down to a floor along half a wave"),
                ScheduleText.entry(
                        "cosine-restarts", Schedules.cosineRestarts(1), "half waves, one after another", "first"),
                ScheduleText.entry(
                        "warmup", Schedules.warmup(1), "up to the optimizer's rate in a straight line", "length"),
                ScheduleText.entry("one-cycle", Schedules.oneCycle(), "up and down once, momentum against it"),
                ScheduleText.entry(
                        "cyclic",
                        Schedules.cyclic(0, 2_000),
                        "up and down again and again, momentum against it",
                        "low"),
                ScheduleText.entry(
                        "reduce-on-plateau", Schedules.reduceOnPlateau(), "less when the loss stands still"));
    }

    private static List<Entry> losses() {
        return List.of(
                entry("cross-entropy", Losses.crossEntropy(), "−Σ y·log ŷ: classes by a softmax"),
                entry("bce", Losses.binaryCrossEntropy(), "binary cross-entropy of each output by its sigmoid"),
                entry("focal", Losses.focal(), "cross-entropy that looks away from what is easy"),
                entry("nll", Losses.negativeLogLikelihood(), "negative log likelihood, of a log-softmax"),
                entry("kl-divergence", Losses.kullbackLeibler(), "Kullback-Leibler divergence from probabilities"),
                entry("hinge", Losses.hinge(), "a margin of 1 between two classes, for scores"),
                fixed("squared-hinge", Losses.squaredHinge(), "hinge, squared"),
                entry("multi-margin", Losses.multiMargin(), "a margin between the right class and each other"),
                entry("mse", Losses.meanSquaredError(), "mean squared error, L2 loss"),
                entry("mae", Losses.meanAbsoluteError(), "mean absolute error, L1 loss"),
                entry("huber", Losses.huber(), "squared up to delta, absolute beyond"),
                entry("smooth-l1", Losses.smoothL1(), "Huber's loss divided by beta"),
                entry("log-cosh", Losses.logCosh(), "the logarithm of the error's cosh"),
                entry("quantile", Losses.quantile(0.5), "pinball loss, least at the quantiles of the targets"),
                entry("poisson", Losses.poissonOfRates(), "negative log likelihood of Poisson distributed counts"),
                entry("cosine-distance", Losses.cosineDistance(), "1 − cos of output and target"),
                entry("triplet-margin", Losses.tripletMargin(), "nearer to a positive than to a negative example"),
                entry("hinge-embedding", Losses.hingeEmbedding(), "distances: pairs together, or margin apart"),
                entry("contrastive", Losses.contrastive(), "pairs together, or margin apart"));
    }

    private static List<Entry> augmentations() {
        return List.of(
                entry("flip", Augmentations.flip(), "left and right change places, horizontal flip"),
                entry("vertical-flip", Augmentations.verticalFlip(), "top and bottom change places"),
                entry("crop", Augmentations.crop(4), "a part as large as the image, out of it with a frame", "padding"),
                entry("rotate", Augmentations.rotate(10), "turned by an angle up to so many degrees", "degrees"),
                entry("translate", Augmentations.translate(0.1, 0.1), "moved by a part of the width and height"),
                entry("scale", Augmentations.scale(0.9, 1.1), "enlarged by a factor from least to most"),
                entry("brightness", Augmentations.brightness(0.2), "times a factor up to so far from 1"),
                entry("contrast", Augmentations.contrast(0.2), "distances from the mean times a factor around 1"),
                entry("cutout", Augmentations.cutout(8), "a square painted over", "size"),
                entry("erase", Augmentations.erase(), "a rectangle painted over, random erasing"),
                entry("mixup", Augmentations.mixup(), "rows and targets blended with those of another row"),
                entry("cutmix", Augmentations.cutmix(), "a rectangle out of another image, and of its target as much"));
    }

    private static List<Entry> networks() {
        return List.of(
                entry("lenet5", new Lenet5(), "LeNet-5, for small images, such as 28×28"),
                entry("keras-cnn", new KerasCnn(), "two convolutions and dropout, the usual first example"),
                entry("vgg32", new Vgg32(), "three pairs of convolutions with batch norm, for images of 32×32"),
                entry("vgg", new Vgg(11), "VGG; with units=4096 as for ImageNet, depth 11, 13, 16 or 19"),
                entry(
                        "resnet",
                        new ResNet(20),
                        "residual; depth 20, 32, 44, 56, 110 for small images, 18, 34, 50, 101, 152 for large ones"),
                entry("mobilenet-v2", new MobileNetV2(), "MobileNetV2, for little computing; width times the channels"),
                entry("squeezenet", new SqueezeNet(), "SqueezeNet 1.1, for few parameters"));
    }
}
