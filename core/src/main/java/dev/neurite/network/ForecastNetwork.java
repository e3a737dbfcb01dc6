package dev.neurite.network;

import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.lastPosition;
import static dev.neurite.layer.Layers.relativeToLast;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Slice;
import dev.neurite.model.Graph;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// What the networks of [SeriesArchitecture] have in common.
final class ForecastNetwork {
    private ForecastNetwork() {}

    static void requireWindow(String who, Shape input) {
        if (input.rank() == 2) return;
        throw new ShapeException(
                who,
                "expects windows [steps × features], got " + input,
                input.rank() == 1 ? "Windows over a table come from --forecast, in the library SeriesWindows" : "");
    }

    /// A network whose last layer is a dense one, of what `features` makes of the window: relative to the last step
    /// if the columns are known and the output is not bent by an activation.
    static Graph ending(List<Integer> columns, int outputs, Activation end, UnaryOperator<Wire> features) {
        if (columns.isEmpty() || !end.equals(Activation.IDENTITY)) {
            return Graph.of(window -> features.apply(window).then(dense(outputs, end)));
        }
        var head = dense(outputs).withWeights(Initializers.zeros()).withoutBias();
        Graph change = Graph.of(window -> features.apply(window).then(head));
        return Graph.chain(relativeToLast(change, columns.toArray(Integer[]::new)));
    }

    /// What a linear model sees of a window: all steps of these columns, and the last step of the others.
    static Wire past(Wire window, Shape input, List<Integer> columns) {
        if (columns.size() == input.extent(1)) return window.then(flatten());
        List<Wire> parts = Stream.concat(
                        columns.stream()
                                .map(each -> window.then(new Slice(each, each + 1, 1))
                                        .then(flatten())),
                        Stream.of(window.then(lastPosition())))
                .toList();
        return parts.getFirst().join(concat(), parts.subList(1, parts.size()).toArray(Wire[]::new));
    }
}
