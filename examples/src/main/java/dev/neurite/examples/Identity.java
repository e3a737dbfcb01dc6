package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.sgd;

import dev.neurite.data.Dataset;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.util.Locale;

/// The identity function, learned by a network 4 → 4 ReLU → 4 softmax.
public final class Identity {
    private static final float[][] ONE_HOT = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};

    private Identity() {}

    /// The network before training.
    public static Model untrained() {
        // region network
        return Model.of(features(4), dense(4, RELU), dense(4, SOFTMAX)).initialize(0);
        // endregion
    }

    /// The network after 1,000 steps of gradient descent with learning rate 0.5, each on all four rows.
    public static Model trained() {
        // region training
        Dataset identity = Dataset.of(ONE_HOT, ONE_HOT);
        return Trainer.of(untrained())
                .loss(crossEntropy())
                .optimizer(sgd(0.5))
                .batchSize(4)
                .epochs(1000)
                .threads(1)
                .fit(identity)
                .model();
        // endregion
    }

    /// Prints inputs and outputs before and after training.
    public static void run(PrintStream out) {
        out.println("A network of 4 inputs, 4 ReLU units and 4 softmax outputs learns the identity function.");
        out.println("Seed 0, gradient descent with learning rate 0.5, 1,000 steps, each on all four rows.\n");
        out.println("before training");
        print(untrained(), out);
        out.println("\nafter training");
        Model model = trained();
        print(model, out);
        out.println(String.format(
                Locale.ROOT, "\nThe least number on the diagonal is %.4f: it repeats its input.", leastRight(model)));
    }

    private static void print(Model model, PrintStream out) {
        float[][] outputs = model.predict(Tensor.of(ONE_HOT)).toRows();
        for (int i = 0; i < ONE_HOT.length; i++) {
            out.println("  input " + numbers("%.0f", ONE_HOT[i]) + "   output " + numbers("%.4f", outputs[i]));
        }
    }

    private static String numbers(String format, float[] row) {
        var text = new StringBuilder();
        for (float value : row) text.append(' ').append(String.format(Locale.ROOT, format, value));
        return text.toString();
    }

    /// The smallest probability of a true class.
    public static float leastRight(Model model) {
        float[][] outputs = model.predict(Tensor.of(ONE_HOT)).toRows();
        float least = 1;
        for (int i = 0; i < outputs.length; i++) least = Math.min(least, outputs[i][i]);
        return least;
    }
}
