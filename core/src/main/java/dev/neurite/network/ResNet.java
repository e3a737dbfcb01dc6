package dev.neurite.network;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.normAdd;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Conv2d;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// ResNet, a network of residual blocks. He et al. 2015, arXiv:1512.03385.
///
/// | depth | images | blocks | parameters |
/// |---|---|---|---|
/// | 20, 32, 44, 56, 110 | 32×32 | pairs of 3×3; 16, 32, 64 channels | 272,474 (20), 1,730,714 (110); 10 classes |
/// | 18, 34 | ImageNet, 224×224 | pairs of 3×3; 64 to 512 channels | 11,689,512 (18), 21,797,672 (34); 1000 classes |
/// | 50, 101, 152 | ImageNet, 224×224 | 1×1, 3×3, 1×1; 64 to 2048 channels | 25,557,032 (50); 1000 classes |
///
/// Where a block changes the shape, its shortcut is a 1×1 convolution with batch normalization,
/// also for small images (the paper's option B; its CIFAR networks use option A, zero padding).
/// Bottleneck blocks have their stride in the 3×3 convolution (torchvision's V1.5). For ImageNet,
/// parameter names, shapes and initialization are torchvision's, and the networks for small images
/// follow them: `layer1.0.conv1.weight`, `layer2.0.downsample.1.running_mean`, `fc.bias`;
/// convolutions are initialized He-normal with fan out.
/// @param depth the number of layers with weights
public record ResNet(int depth) implements Architecture {
    private static final List<Integer> SMALL = List.of(20, 32, 44, 56, 110);
    private static final List<Integer> LARGE = List.of(18, 34, 50, 101, 152);

    /// @throws dev.neurite.error.ConfigException for another depth
    public ResNet {
        Architecture.requireDepth(
                "resnet",
                depth,
                Stream.concat(SMALL.stream(), LARGE.stream()).sorted().toList());
    }

    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        boolean small = SMALL.contains(depth);
        Architecture.requireImage("resnet", input, small ? 4 : 32);
        int width = small ? 16 : 64;
        List<Node> network = new ArrayList<>();
        network.add(named("conv1", small ? conv(width, 3, 1) : conv(width, 7, 2)));
        network.add(named("bn1", batchNorm(Activation.RELU)));
        if (!small) network.add(named("maxpool", maxPool2d(3, 2).withPadding(1)));
        int[] blocks = blocks();
        int channels = width;
        for (int stage = 0; stage < blocks.length; stage++) {
            List<Node> layer = new ArrayList<>();
            for (int i = 0; i < blocks[stage]; i++) {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                layer.add(named("" + i, block(channels, width << stage, stride)));
                channels = (width << stage) * (isBottleneck() ? 4 : 1);
            }
            network.add(named("layer" + (stage + 1), Graph.chain(layer)));
        }
        network.add(globalAvgPool());
        network.add(named("fc", dense(outputs, end)));
        return Graph.chain(network);
    }

    /// The number of blocks of each stage.
    private int[] blocks() {
        return switch (depth) {
            case 18 -> new int[] {2, 2, 2, 2};
            case 34, 50 -> new int[] {3, 4, 6, 3};
            case 101 -> new int[] {3, 4, 23, 3};
            case 152 -> new int[] {3, 8, 36, 3};
            default -> IntStream.generate(() -> (depth - 2) / 6).limit(3).toArray();
        };
    }

    private boolean isBottleneck() {
        return LARGE.contains(depth) && depth >= 50;
    }

    /// ```
    /// x ──┬── conv1, bn1, … ── + ── ReLU ── y     the last batch norm adds
    ///     └── downsample ──────┘
    /// ```
    private Graph block(int inputs, int channels, int stride) {
        int outputs = isBottleneck() ? 4 * channels : channels;
        return Graph.of((Wire x) -> {
            Wire h = isBottleneck()
                    ? x.then(named("conv1", conv(channels, 1, 1)))
                            .then(named("bn1", batchNorm(Activation.RELU)))
                            .then(named("conv2", conv(channels, 3, stride)))
                            .then(named("bn2", batchNorm(Activation.RELU)))
                            .then(named("conv3", conv(outputs, 1, 1)))
                    : x.then(named("conv1", conv(channels, 3, stride)))
                            .then(named("bn1", batchNorm(Activation.RELU)))
                            .then(named("conv2", conv(channels, 3, 1)));
            boolean changes = stride > 1 || inputs != outputs;
            Wire around = changes ? x.then(named("downsample", downsample(outputs, stride))) : x;
            return h.join(named(isBottleneck() ? "bn3" : "bn2", normAdd(batchNorm(Activation.RELU))), around);
        });
    }

    private static Node downsample(int channels, int stride) {
        return sequential(named("0", conv(channels, 1, stride)), named("1", batchNorm()));
    }

    private static Conv2d conv(int channels, int kernel, int stride) {
        return conv2d(channels, kernel)
                .withStride(stride)
                .withPadding(kernel / 2)
                .withoutBias()
                .withWeights(Initializers.heNormal().fanOut());
    }
}
