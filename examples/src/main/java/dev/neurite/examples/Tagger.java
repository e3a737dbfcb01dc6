package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.*;
import static dev.neurite.layer.Layers.*;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.*;
import dev.neurite.tensor.*;
import dev.neurite.train.*;
import java.util.List;
// endregion

/// Training on sequences of different lengths: a label for each token, and two inputs, one of them a sequence.
public final class Tagger {
    private static final int UNKNOWN = -100;
    private static final int TOKENS = 6;

    private Tagger() {}

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(java.io.PrintStream out) {
        var texts = new Texts(600, 1);
        tag(texts, new Texts(200, 2), out);
        twoInputs(texts, out);
    }

    private static void tag(Texts texts, Texts others, java.io.PrintStream out) {
        int[][] ids = texts.ids;
        int[][] labels = texts.labels;
        Dataset validation =
                Dataset.of(Sequences.ofTokens(others.ids), others.labels, List.of("new", "again"), UNKNOWN);
        // region tag
        Dataset train = Dataset.of(Sequences.ofTokens(ids), labels, List.of("new", "again"), UNKNOWN);
        Model model = Model.of(train, embedding(6, 8), gru(32).withSequences()); // and a dense layer for the labels
        Run run = Trainer.of(model)
                .loss(crossEntropy().ignoring(UNKNOWN))
                .optimizer(adam(0.01))
                .groupByLength(10) // similar lengths in a batch: less padding
                .epochs(10)
                .fit(train, validation);
        // endregion
        out.println(run.accuracy());
        Tensor tags = run.model().predict(Sequences.ofTokens(new int[] {3, 1, 3}, new int[] {2}));
        out.println(tags.shape() + " " + tags.lengths());
    }

    private static void twoInputs(Texts texts, java.io.PrintStream out) {
        int[][] ids = texts.ids;
        Dataset table = Dataset.of(texts.table, texts.kinds);
        // region joint
        Dataset both = Dataset.of(RowSource.joint(Sequences.ofTokens(ids), table), table); // targets of the table
        Graph graph = Graph.of(2, in -> {
            var text = in.get(0).then(embedding(6, 8), gru(16));
            return List.of(text.join(concat(), in.get(1).then(dense(8, RELU))).then(dense(2, SOFTMAX)));
        });
        Model model = Model.of(List.of(Shape.of(Shape.OPEN), Shape.of(2)), graph);
        Run run = Trainer.of(model).optimizer(adam(0.01)).epochs(10).fit(both);
        // endregion
        out.println(run.history().last().accuracy().orElseThrow());
    }

    /// Random tokens, with a label for each: whether it occurred before. The first has none.
    private static final class Texts {
        private final int[][] ids;
        private final int[][] labels;
        private final float[][] table;
        private final int[] kinds; // whether the text begins with a low token and the first number is positive

        Texts(int count, long seed) {
            var random = new KeyedRandom(seed);
            ids = new int[count][];
            labels = new int[count][];
            table = new float[count][2];
            kinds = new int[count];
            for (int row = 0; row < count; row++) {
                ids[row] = new int[1 + random.below(15)];
                labels[row] = new int[ids[row].length];
                boolean[] seen = new boolean[TOKENS];
                for (int t = 0; t < ids[row].length; t++) {
                    int id = random.below(TOKENS);
                    ids[row][t] = id;
                    labels[row][t] = t == 0 ? UNKNOWN : seen[id] ? 1 : 0;
                    seen[id] = true;
                }
                table[row] = new float[] {(float) random.nextGaussian(), (float) random.nextGaussian()};
                kinds[row] = ids[row][0] < TOKENS / 2 && table[row][0] > 0 ? 1 : 0;
            }
        }
    }
}
