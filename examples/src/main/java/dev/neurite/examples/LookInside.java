package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.sgd;

import dev.neurite.datasets.Iris;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.PrintStream;

/// Changing and inspecting a network.
public final class LookInside {
    private LookInside() {}

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        var iris = Iris.load();
        // region change
        var model = Model.of(features(4), dense(8, RELU), dense(3, SOFTMAX)).initialize(7);
        model = model.with("dense1.bias", Tensor.of(Shape.of(8), 1, 1, 1, 1, 0, 0, 0, 0)); // numbers set by hand
        model = model.insert(1, dense(6, RELU)); // a layer more; where shapes still fit, the others keep their weights
        model = model.replace(1, dense(5, RELU)); // another layer in its place
        model = model.remove(1); //                 and without it
        out.println(model.summary());
        // endregion

        // region inspect
        var trainer = Trainer.of(model).optimizer(sgd(0.1));
        for (LayerView layer : trainer.inspectStep(iris.train().rows(0, 1)).layers()) {
            out.println(layer.name());
            out.println("  input  A_prev " + layer.input());
            out.println("  before z      " + layer.preActivation());
            out.println("  output A      " + layer.output());
            out.println("  delta  δ      " + layer.delta().orElseThrow());
            out.println("  dW = (1/N) δᵀ·A_prev " + layer.gradient("weight"));
            out.println("  db = (1/N) Σ δ       " + layer.gradient("bias"));
        }
        // endregion
    }
}
