package dev.neurite.onnx.layers;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.layer.AdaptiveAvgPool1d;
import dev.neurite.layer.AdaptiveAvgPool2d;
import dev.neurite.layer.AdaptiveMaxPool1d;
import dev.neurite.layer.AdaptiveMaxPool2d;
import dev.neurite.layer.AvgPool1d;
import dev.neurite.layer.AvgPool2d;
import dev.neurite.layer.ConvTranspose1d;
import dev.neurite.layer.ConvTranspose2d;
import dev.neurite.layer.ConvolutionLayer;
import dev.neurite.layer.Layers;
import dev.neurite.layer.MaxPool1d;
import dev.neurite.layer.MaxPool2d;
import dev.neurite.model.Node;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Convolutions and pooling.
final class WindowLayers {
    private WindowLayers() {}

    static boolean add(LayerDraft draft, OnnxNode node) {
        Optional<Flow> x = draft.rows(node, 0);
        if (x.isEmpty() || !node.domain().isEmpty()) return false;
        return switch (node.op()) {
            case "Conv", "ConvTranspose" -> convolution(draft, node, x.get());
            case "MaxPool", "AveragePool" ->
                node.outputs().size() == 1
                        && pool(node, x.get().row())
                                .filter(pool ->
                                        draft.add(node, pool, node.outputs().getFirst(), x.get()))
                                .isPresent();
            case "GlobalAveragePool", "GlobalMaxPool" -> global(draft, node, x.get());
            default -> false;
        };
    }

    /// The settings of a window, of sequences as of images of one row.
    /// @param numbers padding on each side: top, left, bottom, right
    private record Settings(Window window, boolean same, List<Integer> numbers, int groups) {
        /// Empty for settings that no layer has.
        static Optional<Settings> of(OnnxNode node, int axes, long[] kernel) {
            Attributes a = node.attributes();
            String auto = a.text("auto_pad", "NOTSET");
            boolean same = auto.equals("SAME_UPPER");
            if (!same && !auto.equals("NOTSET") && !auto.equals("VALID")) return Optional.empty();
            int[] strides = numbers(a, "strides", axes, 1);
            int[] dilations = numbers(a, "dilations", axes, 1);
            int[] pads = auto.equals("NOTSET") ? numbers(a, "pads", 2 * axes, 0) : new int[2 * axes];
            for (int each : pads) if (each < 0) return Optional.empty();
            boolean flat = axes == 1;
            var window = new Window(
                    flat ? 1 : (int) kernel[0],
                    (int) kernel[axes - 1],
                    flat ? 1 : strides[0],
                    strides[axes - 1],
                    flat ? 1 : dilations[0],
                    dilations[axes - 1]);
            List<Integer> around = flat ? List.of(0, pads[0], 0, pads[1]) : List.of(pads[0], pads[1], pads[2], pads[3]);
            return Optional.of(new Settings(window, same, around, a.small("group", 1)));
        }

        private static int[] numbers(Attributes a, String name, int count, int usual) {
            long[] given = a.integers(name).orElse(new long[0]);
            int[] all = new int[count];
            for (int i = 0; i < count; i++) all[i] = i < given.length ? Math.toIntExact(given[i]) : usual;
            return all;
        }

        /// Whether there is more padding at an end than a pooling layer takes: that of an output that is rounded up.
        boolean reachesBeyond() {
            return numbers.get(2) > window.reachHeight() / 2 || numbers.get(3) > window.reachWidth() / 2;
        }

        /// The same, with the padding of the beginning at the end too, for an output that is rounded up.
        Settings rounded() {
            List<Integer> around = List.of(numbers.get(0), numbers.get(1), numbers.get(0), numbers.get(1));
            return new Settings(window, same, around, groups);
        }

        Padding padding() {
            return same
                    ? Padding.SAME
                    : new Padding(false, numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
        }

        Padding1d padding1d() {
            return same ? Padding1d.SAME : Padding1d.of(numbers.get(1), numbers.get(3));
        }
    }

    // --------------------------------------------------------------------------------------------------- convolutions

    private static boolean convolution(LayerDraft draft, OnnxNode node, Flow x) {
        int axes = x.row().rank() - 1;
        Optional<Tensor> w = draft.floats(node, 1).filter(each -> each.shape().rank() == axes + 2);
        if (w.isEmpty() || axes < 1 || axes > 2) return false;
        Shape shape = w.get().shape();
        long[] kernel = new long[axes];
        for (int i = 0; i < axes; i++) kernel[i] = shape.extent(i + 2);
        Optional<Settings> settings = Settings.of(node, axes, kernel);
        boolean transposed = node.is("ConvTranspose");
        if (settings.isEmpty() || (transposed && (node.attributes().has("output_shape") || settings.get().same)))
            return false;
        int channels = shape.extent(transposed ? 1 : 0) * (transposed ? settings.get().groups : 1);
        ConvolutionLayer<?> layer = layer(settings.get(), node, axes == 1, transposed, channels);
        Map<String, Tensor> parameters = new LinkedHashMap<>(Map.of("weight", w.get()));
        if (LayerDraft.has(node, 2)) {
            Optional<Tensor> bias = draft.floats(node, 2).filter(each -> each.size() == channels);
            if (bias.isEmpty()) return false;
            parameters.put("bias", bias.get());
        } else {
            layer = (ConvolutionLayer<?>) layer.withoutBias();
        }
        return draft.add(node, layer, node.outputs().getFirst(), List.of(x), parameters);
    }

    private static ConvolutionLayer<?> layer(
            Settings s, OnnxNode node, boolean flat, boolean transposed, int channels) {
        Window window = s.window;
        if (!transposed) {
            return flat
                    ? Layers.conv1d(channels, window.width())
                            .withStride(window.strideWidth())
                            .withDilation(window.dilationWidth())
                            .withPadding(s.padding1d())
                            .withGroups(s.groups)
                    : Layers.conv2d(channels, 1)
                            .withWindow(window)
                            .withPadding(s.padding())
                            .withGroups(s.groups);
        }
        int[] extra = Settings.numbers(node.attributes(), "output_padding", flat ? 1 : 2, 0);
        if (flat) {
            ConvTranspose1d conv = Layers.convTranspose1d(channels, window.width(), Activation.IDENTITY);
            return conv.withStride(window.strideWidth())
                    .withDilation(window.dilationWidth())
                    .withPadding(s.padding1d())
                    .withOutputPadding(extra[0])
                    .withGroups(s.groups);
        }
        ConvTranspose2d conv = Layers.convTranspose2d(channels, 1, Activation.IDENTITY);
        return conv.withWindow(window)
                .withPadding(s.padding())
                .withOutputPadding(extra[0], extra[1])
                .withGroups(s.groups);
    }

    // ------------------------------------------------------------------------------------------------------- pooling

    private static Optional<Node> pool(OnnxNode node, Shape row) {
        int axes = row.rank() - 1;
        long[] kernel = node.attributes().integers("kernel_shape").orElse(new long[0]);
        if (axes < 1 || axes > 2 || kernel.length != axes || node.attributes().integer("storage_order", 0) != 0) {
            return Optional.empty();
        }
        return Settings.of(node, axes, kernel)
                .filter(all -> fits(all, node, row))
                .map(all -> {
                    Settings s = all.reachesBeyond() ? all.rounded() : all;
                    boolean ceil = node.attributes().flag("ceil_mode", false) || all.reachesBeyond();
                    boolean counts = node.attributes().flag("count_include_pad", false);
                    Window w = s.window;
                    if (node.is("MaxPool")) {
                        return axes == 1
                                ? new MaxPool1d(w.width(), w.strideWidth(), w.dilationWidth(), s.padding1d(), ceil)
                                : new MaxPool2d(w, s.padding(), ceil);
                    }
                    return axes == 1
                            ? new AvgPool1d(w.width(), w.strideWidth(), s.padding1d(), ceil, counts)
                            : new AvgPool2d(w, s.padding(), ceil, counts);
                });
    }

    /// Whether a pooling layer computes the same: means without dilations, and at the end no more padding than what an
    /// output that is rounded up adds, which counts for no mean.
    private static boolean fits(Settings s, OnnxNode node, Shape row) {
        boolean mean = node.is("AveragePool");
        if (mean && (s.window.dilationHeight() > 1 || s.window.dilationWidth() > 1)) return false;
        if (s.numbers.get(0) > s.window.reachHeight() / 2 || s.numbers.get(1) > s.window.reachWidth() / 2) return false;
        if (!s.reachesBeyond()) return true;
        Attributes a = node.attributes();
        boolean counts = mean && a.flag("count_include_pad", false);
        if (counts || a.flag("ceil_mode", false) || !row.isKnown()) return false;
        boolean flat = row.rank() == 2;
        Window w = s.window;
        List<Integer> p = s.numbers;
        return (flat || isRounded(row.extent(1), p.get(0), p.get(2), w.reachHeight(), w.strideHeight()))
                && isRounded(row.extent(row.rank() - 1), p.get(1), p.get(3), w.reachWidth(), w.strideWidth());
    }

    /// Whether as many windows fit with this padding as with that of the beginning on both sides, rounded up.
    private static boolean isRounded(int extent, int before, int after, int reach, int stride) {
        int windows = Math.floorDiv(extent + before + after - reach, stride) + 1;
        int rounded = Math.ceilDiv(extent + 2 * before - reach, stride) + 1;
        if ((rounded - 1) * stride >= extent + before) rounded--; // one that would begin in the padding
        return windows == rounded;
    }

    private static boolean global(LayerDraft draft, OnnxNode node, Flow x) {
        boolean mean = node.is("GlobalAveragePool");
        Node pool = switch (x.row().rank()) {
            case 2 -> mean ? new AdaptiveAvgPool1d(1) : new AdaptiveMaxPool1d(1);
            default -> mean ? new AdaptiveAvgPool2d(1, 1) : new AdaptiveMaxPool2d(1, 1);
        };
        return draft.add(node, pool, node.outputs().getFirst(), x);
    }
}
