package dev.neurite.examples;

import static dev.neurite.loss.Losses.crossEntropy;
import static dev.neurite.optim.Optimizers.sgd;

import dev.neurite.data.Dataset;
import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.util.Locale;

/// The first step of the network that learns the identity mapping, on one row, with the numbers of each formula.
public final class IdentityStep {
    private IdentityStep() {}

    /// Runs the example.
    public static void main(String[] args) {
        run(System.out);
    }

    static void run(PrintStream out) {
        Model model = Identity.untrained();
        // region step
        float[][] x = {{1, 0, 0, 0}};
        Dataset row = Dataset.of(x, x); //                 the target is the input
        Trainer trainer = Trainer.of(model).optimizer(sgd(0.5)).epochs(1).threads(1);
        Inspection step = trainer.inspectStep(row); //     what the step will do
        Run run = trainer.fit(row); //                     does it
        // endregion
        LayerView first = step.layer("dense1");
        LayerView second = step.layer("dense2");
        Parameters before = model.parameters();
        Parameters after = run.model().parameters();
        out.println("FORWARD");
        print(out, "x", first.input());
        print(out, "W1", before.get("dense1.weight"));
        print(out, "b1", before.get("dense1.bias"));
        print(out, "z1 = W1·x + b1", first.preActivation());
        print(out, "a1 = max(z1, 0)", first.output());
        print(out, "W2", before.get("dense2.weight"));
        print(out, "b2", before.get("dense2.bias"));
        print(out, "z2 = W2·a1 + b2", second.preActivation());
        print(out, "ŷ = softmax(z2)", second.output());
        out.println("\nLOSS");
        out.printf(Locale.ROOT, "%-22s%8.4f%n", "L = −Σ y·ln ŷ", loss(model, row));
        out.println("\nBACKWARD");
        print(out, "δ2 = ŷ − y", second.delta().orElseThrow());
        print(out, "dW2 = δ2·a1ᵀ", second.gradient("weight"));
        print(out, "db2 = δ2", second.gradient("bias"));
        print(out, "δ1 = W2ᵀ·δ2 ∘ g′(z1)", first.delta().orElseThrow());
        print(out, "dW1 = δ1·xᵀ", first.gradient("weight"));
        print(out, "db1 = δ1", first.gradient("bias"));
        out.println("\nSTEP");
        print(out, "W1 − 0.5·dW1", after.get("dense1.weight"));
        print(out, "b1 − 0.5·db1", after.get("dense1.bias"));
        print(out, "W2 − 0.5·dW2", after.get("dense2.weight"));
        print(out, "b2 − 0.5·db2", after.get("dense2.bias"));
        out.printf(Locale.ROOT, "%-22s%8.4f%n", "L after the step", loss(run.model(), row));
    }

    private static double loss(Model model, Dataset row) {
        return Evaluation.of(model, row, crossEntropy()).loss();
    }

    private static void print(PrintStream out, String name, Tensor tensor) {
        Tensor matrix =
                tensor.shape().rank() == 1 ? tensor.reshape(tensor.shape().forRows(1)) : tensor;
        String start = name;
        for (float[] row : matrix.toRows()) {
            var text = new StringBuilder(String.format(Locale.ROOT, "%-22s", start));
            for (float value : row) text.append(String.format(Locale.ROOT, "%8.4f", value));
            out.println(text);
            start = "";
        }
    }
}
