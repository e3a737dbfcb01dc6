package dev.neurite.cli;

import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a training or a measurement ran on.
final class Environment {
    /// Where a run has it.
    static final String FILE = "env.json";

    private Environment() {}

    /// What a run's `env.json` holds.
    static Map<String, Object> describe(Task task) {
        Map<String, Object> json = describe(task.settings().threads());
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("train", DataHash.sha256(task.data().train()));
        task.data().parts().validation().ifPresent(each -> data.put("validation", DataHash.sha256(each)));
        data.put("test", DataHash.sha256(task.data().test()));
        json.put("data_sha256", data);
        return json;
    }

    /// Whether a run was tested with other data than these, by the `env.json` beside its model; false without one.
    static boolean isOfOtherData(Path model, Dataset test) {
        Path file = model.resolveSibling(FILE);
        if (!Files.isRegularFile(file)) return false;
        try {
            Matcher noted = Pattern.compile("\"data_sha256\":\\{[^}]*\"test\":\"([0-9a-f]{64})\"")
                    .matcher(Files.readString(file));
            return noted.find() && !noted.group(1).equals(DataHash.sha256(test));
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /// What a measurement ran on.
    static Map<String, Object> describe(int threads) {
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
    static String engine() {
        try (Kernels kernels = Kernels.create(1)) {
            return kernels.engineName();
        }
    }
}
