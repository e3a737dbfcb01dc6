package dev.neurite.cli.onnx;

import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.console.OutputFile;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Where the outputs of a model are written as `.npy` files: the only one to a file, or each to `NAME.npy` in a
/// directory. The files appear when all of them are written.
final class OutputFiles implements AutoCloseable {
    static final String OPTION = "--output";

    private static final String END = ".npy";
    private static final int LONGEST = 80; // characters of a name: at most 240 bytes, which every file system takes

    private final Map<String, String> paths;
    private final Map<String, OutputFile> files = new LinkedHashMap<>();

    private OutputFiles(Map<String, String> paths) {
        this.paths = paths;
    }

    /// No files.
    static OutputFiles none() {
        return new OutputFiles(Map.of());
    }

    /// @param target a file, or a directory that exists
    /// @param read what the command reads
    /// @throws ConfigException for outputs that cannot be written there
    /// @throws ResourceException if a file cannot be created
    static OutputFiles open(List<ValueInfo> outputs, String target, FilesRead read, PrintStream usual) {
        var all = new OutputFiles(paths(outputs, target));
        try {
            all.paths.forEach((name, path) -> all.files.put(name, OutputFile.of(OPTION, path, read, usual)));
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private static Map<String, String> paths(List<ValueInfo> outputs, String target) {
        for (ValueInfo each : outputs) {
            if (NpyValues.dtype(each.type()).isPresent() || each.isMaps()) continue;
            throw new ConfigException(
                    OPTION,
                    "expects outputs of numbers or texts, as .npy files have, got output " + each,
                    "Without " + OPTION + " it is printed");
        }
        if (isDirectory(target)) return inDirectory(outputs, target);
        if (outputs.size() != 1) {
            boolean exists = Files.exists(Path.of(target));
            throw new ConfigException(
                    OPTION + " " + target,
                    "expects a directory that exists, for a model with " + outputs.size() + " outputs, got "
                            + (exists ? "a file" : "none of that name"),
                    exists ? "" : "Make the directory first");
        }
        if (target.toLowerCase(Locale.ROOT).endsWith(END) || target.startsWith("/dev/")) {
            return Map.of(outputs.getFirst().name(), target);
        }
        throw new ConfigException(
                OPTION, "expects a file that ends with " + END + ", or a directory that exists, got '" + target + "'");
    }

    private static boolean isDirectory(String target) {
        try {
            return !target.isBlank() && Files.isDirectory(Path.of(target));
        } catch (InvalidPathException e) {
            throw new ConfigException(OPTION, "expects a file or directory, got '" + target + "': " + e.getReason());
        }
    }

    private static Map<String, String> inDirectory(List<ValueInfo> outputs, String directory) {
        Map<String, String> paths = new LinkedHashMap<>();
        Map<String, String> taken =
                new LinkedHashMap<>(); // in small letters, which some file systems take for capitals
        for (ValueInfo each : outputs) {
            String name = safe(each.name());
            String other = taken.put(name.toLowerCase(Locale.ROOT), each.name());
            if (other != null) {
                throw new ConfigException(
                        OPTION,
                        "expects outputs whose names differ as names of files, got '" + other + "' and '" + each.name()
                                + "', both " + name + END);
            }
            paths.put(each.name(), Path.of(directory).resolve(name + END).toString());
        }
        return paths;
    }

    /// A name for a file: letters, digits, `-`, `_` and `.`, which is not the first; other characters become `_`.
    static String safe(String name) {
        String plain = name.replaceAll("[^\\p{L}\\p{N}._-]", "_").replaceFirst("^[.]", "_");
        if (plain.length() <= LONGEST) return plain;
        boolean divides = Character.isHighSurrogate(plain.charAt(LONGEST - 1));
        return plain.substring(0, divides ? LONGEST - 1 : LONGEST);
    }

    /// The path of each output, by its name; empty for none.
    Map<String, String> paths() {
        return paths;
    }

    /// Writes all outputs, and gives the files their names.
    /// @throws ResourceException if one cannot be written
    void write(Map<String, Value> values) {
        files.forEach((name, file) -> {
            Value value = values.get(name);
            if (value == null) throw new IllegalStateException("no output '" + name + "'");
            try {
                Value rows = NpyValues.isMaps(value) ? NpyValues.rows("output '" + name + "'", value) : value;
                NpyValues.content(rows).write(file.stream());
            } catch (IOException e) {
                throw new ResourceException(
                        paths.getOrDefault(name, ""), "cannot be written: " + ResourceException.reason(e));
            }
            file.flush();
        });
        files.values().forEach(OutputFile::keep);
    }

    @Override
    public void close() {
        files.values().forEach(OutputFile::close);
    }
}
