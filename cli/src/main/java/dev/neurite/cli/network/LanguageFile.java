package dev.neurite.cli.network;

import dev.neurite.cli.console.Console;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Files;
import java.nio.file.Path;

/// Language models of published families, and how they are told from runs.
public final class LanguageFile {
    private LanguageFile() {}

    /// Whether a path names a language model: a GGUF file, by its ending where it does not exist, or a directory of
    /// Hugging Face.
    public static boolean is(String path) {
        return isDirectory(path) || ForeignFile.kind(path) == FileKind.GGUF;
    }

    /// Whether a path names a directory of Hugging Face, which has a `config.json`. Runs have none.
    public static boolean isDirectory(String path) {
        return ForeignFile.existing(path)
                .filter(each -> Files.isRegularFile(each.resolve("config.json")))
                .isPresent();
    }

    /// Refuses what is there and is no language model.
    public static void require(String path) {
        if (is(path)) return;
        refuse(path, "expects a language model, a GGUF file or a directory of Hugging Face with config.json");
    }

    /// Refuses what is there; what is missing is reported when it is read.
    /// @param expected what is expected instead, with that word
    /// @throws ConfigException for a run or its file, which other commands take
    /// @throws DataException for another directory
    /// @throws ModelFormatException for another file
    public static void refuse(String path, String expected) {
        if (LoadedModel.isRun(path) || ForeignFile.kind(path) == FileKind.SAFETENSORS) {
            String got = LoadedModel.isRun(path) ? "a run" : FileKind.SAFETENSORS.words();
            String hint = Console.commandLine("generate", path, "--prompt", "TEXT");
            throw new ConfigException(path, expected + ", got " + got, "A run of a text goes on with texts: " + hint);
        }
        refuseUnknown(path, expected, "config.json");
    }

    /// Refuses what is there and is no model at all.
    /// @param files that directories should have had
    private static void refuseUnknown(String path, String expected, String files) {
        Path place = ForeignFile.existing(path).orElse(null);
        if (place == null) return;
        String got = Files.isDirectory(place)
                ? "a directory without " + files
                : ForeignFile.kind(path).words();
        String problem = expected + ", got " + got;
        if (Files.isDirectory(place)) throw new DataException(path, problem);
        throw new ModelFormatException(path, problem);
    }

    /// Refuses what is there and is neither a run, nor its file, nor a model of other software.
    public static void refuseNoModel(String path) {
        boolean known = LoadedModel.isBegun(path)
                || ForeignFile.kind(path) == FileKind.SAFETENSORS
                || ForeignFile.isModel(path);
        if (known) return;
        refuseUnknown(
                path,
                "expects a run, a model file or a language model",
                LoadedModel.MODEL_FILE + " and without config.json");
    }
}
