package dev.neurite.train;

import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.optim.Optimizers.adam;
import static dev.neurite.optim.Optimizers.adamW;
import static dev.neurite.optim.Optimizers.sgd;

import dev.neurite.AllocatedBytes;
import dev.neurite.data.Batch;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.model.Role;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Constraint;
import dev.neurite.optim.Penalty;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/// A program for [StepAllocationTest]: takes training steps and predicts until both allocate no more than
/// they may, and then records what it is that they allocate, again if there is something, but not for ever.
///
/// In buffers for allocation of 2 KB, of each of which the recording notes the first object: so in a
/// thousand steps it notes every class of which there is one a step, many times.
///
/// To be run with `-Xbatch`: a step then waits for the compiler, so that the number of steps says what is
/// compiled, on a busy machine too.
public final class StepMeter {
    private static final int LAYERS = 4;
    private static final int BYTES = 64 * LAYERS; // a step may allocate
    private static final int BYTES_OF_GROUPS = BYTES + 6 * 256; // and more with 6 groups, each in a few sweeps
    private static final int STEPS = 1000;
    private static final int OFTEN = 4; // half of what the smallest array in every step gives
    private static final int ROUNDS = 50; // of so many steps, at most

    private record Steady(String name, int bytes, Runnable step) {
        Steady(String name, Runnable step) {
            this(name, BYTES, step);
        }
    }

    private StepMeter() {}

    private static Tensor inputs(int rows) {
        var random = new KeyedRandom(rows);
        float[] x = new float[rows * 20];
        for (int i = 0; i < x.length; i++) x[i] = 2 * random.uniform(i) - 1;
        return Tensor.view(Shape.of(rows, 20), x, 0);
    }

    /// Prints a line for each case: its name, the bytes of a step unless they are few, and the
    /// classes of arrays among them.
    public static void main(String[] arguments) throws IOException {
        Model model = Model.of(
                features(20),
                dense(32, Activation.RELU),
                dropout(0.2),
                dense(32, Activation.TANH),
                dense(4, Activation.SOFTMAX));
        int[] labels = new int[16];
        for (int i = 0; i < labels.length; i++) labels[i] = i % 4;
        var batch = new Batch(inputs(16), Targets.labels(labels));
        for (int threads = 1; threads <= 2; threads++) {
            Trainer trainer = Trainer.of(model).threads(threads);
            try (var byAdam = trainer.optimizer(adam(1e-3)).begin(batch);
                    var bySgd = trainer.optimizer(sgd(0.01).withMomentum(0.9)).begin(batch);
                    var byAll = everything(trainer).begin(batch);
                    var unseen = trainer.optimizer(sgd(0.01)).probe(_ -> false).begin(batch);
                    var kernels = Kernels.create(threads)) {
                Tensor many = inputs(200);
                Tensor answers = Tensor.zeros(Shape.of(200, 4));
                Tensor one = inputs(1);
                Tensor answer = Tensor.zeros(Shape.of(1, 4));
                for (Steady each : List.of(
                        new Steady("a step of Adam", () -> byAdam.step(batch)),
                        new Steady("a step of SGD", () -> bySgd.step(batch)),
                        new Steady("a step of everything", BYTES_OF_GROUPS, () -> byAll.step(batch)),
                        new Steady("a step at which no probe looks", () -> unseen.step(batch)),
                        new Steady("predicting 200 rows", () -> model.predict(many, answers, kernels)),
                        new Steady("predicting a row", () -> model.predict(one, answer, kernels)))) {
                    measure(each, threads);
                }
            }
        }
    }

    /// Weights and biases of each layer in groups of their own, penalties, bounds, clipping, a mean.
    private static Trainer everything(Trainer trainer) {
        return trainer.optimizer(adamW(1e-3, 0.1))
                .group(ParameterGroup.withoutDecay())
                .group(ParameterGroup.of(Role.WEIGHT).withPenalty(Penalty.elasticNet(1e-5, 1e-4)))
                .group(ParameterGroup.of(Role.WEIGHT).withConstraint(Constraint.maxNorm(2)))
                .clip(Clip.globalNorm(0.5))
                .average(Averaging.ema(0.99));
    }

    private static void measure(Steady each, int threads) throws IOException {
        var allocated = new AllocatedBytes();
        long bytes;
        Set<String> arrays;
        int round = 0;
        do { // the compiler may throw a method away and make it anew, even while allocation is recorded
            int good = 0;
            do {
                bytes = allocated.of(STEPS, each.step());
                good = bytes <= (long) STEPS * each.bytes() ? good + 1 : 0;
            } while (good < 3 && ++round < ROUNDS);
            arrays = arrays(each.step());
        } while (!arrays.isEmpty() && ++round < ROUNDS);
        long most = Math.ceilDiv(bytes, STEPS);
        String size = most <= each.bytes() ? "little" : most + " bytes";
        System.out.println(each.name() + " on " + threads + " threads: " + size + " " + arrays);
    }

    /// The method of this library within which an event occurred.
    private static String where(RecordedEvent event) {
        var stack = event.getStackTrace();
        if (stack == null) return "";
        for (var frame : stack.getFrames()) {
            String type = frame.getMethod().getType().getName();
            if (type.startsWith("dev.neurite")) {
                return " in " + type.replaceFirst(".*\\.", "") + "."
                        + frame.getMethod().getName();
            }
        }
        return "";
    }

    /// The classes of arrays that the threads of the computation allocate, and where.
    private static Set<String> arrays(Runnable step) throws IOException {
        Path file = Files.createTempFile("neurite", ".jfr");
        Map<String, Integer> seen = new TreeMap<>();
        try (var recording = new Recording()) {
            recording.enable("jdk.ObjectAllocationInNewTLAB");
            recording.enable("jdk.ObjectAllocationOutsideTLAB");
            recording.start();
            for (int i = 0; i < STEPS; i++) step.run();
            recording.stop();
            recording.dump(file);
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                RecordedThread thread = event.getThread();
                if (thread == null || thread.getJavaName() == null) continue;
                if (!thread.getJavaName().matches("main|neurite-.*")) continue;
                String name = event.getClass("objectClass").getName();
                if (name.startsWith("[")) seen.merge(name + where(event), 1, Integer::sum);
            }
        } finally {
            Files.delete(file);
        }
        seen.values().removeIf(times -> times < OFTEN); // what starting to record allocates
        return seen.keySet();
    }
}
