package dev.neurite.check;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Targets;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/// Gradient check: compares the gradients of a node's backward pass, or of a loss, with central differences of
/// what its forward pass gives.
///
/// <!-- Snippets#check -->
/// ```java
/// GradientCheck.of(dense(3, RELU), features(4)).requirePassed(); //   a layer
/// Tensor outputs = Tensor.of(new float[][] {{0.2f, 1.5f}});
/// Targets targets = Targets.values(Tensor.of(new float[][] {{0.7f, 1.1f}}));
/// GradientCheck.of(huber(1), outputs, targets).requirePassed(); //    a loss
/// ```
///
/// The checked function is the sum of the outputs, weighted by fixed random numbers, in double
/// precision. Each element of inputs and parameters is changed by ±h (h = 0.005, float32), and where the slopes
/// to the left and to the right differ also by ±h/2, which gives a better difference (Richardson's
/// extrapolation). A tensor passes if ‖a − n‖ / max(‖a‖, ‖n‖) ≤ 0.001 for its analytic gradient a and numeric
/// gradient n.
///
/// Elements with a kink within ±h, as of a ReLU at 0 or of a maximum whose place changes, are left out; at
/// least half must remain. A smooth function is known by its slopes: they differ half as much for h/2, and the
/// central differences agree. At a kink one of both fails, wherever in ±h it is. All buffers are filled with
/// NaN first, so a backward pass that does not write its whole target fails.
public final class GradientCheck {
    /// The largest relative error that passes.
    public static final double TOLERANCE = 1e-3;

    private static final double H = 5e-3;
    private static final double NOISE = 4e-3; // slopes that differ less are of no kink that counts, or of rounding
    private static final double CURVED = 0.25; // the part of the slopes' difference by which smooth functions may err

    private final Network network;
    private final Mode mode;
    private final float[] theta;
    private final float[] gradient;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> weights = new ArrayList<>();
    private final Executor executor;

    private GradientCheck(Node node, List<Shape> shapes, int rows, Mode mode, long seed) {
        this.network = new Network(node, shapes);
        this.mode = mode;
        this.theta = new float[network.size()];
        this.gradient = new float[network.size()];
        var random = new KeyedRandom(seed);
        fill(theta, random);
        for (Shape shape : shapes) inputs.add(drawn(shape.forRows(rows), random));
        for (Shape shape : network.outputs()) weights.add(drawn(shape.forRows(rows), random));
        this.executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.wantInputGradients(true);
    }

    private static void fill(float[] array, KeyedRandom random) {
        for (int i = 0; i < array.length; i++) array[i] = (float) random.nextGaussian();
    }

    private static Tensor drawn(Shape shape, KeyedRandom random) {
        Tensor tensor = Tensor.zeros(shape);
        fill(tensor.array(), random);
        return tensor;
    }

    /// Checks a node with one input.
    /// @param input the shape of one row
    public static Report of(Node node, Shape input) {
        return of(node, List.of(input), 3, Mode.TRAIN, 1);
    }

    /// Checks a node.
    /// @param inputs the shape of one row of each input
    /// @param rows the number of rows in the batch
    /// @param mode train or predict
    /// @param seed of the random inputs, parameters and output weights
    public static Report of(Node node, List<Shape> inputs, int rows, Mode mode, long seed) {
        return new GradientCheck(node, inputs, rows, mode, seed).run();
    }

    /// Checks the gradient of a loss: δ beside central differences of the sum of the rows' losses.
    /// @param outputs what the loss takes, `[rows × …]`: of a loss that [Loss#wantsLogits] logits, else what
    /// the network gives, such as probabilities that are above 0
    /// @param targets a target for each row
    public static Report of(Loss loss, Tensor outputs, Targets targets) {
        Tensor y = outputs.copy();
        Network echo = new Network(
                Layers.activation(Activation.IDENTITY), List.of(y.shape().row()));
        Executor executor = echo.executor(Kernels.shared(), new float[0], new float[0]);
        executor.fillBuffersWithNaN();
        Tensor losses = Tensor.zeros(Shape.of(y.rows()));
        Tensor delta = y.copy();
        DoubleSupplier value = () -> {
            Tensor output = executor.forward(Mode.TRAIN, List.of(y)).getFirst();
            Kernels.shared().fill(Float.NaN, losses);
            Kernels.shared().fill(Float.NaN, delta);
            loss.compute(Activation.IDENTITY, output, targets, losses, delta, executor.pass());
            return losses.sum();
        };
        var _ = value.getAsDouble(); // computes delta
        return new Report(List.of(compare("output", y.array(), 0, delta.toArray(), value)));
    }

    private Report run() {
        executor.forward(mode, inputs);
        for (int i = 0; i < weights.size(); i++) {
            Tensor target = executor.outputGradient(i);
            System.arraycopy(weights.get(i).array(), 0, target.array(), target.offset(), target.size());
        }
        executor.backward();
        float[] analytic = gradient.clone();
        List<Tensor> inputGradients = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++)
            inputGradients.add(executor.inputGradient(i).copy());

        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            entries.add(compare(
                    "input " + i,
                    inputs.get(i).array(),
                    0,
                    inputGradients.get(i).array(),
                    this::value));
        }
        for (Parameter part : network.trained()) {
            float[] own = Tensor.view(part.shape(), analytic, part.offset()).toArray();
            entries.add(compare(part.name(), theta, part.offset(), own, this::value));
        }
        return new Report(entries);
    }

    private double value() {
        List<Tensor> outputs = executor.forward(mode, inputs);
        double sum = 0;
        for (int i = 0; i < outputs.size(); i++) {
            float[] y = outputs.get(i).toArray();
            for (int j = 0; j < y.length; j++)
                sum += (double) y[j] * weights.get(i).array()[j];
        }
        return sum;
    }

    /// @param value the checked function of the array
    private static Entry compare(String name, float[] array, int from, float[] analytic, DoubleSupplier value) {
        double here = value.getAsDouble();
        double difference = 0;
        double analyticNorm = 0;
        double numericNorm = 0;
        int kinks = 0;
        for (int i = 0; i < analytic.length; i++) {
            float x = array[from + i];
            float right = x + (float) H;
            float left = x - (float) H;
            array[from + i] = right;
            double above = value.getAsDouble();
            array[from + i] = left;
            double below = value.getAsDouble();
            array[from + i] = x;
            double numeric = (above - below) / ((double) right - left);
            double slopeRight = (above - here) / ((double) right - x);
            double slopeLeft = (here - below) / ((double) x - left);
            double bend = slopeRight - slopeLeft;
            double noise = NOISE * Math.max(1, Math.max(Math.abs(slopeRight), Math.abs(slopeLeft)));
            if (Math.abs(bend) > noise) {
                float halfRight = x + (float) (H / 2);
                float halfLeft = x - (float) (H / 2);
                array[from + i] = halfRight;
                above = value.getAsDouble();
                array[from + i] = halfLeft;
                below = value.getAsDouble();
                array[from + i] = x;
                double halfBend = (above - here) / ((double) halfRight - x) - (here - below) / ((double) x - halfLeft);
                double half = (above - below) / ((double) halfRight - halfLeft);
                double off = Math.max(Math.abs(bend - 2 * halfBend), 2 * Math.abs(numeric - half));
                if (off > Math.max(noise, CURVED * Math.abs(bend))) {
                    kinks++;
                    continue;
                }
                numeric = (4 * half - numeric) / 3;
            }
            difference += (analytic[i] - numeric) * (analytic[i] - numeric);
            analyticNorm += (double) analytic[i] * analytic[i];
            numericNorm += numeric * numeric;
        }
        double norm = Math.sqrt(Math.max(analyticNorm, numericNorm));
        double error = difference == 0 ? 0 : Math.sqrt(difference) / norm;
        return new Entry(name, analytic.length, kinks, error);
    }

    /// The result for one tensor.
    /// @param name the parameter's name, or `input 0` …; of a loss `output`
    /// @param elements its number of elements
    /// @param kinks the number of elements left out, at a kink
    /// @param error ‖a − n‖ / max(‖a‖, ‖n‖) over the others; NaN if a gradient is NaN
    public record Entry(String name, int elements, int kinks, double error) {
        public boolean passed() {
            return error <= TOLERANCE && 2 * kinks <= elements;
        }
    }

    /// The result for all tensors.
    /// @param entries the inputs, then the parameters
    public record Report(List<Entry> entries) {
        /// Whether all gradients pass.
        public boolean passed() {
            return entries.stream().allMatch(Entry::passed);
        }

        /// Requires that all gradients pass.
        /// @throws ConfigException with the results if one does not
        public void requirePassed() {
            if (!passed())
                throw new ConfigException("gradient check", "expects errors up to " + TOLERANCE + ", got " + this);
        }

        /// A line for each tensor.
        @Override
        public String toString() {
            return entries.stream()
                    .map(entry -> String.format(
                            Locale.ROOT,
                            "%s: error %.2e, %d of %d elements at a kink%s",
                            entry.name(),
                            entry.error(),
                            entry.kinks(),
                            entry.elements(),
                            entry.passed() ? "" : " (failed)"))
                    .collect(Collectors.joining("; "));
        }
    }
}
