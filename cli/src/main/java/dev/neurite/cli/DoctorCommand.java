package dev.neurite.cli;

import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Trainer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `neurite doctor`.
@Command(
        name = "doctor",
        description = "What neurite runs on here, and whether it computes what it should.",
        footer = {
            "",
            "It trains a tiny network and compares every bit of the result with what all machines get.",
            "",
            "Examples:",
            "  neurite doctor",
            "  neurite doctor --threads 4 --json"
        })
final class DoctorCommand implements Callable<Integer> {
    /// The weights of [#selfTest], on any machine, engine and number of threads (numerics version 1).
    static final String GOLDEN = "61bd8658d206cb62c7e66aa9ec94ec14b055f43b603aecda9c61a5606c5eaf6e";

    private static final int BUG = 1;

    private final Neurite neurite;

    DoctorCommand(Neurite neurite) {
        this.neurite = neurite;
    }

    @Override
    public Integer call() {
        int threads = neurite.threads();
        String weights = selfTest(threads);
        boolean right = weights.equals(GOLDEN);
        Map<String, Object> facts = new LinkedHashMap<>(Environment.describe(threads));
        facts.put("vector_module", Kernels.vectorsPresent());
        facts.put("self_test", right ? "passed" : "failed");
        facts.put("self_test_weights", weights);
        if (neurite.json()) neurite.printJson(facts);
        else show(facts, right);
        return right ? 0 : BUG;
    }

    private void show(Map<String, Object> facts, boolean right) {
        line("neurite", Version.current());
        line("java", facts.get("java") + ", " + facts.get("vm") + ", " + facts.get("vendor"));
        line("system", facts.get("os") + ", " + facts.get("arch"));
        line("threads", facts.get("threads") + " of " + facts.get("processors") + " processors");
        line("heap", Neurite.format("up to %,d MB", Runtime.getRuntime().maxMemory() >> 20));
        line("kernels", Environment.engine());
        line(
                "vector API",
                Kernels.vectorsPresent()
                        ? "present"
                        : "missing, so computing is several times slower: start java with"
                                + " --add-modules jdk.incubator.vector, or by the script neurite, which does so");
        line(
                "self-test",
                right
                        ? "passed: a tiny training gives the same bits as everywhere"
                        : "FAILED: a tiny training gives other bits than elsewhere, " + facts.get("self_test_weights")
                                + " instead of " + GOLDEN + ". Please report this");
    }

    private void line(String name, Object value) {
        neurite.print(Neurite.format("%-11s %s", name, value));
    }

    /// Refuses figures of a machine that computes something else.
    /// @throws IllegalStateException if the self-test fails
    static void requireSelfTest(int threads) {
        requireGolden(selfTest(threads));
    }

    static void requireGolden(String weights) {
        if (!weights.equals(GOLDEN)) {
            throw new IllegalStateException("self-test: expects the weights " + GOLDEN + ", got " + weights);
        }
    }

    /// Trains 9-11-7-3 for a few steps with all that training uses.
    /// @return the SHA-256 of the weights
    static String selfTest(int threads) {
        float[][] inputs = new float[37][9];
        int[] labels = new int[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            for (int j = 0; j < 9; j++) inputs[i][j] = (i * 7 + j * 5) % 11 / 11f - 0.5f;
            labels[i] = i % 3;
        }
        Model model = Model.of(
                        Layers.features(9),
                        Layers.dense(11, Activation.TANH),
                        Layers.dense(7, Activation.RELU),
                        Layers.dense(3, Activation.SOFTMAX))
                .initialize(1);
        Trainer trainer = Trainer.of(model)
                .optimizer(Optimizers.adam(0.01))
                .batchSize(16)
                .epochs(3)
                .seed(2)
                .threads(threads);
        return Weights.sha256(trainer.fit(Dataset.of(inputs, labels)).model());
    }
}
