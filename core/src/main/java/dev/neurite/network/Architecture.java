package dev.neurite.network;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.util.List;

/// A ready-made network for images: a record of settings, that draws itself for images of a shape and a number of
/// classes.
/// ```java
/// Model model = new ResNet(20).model(image(3, 32, 32), 10);
/// ```
/// What it draws is a graph like any: look at it, replace its head, train it.
public interface Architecture {
    /// The network.
    /// @param input the shape of a row: `[channels × height × width]`
    /// @param outputs how many numbers come out: classes
    /// @param end the activation of these
    /// @throws ShapeException for images that it is not made for, which its layers cannot take
    Graph graph(Shape input, int outputs, Activation end);

    /// A model that gives logits, with parameters initialized with seed 0.
    /// @param input the shape of a row: `[channels × height × width]`
    /// @throws ShapeException for images that it is not made for, which its layers cannot take
    default Model model(Shape input, int outputs) {
        return Model.of(List.of(input), graph(input, outputs, Activation.IDENTITY));
    }

    /// Refuses what is no image, or one that is too small.
    /// @param who what asks, for the message
    /// @param smallest how many pixels high and wide an image has to be at least
    /// @throws ShapeException if it is
    static void requireImage(String who, Shape input, int smallest) {
        boolean image = input.rank() == 3;
        if (image && input.extent(1) >= smallest && input.extent(2) >= smallest) return;
        throw new ShapeException(
                who,
                "expects images [channels × height × width] of at least " + smallest + "×" + smallest + ", got "
                        + input,
                image ? "" : "Rows of features are for dense layers");
    }

    /// Refuses a number of layers that a network does not come with.
    /// @throws ConfigException if it does not
    static void requireDepth(String who, int depth, List<Integer> known) {
        if (known.contains(depth)) return;
        String depths = String.join(", ", known.stream().map(Object::toString).toList());
        throw new ConfigException(who, "expects a depth of " + depths + ", got " + depth);
    }
}
