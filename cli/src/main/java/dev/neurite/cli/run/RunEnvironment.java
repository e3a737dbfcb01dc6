package dev.neurite.cli.run;

import dev.neurite.cli.console.Version;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.signature.Input;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The software and hardware that a training or benchmark runs on.
public final class RunEnvironment {
    private RunEnvironment() {}

    /// The content of a run's `env.json`: the environment, the working directory and hashes of the data.
    public static Map<String, Object> describe(TrainingPlan plan) {
        Map<String, Object> json = describe(plan.settings().threads());
        json.put(RecordedEnvironment.DIRECTORY, RecordedEnvironment.here());
        Map<String, Object> data = new LinkedHashMap<>();
        parts(plan).forEach((name, part) -> data.put(name, DataHash.sha256(part)));
        json.put(RecordedEnvironment.DATA, data);
        Map<String, String> names = names(plan);
        if (!names.isEmpty()) json.put(RecordedEnvironment.NAMES, names);
        return json;
    }

    /// Hashes of what the numbers of the data stand for, which those of its rows do not cover: the
    /// names of classes, the tokens of texts, the columns of a table with their categories.
    static Map<String, String> names(TrainingPlan plan) {
        Map<String, String> names = new LinkedHashMap<>();
        List<String> classes = plan.data().train().classNames();
        if (!classes.isEmpty()) names.put("classes", sha256(Json.of(classes).write()));
        if (plan.signature().input() instanceof Input.Text text) names.put("tokens", sha256(text.tokenizer()));
        plan.data().preprocessing().ifPresent(each -> names.put("columns", sha256(columns(each))));
        return names;
    }

    private static String columns(Preprocessing preprocessing) {
        List<Object> columns = new ArrayList<>();
        for (Preprocessing.Column each : preprocessing.columns()) {
            List<String> categories =
                    each.encoding() instanceof ColumnEncoding.OneHot oneHot ? oneHot.categories() : List.of();
            columns.add(List.of(each.name(), categories));
        }
        return Json.of(columns).write();
    }

    private static String sha256(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// The parts of the data by name.
    static Map<String, Dataset> parts(TrainingPlan plan) {
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put(RecordedEnvironment.TRAIN, plan.data().train());
        plan.data().parts().validation().ifPresent(each -> parts.put("validation", each));
        parts.put(RecordedEnvironment.TEST, plan.data().test());
        return parts;
    }

    /// Versions, processor, kernels, threads and heap.
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

    /// The processor's name; empty on systems other than Linux.
    private static Optional<String> cpu() {
        Path file = Path.of("/proc/cpuinfo"); // of Linux
        if (!Files.isReadable(file)) return Optional.empty();
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.replaceFirst("[^:]*:\\s*", ""))
                    .findFirst();
        } catch (IOException | UncheckedIOException _) {
            return Optional.empty(); // the name is optional
        }
    }

    /// The kernels in use: `vector 256-bit`, `scalar`.
    public static String engine() {
        try (Kernels kernels = Kernels.create(1)) {
            return kernels.engineName();
        }
    }
}
