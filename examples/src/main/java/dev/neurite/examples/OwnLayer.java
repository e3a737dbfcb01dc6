package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;

import dev.neurite.check.GradientCheck;
import dev.neurite.datasets.Iris;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
            Kernels kernels = pass.kernels();
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
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        // region check
        GradientCheck.Report report = GradientCheck.of(new FeatureWeights(), features(4));
        out.println(report);
        report.requirePassed();
        // endregion
        var iris = Iris.load();
        var model = Model.of(features(4), new FeatureWeights(), dense(16, RELU), dense(3, SOFTMAX));
        Run run = Trainer.of(model).epochs(20).fit(iris.train(), iris.test());
        Model trained = run.model();
        out.println("weights of the features: " + trained.parameters().get("featureWeights1.weight"));
        Path file = Files.createTempFile("own-layer", ".safetensors");
        try {
            // region save
            Catalog catalog = Catalog.standard().with("feature-weights", FeatureWeights.class);
            ModelFile.of(run).write(file, catalog);
            Model loaded = ModelFile.read(file, catalog).model();
            // endregion
            out.println("loaded equal " + loaded.equals(trained));
        } finally {
            Files.delete(file);
        }
    }
}
