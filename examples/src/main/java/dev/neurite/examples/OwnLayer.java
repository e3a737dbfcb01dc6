package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.*;

import dev.neurite.check.GradientCheck;
import dev.neurite.datasets.Iris;
import dev.neurite.io.*;
import dev.neurite.layer.Initializers;
import dev.neurite.model.*;
import dev.neurite.tensor.*;
import dev.neurite.train.Trainer;
// endregion

/// A layer of your own, with a gradient check, in a trained network.
public final class OwnLayer {
    private OwnLayer() {}

    // region layer
    /// Multiplies each feature by a weight: y = x ∘ w.
    public record FeatureWeights() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            declare.parameter("weight", in, Role.SCALE, Initializers.constant(1));
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            var kernels = pass.kernels();
            Tensor w = pass.parameter("weight");
            Tensor y = pass.output();
            kernels.scaleColumns(x, w, y); //                                      y = x ∘ w
            return pass.backward(x, y, (dy, dx) -> {
                if (pass.wants(x)) kernels.scaleColumns(dy, w, dx); //             dx = dy ∘ w
                if (pass.wants("weight")) {
                    kernels.multiply(dy, x, dy); //                                a lambda may overwrite dy
                    kernels.columnSums(dy, pass.gradient("weight")); //            dw = Σ dy ∘ x
                }
            });
        }
    }
    // endregion

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out, java.nio.file.Path.of("own-layer.safetensors"));
    }

    static void run(java.io.PrintStream out, java.nio.file.Path file) {
        // region check
        var report = GradientCheck.of(new FeatureWeights(), features(4));
        out.println(report);
        report.requirePassed();
        // endregion
        var iris = Iris.load();
        var model = Model.of(iris.train(), new FeatureWeights(), dense(16, RELU));
        var run = Trainer.of(model).epochs(20).fit(iris.train(), iris.test());
        Model trained = run.model();
        out.println("weights of the features: " + trained.parameters().get("featureWeights1.weight"));
        // region save
        Catalog catalog = Catalog.standard().with("feature-weights", FeatureWeights.class);
        ModelFile.of(run).write(file, catalog);
        Model loaded = ModelFile.read(file, catalog).model();
        // endregion
        out.println("loaded equal " + loaded.equals(trained));
    }
}
