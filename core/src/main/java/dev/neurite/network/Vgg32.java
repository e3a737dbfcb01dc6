package dev.neurite.network;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// A small VGG for images such as 32×32: three groups of two 3×3 convolutions with batch
/// normalization and ReLU, each followed by 2×2 max pooling, and a dense layer for the classes.
///
/// 307,946 parameters for `[3×32×32]` and 10 classes. Convolutions are initialized He-normal with
/// fan out, as in [Vgg].
public record Vgg32() implements Architecture {
    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        Architecture.requireImage("vgg32", input, 8);
        List<Node> layers = new ArrayList<>();
        for (int channels : new int[] {32, 64, 128}) {
            for (int i = 0; i < 2; i++) {
                layers.add(conv2d(channels, 3)
                        .withPadding(1)
                        .withoutBias()
                        .withWeights(Initializers.heNormal().fanOut()));
                layers.add(batchNorm(Activation.RELU));
            }
            layers.add(maxPool2d(2));
        }
        layers.add(flatten());
        layers.add(dense(outputs, end));
        return sequential(layers.toArray(Node[]::new));
    }
}
