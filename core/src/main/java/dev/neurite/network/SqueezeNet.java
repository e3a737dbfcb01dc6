package dev.neurite.network;

import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.globalAvgPool;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.sequential;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.MaxPool2d;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// SqueezeNet 1.1, a network with few parameters: fire modules that squeeze the channels by a 1×1
/// convolution and expand them by parallel 1×1 and 3×3 convolutions. Iandola et al. 2016,
/// arXiv:1602.07360; version 1.1 is the authors' later one.
///
/// As in torchvision, with its parameter names (`features.3.squeeze.weight`) and initialization:
/// He-uniform, and the last convolution normal with deviation 0.01. 1,235,496 parameters for
/// `[3×224×224]` and 1000 classes.
public record SqueezeNet() implements Architecture {
    private static final MaxPool2d POOL = maxPool2d(3, 2).withCeil();

    @Override
    public Graph graph(Shape input, int outputs, Activation end) {
        Architecture.requireImage("squeezenet", input, 17);
        Node features = sequential(
                named("0", conv2d(64, 3, Activation.RELU).withStride(2)),
                named("2", POOL),
                named("3", fire(16, 64)),
                named("4", fire(16, 64)),
                named("5", POOL),
                named("6", fire(32, 128)),
                named("7", fire(32, 128)),
                named("8", POOL),
                named("9", fire(48, 192)),
                named("10", fire(48, 192)),
                named("11", fire(64, 256)),
                named("12", fire(64, 256)));
        Node classes = conv2d(outputs, 1, Activation.RELU).withWeights(Initializers.normal(0, 0.01));
        List<Node> network = new ArrayList<>(List.of(
                named("features", features),
                named("classifier", sequential(named("0", dropout(0.5)), named("1", classes))),
                globalAvgPool()));
        if (!end.equals(Activation.IDENTITY)) network.add(activation(end));
        return Graph.chain(network);
    }

    /// ```
    /// x ── squeeze ──┬── expand1x1 ── concat ── y
    ///                └── expand3x3 ─────┘
    /// ```
    private static Graph fire(int squeezed, int expanded) {
        return Graph.of((Wire x) -> {
            Wire s = x.then(named("squeeze", conv2d(squeezed, 1, Activation.RELU)));
            Wire a = s.then(named("expand1x1", conv2d(expanded, 1, Activation.RELU)));
            Wire b = s.then(
                    named("expand3x3", conv2d(expanded, 3, Activation.RELU).withPadding(1)));
            return a.join(concat(), b);
        });
    }
}
