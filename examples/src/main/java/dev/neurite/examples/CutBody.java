package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.Digits;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.PrintStream;

/// The body of a trained network gives features for another task.
public final class CutBody {
    private CutBody() {}

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        DataSplit digits = Digits.load();
        Model trained = Trainer.of(Model.of(features(64), dense(64, RELU), dense(32, RELU), dense(10, SOFTMAX)))
                .optimizer(adam(0.01))
                .epochs(10)
                .fit(digits.train())
                .model();
        // region cut
        int last = trained.graph().applications().size() - 1;
        Model body = trained.remove(last); //             without its last layer; the others keep their weights
        Tensor vectors = body.predict(digits.train()); // [rows × 32]: a vector for each image
        // endregion
        out.println(vectors.shape());
        out.println(closest(vectors, digits.train()));
        // region head
        Dataset train = oddOrEven(vectors, digits.train());
        Dataset test = oddOrEven(body.predict(digits.test()), digits.test());
        Run run = Trainer.of(Model.of(features(32), dense(2, SOFTMAX)))
                .optimizer(adam(0.01))
                .epochs(20)
                .fit(train, test);
        // endregion
        out.println(run.accuracy());
    }

    private static Dataset oddOrEven(Tensor vectors, Dataset digits) {
        int[] parity = new int[digits.size()];
        for (int row = 0; row < parity.length; row++) parity[row] = digits.label(row) % 2;
        return Dataset.of(vectors.toRows(), parity);
    }

    private static String closest(Tensor vectors, Dataset digits) {
        // region closest
        float[][] all = vectors.toRows();
        int best = 1;
        for (int row = 2; row < all.length; row++) {
            if (cosine(all[0], all[row]) > cosine(all[0], all[best])) best = row;
        }
        // endregion
        return "a " + digits.label(0) + " is most like a " + digits.label(best);
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double squaresOfA = 0;
        double squaresOfB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresOfA += (double) a[i] * a[i];
            squaresOfB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresOfA * squaresOfB);
    }
}
