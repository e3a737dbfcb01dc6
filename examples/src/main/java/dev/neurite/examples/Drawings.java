package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.kernel.Padding.SAME;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.multiply;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.slice;
import static dev.neurite.layer.Layers.upsample;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.datasets.Iris;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.util.List;

/// Networks as graphs: residual connections, branches, a U-Net, several inputs, a layer used twice.
public final class Drawings {
    private Drawings() {}

    public static void main(String[] args) {
        run(System.out);
    }

    /// Residual connections.
    static Model residuals() {
        // region residual
        return Model.of(
                features(4),
                dense(16, RELU),
                residual(dense(16, RELU), dense(16)).withActivation(RELU), //       max(x + body(x), 0)
                residual(dense(8)).withShortcut(dense(8)), //                       another shape: a layer as shortcut
                dense(3, SOFTMAX));
        // endregion
    }

    /// Two branches, for sepals and petals.
    static Graph branches() {
        // region branches
        return Graph.of(x -> {
            var sepal = x.then(slice(0, 2), dense(8, RELU));
            var petal = x.then(slice(2, 4), dense(8, RELU));
            return sepal.join(concat(), petal).then(dense(3, SOFTMAX));
        });
        // endregion
    }

    /// A U-Net for images of 1×8×8: a contracting and an expanding path with skip connections.
    static Graph u() {
        // region u
        return Graph.of(x -> {
            var whole = x.then(conv2d(4, 3, RELU).withPadding(SAME)); //                        4×8×8
            var half = whole.then(maxPool2d(2), conv2d(8, 3, RELU).withPadding(SAME)); //       8×4×4
            var deep = half.then(maxPool2d(2), conv2d(16, 3, RELU).withPadding(SAME)); //       16×2×2
            var up = deep.then(upsample(2))
                    .join(concat(), half)
                    .then(conv2d(8, 3, RELU).withPadding(SAME));
            return up.then(upsample(2)).join(concat(), whole).then(conv2d(1, 1)); //            1×8×8
        });
        // endregion
    }

    /// A siamese network: two inputs, one shared encoder.
    static Graph twice() {
        // region twice
        var eye = named("eye", sequential(flatten(), dense(16, RELU)));
        return Graph.of((left, right) -> {
            var both = left.then(eye).join(multiply(), right.then(eye)); //         the same weights on both sides
            return both.then(dense(1, SIGMOID));
        });
        // endregion
    }

    static void run(PrintStream out) {
        var iris = Iris.load();
        for (Model model : List.of(residuals(), Model.of(List.of(features(4)), branches()))) {
            var run = Trainer.of(model).optimizer(adam(0.01)).epochs(40).fit(iris.train(), iris.test());
            out.println(model.graph() + " " + run.accuracy());
        }
        out.println(Model.of(List.of(image(1, 8, 8)), u()).summary());

        // region pair
        var same = Model.of(List.of(image(1, 8, 8), image(1, 8, 8)), twice());
        Tensor left = Tensor.zeros(Shape.of(5, 1, 8, 8)); //                         five pairs
        Tensor right = Tensor.zeros(Shape.of(5, 1, 8, 8));
        Tensor probability = same.predict(List.of(left, right)).getFirst();
        // endregion
        out.println("probabilities " + probability.shape());
    }
}
