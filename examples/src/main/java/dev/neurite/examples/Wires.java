package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;

import dev.neurite.datasets.Iris;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.util.List;

/// A network that is not a sequence: a residual connection around a layer.
public final class Wires {
    private Wires() {}

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        // region graph
        Graph graph = Graph.of(x -> {
            var h = x.then(dense(16, RELU));
            var sum = h.then(dense(16, RELU)).join(add(), h); // h + dense(h)
            return sum.then(dense(3, SOFTMAX));
        });
        Model model = Model.of(List.of(features(4)), graph);
        // endregion
        var iris = Iris.load();
        var run = Trainer.of(model).epochs(40).fit(iris.train(), iris.test());
        out.println(run.model().graph());
        out.println(run.validation().accuracy());
    }
}
