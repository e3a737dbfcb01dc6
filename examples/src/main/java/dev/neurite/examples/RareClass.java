package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataParts;
import dev.neurite.data.Dataset;
import dev.neurite.io.ModelFile;
import dev.neurite.metric.Collector;
import dev.neurite.metric.OperatingPoint;
import dev.neurite.model.Model;
import dev.neurite.signature.Threshold;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Two classes, of which one is rare: weights, and a threshold.
public final class RareClass {
    private static final int LEAVES = 1;

    private RareClass() {}

    /// Runs the example.
    public static void main(String[] args) throws IOException {
        Path file = Files.createTempFile("churn", ".safetensors");
        run(System.out, file);
        Files.delete(file);
    }

    static void run(PrintStream out, Path file) {
        DataParts customers = DataParts.of(customers(), 0.2, 0.2, 1);
        Model model = Model.of(features(2), dense(16, RELU), dense(2, SOFTMAX));
        // region weights
        Run weighted = Trainer.of(model)
                .loss(crossEntropy().withClassWeights(1, 9)) //      a row of the rare class counts nine times
                .optimizer(adam(0.01))
                .epochs(20)
                .fit(customers.train(), customers.watched());
        // endregion
        out.printf(Locale.ROOT, "recall with weights %.2f%n", recall(weighted, customers.watched(), 0.5));

        Run run = Trainer.of(model).optimizer(adam(0.01)).epochs(20).fit(customers.train(), customers.watched());
        out.printf(Locale.ROOT, "recall without %.2f%n", recall(run, customers.watched(), 0.5));
        // region threshold
        var all = new Collector(); //                                keeps the predictions of an evaluation
        Evaluation.of(run.model(), customers.watched(), crossEntropy(), all);
        OperatingPoint point = OperatingPoint.ofRecall(all.predictions(), LEAVES, 0.8)
                .orElseThrow(); //                                   finds 80 % of those who leave …
        out.printf(Locale.ROOT, "precision %.2f%n", point.precision().orElseThrow()); // … at this price
        ModelFile.save(run, file);
        ModelFile.save(new Threshold("leaves", point.threshold(), "recall 0.8"), file); // Predictor decides by it
        // endregion
        out.printf(Locale.ROOT, "recall with threshold %.2f%n", point.recall().orElseThrow());
    }

    private static double recall(Run run, Dataset rows, double threshold) {
        var all = new Collector();
        Evaluation.of(run.model(), rows, crossEntropy(), all);
        return OperatingPoint.at(all.predictions(), LEAVES, threshold).recall().orElseThrow();
    }

    /// A tenth of 2,000 made-up customers leaves; who they are can only be guessed.
    private static Dataset customers() {
        var random = new Random(5);
        float[][] inputs = new float[2000][2];
        int[] labels = new int[inputs.length];
        for (int row = 0; row < inputs.length; row++) {
            labels[row] = row % 10 == 0 ? LEAVES : 0;
            for (int i = 0; i < 2; i++) inputs[row][i] = (float) (random.nextGaussian() + 1.2 * labels[row]);
        }
        return Dataset.of(inputs, labels, List.of("stays", "leaves"));
    }
}
