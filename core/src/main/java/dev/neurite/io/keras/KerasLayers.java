package dev.neurite.io.keras;

import dev.neurite.io.keras.KerasGraph.KerasParts;
import dev.neurite.io.keras.KerasGraph.Value;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.layer.AvgPool1d;
import dev.neurite.layer.AvgPool2d;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.Layers;
import dev.neurite.layer.MaxPool1d;
import dev.neurite.layer.MaxPool2d;
import dev.neurite.layer.RecurrentLayer;
import dev.neurite.layer.Upsample;
import dev.neurite.model.Node;
import dev.neurite.tensor.Tensor;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Makes our nodes of layers of Keras. Channels go where each node needs them: before the other axes for
/// convolutions, pools and norms, after them for all that Keras does along its last axis.
final class KerasLayers {
    private static final Set<String> KNOWN = Set.of(
            "InputLayer",
            "Dense",
            "Conv1D",
            "Conv2D",
            "DepthwiseConv2D",
            "SeparableConv2D",
            "MaxPooling1D",
            "MaxPooling2D",
            "AveragePooling1D",
            "AveragePooling2D",
            "GlobalMaxPooling1D",
            "GlobalMaxPooling2D",
            "GlobalAveragePooling1D",
            "GlobalAveragePooling2D",
            "BatchNormalization",
            "LayerNormalization",
            "Embedding",
            "SimpleRNN",
            "LSTM",
            "GRU",
            "Bidirectional",
            "TimeDistributed",
            "Dropout",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "GaussianNoise",
            "GaussianDropout",
            "Flatten",
            "Reshape",
            "Permute",
            "Activation",
            "Softmax",
            "ELU",
            "ReLU",
            "LeakyReLU",
            "ZeroPadding2D",
            "Cropping2D",
            "UpSampling2D",
            "Add",
            "Multiply",
            "Concatenate");

    private static final Set<String> MERGES = Set.of("Add", "Multiply", "Concatenate");

    private static final List<String> NOT_KEPT = List.of(
            "kernel_regularizer",
            "bias_regularizer",
            "recurrent_regularizer",
            "activity_regularizer",
            "embeddings_regularizer",
            "kernel_constraint",
            "bias_constraint",
            "recurrent_constraint",
            "embeddings_constraint");

    private final KerasWeights weights;
    private final KerasParts parts;
    private final Map<String, Map<String, Tensor>> read = new HashMap<>(); // weights by path
    private final Consumer<String> notes;

    KerasLayers(KerasWeights weights, KerasParts parts, Consumer<String> notes) {
        this.weights = weights;
        this.parts = parts;
        this.notes = notes;
    }

    static boolean isKnown(String type) {
        return KNOWN.contains(type);
    }

    /// Adds a layer to the graph.
    /// @param name of the layer
    /// @param path of its weights
    Value apply(String name, String type, KerasConfig config, String path, List<Value> in) {
        for (String each : NOT_KEPT) {
            if (config.get(each).isPresent())
                notes.accept("layer '" + name + "' has a " + each + ", which is not kept");
        }
        if (config.text("data_format", "channels_last").equals("channels_first")) {
            throw config.fault("expects channels_last, got channels_first", "");
        }
        if (in.isEmpty()) throw config.fault("expects an input, got none", "");
        if (in.size() > 1 && !MERGES.contains(type)) {
            throw config.fault("expects one input, without a mask or a state, got " + in.size() + " inputs", "");
        }
        try {
            return put(new Place(parts.nameOf(path, name), config, path, in), type, config, path);
        } catch (ArithmeticException _) { // a size beyond 2^31, or a step of 0
            throw config.fault(
                    "expects steps of at least 1 and sizes below 2^31, got " + config.numbers() + " for an input of "
                            + in.getFirst().shape(),
                    "");
        }
    }

    private Value put(Place at, String type, KerasConfig config, String path) {
        return switch (type) {
            case "Dense" -> at.dense(path);
            case "Conv1D" -> at.conv1d();
            case "Conv2D" -> at.conv2d();
            case "DepthwiseConv2D" -> at.depthwise();
            case "SeparableConv2D" -> at.separable();
            case "MaxPooling1D", "AveragePooling1D" -> at.pool1d(type.startsWith("Max"));
            case "MaxPooling2D", "AveragePooling2D" -> at.pool2d(type.startsWith("Max"));
            case "GlobalMaxPooling1D", "GlobalMaxPooling2D" -> at.global(Layers.globalMaxPool());
            case "GlobalAveragePooling1D", "GlobalAveragePooling2D" -> at.global(Layers.globalAvgPool());
            case "BatchNormalization" -> at.batchNorm();
            case "LayerNormalization" -> at.layerNorm();
            case "Embedding" -> at.embedding();
            case "SimpleRNN", "LSTM", "GRU" -> at.recurrent(type);
            case "Bidirectional" -> at.bidirectional();
            case "TimeDistributed" -> at.timeDistributed();
            case "Dropout" -> at.keep(Layers.dropout(config.number("rate", 0)));
            case "SpatialDropout1D", "SpatialDropout2D" ->
                at.withChannelsFirst(Layers.spatialDropout(config.number("rate", 0)));
            case "GaussianNoise" -> at.keep(Layers.gaussianNoise(config.number("stddev", 0)));
            case "GaussianDropout" -> at.keep(Layers.gaussianDropout(config.number("rate", 0)));
            case "Flatten" -> at.flatten();
            case "Reshape" -> at.reshape();
            case "Permute" -> at.permute();
            case "Activation", "Softmax", "ELU", "ReLU", "LeakyReLU" ->
                at.activated(at.x, KerasActivation.layer(config, type, at.x.rank()), at.name);
            case "ZeroPadding2D" -> at.zeroPad();
            case "Cropping2D" -> at.crop();
            case "UpSampling2D" -> at.upsample();
            case "Add" -> at.merge(Layers.add());
            case "Multiply" -> at.merge(Layers.multiply());
            case "Concatenate" -> at.concatenate();
            default -> throw config.fault("expects a layer that Neurite has, got " + type, "");
        };
    }

    /// Where a layer is put.
    private final class Place {
        private final String name;
        private final KerasConfig config;
        private final String path;
        private final List<Value> in;
        private final Value x;

        Place(String name, KerasConfig config, String path, List<Value> in) {
            this.name = name;
            this.config = config;
            this.path = path;
            this.in = in;
            this.x = in.getFirst();
        }

        /// The weights of a layer, which are read at its first use.
        private Map<String, Tensor> once(String at, Supplier<Map<String, Tensor>> weightsOf) {
            return read.computeIfAbsent(at, _ -> weightsOf.get());
        }

        private Value value(Node node, Value from, List<Integer> shape, boolean first, Map<String, Tensor> of) {
            of.forEach((part, tensor) -> parts.values().put(name + "." + part, tensor));
            return new Value(parts.add(name, node, List.of(from.port())), shape, first);
        }

        /// The value with the channels first, or last.
        private Value ordered(Value value, boolean first) {
            int rank = value.rank();
            if (value.first() == first || rank < 2) return new Value(value.port(), value.shape(), first);
            boolean trivial = value.last() == 1
                    || value.shape().subList(0, rank - 1).stream().allMatch(each -> each == 1);
            Integer[] order = new Integer[rank];
            for (int i = 0; i < rank; i++) order[i] = first ? (i + rank - 1) % rank : (i + 1) % rank;
            String made = parts.name(name + (trivial ? "_shape" : first ? "_channels_first" : "_channels_last"));
            Node node = Layers.permute(order);
            return new Value(parts.add(made, node, List.of(value.port())), value.shape(), first);
        }

        private Value images() {
            requireRank(3);
            return ordered(x, true);
        }

        private void requireRank(int rank) {
            if (x.rank() != rank) throw config.fault("expects an input of " + rank + " axes, got " + x.shape(), "");
        }

        /// A node that changes no shape, in either order of axes.
        Value keep(Node node) {
            return value(node, x, x.shape(), x.first(), Map.of());
        }

        Value withChannelsFirst(Node node) {
            Value from = ordered(x, true);
            return value(node, from, x.shape(), true, Map.of());
        }

        Value activated(Value from, Activation g, String as) {
            if (g instanceof Elementwise) {
                return new Value(parts.add(as, Layers.activation(g), List.of(from.port())), from.shape(), from.first());
            }
            Value last = ordered(from, false);
            return new Value(parts.add(as, Layers.activation(g), List.of(last.port())), last.shape(), false);
        }

        /// The activation of the layer inside of its node, if it is element by element; else as a node behind it.
        private Elementwise inside() {
            return KerasActivation.of(config, "activation") instanceof Elementwise g ? g : Activation.IDENTITY;
        }

        private Value withActivation(Value made) {
            Activation g = KerasActivation.of(config, "activation");
            return g instanceof Elementwise ? made : activated(made, g, parts.name(name + "_activation"));
        }

        private boolean bias() {
            return config.flag("use_bias", true);
        }

        private List<Integer> withLast(List<Integer> shape, int last) {
            List<Integer> made = new ArrayList<>(shape);
            made.set(made.size() - 1, last);
            return made;
        }

        // ------------------------------------------------------------------------------------- features and sequences

        Value dense(String weightsAt) {
            int units = config.count("units");
            Value from = ordered(x, false);
            Activation g = KerasActivation.of(config, "activation");
            boolean own = g instanceof Elementwise || x.rank() == 1;
            var layer = Layers.dense(units, own ? g : Activation.IDENTITY);
            Value made = value(
                    bias() ? layer : layer.withoutBias(),
                    from,
                    withLast(x.shape(), units),
                    false,
                    once(weightsAt, () -> weights.kernel(weightsAt, bias(), 1, 0)));
            return own ? made : withActivation(made);
        }

        Value embedding() {
            if (config.flag("mask_zero", false)) {
                throw config.fault(
                        "expects an Embedding that masks nothing, got mask_zero=True, with which the layers after it"
                                + " pass over zeros",
                        "Save the model with mask_zero=False, and give sequences with their lengths"
                                + " (Tensor.withLengths)");
            }
            List<Integer> shape = new ArrayList<>(x.shape());
            shape.add(config.count("output_dim"));
            Node node = Layers.embedding(config.count("input_dim"), config.count("output_dim"));
            return value(node, ordered(x, false), shape, false, once(path, () -> weights.embedding(path)));
        }

        Value recurrent(String type) {
            requireRank(2);
            return sequenceOutput(
                    layer(type, config),
                    once(path, () -> weights.recurrent(path, type, bias())),
                    config.count("units"),
                    config);
        }

        private Value sequenceOutput(Node node, Map<String, Tensor> of, int width, KerasConfig settings) {
            boolean sequences = settings.flag("return_sequences", false);
            List<Integer> shape = sequences ? List.of(x.shape().getFirst(), width) : List.of(width);
            return value(node, ordered(x, false), shape, false, of);
        }

        private RecurrentLayer<?> layer(String type, KerasConfig settings) {
            for (String each : List.of("return_state", "stateful", "time_major")) {
                if (settings.flag(each, false))
                    throw settings.fault("expects a layer without " + each + ", got one with it", "");
            }
            int units = settings.count("units");
            RecurrentLayer<?> layer = switch (type) {
                case "SimpleRNN" ->
                    Layers.simpleRnn(units).withActivation(KerasActivation.elementwise(settings, "activation"));
                case "LSTM" -> Layers.lstm(units);
                case "GRU" ->
                    settings.flag("reset_after", true)
                            ? Layers.gru(units)
                            : Layers.gru(units).withResetBefore();
                default -> throw settings.fault("expects a SimpleRNN, LSTM or GRU, got " + type, "");
            };
            if (!type.equals("SimpleRNN")
                    && (!KerasActivation.of(settings, "activation").equals(Activation.TANH)
                            || !KerasActivation.of(settings, "recurrent_activation")
                                    .equals(Activation.SIGMOID))) {
                throw settings.fault(
                        "expects tanh and sigmoid as its activations, got "
                                + KerasActivation.of(settings, "activation") + " and "
                                + KerasActivation.of(settings, "recurrent_activation"),
                        "");
            }
            if (settings.number("dropout", 0) > 0) {
                notes.accept("layer '" + name + "' has dropout of its input, which is not kept: put a spatial dropout"
                        + " before it");
            }
            double rate = settings.number("recurrent_dropout", 0);
            if (rate > 0) layer = layer.withRecurrentDropout(rate);
            if (settings.flag("return_sequences", false)) layer = layer.withSequences();
            if (!settings.flag("go_backwards", false)) return layer;
            if (settings.flag("return_sequences", false)) {
                throw settings.fault(
                        "expects a layer that runs forwards, or gives its last output, got go_backwards", "");
            }
            return layer.withReversed();
        }

        Value bidirectional() {
            requireRank(2);
            KerasConfig inner = config.object("layer");
            KerasConfig settings = inner.object("config").in(config.where());
            String type = inner.text("class_name");
            String merge = config.text("merge_mode", "concat");
            if (!merge.equals("concat")) throw config.fault("expects merge_mode concat, got " + merge, "");
            if (settings.flag("go_backwards", false))
                throw config.fault("expects a layer that runs forwards, got go_backwards", "");
            boolean biases = settings.flag("use_bias", true);
            Map<String, Tensor> of = new LinkedHashMap<>();
            once(path + "/forward_layer", () -> weights.recurrent(path + "/forward_layer", type, biases))
                    .forEach((part, tensor) -> of.put("forwards." + part, tensor));
            once(path + "/backward_layer", () -> weights.recurrent(path + "/backward_layer", type, biases))
                    .forEach((part, tensor) -> of.put("backwards." + part, tensor));
            Node node = Layers.bidirectional(layer(type, settings));
            return sequenceOutput(node, of, 2 * settings.count("units"), settings);
        }

        Value timeDistributed() {
            KerasConfig inner = config.object("layer");
            if (!inner.text("class_name").equals("Dense")) {
                throw config.fault("expects a Dense layer for each step, got " + inner.text("class_name"), "");
            }
            return new Place(name, inner.object("config").in(config.where()), path, in).dense(path + "/layer");
        }

        // ---------------------------------------------------------------------------------------------------
        // convolutions

        private int length(int extent, int reach, int stride, boolean same) {
            if (extent < 0) return -1;
            return same ? Math.ceilDiv(extent, stride) : (extent - reach) / stride + 1;
        }

        private boolean same(String... others) {
            String padding = config.text("padding", "valid");
            if (padding.equals("same")) return true;
            if (padding.equals("valid") || List.of(others).contains(padding)) return false;
            throw config.fault("expects padding 'valid' or 'same', got '" + padding + "'", "");
        }

        private List<Integer> slid(Window window, int channels) {
            boolean same = same();
            return List.of(
                    length(x.shape().get(0), window.reachHeight(), window.strideHeight(), same),
                    length(x.shape().get(1), window.reachWidth(), window.strideWidth(), same),
                    channels);
        }

        private Window window(String size, String strides) {
            List<Integer> kernel = config.counts(size, 2, List.of(2, 2));
            List<Integer> stride = config.counts(strides, 2, size.equals("pool_size") ? kernel : List.of(1, 1));
            List<Integer> dilation = config.counts("dilation_rate", 2, List.of(1, 1));
            return Window.of(kernel.get(0), kernel.get(1))
                    .withStride(stride.get(0), stride.get(1))
                    .withDilation(dilation.get(0), dilation.get(1));
        }

        private Padding padding() {
            return same() ? Padding.SAME : Padding.VALID;
        }

        Value conv2d() {
            Window window = window("kernel_size", "strides");
            int channels = config.count("filters");
            var layer = Layers.conv2d(channels, window.height(), inside())
                    .withWindow(window)
                    .withPadding(padding())
                    .withGroups(config.count("groups", 1));
            Node node = bias() ? layer : layer.withoutBias();
            return convolved(node, window, channels, () -> weights.kernel(path, bias(), 3, 2, 0, 1));
        }

        Value depthwise() {
            Window window = window("kernel_size", "strides");
            int multiplier = config.count("depth_multiplier", 1);
            var layer = Layers.depthwiseConv2d(window.height(), inside())
                    .withWindow(window)
                    .withPadding(padding())
                    .withMultiplier(multiplier);
            Node node = bias() ? layer : layer.withoutBias();
            return convolved(node, window, multiplier * x.last(), () -> weights.depthwise(path, bias()));
        }

        Value separable() {
            Window window = window("kernel_size", "strides");
            int channels = config.count("filters");
            var layer = Layers.separableConv2d(channels, window.height(), inside())
                    .withWindow(window)
                    .withPadding(padding())
                    .withMultiplier(config.count("depth_multiplier", 1));
            Node node = bias() ? layer : layer.withoutBias();
            return convolved(node, window, channels, () -> weights.separable(path, bias()));
        }

        private Value convolved(Node node, Window window, int channels, Supplier<Map<String, Tensor>> of) {
            Value from = images();
            return withActivation(value(node, from, slid(window, channels), true, once(path, of)));
        }

        private Padding1d padding1d() {
            boolean same = same("causal");
            return same
                    ? Padding1d.SAME
                    : config.text("padding", "valid").equals("causal") ? Padding1d.CAUSAL : Padding1d.VALID;
        }

        Value conv1d() {
            requireRank(2);
            int kernel = config.counts("kernel_size", 1).getFirst();
            int stride = config.counts("strides", 1, List.of(1)).getFirst();
            int dilation = config.counts("dilation_rate", 1, List.of(1)).getFirst();
            int channels = config.count("filters");
            Padding1d padding = padding1d();
            var layer = Layers.conv1d(channels, kernel, inside())
                    .withStride(stride)
                    .withDilation(dilation)
                    .withPadding(padding)
                    .withGroups(config.count("groups", 1));
            int steps = length(x.shape().getFirst(), (kernel - 1) * dilation + 1, stride, !padding.isNone());
            return withActivation(value(
                    bias() ? layer : layer.withoutBias(),
                    ordered(x, true),
                    List.of(steps, channels),
                    true,
                    once(path, () -> weights.kernel(path, bias(), 2, 1, 0))));
        }

        // ---------------------------------------------------------------------------------------------------------
        // pools

        Value pool2d(boolean max) {
            Value from = images();
            Window window = window("pool_size", "strides");
            Node node = max ? new MaxPool2d(window, padding(), false) : new AvgPool2d(window, padding(), false, false);
            return value(node, from, slid(window, x.last()), true, Map.of());
        }

        Value pool1d(boolean max) {
            requireRank(2);
            int size = config.counts("pool_size", 1, List.of(2)).getFirst();
            int stride = config.counts("strides", 1, List.of(size)).getFirst();
            Padding1d padding = same() ? Padding1d.SAME : Padding1d.VALID;
            Node node = max
                    ? new MaxPool1d(size, stride, 1, padding, false)
                    : new AvgPool1d(size, stride, padding, false, false);
            int steps = length(x.shape().getFirst(), size, stride, same());
            return value(node, ordered(x, true), List.of(steps, x.last()), true, Map.of());
        }

        Value global(Node node) {
            if (config.flag("keepdims", false)) throw config.fault("expects keepdims=False, got True", "");
            if (x.rank() < 2) requireRank(2);
            return value(node, ordered(x, true), List.of(x.last()), false, Map.of());
        }

        // ---------------------------------------------------------------------------------------------------------
        // norms

        private void requireLastAxis() {
            List<Integer> axes = config.get("axis").isPresent() ? config.counts("axis") : List.of(-1);
            if (!axes.equals(List.of(-1)) && !axes.equals(List.of(x.rank()))) {
                throw config.fault("expects a norm of the last axis, got axis " + axes, "");
            }
        }

        Value batchNorm() {
            requireLastAxis();
            if (config.flag("renorm", false)) throw config.fault("expects no renorm, got it", "");
            boolean scale = config.flag("scale", true);
            boolean center = config.flag("center", true);
            BatchNorm norm = Layers.batchNorm()
                    .withMomentum(rest(config.number("momentum", 0.99)))
                    .withEpsilon(config.number("epsilon", 1e-3));
            Value from = ordered(x, true);
            noteAdded(scale, center);
            return value(
                    scale || center ? norm : norm.withoutWeights(),
                    from,
                    x.shape(),
                    x.rank() > 1,
                    once(path, () -> weights.norm(path, scale, center, true)));
        }

        /// 1 − share, in as few digits as the share has.
        private static double rest(double share) {
            return BigDecimal.ONE.subtract(BigDecimal.valueOf(share)).doubleValue();
        }

        private void noteAdded(boolean scale, boolean center) {
            if (scale == center) return;
            notes.accept("layer '" + name + "' has no " + (scale ? "beta" : "gamma") + " in Keras, and "
                    + (scale ? "zeros" : "ones") + " here, which a training changes");
        }

        Value layerNorm() {
            requireLastAxis();
            if (config.flag("rms_scaling", false)) throw config.fault("expects no rms_scaling, got it", "");
            boolean scale = config.flag("scale", true);
            boolean center = config.flag("center", true);
            LayerNorm norm = Layers.layerNorm().withEpsilon(config.number("epsilon", 1e-3));
            noteAdded(scale, center);
            return value(
                    scale || center ? norm : norm.withoutWeights(),
                    ordered(x, false),
                    x.shape(),
                    false,
                    once(path, () -> weights.norm(path, scale, center, false)));
        }

        // --------------------------------------------------------------------------------------------------------
        // shapes

        Value flatten() {
            int size = 1;
            for (int each : x.shape()) {
                if (each < 0) throw config.fault("expects an input of a known size, got " + x.shape(), "");
                size = Math.multiplyExact(size, each);
            }
            return value(Layers.flatten(), ordered(x, false), List.of(size), false, Map.of());
        }

        Value reshape() {
            List<Integer> target = new ArrayList<>(config.counts("target_shape"));
            long size = 1;
            for (int each : x.shape()) size *= each;
            long known = 1;
            for (int each : target) known *= each < 0 ? 1 : each;
            int open = target.indexOf(-1);
            if (open >= 0 && known > 0 && size > 0) target.set(open, Math.toIntExact(size / known));
            Node node =
                    Layers.reshape(target.stream().mapToInt(Integer::intValue).toArray());
            return value(node, ordered(x, false), target, false, Map.of());
        }

        Value permute() {
            List<Integer> order =
                    config.counts("dims").stream().map(each -> each - 1).toList();
            List<Integer> sorted = new ArrayList<>(order);
            Collections.sort(sorted);
            if (!sorted.equals(IntStream.range(0, x.rank()).boxed().toList())) {
                throw config.fault("expects each of " + x.rank() + " axes once, got " + config.counts("dims"), "");
            }
            List<Integer> shape = order.stream().map(x.shape()::get).toList();
            Node node = Layers.permute(order.toArray(Integer[]::new));
            return value(node, ordered(x, false), shape, false, Map.of());
        }

        Value zeroPad() {
            List<List<Integer>> by = config.sides("padding", 2);
            Node node = Layers.zeroPad2d(
                    by.get(0).get(0),
                    by.get(1).get(0),
                    by.get(0).get(1),
                    by.get(1).get(1));
            return value(node, images(), grown(by, 1), true, Map.of());
        }

        Value crop() {
            List<List<Integer>> by = config.sides("cropping", 2);
            Node node = Layers.crop(
                    by.get(0).get(0),
                    by.get(1).get(0),
                    by.get(0).get(1),
                    by.get(1).get(1));
            return value(node, images(), grown(by, -1), true, Map.of());
        }

        private List<Integer> grown(List<List<Integer>> by, int sign) {
            requireRank(3);
            List<Integer> shape = new ArrayList<>(x.shape());
            for (int i = 0; i < 2; i++) {
                shape.set(i, shape.get(i) + sign * (by.get(i).get(0) + by.get(i).get(1)));
            }
            return shape;
        }

        Value upsample() {
            requireRank(3);
            List<Integer> factors = config.counts("size", 2, List.of(2, 2));
            if (!factors.get(0).equals(factors.get(1))) {
                throw config.fault("expects one factor for height and width, got " + factors, "");
            }
            String mode = config.text("interpolation", "nearest");
            Upsample node = Layers.upsample(factors.getFirst());
            if (mode.equals("bilinear")) node = node.bilinear();
            else if (!mode.equals("nearest")) throw config.fault("expects nearest or bilinear, got " + mode, "");
            List<Integer> shape =
                    List.of(x.shape().get(0) * factors.get(0), x.shape().get(1) * factors.get(1), x.last());
            return value(node, images(), shape, true, Map.of());
        }

        // --------------------------------------------------------------------------------------------------------
        // merges

        private List<Value> aligned() {
            boolean first = in.stream().allMatch(Value::first);
            return in.stream().map(each -> ordered(each, first)).toList();
        }

        Value merge(Node node) {
            List<Value> all = aligned();
            return new Value(
                    parts.add(name, node, all.stream().map(Value::port).toList()),
                    x.shape(),
                    all.getFirst().first());
        }

        Value concatenate() {
            List<Value> all = aligned();
            boolean first = all.getFirst().first();
            int rank = x.rank();
            int axis = config.count("axis", -1);
            int ofKeras = axis < 0 ? rank + axis : axis - 1;
            if (ofKeras < 0 || ofKeras >= rank || in.stream().anyMatch(each -> each.rank() != rank)) {
                throw config.fault("expects inputs of one rank and one of their axes, got axis " + axis, "");
            }
            int sum = 0;
            for (Value each : in)
                sum = each.shape().get(ofKeras) < 0 || sum < 0
                        ? -1
                        : sum + each.shape().get(ofKeras);
            List<Integer> shape = new ArrayList<>(x.shape());
            shape.set(ofKeras, sum);
            int ours = first ? (ofKeras + 1) % rank : ofKeras;
            return new Value(
                    parts.add(
                            name,
                            Layers.concat(ours),
                            all.stream().map(Value::port).toList()),
                    shape,
                    first);
        }
    }
}
