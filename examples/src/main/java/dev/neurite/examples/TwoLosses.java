package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.loss.Losses.meanSquaredError;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.datasets.Wine;
import dev.neurite.loss.Targets;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Learner;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/// A network with two outputs and two losses, and a third loss term with a gradient of your own.
public final class TwoLosses {
    private TwoLosses() {}

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        Dataset wine = Wine.load().train();
        var statistics = FeatureStatistics.of(wine);
        // region losses
        // One body with two heads: which wine it is, and its features again out of 4 numbers.
        Model model = Model.of(List.of(features(13)), Graph.of(1, in -> {
            var scaled = in.getFirst().then(statistics.standardize());
            var code = scaled.then(dense(16, RELU), dense(4));
            return List.of(code.then(dense(3)), code.then(dense(16, RELU), dense(13)), scaled, code);
        }));
        var batches = new Batches(wine, 32);
        try (Learner learner = Trainer.of(model).optimizer(adam(5e-3)).learner()) {
            for (int epoch = 1; epoch <= 40; epoch++) {
                double first = 0;
                double second = 0;
                batches.shuffle(1, epoch);
                for (Batch batch : batches) {
                    List<Tensor> outputs = learner.forward(batch.inputs());
                    Targets features = Targets.values(outputs.get(2));
                    first += learner.addLoss(0, crossEntropy(), batch.targets(), 1);
                    second += learner.addLoss(1, meanSquaredError(), features, 0.5);
                    learner.addGradient(3, ofSparsity(outputs.get(3))); // a loss of one's own
                    learner.backward();
                    learner.step();
                }
                if (epoch % 20 == 0) print(out, epoch, first / batches.count(), second / batches.count());
            }
        }
        // endregion
    }

    // region own
    /// The gradient of 0.01 · (1/N) Σ |code|, a sparsity penalty.
    private static Tensor ofSparsity(Tensor code) {
        float[] gradient = code.toArray();
        for (int i = 0; i < gradient.length; i++) gradient[i] = 0.01f * Math.signum(gradient[i]) / code.rows();
        return Tensor.of(code.shape(), gradient);
    }
    // endregion

    private static void print(PrintStream out, int epoch, double first, double second) {
        out.printf(Locale.ROOT, "epoch %d: cross-entropy %.3f, reconstruction %.3f%n", epoch, first, second);
    }
}
