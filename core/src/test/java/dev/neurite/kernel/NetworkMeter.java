package dev.neurite.kernel;

import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.avgPool2d;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.conv2d;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.groupNorm;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.optim.Optimizers.adam;

import dev.neurite.AllocatedBytes;
import dev.neurite.data.Batch;
import dev.neurite.loss.Targets;
import dev.neurite.model.Model;
import dev.neurite.network.Lenet5;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/// A program for [CompiledNetworksTest]: trains a network until its steps allocate next to nothing on whatever
/// thread, or until it has had so many seconds of a processor; then it names the kernels that still allocate.
public final class NetworkMeter {
    private static final int STEPS = 10;
    private static final int LEAST = 16_384; // bytes: a step makes counters and events, but no vectors

    private NetworkMeter() {}

    /// Prints the network's name, or also the bytes of a step and the lines of kernels that allocate most.
    /// @param arguments the network's name; seconds of a processor
    public static void main(String[] arguments) throws IOException {
        String name = arguments[0];
        Batch batch = batch(name);
        long limit = TimeUnit.SECONDS.toNanos(Integer.parseInt(arguments[1]));
        var allocated = new AllocatedBytes();
        var trainer =
                Trainer.of(model(name).initialize(1)).optimizer(adam(1e-3)).threads(1);
        try (TrainingSession session = trainer.begin(batch)) {
            long bytes = Long.MAX_VALUE;
            while (bytes > LEAST && processorTime() < limit) {
                bytes = allocated.of(STEPS, () -> session.step(batch)) / STEPS;
            }
            System.out.println(bytes <= LEAST ? name : name + " " + bytes + " bytes: " + kernels(session, batch));
        }
    }

    private static long processorTime() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElseThrow();
    }

    private static Shape input(String name) {
        return switch (name) {
            case "mlp" -> features(784);
            case "lenet5" -> image(1, 28, 28);
            case "mixed", "tiles" -> image(3, 24, 24);
            case "recurrent" -> Shape.of(16, 32);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Model model(String name) {
        return switch (name) {
            case "mlp" -> Model.of(input(name), dense(128, Activation.RELU), dropout(0.2), dense(10));
            case "lenet5" -> new Lenet5().model(input(name), 10);
            case "recurrent" -> Model.of(input(name), lstm(64).withSequences(), gru(64), dense(10));
            case "tiles" -> // of 4×4 in 3×3 convolutions, in blocks and in planes
                Model.of(
                        input(name),
                        conv2d(32, 3),
                        batchNorm(Activation.RELU),
                        conv2d(48, 3),
                        groupNorm(4),
                        conv2d(32, 3, Activation.RELU),
                        flatten(),
                        dense(10));
            default ->
                Model.of(
                        input(name),
                        conv2d(16, 3),
                        batchNorm(Activation.RELU),
                        avgPool2d(2),
                        conv2d(16, 3, Activation.SIGMOID),
                        groupNorm(4),
                        activation(Activation.GELU),
                        maxPool2d(3, 1),
                        flatten(),
                        dense(64, Activation.TANH),
                        layerNorm(),
                        dropout(0.3),
                        dense(64, Activation.SILU),
                        batchNorm(),
                        dense(10));
        };
    }

    private static Batch batch(String name) {
        int rows = 16;
        Tensor x = Tensor.zeros(input(name).forRows(rows));
        var random = new SplittableRandom(1);
        for (int i = 0; i < x.size(); i++) x.array()[i] = (float) random.nextDouble(-1, 1);
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) labels[i] = i % 10;
        return new Batch(x, Targets.labels(labels));
    }

    /// The lines of kernels that allocate, those with the most bytes first.
    private static String kernels(TrainingSession session, Batch batch) throws IOException {
        Path file = Files.createTempFile("neurite", ".jfr");
        try (var recording = new Recording()) {
            recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
            recording.start();
            for (int i = 0; i < STEPS; i++) session.step(batch);
            recording.stop();
            recording.dump(file);
            Map<String, Long> lines = new TreeMap<>();
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                lines.merge(line(event), event.getLong("weight"), Long::sum);
            }
            return lines.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                    .limit(5)
                    .toList()
                    .toString();
        } finally {
            Files.delete(file);
        }
    }

    /// The innermost line of this library, and how its method runs.
    private static String line(RecordedEvent event) {
        if (event.getStackTrace() == null) return "elsewhere";
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            String type = frame.getMethod().getType().getName();
            if (type.startsWith("dev.neurite.")) {
                return type + "." + frame.getMethod().getName() + ":" + frame.getLineNumber() + " " + frame.getType();
            }
        }
        return "elsewhere";
    }
}
