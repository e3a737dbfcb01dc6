package dev.neurite.benchmarks;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.data.Batch;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.model.ParameterView;
import dev.neurite.model.TensorView;
import dev.neurite.network.ResNet;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Probe;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.util.Arrays;
import java.util.Locale;

/// What a probe costs: the time of a step without a probe, with one that does not look, and with one that
/// makes statistics and a histogram of 30 intervals of all outputs, δ, values, gradients and updates. The
/// three take turns, so that what else runs on the machine affects all of them. Prints a table in
/// Markdown. To be run on a quiet machine.
public final class ProbeCost {
    private static final int ROUNDS = 15;
    private static final double SECONDS = 0.5; // of a turn

    private ProbeCost() {}

    /// Looks at everything at each step.
    private static final class Everything implements Probe {
        private long counted;

        private void look(TensorView view) {
            counted += view.histogram(30).total();
        }

        @Override
        public boolean looksAt(long step) {
            return true;
        }

        @Override
        public void output(Sample sample, String layer, TensorView output) {
            look(output);
        }

        @Override
        public void delta(Sample sample, String layer, TensorView delta) {
            look(delta);
        }

        @Override
        public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
            look(gradient);
        }

        @Override
        public void update(Sample sample, ParameterView parameter, TensorView update) {
            look(parameter.value());
            look(update);
        }
    }

    public static void main(String[] arguments) {
        System.out.println("| case | a step | a probe that does not look | a step at which one looks |");
        System.out.println("|---|---|---|---|");
        measure("mlp-s/b128", Model.of(features(784), dense(128, RELU), dense(10, SOFTMAX)), 128);
        measure("resnet20/b64", new ResNet(20).model(image(3, 32, 32), 10), 64);
    }

    private static Batch batch(Shape row, int rows) {
        var random = new KeyedRandom(1);
        float[] x = new float[rows * row.size()];
        for (int i = 0; i < x.length; i++) x[i] = (float) random.nextGaussian();
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) labels[i] = random.below(10);
        return new Batch(Tensor.view(row.forRows(rows), x, 0), Targets.labels(labels));
    }

    private static void measure(String name, Model model, int rows) {
        Batch batch = batch(model.network().inputs().getFirst(), rows);
        Trainer trainer = Trainer.of(model).optimizer(adam(1e-3));
        var everything = new Everything();
        try (var plain = trainer.begin(batch);
                var unseen = trainer.probe(_ -> false).begin(batch);
                var seen = trainer.probe(everything).begin(batch)) {
            TrainingSession[] sessions = {plain, unseen, seen};
            double[][] times = new double[sessions.length][ROUNDS];
            for (int round = -3; round < ROUNDS; round++) { // the first rounds are for the compiler
                for (int i = 0; i < sessions.length; i++) {
                    double time = turn(sessions[i], batch);
                    if (round >= 0) times[i][round] = time;
                }
            }
            double step = median(times[0]);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.3f ms | %+.1f %% | %.3f ms more |%n",
                    name,
                    step,
                    100 * (median(times[1]) / step - 1),
                    median(times[2]) - step);
        }
        if (everything.counted == 0) throw new IllegalStateException("nothing was seen");
    }

    /// The time of a step in milliseconds, the mean over a turn.
    private static double turn(TrainingSession session, Batch batch) {
        long start = System.nanoTime();
        int steps = 0;
        double seconds;
        do {
            session.step(batch);
            steps++;
            seconds = (System.nanoTime() - start) * 1e-9;
        } while (seconds < SECONDS);
        return 1e3 * seconds / steps;
    }

    private static double median(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
