package dev.neurite.cli.network;

import dev.neurite.cli.console.Console;
import dev.neurite.error.ConfigException;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/// Language models of published families, and how they are told from runs.
public final class LanguageFile {
    private LanguageFile() {}

    /// Whether a path names a language model: a GGUF file, by its ending where it does not exist, or a directory of
    /// Hugging Face.
    public static boolean is(String path) {
        boolean named = path.toLowerCase(Locale.ROOT).endsWith(".gguf") && !exists(path);
        return named || isDirectory(path) || ForeignFile.kind(path) == FileKind.GGUF;
    }

    /// Whether a path names a directory of Hugging Face, which has a `config.json`. Runs have none.
    public static boolean isDirectory(String path) {
        try {
            return !path.isEmpty() && Files.isRegularFile(Path.of(path).resolve("config.json"));
        } catch (InvalidPathException _) {
            return false; // reported when it is read
        }
    }

    /// Refuses what is there and is no language model.
    /// @throws ConfigException with what it is
    public static void require(String path) {
        if (is(path)) return;
        refuse(path, "expects a language model, a GGUF file or a directory of Hugging Face with config.json");
    }

    /// Refuses what is there; what is missing is reported when it is read.
    /// @param expected what is expected instead, with that word
    /// @throws ConfigException with what it is
    public static void refuse(String path, String expected) {
        if (!exists(path)) return;
        boolean directory = Files.isDirectory(Path.of(path));
        boolean ours = LoadedModel.isRun(path) || ForeignFile.kind(path) == FileKind.SAFETENSORS;
        throw new ConfigException(
                path,
                expected + ", got "
                        + (directory
                                ? "a directory without config.json"
                                : ForeignFile.kind(path).words()),
                ours
                        ? "A run of a text goes on with texts: "
                                + Console.commandLine("generate", path, "--prompt", "TEXT")
                        : "");
    }

    private static boolean exists(String path) {
        try {
            return !path.isEmpty() && Files.exists(Path.of(path));
        } catch (InvalidPathException _) {
            return false;
        }
    }
}
