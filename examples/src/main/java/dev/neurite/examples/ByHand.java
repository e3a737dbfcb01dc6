package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.sgd;

import dev.neurite.data.Dataset;
import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.util.Locale;

/// One training step of a network 2 → 2 ReLU → 2 softmax with given weights and biases on two rows,
/// printed with each formula. The numbers are those of the actual step.
public final class ByHand {
    private static final double RATE = 0.1;

    private ByHand() {}

    /// The network with given parameters. A weight is [out×in].
    public static Model model() {
        return Model.of(features(2), dense(2, RELU), dense(2, SOFTMAX))
                .with("dense1.weight", Tensor.of(new float[][] {{0.5f, -0.25f}, {-1, 0.75f}}))
                .with("dense1.bias", Tensor.of(Shape.of(2), 0.25f, 0.5f))
                .with("dense2.weight", Tensor.of(new float[][] {{1, -0.5f}, {-0.75f, 0.5f}}))
                .with("dense2.bias", Tensor.of(Shape.of(2), 0, 0.25f));
    }

    /// Two rows: (1, 2) of class 0 and (3, −1) of class 1.
    public static Dataset rows() {
        return Dataset.of(new float[][] {{1, 2}, {3, -1}}, new int[] {0, 1});
    }

    /// The training: one step of gradient descent with learning rate α = 0.1 on both rows.
    public static Trainer trainer() {
        return Trainer.of(model())
                .loss(crossEntropy())
                .optimizer(sgd(RATE))
                .batchSize(2)
                .epochs(1)
                .shuffle(false)
                .threads(1);
    }

    /// Prints the step.
    public static void run(PrintStream out) {
        Inspection step = trainer().inspectStep(rows());
        LayerView first = step.layer("dense1");
        LayerView second = step.layer("dense2");
        Parameters before = model().parameters();
        Parameters after = trainer().fit(rows()).model().parameters();
        out.println("2 inputs, 2 ReLU units, 2 softmax outputs; two rows (N = 2), a row of numbers each below.\n");

        out.println("FORWARD   Z = A_prev·Wᵀ + b   A = g(Z)");
        print(out, "X", first.input());
        print(out, "W1", before.get("dense1.weight"));
        print(out, "b1", before.get("dense1.bias"));
        print(out, "Z1 = X·W1ᵀ + b1", first.preActivation());
        print(out, "A1 = max(Z1, 0)", first.output());
        print(out, "W2", before.get("dense2.weight"));
        print(out, "b2", before.get("dense2.bias"));
        print(out, "Z2 = A1·W2ᵀ + b2", second.preActivation());
        print(out, "ŷ = softmax(Z2)", second.output());
        out.println();

        out.println("BACKWARD  the right answers are class 0 and class 1: y = (1 0), (0 1)");
        print(out, "δ2 = ŷ − y", second.delta().orElseThrow());
        print(out, "dW2 = (1/N) δ2·A1ᵀ", second.gradient("weight"));
        print(out, "db2 = (1/N) Σ δ2", second.gradient("bias"));
        print(out, "δ1 = (W2ᵀ·δ2) ∘ g′(Z1)", first.delta().orElseThrow());
        print(out, "dW1 = (1/N) δ1·Xᵀ", first.gradient("weight"));
        print(out, "db1 = (1/N) Σ δ1", first.gradient("bias"));
        out.println("The second unit is off for the second row (Z1 < 0, g′ = 0) and learns nothing from it.\n");

        out.println("UPDATE    W := W − α·dW   b := b − α·db   α = " + RATE);
        print(out, "W1", after.get("dense1.weight"));
        print(out, "b1", after.get("dense1.bias"));
        print(out, "W2", after.get("dense2.weight"));
        print(out, "b2", after.get("dense2.bias"));
    }

    private static void print(PrintStream out, String name, Tensor tensor) {
        var text = new StringBuilder(String.format(Locale.ROOT, "  %-24s", name));
        Tensor rows = tensor.shape().rank() == 1 ? tensor.reshape(tensor.shape().forRows(1)) : tensor;
        for (float[] row : rows.toRows()) {
            text.append(" (");
            for (float value : row) text.append(String.format(Locale.ROOT, " %9.6f", value));
            text.append(" )");
        }
        out.println(text);
    }
}
