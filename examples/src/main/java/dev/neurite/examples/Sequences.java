package dev.neurite.examples;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.lstm;

import dev.neurite.data.Dataset;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.optim.Adam;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.PrintStream;

/// Sequences of tokens: of several lengths in a batch, and a GRU that learns which token came first.
public final class Sequences {
    private static final int LENGTH = 12;
    private static final int KINDS = 4;

    private Sequences() {}

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        padded(out);
        Dataset rows = rows(2000, 1);
        Model model = Model.of(Shape.of(LENGTH), embedding(KINDS, 8), gru(32), dense(KINDS, SOFTMAX));
        var run = Trainer.of(model).optimizer(new Adam(0.01)).epochs(12).fit(rows, rows(500, 2));
        out.println(run.validation().accuracy());
    }

    private static void padded(PrintStream out) {
        // region padded
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(100, 16), bidirectional(lstm(8)), dense(3, SOFTMAX));
        Tensor ids = Tensor.of(new float[][] {{4, 17, 9, 2}, {31, 5, 0, 0}}); // 0 is only padding here
        Tensor answers = model.predict(ids.withLengths(4, 2));
        // endregion
        Tensor alone = model.predict(Tensor.of(new float[][] {{31, 5}}));
        out.println(answers.rows(1, 2).equals(alone));
    }

    /// Random tokens; the label is the first.
    private static Dataset rows(int count, long seed) {
        var random = new KeyedRandom(seed);
        float[] ids = new float[count * LENGTH];
        for (int i = 0; i < ids.length; i++) ids[i] = random.below(KINDS);
        int[] labels = new int[count];
        for (int row = 0; row < count; row++) labels[row] = (int) ids[row * LENGTH];
        return Dataset.of(Tensor.of(Shape.of(count, LENGTH), ids), labels);
    }
}
