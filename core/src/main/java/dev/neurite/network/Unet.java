package dev.neurite.network;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.convTranspose2d;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import java.util.List;

/// U-Net, a network from images to images of the same size: an encoder that halves the size on each
/// level, a decoder that doubles it again, and a skip connection on each level. Ronneberger et al.
/// 2015, arXiv:1505.04597; with zero padding, which keeps sizes, and batch normalization.
/// ```
/// x ── double ──────────────────────── concat ── double ── 1×1 ── y
///         └ max ── double ── concat ── double ── up ┘
///                     └ max … up ┘
/// ```
/// Convolutions are initialized He-normal with fan out.
/// @param channels the channels of the first level, at least 1, doubled on each level; 64 in the paper
/// @param levels the number of times the size is halved, 1 to 8; 4 in the paper
public record Unet(int channels, int levels) {
    /// @throws ConfigException for settings out of range
    public Unet {
        if (channels < 1 || levels < 1 || levels > 8 || (long) channels << levels > 1 << 16) {
            throw new ConfigException(
                    "unet",
                    "expects 1 to 8 levels and channels from 1, at most 65,536 on the last level, got " + channels
                            + " channels and " + levels + " levels");
        }
    }

    /// A network of 16 channels and 3 levels.
    public Unet() {
        this(16, 3);
    }

    /// The network.
    /// @param input the shape of a row: `[channels × height × width]`; height and width are
    /// divisible by 2 to the power of `levels`
    /// @param outputs the channels of the output images
    /// @param end the activation of their pixels
    /// @throws ShapeException for another shape
    public Graph graph(Shape input, int outputs, Elementwise end) {
        int unit = 1 << levels;
        if (input.rank() != 3 || input.extent(1) % unit != 0 || input.extent(2) % unit != 0) {
            throw new ShapeException(
                    "unet",
                    "expects images [channels × height × width] with sides divisible by " + unit + ", got " + input);
        }
        return Graph.of((Wire x) -> level(x, 0).then(named("out", conv2d(outputs, 1, end))));
    }

    /// A model that returns logits, with parameters initialized with seed 0.
    public Model model(Shape input, int outputs) {
        return Model.of(List.of(input), graph(input, outputs, Activation.IDENTITY));
    }

    private Wire level(Wire x, int depth) {
        int width = channels << depth;
        Wire here = x.then(named("down" + depth, twice(width)));
        if (depth == levels) return here;
        Wire below = level(here.then(maxPool2d(2)), depth + 1);
        Wire up = below.then(named("up" + depth, convTranspose2d(width, 2).withStride(2)));
        return here.join(concat(), up).then(named("join" + depth, twice(width)));
    }

    private static Node twice(int width) {
        return sequential(
                convolution(width), batchNorm(Activation.RELU), convolution(width), batchNorm(Activation.RELU));
    }

    private static Node convolution(int width) {
        return conv2d(width, 3)
                .withPadding(1)
                .withoutBias()
                .withWeights(Initializers.heNormal().fanOut());
    }
}
