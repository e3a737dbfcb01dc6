package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.*;
import static dev.neurite.loss.Losses.binaryCrossEntropy;
import static dev.neurite.optim.Averaging.ema;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.tensor.*;
import dev.neurite.train.*;
// endregion

/// A generative adversarial network (Goodfellow et al. 2014, arXiv:1406.2661): a generator turns noise
/// into points, a discriminator distinguishes them from points around a center, and both are trained in
/// turn.
public final class Adversaries {
    private static final int ROWS = 128;
    private static final int NOISE = 4;
    private static final double[] CENTER = {3, -1};
    private static final double[] DEVIATION = {0.5, 1};

    private Adversaries() {}

    public static void main(String[] args) {
        run(System.out);
    }

    static void run(java.io.PrintStream out) {
        print(out, "before", Model.of(features(NOISE), dense(16, TANH), dense(2)));
        print(out, "wanted", points(0));
        print(out, "after ", generator(1_000));
    }

    static Model generator(int steps) {
        // region gan
        Model maker = Model.of(features(NOISE), dense(16, TANH), dense(2));
        Model judge = Model.of(features(2), dense(32, TANH), dense(32, TANH), dense(1)); // logits
        Targets real = Targets.values(Tensor.filled(Shape.of(ROWS, 1), 1));
        Targets made = Targets.values(Tensor.filled(Shape.of(ROWS, 1), 0));
        Trainer slow =
                Trainer.of(maker).optimizer(adam(1e-3).withBetas(0.5, 0.99)).average(ema(0.99));
        Trainer fast = Trainer.of(judge).optimizer(adam(3e-3).withBetas(0.5, 0.99));
        try (Learner generator = slow.learner();
                Learner discriminator = fast.learner()) {
            for (int step = 1; step <= steps; step++) {
                Tensor points = generator.forward(noise(step));
                discriminator.forward(points(step)); //                 real points: target 1
                discriminator.addLoss(binaryCrossEntropy(), real);
                discriminator.backward();
                discriminator.forward(points); //                       generated points: target 0
                discriminator.addLoss(binaryCrossEntropy(), made);
                discriminator.backward();
                discriminator.step();

                discriminator.forward(points); //                       for the generator: target 1
                discriminator.addLoss(binaryCrossEntropy(), real);
                generator.addGradient(discriminator.backward());
                discriminator.forget();
                generator.backward();
                generator.step();
            }
            return generator.model();
        }
        // endregion
    }

    // region noise
    /// Numbers of a normal distribution, others in each step, the same in each run.
    private static Tensor noise(int step) {
        var random = new KeyedRandom(1, step);
        float[] values = new float[ROWS * NOISE];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        return Tensor.of(Shape.of(ROWS, NOISE), values);
    }
    // endregion

    private static Tensor points(int step) {
        var random = new KeyedRandom(2, step);
        float[] values = new float[ROWS * 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (CENTER[i % 2] + DEVIATION[i % 2] * random.nextGaussian());
        }
        return Tensor.of(Shape.of(ROWS, 2), values);
    }

    private static void print(java.io.PrintStream out, String what, Model maker) {
        float[] values = new float[50 * ROWS * NOISE];
        for (int i = 0; i < 50; i++) {
            System.arraycopy(noise(-1 - i).array(), 0, values, i * ROWS * NOISE, ROWS * NOISE);
        }
        print(out, what, maker.predict(Tensor.of(Shape.of(50 * ROWS, NOISE), values)));
    }

    /// Prints mean and standard deviation of each coordinate.
    private static void print(java.io.PrintStream out, String what, Tensor points) {
        double[] mean = new double[2];
        double[] squares = new double[2];
        for (float[] point : points.toRows()) {
            for (int j = 0; j < 2; j++) {
                mean[j] += point[j] / points.rows();
                squares[j] += (double) point[j] * point[j] / points.rows();
            }
        }
        out.printf(
                java.util.Locale.ROOT,
                "%s  mean %6.2f %6.2f   deviation %5.2f %5.2f%n",
                what,
                mean[0],
                mean[1],
                Math.sqrt(squares[0] - mean[0] * mean[0]),
                Math.sqrt(squares[1] - mean[1] * mean[1]));
    }
}
