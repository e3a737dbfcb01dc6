package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.*;
import static dev.neurite.layer.Layers.*;
import static dev.neurite.loss.Losses.*;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.check.GradientCheck;
import dev.neurite.data.Dataset;
import dev.neurite.loss.*;
import dev.neurite.model.*;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.List;
// endregion

/// A loss of your own and a built-in one, for a network with two outputs.
public final class OwnLoss {
    private OwnLoss() {}

    // region loss
    /// A squared error with three times the weight for predictions that are too low.
    public record Shortfall() implements PointwiseLoss {
        @Override
        public float value(float y, float t) {
            return (y < t ? 3 : 1) * (y - t) * (y - t);
        }

        @Override
        public float slope(float y, float t) {
            return (y < t ? 6 : 2) * (y - t);
        }
    }
    // endregion

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(java.io.PrintStream out) {
        float[][] x = new float[40][1];
        float[][] squares = new float[40][1];
        int[] signs = new int[40];
        float[] importance = new float[40];
        for (int i = 0; i < 40; i++) {
            x[i][0] = i / 20f - 0.975f;
            squares[i][0] = x[i][0] * x[i][0];
            signs[i] = x[i][0] > 0 ? 1 : 0;
            importance[i] = i < 30 ? 1 : 2;
        }
        // region check
        Tensor outputs = Tensor.of(new float[][] {{0.2f, 1.5f}, {-0.4f, 0.9f}});
        Tensor targets = Tensor.of(new float[][] {{0.7f, 1.1f}, {-0.1f, 0.3f}});
        GradientCheck.of(new Shortfall(), outputs, Targets.values(targets)).requirePassed();
        // endregion
        // region joint
        Graph graph = Graph.of(1, inputs -> {
            var hidden = inputs.getFirst().then(dense(12, TANH));
            return List.of(hidden.then(dense(2, SOFTMAX)), hidden.then(dense(1)));
        });
        Dataset data =
                Dataset.joint(Dataset.of(x, signs), Dataset.of(x, squares)).withWeights(importance);
        var run = Trainer.of(Model.of(List.of(features(1)), graph))
                .loss(joint(crossEntropy().withSmoothing(0.01), weighted(5, new Shortfall())))
                .optimizer(adam(0.02))
                .epochs(150)
                .fit(data);
        out.println("losses of the two outputs " + run.history().last().losses());
        // endregion
        out.println("accuracy of the signs " + run.history().last().accuracy().orElseThrow());
    }
}
