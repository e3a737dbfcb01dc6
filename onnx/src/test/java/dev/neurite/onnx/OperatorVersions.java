package dev.neurite.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The versions of ONNX's operators, as the installed sources of Debian's package `python3-onnx` have them.
final class OperatorVersions {
    private static final Path SOURCES = Path.of("/usr/lib/python3/dist-packages/onnx/defs");
    private static final Pattern SCHEMA =
            Pattern.compile("ONNX_(?:ML_|PREVIEW_TRAINING_)?OPERATOR_SET_SCHEMA\\(\\s*(\\w+),\\s*(\\d+),");
    private static final int FIRST = 1;

    /// The versions that models may use.
    Map<String, Set<Integer>> byOperator() throws IOException {
        Map<String, TreeSet<Integer>> all = new TreeMap<>();
        for (Path each : sources()) {
            Matcher schema = SCHEMA.matcher(Files.readString(each));
            while (schema.find()) {
                all.computeIfAbsent(schema.group(1), _ -> new TreeSet<>()).add(Integer.valueOf(schema.group(2)));
            }
        }
        Map<String, Set<Integer>> used = new TreeMap<>();
        all.forEach((operator, versions) -> {
            Integer oldest = versions.floor(FIRST);
            used.put(operator, oldest == null ? versions : versions.tailSet(oldest));
        });
        return used;
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> all = Files.walk(SOURCES)) {
            return all.filter(each -> each.toString().endsWith(".cc")).toList();
        }
    }
}
