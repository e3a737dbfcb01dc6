package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.layer.Initializers.constant;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.sgd;

import dev.neurite.data.Dataset;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// Exclusive or, with a network 2 → 2 ReLU → 1 sigmoid: the smallest that can represent it, and one
/// that often fails to learn it.
public final class Xor {
    private static final int SEEDS = 200;
    private static final float[][] INPUTS = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    private static final int[] LABELS = {0, 1, 1, 0};

    /// The result of a training.
    /// @param seed the seed of the initial weights
    /// @param model the trained network
    /// @param accuracy the accuracy on the four rows
    /// @param loss the mean cross-entropy of the four rows
    /// @param deadUnit whether a hidden unit is 0 for all four rows, so that its gradient is 0 (a dead ReLU)
    public record Attempt(int seed, Model model, double accuracy, double loss, boolean deadUnit) {
        /// Whether all four predictions are correct with high probability.
        public boolean learned() {
            return accuracy == 1 && loss < 0.1;
        }
    }

    private Xor() {}

    /// Trains the network: 300 steps of gradient descent with learning rate 0.5 and momentum 0.9, each
    /// on all four rows. Hidden biases start at 0.1, so that no unit is dead at first.
    public static Attempt attempt(int seed) {
        Dataset data = Dataset.of(INPUTS, LABELS);
        Model model = Model.of(features(2), dense(2, RELU).withBiases(constant(0.1)), dense(1, SIGMOID))
                .initialize(seed);
        Model trained = Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(sgd(0.5).withMomentum(0.9))
                .batchSize(4)
                .epochs(300)
                .threads(1)
                .fit(data)
                .model();
        Evaluation result = Evaluation.of(trained, data, crossEntropy());
        return new Attempt(seed, trained, result.accuracy().orElse(0), result.loss(), hasDeadUnit(trained));
    }

    private static boolean hasDeadUnit(Model model) {
        float[][] hidden =
                model.inspect(Tensor.of(INPUTS)).layer("dense1").output().toRows();
        return IntStream.range(0, 2)
                .anyMatch(unit -> IntStream.range(0, hidden.length).allMatch(row -> hidden[row][unit] == 0));
    }

    /// Trains with 200 seeds and prints how many learned it and why the others did not.
    public static void run(PrintStream out) {
        out.println("Exclusive or with 2 ReLU units and 1 sigmoid output, " + SEEDS + " seeds:");
        out.println("300 steps of gradient descent with learning rate 0.5, momentum 0.9, each on all four rows.\n");
        List<Attempt> attempts =
                IntStream.range(0, SEEDS).parallel().mapToObj(Xor::attempt).toList();
        List<Attempt> failed = attempts.stream().filter(each -> !each.learned()).toList();
        int learned = SEEDS - failed.size();
        out.println(learned + " of " + SEEDS + " learned it.");
        attempts.stream().filter(Attempt::learned).findFirst().ifPresent(first -> print(first, out));

        long dead = count(failed, Attempt::deadUnit);
        out.println("\n" + failed.size() + " did not, because");
        out.println(dead + " have a dead unit: it has become 0 for all four rows. Its gradient is 0 from then on,");
        out.println("   and one unit alone cannot represent XOR: its output only rises, or only falls, along one"
                + " direction.");
        long stuck = failed.size() - dead;
        out.println(stuck + " have two working units in the wrong places: no small change makes the loss smaller.");
        out.println("\nTheir predictions instead, grouped by loss:");
        plateau(out, failed, 0, "½ to everything (ln 2)");
        plateau(out, failed, 1, "one row right, the others by their mean (¾·H(⅓))");
        plateau(out, failed, 2, "two rows right, ½ to the others (½·ln 2)");
        out.println("\nMore hidden units help: one of several is likely to be in a good place.");
    }

    private static long count(List<Attempt> attempts, Predicate<Attempt> which) {
        return attempts.stream().filter(which).count();
    }

    /// @param known the number of rows that the network distinguishes from the others
    private static void plateau(PrintStream out, List<Attempt> failed, int known, String what) {
        double ln2 = Math.log(2);
        double[] losses = {ln2, 0.75 * Math.log(3) - 0.5 * ln2, ln2 / 2};
        long count = count(failed, each -> Math.abs(each.loss() - losses[known]) < 0.03);
        out.println(String.format(Locale.ROOT, "  loss %.2f: %3d  %s", losses[known], count, what));
    }

    private static void print(Attempt attempt, PrintStream out) {
        float[][] outputs = attempt.model().predict(Tensor.of(INPUTS)).toRows();
        out.println("Seed " + attempt.seed() + ", for one:");
        for (int i = 0; i < INPUTS.length; i++) {
            out.println(String.format(
                    Locale.ROOT,
                    "  %.0f xor %.0f = %d   output %.4f",
                    INPUTS[i][0],
                    INPUTS[i][1],
                    LABELS[i],
                    outputs[i][0]));
        }
    }
}
