package dev.neurite.cli.bench;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.console.Version;
import dev.neurite.cli.run.RunEnvironment;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `neurite doctor`.
@Command(
        name = "doctor",
        description = "Show versions and hardware, and check that neurite computes correctly.",
        footer = {
            "",
            "The self-test trains a small network and compares every bit of the result with the expected one.",
            "",
            "Examples:",
            "  neurite doctor",
            "  neurite doctor --threads 4 --json"
        })
public final class DoctorCommand implements Callable<Integer> {
    /// The result of [#selfTest] on any machine, engine and number of threads (numerics versions 2 to
    /// 5, which differ only in convolutions).
    static final String GOLDEN = "e4b93fa88baa0ec188ec3d409dd2131308267fb628c464ee658bed8e16d85de3";

    private static final int BUG = 1;

    private final Context context;

    public DoctorCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        int threads = context.threads();
        String weights = selfTest(threads);
        boolean right = weights.equals(GOLDEN);
        Map<String, Object> facts = new LinkedHashMap<>(RunEnvironment.describe(threads));
        facts.put("vector_module", Kernels.vectorsPresent());
        facts.put("self_test", right ? "passed" : "failed");
        facts.put("self_test_weights", weights);
        if (context.json()) context.printJson(facts);
        else show(facts, right);
        return right ? 0 : BUG;
    }

    private void show(Map<String, Object> facts, boolean right) {
        line("neurite", Version.current());
        line("java", facts.get("java") + ", " + facts.get("vm") + ", " + facts.get("vendor"));
        line("system", facts.get("os") + ", " + facts.get("arch"));
        line("threads", facts.get("threads") + " of " + facts.get("processors") + " processors");
        line("heap", Text.format("up to %,d MB", Runtime.getRuntime().maxMemory() >> 20));
        line("kernels", RunEnvironment.engine());
        line(
                "vector API",
                Kernels.vectorsPresent()
                        ? "present"
                        : "missing, which is several times slower: start java with"
                                + " --add-modules jdk.incubator.vector, or use the script neurite, which does it");
        line(
                "self-test",
                right
                        ? "passed: a small training gives the expected bits"
                        : "FAILED: expects the weights " + GOLDEN + " of a small training, got "
                                + facts.get("self_test_weights") + ". Please report this");
    }

    private void line(String name, Object value) {
        context.print(Text.format("%-11s %s", name, value));
    }

    /// @throws IllegalStateException if the self-test fails
    static void requireSelfTest(int threads) {
        requireGolden(selfTest(threads));
    }

    static void requireGolden(String weights) {
        if (!weights.equals(GOLDEN)) {
            throw new IllegalStateException("self-test: expects the weights " + GOLDEN + ", got " + weights);
        }
    }

    /// Trains the network 390-40-70-250-3 for a few steps. It covers all paths of the matrix product:
    /// sums longer and layers wider than a block, matrices that must be packed, and rows and columns
    /// that do not fill a tile. The last batch is smaller.
    /// @return the SHA-256 of the weights, with a prediction in place of the last bias
    static String selfTest(int threads) {
        float[][] inputs = new float[120][390];
        int[] labels = new int[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            for (int j = 0; j < inputs[i].length; j++) inputs[i][j] = (i * 7 + j * 5 + i * j) % 11 / 11f - 0.5f;
            labels[i] = i % 3;
        }
        Model model = Model.of(
                        Layers.features(390),
                        Layers.dense(40, Activation.TANH),
                        Layers.dense(70, Activation.SIGMOID),
                        Layers.dense(250, Activation.RELU),
                        Layers.dense(3, Activation.SOFTMAX))
                .initialize(1);
        Trainer trainer = Trainer.of(model)
                .optimizer(Optimizers.adam(0.01))
                .batchSize(100)
                .epochs(3)
                .seed(2)
                .threads(threads);
        Model trained = trainer.fit(Dataset.of(inputs, labels)).model();
        // A prediction replaces a bias, so that the hash covers predicting too.
        float[] probabilities = trained.predict(inputs[0]);
        return WeightsHash.sha256(trained.with("dense4.bias", Tensor.of(Shape.of(3), probabilities)));
    }
}
