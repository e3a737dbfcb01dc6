package dev.neurite.cli.bench;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.console.Version;
import dev.neurite.cli.run.RunEnvironment;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.model.WeightsHash;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `neurite doctor`.
@Command(
        name = "doctor",
        description =
                "Show what this machine computes with and how fast, what makes it slow, and whether it is correct.",
        footer = {
            "",
            "Speeds: 'peak' is a loop of multiply-adds on registers, on all cores at once; 'products' are of matrices"
                    + " of",
            "1,024 rows and columns, measured in turn with it; 'copies' add an array to another that no cache holds.",
            "Each is a median. Close other programs before.",
            "",
            "The self-test trains a small network and compares every bit of the result with the expected one.",
            "",
            "Examples:",
            "  neurite doctor",
            "  neurite doctor --threads 4 --json",
            "  neurite doctor --seconds 0"
        })
public final class DoctorCommand implements Callable<Integer> {
    /// The result of [#selfTest] on any machine, engine and number of threads (numerics versions 2 to
    /// 5, which differ only in convolutions).
    static final String GOLDEN = "e4b93fa88baa0ec188ec3d409dd2131308267fb628c464ee658bed8e16d85de3";

    private static final int BUG = 1;

    private final Context context;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long to measure speeds, about eight times S: 0.6 by default, 0 to measure none.")
    private double seconds = 0.6;

    public DoctorCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (!(seconds >= 0 && seconds <= 60)) {
            throw new ConfigException("--seconds", "expects a number from 0 to 60, got " + seconds);
        }
        int threads = context.threads();
        JvmState jvm = JvmState.ofThisJvm(context.io().environment());
        String weights = selfTest(threads);
        boolean right = weights.equals(GOLDEN);
        Map<String, Object> facts = new LinkedHashMap<>(RunEnvironment.describe(threads));
        facts.put("self_test", right ? "passed" : "failed");
        facts.put("self_test_weights", weights);
        List<String> advice = new ArrayList<>(jvm.advice());
        Optional<SpeedCheck> speed = Optional.empty();
        if (seconds > 0) {
            context.note("measuring for some seconds …");
            speed = Optional.of(SpeedCheck.measure(threads, seconds));
            advice.addAll(speed.get().advice());
        }
        if (context.json()) context.printJson(json(facts, jvm, speed, advice));
        else show(facts, jvm, speed, right, advice);
        return right ? 0 : BUG;
    }

    private static Map<String, Object> json(
            Map<String, Object> facts, JvmState jvm, Optional<SpeedCheck> speed, List<String> advice) {
        facts.put("vector_module", jvm.vectors());
        facts.put("aot_cache", jvm.cache());
        facts.put("machine_processors", jvm.machine().all());
        facts.put("memory_mb", jvm.machine().memory());
        facts.put("load", jvm.machine().load());
        speed.ifPresent(each -> {
            if (!each.isDisturbed()) {
                facts.put("peak_gflops", each.peak());
                facts.put("peak_fraction", each.share());
            }
            facts.put("product_gflops", each.product());
            facts.put("gbps", each.memory());
        });
        facts.put("options", jvm.arguments());
        facts.put("advice", advice);
        return facts;
    }

    private void show(
            Map<String, Object> facts, JvmState jvm, Optional<SpeedCheck> speed, boolean right, List<String> advice) {
        JvmState.Machine machine = jvm.machine();
        line("neurite", Version.current());
        line("java", facts.get("java") + ", " + facts.get("vm") + ", " + facts.get("vendor"));
        String processor = facts.containsKey("cpu") ? ", " + facts.get("cpu") : "";
        line("system", facts.get("os") + ", " + facts.get("arch") + processor);
        line("threads", facts.get("threads") + " of " + machine.processors() + " processors");
        line("memory", Text.format("heap up to %,d of %,d MB", machine.heap(), machine.memory()));
        line("kernels", RunEnvironment.engine());
        line("AOT cache", jvm.cache());
        speed.ifPresent(each -> {
            line("peak", each.peakLine());
            line("products", each.productLine());
            line("copies", each.memoryLine());
        });
        line(
                "self-test",
                right
                        ? "passed: a small training gives the expected bits"
                        : "FAILED: expects the weights " + GOLDEN + " of a small training, got "
                                + facts.get("self_test_weights") + ". Please report this");
        context.print("");
        if (advice.isEmpty()) {
            context.print("Nothing was found that makes it slow.");
            return;
        }
        context.print("What makes it slow:");
        advice.forEach(each -> context.print("- " + context.io().typed(each)));
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
