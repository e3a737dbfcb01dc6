package dev.neurite.cli.run;

import dev.neurite.cli.console.Version;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What a training or a measurement ran on.
public final class RunEnvironment {
    private RunEnvironment() {}

    /// What a run's `env.json` holds.
    public static Map<String, Object> describe(TrainingPlan task) {
        Map<String, Object> json = describe(task.settings().threads());
        json.put(RecordedEnvironment.DIRECTORY, RecordedEnvironment.here());
        Map<String, Object> data = new LinkedHashMap<>();
        parts(task).forEach((name, part) -> data.put(name, DataHash.sha256(part)));
        json.put(RecordedEnvironment.DATA, data);
        return json;
    }

    /// The parts of a training's data, by their names.
    static Map<String, Dataset> parts(TrainingPlan task) {
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put(RecordedEnvironment.TRAIN, task.data().train());
        task.data().parts().validation().ifPresent(each -> parts.put("validation", each));
        parts.put(RecordedEnvironment.TEST, task.data().test());
        return parts;
    }

    /// What a measurement ran on.
    public static Map<String, Object> describe(int threads) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("neurite", Version.current());
        json.put("java", System.getProperty("java.runtime.version"));
        json.put("vm", System.getProperty("java.vm.name"));
        json.put("vendor", System.getProperty("java.vendor"));
        json.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.put("arch", System.getProperty("os.arch"));
        cpu().ifPresent(name -> json.put("cpu", name));
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("engine", engine());
        json.put("threads", threads);
        json.put("heap_mb", Runtime.getRuntime().maxMemory() >> 20);
        return json;
    }

    /// What the processor calls itself; empty where the system does not tell.
    private static Optional<String> cpu() {
        Path file = Path.of("/proc/cpuinfo"); // of Linux
        if (!Files.isReadable(file)) return Optional.empty();
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.replaceFirst("[^:]*:\\s*", ""))
                    .findFirst();
        } catch (IOException | UncheckedIOException _) {
            return Optional.empty(); // a name that nobody can tell is left out
        }
    }

    /// What computes: `vector 256-bit`, `scalar`.
    public static String engine() {
        try (Kernels kernels = Kernels.create(1)) {
            return kernels.engineName();
        }
    }
}
