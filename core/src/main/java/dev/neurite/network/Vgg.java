package dev.neurite.network;

import static dev.neurite.layer.Layers.adaptiveAvgPool2d;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.named;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Conv2d;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// VGG: five groups of 3×3 convolutions, each followed by 2×2 max pooling. Simonyan and Zisserman
/// 2014, arXiv:1409.1556.
///
/// With `units` of 4096 it is torchvision's network for ImageNet: two hidden layers with dropout
/// follow the convolutions. Parameter names (`features.0.weight`, `classifier.6.bias`) and
/// initialization are torchvision's: convolutions He-normal with fan out, dense layers normal with
/// deviation 0.01. With `units` of 0 it is the form for small images such as 32×32, where the
/// classes follow directly after average pooling. Pooling rounds sizes up, so the last row and
/// column of odd sizes count.
///
/// | | parameters for `[3×224×224]`, 1000 classes |
/// |---|---|
/// | depth 11 | 132,863,336 |
/// | depth 16 | 138,357,544, with batch norm 138,365,992 |
/// | depth 19 | 143,667,240 |
///
/// @param depth the number of layers with weights, hidden layers included: 11, 13, 16 or 19
/// @param batchNorm whether batch normalization follows each convolution; true by default
/// @param units the units of each of two hidden layers; 0 for no hidden layers
public record Vgg(int depth, boolean batchNorm, int units) implements Architecture {
    private static final int[] CHANNELS = {64, 128, 256, 512, 512};

    /// @throws ConfigException for another depth, or units below 0
    public Vgg {
        Architecture.requireDepth("vgg", depth, List.of(11, 13, 16, 19));
        if (units < 0) throw new ConfigException("vgg", "expects 0 or more units, got " + units);
    }

    /// The network for small images, with batch normalization.
    public Vgg(int depth) {
        this(depth, true, 0);
    }

    /// The network for ImageNet.
    public static Vgg imageNet(int depth, boolean batchNorm) {
        return new Vgg(depth, batchNorm, 4096);
    }

    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        Architecture.requireImage("vgg", input, 8);
        List<Node> network = new ArrayList<>();
        network.add(named("features", Graph.chain(features())));
        if (units > 0) network.add(adaptiveAvgPool2d(7, 7));
        else network.add(adaptiveAvgPool2d(1, 1));
        network.add(flatten());
        network.add(named("classifier", Graph.chain(classifier(outputs, end))));
        return Graph.chain(network);
    }

    /// The layers, numbered as in torchvision, where an activation is a separate layer.
    private List<Node> features() {
        List<Node> layers = new ArrayList<>();
        int number = 0;
        for (int group = 0; group < CHANNELS.length; group++) {
            for (int i = 0; i < convolutions(group); i++) {
                Conv2d conv = conv2d(CHANNELS[group], 3, batchNorm ? Activation.IDENTITY : Activation.RELU)
                        .withPadding(1)
                        .withWeights(Initializers.heNormal().fanOut());
                layers.add(named("" + number, conv));
                if (batchNorm) layers.add(named("" + (number + 1), Layers.batchNorm(Activation.RELU)));
                number += batchNorm ? 3 : 2;
            }
            layers.add(named("" + number++, maxPool2d(2).withCeil()));
        }
        return layers;
    }

    private int convolutions(int group) {
        return switch (depth) {
            case 11 -> group < 2 ? 1 : 2;
            case 13 -> 2;
            case 16 -> group < 2 ? 2 : 3;
            default -> group < 2 ? 2 : 4;
        };
    }

    private List<Node> classifier(int outputs, Activation end) {
        List<Node> layers = new ArrayList<>();
        for (int i = 0; i < 2 && units > 0; i++) {
            layers.add(named("" + 3 * i, normal(dense(units, Activation.RELU))));
            layers.add(dropout(0.5));
        }
        layers.add(named(units > 0 ? "6" : "0", normal(dense(outputs, end))));
        return layers;
    }

    private static Dense normal(Dense dense) {
        return dense.withWeights(Initializers.normal(0, 0.01));
    }
}
