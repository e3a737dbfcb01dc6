package dev.neurite.network;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// MobileNetV2, a network with few multiplications: inverted residual blocks that expand the
/// channels, apply a depthwise convolution, and reduce the channels again. Sandler et al. 2018,
/// arXiv:1801.04381.
///
/// As in torchvision, with its parameter names (`features.1.conv.0.0.weight`) and initialization:
/// convolutions He-normal with fan out, the dense layer normal with deviation 0.01. 3,504,872
/// parameters for `[3×224×224]`, 1000 classes and a width of 1.
/// @param width the factor of all numbers of channels, above 0, up to 10; 1 by default
public record MobileNetV2(double width) implements Architecture {
    /// Of each stage: expansion factor, output channels, number of blocks, stride of the first block.
    private static final int[][] STAGES = {
        {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
    };

    /// @throws ConfigException for a width out of range
    public MobileNetV2 {
        if (!(width > 0 && width <= 10)) {
            throw new ConfigException("mobilenet-v2", "expects a width above 0, up to 10, got " + width);
        }
    }

    /// The network of width 1.
    public MobileNetV2() {
        this(1);
    }

    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        Architecture.requireImage("mobilenet-v2", input, 32);
        List<Node> features = new ArrayList<>();
        int channels = rounded(32 * width);
        features.add(named("0", convolved(channels, 3, 2, 1)));
        for (int[] stage : STAGES) {
            for (int i = 0; i < stage[2]; i++) {
                int wide = rounded(stage[1] * width);
                features.add(named("" + features.size(), block(channels, wide, stage[0], i == 0 ? stage[3] : 1)));
                channels = wide;
            }
        }
        features.add(named("" + features.size(), convolved(rounded(1280 * Math.max(1, width)), 1, 1, 1)));
        return sequential(
                named("features", Graph.chain(features)),
                globalAvgPool(),
                named(
                        "classifier",
                        sequential(
                                named("0", dropout(0.2)),
                                named("1", dense(outputs, end).withWeights(Initializers.normal(0, 0.01))))));
    }

    /// The nearest multiple of 8 that is at least 90 % of the number.
    private static int rounded(double channels) {
        int near = Math.max(8, (int) (channels + 4) / 8 * 8);
        return near < 0.9 * channels ? near + 8 : near;
    }

    private static Node block(int inputs, int outputs, int widening, int stride) {
        int wide = inputs * widening;
        List<Node> body = new ArrayList<>();
        if (widening > 1) body.add(named("0", convolved(wide, 1, 1, 1)));
        body.add(named("" + body.size(), convolved(wide, 3, stride, wide)));
        body.add(named("" + body.size(), convolution(outputs, 1, 1, 1)));
        body.add(named("" + body.size(), batchNorm()));
        Node conv = named("conv", Graph.chain(body));
        if (stride > 1 || inputs != outputs) return sequential(conv);
        return Graph.of((Wire x) -> x.then(conv).join(add(), x));
    }

    private static Node convolved(int channels, int kernel, int stride, int groups) {
        return sequential(
                named("0", convolution(channels, kernel, stride, groups)), named("1", batchNorm(Activation.RELU6)));
    }

    private static Node convolution(int channels, int kernel, int stride, int groups) {
        return conv2d(channels, kernel)
                .withStride(stride)
                .withPadding(kernel / 2)
                .withGroups(groups)
                .withoutBias()
                .withWeights(Initializers.heNormal().fanOut());
    }
}
