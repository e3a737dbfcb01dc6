package dev.neurite.network;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.List;

/// A ready-made network: a record of settings that builds its graph for a given input shape and number of outputs.
/// The graph is like any other: you can inspect it, replace its last layer, train it.
///
/// <!-- Snippets#architecture -->
/// ```java
/// Model resnet = new ResNet(20).model(image(3, 32, 32), 10);
/// ```
public interface Architecture {
    /// The network.
    /// @param input the shape of a row: `[channels × height × width]` for images, `[steps × features]` for time
    /// series, `[time]` for ids of tokens
    /// @param outputs the number of outputs, usually classes
    /// @param end the activation of the outputs
    /// @throws ShapeException if the network does not take such rows
    Graph graph(Shape input, int outputs, Activation end);

    /// The network for rows of several inputs; by default one that takes a single input.
    /// @param inputs the shape of a row of each input
    /// @param outputs the number of outputs, usually classes
    /// @param end the activation of the outputs
    /// @throws ShapeException if the network does not take such rows, or so many inputs
    default Graph graph(List<Shape> inputs, int outputs, Activation end) {
        if (inputs.size() == 1) return graph(inputs.getFirst(), outputs, end);
        throw new ShapeException(toString(), "expects rows of one input, got " + inputs.size() + " inputs: " + inputs);
    }

    /// A model that returns logits, with parameters initialized with seed 0.
    /// @param input the shape of a row: `[channels × height × width]` for images, `[steps × features]` for time
    /// series, `[time]` for ids of tokens
    /// @throws ShapeException if the network does not take such rows
    default Model model(Shape input, int outputs) {
        return Model.of(List.of(input), graph(input, outputs, Activation.IDENTITY));
    }

    /// A model for rows of several inputs that returns logits, with parameters initialized with seed 0.
    /// @param inputs the shape of a row of each input
    /// @throws ShapeException if the network does not take such rows, or so many inputs
    default Model model(List<Shape> inputs, int outputs) {
        return Model.of(inputs, graph(inputs, outputs, Activation.IDENTITY));
    }

    /// A model for the rows of a data set that returns logits, or values, with parameters initialized with seed 0.
    /// @throws ShapeException if the network does not take such rows
    default Model model(Dataset data) {
        int outputs =
                data.isLabeled() ? data.classNames().size() : data.targetShape().size();
        return model(data.inputs().stream().map(RowSource::inputShape).toList(), outputs);
    }

    /// Requires an image of a minimum size.
    /// @param who the network, for the message
    /// @param smallest the minimum height and width in pixels
    /// @throws ShapeException for another shape, or a smaller image
    static void requireImage(String who, Shape input, int smallest) {
        boolean image = input.rank() == 3;
        if (image && input.extent(1) >= smallest && input.extent(2) >= smallest) return;
        throw new ShapeException(
                who,
                "expects images [channels × height × width] of at least " + smallest + "×" + smallest + ", got "
                        + input,
                image ? "" : "Use dense layers for rows of features");
    }

    /// Requires one of the depths that a network is defined for.
    /// @throws ConfigException for another depth
    static void requireDepth(String who, int depth, List<Integer> known) {
        if (known.contains(depth)) return;
        String depths = String.join(", ", known.stream().map(Object::toString).toList());
        throw new ConfigException(who, "expects a depth of " + depths + ", got " + depth);
    }
}
