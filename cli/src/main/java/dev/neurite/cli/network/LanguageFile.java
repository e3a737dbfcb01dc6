package dev.neurite.cli.network;

import dev.neurite.cli.console.Console;
import dev.neurite.error.ConfigException;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Language models of published families, and how they are told from runs.
public final class LanguageFile {
    private LanguageFile() {}

    /// Whether a path names a language model: a GGUF file, or a directory of Hugging Face.
    public static boolean is(String path) {
        return isDirectory(path) || ForeignFile.kind(path) == FileKind.GGUF;
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
        if (is(path) || !Files.exists(Path.of(path))) return; // what is missing is reported when it is read
        boolean directory = Files.isDirectory(Path.of(path));
        boolean ours = LoadedModel.isRun(path) || ForeignFile.kind(path) == FileKind.SAFETENSORS;
        throw new ConfigException(
                path,
                "expects a language model, a GGUF file or a directory of Hugging Face with config.json, got "
                        + (directory
                                ? "a directory without it"
                                : ForeignFile.kind(path).words()),
                ours
                        ? "A run of a text goes on with texts: "
                                + Console.commandLine("generate", path, "--prompt", "TEXT")
                        : "");
    }
}
