package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.*;

import dev.neurite.check.GradientCheck;
import dev.neurite.datasets.Iris;
import dev.neurite.io.*;
import dev.neurite.kernel.Noise;
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

    // region noise
    /// While training, sets whole rows to 0 at random: y = x / (1 − rate), or 0.
    public record RowDropout(double rate) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            if (pass.mode() == Mode.PREDICT) return x;
            Noise noise = pass.noise(); //                     the backward pass needs the same
            Tensor y = pass.output();
            drop(x, noise, y);
            return pass.backward(x, y, (dy, dx) -> {
                if (pass.wants(x)) drop(dy, noise, dx);
            });
        }

        private void drop(Tensor x, Noise noise, Tensor y) {
            int n = x.size() / x.rows();
            for (int row = 0; row < x.rows(); row++) {
                float uniform = (Noise.draw(noise.row(row), 0) >>> 8) * 0x1p-24f; // of 32 random bits, 0 to 1
                float factor = uniform < rate ? 0 : (float) (1 / (1 - rate));
                for (int i = row * n; i < (row + 1) * n; i++) {
                    y.array()[y.offset() + i] = factor * x.array()[x.offset() + i];
                }
            }
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
        GradientCheck.of(new RowDropout(0.5), features(4)).requirePassed();
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
        var deep = Model.of(iris.train(), dense(16, RELU), residual(dense(16, RELU), new RowDropout(0.2)));
        out.println("with rows left out "
                + Trainer.of(deep).epochs(100).fit(iris.train(), iris.test()).accuracy());
    }
}
