package dev.neurite.cli.network;

import static dev.neurite.io.kind.FileKind.GGUF;
import static dev.neurite.io.kind.FileKind.HDF5;
import static dev.neurite.io.kind.FileKind.KERAS;
import static dev.neurite.io.kind.FileKind.NPY;
import static dev.neurite.io.kind.FileKind.NPZ;
import static dev.neurite.io.kind.FileKind.ONNX;
import static dev.neurite.io.kind.FileKind.PYTORCH;
import static dev.neurite.io.kind.FileKind.TORCH_SCRIPT;

import dev.neurite.cli.console.Console;
import dev.neurite.error.ConfigException;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A file of other software where a run or data are expected: what it is, and the commands that take it.
public final class ForeignFile {
    private static final Set<FileKind> MODELS = EnumSet.of(ONNX, KERAS, PYTORCH, TORCH_SCRIPT, GGUF);
    private static final Set<FileKind> WEIGHTS = EnumSet.of(PYTORCH, NPZ, HDF5);
    private static final Set<FileKind> NO_RUNS = EnumSet.of(NPZ, HDF5, NPY);

    static {
        NO_RUNS.addAll(MODELS);
    }

    private ForeignFile() {}

    /// What a file is; an ONNX model also by its ending.
    static FileKind kind(String path) {
        try {
            Path file = Path.of(path);
            boolean named = path.toLowerCase(Locale.ROOT).endsWith(".onnx") && !Files.isDirectory(file);
            return named ? ONNX : FileKind.of(file);
        } catch (InvalidPathException _) {
            return FileKind.UNKNOWN; // reported when it is read
        }
    }

    /// A path of what exists; empty for others, which are reported when they are read.
    static Optional<Path> existing(String path) {
        try {
            return path.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Path.of(path)).filter(Files::exists);
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    /// Whether a file is a model or weights of other software.
    static boolean isModel(String path) {
        return NO_RUNS.contains(kind(path));
    }

    /// Refuses models and weights of other software where data are expected.
    /// @param expected what the command needs
    /// @throws ConfigException with the commands that take it
    public static void refuseAsData(String path, String expected) {
        refuse(path, expected, MODELS);
    }

    /// Refuses files of other software where a run or model file is expected.
    /// @param expected what the command needs
    /// @throws ConfigException with the commands that take it
    public static void refuseAsRun(String path, String expected) {
        refuse(path, expected, NO_RUNS);
    }

    private static void refuse(String path, String expected, Set<FileKind> kinds) {
        FileKind kind = kind(path);
        if (kinds.contains(kind)) throw refused(path, expected, kind);
    }

    /// The exception for a file of this kind.
    static ConfigException refused(String path, String expected, FileKind kind) {
        List<String> commands = commands(path, kind);
        return new ConfigException(
                path,
                "expects " + expected + ", got " + kind.words(),
                commands.isEmpty() ? kind.inJava() : "Commands for it: " + String.join(", ", commands));
    }

    private static List<String> commands(String path, FileKind kind) {
        String summary = Console.commandLine("summary", path);
        if (kind == ONNX) {
            return List.of(
                    summary,
                    Console.commandLine("predict", path, "--input", "X.npy"),
                    Console.commandLine("bench", path),
                    Console.commandLine("embed", path, "TEXT"),
                    Console.commandLine("import", path, "-o", "DIR") + " for a model to train on",
                    Console.commandLine("convert", path, "Name.java"));
        }
        if (kind == GGUF) {
            return List.of(
                    summary,
                    Console.commandLine("chat", path),
                    Console.commandLine("generate", path, "--prompt", "TEXT"),
                    Console.commandLine("bench", path));
        }
        if (kind == KERAS) {
            return List.of(
                    summary,
                    Console.commandLine("import", path, "-o", "DIR") + ", which makes what this command takes");
        }
        if (!WEIGHTS.contains(kind)) return List.of();
        return List.of(
                summary,
                Console.commandLine("import", path, "--into", "RUN", "-o", "DIR")
                        + " for weights of the network of RUN",
                Console.commandLine("train", "DATA", "--layers", "8", "--from", path));
    }
}
