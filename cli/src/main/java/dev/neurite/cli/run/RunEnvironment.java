package dev.neurite.cli.run;

import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.config.YamlNode.Mapping;
import dev.neurite.cli.config.YamlNode.Member;
import dev.neurite.cli.config.YamlNode.Place;
import dev.neurite.cli.config.YamlNode.Scalar;
import dev.neurite.cli.config.YamlReader;
import dev.neurite.cli.console.Version;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What a training or a measurement ran on.
public final class RunEnvironment {
    /// Where a run has it.
    static final String FILE = "env.json";

    public static final String TRAIN = "train";
    public static final String TEST = "test";
    private static final String DATA = "data_sha256";
    private static final String DIRECTORY = "directory";

    private RunEnvironment() {}

    /// What a run's `env.json` holds.
    public static Map<String, Object> describe(TrainingPlan task) {
        Map<String, Object> json = describe(task.settings().threads());
        json.put(DIRECTORY, here());
        Map<String, Object> data = new LinkedHashMap<>();
        parts(task).forEach((name, part) -> data.put(name, DataHash.sha256(part)));
        json.put(DATA, data);
        return json;
    }

    /// The parts of a training's data, by their names.
    static Map<String, Dataset> parts(TrainingPlan task) {
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put(TRAIN, task.data().train());
        task.data().parts().validation().ifPresent(each -> parts.put("validation", each));
        parts.put(TEST, task.data().test());
        return parts;
    }

    /// Whether a run had other data than these, by the `env.json` beside its model; false without one.
    /// @param part as [#parts] names it
    /// @throws DataException if the file is damaged
    public static boolean isOfOtherData(Path model, String part, Dataset data) {
        return dataHash(model, part)
                .filter(noted -> !noted.equals(DataHash.sha256(data)))
                .isPresent();
    }

    /// The hash of data that a run had, by the `env.json` beside its model; empty without one.
    /// @param part as [#parts] names it
    /// @throws DataException if the file is damaged
    public static Optional<String> dataHash(Path model, String part) {
        return read(model)
                .member(DATA.replace('_', '-'))
                .map(Member::value)
                .filter(Mapping.class::isInstance)
                .flatMap(hashes -> text((Mapping) hashes, part));
    }

    /// Where a run began, if that was elsewhere, by the `env.json` beside its model: its relative paths are of there.
    /// @throws DataException if the file is damaged
    public static Optional<String> directoryElsewhere(Path model) {
        return text(read(model), DIRECTORY).filter(each -> !each.equals(here()));
    }

    private static String here() {
        return Path.of("").toAbsolutePath().toString();
    }

    private static Optional<String> text(Mapping mapping, String key) {
        return mapping.member(key)
                .map(Member::value)
                .filter(Scalar.class::isInstance)
                .map(each -> ((Scalar) each).text());
    }

    /// Nothing where there is no file.
    private static Mapping read(Path model) {
        Path file = model.resolveSibling(FILE);
        if (!Files.isRegularFile(file)) return new Mapping(new Place(file.toString(), 0), List.of());
        try {
            return YamlEdits.mapping(YamlReader.file(file.toString())); // JSON is YAML
        } catch (ConfigException e) {
            throw new DataException(
                    e.where(), e.problem(), "It should be as the training left it; without it, models can be used too");
        }
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
